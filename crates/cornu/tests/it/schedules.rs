//! Schedules: configs and values against Keras.

use crate::{golden, run::run};
use cornu::schedules::{
    AnySchedule, CosineDecay, CosineDecayRestarts, InverseTimeDecay, LearningRate, PiecewiseConstantDecay,
    PolynomialDecay, SCHEDULES, Schedule,
};
use cornu_graph::{Array, Builder};
use serde_json::{Value, json};

fn at(schedule: &dyn Schedule, step: f64) -> f64 {
    let b = Builder::new();
    let rate = schedule.call(&b.input("step", []));
    let graph = b.build(&[("rate", &rate)], &[]).unwrap();
    run(&graph, &[Array::scalar(step as f32)], &[]).outputs[0].item().unwrap()
}

#[test]
fn schedules_agree_with_keras() {
    let goldens = golden::read("schedules.json");
    for case in golden::list(&goldens, "cases") {
        let class = case["class_name"].as_str().unwrap();
        let schedule = AnySchedule::from_name(class, case["config"].clone()).unwrap();
        assert!(golden::agrees(&schedule.config(), &case["config"]), "{}", schedule.config());
        for (step, value) in golden::list(case, "steps").iter().zip(golden::list(case, "values")) {
            let (step, value) = (step.as_f64().unwrap(), value.as_f64().unwrap());
            let got = at(&*schedule, step);
            assert!(
                (got - value).abs() <= 1e-6 * value.abs().max(0.01),
                "{class} at {step}: {got}, Keras has {value}"
            );
        }
    }
}

/// Of the schedules without goldens: the rates that Keras 3.15.1 has.
#[test]
fn schedules_without_goldens_agree_with_keras() {
    let check = |schedule: &dyn Schedule, keras: [f64; 6]| {
        for (step, keras) in [0.0, 5.0, 11.0, 15.0, 19.0, 33.0].into_iter().zip(keras) {
            let got = at(schedule, step);
            assert!((got - keras).abs() < 1e-6, "{schedule:?} at {step}: {got}, Keras has {keras}");
        }
    };
    let inverse = InverseTimeDecay::new(1.0, 10.0, 0.5);
    check(&inverse, [1.0, 0.8, 0.645_161_3, 0.571_428_6, 0.512_820_5, 0.377_358_5]);
    check(&inverse.staircase(), [1.0, 1.0, 0.666_666_7, 0.666_666_7, 0.666_666_7, 0.4]);
    let polynomial = PolynomialDecay::new(1.0, 10.0).end_learning_rate(0.2).power(2.0);
    check(&polynomial, [1.0, 0.4, 0.2, 0.2, 0.2, 0.2]);
    check(&polynomial.cycle(), [1.0, 0.4, 0.362, 0.25, 0.202, 0.2245]);
    let restarts = CosineDecayRestarts::new(1.0, 10.0).m_mul(0.5).alpha(0.1);
    check(&restarts, [1.0, 0.55, 0.547_229_9, 0.484_099, 0.360_197_75, 0.321_891_6]);
    check(&restarts.t_mul(1.0), [1.0, 0.55, 0.538_987_7, 0.325, 0.111_012_3, 0.189_312_93]);
    // A warm-up of no steps is no warm-up.
    assert!((at(&CosineDecay::new(1.0, 10.0).warmup(2.0, 0.0), 0.0) - 2.0).abs() < 1e-6);
}

#[test]
fn learning_rates_are_numbers_or_schedules() {
    let constant: LearningRate = serde_json::from_value(json!(0.25)).unwrap();
    assert_eq!(constant, LearningRate::Constant(0.25));
    let schedule = LearningRate::from(PiecewiseConstantDecay::new(&[5.0], &[0.1, 0.01]));
    let config = serde_json::to_value(&schedule).unwrap();
    assert_eq!(config["config"]["boundaries"], json!([5]));
    assert_eq!(serde_json::from_value::<LearningRate>(config).unwrap(), schedule);
    assert!(serde_json::from_value::<LearningRate>(json!("fast")).is_err());
}

#[test]
fn what_schedules_cannot_do_is_told() {
    let b = Builder::new();
    CosineDecay::new(1.0, 0.0).call(&b.input("step", []));
    PiecewiseConstantDecay::new(&[5.0], &[0.1]).call(&b.input("step", []));
    PiecewiseConstantDecay::new(&[5.0, 2.0], &[0.1, 0.2, 0.3]).call(&b.input("step", []));
    let messages: Vec<String> = b.errors().iter().map(|error| error.message.clone()).collect();
    assert_eq!(
        messages,
        [
            "a schedule's decay_steps must be greater than 0, got 0",
            "PiecewiseConstantDecay takes one value more than boundaries, got 1 values for 1 boundaries",
            "PiecewiseConstantDecay takes boundaries in ascending order",
        ]
    );
    for entry in SCHEDULES {
        assert!(
            AnySchedule::from_name(entry.name, Value::Null).is_err(),
            "{} has required fields",
            entry.name
        );
    }
}
