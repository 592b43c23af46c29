//! Work on 16-bit floats: plans against the reference, which rounds each result once.

use crate::plans::INSTRUCTION_SET;
use cornu_cpu::Plan;
use cornu_cpu::simd::Isa;
use cornu_graph::ops::{Conv, Window};
use cornu_graph::philox::Random;
use cornu_graph::{Array, Builder, DType, Graph, Tensor, Type, evaluate, grad};

const HALVES: [(DType, f64); 2] = [(DType::BF16, 1.0 / 128.0), (DType::F16, 1.0 / 1024.0)];

/// Runs the graph on every instruction set, for one and three threads; results are the same for both, and
/// the reference's to `epsilon`.
fn check(name: &str, graph: &Graph, epsilon: f64) {
    let mut random = Random::new(3, 9);
    let inputs: Vec<Array> = (graph.inputs().iter())
        .map(|d| {
            // Quarters: sums are exact in f32 as in the reference, so that greatest elements are the same.
            let values: Vec<f64> =
                (0..d.ty.shape.size()).map(|_| random.below(9) as f64 / 4.0 - 1.0).collect();
            Array::from_f64(&d.ty.shape, d.ty.dtype, &values).unwrap()
        })
        .collect();
    let expected = evaluate(graph, &inputs, &[]).unwrap().outputs;
    let _alone = INSTRUCTION_SET.lock();
    for isa in Isa::available() {
        isa.force();
        let mut first: Vec<Array> = Vec::new();
        for threads in [1, 3] {
            let mut plan = Plan::new(graph, threads).unwrap();
            assert!(!plan.explain().contains("reference"), "{name}: {}", plan.explain());
            plan.run(&inputs, &mut []).unwrap();
            plan.run(&inputs, &mut []).unwrap();
            let outputs: Vec<Array> = (0..expected.len()).map(|i| plan.output(i)).collect();
            for (got, wanted) in outputs.iter().zip(&expected) {
                assert_eq!(got.dtype(), wanted.dtype());
                let largest = wanted.to_f64().iter().fold(1e-3f64, |most, x| most.max(x.abs()));
                for (got, wanted) in got.to_f64().iter().zip(wanted.to_f64()) {
                    let close = (got - wanted).abs() <= epsilon * largest;
                    assert!(close, "{name}, {isa:?}: {got} for {wanted}\n{graph}");
                }
            }
            if first.is_empty() {
                first = outputs;
            } else {
                assert_eq!(first, outputs, "{name}, {isa:?}: the bits differ on {threads} threads");
            }
        }
    }
    Isa::best().force();
}

#[test]
fn products_agree_with_the_reference() {
    for (dtype, epsilon) in HALVES {
        for (m, n, k) in [(1, 1, 1), (3, 5, 7), (16, 10, 33), (130, 200, 65), (300, 96, 29), (64, 200, 130)] {
            for turned in 0..4 {
                let b = Builder::new();
                let of = |name: &str, rows: usize, columns: usize, turned: bool| -> Tensor {
                    let shape = if turned { [columns, rows] } else { [rows, columns] };
                    let x = b.input_of(name, Type::new(shape, dtype));
                    if turned { x.transpose(&[1, 0]) } else { x }
                };
                let (x, y) = (of("x", m, k, turned & 1 != 0), of("y", k, n, turned & 2 != 0));
                let graph = b.build(&[("xy", &x.matmul(&y))], &[]).unwrap();
                check(&format!("{m} x {k} x {n} {dtype} {turned}"), &graph, epsilon);
            }
        }
    }
}

#[test]
fn products_of_views_and_of_many_matrices_agree_with_the_reference() {
    for (dtype, epsilon) in HALVES {
        let b = Builder::new();
        let x = b.input_of("x", Type::new([3, 70, 2, 40], dtype));
        let y = b.input_of("y", Type::new([3, 50, 2, 40], dtype));
        // Heads beside each other, as attention has them: steps of a line in one piece, or lines.
        let heads = |x: &Tensor| x.transpose(&[0, 2, 1, 3]);
        let scores = heads(&x).matmul(&heads(&y).transpose(&[0, 1, 3, 2]));
        let back = scores.matmul(&heads(&y));
        let every_other = x.slice(&[(0, 1, 1), (0, 70, 1), (0, 2, 1), (0, 39, 2)]).reshape([70, 2, 20]);
        let gram = every_other.transpose(&[1, 0, 2]).matmul(&every_other.transpose(&[1, 2, 0]));
        let named = [("scores", &scores), ("back", &back), ("gram", &gram)];
        check(&format!("{dtype}"), &b.build(&named, &[]).unwrap(), epsilon);
    }
}

#[test]
fn convolutions_and_their_gradients_agree_with_the_reference() {
    let same = || Conv::new(2).padding(&[(1, 1), (1, 1)]);
    for (name, x, kernel, conv) in [
        ("one channel", [3, 12, 12, 1], [3, 3, 1, 32], Conv::new(2)),
        ("sixteen features", [4, 10, 10, 16], [3, 3, 16, 16], same()),
        ("more than a tile", [4, 10, 10, 16], [3, 3, 16, 40], Conv::new(2)),
        ("colors", [2, 16, 16, 3], [5, 5, 3, 12], Conv::new(2).padding(&[(2, 2), (2, 2)])),
        ("strides", [3, 11, 11, 8], [3, 3, 8, 24], same().strides(&[2, 2])),
        ("wide", [1, 6, 6, 64], [3, 3, 64, 70], same()),
        ("each by itself", [3, 9, 9, 7], [1, 1, 7, 20], Conv::new(2)),
        ("one feature", [3, 9, 9, 20], [3, 3, 20, 1], same()),
        ("three features, strides", [2, 9, 11, 33], [3, 2, 33, 3], same().strides(&[2, 2])),
        ("up", [2, 7, 7, 32], [3, 3, 32, 24], same().input_dilation(&[2, 2])),
        ("holes", [2, 11, 9, 6], [3, 3, 6, 18], same().kernel_dilation(&[2, 1])),
        ("depthwise", [3, 9, 9, 40], [3, 3, 1, 40], same().groups(40)),
        ("groups", [2, 9, 9, 24], [3, 3, 8, 30], same().groups(3)),
    ] {
        for (dtype, epsilon) in HALVES {
            let b = Builder::new();
            let x = b.input_of("x", Type::new(x, dtype));
            let kernel = b.input_of("kernel", Type::new(kernel, dtype));
            let y = x.conv(&kernel, conv.clone());
            let loss = (&y * &y).cast(DType::F32).sum_all();
            let g = grad(&loss, &[&x, &kernel]);
            let graph = b.build(&[("y", &y), ("dx", &g[0]), ("dk", &g[1])], &[]).unwrap();
            check(&format!("{name} {dtype}"), &graph, 2.0 * epsilon);
        }
    }
}

#[test]
fn a_network_of_halves_and_its_gradient_agree_with_the_reference() {
    for (dtype, epsilon) in HALVES {
        let b = Builder::new();
        let x = b.input_of("x", Type::new([3, 9, 9, 4], dtype));
        let kernel = b.input_of("kernel", Type::new([3, 3, 4, 8], dtype));
        let h = x.conv(&kernel, Conv::new(2).strides(&[2, 1])).maximum(0.0);
        let h = h.window_max(Window::new(&[1, 2, 2, 1]).strides(&[1, 2, 2, 1]));
        let loss = (&h * &h).cast(DType::F32).sum_all();
        let g = grad(&loss, &[&x, &kernel]);
        let graph = b.build(&[("h", &h), ("dx", &g[0]), ("dk", &g[1])], &[]).unwrap();
        check(&format!("{dtype}"), &graph, 4.0 * epsilon);
    }
}
