//! Axes rearranged by a pattern: `b (h w) c -> b c h w`.

use super::Definition;
use super::call::Call;
use crate::arguments::Argument;
use cornu_graph::Tensor;

pub(super) static OPERATIONS: &[Definition] =
    &[Definition::one("einops", "Rearrange", "axes split, ordered and joined by a pattern", rearrange)
        .takes(&["tensor", "pattern", "**"])];

/// One side of a pattern: for each axis, the names of those that it is made of.
fn side(text: &str) -> Result<Vec<Vec<&str>>, String> {
    let mut axes: Vec<Vec<&str>> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        match rest.strip_prefix('(') {
            Some(inside) => {
                let (group, after) = inside.split_once(')').ok_or("a `(` of the pattern is not closed")?;
                axes.push(group.split_whitespace().collect());
                rest = after.trim_start();
            }
            None => {
                let end = rest.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(rest.len());
                axes.push(vec![&rest[..end]]);
                rest = rest[end..].trim_start();
            }
        }
    }
    Ok(axes)
}

fn rearrange(call: &Call) -> Result<Tensor, String> {
    let x = call.tensor("tensor")?;
    let pattern = call.word("pattern")?;
    let (from, to) = pattern.split_once("->").ok_or_else(|| format!("`{pattern}` is no pattern"))?;
    let (from, to) = (side(from)?, side(to)?);
    let shape = x.shape();
    if from.len() != shape.rank() {
        return Err(format!("the pattern `{pattern}` does not fit shape {shape}"));
    }
    let mut names: Vec<&str> = Vec::new();
    let mut extents = Vec::new();
    for (group, &extent) in from.iter().zip(shape.iter()) {
        let known = |name: &str| match call.extra().iter().find(|(given, _)| given == name) {
            Some((_, Argument::Value(value))) => value.as_u64().map(|extent| extent as usize),
            _ => None,
        };
        let given: Vec<Option<usize>> = match group.len() {
            1 => vec![Some(extent)],
            _ => group.iter().map(|name| known(name)).collect(),
        };
        let product: usize = given.iter().flatten().fold(1, |a, b| a.saturating_mul(*b));
        let open = given.iter().filter(|extent| extent.is_none()).count();
        let fits = if open == 0 { product == extent } else { product > 0 && extent.is_multiple_of(product) };
        if open > 1 || !fits {
            return Err(format!("cannot split an axis of extent {extent} into ({})", group.join(" ")));
        }
        names.extend(group);
        extents.extend(given.into_iter().map(|known| known.unwrap_or(extent / product.max(1))));
    }
    let find = |name: &&str| names.iter().position(|known| known == name);
    let order: Option<Vec<usize>> = to.iter().flatten().map(find).collect();
    let order = order.filter(|order| order.len() == names.len());
    let order = order.ok_or_else(|| format!("the sides of `{pattern}` have different axes"))?;
    let mut left = order.iter().map(|&axis| extents[axis]);
    let joined: Vec<usize> = to.iter().map(|group| left.by_ref().take(group.len()).product()).collect();
    Ok(x.reshape(extents.clone()).transpose(&order).reshape(joined))
}
