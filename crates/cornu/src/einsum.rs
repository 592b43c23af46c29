//! Products of any number of tensors whose axes are named by letters: `bij,bjk->bik`.
//!
//! What `keras.ops.einsum`, `EinsumDense` and the attention layers share.

use cornu_graph::ops::Dot;
use cornu_graph::{DType, Tensor};

/// What stands for the axes of an ellipsis, in labels; the last is the rightmost.
const LEFT_OUT: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '/'];

/// A tensor whose axes have labels.
#[derive(Clone)]
struct Labeled {
    x: Tensor,
    labels: Vec<char>,
}

/// The result of `subscripts` for operands of one dtype. Where it does not say the result's axes, they are
/// those that stand once, in the order of the alphabet.
pub(crate) fn einsum(subscripts: &str, operands: &[Tensor]) -> Result<Tensor, String> {
    if let Some(missing) = operands.iter().find(|x| !x.is_valid()) {
        return Ok(missing.clone());
    }
    let wrong = |why: &str| format!("cannot read the equation `{subscripts}`: {why}");
    let spaceless: String = subscripts.chars().filter(|c| !c.is_whitespace()).collect();
    let (left, right) = match spaceless.split_once("->") {
        Some((left, right)) => (left, Some(right)),
        None => (&spaceless[..], None),
    };
    let sides: Vec<&str> = left.split(',').collect();
    if sides.len() != operands.len() {
        return Err(wrong(&format!("it is about {} operands, not {}", sides.len(), operands.len())));
    }
    let mut widest = 0;
    let mut terms = Vec::new();
    for (side, x) in sides.into_iter().zip(operands) {
        let letters = side.replace("...", "").chars().count();
        let open = match x.rank().checked_sub(letters) {
            Some(open) if (open == 0 || side.contains("...")) && open <= LEFT_OUT.len() => open,
            _ => return Err(wrong(&format!("`{side}` does not fit an operand of {} axes", x.rank()))),
        };
        widest = widest.max(open);
        let labels = labels(side, open).map_err(|why| wrong(&why))?;
        terms.push(without_repeats(Labeled { x: x.clone(), labels }, &wrong)?);
    }
    let result = match right {
        Some(right) => labels(right, widest).map_err(|why| wrong(&why))?,
        None => {
            let all: Vec<char> = labels(&left.replace(',', ""), 0).map_err(|why| wrong(&why))?;
            let mut once: Vec<char> = all.iter().filter(|c| c.is_ascii_alphabetic()).copied().collect();
            once.retain(|c| all.iter().filter(|other| *other == c).count() == 1);
            once.sort_unstable();
            [LEFT_OUT[LEFT_OUT.len() - widest..].to_vec(), once].concat()
        }
    };
    if let Some(unknown) = result.iter().find(|c| terms.iter().all(|term| !term.labels.contains(c))) {
        return Err(wrong(&format!("`{unknown}` of the result is in no operand")));
    }
    if (1..result.len()).any(|i| result[..i].contains(&result[i])) {
        return Err(wrong("an axis stands twice in the result"));
    }
    let mut rest = terms.into_iter();
    let Some(mut product) = rest.next() else { return Err(wrong("it has no operands")) };
    let mut rest: Vec<Labeled> = rest.collect();
    while !rest.is_empty() {
        let next = rest.remove(0);
        let stays = |c: &char| result.contains(c) || rest.iter().any(|term| term.labels.contains(c));
        product = multiplied(summed(product, &next.labels, &stays), next, &stays, &result);
        if !product.x.is_valid() {
            return Ok(product.x);
        }
    }
    let product = summed(product, &[], &|c| result.contains(c));
    let order: Option<Vec<usize>> =
        result.iter().map(|c| product.labels.iter().position(|known| known == c)).collect();
    Ok(product.x.transpose(&order.ok_or_else(|| wrong("its sides do not fit"))?))
}

fn labels(side: &str, open: usize) -> Result<Vec<char>, String> {
    let filled: String = LEFT_OUT[LEFT_OUT.len() - open..].iter().collect();
    let labels: Vec<char> = side.replacen("...", &filled, 1).chars().collect();
    match labels.iter().find(|c| !c.is_ascii_alphabetic() && !LEFT_OUT.contains(c)) {
        Some(strange) if *strange != '.' => Err(format!("`{strange}` is no letter")),
        Some(_) => Err("an ellipsis has three points".into()),
        None => Ok(labels),
    }
}

/// Axes of one label are one: their diagonal.
fn without_repeats(term: Labeled, wrong: &impl Fn(&str) -> String) -> Result<Labeled, String> {
    let Labeled { mut x, mut labels } = term;
    while let Some(b) = (1..labels.len()).find(|&b| labels[..b].contains(&labels[b])) {
        let a = labels.iter().position(|c| *c == labels[b]).unwrap_or(0);
        let shape = x.shape();
        if shape[a] != shape[b] {
            return Err(wrong(&format!(
                "the axes `{}` have extents {} and {}",
                labels[b], shape[a], shape[b]
            )));
        }
        let mut order: Vec<usize> = (0..x.rank()).filter(|&axis| axis != a && axis != b).collect();
        let mut joined: Vec<usize> = order.iter().map(|&axis| shape[axis]).collect();
        let n = shape[a];
        order.extend([a, b]);
        joined.push(n * n);
        let places = x.builder().iota([n], 0, DType::I64) * (n + 1) as f64;
        x = x.transpose(&order).reshape(joined).gather(&places, -1);
        labels = order[..order.len() - 1].iter().map(|&axis| labels[axis]).collect();
    }
    Ok(Labeled { x, labels })
}

/// The sum over the axes that neither `other` has nor are to stay.
fn summed(term: Labeled, other: &[char], stays: &impl Fn(&char) -> bool) -> Labeled {
    let goes = |c: &char| !other.contains(c) && !stays(c);
    let axes: Vec<isize> =
        (0..term.labels.len()).filter(|&i| goes(&term.labels[i])).map(|i| i as isize).collect();
    let labels = term.labels.iter().copied().filter(|c| !goes(c)).collect();
    Labeled { x: term.x.sum(&axes), labels }
}

/// The product, summed over the axes that both have and that are not to stay.
fn multiplied(a: Labeled, b: Labeled, stays: &impl Fn(&char) -> bool, result: &[char]) -> Labeled {
    let b = summed(b, &a.labels, stays);
    let (a, b) = repeated_alike(a, b);
    // The order of factors that leaves the result the least to be moved.
    let first = result.iter().find(|c| a.labels.contains(c) != b.labels.contains(c));
    let (a, b) = if first.is_some_and(|c| b.labels.contains(c)) { (b, a) } else { (a, b) };
    let place = |labels: &[char], c: char| labels.iter().position(|&known| known == c);
    let places = |chosen: &[char], labels: &[char]| {
        chosen.iter().filter_map(|&c| place(labels, c)).collect::<Vec<_>>()
    };
    let mut shared: Vec<char> = a.labels.iter().filter(|c| b.labels.contains(c)).copied().collect();
    shared.sort_by_key(|c| result.iter().position(|known| known == c));
    let (batch, contracted): (Vec<char>, Vec<char>) = shared.iter().copied().partition(|c| stays(c));
    let free = |labels: &[char]| labels.iter().copied().filter(|c| !shared.contains(c)).collect::<Vec<_>>();
    let dot = Dot {
        a_batch: places(&batch, &a.labels),
        b_batch: places(&batch, &b.labels),
        a_contract: places(&contracted, &a.labels),
        b_contract: places(&contracted, &b.labels),
    };
    let labels = [&batch[..], &free(&a.labels), &free(&b.labels)].concat();
    Labeled { x: a.x.dot(&b.x, dot), labels }
}

/// Shared axes of extent 1 in one operand repeated as often as the other has it.
fn repeated_alike(a: Labeled, b: Labeled) -> (Labeled, Labeled) {
    let widened = |one: &Labeled, other: &Labeled| {
        let extent = |(axis, c): (usize, &char)| {
            let own = one.x.shape()[axis];
            match other.labels.iter().position(|known| known == c) {
                Some(there) if own == 1 => other.x.shape()[there],
                _ => own,
            }
        };
        let shape: Vec<usize> = one.labels.iter().enumerate().map(extent).collect();
        Labeled { x: one.x.broadcast_to(shape), labels: one.labels.clone() }
    };
    (widened(&a, &b), widened(&b, &a))
}

/// The labels of an equation of two operands, `ab,bc->ac`, of which the second is still to be made.
pub(crate) struct Equation {
    /// Of the first operand.
    pub(crate) a: Vec<char>,
    /// Of the second.
    pub(crate) b: Vec<char>,
    /// Of the result.
    pub(crate) y: Vec<char>,
}

impl Equation {
    /// Reads an equation for a first operand of `rank` axes; `...` stands for as many of them as have no
    /// letter, and for the same axes of the result. No letter stands twice on one side.
    pub(crate) fn parse(equation: &str, rank: usize) -> Result<Equation, String> {
        let wrong = |why: String| format!("cannot read the equation `{equation}`: {why}");
        let spaceless: String = equation.chars().filter(|c| !c.is_whitespace()).collect();
        let sides = spaceless.split_once("->").and_then(|(ab, y)| ab.split_once(',').map(|(a, b)| (a, b, y)));
        let Some((a, b, y)) = sides else {
            return Err(wrong("it is not of the form `ab,bc->ac`".into()));
        };
        let open = match rank.checked_sub(a.replace("...", "").chars().count()) {
            Some(open) if (open == 0 || a.contains("...")) && open <= LEFT_OUT.len() => open,
            _ => return Err(wrong(format!("the input has {rank} axes"))),
        };
        let read = |side: &str| -> Result<Vec<char>, String> {
            let labels = labels(side, open).map_err(&wrong)?;
            match (1..labels.len()).find(|&i| labels[..i].contains(&labels[i])) {
                Some(i) => Err(wrong(format!("`{}` stands twice on one side", labels[i]))),
                None => Ok(labels),
            }
        };
        let equation = Equation { a: read(a)?, b: read(b)?, y: read(y)? };
        let unknown = equation.y.iter().find(|c| !equation.a.contains(c) && !equation.b.contains(c));
        match unknown {
            Some(unknown) => Err(wrong(format!("`{unknown}` of the result is in neither operand"))),
            None => Ok(equation),
        }
    }
}
