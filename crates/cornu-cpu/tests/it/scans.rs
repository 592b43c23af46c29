//! Plans of recurrences: right, repeatable, free of allocations.

use crate::plans::INSTRUCTION_SET;
use crate::sweep::distance;
use cornu_cpu::Plan;
use cornu_graph::ops::ScanOptions;
use cornu_graph::philox::Random;
use cornu_graph::{Array, Builder, DType, Graph, Shape, Tensor, evaluate, grad};

/// A training step of a network with long short-term memory.
fn training_step(steps: usize, rows: usize, units: usize, keep: bool) -> Graph {
    let b = Builder::new();
    let x = b.input("x", [steps, rows, units]);
    let (kernel, recurrent) =
        (b.parameter("kernel", [units, 4 * units]), b.parameter("recurrent", [units, 4 * units]));
    let bias = b.parameter("bias", [4 * units]);
    let zeros = b.zeros([rows, units], DType::F32);
    let inputs = x.matmul(&kernel) + &bias;
    let scanned = b.scan(&[&zeros, &zeros], &[&inputs], ScanOptions::new().keep(keep), |_, carries, x| {
        let z = &x[0] + carries[0].matmul(&recurrent);
        let part = |i: usize| z.slice_axis(1, i * units, (i + 1) * units);
        let c = part(1).sigmoid() * &carries[1] + part(0).sigmoid() * part(2).tanh();
        (vec![part(3).sigmoid() * c.tanh(), c], vec![])
    });
    let loss = (scanned.last(0) - 0.3).square().mean_all() + scanned.carries[1].mean_all() * 0.1;
    let parameters = [&kernel, &recurrent, &bias];
    let g = grad(&loss, &parameters);
    let new: Vec<Tensor> = parameters.iter().zip(&g).map(|(w, g)| *w - g * 0.1).collect();
    let updates: Vec<(&Tensor, &Tensor)> = parameters.into_iter().zip(&new).collect();
    b.build(&[("loss", &loss), ("h", &scanned.carries[0])], &updates)
        .unwrap_or_else(|errors| panic!("{errors}"))
}

fn feed(graph: &Graph) -> (Vec<Array>, Vec<Array>) {
    let mut random = Random::new(3, 0);
    let mut draw = |shape: &Shape| {
        Array::new(shape, (0..shape.size()).map(|_| random.uniform() as f32 - 0.5).collect()).unwrap()
    };
    let inputs = graph.inputs().iter().map(|d| draw(&d.ty.shape)).collect();
    (inputs, graph.parameters().iter().map(|d| draw(&d.ty.shape)).collect())
}

#[test]
fn training_agrees_with_the_reference() {
    // Sequences that all go together, and parts of them that go by themselves.
    for (keep, [steps, rows, units], parts) in [
        (false, [6, 3, 5], ""),
        (true, [6, 3, 5], ""),
        (false, [12, 50, 48], ", 2 parts"),
        (true, [12, 50, 48], ", 2 parts"),
    ] {
        let graph = training_step(steps, rows, units, keep);
        let (inputs, start) = feed(&graph);
        let mut plan = Plan::new(&graph, 2).unwrap();
        let name = format!("scan ({steps} steps{parts})");
        assert!(plan.steps().iter().any(|step| step.kernel == name), "{name}: {}", plan.explain());
        let (mut parameters, mut expected) = (start.clone(), start);
        for _ in 0..2 {
            let reference = evaluate(&graph, &inputs, &expected).unwrap();
            plan.run(&inputs, &mut parameters).unwrap();
            for (i, output) in reference.outputs.iter().enumerate() {
                assert!(distance(&plan.output(i), output) < 1e-5, "{}", plan.explain());
            }
            for (got, wanted) in parameters.iter().zip(&reference.parameters) {
                assert!(distance(got, wanted) < 1e-5, "{}", plan.explain());
            }
            expected = reference.parameters;
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let _alone = INSTRUCTION_SET.lock();
    let graph = training_step(4, 70, 80, true);
    let (inputs, start) = feed(&graph);
    let run = |threads: usize| {
        let mut plan = Plan::new(&graph, threads).unwrap().duplicate();
        let mut parameters = start.clone();
        for _ in 0..2 {
            plan.run(&inputs, &mut parameters).unwrap();
        }
        (plan.output(0), parameters)
    };
    let alone = run(1);
    for threads in [2, 3, 8] {
        assert_eq!(run(threads), alone, "{threads} threads");
    }
}

#[test]
fn steps_in_time_allocate_nothing() {
    for (threads, rows) in [(1, 8), (2, 8), (2, 64)] {
        let graph = training_step(9, rows, 48, true);
        let (inputs, mut parameters) = feed(&graph);
        let mut plan = Plan::new(&graph, threads).unwrap();
        plan.run(&inputs, &mut parameters).unwrap();
        let counted = allocation_counter::measure(|| {
            for _ in 0..20 {
                plan.run(&inputs, &mut parameters).unwrap();
            }
        });
        assert_eq!(counted.count_total, 0, "{threads} threads");
    }
}

#[test]
fn bodies_may_hand_on_what_they_are_given() {
    let b = Builder::new();
    let (x, h, k) = (b.input("x", [5, 2, 3]), b.input("h", [2, 3]), b.input("k", [2, 3]));
    let random = b.parameter("random", [2, 3]);
    let scanned = b.scan(&[&h, &k], &[&x], ScanOptions::new().reverse(true), |_, c, x| {
        // The carries change places; constants, inputs, views and one thing twice are handed out.
        let sum = &c[0] + &x[0];
        let ys = vec![x[0].clone(), random.clone(), sum.transpose(&[1, 0]), sum.clone(), sum, c[1].clone()];
        (vec![c[1].clone(), c[0].clone()], ys)
    });
    let mut outputs: Vec<(&str, &Tensor)> = scanned.carries.iter().map(|t| ("carry", t)).collect();
    outputs.extend(scanned.ys.iter().map(|t| ("y", t)));
    let graph = b.build(&outputs, &[]).unwrap();
    let (inputs, mut parameters) = feed(&graph);
    let mut plan = Plan::new(&graph, 1).unwrap();
    plan.run(&inputs, &mut parameters).unwrap();
    let expected = evaluate(&graph, &inputs, &parameters).unwrap().outputs;
    for (i, expected) in expected.iter().enumerate() {
        assert!(distance(&plan.output(i), expected) < 1e-6, "output {i}: {}", plan.explain());
    }
}

/// Whether a plan gives what the reference gives.
fn agrees(graph: &Graph) {
    let (inputs, mut parameters) = feed(graph);
    let expected = evaluate(graph, &inputs, &parameters).unwrap().outputs;
    let mut plan = Plan::new(graph, 2).unwrap();
    plan.run(&inputs, &mut parameters).unwrap();
    for (i, expected) in expected.iter().enumerate() {
        assert!(distance(&plan.output(i), expected) < 1e-5, "output {i}: {}", plan.explain());
    }
}

#[test]
fn scans_run_within_scans() {
    let b = Builder::new();
    let (x, w) = (b.input("x", [4, 3, 5]), b.parameter("w", [5, 5]));
    let rows = b.input("rows", [4, 5]);
    let outer = b.scan(&[&b.zeros([3, 5], DType::F32)], &[&rows], ScanOptions::new(), |_, c, row| {
        let inner = b.scan(&[&c[0]], &[&x], ScanOptions::new().keep(true).reverse(true), |_, d, y| {
            (vec![(d[0].matmul(&w) + &y[0] * &row[0]).tanh()], vec![])
        });
        (vec![inner.last(0)], vec![inner.carries[0].sum(&[0])])
    });
    let loss = outer.last(0).square().sum_all() + outer.ys[0].mean_all();
    let g = grad(&loss, &[&w, &x, &rows]);
    agrees(&b.build(&[("y", &outer.ys[0]), ("w", &g[0]), ("x", &g[1]), ("rows", &g[2])], &[]).unwrap());
}

#[test]
fn batched_scans_and_random_numbers_in_bodies() {
    let graph = training_step(4, 2, 3, true);
    let forward = Builder::new();
    let (inputs, parameters) = graph.declare_in(&forward);
    let (outputs, _) = graph.inline(&forward, &inputs, &parameters, &mut |_, _, _| None);
    let one = forward.build(&[("loss", &outputs[0]), ("h", &outputs[1])], &[]).unwrap();
    agrees(&cornu_graph::batch(&one, 3, &[true]).unwrap());

    let b = Builder::new();
    let (x, h) = (b.input("x", [5, 17]), b.input("h", [17]));
    let seed = b.scalar(7.0, DType::I64);
    let steps = b.iota([5], 0, DType::I64);
    let scanned = b.scan(&[&h], &[&x, &steps], ScanOptions::new(), |b, h, x| {
        let kept = b.uniform([17], b.next_stream(), &seed, &x[1]).less(0.5);
        (vec![kept.select(&(&h[0] + &x[0]), &h[0])], vec![])
    });
    agrees(&b.build(&[("h", &scanned.carries[0])], &[]).unwrap());
}

#[test]
fn a_scan_is_one_step_with_its_bodys_cost() {
    let b = Builder::new();
    let (x, w) = (b.input("x", [10, 4, 8]), b.input("w", [8, 8]));
    let scanned = b.scan(&[&b.zeros([4, 8], DType::F32)], &[&x], ScanOptions::new(), |_, h, x| {
        (vec![(&x[0] + h[0].matmul(&w)).tanh()], vec![])
    });
    let plan = Plan::new(&b.build(&[("y", &scanned.carries[0])], &[]).unwrap(), 1).unwrap();
    let steps = plan.steps();
    let scan = steps.iter().find(|step| step.kernel == "scan (10 steps)").unwrap();
    assert_eq!(scan.operations, ["dot", "add", "tanh"]);
    assert_eq!(scan.flops, 10 * (2 * 4 * 8 * 8 + 2 * 4 * 8));
}
