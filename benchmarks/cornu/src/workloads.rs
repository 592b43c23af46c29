//! The models that are timed, and data of their shapes.

use cornu::arguments::Arguments;
use cornu::losses::{BinaryCrossentropy, SparseCategoricalCrossentropy};
use cornu::ops::gelu;
use cornu::optimizers::{Adam, AdamW, SGD};
use cornu::prelude::*;
use cornu::registry::Named;
use cornu::scope::{Scope, Weight};
use cornu::{DTypePolicy, Step, TrainStep};
use cornu_graph::Tensor;
use cornu_graph::philox::Random;
use std::str::FromStr;

/// Batches of data that a workload goes round: enough that rows are shuffled in earnest.
const BATCHES: usize = 40;

/// A model with its data.
#[derive(Debug)]
pub struct Workload {
    /// The model, compiled.
    pub model: Trainer,
    /// The rows that it is trained on.
    pub x: Array,
    /// The targets.
    pub y: Array,
    /// Rows a step.
    pub batch: usize,
    /// Threads that it may use.
    pub threads: usize,
}

/// The names of all workloads.
pub const NAMES: [&str; 8] = ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8"];

/// In what a workload may differ from what its name says.
#[derive(Debug, Default)]
pub struct Options<'a> {
    /// Rows a step.
    pub batch: Option<usize>,
    /// The hidden layers' units; of W3 alone.
    pub width: Option<usize>,
    /// The dtype policy.
    pub policy: Option<&'a str>,
    /// The file of a saved model, whose weights it gets.
    pub saved: Option<&'a str>,
}

/// The workload of that name, for so many threads.
///
/// # Errors
/// If there is none of that name, or none as the options want it.
pub fn workload(name: &str, threads: usize, options: &Options) -> Result<Workload> {
    if options.width.is_some() && name != "W3" {
        return Err(Error::argument(format!("{name} has no width to choose")).help("prepare W3"));
    }
    let batch = options.batch;
    let (network, compile, batch, data): (Network, Compile, usize, Data) = match name {
        "W1" => (w1, adam(CLASSES), batch.unwrap_or(128), |n| (uniform([n, 784]), classes([n], 10))),
        "W2" => (w2, adam(TWO), batch.unwrap_or(32), |n| (uniform([n, 8]), binary(n))),
        "W3" => (w3, adam(CLASSES), batch.unwrap_or(128), |n| (uniform([n, 784]), classes([n], 10))),
        "W4" => (w4, adam(CLASSES), batch.unwrap_or(128), |n| (uniform([n, 28, 28, 1]), classes([n], 10))),
        "W5" => (w5, adam(TWO), batch.unwrap_or(32), |n| (classes([n, 100], 20_000), binary(n))),
        "W6" => {
            let loss = SparseCategoricalCrossentropy::new().from_logits();
            let compile = Compile::new(AdamW::new(0.001).weight_decay(0.01), loss);
            (w6, compile, batch.unwrap_or(12), |n| (classes([n, 64], 65), classes([n, 64], 65)))
        }
        "W7" => {
            let compile = Compile::new(Adam::new(0.001), BinaryCrossentropy::new()).step(Elbo);
            (w7, compile, batch.unwrap_or(128), |n| (uniform([n, 28, 28, 1]), classes([n], 10)))
        }
        "W8" => {
            let compile = Compile::new(SGD::new(0.1).momentum(0.9), CLASSES);
            (w8, compile, batch.unwrap_or(64), |n| (uniform([n, 32, 32, 3]), classes([n], 10)))
        }
        _ => return Err(Error::argument(format!("there is no workload {name}")).help("W1 to W8")),
    };
    let network = match options.saved {
        Some(path) => Model::load(path)?,
        None => {
            let policy = options.policy.unwrap_or("float32");
            network(options)?.with_dtype(DTypePolicy::from_str(policy).map_err(Error::argument)?)?
        }
    };
    let model = network.with_threads(threads).compile(compile)?;
    // A last batch of fewer rows would be a step that nobody counts.
    let (x, y) = crate::data::read(name, batch)?.unwrap_or_else(|| data(BATCHES * batch));
    if x.rows() == 0 {
        let message = format!("a batch of {batch} rows, but there are not so many rows of data");
        return Err(Error::argument(message).help("ask for a batch of at least one row and at most all"));
    }
    Ok(Workload { model, x, y, batch, threads })
}

/// Makes the network with weights of its own.
type Network = fn(&Options) -> Result<Model>;

/// Makes so many rows of inputs and targets.
type Data = fn(usize) -> (Array, Array);

const CLASSES: &str = "sparse_categorical_crossentropy";
const TWO: &str = "binary_crossentropy";

fn adam(loss: &str) -> Compile {
    Compile::new("adam", loss)
}

fn w1(_: &Options) -> Result<Model> {
    Sequential::new()
        .add(Input::new([784]))
        .add(Dense::new(10).relu())
        .add(Dense::new(10).relu())
        .add(Dense::new(10).softmax())
        .build()
}

fn w2(_: &Options) -> Result<Model> {
    Sequential::new()
        .add(Input::new([8]))
        .add(Dense::new(10).relu())
        .add(Dense::new(8).relu())
        .add(Dense::new(1).sigmoid())
        .build()
}

fn w3(options: &Options) -> Result<Model> {
    let width = options.width.unwrap_or(512);
    Sequential::new()
        .add(Input::new([784]))
        .add(Dense::new(width).relu())
        .add(Dropout::new(0.2))
        .add(Dense::new(width).relu())
        .add(Dropout::new(0.2))
        .add(Dense::new(10).softmax())
        .build()
}

fn w4(_: &Options) -> Result<Model> {
    Sequential::new()
        .add(Input::new([28, 28, 1]))
        .add(Conv2D::new(32, 3).relu())
        .add(MaxPooling2D::new(2))
        .add(Conv2D::new(64, 3).relu())
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dropout::new(0.5))
        .add(Dense::new(10).softmax())
        .build()
}

fn w5(_: &Options) -> Result<Model> {
    Sequential::new()
        .add(Input::new([100]).dtype(DType::I32))
        .add(Embedding::new(20_000, 128))
        .add(LSTM::new(64))
        .add(Dense::new(1).sigmoid())
        .build()
}

/// Adds a vector that is learned to each step of a sequence.
#[derive(Clone, Debug, serde::Serialize)]
struct Positions;

impl Named for Positions {
    const NAME: &'static str = "Positions";
    const SUMMARY: &'static str = "adds what is learned of each place";
}

impl Layer for Positions {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let x = &inputs[0];
        let start = cornu::initializers::RandomUniform::default().into();
        let places = scope.weight(Weight::new("places", &x.shape()[1..], &start));
        vec![x + places.broadcast_to(x.shape())]
    }
}

/// A block of the transformer: attention to what came before, then a network at each step.
fn block(x: &Symbol, width: usize, heads: usize) -> Symbol {
    let normed = LayerNormalization::new().on(x);
    let seen = Arguments::each([normed.clone(), normed]).with_value("use_causal_mask", true);
    let x = Add::new().on([x, &MultiHeadAttention::new(heads, width / heads).on(seen)]);
    let hidden = gelu(&Dense::new(4 * width).on(&LayerNormalization::new().on(&x)), true);
    Add::new().on([&x, &Dense::new(width).on(&hidden)])
}

fn w6(_: &Options) -> Result<Model> {
    let (letters, width) = (65, 128);
    let text = Input::new([64]).dtype(DType::I32).symbol();
    let mut h = Positions.on(&Embedding::new(letters, width).on(&text));
    for _ in 0..4 {
        h = block(&h, width, 4);
    }
    let next = Dense::new(letters).on(&LayerNormalization::new().on(&h));
    Model::new([&text], [&next])
}

/// A draw from the distribution that mean and logarithm of the variance describe.
#[derive(Clone, Debug, serde::Serialize)]
struct Sampling;

impl Named for Sampling {
    const NAME: &'static str = "Sampling";
    const SUMMARY: &'static str = "draws a latent";
}

impl Layer for Sampling {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let (mean, log_variance) = (&inputs[0], &inputs[1]);
        let noise = scope.normal(mean.shape(), None).cast(mean.dtype());
        vec![mean + noise * (log_variance * 0.5).exp()]
    }
}

/// Sum of the pixels' crossentropies, and divergence of the latent, of each sample.
#[derive(Debug)]
struct Elbo;

impl TrainStep for Elbo {
    fn step(&self, step: &mut Step) {
        let x = step.x(0);
        let outputs = step.forward(std::slice::from_ref(&x));
        // Whatever the layers compute in, a divergence is small beside what it is the difference of.
        let [mean, log_variance] = [&outputs[1], &outputs[2]].map(|x| x.cast(DType::F32));
        let image = &outputs[0];
        let reconstruction = step.loss(0, &x, image) * 784.0;
        let divergence = (log_variance.exp() + mean.square() - &log_variance - 1.0) * 0.5;
        let rows = step.rows() as f64;
        let loss = reconstruction + divergence.sum_all() * (1.0 / rows);
        step.minimize(&loss, &[]);
        step.report("loss", &loss);
    }
}

fn w7(_: &Options) -> Result<Model> {
    let image = Input::new([28, 28, 1]).symbol();
    let x = Conv2D::new(32, 3).strides(2).padding(Padding::Same).relu().on(&image);
    let x = Conv2D::new(64, 3).strides(2).padding(Padding::Same).relu().on(&x);
    let x = Dense::new(16).relu().on(&Flatten::new().on(&x));
    let (mean, log_variance) = (Dense::new(2).on(&x), Dense::new(2).on(&x));
    let x = Dense::new(7 * 7 * 64).relu().on(&Sampling.on([&mean, &log_variance]));
    let x = Reshape::new([7, 7, 64]).on(&x);
    let up = |filters| Conv2DTranspose::new(filters, 3).padding(Padding::Same);
    let x = up(64).strides(2).relu().on(&x);
    let x = up(32).strides(2).relu().on(&x);
    let made = up(1).sigmoid().on(&x);
    Model::new([&image], [&made, &mean, &log_variance])
}

/// Convolution without a bias, and normalization.
fn conv_norm(x: &Symbol, filters: usize, kernel: usize, strides: usize) -> Symbol {
    let conv = Conv2D::new(filters, kernel).strides(strides).padding(Padding::Same).use_bias(false);
    BatchNormalization::new().on(&conv.on(x))
}

fn relu(x: &Symbol) -> Symbol {
    ReLU::new().on(x)
}

fn w8(_: &Options) -> Result<Model> {
    let image = Input::new([32, 32, 3]).symbol();
    let mut x = relu(&conv_norm(&image, 16, 3, 1));
    for (stage, filters) in [16, 32, 64].into_iter().enumerate() {
        for block in 0..3 {
            let strides = if stage > 0 && block == 0 { 2 } else { 1 };
            let y = conv_norm(&relu(&conv_norm(&x, filters, 3, strides)), filters, 3, 1);
            let short = if strides == 2 { conv_norm(&x, filters, 1, 2) } else { x };
            x = relu(&Add::new().on([&short, &y]));
        }
    }
    let y = Dense::new(10).softmax().on(&GlobalAveragePooling2D::new().on(&x));
    Model::new([&image], [&y])
}

fn uniform<const N: usize>(shape: [usize; N]) -> Array {
    let mut random = Random::new(0, N as u64);
    let values = (0..shape.iter().product()).map(|_| random.uniform() as f32).collect();
    Array::new(shape, values).expect("as many values as the shape has")
}

fn classes<const N: usize>(shape: [usize; N], n: usize) -> Array {
    let mut random = Random::new(1, N as u64);
    let values = (0..shape.iter().product()).map(|_| random.below(n) as i32).collect();
    Array::new(shape, values).expect("as many values as the shape has")
}

fn binary(n: usize) -> Array {
    let mut random = Random::new(2, 0);
    Array::new([n, 1], (0..n).map(|_| random.below(2) as f32).collect()).expect("one value a row")
}
