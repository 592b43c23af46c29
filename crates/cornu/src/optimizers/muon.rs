//! Steps whose matrices are orthogonal: momentum for hidden matrices, Adam for the rest.

use super::{Adam, Optimizer, OptimizerStep, Settings, Slot};
use crate::registry::Named;
use crate::schedules::LearningRate;
use crate::variables::Variable;
use cornu_graph::Tensor;
use regex_lite::Regex;
use serde::{Deserialize, Serialize};

/// For matrices: `m = momentum m + g`, `d = g + momentum m` (without `nesterov`: `m`), and
/// `w -= learning_rate sqrt(max(rows, columns)) rms_rate o(d)`, where `o` brings all singular values near
/// 1: `x / |x|`, then `ns_steps` times `x = a x + (b x xᵀ + c (x xᵀ)²) x`, on the transpose where there are
/// more rows than columns. Weights that are no matrices, those of embeddings, and those whose path has a
/// match of one of `exclude_layers` are updated as in [`Adam`](super::Adam), at `adam_lr_ratio` times the
/// rate.
///
/// Agrees with Keras's `Muon` (Jordan et al., *Muon*, 2024; Liu et al., *Muon is scalable*, 2025). Both
/// kinds of weights decay, by 0.004 of the rate by default. Leave the last layer to Adam:
///
/// ```
/// use cornu::optimizers::Muon;
/// assert_eq!(Muon::new(0.01).exclude_layers(["output"]).exclude_layers, ["output"]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Muon {
    /// What all optimizers have; the learning rate is 0.001 by default.
    #[serde(flatten, deserialize_with = "super::settings_of::<Muon, _>")]
    pub settings: Settings,
    /// How slowly Adam's mean of gradients moves; 0.9 by default.
    pub adam_beta_1: f64,
    /// How slowly Adam's mean of squares moves; 0.999 by default.
    pub adam_beta_2: f64,
    /// What keeps Adam's quotient finite; 1e-7 by default.
    pub epsilon: f64,
    /// Regular expressions; weights in whose path one of them is found go by Adam. None by default.
    pub exclude_layers: Vec<String>,
    /// The factor of `x`; 3.4445 by default.
    pub muon_a: f64,
    /// The factor of the cube; -4.775 by default.
    pub muon_b: f64,
    /// The factor of the fifth power; 2.0315 by default.
    pub muon_c: f64,
    /// What the rate is multiplied by for Adam; 1 by default.
    pub adam_lr_ratio: f64,
    /// How slowly the sum of gradients of matrices fades; 0.95 by default.
    pub momentum: f64,
    /// How often singular values are brought nearer to 1; 5 by default.
    pub ns_steps: usize,
    /// Whether the step looks ahead by Nesterov's rule; true by default.
    pub nesterov: bool,
    /// Whether weights with `embedding` in their path go by Adam; true by default.
    pub exclude_embeddings: bool,
    /// The decay of weights that go by Adam; 0.004 by default.
    pub adam_weight_decay: Option<f64>,
    /// The size of a step's elements, in learning rates; `None` leaves steps as they are; 0.2 by default.
    pub rms_rate: Option<f64>,
}

impl Default for Muon {
    fn default() -> Muon {
        Muon {
            settings: Settings { weight_decay: Some(0.004), ..Settings::new("muon", 0.001) },
            adam_beta_1: 0.9,
            adam_beta_2: 0.999,
            epsilon: 1e-7,
            exclude_layers: Vec::new(),
            muon_a: 3.4445,
            muon_b: -4.7750,
            muon_c: 2.0315,
            adam_lr_ratio: 1.0,
            momentum: 0.95,
            ns_steps: 5,
            nesterov: true,
            exclude_embeddings: true,
            adam_weight_decay: Some(0.004),
            rms_rate: Some(0.2),
        }
    }
}

impl Muon {
    /// The optimizer with this learning rate, a number or a schedule, and Keras's defaults.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Muon {
        let mut optimizer = Muon::default();
        optimizer.settings.learning_rate = learning_rate.into();
        optimizer
    }

    /// The same with another `adam_beta_1`.
    pub fn adam_beta_1(mut self, adam_beta_1: f64) -> Muon {
        self.adam_beta_1 = adam_beta_1;
        self
    }

    /// The same with another `adam_beta_2`.
    pub fn adam_beta_2(mut self, adam_beta_2: f64) -> Muon {
        self.adam_beta_2 = adam_beta_2;
        self
    }

    /// The same with another `epsilon`.
    pub fn epsilon(mut self, epsilon: f64) -> Muon {
        self.epsilon = epsilon;
        self
    }

    /// The same with these `exclude_layers`.
    pub fn exclude_layers<S: Into<String>>(mut self, exclude_layers: impl IntoIterator<Item = S>) -> Muon {
        self.exclude_layers = exclude_layers.into_iter().map(Into::into).collect();
        self
    }

    /// The same with another `muon_a`.
    pub fn muon_a(mut self, muon_a: f64) -> Muon {
        self.muon_a = muon_a;
        self
    }

    /// The same with another `muon_b`.
    pub fn muon_b(mut self, muon_b: f64) -> Muon {
        self.muon_b = muon_b;
        self
    }

    /// The same with another `muon_c`.
    pub fn muon_c(mut self, muon_c: f64) -> Muon {
        self.muon_c = muon_c;
        self
    }

    /// The same with another `adam_lr_ratio`.
    pub fn adam_lr_ratio(mut self, adam_lr_ratio: f64) -> Muon {
        self.adam_lr_ratio = adam_lr_ratio;
        self
    }

    /// The same with another `momentum`.
    pub fn momentum(mut self, momentum: f64) -> Muon {
        self.momentum = momentum;
        self
    }

    /// The same with another `ns_steps`.
    pub fn ns_steps(mut self, ns_steps: usize) -> Muon {
        self.ns_steps = ns_steps;
        self
    }

    /// The same with another `nesterov`.
    pub fn nesterov(mut self, nesterov: bool) -> Muon {
        self.nesterov = nesterov;
        self
    }

    /// The same with another `exclude_embeddings`.
    pub fn exclude_embeddings(mut self, exclude_embeddings: bool) -> Muon {
        self.exclude_embeddings = exclude_embeddings;
        self
    }

    /// The same with another `adam_weight_decay`.
    pub fn adam_weight_decay(mut self, adam_weight_decay: impl Into<Option<f64>>) -> Muon {
        self.adam_weight_decay = adam_weight_decay.into();
        self
    }

    /// The same with another `rms_rate`.
    pub fn rms_rate(mut self, rms_rate: impl Into<Option<f64>>) -> Muon {
        self.rms_rate = rms_rate.into();
        self
    }

    /// Whether a weight is updated as in Adam.
    fn goes_by_adam(&self, weight: &Variable) -> bool {
        let found = |pattern: &String| Regex::new(pattern).is_ok_and(|regex| regex.is_match(&weight.path));
        weight.ty.shape.rank() != 2
            || (self.exclude_embeddings && weight.path.to_lowercase().contains("embedding"))
            || self.exclude_layers.iter().any(found)
    }

    /// A matrix with singular vectors as `x` has, and singular values near 1.
    fn orthogonal(&self, x: &Tensor) -> Tensor {
        let turned = x.extent(0) > x.extent(1);
        let turn = |x: &Tensor| if turned { x.transpose(&[1, 0]) } else { x.clone() };
        let mut x = turn(x);
        x = &x / (x.square().sum_all().sqrt() + 1e-7);
        for _ in 0..self.ns_steps {
            let square = x.matmul(&x.transpose(&[1, 0]));
            let odd = &square * self.muon_b + (&square * self.muon_c).matmul(&square);
            x = &x * self.muon_a + odd.matmul(&x);
        }
        turn(&x)
    }
}

impl Named for Muon {
    const NAME: &'static str = "Muon";
    const ALIASES: &'static [&'static str] = &["muon"];
    const SUMMARY: &'static str = "Orthogonal steps for matrices, Adam for the rest";
}

impl Optimizer for Muon {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    fn mistake(&self) -> Option<String> {
        let wrong =
            self.exclude_layers.iter().find_map(|pattern| Some((pattern, Regex::new(pattern).err()?)));
        match wrong {
            Some((pattern, error)) => Some(format!(
                "{} takes regular expressions as exclude_layers, got `{pattern}`: {error}",
                self.settings.name
            )),
            None => self.settings.mistake(),
        }
    }

    fn slots(&self, weight: &Variable) -> Vec<Vec<Slot>> {
        let mut slots = vec![Slot::new("momentum")];
        if self.goes_by_adam(weight) {
            slots.push(Slot::new("velocity"));
        }
        vec![slots]
    }

    fn weight_decay(&self, weight: &Variable) -> Option<f64> {
        if self.goes_by_adam(weight) { self.adam_weight_decay } else { self.settings.weight_decay }
    }

    fn update(&self, step: &mut OptimizerStep, weight: &Tensor, gradient: &Tensor) -> Tensor {
        if step.has("velocity") {
            let adam = Adam::new(0.0).beta_1(self.adam_beta_1).beta_2(self.adam_beta_2).epsilon(self.epsilon);
            step.scale_learning_rate(self.adam_lr_ratio);
            return adam.update(step, weight, gradient);
        }
        let sum = step.slot("momentum") * self.momentum + gradient;
        step.set("momentum", &sum);
        let ahead = if self.nesterov { gradient + &sum * self.momentum } else { sum };
        let size =
            self.rms_rate.map_or(1.0, |rate| (weight.extent(0).max(weight.extent(1)) as f64).sqrt() * rate);
        weight - self.orthogonal(&ahead) * (step.learning_rate() * size)
    }
}
