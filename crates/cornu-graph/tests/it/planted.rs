//! Wrong rules, planted one at a time: the laws must catch each, or they are too weak.

use crate::check::{batching, gradient, own_batch, own_grad, report};
use cornu_graph::ops::{Batch, Grad, Sample};
use cornu_graph::{Op, Tensor};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Operations that pass no gradient on, or take none.
const WITHOUT_GRADIENT: &[&str] = &[
    "input",
    "parameter",
    "constant",
    "iota",
    "uniform",
    "sign",
    "floor",
    "stop_gradient",
    "equal",
    "less",
    "less_equal",
    "argmax",
    "argmin",
    "argsort",
];

/// Operations whose batching rule is never called (they have no operands) or draws anew.
const WITHOUT_BATCHING: &[&str] = &["input", "parameter", "constant", "iota", "uniform"];

type Wrong = (&'static str, fn(&Tensor) -> Option<Tensor>);

/// What may go wrong in a term of a gradient; `None` where it would make no difference to see.
const WRONG_TERMS: &[Wrong] = &[
    ("wrong sign", |term| Some(-term)),
    ("factor two", |term| Some(term * 2.0)),
    ("half", |term| Some(term * 0.5)),
    ("opposite order", |term| {
        let axes: Vec<isize> = (0..term.rank() as isize).collect();
        (term.shape().size() > 1).then(|| term.reverse(&axes))
    }),
    ("two axes swapped", |term| {
        let shape = term.shape();
        let pairs = (0..shape.rank()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let (i, j) = { pairs }.find(|&(i, j)| shape[i] == shape[j] && shape[i] > 1)?;
        let mut axes: Vec<usize> = (0..shape.rank()).collect();
        axes.swap(i, j);
        Some(term.transpose(&axes))
    }),
];

fn samples_by_operation() -> BTreeMap<&'static str, Vec<Sample>> {
    let mut all: BTreeMap<&str, Vec<Sample>> = BTreeMap::new();
    for (name, sample) in Op::samples() {
        all.entry(name).or_default().push(sample);
    }
    all
}

#[test]
fn wrong_gradients_are_caught() {
    let mut complaints = Vec::new();
    for (name, samples) in samples_by_operation() {
        // Which operands have a gradient at all.
        let terms: RefCell<Vec<bool>> = RefCell::default();
        let watch = |op: &Op, rule: &Grad| {
            let found = op.grad(rule);
            if op.name() == name {
                let mut terms = terms.borrow_mut();
                let n = terms.len().max(found.len());
                terms.resize(n, false);
                for (i, term) in found.iter().enumerate() {
                    terms[i] |= term.is_some() && rule.x(i).dtype().is_float();
                }
            }
            found
        };
        for sample in &samples {
            gradient(sample, &watch).unwrap();
        }
        let terms = terms.into_inner();
        if WITHOUT_GRADIENT.contains(&name) == terms.contains(&true) {
            complaints.push(format!("{name}: whether it has a gradient is not what the list here says"));
        }
        for operand in (0..terms.len()).filter(|&i| terms[i]) {
            for (what, wrong) in WRONG_TERMS {
                let planted = Cell::new(false);
                let rule = |op: &Op, rule: &Grad| {
                    let mut terms = own_grad(op, rule);
                    if op.name() == name
                        && let Some(Some(term)) = terms.get_mut(operand)
                        && let Some(changed) = wrong(term)
                    {
                        planted.set(true);
                        *term = changed;
                    }
                    terms
                };
                let caught = samples.iter().filter(|sample| gradient(sample, &rule).is_err()).count();
                if (planted.get() && caught == 0) || (!planted.get() && *what == "wrong sign") {
                    complaints.push(format!("{name}, operand {operand}: {what} is not caught"));
                }
            }
        }
    }
    report(complaints);
}

/// A dropped term: the rule forgets that the operand matters.
#[test]
fn missing_terms_are_caught() {
    let mut complaints = Vec::new();
    for (name, samples) in samples_by_operation() {
        for operand in 0..3 {
            let planted = Cell::new(false);
            let rule = |op: &Op, rule: &Grad| {
                let mut terms = own_grad(op, rule);
                if op.name() == name && operand < terms.len() && rule.x(operand).dtype().is_float() {
                    planted.set(planted.get() | terms[operand].is_some());
                    terms[operand] = None;
                }
                terms
            };
            let caught = samples.iter().any(|sample| gradient(sample, &rule).is_err());
            if planted.get() && !caught {
                complaints.push(format!("{name}, operand {operand}: a missing term is not caught"));
            }
        }
    }
    report(complaints);
}

#[test]
fn wrong_batching_is_caught() {
    type Change = fn(&Batch, Tensor) -> Tensor;
    let wrong: [(&str, Change); 3] = [
        ("examples in the opposite order", |_, y| y.reverse(&[0])),
        ("the first example for all", |rule, y| {
            let shape = y.shape();
            y.slice_axis(0, 0, 1)
                .reshape(shape.without(&[0]))
                .broadcast_to(&shape)
                .reshape(shape.without(&[0]).with_leading(rule.size))
        }),
        ("the leading axis last", |_, y| {
            let n = y.rank();
            y.transpose(&(1..n).chain([0]).collect::<Vec<_>>()).reshape(y.shape())
        }),
    ];
    let mut complaints = Vec::new();
    for (name, samples) in samples_by_operation() {
        for (what, wrong) in wrong {
            let planted = Cell::new(false);
            let rule = |op: &Op, rule: &Batch| {
                let y = own_batch(op, rule);
                if op.name() != name {
                    return y;
                }
                planted.set(true);
                wrong(rule, y)
            };
            let caught = samples.iter().any(|sample| batching(sample, &rule, false).is_err());
            if planted.get() == WITHOUT_BATCHING.contains(&name) && name != "uniform" {
                complaints.push(format!("{name}: whether it is batched is not what the list here says"));
            }
            if planted.get() && !caught {
                complaints.push(format!("{name}: {what} is not caught"));
            }
        }
    }
    report(complaints);
}
