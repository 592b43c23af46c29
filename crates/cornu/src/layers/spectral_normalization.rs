//! The wrapper that keeps a layer's kernel from stretching its input.

use super::{AnyLayer, Dense, Layer, LayerSample, Sampled};
use crate::arguments::{Arguments, Masked};
use crate::initializers::{AnyInitializer, TruncatedNormal};
use crate::model::snake_case;
use crate::registry::Named;
use crate::scope::{Scope, Weight};
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Divides the kernel of a layer by its greatest singular value while training:
/// `W / (v W u^T)`, where `W` is the kernel as a matrix of `[.., units]`.
///
/// The singular vectors `u` and `v` are followed by power iterations, some in each step, from the `u`
/// of the step before, which is kept beside the layer's weights. A kernel of zeros stays as it is.
/// While not training the layer sees its kernel as it is, as in Keras on JAX.
///
/// Keras casts the output to the input's dtype; here it stays as it is, also for whole numbers in.
///
/// Fails if there are no iterations, or the layer has neither a `kernel` nor `embeddings`. Miyato and
/// others: Spectral Normalization for Generative Adversarial Networks (2018). Agrees with Keras's
/// `SpectralNormalization`.
///
/// ```
/// use cornu::layers::{Dense, SpectralNormalization};
/// use cornu::{Input, Sequential};
/// let layer = SpectralNormalization::new(Dense::new(3));
/// let model = Sequential::new().add(Input::new([4])).add(layer).build().unwrap();
/// assert_eq!(model.count_params(), 4 * 3 + 3 + 3);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpectralNormalization {
    /// The layer whose kernel is divided.
    pub layer: AnyLayer,
    /// Power iterations in each step of training; 1 by default.
    #[serde(default = "once")]
    pub power_iterations: usize,
}

fn once() -> usize {
    1
}

impl SpectralNormalization {
    /// This layer, its kernel divided by its greatest singular value.
    pub fn new(layer: impl Into<AnyLayer>) -> SpectralNormalization {
        SpectralNormalization { layer: layer.into(), power_iterations: 1 }
    }

    /// The same with more power iterations in each step.
    pub fn power_iterations(mut self, n: usize) -> SpectralNormalization {
        self.power_iterations = n;
        self
    }
}

impl Named for SpectralNormalization {
    const NAME: &'static str = "SpectralNormalization";
    const SUMMARY: &'static str = "divides a layer's kernel by its greatest singular value";
}

/// The kernel divided by its greatest singular value, after `n` power iterations.
fn divided(scope: &mut Scope, kernel: &Tensor, n: usize) -> Tensor {
    let units = kernel.extent(-1);
    let start = AnyInitializer::from(TruncatedNormal { stddev: 0.02, ..TruncatedNormal::default() });
    let vector_u =
        scope.weight(Weight::new("vector_u", [1, units], &start).dtype(kernel.dtype()).not_trainable());
    if !scope.training() {
        return kernel.clone();
    }
    let matrix = kernel.reshape([kernel.shape().size() / units.max(1), units]); // [.., units]
    let fixed = matrix.stop_gradient();
    let unit = |x: Tensor| &x * &x.square().sum_all().rsqrt().minimum(1e7);
    let (mut u, mut v) = (scope.current(&vector_u), fixed.clone());
    for _ in 0..n {
        v = unit(u.matmul(&fixed.transpose(&[1, 0])));
        u = unit(v.matmul(&fixed));
    }
    let sigma = v.matmul(&matrix).matmul(&u.transpose(&[1, 0])).reshape([1; 0]);
    let empty = kernel.abs().sum_all().equal(0.0);
    scope.update(&vector_u, empty.select(&scope.current(&vector_u), &u));
    // Of zeros the quotient is none.
    let sigma = empty.select(&sigma.full_like(1.0), &sigma);
    kernel / &sigma
}

impl Layer for SpectralNormalization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        if self.power_iterations == 0 {
            return vec![scope.fail("expects power_iterations of at least 1, got 0")];
        }
        let inputs: Vec<Masked> =
            inputs.iter().enumerate().map(|(i, x)| Masked::new(x.clone(), scope.mask(i))).collect();
        let arguments = match &inputs[..] {
            [one] => Arguments::of(one.clone()),
            _ => Arguments::list(inputs),
        };
        let (name, n) = (snake_case(self.layer.layer.class_name()), self.power_iterations);
        let known = scope.builder().error_count();
        let (outputs, asked) =
            scope.sublayer_with_kernel("layer", &name, &self.layer, arguments, move |scope, kernel| {
                divided(scope, kernel, n)
            });
        // Where the layer fails, that is told already.
        if !asked && scope.builder().error_count() == known {
            let class = self.layer.layer.class_name();
            return vec![scope.fail(format!("expects a layer with a kernel or embeddings, got {class}"))];
        }
        outputs.into_iter().map(|output| output.tensor).collect()
    }
}

impl Sampled for SpectralNormalization {
    fn samples() -> Vec<LayerSample> {
        // Enough iterations for the vectors to be those of the greatest value: held fixed, they then
        // change nothing about the gradient.
        let layer = SpectralNormalization::new(Dense::new(3)).power_iterations(100);
        vec![LayerSample::new(layer, [&[5, 4]])]
    }
}
