//! `.keras` files: Keras's own, ours in Keras, there and back, and files made to do harm.

use crate::golden::{array, assert_close, list, read};
use cornu::files::archive::{Compression, Limits, read_archive};
use cornu::files::{Loaded, load};
use cornu::graph::philox::Random;
use cornu::layers::*;
use cornu::losses::{Huber, SparseCategoricalCrossentropy};
use cornu::metrics::{MetricOptions, SparseCategoricalAccuracy};
use cornu::ops::{self, Index};
use cornu::optimizers::{
    Adam, LossScaleOptimizer, MultiOptimizer, OPTIMIZERS, Optimizer, OptimizerMap, OptimizerOptions, SGD,
};
use cornu::registry::{Any, Item};
use cornu::schedules::ExponentialDecay;
use cornu::variables::Variables;
use cornu::{Array, Choice, Compile, Connect, DType, Fit, Input, Model, Sequential, Trainer};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of its own for one test, removed afterwards.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cornu-keras-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens")
}

/// The names of Keras's own files.
pub fn golden_names() -> Vec<String> {
    let files = fs::read_dir(goldens()).unwrap().map(|entry| entry.unwrap().path());
    let keras = files.filter(|path| path.extension().is_some_and(|end| end == "keras"));
    let mut names: Vec<String> =
        keras.map(|path| path.file_stem().unwrap().to_str().unwrap().to_string()).collect();
    names.sort();
    assert!(names.len() >= 12);
    names
}

pub fn arrays(values: &[Value]) -> Vec<Array> {
    values.iter().map(array).collect()
}

/// The arrays of a list of `{"name", "path", "value"}`.
pub fn values(values: &[Value]) -> Vec<Array> {
    values.iter().map(|named| array(&named["value"])).collect()
}

#[track_caller]
pub fn assert_all_close(got: &[Array], expected: &[Array], tolerance: f64, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert_close(got, expected, tolerance, &format!("{what} {i}"));
    }
}

fn optimizer_values(trainer: &Trainer) -> Vec<Array> {
    trainer.optimizer_variables().into_iter().map(|(_, value)| value.clone()).collect()
}

/// The loss of a training step.
pub fn step(trainer: &mut Trainer, x: &[Array], y: &[Array]) -> f64 {
    trainer.reset_metrics();
    trainer.train_on_batch(x, y).unwrap()[0].1
}

#[test]
fn files_of_keras() {
    for name in golden_names() {
        let golden = read(&format!("{name}.json"));
        let loaded = load(goldens().join(format!("{name}.keras"))).unwrap();
        let model = loaded.model();
        assert_eq!(model.class_name(), golden["class_name"].as_str().unwrap(), "{name}");
        let predictions = model.predict_on_batch(&arrays(list(&golden, "inputs"))).unwrap();
        assert_all_close(&predictions, &arrays(list(&golden, "predictions")), 1e-5, &name);
        let what = format!("{name}: weight");
        assert_all_close(&model.get_weights(), &values(list(&golden, "weights")), 0.0, &what);
        let Loaded::Trainer(mut trainer) = loaded else {
            assert!(golden["optimizer"].is_null(), "{name}");
            let error = Trainer::load(goldens().join(format!("{name}.keras"))).unwrap_err().to_string();
            assert!(error.contains("saved without being compiled") && error.contains("help: load it with"));
            continue;
        };
        let optimizer = &golden["optimizer"];
        let what = format!("{name}: optimizer variable");
        let expected = values(list(optimizer, "variables"));
        assert_all_close(&optimizer_values(&trainer), &expected, 0.0, &what);
        let resume = &golden["resume"];
        let batches = list(resume, "batches");
        for (i, loss) in list(resume, "losses").iter().enumerate() {
            let batch = &batches[i % batches.len()];
            let (x, y) = (arrays(list(batch, "x")), arrays(list(batch, "y")));
            let (got, loss) = (step(&mut trainer, &x, &y), loss.as_f64().unwrap());
            assert!(
                (got - loss).abs() <= 1e-5 * loss.abs().max(1.0),
                "{name}: step {i}: {got}, Keras {loss}"
            );
        }
        let what = format!("{name}: final weight");
        assert_all_close(&trainer.get_weights(), &values(list(resume, "final_weights")), 2e-5, &what);
        let what = format!("{name}: final optimizer variable");
        let expected = values(list(resume, "final_optimizer_variables"));
        assert_all_close(&optimizer_values(&trainer), &expected, 2e-5, &what);
    }
}

/// What our file says of each of Keras's models, beside what Keras's says.
#[test]
fn configs_say_what_those_of_keras_say() {
    for name in golden_names() {
        let path = goldens().join(format!("{name}.keras"));
        let mut keras = config_of(&path);
        let mut ours: Value = serde_json::from_str(&load(&path).unwrap().model().to_json()).unwrap();
        for json in [&mut keras, &mut ours] {
            plain(json);
            json.as_object_mut().unwrap().remove("compile_config");
        }
        assert!(crate::golden::agrees(&ours, &keras), "{name}\n ours {ours}\nKeras {keras}");
    }
}

/// Leaves out what says nothing of the model: memory addresses, and shapes that layers were built with.
fn plain(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            for key in
                ["shared_object_id", "build_config", "optional", "quantization_config", "renorm_clipping"]
            {
                fields.remove(key);
            }
            fields.values_mut().for_each(plain);
        }
        Value::Array(values) => values.iter_mut().for_each(plain),
        _ => {}
    }
}

/// Some numbers.
pub fn random(shape: &[usize], seed: i64) -> Array {
    let mut random = Random::new(seed, 0);
    let values = (0..shape.iter().product()).map(|_| 2.0 * random.uniform() - 1.0).collect::<Vec<f64>>();
    Array::from_f64(shape, DType::F32, &values).unwrap()
}

/// Numbers of classes.
pub fn labels(rows: usize, classes: usize) -> Array {
    Array::from_vec((0..rows).map(|row| (row * 7 % classes) as i32).collect())
}

/// A compiled model and what to train it on.
struct Case {
    name: String,
    trainer: Trainer,
    x: Vec<Array>,
    y: Vec<Array>,
}

impl Case {
    fn new(name: &str, trainer: Trainer, y: Vec<Array>) -> Case {
        let shapes = trainer.input_shapes().into_iter();
        let shapes = shapes.map(|shape| shape.into_iter().map(|e| e.unwrap_or(6)).collect::<Vec<_>>());
        let x = shapes.enumerate().map(|(i, shape)| random(&shape, 11 + i as i64)).collect();
        Case { name: name.into(), trainer, x, y }
    }
}

fn sequential() -> Case {
    let trainer = Sequential::new()
        .named("classifier")
        .seed(3)
        .add(Input::new([3, 2]))
        .add(Rescaling::new(0.5))
        .add(Flatten::new())
        .add(Dense::new(8).relu().kernel_regularizer(cornu::regularizers::L2 { l2: 0.01 }).named("first"))
        .add(BatchNormalization::new().momentum(0.9))
        .add(Dropout::new(0.0))
        .add(Dense::new(5).tanh().frozen())
        .add(Dense::new(3).softmax())
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))
        .unwrap();
    Case::new("sequential", trainer, vec![labels(6, 3)])
}

fn convolutional() -> Case {
    let trainer = Sequential::new()
        .seed(5)
        .add(Input::new([8, 8, 2]))
        .add(Conv2D::new(4, 3).padding(Padding::Same).relu())
        .add(MaxPooling2D::new(2))
        .add(BatchNormalization::new().momentum(0.9))
        .add(SeparableConv2D::new(4, 2).tanh())
        .add(Conv2DTranspose::new(3, 2).strides(2))
        .add(Dropout::new(0.0))
        .add(Flatten::new())
        .add(Dense::new(3).softmax())
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))
        .unwrap();
    Case::new("convolutional", trainer, vec![labels(6, 3)])
}

fn functional() -> Case {
    let (left, right) = (Input::new([4]).named("left").symbol(), Input::new([4]).named("right").symbol());
    let shared = AnyLayer::from(Dense::new(5).tanh()).named("shared");
    let far = Dense::new(5).relu().on(&shared.clone().on(&right));
    let both = Concatenate::new().on([&far, &shared.on(&left)]);
    let skip = Add::new().on([&both, &Dense::new(10).on(&both)]);
    let kind = Dense::new(3).softmax().named("kind").on(&skip);
    let amount = Dense::new(1).named("amount").on(&BatchNormalization::new().on(&both));
    let compile = Compile::new(SGD::new(0.05).momentum(0.9), "mse")
        .losses([Choice::from(SparseCategoricalCrossentropy::new()), Choice::from(Huber::default())])
        .loss_weights([1.0, 0.5])
        .metrics_of_outputs(vec![vec!["accuracy".into()], vec!["mae".into()]]);
    let trainer = Model::new([&left, &right], [&kind, &amount]).unwrap().compile(compile).unwrap();
    Case::new("functional", trainer, vec![labels(6, 3), random(&[6, 1], 5)])
}

/// The inner model's second branch is farther from its output than its first, so that the order of
/// layers in which Keras lists them is not the one in which they were connected.
fn nested() -> Case {
    let encoder = Sequential::new()
        .named("encoder")
        .add(Input::new([4]))
        .add(Dense::new(6).relu())
        .add(BatchNormalization::new())
        .build()
        .unwrap();
    let code = Input::new([6]).symbol();
    let short = Dense::new(3).on(&code);
    let long = Dense::new(3).tanh().on(&Dense::new(4).on(&code));
    let block = Model::new(&code, &Add::new().on([&short, &long])).unwrap().named("block");
    let encoder = AnyLayer::from(encoder);
    let (first, second) = (Input::new([4]).symbol(), Input::new([4]).symbol());
    let (a, b) = (encoder.clone().on(&first), encoder.on(&second));
    let joined = Concatenate::new().on([&block.on(&a), &b]);
    let head = Input::new([9]).symbol();
    let head = Model::new(&head, &Dense::new(1).sigmoid().on(&head)).unwrap().named("head");
    let model = Model::new([&first, &second], &head.on(&joined)).unwrap();
    let trainer =
        model.compile(Compile::new("rmsprop", "binary_crossentropy").metrics(["accuracy"])).unwrap();
    let y = Array::new([6, 1], vec![0f32, 1.0, 1.0, 0.0, 1.0, 0.0]).unwrap();
    Case::new("nested", trainer, vec![y])
}

fn normalization() -> Case {
    let mut adapted = Normalization::new();
    adapted.adapt(&random(&[20, 3], 9)).unwrap();
    let (a, b) = (Input::new([3]).symbol(), Input::new([2]).symbol());
    let given = Normalization::given([0.1, 0.2], [1.5, 2.5]);
    let both = Concatenate::new().on([&adapted.on(&a), &given.on(&b)]);
    let model = Model::new([&a, &b], &Dense::new(2).on(&both)).unwrap();
    let decay = SGD::new(0.0).learning_rate(ExponentialDecay::new(0.02, 4.0, 0.5)).ema(0.9);
    let hits = SparseCategoricalAccuracy::default().named("hits");
    let loss = SparseCategoricalCrossentropy::new().from_logits();
    let compile = Compile::new(decay.gradient_accumulation_steps(2), loss).metrics([hits]);
    Case::new("normalization", model.compile(compile).unwrap(), vec![labels(6, 2)])
}

/// A frozen model within a model, and a layer twice in a sequence.
fn frozen_and_repeated() -> Case {
    let inner = Sequential::new().add(Input::new([4])).add(Dense::new(4).relu()).build().unwrap();
    let twice = AnyLayer::from(Dense::new(4).tanh());
    let trainer = Sequential::new()
        .add(Input::new([4]))
        .add(AnyLayer::from(inner).frozen())
        .add(twice.clone())
        .add(Dense::new(4))
        .add(twice)
        .add(Dense::new(1))
        .compile(Compile::new("adam", "mse").weighted_metrics(["mae"]))
        .unwrap();
    Case::new("frozen_and_repeated", trainer, vec![random(&[6, 1], 4)])
}

/// Every layer of the samples, in a model of one layer and so many inputs.
fn layers() -> Vec<Case> {
    let mut cases = Vec::new();
    for (i, sample) in samples().into_iter().enumerate() {
        let inputs: Vec<_> =
            sample.inputs.iter().map(|shape| Input::new(&shape[1..]).dtype(sample.dtype).symbol()).collect();
        let class = sample.layer.layer.class_name();
        if class == "StackedRNNCells" {
            continue; // By itself it takes lists of states within a list.
        }
        let y = sample.layer.on(&inputs[..]);
        let model = Model::new(&inputs[..], &y).unwrap();
        let x: Vec<Array> = sample.inputs.iter().map(|shape| Array::zeros(shape, sample.dtype)).collect();
        if model.predict_on_batch(&x[..]).is_ok_and(|y| !y[0].dtype().is_float()) {
            continue; // What gives whole numbers or bools is not trained.
        }
        let trainer = model.compile(Compile::new("sgd", "mse")).unwrap();
        let shape: Vec<usize> = trainer.output_shapes()[0].iter().map(|e| e.unwrap_or(6)).collect();
        let mut case = Case::new(&format!("layer_{i}_{class}"), trainer, vec![random(&shape, 2)]);
        if !sample.dtype.is_float() {
            let whole = |x: &Array| -> Vec<f64> {
                x.to_f64().iter().map(|x| ((x + 1.0) / 2.0 * sample.range.1).floor()).collect()
            };
            case.x = (case.x.iter())
                .map(|x| Array::from_f64(x.shape(), sample.dtype, &whole(x)).unwrap())
                .collect();
        }
        cases.push(case);
    }
    cases
}

/// Operations between layers, some of their names, and several outputs of one.
fn operations() -> Case {
    let x = Input::new([4, 6]).symbol();
    let h = Dense::new(6).on(&x);
    let parts = ops::split(&(&x * 2.0 + &h), 3, -1);
    let (top, _) = ops::top_k(&h, 2);
    let index = [Index::All, Index::Range(None, None, -1), Index::Ellipsis, Index::At(0)];
    let column = ops::get_item(&(1.0 - &h), index);
    let row = Array::from_vec(vec![0.5f32, -1.0]);
    let mixed = ops::concatenate([&parts[0], &(&parts[2] + &row), &top], -1);
    let weights = ops::softmax(&column, -1);
    let summed = ops::einsum("bsf,bs->bf", [&mixed, &weights]);
    let chosen = ops::where_(&ops::greater(&summed, 0.0), &summed, ops::exp(&summed) - 1.0);
    let y = Dense::new(2).on(&Add::new().on([&chosen, &ops::max(&mixed, [1], false)]));
    let trainer = Model::new(&x, &y).unwrap().compile(Compile::new("adam", "mse")).unwrap();
    Case::new("operations", trainer, vec![random(&[6, 2], 4)])
}

/// Every optimizer.
fn optimizers() -> Vec<Case> {
    let optimizers = OPTIMIZERS.iter().map(|entry| {
        let model = Sequential::new().add(Input::new([4])).add(Dense::new(5).tanh()).add(Dense::new(2));
        let sgd = || SGD::new(0.01).momentum(0.9).global_clipnorm(1.0);
        let map = OptimizerMap::new(sgd()).with(".*bias", Adam::new(0.01));
        let config = match entry.name {
            "LossScaleOptimizer" => LossScaleOptimizer::new(sgd()).dynamic_growth_steps(2).config(),
            "MultiOptimizer" => MultiOptimizer::new(map).config(),
            _ => json!({"global_clipnorm": 1.0}),
        };
        let optimizer = Any::<dyn Optimizer>::from_name(entry.name, config).unwrap();
        let trainer = model.compile(Compile::new(optimizer, "mse")).unwrap();
        Case::new(&format!("optimizer_{}", entry.name), trainer, vec![random(&[6, 2], 8)])
    });
    optimizers.collect()
}

fn cases() -> Vec<Case> {
    let mut cases =
        vec![sequential(), convolutional(), functional(), nested(), normalization(), frozen_and_repeated()];
    cases.push(operations());
    cases.extend(layers());
    cases.extend(optimizers());
    cases
}

pub fn config_of(path: &Path) -> Value {
    serde_json::from_slice(&read_archive(path, Limits::default()).unwrap()["config.json"]).unwrap()
}

#[test]
fn there_and_back() {
    let folder = Folder::new("back");
    for Case { name, mut trainer, x, y } in cases() {
        let (path, again) = (folder.file("model.keras"), folder.file("again.keras"));
        for stage in ["untrained", "trained"] {
            trainer.save(&path).unwrap();
            let mut loaded = Trainer::load(&path).unwrap();
            assert_eq!(loaded.get_weights(), trainer.get_weights(), "{name}, {stage}");
            assert_eq!(
                loaded.predict_on_batch(&x).unwrap(),
                trainer.predict_on_batch(&x).unwrap(),
                "{name}, {stage}"
            );
            loaded.save(&again).unwrap();
            assert_eq!(config_of(&again), config_of(&path), "{name}, {stage}");
            assert!(fs::read(&again).unwrap() == fs::read(&path).unwrap(), "{name}, {stage}: other bytes");
            if stage == "trained" {
                assert_eq!(optimizer_values(&loaded), optimizer_values(&trainer), "{name}");
            }
            for _ in 0..3 {
                let (ours, theirs) = (step(&mut trainer, &x, &y), step(&mut loaded, &x, &y));
                assert_eq!(ours, theirs, "{name}, {stage}");
            }
            assert_eq!(loaded.get_weights(), trainer.get_weights(), "{name}, {stage}: trained further");
        }
    }
}

/// Training that is interrupted ends where training that is not does: shuffling and dropout too.
#[test]
fn fit_goes_on() {
    let folder = Folder::new("fit");
    let path = folder.file("model.keras");
    let (x, y) = (random(&[40, 4], 1), random(&[40, 1], 2));
    let wide = Input::new([4]).symbol();
    let (a, b) = (Dropout::new(0.5).on(&wide), Dropout::new(0.2).on(&Dense::new(4).on(&wide)));
    let model = Model::new(&wide, &Dense::new(1).on(&Add::new().on([&b, &a]))).unwrap().with_seed(7);
    let mut whole = model.compile(Compile::new("adam", "mse")).unwrap();
    let mut first = whole.clone();
    let fit =
        |epochs: usize, from: usize| Fit::new().epochs(epochs).initial_epoch(from).batch_size(8).silent();
    whole.fit(&x, &y, fit(4, 0)).unwrap();
    first.fit(&x, &y, fit(2, 0)).unwrap();
    first.save(&path).unwrap();
    let mut second = Trainer::load(&path).unwrap();
    second.fit(&x, &y, fit(4, 2)).unwrap();
    assert_eq!(second.get_weights(), whole.get_weights());
    assert_eq!(optimizer_values(&second), optimizer_values(&whole));
}

#[test]
fn models_without_a_compilation() {
    let folder = Folder::new("plain");
    let path = folder.file("model.keras");
    let trainer = sequential().trainer;
    trainer.model().save(&path).unwrap();
    let model = Model::load(&path).unwrap();
    assert_eq!((model.name(), model.seed()), ("classifier", 3));
    assert!(matches!(load(&path).unwrap(), Loaded::Model(_)));
    assert!(Trainer::load(&path).unwrap_err().to_string().contains("Model::load"));
    trainer.save(&path).unwrap();
    assert_eq!(Model::load(&path).unwrap().get_weights(), trainer.get_weights());
    assert!(matches!(load(&path).unwrap(), Loaded::Trainer(_)));
    let described = Model::from_json(&trainer.to_json()).unwrap();
    assert_eq!(described.to_json(), trainer.to_json());
    assert_eq!(described.count_params(), trainer.count_params());
    assert_eq!(described.get_weights(), trainer.model().clone().with_seed(0).get_weights());
}

#[test]
fn a_learning_rate_that_was_changed_is_kept() {
    let folder = Folder::new("rate");
    let path = folder.file("model.keras");
    let Case { mut trainer, x, y, .. } = sequential();
    step(&mut trainer, &x, &y);
    trainer.set_learning_rate(0.25).unwrap();
    trainer.save(&path).unwrap();
    assert_eq!(config_of(&path)["compile_config"]["optimizer"]["config"]["learning_rate"], json!(0.25));
    assert_eq!(Trainer::load(&path).unwrap().learning_rate(), Some(0.25));
}

/// Every model there is, opened, run and trained further by Keras itself.
#[test]
fn keras_opens_our_files() {
    let Ok(python) = std::env::var("CORNU_PYTHON") else {
        eprintln!("skipped: set CORNU_PYTHON to a Python that has Keras");
        return;
    };
    let folder = Folder::new("python");
    for Case { name, mut trainer, x, y } in cases() {
        // Keras itself does not do at rest what its manual says of the one, and refuses to connect the other.
        if name.contains("RandomCrop") || name.contains("Equalization") {
            continue;
        }
        // Keras starts anew an optimizer that it finds without slots; both begin after a step.
        step(&mut trainer, &x, &y);
        let random = trainer.variables().index(Variables::SEED).is_some();
        trainer.save(folder.file(&format!("{name}.keras"))).unwrap();
        let mut beside: Vec<(String, Array)> = Vec::new();
        let mut add = |stem: &str, arrays: &[Array]| {
            let numbered = arrays.iter().enumerate();
            beside.extend(numbered.map(|(i, array)| (format!("{stem}_{i}"), array.clone())));
        };
        add("input", &x);
        add("output", &trainer.predict_on_batch(&x).unwrap());
        // Random numbers differ from Keras's, which layers without weights need not be trained for.
        if !random && !trainer.optimizer_variables().is_empty() && trainer.count_params() > 0 {
            add("x", &x);
            add("y", &y);
            let losses = (0..4).map(|_| step(&mut trainer, &x, &y) as f32).collect();
            beside.push(("loss_resume".into(), Array::from_vec(losses)));
        }
        let beside: Vec<(&str, &Array)> = beside.iter().map(|(name, array)| (name.as_str(), array)).collect();
        cornu::data::write_npz(folder.file(&format!("{name}.npz")), beside, Compression::Stored).unwrap();
    }
    let check = std::process::Command::new(python).arg(goldens().join("check.py")).arg(&folder.0).output();
    let check = check.unwrap();
    let text = String::from_utf8_lossy(&check.stdout);
    eprintln!("{text}");
    assert!(check.status.success(), "{text}\n{}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn an_old_file_stays_when_saving_fails() {
    let folder = Folder::new("locked");
    let path = folder.file("model.keras");
    let trainer = sequential().trainer;
    trainer.save(&path).unwrap();
    let old = fs::read(&path).unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = trainer.save(&path).unwrap_err().to_string();
    assert!(error.contains("read-only") && error.contains("help:"), "{error}");
    assert!(trainer.save(folder.file("no/such/model.keras")).is_err());
    assert!(trainer.model().save(&folder.0).is_err());
    assert!(fs::read(&path).unwrap() == old);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
}
