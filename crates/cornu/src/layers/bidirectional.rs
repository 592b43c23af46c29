//! The wrapper that runs a recurrent layer in both directions.

use super::recurrent::mask_of_steps;
use super::{
    AnyLayer, CellOptions, GRU, LSTM, Layer, LayerSample, Recurrent, RecurrentOptions, Sampled, SimpleRNN,
};
use crate::arguments::{Arguments, Masked};
use crate::model::snake_case;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Tensor, concat};
use serde::{Deserialize, Serialize};

/// How the outputs of the two directions are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeMode {
    /// Side by side along the last axis, the default.
    Concat,
    /// Their sum.
    Sum,
    /// Their mean.
    Ave,
    /// Their product.
    Mul,
}

/// A recurrent layer run forward and backward over the steps of its input, on weights of its own in
/// each direction: `[batch, steps, ..] -> [batch, .., 2 n]` (or `n`, by `merge_mode`).
///
/// With `return_sequences` the outputs of the backward direction are turned around, so that both belong
/// to the same steps. With `return_state` the states follow, those of the forward layer first; an
/// `initial_state` is given in the same order. Masked steps give zeros in sequences. Fails if the layer
/// is not recurrent, or if the two do not go in different directions and give the same kind of output.
/// Schuster, Paliwal: Bidirectional recurrent neural networks (1997). Agrees with Keras's
/// `Bidirectional`.
///
/// ```
/// use cornu::layers::{Bidirectional, LSTM, MergeMode};
/// let layer = Bidirectional::new(LSTM::new(8)).merge_mode(MergeMode::Sum);
/// assert_eq!(layer.merge_mode, Some(MergeMode::Sum));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bidirectional {
    /// How the two outputs are put together; `None` gives both. Side by side by default.
    #[serde(default = "side_by_side")]
    pub merge_mode: Option<MergeMode>,
    /// The layer that runs forward.
    pub layer: AnyLayer,
    /// The layer that runs backward; by default one like the other.
    #[serde(default)]
    pub backward_layer: Option<AnyLayer>,
}

fn side_by_side() -> Option<MergeMode> {
    Some(MergeMode::Concat)
}

impl Bidirectional {
    /// Both directions side by side.
    pub fn new(layer: impl Into<AnyLayer>) -> Bidirectional {
        Bidirectional { merge_mode: side_by_side(), layer: layer.into(), backward_layer: None }
    }

    /// The same with outputs put together in another way; `None` gives both.
    pub fn merge_mode(mut self, merge_mode: impl Into<Option<MergeMode>>) -> Bidirectional {
        self.merge_mode = merge_mode.into();
        self
    }

    /// The same with a backward layer of its own, which says `go_backwards`.
    pub fn backward_layer(mut self, layer: impl Into<AnyLayer>) -> Bidirectional {
        self.backward_layer = Some(layer.into());
        self
    }

    /// The two layers as they are run, or what does not fit.
    fn directions(&self) -> Result<[AnyLayer; 2], String> {
        let stem = self.layer.name.clone().unwrap_or_else(|| snake_case(self.layer.layer.class_name()));
        let named = |direction: &str| {
            let prefix = format!("{direction}_");
            Some(format!("{prefix}{}", stem.strip_prefix(&prefix).unwrap_or(&stem)))
        };
        let backward = match &self.backward_layer {
            Some(layer) => {
                let name = layer.name.clone().unwrap_or_else(|| snake_case(layer.layer.class_name()));
                AnyLayer { name: Some(name), ..layer.clone() }
            }
            None => {
                let mut recurrence = recurrent(&self.layer)?.recurrence().clone();
                recurrence.go_backwards = true;
                let layer = recurrent(&self.layer)?.with_recurrence(recurrence);
                AnyLayer { layer, name: named("backward"), ..self.layer.clone() }
            }
        };
        let forward = AnyLayer { name: named("forward"), ..self.layer.clone() };
        let (a, b) = (recurrent(&forward)?.recurrence(), recurrent(&backward)?.recurrence());
        if a.go_backwards == b.go_backwards {
            return Err("expects layers of different go_backwards, got two that go the same way".into());
        }
        for (what, a, b) in [
            ("return_sequences", a.return_sequences, b.return_sequences),
            ("return_state", a.return_state, b.return_state),
            ("stateful", a.stateful, b.stateful),
        ] {
            if a != b {
                return Err(format!("expects layers of the same {what}, got {a} and {b}"));
            }
        }
        let zeroed = |layer: AnyLayer| -> Result<AnyLayer, String> {
            let mut recurrence = recurrent(&layer)?.recurrence().clone();
            recurrence.zero_output_for_mask = recurrence.return_sequences;
            let inner = recurrent(&layer)?.with_recurrence(recurrence);
            Ok(AnyLayer { layer: inner, ..layer })
        };
        Ok([zeroed(forward)?, zeroed(backward)?])
    }

    /// The outputs of both directions, put together.
    fn merge(&self, y: Tensor, z: Tensor) -> Vec<Tensor> {
        vec![match self.merge_mode {
            None => return vec![y, z],
            Some(MergeMode::Concat) => concat(&[&y, &z], -1),
            Some(MergeMode::Sum) => y + z,
            Some(MergeMode::Ave) => (y + z) / 2.0,
            Some(MergeMode::Mul) => y * z,
        }]
    }
}

/// A layer as a recurrence.
fn recurrent(layer: &AnyLayer) -> Result<&dyn Recurrent, String> {
    let class = layer.layer.class_name();
    layer.layer.recurrent().ok_or_else(|| format!("expects a recurrent layer, such as LSTM, got {class}"))
}

impl Named for Bidirectional {
    const NAME: &'static str = "Bidirectional";
    const SUMMARY: &'static str = "runs a recurrent layer in both directions";
}

impl Layer for Bidirectional {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let (x, states) = match inputs.split_first() {
            Some((x, [])) => (x, scope.named("initial_state")),
            Some((x, states)) => (x, states.to_vec()),
            None => return vec![scope.fail("expects inputs [batch, steps, ..], got none")],
        };
        let directions = match self.directions() {
            Ok(directions) => directions,
            Err(message) => return vec![scope.fail(message)],
        };
        if states.len() % 2 != 0 {
            let got = states.len();
            return vec![scope.fail(format!("expects states for both directions, got {got} in all"))];
        }
        let mask = scope.mask(0);
        let mask_of_steps = mask_of_steps(scope, !states.is_empty());
        let halves = states.split_at(states.len() / 2);
        let mut results = Vec::new();
        let attributes = ["forward_layer", "backward_layer"];
        for ((layer, attribute), states) in directions.iter().zip(attributes).zip([halves.0, halves.1]) {
            let mut arguments = Arguments::of(Masked::from(x.clone()));
            if let Some(mask) = &mask_of_steps {
                arguments = arguments.with("mask", Masked::from(mask.clone()));
            }
            if !states.is_empty() {
                arguments = arguments.with_list("initial_state", states.iter().cloned().map(Masked::from));
            }
            let outputs = scope.sublayer(attribute, attribute, layer, arguments);
            results.push(outputs.into_iter().map(|output| output.tensor).collect::<Vec<Tensor>>());
        }
        let dtype = scope.compute_dtype();
        let (y, mut z) = (results[0].remove(0).cast(dtype), results[1].remove(0).cast(dtype));
        let sequences = recurrent(&directions[0]).is_ok_and(|layer| layer.recurrence().return_sequences);
        if sequences && z.is_valid() {
            z = z.reverse(&[1]);
        }
        let mut outputs = match (y.is_valid(), z.is_valid()) {
            (true, true) => self.merge(y, z),
            (false, _) => vec![y.clone(), y],
            (true, false) => vec![z.clone(), z],
        };
        outputs.truncate(if self.merge_mode.is_none() { 2 } else { 1 });
        let n_merged = outputs.len();
        outputs.extend(results.into_iter().flatten());
        for i in 0..outputs.len() {
            scope.set_mask(i, mask.clone().filter(|_| sequences && i < n_merged));
        }
        outputs
    }

    fn call_arguments(&self) -> &'static [&'static str] {
        &["initial_state"]
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for Bidirectional {
    fn samples() -> Vec<LayerSample> {
        let sample = |layer: Bidirectional| LayerSample::new(layer, [&[2, 3, 4]]);
        let backward = SimpleRNN::new(3).go_backwards(true).use_bias(false);
        vec![
            sample(Bidirectional::new(LSTM::new(3))),
            sample(Bidirectional::new(GRU::new(3).return_sequences(true)).merge_mode(MergeMode::Mul)),
            sample(Bidirectional::new(GRU::new(3)).backward_layer(backward).merge_mode(MergeMode::Ave)),
            sample(Bidirectional::new(SimpleRNN::new(3).return_state(true)).merge_mode(MergeMode::Sum)),
        ]
    }
}
