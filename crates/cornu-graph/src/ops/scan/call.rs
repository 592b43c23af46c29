//! The call that makes a scan, and the calls that it is tested with.

use super::kept::keep;
use super::{Body, Scan};
use crate::builder::step_type;
use crate::ops::Sample;
use crate::{Builder, DType, Error, Graph, Tensor, concat};
use std::panic::Location;

/// How a scan goes about its steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanOptions {
    /// Whether the last step runs first. Results stay with their steps.
    pub reverse: bool,
    /// Whether what takes long in each step (products, exponentials ...) is kept, so that the gradient
    /// reads it instead of computing it again: what training wants.
    pub keep: bool,
    /// The number of steps, which sequences say too where there are any.
    pub length: Option<usize>,
}

impl ScanOptions {
    /// From the first step to the last, keeping nothing but what is asked for.
    pub fn new() -> ScanOptions {
        ScanOptions::default()
    }

    /// Lets the last step run first, or not.
    pub fn reverse(mut self, reverse: bool) -> ScanOptions {
        self.reverse = reverse;
        self
    }

    /// Keeps for the gradient what takes long, or not.
    pub fn keep(mut self, keep: bool) -> ScanOptions {
        self.keep = keep;
        self
    }

    /// Sets the number of steps.
    pub fn length(mut self, length: usize) -> ScanOptions {
        self.length = Some(length);
        self
    }
}

/// What a scan gives.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// Each carry after each step: `[length, ...]`.
    pub carries: Vec<Tensor>,
    /// Each other result of each step: `[length, ...]`.
    pub ys: Vec<Tensor>,
    reverse: bool,
}

impl Scanned {
    /// Carry `i` after all steps.
    ///
    /// # Panics
    /// If there is no such carry.
    #[track_caller]
    pub fn last(&self, i: usize) -> Tensor {
        let history = &self.carries[i];
        if !history.is_valid() {
            return history.clone();
        }
        let shape = history.shape();
        let last = if self.reverse { 0 } else { shape[0] - 1 };
        history.slice_axis(0, last, last + 1).reshape(&shape[1..])
    }
}

impl Builder {
    /// Runs `body` step after step. It gets a builder for what it adds, the carries, and one step's
    /// part of each of `xs`, whose first axis holds the steps; it gives the new carries, of the same
    /// types as `init`, and any number of results more. It may use any tensor of this graph too:
    /// those are the same in every step. Carries and results are of one float dtype.
    ///
    /// ```
    /// use cornu_graph::{Array, Builder, evaluate, ops::ScanOptions};
    /// // h[t] = h[t - 1] / 2 + x[t] + c
    /// let b = Builder::new();
    /// let (x, c) = (b.input("x", [3]), b.input("c", []));
    /// let scanned = b.scan(&[&b.scalar(0.0, x.dtype())], &[&x], ScanOptions::new(), |_, h, x| {
    ///     (vec![&h[0] * 0.5 + &x[0] + &c], vec![])
    /// });
    /// let graph = b.build(&[("all", &scanned.carries[0]), ("last", &scanned.last(0))], &[]).unwrap();
    /// let x = Array::from_vec(vec![1f32, 2.0, 3.0]);
    /// let y = evaluate(&graph, &[x, Array::scalar(1f32)], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [2.0, 4.0, 6.0]);
    /// assert_eq!(y.outputs[1].to_f64(), [6.0]);
    /// ```
    #[track_caller]
    pub fn scan(
        &self,
        init: &[&Tensor],
        xs: &[&Tensor],
        options: ScanOptions,
        body: impl FnOnce(&Builder, &[Tensor], &[Tensor]) -> (Vec<Tensor>, Vec<Tensor>),
    ) -> Scanned {
        let given: Vec<&Tensor> = init.iter().chain(xs).copied().collect();
        self.home(&given).scan_at(init, xs, options, body, Location::caller())
    }

    fn scan_at(
        &self,
        init: &[&Tensor],
        xs: &[&Tensor],
        options: ScanOptions,
        body: impl FnOnce(&Builder, &[Tensor], &[Tensor]) -> (Vec<Tensor>, Vec<Tensor>),
        location: &'static Location<'static>,
    ) -> Scanned {
        let inner = self.within();
        let given = init.iter().chain(xs).all(|tensor| tensor.is_valid());
        let length = self.steps_of(xs, options.length, given, location);
        // Where something is missing the body runs all the same, to say how much it would give.
        let declare = |name: &str, i: usize, ty| match given && length.is_some() {
            true => inner.input_of(&format!("{name}{i}"), ty),
            false => inner.missing(),
        };
        let carries: Vec<Tensor> =
            init.iter().enumerate().map(|(i, carry)| declare("carry", i, carry.ty())).collect();
        let steps: Vec<Tensor> =
            xs.iter().enumerate().map(|(i, x)| declare("x", i, step_type(&x.ty()))).collect();
        let (new, results) = body(&inner, &carries, &steps);
        let (n_new, n_results) = (new.len(), results.len());
        for error in inner.errors() {
            self.record(error);
        }
        let fail = |message: String| {
            if !message.is_empty() {
                self.fail_at(message, location);
            }
            let missing = |n: usize| vec![self.missing(); n];
            Scanned { carries: missing(init.len()), ys: missing(n_results), reverse: options.reverse }
        };
        let Some(length) = length.filter(|_| given && inner.error_count() == 0) else {
            return fail(String::new());
        };
        if n_new != init.len() {
            return fail(format!("scan: there are {} carries, but the body gives {n_new}", init.len()));
        }
        let outputs: Option<Vec<Tensor>> = new.iter().chain(&results).map(|t| inner.own(t)).collect();
        let Some(mut outputs) = outputs else {
            return fail("scan: the body gives a tensor of another graph".into());
        };
        if outputs.iter().any(|output| !output.is_valid()) {
            // The mistake is known already, or belongs to another graph.
            return fail(match self.error_count() {
                0 => "scan: the body gives what a mistake kept from being made".into(),
                _ => String::new(),
            });
        }
        if options.keep {
            keep(&inner, &mut outputs);
        }
        let named: Vec<(String, &Tensor)> =
            outputs.iter().enumerate().map(|(i, output)| (format!("y{i}"), output)).collect();
        let named: Vec<(&str, &Tensor)> = named.iter().map(|(name, output)| (&name[..], *output)).collect();
        let graph: Graph = match inner.build(&named, &[]) {
            Ok(graph) => graph,
            Err(errors) => return fail(errors.to_string()),
        };
        let captured = inner.captured();
        let operands: Vec<Tensor> = init.iter().chain(xs).map(|t| (*t).clone()).chain(captured).collect();
        let (n_carries, n_sequences) = (init.len(), xs.len());
        let scan = Scan { body: Body::new(graph), n_carries, n_sequences, length, reverse: options.reverse };
        let (scan, used) = scan.pruned();
        let kept: Vec<&Tensor> =
            operands.iter().zip(&used).filter(|pair| *pair.1).map(|pair| pair.0).collect();
        let y = self.push_at(scan.clone().into(), &kept, location);
        if !y.is_valid() {
            return fail(String::new());
        }
        let mut pieces = scan.pieces(&y);
        pieces.truncate(n_carries + n_results);
        let ys = pieces.split_off(n_carries);
        Scanned { carries: pieces, ys, reverse: options.reverse }
    }

    /// The number of steps of a scan, if sequences and options agree on one.
    fn steps_of(
        &self,
        xs: &[&Tensor],
        wanted: Option<usize>,
        given: bool,
        location: &'static Location<'static>,
    ) -> Option<usize> {
        if !given {
            return None;
        }
        let lengths: Option<Vec<usize>> = xs.iter().map(|x| x.shape().first().copied()).collect();
        let Some(lengths) = lengths else {
            self.fail_at("scan: a sequence is a scalar, which has no steps".into(), location);
            return None;
        };
        let all: Vec<usize> = lengths.into_iter().chain(wanted).collect();
        match all.first() {
            None => {
                let message = "scan: without sequences, the options say how many steps there are";
                let place = self.place(location);
                self.record(Error { location: place, ..Error::new(message).help("set `length`") });
                None
            }
            Some(first) if all.iter().all(|length| length == first) => Some(*first),
            Some(_) => {
                self.fail_at(format!("scan: sequences and options disagree on the steps: {all:?}"), location);
                None
            }
        }
    }
}

/// See [`Operation::samples`](crate::ops::Operation::samples).
pub(super) fn samples() -> Vec<Sample> {
    let rnn: fn(&Builder, &[Tensor]) -> Tensor = |b, x| {
        let scanned = b.scan(&[&x[0]], &[&x[1]], ScanOptions::new(), |_, h, t| {
            (vec![(&t[0] + h[0].matmul(&x[2]) + &x[3]).tanh()], vec![])
        });
        &scanned.carries[0] * 2.0 + scanned.last(0)
    };
    let shapes: &[&[usize]] = &[&[2, 3], &[4, 2, 3], &[3, 3], &[3]];
    let kept: fn(&Builder, &[Tensor]) -> Tensor = |b, x| {
        let options = ScanOptions::new().keep(true).reverse(true);
        let scanned = b.scan(&[&x[0]], &[&x[1]], options, |_, h, t| {
            (vec![(t[0].matmul(&x[2]) + h[0].matmul(&x[3])).tanh()], vec![])
        });
        scanned.last(0)
    };
    let kept_shapes: &[&[usize]] = &[&[2, 3], &[3, 2, 4], &[4, 3], &[3, 3]];
    let two: fn(&Builder, &[Tensor]) -> Tensor = |b, x| {
        let scanned = b.scan(&[&x[0], &x[1]], &[&x[2], &x[3]], ScanOptions::new(), |_, c, t| {
            let gate = (&t[0] * &x[4] + &c[0]).sigmoid();
            let new = &gate * &c[0] + c[1].broadcast_to([3]) * &t[0];
            let total = &c[1] * 0.5 + t[1].select(&new.sum_all(), &c[1]);
            (vec![new, total], vec![gate.sum(&[0]), &c[0] * &c[1]])
        });
        let all = &scanned.ys[1] * scanned.ys[0].expand_dims(-1) + &scanned.carries[0];
        all + scanned.last(1)
    };
    let two = Sample::new("two carries and results", &[&[3], &[], &[4, 3], &[4], &[3]], (-1.0, 1.5), two);
    let reversed: fn(&Builder, &[Tensor]) -> Tensor = |b, x| {
        let options = ScanOptions::new().reverse(true);
        let scanned = b.scan(&[&x[0]], &[&x[1]], options, |_, h, t| {
            let new = (&h[0] * 0.7 + &t[0]).sin();
            (vec![new.clone()], vec![&new * &h[0]])
        });
        concat(&[&scanned.carries[0], &scanned.ys[0]], 0) * scanned.last(0)
    };
    let one: fn(&Builder, &[Tensor]) -> Tensor = |b, x| {
        let scanned = b.scan(&[&x[0]], &[&x[1]], ScanOptions::new(), |_, h, t| (vec![&h[0] * &t[0]], vec![]));
        scanned.last(0)
    };
    let counted: fn(&Builder, &[Tensor]) -> Tensor = |b, x| {
        let scanned = b.scan(&[&x[0]], &[], ScanOptions::new().length(3), |_, h, _| {
            (vec![(&h[0] * &h[0] + &x[1]).sin()], vec![])
        });
        scanned.carries[0].clone()
    };
    // Results that are the same in every step, and products of them.
    let fixed: fn(&Builder, &[Tensor]) -> Tensor = |b, x| {
        let scanned = b.scan(&[&x[0]], &[&x[1]], ScanOptions::new(), |inner, h, t| {
            let inside = inner.scalar(0.5, x[2].dtype()).broadcast_to([2, 2]) + &x[2];
            let square = inside.sin().matmul(&inside);
            let new = (h[0].matmul(&square) + &t[0]).tanh();
            (vec![new], vec![&square * &square, square])
        });
        scanned.carries[0].matmul(&scanned.ys[0].sum(&[0])) + scanned.ys[1].slice_axis(0, 0, 1)
    };
    // A product of sums, and a projection of what is handed out.
    let shared: fn(&Builder, &[Tensor]) -> Tensor = |b, x| {
        let scanned = b.scan(&[&x[0]], &[&x[1]], ScanOptions::new().keep(true), |_, h, t| {
            let wide = (&h[0] + &t[0]).matmul(&x[2]);
            let new = (wide.matmul(&x[2].transpose(&[1, 0])) + &t[0]).sin();
            (vec![new], vec![&wide * &wide])
        });
        &scanned.ys[0] + scanned.last(0).sum_all()
    };
    vec![
        Sample::new("fixed results", &[&[2, 2], &[3, 2, 2], &[2, 2]], (-1.0, 1.0), fixed),
        Sample::new("a factor twice", &[&[2, 3], &[3, 2, 3], &[3, 4]], (-0.7, 0.6), shared),
        Sample::new("a tanh network", shapes, (-1.0, 1.0), rnn),
        Sample::new("products kept", kept_shapes, (-1.0, 1.0), kept),
        two.operand(3, DType::Bool, (0.0, 2.0)),
        Sample::new("in reverse", &[&[3], &[5, 3]], (-1.0, 2.0), reversed),
        Sample::new("one step", &[&[3], &[1, 3]], (-1.0, 2.0), one),
        Sample::new("without sequences", &[&[3], &[3]], (-1.0, 2.0), counted),
    ]
}
