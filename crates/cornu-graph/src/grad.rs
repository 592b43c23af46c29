//! Back-propagation: from a graph, the graph of its gradient.

use crate::graph::Id;
use crate::ops::{Grad, Op};
use crate::tensor::Tensor;
use std::collections::HashMap;

/// The gradient of the scalar `loss` with respect to each tensor in `wrt`.
///
/// The result is more of the same graph, so gradients of gradients are gradients too. A tensor on
/// which the loss does not depend has a gradient of zeros.
///
/// ```
/// use cornu_graph::{Builder, grad, evaluate, Array};
/// let b = Builder::new();
/// let x = b.input("x", []);
/// let y = &x * &x * &x;
/// let dy = grad(&y, &[&x]);
/// let d2y = grad(&dy[0], &[&x]);
/// let graph = b.build(&[("first", &dy[0]), ("second", &d2y[0])], &[]).unwrap();
/// let at_2 = evaluate(&graph, &[Array::scalar(2f32)], &[]).unwrap();
/// assert_eq!(at_2.outputs[0].item(), Some(12.0));
/// assert_eq!(at_2.outputs[1].item(), Some(12.0));
/// ```
#[track_caller]
pub fn grad(loss: &Tensor, wrt: &[&Tensor]) -> Vec<Tensor> {
    if loss.is_valid() && loss.rank() != 0 {
        let message = format!("grad takes a scalar, got shape {}", loss.shape());
        let failed = loss.builder().fail(message);
        return vec![failed; wrt.len()];
    }
    grad_with(&[(loss, &loss.full_like(1.0))], wrt)
}

/// The gradient of `sum of y_i * dy_i` over the given pairs, with respect to each tensor in `wrt`:
/// the product of a vector with the Jacobian.
#[track_caller]
pub fn grad_with(outputs: &[(&Tensor, &Tensor)], wrt: &[&Tensor]) -> Vec<Tensor> {
    grad_with_rule(outputs, wrt, &|op, rule| op.grad(rule))
}

/// The same with another derivative rule, so that tests can plant errors.
#[doc(hidden)]
#[track_caller]
pub fn grad_with_rule(
    outputs: &[(&Tensor, &Tensor)],
    wrt: &[&Tensor],
    rule: &dyn Fn(&Op, &Grad) -> Vec<Option<Tensor>>,
) -> Vec<Tensor> {
    let Some(first) = outputs.first() else { return wrt.iter().map(|x| x.full_like(0.0)).collect() };
    let builder = first.0.builder().clone();
    if outputs.iter().any(|(y, dy)| !y.is_valid() || !dy.is_valid()) || wrt.iter().any(|x| !x.is_valid()) {
        return vec![builder.tensor(Id::INVALID); wrt.len()];
    }
    // Only nodes through which some `wrt` is reached carry a gradient.
    let end = outputs.iter().map(|(y, _)| y.id.index() + 1).max().unwrap_or(0);
    let mut reaches = vec![false; end];
    {
        let state = builder.0.borrow();
        for index in 0..end {
            reaches[index] = wrt.iter().any(|x| x.id.index() == index)
                || state.nodes[index].inputs.iter().any(|input| reaches[input.index()]);
        }
    }
    let mut gradients: Vec<Option<Tensor>> = vec![None; end];
    let add = |gradients: &mut Vec<Option<Tensor>>, index: usize, term: Tensor| {
        let total = match gradients[index].take() {
            Some(sum) => sum + term,
            None => term,
        };
        gradients[index] = Some(total);
    };
    for (y, dy) in outputs {
        add(&mut gradients, y.id.index(), (*dy).clone());
    }
    let mut found: HashMap<usize, Tensor> = HashMap::new();
    // What segments compute is computed again, from the last node on.
    let mut again = Recomputed::new(&builder, end);
    let segment = builder.set_segment(None);
    for index in (0..end).rev() {
        if !reaches[index] {
            continue;
        }
        let Some(dy) = gradients[index].take() else { continue };
        if wrt.iter().any(|x| x.id.index() == index) {
            found.insert(index, dy.clone());
        }
        let y = builder.tensor(Id(index as u32));
        let inputs = y.operands();
        let Some(op) = y.op() else { continue };
        again.make(&builder, index, &dy);
        if !inputs.iter().any(|x| reaches[x.id.index()]) {
            continue;
        }
        let (label, location) = {
            let node = &builder.0.borrow().nodes[index];
            (node.label.clone(), node.location)
        };
        let previous = builder.set_label(label);
        builder.set_place(Some(location));
        let (seen, y) = (inputs.iter().map(|x| again.seen(x)).collect::<Vec<_>>(), again.seen(&y));
        let terms = rule(&op, &Grad { inputs: &seen, y: &y, dy: &dy });
        for (x, term) in inputs.iter().zip(terms) {
            if let Some(term) = term.filter(|_| reaches[x.id.index()] && x.dtype().is_float()) {
                add(&mut gradients, x.id.index(), term);
            }
        }
        builder.set_label(previous);
        builder.set_place(None);
    }
    builder.set_segment(segment);
    wrt.iter().map(|x| found.remove(&x.id.index()).unwrap_or_else(|| x.full_like(0.0))).collect()
}

/// The nodes of segments, made again for the gradient.
#[derive(Default)]
struct Recomputed {
    /// For each node, the segment that it was made in; nothing if there are no segments.
    segment_of: Vec<Option<u32>>,
    /// The nodes of each segment that was not made again yet.
    waiting: HashMap<u32, Vec<usize>>,
    /// Which nodes are constants and parameters, or made of them alone.
    fixed: Vec<bool>,
    made: HashMap<usize, Tensor>,
}

impl Recomputed {
    /// Looks for segments among the first `end` nodes.
    fn new(builder: &crate::Builder, end: usize) -> Recomputed {
        let state = builder.0.borrow();
        let mut waiting: HashMap<u32, Vec<usize>> = HashMap::new();
        for (node, segment) in state.segments[..end].iter().enumerate() {
            if let Some(segment) = segment {
                waiting.entry(*segment).or_default().push(node);
            }
        }
        if waiting.is_empty() {
            return Recomputed::default();
        }
        let mut fixed: Vec<bool> = Vec::with_capacity(end);
        for node in &state.nodes[..end] {
            fixed.push(match node.op {
                Op::Constant(_) | Op::Parameter(_) | Op::Iota(_) => true,
                Op::Input(_) | Op::Uniform(_) => false,
                _ => !node.inputs.is_empty() && node.inputs.iter().all(|x| fixed[x.index()]),
            });
        }
        Recomputed { segment_of: state.segments[..end].to_vec(), waiting, fixed, made: HashMap::new() }
    }

    /// Makes the segment of node `last` again, up to there, if it has one that was not made yet; what
    /// enters it is waited with until `dy` is there.
    fn make(&mut self, builder: &crate::Builder, last: usize, dy: &Tensor) {
        let Some(segment) = self.segment_of.get(last).copied().flatten() else { return };
        let Some(nodes) = self.waiting.remove(&segment) else { return };
        let mut entering: HashMap<usize, Tensor> = HashMap::new();
        for node in nodes.into_iter().filter(|&node| node <= last) {
            let old = builder.tensor(Id(node as u32));
            let Some(op) = old.op() else { continue };
            // Random numbers are drawn again, and not kept.
            let random = matches!(op, Op::Uniform(_));
            let operand = |x: &Tensor| {
                let at = x.id.index();
                let inside = self.segment_of[at] == Some(segment);
                match self.made.get(&at) {
                    Some(new) if inside => new.clone(),
                    _ if random || !inside && !self.fixed[at] => {
                        entering.entry(at).or_insert_with(|| x.after(dy)).clone()
                    }
                    _ => x.clone(),
                }
            };
            let before = old.operands();
            let operands: Vec<Tensor> = before.iter().map(operand).collect();
            if operands.iter().zip(&before).all(|(new, x)| new.is(x)) {
                continue;
            }
            let (label, location) = {
                let node = &builder.0.borrow().nodes[node];
                (node.label.clone(), node.location)
            };
            let previous = builder.set_label(label);
            builder.set_place(Some(location));
            let new = builder.push(op, &operands.iter().collect::<Vec<_>>());
            builder.set_label(previous);
            builder.set_place(None);
            self.made.insert(node, new);
        }
    }

    /// What stands for `x` in the rules of the gradient.
    fn seen(&self, x: &Tensor) -> Tensor {
        self.made.get(&x.id.index()).unwrap_or(x).clone()
    }
}
