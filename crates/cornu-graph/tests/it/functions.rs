//! Functions: known values, and finite gradients where numbers are large, small or zero.

use crate::check::{close, precise};
use cornu_graph::{
    Array, Builder, DType, Squash, Tensor, Type, evaluate, grad, sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
};

const LN_2: f64 = std::f64::consts::LN_2;

type Call = fn(&Tensor) -> Tensor;

/// Value and gradient of the sum of the value.
fn both(x: &[f64], call: Call) -> (Vec<f64>, Vec<f64>) {
    let builder = Builder::new();
    let input = builder.input_of("x", Type::new([x.len()], precise(DType::F32)));
    let y = call(&input);
    let dx = grad(&y.sum_all(), &[&input]);
    let graph = builder.build(&[("y", &y), ("dx", &dx[0])], &[]).unwrap();
    let outputs = evaluate(&graph, &[Array::from_vec(x.to_vec())], &[]).unwrap().outputs;
    (outputs[0].to_f64(), outputs[1].to_f64())
}

const ACTIVATIONS: &[(&str, Call)] = &[
    ("relu", |x| x.relu()),
    ("leaky_relu", |x| x.leaky_relu(0.2)),
    ("elu", |x| x.elu(1.0)),
    ("selu", |x| x.selu()),
    ("gelu", |x| x.gelu(false)),
    ("gelu, approximate", |x| x.gelu(true)),
    ("sigmoid", |x| x.sigmoid()),
    ("silu", |x| x.silu()),
    ("softplus", |x| x.softplus()),
    ("softmax", |x| x.softmax(-1)),
    ("log_softmax", |x| x.log_softmax(-1)),
    ("logsumexp", |x| x.logsumexp(-1)),
    ("square", |x| x.square()),
    ("clip", |x| x.clip(-6.0, 6.0)),
    ("variance", |x| x.variance(&[0])),
    ("sigmoid cross-entropy", |x| sigmoid_cross_entropy_with_logits(&x.full_like(0.3), x)),
    ("softmax cross-entropy", |x| softmax_cross_entropy_with_logits(&x.full_like(0.2), x, -1)),
];

#[test]
fn values_and_gradients_stay_finite() {
    for (name, call) in ACTIVATIONS {
        let (y, dx) = both(&[0.0, -0.0, 1e-30, 1e4, -1e4], *call);
        assert!(y.iter().chain(&dx).all(|x| x.is_finite()), "{name}: {y:?} {dx:?}");
        for x in [0.0, 1e4, -1e4, 80.0, -80.0] {
            let (y, dx) = both(&[x], *call);
            assert!(y.iter().chain(&dx).all(|x| x.is_finite()), "{name} at {x}: {y:?} {dx:?}");
        }
    }
}

/// Values of Keras 3's functions at -2, -0.5, 0 and 1.5, from their definitions.
#[test]
fn values_are_those_of_keras() {
    let expected: &[(&str, [f64; 4])] = &[
        ("relu", [0.0, 0.0, 0.0, 1.5]),
        ("leaky_relu", [-0.4, -0.1, 0.0, 1.5]),
        ("elu", [-0.864_664_716_8, -0.393_469_340_3, 0.0, 1.5]),
        ("selu", [-1.520_166_468_6, -0.691_758_187_4, 0.0, 1.576_051_481_0]),
        ("gelu", [-0.045_500_263_9, -0.154_268_769_4, 0.0, 1.399_789_198_0]),
        ("gelu, approximate", [-0.045_402_305_9, -0.154_285_990_0, 0.0, 1.399_571_577_0]),
        ("sigmoid", [0.119_202_922_0, 0.377_540_668_8, 0.5, 0.817_574_476_2]),
        ("silu", [-0.238_405_844_0, -0.188_770_334_4, 0.0, 1.226_361_714_3]),
        ("softplus", [0.126_928_011_0, 0.474_076_984_2, LN_2, 1.701_413_277_9]),
    ];
    for (name, values) in expected {
        let call = ACTIVATIONS.iter().find(|(of, _)| of == name).unwrap().1;
        let (y, _) = both(&[-2.0, -0.5, 0.0, 1.5], call);
        close(&y, values, 1e-6).unwrap_or_else(|message| panic!("{name}: {message}"));
    }
}

#[test]
fn gradients_at_corners() {
    assert_eq!(both(&[0.0, -1.0, 1.0], |x| x.relu()).1, [0.0, 0.0, 1.0]);
    assert_eq!(both(&[0.0, -1.0, 1.0], |x| x.leaky_relu(0.2)).1, [0.2, 0.2, 1.0]);
    assert_eq!(both(&[0.0], |x| x.elu(0.5)).1, [1.0]);
    assert_eq!(both(&[0.0], |x| x.softplus()).1, [0.5]);
    assert_eq!(both(&[-1.0, 0.0, 1.0, 2.0], |x| x.clip(-1.0, 1.0)).1, [1.0, 1.0, 1.0, 0.0]);
    let nan = both(&[f64::NAN], |x| x.relu()).0;
    assert!(nan[0].is_nan(), "relu must not hide NaN");
}

#[test]
fn cross_entropies_equal_their_definitions() {
    let (y, _) = both(&[-2.0, 0.5, 3.0], |x| sigmoid_cross_entropy_with_logits(&x.full_like(0.3), x));
    let direct = |x: f64| {
        let p = 1.0 / (1.0 + (-x).exp());
        -(0.3 * p.ln() + 0.7 * (1.0 - p).ln())
    };
    close(&y, &[-2.0, 0.5, 3.0].map(direct), 1e-12).unwrap();
    let (y, dx) =
        both(&[1.0, 2.0, 4.0], |x| softmax_cross_entropy_with_logits(&x.full_like(1.0 / 3.0), x, -1));
    let powers = [1.0, 2.0, 4.0].map(f64::exp);
    let sum: f64 = powers.iter().sum();
    close(&y, &[powers.iter().map(|p| -(p / sum).ln() / 3.0).sum()], 1e-12).unwrap();
    close(&dx, &powers.map(|p| p / sum - 1.0 / 3.0), 1e-12).unwrap();
}

#[test]
fn softmax_and_sigmoid_remember_their_logits() {
    let builder = Builder::new();
    let x = builder.input("x", [2, 3]);
    assert!(builder.logits(&x.softmax(-1), Squash::Softmax).is_some_and(|logits| logits.is(&x)));
    assert!(builder.logits(&x.softmax(1), Squash::Sigmoid).is_none());
    assert!(builder.logits(&x.softmax(0), Squash::Softmax).is_none());
    assert!(builder.logits(&x.sigmoid(), Squash::Sigmoid).is_some_and(|logits| logits.is(&x)));
}

#[test]
fn one_hot_marks_places() {
    let builder = Builder::new();
    let x = builder.input_of("x", Type::new([3], DType::I32));
    let graph = builder.build(&[("y", &x.one_hot(3, DType::F32))], &[]).unwrap();
    let y = evaluate(&graph, &[Array::from_vec(vec![2i32, 0, -1])], &[]).unwrap();
    assert_eq!(y.outputs[0].to_f64(), [0., 0., 1., 1., 0., 0., 0., 0., 0.]);
}

#[test]
fn normal_numbers_have_their_moments() {
    let builder = Builder::new();
    let (seed, step) = (builder.scalar(7.0, DType::I64), builder.scalar(0.0, DType::I64));
    let graph = builder.build(&[("z", &builder.normal([20_000], (0, 1), &seed, &step))], &[]).unwrap();
    let z = evaluate(&graph, &[], &[]).unwrap().outputs[0].to_f64();
    let n = z.len() as f64;
    let moment = |k: i32| z.iter().map(|z| z.powi(k)).sum::<f64>() / n;
    assert!(moment(1).abs() < 0.02 && (moment(2) - 1.0).abs() < 0.03, "{} {}", moment(1), moment(2));
    assert!(moment(3).abs() < 0.08 && (moment(4) - 3.0).abs() < 0.2, "{} {}", moment(3), moment(4));
}
