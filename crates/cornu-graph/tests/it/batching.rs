//! Batching where it is more than a loop over examples.

use cornu_graph::{Array, Builder, DType, Type, batch, evaluate};

#[test]
fn outputs_of_no_batched_input_are_repeated() {
    let b = Builder::new();
    let (x, s) = (b.input("x", [2]), b.input("s", []));
    let graph = b.build(&[("x", &x.exp()), ("s", &(&s * 2.0))], &[]).unwrap();
    let many = batch(&graph, 3, &[true, false]).unwrap();
    let y = evaluate(&many, &[Array::zeros([3, 2], DType::F32), Array::scalar(4f32)], &[]).unwrap();
    assert_eq!(y.outputs[0].shape()[..], [3, 2]);
    assert_eq!(y.outputs[1].to_f64(), [8.0, 8.0, 8.0]);
}

#[test]
fn each_example_draws_its_own_numbers() {
    let b = Builder::new();
    let seed = b.input_of("seed", Type::new([], DType::I64));
    let step = b.input_of("step", Type::new([], DType::I64));
    let graph = b.build(&[("u", &b.uniform([4], 3, &seed, &step))], &[]).unwrap();
    // The first example's seed alone counts; the numbers are those of one draw for all examples.
    let many = batch(&graph, 2, &[true, false]).unwrap();
    let all = evaluate(&many, &[Array::from_vec(vec![5i64, 6]), Array::scalar(1i64)], &[]).unwrap();
    let all = all.outputs[0].to_f64();
    let one = evaluate(&graph, &[Array::scalar(5i64), Array::scalar(1i64)], &[]).unwrap();
    assert_eq!(all[..4], one.outputs[0].to_f64());
    assert!(all[4..].iter().all(|u| !all[..4].contains(u)));
}
