//! Products that an equation describes, as transpositions around one general product.

use cornu_graph::Tensor;
use cornu_graph::ops::Dot;

/// The labels of an equation `ab,bc->ac`: of both operands and of the result.
pub(super) struct Equation {
    pub(super) a: Vec<char>,
    pub(super) b: Vec<char>,
    pub(super) y: Vec<char>,
}

/// What stands for axes that an ellipsis leaves out, in labels; the first is the leftmost.
const LEFT_OUT: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '-'];

impl Equation {
    /// Reads an equation for a first operand of `rank` axes; `...` stands for as many of them as have no
    /// letter, and for the same axes of the result.
    pub(super) fn parse(equation: &str, rank: usize) -> Result<Equation, String> {
        let wrong = |why: String| format!("cannot read the equation `{equation}`: {why}");
        let sides = equation.split_once("->").and_then(|(ab, y)| ab.split_once(',').map(|(a, b)| (a, b, y)));
        let Some((a, b, y)) = sides else {
            return Err(wrong("it is not of the form `ab,bc->ac`".into()));
        };
        let letters = a.replace("...", "").chars().filter(|c| !c.is_whitespace()).count();
        let left_out = match rank.checked_sub(letters) {
            Some(n) if (n == 0 || a.contains("...")) && n <= LEFT_OUT.len() => &LEFT_OUT[..n],
            _ => return Err(wrong(format!("the input has {rank} axes"))),
        };
        let labels = |side: &str| -> Result<Vec<char>, String> {
            let filled = side.replacen("...", &left_out.iter().collect::<String>(), 1);
            let labels: Vec<char> = filled.chars().filter(|c| !c.is_whitespace()).collect();
            let strange = |c: &&char| !c.is_ascii_alphabetic() && !left_out.contains(c);
            if let Some(strange) = labels.iter().find(strange) {
                return Err(wrong(format!("`{strange}` is no letter")));
            }
            match (1..labels.len()).find(|&i| labels[..i].contains(&labels[i])) {
                Some(i) => Err(wrong(format!("`{}` stands twice on one side", labels[i]))),
                None => Ok(labels),
            }
        };
        let equation = Equation { a: labels(a)?, b: labels(b)?, y: labels(y)? };
        let unknown = equation.y.iter().find(|c| !equation.a.contains(c) && !equation.b.contains(c));
        match unknown {
            Some(unknown) => Err(wrong(format!("`{unknown}` of the result is in neither operand"))),
            None => Ok(equation),
        }
    }

    /// The product of operands whose axes have these labels.
    #[track_caller]
    pub(super) fn apply(&self, a: &Tensor, b: &Tensor) -> Tensor {
        if let Some(missing) = [a, b].into_iter().find(|x| !x.is_valid()) {
            return missing.clone();
        }
        // What only one operand has and the result lacks is summed over first.
        let (a, a_labels) = self.summed(a, &self.a, &self.b);
        let (b, b_labels) = self.summed(b, &self.b, &self.a);
        // The order of factors that leaves the result the least to be moved.
        let first = self.y.iter().find(|c| a_labels.contains(c) != b_labels.contains(c));
        match first.is_some_and(|c| b_labels.contains(c)) {
            true => self.product(&b, &b_labels, &a, &a_labels),
            false => self.product(&a, &a_labels, &b, &b_labels),
        }
    }

    fn summed(&self, x: &Tensor, own: &[char], other: &[char]) -> (Tensor, Vec<char>) {
        let goes = |c: &char| !other.contains(c) && !self.y.contains(c);
        let axes: Vec<isize> = (0..own.len()).filter(|&i| goes(&own[i])).map(|i| i as isize).collect();
        (x.sum(&axes), own.iter().copied().filter(|c| !goes(c)).collect())
    }

    fn product(&self, a: &Tensor, a_labels: &[char], b: &Tensor, b_labels: &[char]) -> Tensor {
        let place = |labels: &[char], c: char| labels.iter().position(|&known| known == c);
        let places = |chosen: &[char], labels: &[char]| -> Vec<usize> {
            chosen.iter().filter_map(|&c| place(labels, c)).collect()
        };
        let shared = |c: &&char| a_labels.contains(c) && b_labels.contains(c);
        let batch: Vec<char> = self.y.iter().filter(shared).copied().collect();
        let contracted: Vec<char> =
            a_labels.iter().filter(shared).filter(|c| !batch.contains(c)).copied().collect();
        let free = |labels: &[char]| -> Vec<char> {
            labels.iter().copied().filter(|c| !batch.contains(c) && !contracted.contains(c)).collect()
        };
        let made = [&batch[..], &free(a_labels), &free(b_labels)].concat();
        let dot = Dot {
            a_batch: places(&batch, a_labels),
            b_batch: places(&batch, b_labels),
            a_contract: places(&contracted, a_labels),
            b_contract: places(&contracted, b_labels),
        };
        a.dot(b, dot).transpose(&places(&self.y, &made))
    }
}

/// The product that `equation` describes, for equations that are known to be right.
#[track_caller]
pub(super) fn einsum(equation: &str, a: &Tensor, b: &Tensor) -> Tensor {
    match Equation::parse(equation, a.rank()) {
        Ok(equation) => equation.apply(a, b),
        Err(message) => a.builder().fail(message),
    }
}
