//! Activations: names, and values and gradients against Keras.

use crate::golden;
use cornu::activations::{Activation, celu, glu, hard_shrink, soft_shrink, sparsemax, squareplus, threshold};
use cornu_graph::{Builder, Squash, Tensor, evaluate, grad};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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
         silu, softplus, softmax, log_softmax, celu, exponential, glu, hard_shrink, hard_sigmoid, hard_silu, \
         hard_tanh, log_sigmoid, mish, relu6, soft_shrink, softsign, sparse_plus, sparse_sigmoid, sparsemax, \
         squareplus, tanh_shrink"
    );
    assert_eq!(read(json!(3)).unwrap_err().to_string(), "3 is no activation");
}

#[test]
fn agrees_with_keras() {
    let goldens = golden::read("activations.json");
    let mut compared = BTreeSet::new();
    for case in golden::list(&goldens, "cases") {
        let name = case["name"].as_str().unwrap();
        let (x_value, c_value) = (golden::array(&case["x"]), golden::array(&case["c"]));
        let b = Builder::new();
        let x = b.input("x", x_value.shape());
        let c = b.constant(&c_value);
        let y = described(name, &case["config"], &x);
        let dx = grad(&(&y * c).sum_all(), &[&x]).remove(0);
        let graph = b.build(&[("y", &y), ("dx", &dx)], &[]).unwrap();
        let run = evaluate(&graph, &[x_value], &[]).unwrap();
        golden::assert_close(&run.outputs[0], &golden::array(&case["y"]), 2e-6, name);
        golden::assert_close(&run.outputs[1], &golden::array(&case["dx"]), 1e-5, name);
        compared.insert(name.to_string());
    }
    compared.remove("threshold");
    assert_eq!(compared.len(), Activation::ALL.len());
}

/// An activation with arguments as its function, else by its name.
fn described(name: &str, config: &Value, x: &Tensor) -> Tensor {
    let number = |key: &str| config[key].as_f64().unwrap();
    let axis = || config["axis"].as_i64().unwrap() as isize;
    match name {
        _ if config == &json!({}) => name.parse::<Activation>().unwrap().call(x),
        "celu" => celu(x, number("alpha")),
        "elu" => x.elu(number("alpha")),
        "gelu" => x.gelu(config["approximate"] == true),
        "glu" => glu(x, axis()),
        "hard_shrink" => hard_shrink(x, number("threshold")),
        "leaky_relu" => x.leaky_relu(number("negative_slope")),
        "log_softmax" => x.log_softmax(axis()),
        "soft_shrink" => soft_shrink(x, number("threshold")),
        "softmax" => x.softmax(axis()),
        "sparsemax" => sparsemax(x, axis()),
        "squareplus" => squareplus(x, number("b")),
        "threshold" => threshold(x, number("threshold"), number("default_value")),
        _ => panic!("{name} takes no arguments here"),
    }
}

#[test]
fn misfits_are_told() {
    let b = Builder::new();
    glu(&b.input("x", [2, 3]), -1);
    sparsemax(&b.input("x", [2, 3]), 2);
    let messages: Vec<String> = b.errors().iter().map(|error| error.message.clone()).collect();
    assert_eq!(
        messages,
        ["glu halves an axis, got one of extent 3", "sparsemax: shape [2, 3] has no axis 2"]
    );
    let error = "threshold".parse::<Activation>().unwrap_err().to_string();
    assert!(error.contains("call the function activations::threshold"), "{error}");
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
