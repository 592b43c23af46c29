//! Activations: names, and values and gradients against Keras.

use crate::golden;
use cornu::activations::Activation;
use cornu_graph::{Builder, Squash, evaluate, grad};
use serde_json::json;

#[test]
fn names_resolve() {
    for activation in Activation::ALL {
        assert_eq!(activation.name().parse(), Ok(activation));
        assert!(activation.aliases().iter().all(|alias| alias.parse() == Ok(activation)));
        let written = serde_json::to_value(activation).unwrap();
        assert_eq!(written, activation.name());
        assert_eq!(serde_json::from_value::<Activation>(written).unwrap(), activation);
    }
}

#[test]
fn reads_what_keras_writes() {
    let read = |value| serde_json::from_value::<Activation>(value);
    assert_eq!(read(json!(null)).unwrap(), Activation::Linear);
    assert_eq!(read(json!("swish")).unwrap(), Activation::Silu);
    let function =
        json!({"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "relu"});
    assert_eq!(read(function).unwrap(), Activation::Relu);
    let error = read(json!("rleu")).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no activation `rleu`; there are linear, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, \
         silu, softplus, softmax, log_softmax"
    );
    assert_eq!(read(json!(3)).unwrap_err().to_string(), "3 is no activation");
}

#[test]
fn agrees_with_keras() {
    let goldens = golden::read("activations.json");
    let mut n_compared = 0;
    for case in golden::list(&goldens, "cases") {
        // The goldens have settings besides the defaults; those belong to layers.
        let config = case["config"].as_object().unwrap();
        if !config.is_empty() && config.get("approximate") != Some(&json!(false)) {
            continue;
        }
        let name = case["name"].as_str().unwrap();
        let activation: Activation = name.parse().unwrap();
        let (x_value, c_value) = (golden::array(&case["x"]), golden::array(&case["c"]));
        let b = Builder::new();
        let x = b.input("x", x_value.shape());
        let c = b.constant(&c_value);
        let y = activation.call(&x);
        let dx = grad(&(&y * c).sum_all(), &[&x]).remove(0);
        let graph = b.build(&[("y", &y), ("dx", &dx)], &[]).unwrap();
        let run = evaluate(&graph, &[x_value], &[]).unwrap();
        golden::assert_close(&run.outputs[0], &golden::array(&case["y"]), 2e-6, name);
        golden::assert_close(&run.outputs[1], &golden::array(&case["dx"]), 1e-5, name);
        n_compared += 1;
    }
    assert_eq!(n_compared, Activation::ALL.len());
}

#[test]
fn probabilities_remember_their_logits() {
    let b = Builder::new();
    let x = b.input("x", [2, 3]);
    for (activation, squash) in
        [(Activation::Softmax, Squash::Softmax), (Activation::Sigmoid, Squash::Sigmoid)]
    {
        let y = activation.call(&x);
        assert!(b.logits(&y, squash).is_some_and(|logits| logits.is(&x)), "{activation}");
    }
}
