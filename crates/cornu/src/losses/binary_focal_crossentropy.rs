//! The crossentropy of yes-or-no labels, in which easy samples count less.

use super::binary_crossentropy::{Binary, crossentropies};
use super::{Labels, Loss, Reduction};
use crate::registry::Named;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `mean(weight (1 - q)^gamma crossentropy)` along `axis`, where `q` is the probability given to the label and
/// the crossentropy is that of [`BinaryCrossentropy`](super::BinaryCrossentropy), as stable as there.
///
/// The weight is 1, or with `apply_class_balancing` `alpha` for labels of 1 and `1 - alpha` for 0.
///
/// Shapes: labels like predictions, `[batch, .., n] -> [batch, ..]`. Agrees with Keras's
/// `BinaryFocalCrossentropy` (Lin et al., *Focal loss for dense object detection*, 2017).
///
/// ```
/// use cornu::losses::{BinaryFocalCrossentropy, Loss};
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let loss = BinaryFocalCrossentropy::new().call(&b.input("y_true", [1, 1]), &b.input("y_pred", [1, 1]));
/// let graph = b.build(&[("loss", &loss)], &[]).unwrap();
/// let [y_true, y_pred] = [1f32, 0.5].map(|x| Array::new([1, 1], vec![x]).unwrap());
/// let loss = evaluate(&graph, &[y_true, y_pred], &[]).unwrap().outputs[0].to_f32();
/// assert!((loss[0] - 0.25 * std::f32::consts::LN_2).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinaryFocalCrossentropy {
    /// The name; `binary_focal_crossentropy` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// How far labels are drawn towards 1/2; 0 by default.
    pub label_smoothing: f64,
    /// The axis of the mean; the last by default.
    pub axis: isize,
    /// Whether the classes weigh differently; false by default.
    pub apply_class_balancing: bool,
    /// What a label of 1 weighs with balancing, and 0 the rest to 1; 0.25 by default.
    pub alpha: f64,
    /// How much less easy samples count; 2 by default, not at all with 0.
    pub gamma: f64,
}

impl Default for BinaryFocalCrossentropy {
    fn default() -> BinaryFocalCrossentropy {
        BinaryFocalCrossentropy {
            name: "binary_focal_crossentropy".into(),
            reduction: Reduction::default(),
            from_logits: false,
            label_smoothing: 0.0,
            axis: -1,
            apply_class_balancing: false,
            alpha: 0.25,
            gamma: 2.0,
        }
    }
}

impl BinaryFocalCrossentropy {
    /// The loss with Keras's defaults.
    pub fn new() -> BinaryFocalCrossentropy {
        BinaryFocalCrossentropy::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> BinaryFocalCrossentropy {
        self.reduction = reduction;
        self
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> BinaryFocalCrossentropy {
        self.from_logits = true;
        self
    }

    /// The same with labels drawn towards the middle by this part.
    pub fn label_smoothing(mut self, label_smoothing: f64) -> BinaryFocalCrossentropy {
        self.label_smoothing = label_smoothing;
        self
    }

    /// The same along another axis.
    pub fn axis(mut self, axis: isize) -> BinaryFocalCrossentropy {
        self.axis = axis;
        self
    }

    /// The same with a label of 1 weighing `alpha`, and 0 the rest to 1.
    pub fn class_balancing(mut self, alpha: f64) -> BinaryFocalCrossentropy {
        self.apply_class_balancing = true;
        self.alpha = alpha;
        self
    }

    /// The same with easy samples counting less or more.
    pub fn gamma(mut self, gamma: f64) -> BinaryFocalCrossentropy {
        self.gamma = gamma;
        self
    }
}

impl Named for BinaryFocalCrossentropy {
    const NAME: &'static str = "BinaryFocalCrossentropy";
    const ALIASES: &'static [&'static str] = &["binary_focal_crossentropy"];
    const SUMMARY: &'static str = "The crossentropy of yes-or-no labels, in which easy samples count less";
}

impl Loss for BinaryFocalCrossentropy {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let Binary { y_true, probabilities: p, losses } =
            crossentropies(&self.name, y_true, y_pred, self.from_logits, self.label_smoothing);
        // What is missing to certainty of the label.
        let missing = &y_true * (1.0 - &p) + (1.0 - &y_true) * &p;
        let focal = missing.pow(self.gamma) * losses;
        let focal = match self.apply_class_balancing {
            true => (&y_true * self.alpha + (1.0 - &y_true) * (1.0 - self.alpha)) * focal,
            false => focal,
        };
        focal.mean(&[self.axis])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn labels(&self, _: &Shape) -> Option<Labels> {
        Some(Labels::within(0.0..=1.0))
    }
}
