//! The gradient of a scan: a scan in the opposite direction, and what need not wait for its steps.

use super::{Body, Scan};
use crate::builder::step_type;
use crate::graph::Id;
use crate::ops::{Batch, Dot, Grad, Op};
use crate::{Builder, DType, Tensor, concat, grad_with};
use std::collections::HashMap;

/// The gradients of the operands.
pub(super) fn gradient(scan: &Scan, rule: &Grad) -> Vec<Option<Tensor>> {
    let outer = rule.y.builder().clone();
    let results: Vec<_> = scan.results().into_iter().cloned().collect();
    let Some(dtype) = results.first().map(|ty| ty.dtype) else { return vec![None; rule.inputs.len()] };
    let mut back = Backward::new(&outer, scan.length, dtype);
    let n_carries = scan.n_carries;
    let sequences = n_carries..n_carries + scan.n_sequences;

    // The carries of the way back are the gradients of the carries.
    let dcarries: Vec<Tensor> =
        results[..n_carries].iter().map(|ty| back.inner.input_of("dcarry", ty.clone())).collect();
    // What a step of the way there read and gave, and the gradients of what it gave.
    let pieces = scan.pieces(rule.y);
    let before: Vec<Tensor> =
        (0..n_carries).map(|i| back.sequence(&shifted(scan, rule.x(i), &pieces[i]))).collect();
    let steps: Vec<Tensor> = sequences.clone().map(|i| back.sequence(rule.x(i))).collect();
    let known: Vec<Tensor> = pieces.iter().map(|piece| back.sequence(piece)).collect();
    let dresults: Vec<Option<Tensor>> = (scan.columns().into_iter().zip(&results))
        .map(|(columns, ty)| {
            let part = part(rule.dy, columns.start, columns.end)?;
            Some(back.sequence(&part.reshape(ty.shape.with_leading(scan.length))))
        })
        .collect();
    let constants: Vec<Tensor> = rule.inputs[sequences.end..].iter().map(|x| back.constant(x)).collect();

    let given: Vec<Tensor> = [&before[..], &steps, &constants].concat();
    let (made, _) = scan.body.graph().inline(&back.inner, &given, &[], &mut |_, _, _| None);
    let mut seeds: Vec<(&Tensor, Tensor)> = Vec::new();
    for (i, y) in made.iter().enumerate() {
        match (dcarries.get(i), &dresults[i]) {
            (Some(carry), Some(dy)) => seeds.push((y, carry + dy)),
            (Some(carry), None) => seeds.push((y, carry.clone())),
            (None, Some(dy)) => seeds.push((y, dy.clone())),
            (None, None) => {}
        }
    }
    let seeds: Vec<(&Tensor, &Tensor)> = seeds.iter().map(|(y, dy)| (*y, dy)).collect();
    let floats: Vec<usize> = (0..given.len()).filter(|&i| given[i].dtype().is_float()).collect();
    let wrt: Vec<&Tensor> = floats.iter().map(|&i| &given[i]).collect();
    if seeds.is_empty() {
        return vec![None; rule.inputs.len()];
    }
    let gradients = grad_with(&seeds, &wrt);
    if gradients.iter().any(|gradient| !gradient.is_valid()) {
        back.inner.errors().into_iter().for_each(|error| outer.record(error));
        return vec![None; rule.inputs.len()];
    }

    // Results are read where the way there left them. One that is an operand stays what it is.
    let computed = |y: &&(Tensor, Tensor)| !given.iter().any(|x| x.is(&y.0));
    let kept: Vec<(Tensor, Tensor)> = made.into_iter().zip(known).filter(|y| computed(&y)).collect();
    back.kept = kept;
    let mut outputs: Vec<Tensor> = gradients[..n_carries].iter().map(|t| back.resolved(t)).collect();
    back.look(&outputs);
    for (_, gradient) in floats.iter().zip(&gradients).filter(|(i, _)| **i >= sequences.end) {
        back.mark(gradient);
    }
    let later: Vec<(usize, Later)> = (floats.iter().zip(&gradients).skip(n_carries))
        .map(|(&i, gradient)| match sequences.contains(&i) {
            true => (i, back.stacked(gradient)),
            false => (i, back.total(gradient)),
        })
        .collect();
    outputs.extend(back.emitted.iter().cloned());
    back.inner.replace_uses(&back.kept);
    let names: Vec<String> = (0..outputs.len()).map(|i| format!("y{i}")).collect();
    let named: Vec<(&str, &Tensor)> = names.iter().map(String::as_str).zip(&outputs).collect();
    let body = match back.inner.build(&named, &[]) {
        Ok(body) => Body::new(body),
        Err(errors) => {
            errors.0.into_iter().for_each(|error| outer.record(error));
            return vec![None; rule.inputs.len()];
        }
    };
    if outputs.is_empty() {
        // Without carries and with nothing to hand out, no step is left.
        return (0..rule.inputs.len())
            .map(|i| later.iter().find(|(of, _)| *of == i).map(|(_, later)| later(&[])))
            .collect();
    }
    let zeros = results[..n_carries].iter().map(|ty| outer.full(&ty.shape, 0.0, dtype));
    let operands: Vec<Tensor> = zeros.chain(back.sequences).chain(back.constants).collect();
    let n_sequences = operands.len() - n_carries - (rule.inputs.len() - sequences.end);
    let way_back = Scan { body, n_carries, n_sequences, length: scan.length, reverse: !scan.reverse };
    let (way_back, used) = way_back.pruned();
    let y = way_back.clone().apply(&outer, &operands, &used);
    if !y.is_valid() {
        return vec![None; rule.inputs.len()];
    }
    let pieces = way_back.pieces(&y);
    let last = if way_back.reverse { 0 } else { scan.length - 1 };
    let mut terms: Vec<Option<Tensor>> = vec![None; rule.inputs.len()];
    for (i, history) in pieces[..n_carries].iter().enumerate() {
        terms[i] = Some(history.slice_axis(0, last, last + 1).reshape(&results[i].shape));
    }
    for (i, later) in later {
        terms[i] = Some(later(&pieces[n_carries..]));
    }
    terms
}

/// What each step began with: the carry that the step before it left, at first `init`.
fn shifted(scan: &Scan, init: &Tensor, history: &Tensor) -> Tensor {
    let first = init.reshape(init.shape().with_leading(1));
    match (scan.length, scan.reverse) {
        (1, _) => first,
        (n, false) => concat(&[&first, &history.slice_axis(0, 0, n - 1)], 0),
        (n, true) => concat(&[&history.slice_axis(0, 1, n), &first], 0),
    }
}

/// Columns of a matrix that is a sum of parts with zeros around them; `None` where there are zeros alone.
fn part(x: &Tensor, start: usize, stop: usize) -> Option<Tensor> {
    let operands = x.operands();
    match x.op() {
        Some(Op::Add(_)) => match (part(&operands[0], start, stop), part(&operands[1], start, stop)) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        },
        Some(Op::Broadcast(_)) if is_zero(&operands[0]) => None,
        Some(Op::Pad(pad)) if is_zero(&operands[1]) && pad.interior == [0, 0] => {
            let inside = pad.range(1, operands[0].shape()[1]);
            if stop <= inside.0 || inside.1 <= start {
                return None;
            }
            if start < inside.0 || inside.1 < stop {
                return Some(x.slice_axis(1, start, stop));
            }
            let found = part(&operands[0], start - inside.0, stop - inside.0)?;
            Some(match (pad.low[0], pad.high[0]) {
                (0, 0) => found,
                (low, high) => found.pad(&[(low, high, 0), (0, 0, 0)], 0.0),
            })
        }
        _ => Some(x.slice_axis(1, start, stop)),
    }
}

fn is_zero(x: &Tensor) -> bool {
    matches!(x.op(), Some(Op::Constant(constant)) if constant.item() == Some(0.0))
}

/// A tensor around the scan, made when its results are there.
type Later = Box<dyn Fn(&[Tensor]) -> Tensor>;

/// The way back under construction. Of what a step computes, only what the carries wait for has to
/// be in its body; the rest is better done for all steps at once, around it.
struct Backward {
    inner: Builder,
    outer: Builder,
    length: usize,
    dtype: DType,
    /// What stands around the scan for an input of the body.
    around: HashMap<Id, Tensor>,
    sequences: Vec<Tensor>,
    constants: Vec<Tensor>,
    /// Results of the way there, and the inputs that hold them.
    kept: Vec<(Tensor, Tensor)>,
    /// What the carries wait for, by node.
    awaited: Vec<bool>,
    /// What differs between the steps, by node.
    varying: Vec<bool>,
    /// What is made of products that no carry waits for, by node.
    products: Vec<bool>,
    /// What a step hands out, and which node each is.
    emitted: Vec<Tensor>,
    places: HashMap<Id, usize>,
}

impl Backward {
    fn new(outer: &Builder, length: usize, dtype: DType) -> Backward {
        let inner = Builder::new();
        Backward {
            inner,
            outer: outer.clone(),
            length,
            dtype,
            around: HashMap::new(),
            sequences: Vec::new(),
            constants: Vec::new(),
            kept: Vec::new(),
            awaited: Vec::new(),
            varying: Vec::new(),
            products: Vec::new(),
            emitted: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// The input that is one step's part of `x`.
    fn sequence(&mut self, x: &Tensor) -> Tensor {
        let input = self.inner.input_of("x", step_type(&x.ty()));
        self.around.insert(input.id, x.clone());
        self.sequences.push(x.clone());
        input
    }

    /// The input that is `x` in every step.
    fn constant(&mut self, x: &Tensor) -> Tensor {
        let input = self.inner.input_of("constant", x.ty());
        self.around.insert(input.id, x.clone());
        self.constants.push(x.clone());
        input
    }

    /// The tensor itself, or the input that holds it.
    fn resolved(&self, t: &Tensor) -> Tensor {
        self.kept.iter().find(|(y, _)| y.is(t)).map_or(t.clone(), |(_, input)| input.clone())
    }

    fn operands(&self, t: &Tensor) -> Vec<Tensor> {
        t.operands().iter().map(|operand| self.resolved(operand)).collect()
    }

    /// Finds what `carries` wait for, what differs between the steps, and what products make.
    fn look(&mut self, carries: &[Tensor]) {
        let state = self.inner.0.borrow();
        let n = state.nodes.len();
        let n_inputs = state.nodes.iter().filter(|node| matches!(node.op, Op::Input(_))).count();
        let n_varying = n_inputs - self.constants.len();
        let read: HashMap<Id, Id> = self.kept.iter().map(|(y, input)| (y.id, input.id)).collect();
        let operands: Vec<Vec<usize>> = (state.nodes.iter())
            .map(|node| node.inputs.iter().map(|id| read.get(id).unwrap_or(id).index()).collect())
            .collect();
        (self.awaited, self.varying, self.products) = (vec![false; n], vec![false; n], vec![false; n]);
        for carry in carries {
            self.awaited[carry.id.index()] = true;
        }
        for index in (0..n).rev() {
            if self.awaited[index] {
                operands[index].iter().for_each(|&operand| self.awaited[operand] = true);
            }
        }
        for (index, node) in state.nodes.iter().enumerate() {
            let any = |of: &[bool]| operands[index].iter().any(|&operand| of[operand]);
            self.varying[index] = match &node.op {
                Op::Input(input) => input.index < n_varying,
                _ => any(&self.varying),
            };
            let product = match &node.op {
                Op::Dot(_) => true,
                op => is_linear(op) && any(&self.products),
            };
            self.products[index] = product && self.varying[index] && !self.awaited[index];
        }
    }

    fn is_varying(&self, t: &Tensor) -> bool {
        self.varying[t.id.index()]
    }

    /// Whether the value for all steps is there without a step handing out more.
    fn is_free(&self, t: &Tensor) -> bool {
        self.around.contains_key(&t.id) || self.places.contains_key(&t.id)
    }

    /// Whether `t` is made of products that no carry waits for.
    fn holds_product(&self, t: &Tensor) -> bool {
        self.products[t.id.index()] && !self.is_free(t)
    }

    /// Hands out the factors of products whose sum over the steps is wanted.
    fn mark(&mut self, t: &Tensor) {
        let t = self.resolved(t);
        if !self.holds_product(&t) {
            return;
        }
        let operands = self.operands(&t);
        let factors = matches!(t.op(), Some(Op::Dot(_)));
        if factors && !operands.iter().all(|x| self.is_varying(x)) {
            return;
        }
        for x in operands {
            match factors {
                true => drop(self.stacked(&x)),
                false => self.mark(&x),
            }
        }
    }

    /// `t` of all steps: `[length, ...]`.
    fn stacked(&mut self, t: &Tensor) -> Later {
        let t = self.resolved(t);
        if !self.is_varying(&t) {
            let (fixed, length) = (self.fixed(&t), self.length);
            return Box::new(move |given| {
                let fixed = fixed(given);
                fixed.broadcast_to(fixed.shape().with_leading(length))
            });
        }
        if let Some(around) = self.around.get(&t.id).cloned() {
            return Box::new(move |_| around.clone());
        }
        match t.op() {
            Some(op) if !self.places.contains_key(&t.id) && self.holds_product(&t) => {
                let operands = self.operands(&t);
                let batched: Vec<bool> = operands.iter().map(|x| self.is_varying(x)).collect();
                let later: Vec<Later> = (operands.iter().zip(&batched))
                    .map(|(x, &batched)| if batched { self.stacked(x) } else { self.fixed(x) })
                    .collect();
                let size = self.length;
                Box::new(move |given| {
                    let inputs: Vec<Tensor> = later.iter().map(|later| later(given)).collect();
                    op.batch(&Batch { inputs: &inputs, batched: &batched, size })
                })
            }
            _ => self.emit(&t),
        }
    }

    /// The sum of `t` over all steps.
    fn total(&mut self, t: &Tensor) -> Later {
        let t = self.resolved(t);
        if !self.is_varying(&t) {
            let (fixed, length) = (self.fixed(&t), self.length as f64);
            return Box::new(move |given| fixed(given) * length);
        }
        let operands = self.operands(&t);
        let all_vary = operands.iter().all(|x| self.is_varying(x));
        match t.op() {
            Some(Op::Dot(dot)) if self.holds_product(&t) && all_vary => {
                let (a, b) = (self.stacked(&operands[0]), self.stacked(&operands[1]));
                let over = over_steps(&dot);
                Box::new(move |given| a(given).dot(&b(given), over.clone()))
            }
            // A linear operation on a sum is the sum of what it makes of the terms.
            Some(op)
                if is_linear(&op)
                    && !self.is_free(&t)
                    && operands.iter().any(|x| self.holds_product(x) || self.is_free(x)) =>
            {
                let later: Vec<Later> = operands.iter().map(|x| self.total(x)).collect();
                let outer = self.outer.clone();
                Box::new(move |given| {
                    let inputs: Vec<Tensor> = later.iter().map(|later| later(given)).collect();
                    outer.push(op.clone(), &inputs.iter().collect::<Vec<_>>())
                })
            }
            _ => {
                let all = self.stacked(&t);
                Box::new(move |given| all(given).sum(&[0]))
            }
        }
    }

    /// What is the same in every step.
    fn fixed(&self, t: &Tensor) -> Later {
        if let Some(around) = self.around.get(&t.id).cloned() {
            return Box::new(move |_| around.clone());
        }
        let later: Vec<Later> = self.operands(t).iter().map(|x| self.fixed(x)).collect();
        let (op, outer) = (t.op(), self.outer.clone());
        Box::new(move |given| {
            let inputs: Vec<Tensor> = later.iter().map(|later| later(given)).collect();
            match &op {
                Some(op) => outer.push(op.clone(), &inputs.iter().collect::<Vec<_>>()),
                None => outer.missing(),
            }
        })
    }

    /// Lets each step hand out `t`.
    fn emit(&mut self, t: &Tensor) -> Later {
        let (dtype, own) = (self.dtype, t.dtype());
        let emitted = if own == dtype { t.clone() } else { t.cast(dtype) };
        let place = *self.places.entry(t.id).or_insert(self.emitted.len());
        if place == self.emitted.len() {
            self.emitted.push(emitted);
        }
        Box::new(move |given| if own == dtype { given[place].clone() } else { given[place].cast(own) })
    }
}

/// Whether the operation keeps sums: of a sum it makes the sum of what it makes of each term.
fn is_linear(op: &Op) -> bool {
    matches!(
        op,
        Op::Add(_)
            | Op::Sub(_)
            | Op::Neg(_)
            | Op::Transpose(_)
            | Op::Reshape(_)
            | Op::Sum(_)
            | Op::Broadcast(_)
    )
}

/// The product summed over the steps too, which are the leading axis of both factors.
fn over_steps(dot: &Dot) -> Dot {
    let later = |axes: &[usize]| axes.iter().map(|axis| axis + 1).collect::<Vec<_>>();
    let summed = |axes: &[usize]| std::iter::once(0).chain(later(axes)).collect();
    Dot {
        a_batch: later(&dot.a_batch),
        b_batch: later(&dot.b_batch),
        a_contract: summed(&dot.a_contract),
        b_contract: summed(&dot.b_contract),
    }
}
