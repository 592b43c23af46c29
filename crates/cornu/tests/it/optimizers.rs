//! Optimizers: configs, names and order of variables, and thirty steps each, against Keras.

use crate::golden;
use crate::run::{describe_step, run};
use cornu::layers::{Activated, Dense};
use cornu::losses::{Loss, SparseCategoricalCrossentropy};
use cornu::optimizers::{
    Adadelta, Adam, Adamax, AnyOptimizer, Ftrl, Lion, LossScaleOptimizer, MultiOptimizer, Muon, Nadam,
    OPTIMIZERS, Optimizer, OptimizerMap, OptimizerOptions, RateMultipliers, SGD,
};
use cornu::scope::{Mode, Scope, Weight};
use cornu::variables::{Role, Variables};
use cornu::{Compile, Input, Sequential};
use cornu_graph::{Array, Tensor, grad};
use serde_json::{Value, json};

/// A dense layer's work.
fn dense(scope: &mut Scope, name: &str, x: &Tensor, units: usize) -> Tensor {
    let zeros = cornu::initializers::Constant { value: 0.0 }.into();
    scope.inside(name, true, |scope| {
        let kernel = scope.weight(Weight::new("kernel", [x.extent(-1), units], &zeros));
        x.matmul(&kernel) + scope.weight(Weight::new("bias", [units], &zeros))
    })
}

/// The loss of the goldens' model, and a step of the optimizer.
fn training_step(scope: &mut Scope, inputs: &[Tensor], optimizer: &dyn Optimizer) -> Vec<Tensor> {
    let y_pred = scope.inside("sequential", true, |scope| {
        let hidden = dense(scope, "dense", &inputs[0], 8).tanh();
        dense(scope, "dense_1", &hidden, 3).softmax(-1)
    });
    let loss = SparseCategoricalCrossentropy::new().value(&inputs[1], &y_pred, None, None);
    let weights = scope.parameters()[..4].to_vec();
    let wrt: Vec<&Tensor> = weights.iter().collect();
    let gradients = grad(&optimizer.scale_loss(scope, &loss), &wrt);
    let pairs: Vec<_> = weights.into_iter().zip(gradients).collect();
    optimizer.apply(scope, &pairs, &RateMultipliers::default());
    vec![loss]
}

/// Trains the goldens' model; the losses before each step, and the variables after the last.
fn train(goldens: &Value, optimizer: &dyn Optimizer, steps: usize) -> (Vec<f64>, Variables) {
    let batches: Vec<[Array; 2]> = golden::list(goldens, "batches")
        .iter()
        .map(|batch| [golden::array(&batch["x"]), golden::array(&batch["y"])])
        .collect();
    let mut variables = Variables::new(0);
    let graph =
        describe_step(&mut variables, &batches[0], |scope, inputs| training_step(scope, inputs, optimizer));
    for (index, weight) in golden::list(goldens, "initial_weights").iter().enumerate() {
        variables.set(index, &golden::array(weight)).unwrap();
    }
    let mut losses = Vec::new();
    for number in 0..steps {
        let ran = run(&graph, &batches[number % batches.len()], variables.values());
        variables.values_mut().clone_from_slice(&ran.parameters);
        losses.push(ran.outputs[0].item().unwrap());
    }
    (losses, variables)
}

#[test]
fn optimizers_agree_with_keras() {
    let goldens = golden::read("optimizers.json");
    for (number, case) in golden::list(&goldens, "cases").iter().enumerate() {
        let class = case["class_name"].as_str().unwrap();
        let what = format!("{number}: {class} {}", case["config"]);
        let optimizer = AnyOptimizer::from_name(class, case["config"].clone()).unwrap();
        assert!(golden::agrees(&optimizer.config(), &case["config"]), "{what}: {}", optimizer.config());
        let losses = golden::list(case, "losses");
        let (got, variables) = train(&goldens, &*optimizer, losses.len());
        for (step, (got, keras)) in got.iter().zip(losses).enumerate() {
            let keras = keras.as_f64().unwrap();
            assert!((got - keras).abs() <= 1e-5 * keras, "{what}: loss {step} is {got}, Keras has {keras}");
        }
        for (index, weight) in golden::list(case, "final_weights").iter().enumerate() {
            golden::assert_close(&variables.values()[index], &golden::array(weight), 1e-5, &what);
        }
        let keras = golden::list(case, "optimizer_variables");
        let own: Vec<&str> = variables.list()[4..].iter().map(|variable| variable.path.as_str()).collect();
        let theirs: Vec<&str> = keras.iter().map(|variable| variable["path"].as_str().unwrap()).collect();
        // Keras gives Adafactor's rows and columns the name of the weight alone.
        if class != "Adafactor" {
            assert_eq!(own, theirs, "{what}");
        }
        assert_eq!(own.len(), theirs.len(), "{what}");
        for (index, variable) in keras.iter().enumerate() {
            let got = variables.values()[4 + index].cast(cornu_graph::DType::F32);
            let expected = golden::array(&variable["value"]).cast(cornu_graph::DType::F32);
            golden::assert_close(&got, &expected, 1e-5, &format!("{what}: {}", theirs[index]));
        }
    }
}

/// The weights after each step of an optimizer on one weight, whose gradients are given.
fn steps(optimizer: &dyn Optimizer, start: f32, gradients: &[f32]) -> Vec<f64> {
    run_steps(optimizer, start, gradients).0
}

/// The same, with the variables after the last step.
fn run_steps(optimizer: &dyn Optimizer, start: f32, gradients: &[f32]) -> (Vec<f64>, Variables) {
    let mut variables = Variables::new(0);
    let zero = [Array::scalar(0f32)];
    let graph = describe_step(&mut variables, &zero, |scope, inputs| {
        let init = cornu::initializers::Constant { value: start as f64 }.into();
        let weight = scope.weight(Weight::new("w", [], &init));
        optimizer.apply(scope, &[(weight, inputs[0].clone())], &RateMultipliers::default());
        Vec::new()
    });
    let mut weights = Vec::new();
    for &gradient in gradients {
        let ran = run(&graph, &[Array::scalar(gradient)], variables.values());
        variables.values_mut().clone_from_slice(&ran.parameters);
        weights.push(variables.values()[0].item().unwrap());
    }
    (weights, variables)
}

/// Of the optimizers without goldens: four steps on one weight, as Keras 3.15.1 takes them.
#[test]
fn optimizers_without_goldens_agree_with_keras() {
    let rates = |optimizer: &dyn Optimizer, keras: [f64; 4]| {
        let got = steps(optimizer, 1.0, &[0.5, -0.25, 1.5, 0.125]);
        let close = got.iter().zip(keras).all(|(got, keras)| (got - keras).abs() < 5e-6);
        assert!(close, "{optimizer:?}: {got:?}, Keras has {keras:?}");
    };
    rates(&Nadam::new(0.1).weight_decay(0.01), [0.892_721_24, 0.931_087_9, 0.828_946_1, 0.808_918_3]);
    rates(&Adamax::new(0.1).weight_decay(0.01), [0.899_000_05, 0.877_027_3, 0.834_821_94, 0.802_221_3]);
    rates(&Adadelta::new(0.1).weight_decay(0.01), [0.998_858_57, 0.997_951_03, 0.996_748_1, 0.995_727_5]);
    rates(&Lion::new(0.1).weight_decay(0.01), [0.899, 0.998_101, 0.897_102_9, 0.796_205_76]);
}

#[test]
fn a_scaled_loss_changes_nothing() {
    let goldens = golden::read("optimizers.json");
    let plain = train(&goldens, &Adam::new(0.01), 5);
    let scaled = train(&goldens, &Adam::new(0.01).loss_scale_factor(1024.0), 5);
    for (a, b) in plain.1.values().iter().zip(scaled.1.values()) {
        golden::assert_close(a, b, 1e-6, "scaled");
    }
}

#[test]
fn averages_are_found_when_training_ends() {
    let goldens = golden::read("optimizers.json");
    let sgd = SGD::new(0.1).ema(0.5);
    let (_, variables) = train(&goldens, &sgd, 2);
    assert_eq!(sgd.averages(&variables), [(0, 6), (1, 7), (2, 8), (3, 9)]);
    assert_eq!(SGD::new(0.1).averages(&variables), []);
    assert!(variables.list()[4..].iter().all(|variable| variable.role == Role::Optimizer));
}

#[test]
fn every_optimizer_is_found_by_its_names_and_keeps_its_defaults() {
    for entry in OPTIMIZERS {
        let optimizer = match AnyOptimizer::from_name(entry.name, Value::Null) {
            Ok(optimizer) => optimizer,
            Err(message) => {
                assert!(message.contains("missing field"), "{message}");
                assert!(["LossScaleOptimizer", "MultiOptimizer"].contains(&entry.name), "{message}");
                continue;
            }
        };
        assert!(!entry.aliases.is_empty() && !entry.summary.is_empty());
        for name in entry.aliases {
            assert_eq!(AnyOptimizer::from_name(name, Value::Null).unwrap(), optimizer);
        }
        assert_eq!(AnyOptimizer::from_json(optimizer.to_json()).unwrap(), optimizer);
        let rate = match entry.name {
            "SGD" => 0.01,
            "ScheduleFreeAdamW" => 0.0025,
            _ => 0.001,
        };
        assert_eq!(optimizer.config()["learning_rate"], json!(rate));
        let unknown = AnyOptimizer::from_name(entry.name, json!({"speed": 3})).unwrap_err();
        assert!(unknown.contains("speed"), "{unknown}");
    }
    let adamw = AnyOptimizer::from_name("adamw", json!({"learning_rate": 0.5})).unwrap();
    assert_eq!(adamw.settings().weight_decay, Some(0.004));
}

#[test]
fn steps_whose_gradients_are_not_finite_are_skipped() {
    let goldens = &golden::read("optimizers.json")["skipped"];
    let gradients: Vec<f32> = golden::list(goldens, "gradients")
        .iter()
        .map(|gradient| gradient.as_f64().map_or(f32::INFINITY, |gradient| gradient as f32))
        .collect();
    let optimizer = LossScaleOptimizer::new(Adam::new(0.1)).initial_scale(8.0).dynamic_growth_steps(3);
    let (weights, variables) = run_steps(&optimizer, 1.0, &gradients);
    for (got, keras) in weights.iter().zip(golden::list(goldens, "weights")) {
        assert!(
            (got - keras.as_f64().unwrap()).abs() < 1e-6,
            "{weights:?}, Keras has {}",
            goldens["weights"]
        );
    }
    let scale = variables.index("loss_scale_optimizer/dynamic_scale").unwrap();
    assert_eq!(variables.values()[scale].item(), golden::list(goldens, "scales").last().unwrap().as_f64());
}

#[test]
fn parts_of_a_model_have_rates_of_their_own() {
    let goldens = golden::read("optimizers.json");
    let compile = Compile::new(SGD::new(0.1).weight_decay(0.1), "sparse_categorical_crossentropy")
        .learning_rate_multiplier("dense", 0.5)
        .learning_rate_multiplier("dense/bias", 0.0);
    let model = |compile: Compile| {
        let layers = Sequential::new().add(Input::new([4])).add(Dense::new(8)).add(Dense::new(3).softmax());
        layers.compile(compile)
    };
    let batch = &golden::list(&goldens, "batches")[0];
    let (x, y) = (golden::array(&batch["x"]), golden::array(&batch["y"]));
    let moved = |compile: Compile| -> Vec<Vec<f64>> {
        let mut trainer = model(compile).unwrap();
        let before = trainer.get_weights();
        trainer.train_on_batch(&x, &y).unwrap();
        let pairs = before.iter().zip(trainer.get_weights());
        let apart = |(a, b): (&Array, Array)| a.to_f64().iter().zip(b.to_f64()).map(|(a, b)| b - a).collect();
        pairs.map(apart).collect()
    };
    let plain = moved(Compile::new(SGD::new(0.1).weight_decay(0.1), "sparse_categorical_crossentropy"));
    let factors = [0.5, 0.0, 1.0, 1.0];
    for ((got, plain), factor) in moved(compile).iter().zip(&plain).zip(factors) {
        for (got, plain) in got.iter().zip(plain) {
            assert!((got - plain * factor).abs() < 1e-7, "{got} is not {factor} of {plain}");
        }
    }
    let refused = |path: &str, factor: f64| {
        let compile =
            Compile::new("sgd", "sparse_categorical_crossentropy").learning_rate_multiplier(path, factor);
        model(compile).unwrap_err().to_string()
    };
    assert!(
        refused("head", 0.5).contains("there is a learning rate multiplier for head, and no weight there")
    );
    assert!(refused("dense", -1.0).contains("the learning rate multiplier of dense is -1"));
}

#[test]
fn what_optimizers_cannot_do_is_told() {
    let message = |optimizer: AnyOptimizer| {
        let mut variables = Variables::new(0);
        let mut scope = Scope::new(Mode::Train, &mut variables);
        optimizer.apply(&mut scope, &[], &RateMultipliers::default());
        scope.builder().errors().first().map(|error| error.message.clone()).unwrap_or_default()
    };
    assert_eq!(
        message(SGD::new(0.1).clipnorm(1.0).global_clipnorm(2.0).into()),
        "sgd takes one of clipnorm, global_clipnorm and clipvalue, got clipnorm = 1, global_clipnorm = 2"
    );
    assert_eq!(
        message(SGD::new(0.1).gradient_accumulation_steps(1).into()),
        "sgd takes gradient_accumulation_steps of at least 2, got 1"
    );
    assert_eq!(message(SGD::new(0.1).global_clipnorm(1.0).into()), "");
    assert_eq!(
        message(Ftrl::new(0.1).l1_regularization_strength(-1.0).into()),
        "ftrl takes l1_regularization_strength of at least 0, got -1"
    );
    assert!(
        message(Muon::new(0.1).exclude_layers(["("]).into())
            .starts_with("muon takes regular expressions as exclude_layers, got `(`: ")
    );
    assert_eq!(
        message(LossScaleOptimizer::new(SGD::new(0.1)).clipnorm(1.0).into()),
        "LossScaleOptimizer takes no clipnorm of its own, got 1.0; set it on the optimizers inside"
    );
    let twice = OptimizerMap::new(SGD::new(0.1)).with("a/.*", Adam::new(0.1)).with("a/.*", Adam::new(0.1));
    assert_eq!(message(MultiOptimizer::new(twice).into()), "two optimizers are given for a/.*");
    let inside = OptimizerMap::new(LossScaleOptimizer::new(SGD::new(0.1)));
    assert_eq!(
        message(MultiOptimizer::new(inside).into()),
        "multi_optimizer takes no LossScaleOptimizer inside"
    );
    let both = OptimizerMap::new(SGD::new(0.1)).with("a/.*", Adam::new(0.1)).with(".*/b", Adam::new(0.1));
    assert_eq!(both.of("a/b"), Err("several optimizers are given for a/b: those of a/.*, .*/b".into()));
}
