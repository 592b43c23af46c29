//! The loss of sequences whose labels are not aligned to their steps.

use super::{Labels, Loss, Reduction, shapes::keras_shape};
use crate::registry::Named;
use cornu_graph::ops::ScanOptions;
use cornu_graph::{DType, Shape, Tensor};
use serde::{Deserialize, Serialize};

/// Connectionist temporal classification: `-log(p)`, where `p` is the probability of all ways to write the
/// labels along the steps, each repeated as often as one likes, with blanks between them as one likes, and
/// at least one between equal labels.
///
/// Shapes: labels `[batch, n]` are the numbers of classes, and zeros behind the last; predictions
/// `[batch, steps, n_classes]` are logits, of which class 0 is the blank; the result is `[batch]`. Labels that
/// cannot be written in so few steps have a loss of about 100000. Agrees with Keras's `CTC` (Graves et al., *Connectionist
/// temporal classification*, 2006).
///
/// ```
/// use cornu::losses::{CTC, Loss};
/// use cornu_graph::{Array, Builder, DType, Type, evaluate};
/// let b = Builder::new();
/// let y_true = b.input_of("y_true", Type::new([1, 1], DType::I32));
/// let loss = CTC::new().call(&y_true, &b.input("y_pred", [1, 2, 2]));
/// let graph = b.build(&[("loss", &loss)], &[]).unwrap();
/// // Of the four ways to write two steps, three say 1: once or twice.
/// let inputs = [Array::new([1, 1], vec![1i32]).unwrap(), Array::new([1, 2, 2], vec![0f32; 4]).unwrap()];
/// let loss = evaluate(&graph, &inputs, &[]).unwrap().outputs[0].to_f32();
/// assert!((loss[0] + 0.75f32.ln()).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CTC {
    /// The name; `ctc` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
}

impl Default for CTC {
    fn default() -> CTC {
        CTC { name: "ctc".into(), reduction: Reduction::default() }
    }
}

impl CTC {
    /// The loss with Keras's defaults.
    pub fn new() -> CTC {
        CTC::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> CTC {
        self.reduction = reduction;
        self
    }
}

impl Named for CTC {
    const NAME: &'static str = "CTC";
    const ALIASES: &'static [&'static str] = &["ctc"];
    const SUMMARY: &'static str = "The negative log-likelihood of labels that are not aligned to steps";
}

impl Loss for CTC {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        if !y_true.is_valid() || !y_pred.is_valid() {
            return y_pred.clone();
        }
        let (labels, predictions) = (y_true.shape(), y_pred.shape());
        if labels.rank() != 2
            || predictions.rank() != 3
            || labels[0] != predictions[0]
            || labels[1] == 0
            || predictions[1] == 0
        {
            let (labels, predictions) = (keras_shape(&labels), keras_shape(&predictions));
            return y_pred.builder().fail(format!(
                "{} expects labels of shape (None, n) and logits of shape (None, steps, n_classes), got {labels} \
                 and {predictions}",
                self.name
            ));
        }
        let (batch, n, n_classes) = (labels[0], labels[1], predictions[2]);
        let labels = y_true.cast(DType::I32);
        let logp = y_pred.log_softmax(-1);
        let class = y_pred.builder().iota([batch, n_classes, n], 1, DType::I32);
        // [batch, steps, 1] and [batch, steps, n]
        let blank = logp.slice_axis(-1, 0, 1);
        let emitted = logp.matmul(&class.equal(labels.expand_dims(1)).cast(logp.dtype()));
        // A label cannot follow an equal one without a blank between them.
        let doubled = labels.slice_axis(1, 1, n).equal(labels.slice_axis(1, 0, n - 1)).cast(logp.dtype());
        let doubled = doubled.pad(&[(0, 0, 0), (1, 0, 0)], 0.0) * NEVER;

        // The logarithms of what leads to the blank before each label (and behind the last), and to each label.
        let nothing = y_pred.builder().full([batch, n], NEVER, logp.dtype());
        let between = nothing.pad(&[(0, 0, 0), (1, 0, 0)], 0.0);
        let behind = |at: &Tensor| at.pad(&[(0, 0, 0), (1, 0, 0)], NEVER);
        let by_step = |x: &Tensor| x.transpose(&[1, 0, 2]);
        let rows = [by_step(&blank), by_step(&emitted)];
        let scanned = y_pred.builder().scan(
            &[&between, &nothing],
            &[&rows[0], &rows[1]],
            ScanOptions::new(),
            |_, so_far, row| {
                let (between, at) = (&so_far[0], &so_far[1]);
                let left = behind(at);
                let on = log_add_exp(at, &between.slice_axis(1, 0, n));
                let on = log_add_exp(&on, &(left.slice_axis(1, 0, n) + &doubled));
                (vec![log_add_exp(between, &left) + &row[0], on + &row[1]], Vec::new())
            },
        );
        let (between, at) = (scanned.last(0), scanned.last(1));
        let ends = log_add_exp(&between, &behind(&at));
        let length = labels.not_equal(0.0).cast(DType::I32).sum(&[1]);
        let place = y_pred.builder().iota([batch, n + 1], 1, DType::I32);
        -place.equal(length.expand_dims(-1)).select(&ends, 0.0).sum(&[1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn labels(&self, y_pred: &Shape) -> Option<Labels> {
        Some(Labels::classes(*y_pred.last()?, None))
    }
}

/// The logarithm of what cannot be, but finite, as Keras has it.
const NEVER: f64 = -1e5;

/// `log(exp(a) + exp(b))`
fn log_add_exp(a: &Tensor, b: &Tensor) -> Tensor {
    a.maximum(b) + (-(a - b).abs()).exp().log1p()
}
