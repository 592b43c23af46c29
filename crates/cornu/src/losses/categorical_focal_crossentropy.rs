//! The crossentropy of one-hot labels, in which easy samples count less.

use super::categorical_crossentropy::{log_probabilities, one_hot_labels};
use super::{Labels, Loss, Reduction};
use crate::registry::Named;
use cornu_graph::{Array, Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `-sum(alpha (1 - p)^gamma y_true log(p))` along `axis`; logarithms are taken as
/// [`CategoricalCrossentropy`](super::CategoricalCrossentropy) takes them, as stable as there.
///
/// Shapes: labels like predictions, `[batch, .., n_classes] -> [batch, ..]`. Agrees with Keras's
/// `CategoricalFocalCrossentropy` (Lin et al., *Focal loss for dense object detection*, 2017).
///
/// ```
/// use cornu::losses::{Alpha, CategoricalFocalCrossentropy};
/// let loss = CategoricalFocalCrossentropy::new().alpha([0.2, 0.5, 0.3]).gamma(1.5);
/// assert_eq!(loss.alpha, Alpha::Many(vec![0.2, 0.5, 0.3]));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoricalFocalCrossentropy {
    /// The name; `categorical_focal_crossentropy` by default.
    pub name: String,
    /// How samples' losses become one number; their mean by default.
    pub reduction: Reduction,
    /// Whether predictions are logits, not yet turned into probabilities; false by default.
    pub from_logits: bool,
    /// How far labels are drawn towards one over the number of classes; 0 by default.
    pub label_smoothing: f64,
    /// The axis of the classes; the last by default.
    pub axis: isize,
    /// What classes weigh: 0.25 by default, or a weight for each.
    pub alpha: Alpha,
    /// How much less easy samples count; 2 by default, not at all with 0.
    pub gamma: f64,
}

impl Default for CategoricalFocalCrossentropy {
    fn default() -> CategoricalFocalCrossentropy {
        CategoricalFocalCrossentropy {
            name: "categorical_focal_crossentropy".into(),
            reduction: Reduction::default(),
            from_logits: false,
            label_smoothing: 0.0,
            axis: -1,
            alpha: Alpha::One(0.25),
            gamma: 2.0,
        }
    }
}

impl CategoricalFocalCrossentropy {
    /// The loss with Keras's defaults.
    pub fn new() -> CategoricalFocalCrossentropy {
        CategoricalFocalCrossentropy::default()
    }

    /// The same with another reduction.
    pub fn reduction(mut self, reduction: Reduction) -> CategoricalFocalCrossentropy {
        self.reduction = reduction;
        self
    }

    /// The same for predictions that are logits.
    pub fn from_logits(mut self) -> CategoricalFocalCrossentropy {
        self.from_logits = true;
        self
    }

    /// The same with labels drawn towards the middle by this part.
    pub fn label_smoothing(mut self, label_smoothing: f64) -> CategoricalFocalCrossentropy {
        self.label_smoothing = label_smoothing;
        self
    }

    /// The same along another axis.
    pub fn axis(mut self, axis: isize) -> CategoricalFocalCrossentropy {
        self.axis = axis;
        self
    }

    /// The same with other weights of the classes: a number, or one for each.
    pub fn alpha(mut self, alpha: impl Into<Alpha>) -> CategoricalFocalCrossentropy {
        self.alpha = alpha.into();
        self
    }

    /// The same with easy samples counting less or more.
    pub fn gamma(mut self, gamma: f64) -> CategoricalFocalCrossentropy {
        self.gamma = gamma;
        self
    }
}

impl Named for CategoricalFocalCrossentropy {
    const NAME: &'static str = "CategoricalFocalCrossentropy";
    const ALIASES: &'static [&'static str] = &["categorical_focal_crossentropy"];
    const SUMMARY: &'static str = "The crossentropy of one-hot labels, in which easy samples count less";
}

impl Loss for CategoricalFocalCrossentropy {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let logp = log_probabilities(y_pred, self.from_logits, self.axis);
        let y_true = match one_hot_labels(&self.name, y_true, y_pred, self.label_smoothing) {
            Ok(y_true) => y_true,
            Err(failed) => return failed,
        };
        let focal = -(1.0 - logp.exp()).pow(self.gamma) * y_true * logp;
        let weighted = match &self.alpha {
            Alpha::One(alpha) => focal * *alpha,
            Alpha::Many(weights) if weights.len() == focal.extent(-1) => {
                let weights = Array::from_vec(weights.iter().map(|weight| *weight as f32).collect());
                &focal * focal.builder().constant(&weights).cast(focal.dtype())
            }
            Alpha::Many(weights) => {
                let (n, classes) = (weights.len(), focal.extent(-1));
                return focal.builder().fail(format!("{} has {n} alphas for {classes} classes", self.name));
            }
        };
        weighted.sum(&[self.axis])
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

/// What classes weigh in [`CategoricalFocalCrossentropy`]: in configs a number or a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Alpha {
    /// All the same.
    One(f64),
    /// Each its own, along the last axis.
    Many(Vec<f64>),
}

impl From<f64> for Alpha {
    fn from(alpha: f64) -> Alpha {
        Alpha::One(alpha)
    }
}

impl<const N: usize> From<[f64; N]> for Alpha {
    fn from(alphas: [f64; N]) -> Alpha {
        Alpha::Many(alphas.into())
    }
}
