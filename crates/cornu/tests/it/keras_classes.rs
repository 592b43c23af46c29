//! `.keras` files whose models have classes of a user's own.

use crate::golden::{list, read};
use crate::keras_files::{Folder, arrays, assert_all_close, config_of, goldens, step, values};
use cornu::graph::philox::Random;
use cornu::graph::{Shape, Tensor};
use cornu::initializers::{AnyInitializer, Initializer, Ones};
use cornu::layers::{Dense, Layer, TimeDistributed};
use cornu::losses::{Loss, Reduction};
use cornu::registry::{Classes, Named};
use cornu::scope::{Scope, Weight};
use cornu::{Input, Model, Sequential, Trainer, files};
use serde::{Deserialize, Serialize};

/// Multiplies features by weights of their own, and adds a number.
#[derive(Debug, Serialize, Deserialize)]
struct Scaled {
    offset: f64,
    kernel_initializer: AnyInitializer,
}

impl Named for Scaled {
    const NAME: &'static str = "Scaled";
    const PACKAGE: &'static str = "own";
    const SUMMARY: &'static str = "multiplies features by weights";
}

impl Layer for Scaled {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let scale = Weight::new("scale", [inputs[0].extent(-1)], &self.kernel_initializer);
        vec![&inputs[0] * scope.weight(scale) + self.offset]
    }
}

/// Numbers from zero up.
#[derive(Debug, Serialize, Deserialize)]
struct Ramp {
    step: f64,
}

impl Named for Ramp {
    const NAME: &'static str = "Ramp";
    const PACKAGE: &'static str = "own";
    const SUMMARY: &'static str = "numbers from zero up";
}

impl Initializer for Ramp {
    fn values(&self, shape: &Shape, _: &mut Random) -> Vec<f64> {
        (0..shape.size()).map(|i| i as f64 * self.step).collect()
    }
}

/// The mean of fourth powers.
#[derive(Debug, Serialize, Deserialize)]
struct Quartic {
    name: String,
    reduction: Reduction,
}

impl Named for Quartic {
    const NAME: &'static str = "Quartic";
    const PACKAGE: &'static str = "own";
    const SUMMARY: &'static str = "the mean of fourth powers";
}

impl Loss for Quartic {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        (y_true - y_pred).square().square().mean(&[-1])
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn name(&self) -> &str {
        &self.name
    }
}

fn classes() -> Classes {
    Classes::new().layer::<Scaled>().initializer::<Ramp>().loss::<Quartic>()
}

#[test]
fn classes_of_a_users_own_are_read() {
    let golden = read("classes/own.json");
    let path = goldens().join("classes/own.keras");
    let mut trainer = Trainer::load_with(&path, &classes()).unwrap();
    assert!(matches!(files::load_with(&path, &classes()).unwrap(), files::Loaded::Trainer(_)));
    let folder = Folder::new("classes");
    let again = folder.file("again.keras");
    trainer.save(&again).unwrap();
    // What we write of them is what Keras writes.
    let (ours, keras) = (config_of(&again), config_of(&path));
    for i in 1..5 {
        for key in ["module", "class_name", "registered_name"] {
            let at = |json: &serde_json::Value| json["config"]["layers"][i][key].clone();
            assert!(at(&ours) == at(&keras) || key == "module", "{i} {key}: {}", at(&ours));
        }
    }
    assert_eq!(ours["compile_config"]["loss"]["registered_name"], "own>Quartic");
    let mut others = Trainer::load_with(&again, &classes()).unwrap();
    for trainer in [&mut trainer, &mut others] {
        let predictions = trainer.predict_on_batch(&arrays(list(&golden, "inputs"))).unwrap();
        assert_all_close(&predictions, &arrays(list(&golden, "predictions")), 1e-5, "predictions");
        let resume = &golden["resume"];
        let batches = list(resume, "batches");
        for (i, loss) in list(resume, "losses").iter().enumerate() {
            let batch = &batches[i % batches.len()];
            let got = step(trainer, &arrays(list(batch, "x")), &arrays(list(batch, "y")));
            let loss = loss.as_f64().unwrap();
            assert!((got - loss).abs() <= 1e-5 * loss.abs().max(1.0), "step {i}: {got}, Keras {loss}");
        }
        assert_all_close(&trainer.get_weights(), &values(list(resume, "final_weights")), 2e-5, "weights");
    }
    let json = trainer.to_json();
    assert_eq!(Model::from_json_with(&json, &classes()).unwrap().to_json(), json);
}

#[test]
fn classes_that_are_not_given_are_told() {
    let path = goldens().join("classes/own.keras");
    let message = |classes: &Classes| Trainer::load_with(&path, classes).unwrap_err().to_string();
    let named = |message: &str| message.replace(&path.display().to_string(), "own.keras");
    assert_eq!(
        named(&message(&Classes::new())),
        "the layer `scaled` is a Scaled from own>Scaled, not one of Keras's own\n   at own.keras\n help: use layers \
         of Keras itself, or write Scaled in Rust and load with load_with(path, \
         &Classes::new().layer::<Scaled>())"
    );
    let without = Classes::new().layer::<Scaled>();
    assert!(
        message(&without).contains("the layer `scaled` uses Ramp from own>Ramp"),
        "{}",
        message(&without)
    );
    let without = without.initializer::<Ramp>();
    assert_eq!(
        named(&message(&without)),
        "the loss Quartic is from own>Quartic, not one of Keras's own: write Quartic in Rust and load with \
         load_with(path, &Classes::new().loss::<Quartic>())\n   at own.keras\n help: to go without, load the model \
         with Model::load and compile it anew"
    );
    // A class of the wrong kind does not do, and what is given for one file does not hold for the next.
    let wrong = Classes::new().layer::<Ramped>();
    assert!(message(&wrong).contains("Scaled from own>Scaled"));
    assert!(Model::load_with(&path, &classes()).is_ok() && Model::load(&path).is_err());
}

/// A layer that has the name of an initializer.
#[derive(Debug, Serialize, Deserialize)]
struct Ramped;

impl Named for Ramped {
    const NAME: &'static str = "Ramp";
    const PACKAGE: &'static str = "own";
    const SUMMARY: &'static str = "what is named as something else";
}

impl Layer for Ramped {
    fn call(&self, _: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        inputs.to_vec()
    }
}

#[test]
fn keras_finds_our_names() {
    let scaled = |offset| Scaled { offset, kernel_initializer: Ones::default().into() };
    let model = Sequential::new()
        .add(Input::new([3, 2]))
        .add(scaled(0.5))
        .add(TimeDistributed::new(scaled(1.0)))
        .add(Dense::new(2).kernel_initializer(Ramp { step: 0.5 }))
        .build()
        .unwrap();
    let json: serde_json::Value = serde_json::from_str(&model.to_json()).unwrap();
    let layers = &json["config"]["layers"];
    assert_eq!(layers[0]["module"], "keras.layers");
    assert_eq!((&layers[1]["module"], &layers[1]["registered_name"]), (&().into(), &"own>Scaled".into()));
    assert_eq!(layers[2]["config"]["layer"]["registered_name"], "own>Scaled");
    assert_eq!(layers[3]["config"]["kernel_initializer"]["registered_name"], "own>Ramp");
}
