//! The same work step after step, each step taking on what the one before it left.

mod call;
mod gradient;
mod kept;

pub use call::{ScanOptions, Scanned};

use super::*;
use crate::reference::values_of;
use crate::{Graph, batch, simplify};
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A recurrence: the body runs once for each of `length` steps.
///
/// Operands, in this order: the carries before the first step; sequences, whose leading axis holds
/// the steps; constants, which every step reads. The body takes the carries, one step's part of
/// each sequence, and the constants; it gives the new carries and then any number of results more.
/// Carries and results are of one float dtype.
///
/// `y[t]` holds, flat and one after the other, the new carries and the results of step `t`: the
/// whole history of the carries is there, and its pieces are slices (see [`Scan::pieces`]).
///
/// The gradient is a scan in the opposite direction whose body is the gradient of the body. It
/// reads the history instead of computing it again. Gradients of constants are summed over the
/// steps outside: where they are products, as one large product.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scan {
    /// What one step does.
    pub body: Body,
    /// How many carries there are.
    pub n_carries: usize,
    /// How many sequences there are.
    pub n_sequences: usize,
    /// How many steps there are, at least one.
    pub length: usize,
    /// Whether the last step of the sequences runs first. `y[t]` belongs to step `t` all the same.
    pub reverse: bool,
}

/// A graph within an operation. Bodies are equal if they print alike.
#[derive(Clone)]
pub struct Body(Arc<Inner>);

struct Inner {
    graph: Graph,
    text: String,
    /// Whether rewriting finds nothing more to do.
    simple: bool,
}

impl Body {
    /// The body that does what `graph` says.
    pub fn new(graph: Graph) -> Body {
        Body(Arc::new(Inner { text: graph.to_string(), graph, simple: false }))
    }

    /// What one step does.
    pub fn graph(&self) -> &Graph {
        &self.0.graph
    }

    /// The graph as text.
    pub fn text(&self) -> &str {
        &self.0.text
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.text() == other.text()
    }
}

impl Eq for Body {}

impl Hash for Body {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

impl Scan {
    /// The types of the body's results: new carries, then the others.
    pub fn results(&self) -> Vec<&Type> {
        let graph = self.body.graph();
        graph.outputs().iter().map(|(_, id)| &graph.node(*id).ty).collect()
    }

    /// For each result of the body, the columns of `y` that hold it.
    pub fn columns(&self) -> Vec<std::ops::Range<usize>> {
        let mut start = 0;
        let column = |ty: &Type| {
            let columns = start..start + ty.shape.size();
            start = columns.end;
            columns
        };
        self.results().into_iter().map(column).collect()
    }

    /// Each result of the body for all steps: `[length, ...]`, parts of the scan's result `y`.
    #[track_caller]
    pub fn pieces(&self, y: &Tensor) -> Vec<Tensor> {
        let piece = |(columns, ty): (std::ops::Range<usize>, &Type)| {
            let part = y.slice_axis(1, columns.start, columns.end);
            part.reshape(ty.shape.with_leading(self.length))
        };
        self.columns().into_iter().zip(self.results()).map(piece).collect()
    }

    /// What the operands are: the types that the body's inputs call for.
    fn operand_type(&self, i: usize) -> Type {
        let ty = &self.body.graph().inputs()[i].ty;
        match (self.n_carries..self.n_carries + self.n_sequences).contains(&i) {
            true => Type::new(ty.shape.with_leading(self.length), ty.dtype),
            false => ty.clone(),
        }
    }

    /// The scan without sequences and constants that the body does not read, and for each operand
    /// whether it is still there.
    fn pruned(&self) -> (Scan, Vec<bool>) {
        let (graph, used) = self.body.graph().without_idle_inputs(self.n_carries);
        let sequences = &used[self.n_carries..][..self.n_sequences];
        let n_sequences = sequences.iter().filter(|used| **used).count();
        (Scan { body: Body::new(graph), n_sequences, ..self.clone() }, used)
    }

    /// The scan with a body that does the same for less work, and for each operand whether it is
    /// still there; `None` where the body is as simple as can be.
    pub(crate) fn simplified(&self) -> Option<(Scan, Vec<bool>)> {
        if self.body.0.simple {
            return None;
        }
        let graph = simplify(self.body.graph());
        let (mut scan, used) = Scan { body: Body::new(graph), ..self.clone() }.pruned();
        let inner = Inner { graph: scan.body.graph().clone(), text: scan.body.text().into(), simple: true };
        scan.body = Body(Arc::new(inner));
        Some((scan, used))
    }

    /// This scan on those of `operands` that are used.
    #[track_caller]
    pub(crate) fn apply(self, builder: &crate::Builder, operands: &[Tensor], used: &[bool]) -> Tensor {
        let kept: Vec<&Tensor> =
            operands.iter().zip(used).filter(|(_, used)| **used).map(|(operand, _)| operand).collect();
        builder.push(self, &kept)
    }

    /// The steps in the order in which they run.
    fn steps(&self) -> impl Iterator<Item = usize> + use<> {
        let (length, reverse) = (self.length, self.reverse);
        (0..length).map(move |i| if reverse { length - 1 - i } else { i })
    }
}

impl Operation for Scan {
    const NAME: &'static str = "scan";
    const OPERANDS: RangeInclusive<usize> = 0..=usize::MAX;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let graph = self.body.graph();
        if self.length == 0 {
            return Err("there are no steps to take".into());
        }
        if !graph.parameters().is_empty() || !graph.updates().is_empty() {
            return Err("the body has parameters of its own; take them as constants".into());
        }
        let wanted = graph.inputs().len();
        if inputs.len() != wanted || self.n_carries + self.n_sequences > wanted {
            return Err(format!("the body takes {wanted} operands, got {}", inputs.len()));
        }
        for (i, input) in inputs.iter().enumerate() {
            let ty = self.operand_type(i);
            if **input != ty {
                return Err(format!("operand {i} is {input}, but the body takes {ty}"));
            }
        }
        let results = self.results();
        if results.len() < self.n_carries {
            return Err(format!("there are {} carries, but {} new ones", self.n_carries, results.len()));
        }
        for (i, (input, new)) in inputs.iter().zip(&results).take(self.n_carries).enumerate() {
            if input != new {
                return Err(format!("carry {i} is {input}, but after a step it is {new}"));
            }
        }
        let Some(first) = results.first() else { return Err("the body gives nothing".into()) };
        if let Some(other) = results.iter().find(|ty| ty.dtype != first.dtype || !ty.dtype.is_float()) {
            return Err(format!(
                "carries and results are of one float dtype, not {} and {}; cast them",
                first.dtype, other.dtype
            ));
        }
        let width = results.iter().try_fold(0usize, |sum, ty| sum.checked_add(ty.shape.size()));
        let width = width.ok_or("the result would not fit in memory")?;
        Ok(Type::new([self.length, width], first.dtype))
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        gradient::gradient(self, rule)
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let builder = rule.inputs[0].builder();
        let sequences = self.n_carries..self.n_carries + self.n_sequences;
        // Carries differ between the examples as soon as anything does.
        let batched: Vec<bool> =
            rule.batched.iter().enumerate().map(|(i, &batched)| batched || i < self.n_carries).collect();
        let body = match batch(self.body.graph(), rule.size, &batched) {
            Ok(body) => body,
            Err(errors) => return builder.fail(format!("scan: {errors}")),
        };
        let operand = |i: usize| match (batched[i], sequences.contains(&i)) {
            (false, _) => rule.inputs[i].clone(),
            (true, false) => rule.with_axis(i),
            // [size, length, ..] to [length, size, ..].
            (true, true) => {
                let mut order: Vec<usize> = (0..rule.inputs[i].rank()).collect();
                order.swap(0, 1);
                rule.inputs[i].transpose(&order)
            }
        };
        let operands: Vec<Tensor> = (0..rule.inputs.len()).map(operand).collect();
        let scan = Scan { body: Body::new(body), ..self.clone() };
        let y = builder.push(scan.clone(), &operands.iter().collect::<Vec<_>>());
        // [length, size, ..] to [size, length, flat].
        let flat = |piece: Tensor| {
            let width = piece.shape()[2..].iter().product::<usize>();
            piece.reshape([self.length, rule.size, width]).transpose(&[1, 0, 2])
        };
        if !y.is_valid() {
            return y;
        }
        let pieces: Vec<Tensor> = scan.pieces(&y).into_iter().map(flat).collect();
        concat(&pieces.iter().collect::<Vec<_>>(), 2)
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let graph = self.body.graph();
        let (width, n_carries) = (output.shape[1], self.n_carries);
        let mut carries: Vec<Vec<f64>> = inputs[..n_carries].iter().map(|x| x.elements.clone()).collect();
        let mut y = vec![0.0; output.shape.size()];
        for step in self.steps() {
            let mut given = carries;
            for (i, x) in inputs.iter().enumerate().skip(n_carries) {
                let size = x.elements.len() / self.length;
                given.push(match i < n_carries + self.n_sequences {
                    true => x.elements[step * size..(step + 1) * size].to_vec(),
                    false => x.elements.clone(),
                });
            }
            let values = values_of(graph, &given, &[], &|op, operands, ty| op.eval(operands, ty));
            let results: Vec<&Vec<f64>> =
                graph.outputs().iter().map(|(_, id)| &values[id.index()].elements).collect();
            let mut place = step * width;
            for result in &results {
                y[place..place + result.len()].copy_from_slice(result);
                place += result.len();
            }
            carries = results[..n_carries].iter().map(|result| result.to_vec()).collect();
        }
        y
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
            .int("carries", self.n_carries)
            .int("sequences", self.n_sequences)
            .int("length", self.length)
            .int("reverse", self.reverse)
            .text("body", self.body.text())
    }

    fn from_attributes(a: &Attributes) -> Result<Scan, String> {
        let body = Graph::parse(a.get_text("body")?).map_err(|errors| format!("in the body: {errors}"))?;
        Ok(Scan {
            body: Body::new(body),
            n_carries: a.get_int("carries")?,
            n_sequences: a.get_int("sequences")?,
            length: a.get_int("length")?,
            reverse: a.get_int("reverse")? != 0,
        })
    }

    fn samples() -> Vec<Sample> {
        call::samples()
    }
}
