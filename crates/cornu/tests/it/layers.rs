//! Layers: every sample of every layer swept, and values and gradients against Keras.

use crate::golden;
use cornu::activations;
use cornu::arguments::{Arguments, Masked};
use cornu::error::Error;
use cornu::initializers::{Constant, Orthogonal};
use cornu::layers::*;
use cornu::registry::{Any, parse};
use cornu::regularizers::L2;
use cornu::scope::{Mode, Scope};
use cornu::variables::{Role, Variables};
use cornu_graph::philox::Random;
use cornu_graph::{Array, DType, Errors, Graph, Shape, Tensor, Type, evaluate, grad};
use serde_json::{Value, json};

/// A layer lowered for some inputs, with the gradient of the sum of its output times `c` (and of
/// what it adds to the loss).
struct Lowered {
    graph: Graph,
    variables: Variables,
    /// The variables that have a gradient.
    trainable: Vec<usize>,
    n_outputs: usize,
}

struct Run {
    outputs: Vec<Array>,
    loss: f64,
    input_gradients: Vec<Array>,
    weight_gradients: Vec<Array>,
    after: Vec<Array>,
}

fn lower(layer: &AnyLayer, mode: Mode, inputs: &[Type], c: Option<&Array>) -> Result<Lowered, Errors> {
    let mut variables = Variables::new(5);
    let mut scope = Scope::new(mode, &mut variables);
    let b = scope.builder().clone();
    let inputs: Vec<Tensor> =
        inputs.iter().enumerate().map(|(i, ty)| b.input_of(&format!("x{i}"), ty.clone())).collect();
    let name = layer.name.clone().unwrap_or("layer".into());
    let arguments = Arguments::each(inputs.iter().cloned().map(Masked::from));
    let outputs: Vec<Tensor> =
        scope.call(&name, layer, arguments).into_iter().map(|output| output.tensor).collect();
    let mut loss = b.scalar(0.0, DType::F64);
    for added in scope.losses() {
        loss = loss + added.cast(DType::F64);
    }
    for y in &outputs {
        let c = match c {
            Some(c) => b.constant(c),
            None => b.constant(&values(y.shape(), (0.5, 1.5), 77)),
        };
        loss = loss + (y.cast(DType::F32) * c).sum_all().cast(DType::F64);
    }
    let is_trainable = |&index: &usize| scope.variables().list()[index].role == Role::Trainable;
    let trainable: Vec<usize> = scope.used().iter().copied().filter(is_trainable).collect();
    let wrt: Vec<Tensor> = inputs
        .iter()
        .cloned()
        .chain(trainable.iter().map(|&index| scope.parameters()[index].clone()))
        .collect();
    let gradients = grad(&loss, &wrt.iter().collect::<Vec<_>>());
    let all: Vec<(&str, &Tensor)> =
        outputs.iter().chain([&loss]).chain(&gradients).map(|tensor| ("", tensor)).collect();
    let updates: Vec<(&Tensor, &Tensor)> =
        scope.updates().iter().map(|(index, value)| (&scope.parameters()[*index], value)).collect();
    let graph = b.build(&all, &updates)?;
    let n_outputs = outputs.len();
    Ok(Lowered { graph, variables, trainable, n_outputs })
}

impl Lowered {
    fn run(&self, inputs: &[Array], weights: &[Array]) -> Run {
        let run = evaluate(&self.graph, inputs, weights).unwrap();
        let mut outputs = run.outputs;
        let mut gradients = outputs.split_off(self.n_outputs);
        let weight_gradients = gradients.split_off(1 + inputs.len());
        let loss = gradients.remove(0).item().unwrap();
        Run { outputs, loss, input_gradients: gradients, weight_gradients, after: run.parameters }
    }
}

fn values(shape: impl Into<Shape>, (low, high): (f64, f64), seed: i64) -> Array {
    let shape = shape.into();
    let mut random = Random::new(seed, 9);
    let values: Vec<f64> = (0..shape.size()).map(|_| low + (high - low) * random.uniform()).collect();
    Array::from_f64(shape, DType::F32, &values).unwrap()
}

fn types(arrays: &[Array]) -> Vec<Type> {
    arrays.iter().map(|array| Type::new(array.shape(), array.dtype())).collect()
}

fn sample_inputs(sample: &LayerSample) -> Vec<Array> {
    let draw = |(i, shape): (usize, &Shape)| {
        let drawn = values(shape, sample.range, 11 + i as i64).to_f64();
        let drawn = drawn.into_iter().map(|x| if sample.dtype.is_float() { x } else { x.floor() });
        Array::from_f64(shape, sample.dtype, &drawn.collect::<Vec<_>>()).unwrap()
    };
    sample.inputs.iter().enumerate().map(draw).collect()
}

/// Layers that work on texts, before a model: see `preprocessing`.
const ON_TEXTS: [&str; 4] = ["HashedCrossing", "Hashing", "StringLookup", "TextVectorization"];

#[test]
fn every_layer_has_samples() {
    let samples = samples();
    for entry in LAYERS.iter().filter(|entry| !ON_TEXTS.contains(&entry.name)) {
        assert!(samples.iter().any(|sample| sample.layer.layer.class_name() == entry.name), "{}", entry.name);
    }
}

#[test]
fn configs_go_there_and_back() {
    for sample in samples() {
        let layer = &sample.layer.layer;
        let json = layer.to_json();
        assert_eq!(json["module"], "keras.layers");
        let text = serde_json::to_string(&json).unwrap();
        let read: Any<dyn Layer> = serde_json::from_str(&text).unwrap();
        assert_eq!(&read, layer);
        assert_eq!(read.to_json(), json);
        let mut config = layer.config();
        config["no_such_field"] = json!(1);
        let error = Any::<dyn Layer>::from_name(layer.class_name(), config).unwrap_err();
        assert!(error.contains("no_such_field"), "{error}");
    }
}

#[test]
fn values_are_finite_and_the_same_again() {
    for sample in samples() {
        let inputs = sample_inputs(&sample);
        for mode in [Mode::Train, Mode::Evaluate, Mode::Predict] {
            let lowered = lower(&sample.layer, mode, &types(&inputs), None).unwrap();
            let run = lowered.run(&inputs, lowered.variables.values());
            assert!(run.outputs.iter().chain(&run.after).all(Array::is_finite), "{sample:?}");
            assert!(run.loss.is_finite());
            for y in &run.outputs {
                assert_eq!(y.rows(), inputs[0].rows(), "{sample:?}");
            }
            let again = lower(&sample.layer, mode, &types(&inputs), None).unwrap();
            assert_eq!(again.run(&inputs, again.variables.values()).outputs, run.outputs, "{sample:?}");
        }
    }
}

#[test]
fn gradients_agree_with_differences() {
    for sample in samples() {
        let inputs = sample_inputs(&sample);
        for mode in [Mode::Train, Mode::Predict] {
            let lowered = lower(&sample.layer, mode, &types(&inputs), None).unwrap();
            let weights = lowered.variables.values();
            let run = lowered.run(&inputs, weights);
            // Both sides are rounded to f32, so the step is measured, not assumed.
            let moved = |array: &Array, seed: usize, step: f64| -> Array {
                if !array.dtype().is_float() {
                    return array.clone();
                }
                let direction = values(array.shape(), (-1.0, 1.0), 1000 + seed as i64).to_f64();
                let to: Vec<f64> = array.to_f64().iter().zip(direction).map(|(x, d)| x + step * d).collect();
                Array::from_f64(array.shape(), array.dtype(), &to).unwrap()
            };
            let at = |step: f64| -> (Vec<Array>, Vec<Array>) {
                let xs = inputs.iter().enumerate().map(|(i, x)| moved(x, i, step)).collect();
                let mut ws = weights.to_vec();
                for &index in &lowered.trainable {
                    ws[index] = moved(&ws[index], 100 + index, step);
                }
                (xs, ws)
            };
            let step = 1e-3;
            let ((x0, w0), (x1, w1)) = (at(-step), at(step));
            let difference = lowered.run(&x1, &w1).loss - lowered.run(&x0, &w0).loss;
            let gradient = |gradient: &Array, low: &Array, high: &Array| -> f64 {
                let steps = high.to_f64().into_iter().zip(low.to_f64()).map(|(high, low)| high - low);
                gradient.to_f64().iter().zip(steps).map(|(g, step)| g * step).sum()
            };
            let mut expected = 0.0;
            for (i, g) in run.input_gradients.iter().enumerate() {
                expected += gradient(g, &x0[i], &x1[i]);
            }
            for (&index, g) in lowered.trainable.iter().zip(&run.weight_gradients) {
                expected += gradient(g, &w0[index], &w1[index]);
            }
            let tolerance = 1e-4 * (2.0 * step + expected.abs());
            assert!(
                (difference - expected).abs() < tolerance,
                "{sample:?} {mode:?}: {difference} {expected}"
            );
        }
    }
}

#[test]
fn a_step_down_the_gradient_lowers_the_loss() {
    for sample in samples() {
        let inputs = sample_inputs(&sample);
        let lowered = lower(&sample.layer, Mode::Train, &types(&inputs), None).unwrap();
        let mut weights = lowered.variables.values().to_vec();
        let run = lowered.run(&inputs, &weights);
        let moves = run.weight_gradients.iter().any(|g| g.to_f64().iter().any(|g| g.abs() > 1e-5));
        if !moves {
            // Softmax sums to 1 and batch statistics take the mean away, but some weight has to count.
            assert!(lowered.trainable.is_empty(), "{sample:?}");
            continue;
        }
        for (&index, gradient) in lowered.trainable.iter().zip(&run.weight_gradients) {
            let to: Vec<f64> =
                weights[index].to_f64().iter().zip(gradient.to_f64()).map(|(w, g)| w - 1e-3 * g).collect();
            weights[index] = Array::from_f64(gradient.shape(), DType::F32, &to).unwrap();
        }
        assert!(lowered.run(&inputs, &weights).loss < run.loss, "{sample:?}");
    }
}

#[test]
fn agrees_with_keras() {
    let goldens = golden::read("layers.json");
    let cases = golden::list(&goldens, "cases");
    assert!(cases.len() >= 45);
    for case in cases {
        let what = format!("{} {} {}", case["class_name"], case["config"], case["note"]);
        let arrays =
            |key: &str| -> Vec<Array> { golden::list(case, key).iter().map(golden::array).collect() };
        let mut config = case["config"].clone();
        let fields = config.as_object_mut().unwrap();
        let name = fields.remove("name").unwrap();
        let trainable = fields.remove("trainable") != Some(json!(false));
        fields.remove("dtype");
        let layer =
            Any::<dyn Layer>::from_name(case["class_name"].as_str().unwrap(), config.clone()).unwrap();
        assert!(golden::agrees(&layer.config(), &config), "{what}: {}", layer.config());
        let layer = AnyLayer {
            layer,
            name: name.as_str().map(String::from),
            trainable,
            dtype: None,
            recompute: false,
        };

        let inputs = arrays("inputs");
        let c = golden::array(&case["c"]);
        let weights: Vec<Array> =
            golden::list(case, "weights").iter().map(|w| golden::array(&w["value"])).collect();
        let paths: Vec<&str> =
            golden::list(case, "weights").iter().map(|weight| weight["path"].as_str().unwrap()).collect();
        let compare = |mode: Mode, y_key: &str, dx_key: &str, dw_key: &str| -> Run {
            let lowered = lower(&layer, mode, &types(&inputs), Some(&c)).unwrap();
            let declared: Vec<&str> = lowered.variables.list().iter().map(|v| v.path.as_str()).collect();
            assert_eq!(declared, paths, "{what}");
            let run = lowered.run(&inputs, &weights);
            golden::assert_close(&run.outputs[0], &golden::array(&case[y_key]), 1e-5, &what);
            for (ours, keras) in run.input_gradients.iter().zip(arrays(dx_key)) {
                golden::assert_close(ours, &keras, 5e-5, &what);
            }
            let keras = arrays(dw_key);
            if trainable {
                assert_eq!(run.weight_gradients.len(), keras.len(), "{what}");
            }
            for (ours, keras) in run.weight_gradients.iter().zip(keras) {
                golden::assert_close(ours, &keras, 5e-5, &what);
            }
            run
        };
        compare(Mode::Predict, "outputs_inference", "input_gradients", "weight_gradients");
        if case.get("outputs_training").is_some() {
            let keys = ("input_gradients_training", "weight_gradients_training");
            let run = compare(Mode::Train, "outputs_training", keys.0, keys.1);
            for (ours, keras) in run.after.iter().zip(golden::list(case, "weights_after_training_call")) {
                golden::assert_close(ours, &golden::array(&keras["value"]), 1e-6, &what);
            }
        }
        if case.get("adapted_to").is_some() {
            let mut layer: Normalization = parse(config).unwrap();
            layer.adapt(&golden::array(&case["adapted_to"])).unwrap();
            let adapted = layer.named(name.as_str().unwrap());
            let lowered = lower(&adapted, Mode::Predict, &types(&inputs), Some(&c)).unwrap();
            for (ours, keras) in lowered.variables.values().iter().zip(&weights) {
                assert_eq!(ours.dtype(), keras.dtype(), "{what}");
                golden::assert_close(ours, keras, 1e-6, &what);
            }
        }
    }
}

/// What Keras 3.15 computes for the layers that the goldens leave out.
#[test]
fn more_values_agree_with_keras() {
    #[track_caller]
    fn gives(layer: impl Into<AnyLayer>, inputs: &[&Array], expected: &[f64]) {
        let layer = layer.into();
        let inputs: Vec<Array> = inputs.iter().map(|&x| x.clone()).collect();
        let lowered = lower(&layer, Mode::Predict, &types(&inputs), None).unwrap();
        let y = lowered.run(&inputs, lowered.variables.values()).outputs.remove(0).to_f64();
        let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-6;
        assert!(y.len() == expected.len() && y.iter().zip(expected).all(close), "{layer:?}: {y:?}");
    }
    let x = Array::new([1, 5], vec![-1.5f32, -0.2, 0.3, 0.6, 1.4]).unwrap();
    let all = ReLU::new().max_value(1.0).negative_slope(0.1).threshold(0.5);
    gives(all, &[&x], &[-0.2, -0.07, -0.02, 0.6, 1.0]);
    gives(ReLU::new().max_value(1.0), &[&x], &[0.0, 0.0, 0.3, 0.6, 1.0]);
    gives(LeakyReLU::new(), &[&x], &[-0.45, -0.06, 0.3, 0.6, 1.4]);
    gives(ELU::new().alpha(0.5), &[&x], &[-0.38843492, -0.09063462, 0.3, 0.6, 1.4]);
    let ramp = |shape: &[usize], from: f64, step: f64| -> Array {
        let size = shape.iter().product::<usize>();
        let values: Vec<f64> = (0..size).map(|i| from + step * i as f64).collect();
        Array::from_f64(shape, DType::F32, &values).unwrap()
    };
    let x = ramp(&[2, 2, 2], 0.0, 0.25);
    let one = [0.16529618, 0.2122445, 0.27252734, 0.34993201];
    gives(Softmax::new().axis([1, 2]), &[&x], &[one, one].concat());
    let one = [0.37754068, 0.37754068, 0.62245935, 0.62245935];
    gives(Softmax::new().axis(1), &[&x], &[one, one].concat());
    let (a, b) = (ramp(&[2, 2, 2], 1.0, 1.0), Array::new([2, 2], vec![2f32, -1.0, 0.0, 7.0]).unwrap());
    gives(Add::new(), &[&a, &b], &[3.0, 1.0, 5.0, 3.0, 5.0, 13.0, 7.0, 15.0]);
    gives(Subtract::new(), &[&a, &b], &[-1.0, 3.0, 1.0, 5.0, 5.0, -1.0, 7.0, 1.0]);
    gives(Multiply::new(), &[&a, &b], &[2.0, -2.0, 6.0, -4.0, 0.0, 42.0, 0.0, 56.0]);
    gives(Average::new(), &[&a, &b], &[1.5, 0.5, 2.5, 1.5, 2.5, 6.5, 3.5, 7.5]);
    gives(Maximum::new(), &[&a, &b], &[2.0, 2.0, 3.0, 4.0, 5.0, 7.0, 7.0, 8.0]);
    gives(Minimum::new(), &[&a, &b], &[1.0, -1.0, 2.0, -1.0, 0.0, 6.0, 0.0, 7.0]);
    let channels_first = Flatten::new().data_format(DataFormat::ChannelsFirst);
    let flat = [0.0, 6.0, 1.0, 7.0, 2.0, 8.0, 3.0, 9.0, 4.0, 10.0, 5.0, 11.0];
    gives(channels_first, &[&ramp(&[1, 2, 3, 2], 0.0, 1.0)], &flat);
}

/// What a layer says about inputs of these shapes.
fn messages(layer: impl Into<AnyLayer>, shapes: &[&[usize]]) -> Vec<String> {
    let inputs: Vec<Type> = shapes.iter().map(|shape| Type::new(*shape, DType::F32)).collect();
    match lower(&layer.into(), Mode::Train, &inputs, None) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.into_iter().map(|error| error.message).collect(),
    }
}

#[test]
fn misfits_are_told_once() {
    #[track_caller]
    fn told(layer: impl Into<AnyLayer>, shapes: &[&[usize]], expected: &str) {
        assert_eq!(messages(layer, shapes), [expected]);
    }
    let image: &[usize] = &[2, 3, 4];
    told(Dense::new(0), &[image], "expects units of at least 1, got 0");
    told(Dense::new(3), &[&[5]], "expects inputs [batch, .., features], got shape [5]");
    told(Dense::new(3), &[image, image], "expects one input, got 2");
    told(Dropout::new(1.0), &[image], "expects a rate of at least 0 and below 1, got 1");
    told(Dropout::new(f64::NAN), &[image], "expects a rate of at least 0 and below 1, got NaN");
    let dropout = Dropout::new(0.5).noise_shape([None, Some(2), None]);
    told(dropout, &[image], "expects a noise_shape that repeats to [2, 3, 4], got [None, 2, None]");
    told(GaussianNoise::new(2.0), &[image], "expects a stddev between 0 and 1, got 2");
    let reshape = "expects samples that fill target_shape [5, -1], got [3, 4]: 12 elements";
    told(Reshape::new([5, -1]), &[image], reshape);
    let reshape = "expects samples that fill target_shape [-1, -1], got [3, 4]: 12 elements";
    told(Reshape::new([-1, -1]), &[image], reshape);
    let reshape = "expects samples that fill target_shape [0, -1], got [3, 4]: 12 elements";
    told(Reshape::new([0, -1]), &[image], reshape);
    let reshape = "expects samples that fill target_shape [-2, -6], got [3, 4]: 12 elements";
    told(Reshape::new([-2, -6]), &[image], reshape);
    told(Rescaling::new([1.0, 2.0]), &[image], "expects a scale that repeats to [2, 3, 4], got shape [2]");
    told(Normalization::new().axis(0), &[image], "expects an axis other than the batch, got 0 of [2, 3, 4]");
    told(Normalization::new().axis(3), &[image], "expects an axis of the input [2, 3, 4], got 3");
    told(Normalization::new().axis([2, -1]), &[image], "expects each axis once, got [2, -1]");
    let normalization = Normalization::given([1.0, 2.0], [1.0, 2.0]);
    told(normalization, &[image], "expects a mean of shape [4], got [2]");
    let normalization = Normalization::given([1.0, 2.0], 1.0);
    told(normalization, &[image], "expects a mean and a variance of one shape, got [2] and []");
    let mut normalization = Normalization::new();
    normalization.mean = Some(1.0.into());
    told(normalization, &[image], "expects both a mean and a variance, got one of them");
    let batch = "expects inputs with an axis 0 after the batch, got [2, 3, 4]";
    told(BatchNormalization::new().axis(0), &[image], batch);
    let batch = "expects a momentum between 0 and 1, got 1.5";
    told(BatchNormalization::new().momentum(1.5), &[image], batch);
    told(BatchNormalization::new().epsilon(-1.0), &[image], "expects an epsilon of at least 0, got -1");
    told(Add::new(), &[image, &[3, 3, 4]], "expects inputs of one batch size, got [2, 3, 4] and [3, 3, 4]");
    told(
        Add::new(),
        &[image, &[2, 2, 4]],
        "expects inputs whose shapes broadcast, got [2, 3, 4] and [2, 2, 4]",
    );
    told(Add::new(), &[], "expects at least one input, got none");
    told(Subtract::new(), &[image, image, image], "expects two inputs, got 3");
    let concatenate = "expects inputs that differ along axis 2 alone, got [2, 3, 4] and [2, 2, 4]";
    told(Concatenate::new(), &[image, &[2, 2, 4]], concatenate);
    let concatenate = "expects inputs with an axis 3 after the batch, got [2, 3, 4]";
    told(Concatenate::new().axis(3), &[image], concatenate);
    told(ReLU::new().threshold(-1.0), &[image], "expects a threshold of at least 0, got -1");
    told(LeakyReLU::new().negative_slope(-1.0), &[image], "expects a negative_slope of at least 0, got -1");
    told(Softmax::new().axis(3), &[image], "expects axes of the input [2, 3, 4], got [3]");
    told(Embedding::new(0, 3), &[&[2]], "expects an input_dim of at least 1, got 0");
    told(Masking::new(), &[&[2]], "expects inputs [batch, steps, .., features], got shape [2]");
    let equation = "cannot read the equation `ab`: it is not of the form `ab,bc->ac`";
    told(EinsumDense::new("ab", [Some(3)]), &[&[2, 3]], equation);
    let equation = "cannot read the equation `ab,bc->ac`: the input has 3 axes";
    told(EinsumDense::new("ab,bc->ac", [Some(3)]), &[image], equation);
    let equation = "expects an output_shape of 2 extents, got 1";
    told(EinsumDense::new("abc,cd->abd", [Some(3)]), &[image], equation);
    let equation = "expects 5 along `b` of abc,cd->abd by output_shape, got an input [2, 3, 4]";
    told(EinsumDense::new("abc,cd->abd", [Some(5), Some(3)]), &[image], equation);
    let axes = "expects axes of the input [2, 3, 4], each once, got [3]";
    told(LayerNormalization::new().axis(3), &[image], axes);
    told(UnitNormalization::new().axis(3), &[image], axes);
    let groups = "expects groups that divide the axis's extent 4, got 32";
    told(GroupNormalization::new(), &[image], groups);
    let permute = "expects an order of the input's axes after the batch, [2, 3, 4], got [1, 3]";
    told(Permute::new([1, 3]), &[image], permute);
    told(RepeatVector::new(2), &[image], "expects inputs [batch, features], got shape [2, 3, 4]");
    let dot = "expects axes [1, 1] after the batch of one extent, got [2, 3, 4] and [2, 4]";
    told(Dot::new(1), &[image, &[2, 4]], dot);
    told(SpatialDropout2D::new(0.5), &[image], "expects inputs of 4 axes, got shape [2, 3, 4]");
    told(AlphaDropout::new(1.0), &[image], "expects a rate of at least 0 and below 1, got 1");
    let attention = "expects a list of query, value and perhaps key, got 1 inputs";
    told(Attention::new(), &[image], attention);
    let attention = "expects a query [batch, q, n], a value [batch, v, m] and a key [batch, v, n], got [2, 3, 4] and \
                     [2, 3, 5]";
    told(Attention::new(), &[image, &[2, 3, 5]], attention);
    let attention = "expects a query and a value, and a key if it is not the value";
    told(MultiHeadAttention::new(2, 3), &[image], attention);
    told(MultiHeadAttention::new(0, 3), &[image, image], "expects a num_heads of at least 1, got 0");
    let attention = "expects num_key_value_heads that divide the 4 query heads, got 3";
    told(GroupQueryAttention::new(2, 4, 3), &[image, image], attention);
    let attention = "expects attention_axes between batch and features of the query [2, 3, 4], got [2]";
    told(MultiHeadAttention::new(2, 3).attention_axes(2), &[image, image], attention);
    told(Flatten::new(), &[&[]], "expects inputs [batch, ..], got a scalar");
}

#[test]
fn weights_that_cannot_start_are_told() {
    let layer = Dense::new(3).bias_initializer(Orthogonal::default());
    let expected = "layer/bias: Orthogonal expects a weight of at least 2 axes, got shape [3]";
    assert_eq!(messages(layer, &[&[2, 4]]), [expected]);
    let told = messages(Dense::new(usize::MAX / 2), &[&[2, 4]]);
    assert_eq!(told[0], format!("layer/kernel has shape [4, {}], which no memory holds", usize::MAX / 2));
}

#[test]
fn required_fields_are_missed() {
    for class in ["Dropout", "Reshape", "Rescaling", "Activation", "GaussianNoise"] {
        let error = Any::<dyn Layer>::from_name(class, json!({})).unwrap_err();
        assert!(error.contains("missing field"), "{error}");
    }
}

#[test]
fn batch_renormalization_is_refused() {
    let read = |renorm: bool| Any::<dyn Layer>::from_name("BatchNormalization", json!({"renorm": renorm}));
    assert!(read(false).is_ok());
    let error = read(true).unwrap_err();
    assert!(error.contains("batch renormalization (renorm) is not available"), "{error}");
}

#[test]
fn arrays_in_configs_are_read() {
    let scale = json!({"class_name": "__numpy__", "config": {"value": [0.5, 2.0], "dtype": "float32"}});
    let layer: Rescaling = parse(json!({"scale": scale, "offset": 1})).unwrap();
    assert_eq!((layer.scale, layer.offset), ([0.5, 2.0].into(), 1.0.into()));
    let read = |value: Value| serde_json::from_value::<Numbers>(value);
    let matrix = read(json!([[1, 2, 3], [4, 5, 6]])).unwrap();
    assert_eq!(matrix.shape(), &Shape::from([2, 3]));
    assert_eq!(serde_json::to_value(&matrix).unwrap(), json!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
    assert!(
        read(json!([[1, 2], [3]])).is_err() && read(json!("one")).is_err() && read(json!([1, null])).is_err()
    );
}

#[test]
fn dropout_drops_a_share_and_keeps_the_sum() {
    let x = Array::full([200, 100], DType::F32, 2.0);
    let lowered =
        lower(&Dropout::new(0.3).into(), Mode::Train, &types(std::slice::from_ref(&x)), None).unwrap();
    let at = |seed: i64, step: i64| -> Vec<f32> {
        let variables = [Array::scalar(seed), Array::scalar(step)];
        lowered.run(std::slice::from_ref(&x), &variables).outputs[0].to_f32()
    };
    let y = at(1, 0);
    assert!(y.iter().all(|&y| y == 0.0 || (y - 2.0 / 0.7).abs() < 1e-6));
    let dropped = y.iter().filter(|&&y| y == 0.0).count() as f64 / y.len() as f64;
    assert!((dropped - 0.3).abs() < 0.015, "{dropped}");
    assert_eq!(y, at(1, 0));
    assert_ne!(y, at(1, 1));
    assert_ne!(y, at(2, 0));
}

#[test]
fn a_seed_of_its_own_does_not_depend_on_the_models() {
    let x = values([8, 8], (0.5, 1.0), 1);
    let layer = Dropout::new(0.5).seed(3).into();
    let lowered = lower(&layer, Mode::Train, &types(std::slice::from_ref(&x)), None).unwrap();
    let at = |seed: i64| {
        lowered.run(std::slice::from_ref(&x), &[Array::scalar(seed), Array::scalar(4i64)]).outputs
    };
    assert_eq!(at(1), at(2));
}

#[test]
fn noise_shape_shares_draws() {
    let x = Array::full([4, 50, 3], DType::F32, 1.0);
    let layer = Dropout::new(0.5).noise_shape([None, Some(1), None]).into();
    let lowered = lower(&layer, Mode::Train, &types(std::slice::from_ref(&x)), None).unwrap();
    let y = lowered.run(&[x], lowered.variables.values()).outputs[0].to_f32();
    for sample in y.chunks(150) {
        assert!(sample.chunks(3).all(|row| row == &sample[..3]));
    }
    assert!(y.contains(&0.0) && y.contains(&2.0));
}

#[test]
fn gaussian_noise_is_gaussian() {
    let x = Array::full([200, 100], DType::F32, 3.0);
    let layer = GaussianNoise::new(0.5).into();
    let lowered = lower(&layer, Mode::Train, &types(std::slice::from_ref(&x)), None).unwrap();
    let y = lowered.run(&[x], lowered.variables.values()).outputs[0].to_f64();
    let moment = |power: i32| y.iter().map(|y| ((y - 3.0) / 0.5).powi(power)).sum::<f64>() / y.len() as f64;
    assert!(moment(1).abs() < 0.03 && moment(3).abs() < 0.1, "{} {}", moment(1), moment(3));
    assert!((moment(2) - 1.0).abs() < 0.04 && (moment(4) - 3.0).abs() < 0.3, "{} {}", moment(2), moment(4));
}

#[test]
fn the_output_penalty_is_divided_by_the_batch() {
    let ones = || Constant { value: 1.0 };
    let layer = Dense::new(2).kernel_initializer(ones()).activity_regularizer(L2 { l2: 0.5 });
    let x = Array::new([4, 1], vec![1f32, 2.0, 3.0, 4.0]).unwrap();
    let c = Array::full([4, 2], DType::F32, 0.0);
    let lowered = lower(&layer.into(), Mode::Train, &types(std::slice::from_ref(&x)), Some(&c)).unwrap();
    let run = lowered.run(&[x], lowered.variables.values());
    // 0.5 * (1 + 4 + 9 + 16) * 2 units / 4 samples
    assert!((run.loss - 7.5).abs() < 1e-6, "{}", run.loss);
}

#[test]
fn a_shared_batch_normalization_moves_twice_a_step() {
    let mut variables = Variables::new(1);
    let mut scope = Scope::new(Mode::Train, &mut variables);
    let b = scope.builder().clone();
    let (x0, x1) = (b.input("x0", [2, 1]), b.input("x1", [2, 1]));
    let layer = BatchNormalization::new().momentum(0.5);
    for x in [x0, x1] {
        scope.inside("norm", true, |scope| layer.call(scope, &[x]));
    }
    let updates: Vec<(&Tensor, &Tensor)> =
        scope.updates().iter().map(|(index, value)| (&scope.parameters()[*index], value)).collect();
    let graph = b.build(&[], &updates).unwrap();
    let batch = |low: f32, high: f32| Array::new([2, 1], vec![low, high]).unwrap();
    let run = evaluate(&graph, &[batch(1.0, 3.0), batch(10.0, 14.0)], variables.values()).unwrap();
    let paths: Vec<&str> = variables.list().iter().map(|variable| variable.path.as_str()).collect();
    assert_eq!(paths, ["norm/gamma", "norm/beta", "norm/moving_mean", "norm/moving_variance"]);
    assert_eq!(run.parameters[2].to_f64(), [0.5 * (0.5 * 2.0) + 0.5 * 12.0]);
    assert_eq!(run.parameters[3].to_f64(), [0.5 * (0.5 + 0.5 * 1.0) + 0.5 * 4.0]);
}

#[test]
fn adapt_refuses_what_it_cannot_use() {
    let message = |layer: Normalization, data: &Array| match { layer }.adapt(data) {
        Err(Error::Argument { message, location: Some(location), .. }) => {
            assert!(location.file().ends_with("layers.rs"));
            message
        }
        other => panic!("{other:?}"),
    };
    let data = Array::full([3, 2], DType::F32, 1.0);
    let given = message(Normalization::given(0.0, 1.0), &data);
    assert_eq!(given, "adapt: this Normalization is given its mean and variance");
    let empty = message(Normalization::new(), &Array::zeros([0, 2], DType::F32));
    assert_eq!(empty, "adapt expects finite numbers, got no values");
    let nan = message(Normalization::new(), &Array::full([3, 2], DType::F32, f64::NAN));
    assert_eq!(nan, "adapt expects finite numbers, got NaN or infinite values");
    let flat = message(Normalization::new(), &Array::from_vec(vec![1f32, 2.0]));
    assert_eq!(flat, "adapt expects an axis other than the batch, got -1 of [2]");

    let mut layer = Normalization::new();
    layer.adapt(&data).unwrap();
    assert_eq!(messages(layer, &[&[3, 5]]), ["is adapted to [2] features, got [5]"]);
}

#[test]
fn integers_are_cast() {
    let bytes = Array::new([2, 2], vec![0u8, 51, 102, 255]).unwrap();
    let c = Array::full([2, 2], DType::F32, 1.0);
    let ty = types(std::slice::from_ref(&bytes));
    let layer: AnyLayer = Rescaling::new(1.0 / 255.0).into();
    let mut variables = Variables::new(0);
    let mut scope = Scope::new(Mode::Predict, &mut variables);
    let b = scope.builder().clone();
    let x = b.input_of("x", ty[0].clone());
    let y = layer.layer.call(&mut scope, &[x]).remove(0);
    let graph = b.build(&[("y", &(y * b.constant(&c)))], &[]).unwrap();
    let y = evaluate(&graph, &[bytes], &[]).unwrap().outputs.remove(0);
    golden::assert_close(&y, &Array::new([2, 2], vec![0f32, 0.2, 0.4, 1.0]).unwrap(), 1e-6, "bytes");
}

#[test]
fn activations_have_names_on_layers() {
    for (layer, name) in [(Dense::new(2).relu(), "relu"), (Dense::new(2).log_softmax(), "log_softmax")] {
        assert_eq!(layer.activation, name.parse::<activations::Activation>().unwrap());
    }
}
