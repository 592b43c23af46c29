//! Training steps of one's own: a GAN with two optimizers, a VAE with a sampled latent.

use cornu::optimizers::Adam;
use cornu::prelude::*;
use cornu::scope::Scope;
use cornu::variables::Role;
use cornu::{Step, TrainStep};
use cornu_graph::Tensor;
use cornu_graph::philox::Random;

fn ramp(rows: usize, columns: usize) -> Array {
    let values = (0..rows * columns).map(|i| ((i * 7919 % 1000) as f32 / 1000.0) * 0.5 + 2.0).collect();
    Array::new([rows, columns], values).unwrap()
}

/// A generator of two numbers, and a discriminator that tells them from the data's.
fn gan() -> Model {
    let generator = Sequential::new()
        .named("generator")
        .add(Input::new([3]))
        .add(Dense::new(8).relu())
        .add(Dense::new(2))
        .build()
        .unwrap();
    let discriminator = Sequential::new()
        .named("discriminator")
        .add(Input::new([2]))
        .add(Dense::new(8).relu())
        .add(Dense::new(1))
        .build()
        .unwrap();
    let latent = Input::new([3]).symbol();
    let fake = generator.on(&latent);
    Model::new([&latent], [&discriminator.on(&fake)]).unwrap()
}

#[derive(Debug)]
struct Gan;

impl TrainStep for Gan {
    fn step(&self, step: &mut Step) {
        let real = step.x(0);
        let latent = step.normal([step.rows(), 3]);
        let fake = step.call("generator", &[latent])[0].clone();
        let of_real = step.call("discriminator", &[real])[0].clone();
        let of_fake = step.call("discriminator", &[fake.stop_gradient()])[0].clone();
        let d_loss = (-of_real).softplus().mean_all() + of_fake.softplus().mean_all();
        step.minimize_with("d_optimizer", Adam::new(0.002).beta_1(0.5), &d_loss, &["discriminator"]);
        let judged = step.call("discriminator", &[fake])[0].clone();
        let g_loss = (-judged).softplus().mean_all();
        step.minimize(&g_loss, &["generator"]);
        step.report("loss", &g_loss);
        step.report("d_loss", &d_loss);
    }
}

#[test]
fn a_gan_learns_where_the_data_lies() {
    let x = ramp(256, 2);
    let mut gan = gan().compile(Compile::new(Adam::new(0.001).beta_1(0.5), "mse").step(Gan)).unwrap();
    let history = gan.fit(&x, (), Fit::new().epochs(300).batch_size(32).silent()).unwrap();
    assert!(history.last("d_loss").unwrap().is_finite() && history.last("loss").unwrap().is_finite());
    // Both optimizers have moved, each its own weights, as often as there were steps.
    let steps: Vec<(String, f64)> = gan
        .optimizer_variables()
        .into_iter()
        .filter(|(path, _)| path.ends_with("iteration"))
        .map(|(path, value)| (path.to_string(), value.item().unwrap()))
        .collect();
    assert_eq!(steps, [("d_optimizer/adam/iteration".into(), 2400.0), ("adam/iteration".into(), 2400.0)]);
    let layer = gan.get_layer("generator").unwrap().clone();
    let latent = Input::new([3]).symbol();
    let mut generator = Model::new([&latent], [&layer.on(&latent)]).unwrap();
    let weights: Vec<Array> = gan.weights().take(4).map(|(_, value)| value.clone()).collect();
    generator.set_weights(&weights).unwrap();
    let mut random = Random::new(1, 2);
    let latent: Vec<f64> = (0..300).map(|_| random.normal()).collect();
    let latent = Array::from_f64([100, 3], DType::F32, &latent).unwrap();
    let made = generator.predict(&latent).unwrap().to_f64();
    let mean = made.iter().sum::<f64>() / made.len() as f64;
    assert!((1.5..3.0).contains(&mean), "{mean}");
}

/// The same step by hand: the discriminator's new weights are what the generator is judged by.
#[derive(Debug)]
struct InTurn;

impl TrainStep for InTurn {
    fn step(&self, step: &mut Step) {
        let first = step.call("dense", &[step.x(0)])[0].sum_all();
        step.minimize(&first, &["dense"]);
        let second = step.call("dense", &[step.x(0)])[0].sum_all();
        step.report("loss", &first);
        step.report("after", &second);
    }
}

#[test]
fn what_was_minimized_is_seen_anew() {
    let x = Array::new([2, 1], vec![1f32, 2.0]).unwrap();
    let model = Sequential::new().add(Input::new([1])).add(Dense::new(1)).build().unwrap();
    let compile = Compile::new(cornu::optimizers::SGD::new(0.1), "mse").step(InTurn);
    let mut model = model.compile(compile).unwrap();
    let scores = model.train_on_batch(&x, ()).unwrap();
    // The gradient is (3, 2), so the sum of outputs falls by 0.1 (9 + 4).
    let of = |name: &str| scores.iter().find(|(known, _)| known == name).unwrap().1;
    assert!((of("loss") - of("after") - 1.3).abs() < 1e-5, "{scores:?}");
    // Evaluating changes nothing.
    let weights = model.get_weights();
    model.test_on_batch(&x, ()).unwrap();
    assert_eq!(model.get_weights(), weights);
}

/// Mean and logarithm of the variance in, a sample out; adds its divergence to the loss.
#[derive(Clone, Debug, serde::Serialize)]
struct Sampling;

impl cornu::registry::Named for Sampling {
    const NAME: &'static str = "Sampling";
    const SUMMARY: &'static str = "draws a latent";
}

impl Layer for Sampling {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let (mean, log_variance) = (&inputs[0], &inputs[1]);
        let divergence = (log_variance.exp() + mean.square() - log_variance - 1.0) * 0.5;
        let divergence = divergence.mean_all();
        scope.add_loss(&divergence * 0.01);
        scope.add_metric("divergence", divergence);
        let noise = scope.normal(mean.shape(), None);
        vec![mean + noise * (log_variance * 0.5).exp()]
    }
}

#[test]
fn a_vae_is_a_layer_that_adds_to_the_loss() {
    let x = Input::new([4]).symbol();
    let hidden = Dense::new(8).relu().on(&x);
    let (mean, log_variance) = (Dense::new(2).on(&hidden), Dense::new(2).on(&hidden));
    let latent = Sampling.on([&mean, &log_variance]);
    let out = Dense::new(4).on(&Dense::new(8).relu().on(&latent));
    let mut vae = Model::new([&x], [&out]).unwrap().compile(Compile::new(Adam::new(0.01), "mse")).unwrap();
    let data = ramp(128, 4);
    let history = vae.fit(&data, &data, Fit::new().epochs(60).silent()).unwrap();
    assert!(history.last("loss").unwrap() < 0.05, "{:?}", history.last("loss"));
    assert!(history.last("divergence").unwrap() > 0.0);
    let ours = vae.evaluate(&data, &data).unwrap();
    assert!(ours.iter().any(|(name, _)| name == "divergence"));
}

#[derive(Debug)]
struct Wrong;

impl TrainStep for Wrong {
    fn step(&self, step: &mut Step) {
        let y = step.call("ghost", &[step.x(0)])[0].clone();
        step.report("loss", &y);
    }
}

#[derive(Debug)]
struct Silent;

impl TrainStep for Silent {
    fn step(&self, _: &mut Step) {}
}

#[test]
fn mistakes_in_steps_are_told() {
    let x = Array::new([2, 1], vec![1f32, 2.0]).unwrap();
    let model = || Sequential::new().add(Input::new([1])).add(Dense::new(1)).build().unwrap();
    let told =
        |compile: Compile| model().compile(compile).unwrap().train_on_batch(&x, ()).unwrap_err().to_string();
    let error = told(Compile::new("sgd", "mse").step(Wrong));
    assert!(error.contains("there is no layer `ghost`; there are input_layer, dense"), "{error}");
    let error = told(Compile::new("sgd", "mse").step(Silent));
    assert!(error.contains("reports no `loss`"), "{error}");
}

/// Two steps of gradient descent in one, with gradients that are halved on the way, and a metric.
#[derive(Debug)]
struct Twice;

impl TrainStep for Twice {
    fn step(&self, step: &mut Step) {
        let optimizer = cornu::optimizers::SGD::new(0.2).into();
        let mut last = None;
        for _ in 0..2 {
            let y = step.forward(&[step.x(0)]).remove(0);
            let loss = (&y - &step.y(0)).square().mean_all();
            let scope = step.scope();
            let trained = |index: &&usize| scope.variables().list()[**index].role == Role::Trainable;
            let used = scope.used().iter().filter(trained);
            let weights: Vec<Tensor> = used.map(|&index| scope.current(&scope.parameters()[index])).collect();
            let gradients = cornu::graph::grad(&loss, &weights.iter().collect::<Vec<_>>());
            let pairs = weights.into_iter().zip(gradients.iter().map(|gradient| gradient * 0.5)).collect();
            step.apply_gradients(None, &optimizer, pairs);
            last = Some((y, loss));
        }
        let (y, loss) = last.unwrap();
        let target = step.y(0);
        step.count(0, &target, &y, None);
        step.report("loss", &loss);
    }

    fn metrics(&self) -> Vec<cornu::metrics::AnyMetric> {
        vec![cornu::metrics::MeanAbsoluteError::new().into()]
    }
}

#[test]
fn gradients_are_changed_and_applied_again_and_metrics_counted() {
    // y = w x, of x = 1 and y = 1: the gradient of (w - 1)^2 is 2 (w - 1), and each step 0.2 times half of that.
    let one = Array::new([1, 1], vec![1f32]).unwrap();
    let model = Sequential::new().add(Input::new([1])).add(Dense::new(1).use_bias(false));
    let mut trainer = model.compile(Compile::new("sgd", "mse").step(Twice)).unwrap();
    trainer.set_weights(&[Array::new([1, 1], vec![0f32]).unwrap()]).unwrap();
    let history = trainer.fit(&one, &one, Fit::new().epochs(2).silent()).unwrap();
    let w = |steps: i32| 1.0 - 0.8f64.powi(steps);
    let found = trainer.get_weights()[0].to_f64()[0];
    assert!((found - w(4)).abs() < 1e-6, "{found}");
    // The loss and the metric are those before the second of both steps.
    let near = |name: &str, expected: [f64; 2]| {
        let got = history.get(name).unwrap();
        assert!(got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{name}: {got:?}");
    };
    near("loss", [(1.0 - w(1)).powi(2), (1.0 - w(3)).powi(2)]);
    near("mean_absolute_error", [1.0 - w(1), 1.0 - w(3)]);
}

/// The compiled loss, told of as it is.
#[derive(Debug)]
struct Plain;

impl TrainStep for Plain {
    fn step(&self, step: &mut Step) {
        let y = step.forward(&[step.x(0)]).remove(0);
        let loss = step.loss(0, &step.y(0), &y);
        assert_eq!((y.dtype(), loss.dtype()), (DType::BF16, DType::F32));
        step.minimize(&loss, &[]);
        step.report("loss", &loss);
    }
}

#[test]
fn losses_of_16_bits_are_summed_in_32() {
    // (1 - 0.99)^2 in bfloat16 would be that of the nearest number to 0.99, of 8 bits.
    let (one, target) = (Array::new([1, 1], vec![1f32]).unwrap(), Array::new([1, 1], vec![0.99f32]).unwrap());
    let model = Sequential::new().add(Input::new([1])).add(Dense::new(1).use_bias(false)).build().unwrap();
    let model = model.with_dtype("mixed_bfloat16".parse::<cornu::DTypePolicy>().unwrap()).unwrap();
    let mut trainer = model.compile(Compile::new("sgd", "mse").step(Plain)).unwrap();
    trainer.set_weights(std::slice::from_ref(&one)).unwrap();
    let loss = trainer.fit(&one, &target, Fit::new().epochs(1).silent()).unwrap().last("loss").unwrap();
    assert!((loss - 0.01f64.powi(2)).abs() < 1e-7, "{loss}");
}

#[test]
fn batches_have_weights() {
    let x = ramp(4, 2);
    let y = Array::full([4, 1], DType::F32, 0.0);
    let model = Sequential::new().add(Input::new([2])).add(Dense::new(1));
    let mut trainer = model.compile(Compile::new("sgd", "mse")).unwrap();
    let only = |row: usize| Array::from_vec((0..4).map(|i| if i == row { 4f32 } else { 0.0 }).collect());
    let mut sum = 0.0;
    for row in 0..4 {
        trainer.reset_metrics();
        sum += trainer.test_on_batch_with(&x, &y, &[&only(row)]).unwrap()[0].1;
    }
    trainer.reset_metrics();
    let all = trainer.test_on_batch(&x, &y).unwrap()[0].1;
    assert!((sum / 4.0 - all).abs() < 1e-5 * all, "{sum} {all}");
    let error = trainer.train_on_batch_with(&x, &y, &[&Array::from_vec(vec![1f32; 3])]).unwrap_err();
    assert!(error.to_string().contains("there are 4 rows, and sample_weight has shape [3]"), "{error}");
}
