//! Every sample of every operation: plan against reference, value and gradient, on every instruction
//! set and any number of threads.

use cornu_cpu::Plan;
use cornu_graph::ops::Sample;
use cornu_graph::philox::Random;
use cornu_graph::{Array, Builder, Graph, Op, Tensor, evaluate, functions, grad};

/// All samples of operations and functions.
fn samples() -> Vec<(&'static str, Sample)> {
    Op::samples().into_iter().chain(functions::samples()).collect()
}

/// The graph of a sample's value and, where it has one, its gradient.
fn graph_of(sample: &Sample) -> Graph {
    let b = Builder::new();
    let inputs: Vec<Tensor> = sample
        .inputs
        .iter()
        .enumerate()
        .map(|(i, draw)| b.input_of(&format!("x{i}"), draw.ty.clone()))
        .collect();
    let y = (sample.call)(&b, &inputs);
    let mut outputs = vec![("y".to_string(), y.clone())];
    if sample.differentiable && y.dtype().is_float() {
        let rank = y.rank();
        let mut weights = y.full_like(1.0);
        for axis in 0..rank {
            weights = weights * (b.iota(y.shape(), axis, y.dtype()) * 0.37 + 0.5);
        }
        let loss = (&y * weights).sum_all();
        let floats: Vec<&Tensor> = inputs.iter().filter(|x| x.dtype().is_float()).collect();
        for (i, dx) in grad(&loss, &floats).into_iter().enumerate() {
            outputs.push((format!("dx{i}"), dx));
        }
    }
    let outputs: Vec<(&str, &Tensor)> =
        outputs.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    b.build(&outputs, &[]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Numbers for a sample's operands.
pub fn draw(sample: &Sample, random: &mut Random) -> Vec<Array> {
    sample
        .inputs
        .iter()
        .map(|draw| {
            let values: Vec<f64> = (0..draw.ty.shape.size())
                .map(|_| {
                    let x = draw.low + (draw.high - draw.low) * random.uniform();
                    if draw.ty.dtype.is_float() { x } else { x.floor() }
                })
                .collect();
            Array::from_f64(&draw.ty.shape, draw.ty.dtype, &values).unwrap()
        })
        .collect()
}

/// How far apart two arrays are, relative to the largest element.
pub fn distance(a: &Array, b: &Array) -> f64 {
    assert_eq!((a.shape(), a.dtype()), (b.shape(), b.dtype()));
    let (a, b) = (a.to_f64(), b.to_f64());
    let scale = b.iter().fold(1.0f64, |m, x| if x.is_finite() { m.max(x.abs()) } else { m });
    a.iter().zip(&b).fold(0.0, |worst, (x, y)| match (x, y) {
        (x, y) if x == y || (x.is_nan() && y.is_nan()) => worst,
        (x, y) => f64::max(worst, if (x - y).is_finite() { (x - y).abs() / scale } else { f64::INFINITY }),
    })
}

#[test]
fn plans_agree_with_the_reference() {
    let mut failures = Vec::new();
    for (name, sample) in samples() {
        let graph = graph_of(&sample);
        let mut random = Random::new(5, 0);
        let mut plan = Plan::new(&graph, 1).unwrap();
        for _ in 0..2 {
            let inputs = draw(&sample, &mut random);
            let expected = evaluate(&graph, &inputs, &[]).unwrap().outputs;
            plan.run(&inputs.iter().collect::<Vec<_>>(), &mut []).unwrap();
            for (i, expected) in expected.iter().enumerate() {
                let distance = distance(&plan.output(i), expected);
                let tolerance = if i == 0 { sample.tolerance } else { 10.0 * sample.tolerance };
                if distance.is_nan() || distance > tolerance {
                    let output = &graph.outputs()[i].0;
                    failures.push(format!(
                        "{name}, {}: {output} is off by {distance:e}\n{graph}{}",
                        sample.name,
                        plan.explain()
                    ));
                }
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures[..failures.len().min(3)].join("\n")
    );
}
