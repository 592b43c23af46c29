//! Regularizers and constraints: configs, values and gradients against Keras.

use crate::golden;
use cornu::constraints::{AnyConstraint, MaxNorm, MinMaxNorm};
use cornu::regularizers::{AnyRegularizer, L1, L2};
use cornu_graph::{Array, Builder, evaluate, grad};
use serde_json::json;

#[test]
fn regularizers_agree_with_keras() {
    let goldens = golden::read("regularizers_constraints.json");
    for case in golden::list(&goldens, "regularizers") {
        let keras = &case["serialized"];
        let regularizer = AnyRegularizer::from_json(keras.clone()).unwrap();
        assert!(golden::agrees(&regularizer.to_json(), keras), "{keras} {regularizer:?}");
        let w_value = golden::array(&case["x"]);
        let b = Builder::new();
        let w = b.input("w", w_value.shape());
        let penalty = regularizer.call(&w);
        let gradient = grad(&penalty, &[&w]).remove(0);
        let graph = b.build(&[("penalty", &penalty), ("gradient", &gradient)], &[]).unwrap();
        let run = evaluate(&graph, std::slice::from_ref(&w_value), &[]).unwrap();
        let value = Array::scalar(case["value"].as_f64().unwrap());
        golden::assert_close(&run.outputs[0], &value, 1e-6, &keras.to_string());
        // |w| has no derivative at 0: JAX takes 1, we (as TensorFlow and PyTorch) take 0, which leaves
        // weights that are 0 where they are. The values there are left out.
        let at_zero: Vec<bool> = w_value.to_f64().iter().map(|&w| w == 0.0).collect();
        let away = |gradient: &Array| {
            let values = gradient.to_f64().into_iter().zip(&at_zero);
            Array::from_vec(values.map(|(value, &zero)| if zero { 0.0 } else { value }).collect::<Vec<f64>>())
        };
        let expected = away(&golden::array(&case["gradient"]));
        golden::assert_close(&away(&run.outputs[1]), &expected, 1e-6, &keras.to_string());
    }
    for (name, keras) in goldens["regularizer_strings"].as_object().unwrap() {
        let regularizer = AnyRegularizer::from_json(json!(name)).unwrap();
        assert!(golden::agrees(&regularizer.to_json(), keras), "{name}");
    }
    assert!(AnyRegularizer::from_json(json!("l1_l2")).is_ok());
}

#[test]
fn constraints_agree_with_keras() {
    let goldens = golden::read("regularizers_constraints.json");
    for case in golden::list(&goldens, "constraints") {
        let keras = &case["serialized"];
        let constraint = AnyConstraint::from_json(keras.clone()).unwrap();
        assert!(golden::agrees(&constraint.to_json(), keras), "{keras} {constraint:?}");
        let value = constrained(&constraint, &golden::array(&case["x"]));
        golden::assert_close(&value, &golden::array(&case["value"]), 1e-6, &keras.to_string());
    }
    for name in ["max_norm", "min_max_norm", "non_neg", "unit_norm"] {
        assert!(AnyConstraint::from_json(json!(name)).is_ok(), "{name}");
    }
}

fn constrained(constraint: &AnyConstraint, w_value: &Array) -> Array {
    let b = Builder::new();
    let w = b.input("w", w_value.shape());
    let graph = b.build(&[("w", &constraint.call(&w))], &[]).unwrap();
    evaluate(&graph, std::slice::from_ref(w_value), &[]).unwrap().outputs.remove(0)
}

#[test]
fn min_max_norm_goes_a_part_of_the_way() {
    let constraint = MinMaxNorm { min_value: 1.0, max_value: 2.0, rate: 0.5, ..MinMaxNorm::default() };
    // Columns of length 5 and 0.5: halfway to 2 and to 1.
    let w = Array::new([2, 2], vec![3f32, 0.3, 4.0, 0.4]).unwrap();
    let value = constrained(&constraint.into(), &w);
    let expected = Array::new([2, 2], vec![2.1f32, 0.45, 2.8, 0.6]).unwrap();
    golden::assert_close(&value, &expected, 1e-6, "MinMaxNorm");
}

#[test]
fn misfits_are_told() {
    let message = |make: &dyn Fn(&cornu_graph::Tensor)| {
        let b = Builder::new();
        make(&b.input("w", [2, 2]));
        b.errors().remove(0).message
    };
    let penalty = |r: AnyRegularizer| message(&|w| drop(r.call(w)));
    assert_eq!(penalty(L1 { l1: -0.5 }.into()), "a regularizer expects l1 of at least 0, got -0.5");
    assert_eq!(penalty(L2 { l2: f64::NAN }.into()), "a regularizer expects l2 of at least 0, got NaN");
    let constrain = |c: AnyConstraint| message(&|w| drop(c.call(w)));
    let negative = MaxNorm { max_value: -1.0, ..MaxNorm::default() };
    assert_eq!(constrain(negative.into()), "MaxNorm expects a max_value of at least 0, got -1");
    let axis = MaxNorm { axis: 2.into(), ..MaxNorm::default() };
    assert!(constrain(axis.into()).contains("axis 2"));
}
