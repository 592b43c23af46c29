//! What plans promise beyond single operations: fused graphs mean what they say, in-place updates
//! take old values, any number of threads gives the same bits, nothing is allocated.

use crate::sweep::distance;
use cornu_cpu::Plan;
use cornu_cpu::simd::Isa;
use cornu_graph::philox::Random;
use cornu_graph::{Array, Builder, DType, Graph, Shape, Tensor, concat, evaluate, grad};
use std::sync::Mutex;

/// Held by tests that compare bits or choose the instruction set, which is the whole process's.
pub static INSTRUCTION_SET: Mutex<()> = Mutex::new(());

/// Numbers between -1 and 1.
fn draw(random: &mut Random, shape: impl Into<Shape>) -> Array {
    let shape = shape.into();
    let values = (0..shape.size()).map(|_| random.uniform() as f32 * 2.0 - 1.0).collect();
    Array::new(shape, values).unwrap()
}

/// A graph of random operations with several outputs and updates.
fn random_graph(random: &mut Random) -> Graph {
    let b = Builder::new();
    let extents = [1, 2, 3, 5, 17, 40];
    let mut extent = || extents[random.below(extents.len())];
    let (m, n) = (extent(), extent());
    let mut values: Vec<Tensor> = vec![b.input("x", [m, n]), b.input("y", [n]), b.input("z", [m, 1])];
    let parameters = [b.parameter("p", [m, n]), b.parameter("q", [n]), b.parameter("r", [m, n])];
    values.extend(parameters.iter().cloned());
    for _ in 0..6 + random.below(24) {
        let a = values[random.below(values.len())].clone();
        let c = values[random.below(values.len())].clone();
        let agree = a.shape().broadcast(&c.shape()).is_some_and(|shape| shape.size() < 5000);
        let rank = a.rank();
        let new = match random.below(16) {
            0 | 1 if agree => &a + &c,
            2 if agree => &a * &c * 0.5,
            3 if agree => a.maximum(&c),
            4 if agree => a.less(&c).select(&a, 0.25),
            5 => a.tanh(),
            6 => -&a + 0.125,
            7 if rank > 0 => a.mean_keep(&[random.below(rank) as isize]),
            8 if rank > 0 => a.mean(&[random.below(rank) as isize]),
            9 if rank > 1 => a.reduce_max(&[0]) * 0.5,
            10 if rank == 2 => a.transpose(&[1, 0]),
            11 => a.reshape([a.shape().size()]),
            12 if rank == 2 && a.extent(1) == n => {
                a.matmul(&parameters[0].transpose(&[1, 0])).slice_axis(1, 0, m.min(2)) * (1.0 / n as f64)
            }
            13 if rank > 0 && a.extent(0) > 1 => {
                let half = a.extent(0) / 2;
                concat(&[&a.slice_axis(0, half, a.extent(0)), &a.slice_axis(0, 0, half)], 0)
            }
            14 if rank > 0 => a.cumsum(0) * (1.0 / a.extent(0) as f64),
            15 if rank == 2 => a.sum(&[0, 1]) * 0.01,
            _ => &a * 0.75,
        };
        values.push(new);
    }
    let outputs: Vec<Tensor> = (0..3).map(|_| values[random.below(values.len())].clone()).collect();
    let mut updates = Vec::new();
    for parameter in &parameters {
        let fits: Vec<&Tensor> = values.iter().filter(|value| value.shape() == parameter.shape()).collect();
        if random.below(4) > 0 {
            updates.push((parameter, fits[random.below(fits.len())]));
        }
    }
    let named: Vec<(&str, &Tensor)> = ["a", "b", "c"].into_iter().zip(&outputs).collect();
    b.build(&named, &updates).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Inputs and parameters for a graph.
fn feed(graph: &Graph, random: &mut Random) -> (Vec<Array>, Vec<Array>) {
    let mut fill = |declared: &[cornu_graph::Declaration]| -> Vec<Array> {
        declared.iter().map(|d| draw(random, &d.ty.shape)).collect()
    };
    let inputs = fill(graph.inputs());
    (inputs, fill(graph.parameters()))
}

#[test]
fn random_graphs_mean_what_they_say() {
    for seed in 0..400 {
        let mut random = Random::new(seed, 0);
        let graph = random_graph(&mut random);
        let (inputs, start) = feed(&graph, &mut random);
        let mut plan = Plan::new(&graph, 1 + seed as usize % 3).unwrap();
        let (mut parameters, mut expected) = (start.clone(), start);
        // Twice: state carries over.
        for round in 0..2 {
            let reference = evaluate(&graph, &inputs, &expected).unwrap();
            plan.run(&inputs, &mut parameters).unwrap();
            for (i, output) in reference.outputs.iter().enumerate() {
                let off = distance(&plan.output(i), output);
                assert!(
                    off < 1e-4,
                    "seed {seed}, round {round}, output {i}: {off}\n{graph}\n{}",
                    plan.explain()
                );
            }
            for (i, (got, wanted)) in parameters.iter().zip(&reference.parameters).enumerate() {
                let off = distance(got, wanted);
                assert!(
                    off < 1e-4,
                    "seed {seed}, round {round}, parameter {i}: {off}\n{graph}\n{}",
                    plan.explain()
                );
            }
            expected = reference.parameters;
        }
    }
}

/// A training step of a small network whose steps are large enough to be split.
fn training_step(rows: usize, width: usize) -> Graph {
    let b = Builder::new();
    let x = b.input("x", [rows, width]);
    let t = b.input("t", [rows, 8]);
    let (w1, c1) = (b.parameter("w1", [width, 64]), b.parameter("c1", [64]));
    let w2 = b.parameter("w2", [64, 8]);
    let h = (x.matmul(&w1) + &c1).tanh();
    let y = h.matmul(&w2).softmax(-1);
    let loss = -(&t * y.log()).sum(&[-1]).mean_all();
    let g = grad(&loss, &[&w1, &c1, &w2]);
    let norm = (&g[0] * &g[0]).sum_all().sqrt();
    let step = |w: &Tensor, g: &Tensor| w - g / (&norm + 1.0);
    let new = [step(&w1, &g[0]), step(&c1, &g[1]), step(&w2, &g[2])];
    b.build(&[("loss", &loss)], &[(&w1, &new[0]), (&c1, &new[1]), (&w2, &new[2])]).unwrap()
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let _alone = INSTRUCTION_SET.lock();
    let graph = training_step(1500, 300);
    let mut random = Random::new(3, 0);
    let (inputs, start) = feed(&graph, &mut random);
    let run = |threads: usize| {
        let mut plan = Plan::new(&graph, threads).unwrap();
        let mut parameters = start.clone();
        for _ in 0..3 {
            plan.run(&inputs, &mut parameters).unwrap();
        }
        (plan.output(0), parameters)
    };
    let alone = run(1);
    assert!(alone.0.is_finite());
    for threads in [2, 3, 4, 8] {
        assert_eq!(run(threads), alone, "{threads} threads");
    }
}

#[test]
fn every_instruction_set_agrees() {
    let _alone = INSTRUCTION_SET.lock();
    let graph = training_step(200, 40);
    let mut random = Random::new(4, 0);
    let (inputs, start) = feed(&graph, &mut random);
    let expected = evaluate(&graph, &inputs, &start).unwrap();
    for isa in Isa::available() {
        isa.force();
        let mut plan = Plan::new(&graph, 2).unwrap();
        let mut parameters = start.clone();
        plan.run(&inputs, &mut parameters).unwrap();
        for (got, wanted) in parameters.iter().zip(&expected.parameters) {
            assert!(distance(got, wanted) < 1e-5, "{isa:?}");
        }
    }
    Isa::best().force();
}

#[test]
fn a_step_allocates_nothing() {
    let graph = training_step(128, 100);
    let mut random = Random::new(5, 0);
    let (inputs, mut parameters) = feed(&graph, &mut random);
    for threads in [1, 2] {
        let mut plan = Plan::new(&graph, threads).unwrap();
        plan.run(&inputs, &mut parameters).unwrap();
        let counted = allocation_counter::measure(|| {
            for _ in 0..50 {
                plan.run(&inputs, &mut parameters).unwrap();
            }
        });
        assert_eq!(counted.count_total, 0, "{threads} threads");
    }
}

#[test]
fn sums_of_integers_stay_integers_where_loops_follow() {
    for (rows, columns) in [(40, 30), (700, 600)] {
        for (dtype, axis) in [(DType::I64, 0), (DType::I64, 1), (DType::I32, 0), (DType::I32, 1)] {
            let b = Builder::new();
            // Loops of `f32` and of `f64` lanes, of which the second follows the first.
            let x = (b.input("x", [rows, columns]) * 50.0).floor();
            let whole = x.cast(dtype);
            let sum = whole.sum_keep(&[axis]);
            let graph = b.build(&[("x", &x), ("sum", &sum), ("from it", &(&whole - &sum))], &[]).unwrap();
            let inputs = [draw(&mut Random::new(5, 0), [rows, columns])];
            let mut plan = Plan::new(&graph, 2).unwrap();
            plan.run(&inputs, &mut []).unwrap();
            let reference = evaluate(&graph, &inputs, &[]).unwrap();
            for (i, expected) in reference.outputs.iter().enumerate() {
                let same = plan.output(i) == *expected;
                assert!(same, "output {i}, {dtype} over axis {axis}:\n{}", plan.explain());
            }
        }
    }
}

#[test]
fn swapped_parameters_take_each_others_old_value() {
    let b = Builder::new();
    let (p, q) = (b.parameter("p", [3]), b.parameter("q", [3]));
    let graph = b.build(&[("old", &p)], &[(&p, &q), (&q, &p)]).unwrap();
    let mut plan = Plan::new(&graph, 1).unwrap();
    let (one, two) = (Array::from_vec(vec![1f32, 2.0, 3.0]), Array::from_vec(vec![4f32, 5.0, 6.0]));
    let mut parameters = [one.clone(), two.clone()];
    plan.run::<Array>(&[], &mut parameters).unwrap();
    assert_eq!(parameters, [two, one.clone()]);
    assert_eq!(plan.output(0), one);
}

#[test]
fn updates_happen_where_the_parameters_lie() {
    // Momentum: both slots change in one loop, over the memory they are read from.
    let b = Builder::new();
    let (w, m, g) = (b.parameter("w", [1000]), b.parameter("m", [1000]), b.input("g", [1000]));
    let new_m = &m * 0.9 + &g;
    let new_w = &w - &new_m * 0.1;
    let graph = b.build(&[], &[(&w, &new_w), (&m, &new_m)]).unwrap();
    let plan = Plan::new(&graph, 1).unwrap();
    assert_eq!(plan.steps().len(), 1, "{}", plan.explain());
    assert!(plan.working_bytes() < 12_000, "no array is kept beside the parameters");
}

#[test]
fn memory_is_known_and_shared() {
    // A long chain of products needs two intermediate arrays, not fifty.
    let b = Builder::new();
    let w = b.parameter("w", [64, 64]);
    let mut x = b.input("x", [64, 64]);
    for _ in 0..50 {
        x = x.matmul(&w).tanh();
    }
    let plan = Plan::new(&b.build(&[("x", &x)], &[]).unwrap(), 1).unwrap();
    let array = 64 * 64 * 4;
    assert!(plan.working_bytes() < 5 * array + 200_000, "{}", plan.working_bytes());
    assert_eq!(plan.flops(), 50 * (2 * 64 * 64 * 64 + 64 * 64));
}

#[test]
fn what_does_not_fit_is_refused() {
    let b = Builder::new();
    let x = b.input_of("x", cornu_graph::Type::new([2, 3], DType::F32));
    let mut plan = Plan::new(&b.build(&[("y", &(&x + 1.0))], &[]).unwrap(), 1).unwrap();
    let error = plan.run(&[Array::zeros([3, 2], DType::F32)], &mut []).unwrap_err();
    assert_eq!(error.to_string(), "input `x` is f32[2, 3], got f32[3, 2]");
    let error = plan.run(&[Array::zeros([2, 3], DType::I32)], &mut []).unwrap_err();
    assert_eq!(error.to_string(), "input `x` is f32[2, 3], got i32[2, 3]");
    let error = plan.run::<Array>(&[], &mut []).unwrap_err();
    assert_eq!(error.to_string(), "the graph takes 1 inputs, got 0");
}

/// What is padded is longer than a block of the loops that fill its frame.
#[test]
fn a_long_frame_is_filled_before_what_it_holds_is_put_in() {
    let b = Builder::new();
    let x = b.input("x", [512, 16]);
    // A view of the columns, so that the pad is a loop of its own.
    let y = x.transpose(&[1, 0]).sum(&[0]).reshape([1, 512]).pad(&[(39, 0, 0), (0, 0, 0)], 0.0);
    let graph = b.build(&[("y", &y)], &[]).unwrap();
    let x = draw(&mut Random::new(1, 1), [512, 16]);
    let expected = cornu_graph::evaluate(&graph, std::slice::from_ref(&x), &[]).unwrap();
    let mut plan = Plan::new(&graph, 1).unwrap();
    plan.run(&[x], &mut []).unwrap();
    let found = plan.output(0).to_f64();
    assert!(
        found.iter().zip(expected.outputs[0].to_f64()).all(|(a, b)| (a - b).abs() < 1e-4),
        "{}",
        plan.explain()
    );
}
