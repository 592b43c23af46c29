//! Convolutions and windows of many shapes: plans against the reference, value and gradients, with
//! the same bits at any number of threads.

use crate::plans::INSTRUCTION_SET;
use crate::sweep::distance;
use cornu_cpu::simd::Isa;
use cornu_cpu::{Plan, StepReport};
use cornu_graph::ops::{Conv, Window};
use cornu_graph::philox::Random;
use cornu_graph::{Array, Builder, DType, Graph, Shape, Tensor, Type, evaluate, grad};

fn draw(random: &mut Random, ty: &Type) -> Array {
    let values: Vec<f64> = (0..ty.shape.size()).map(|_| random.uniform() * 2.0 - 1.0).collect();
    Array::from_f64(&ty.shape, ty.dtype, &values).unwrap()
}

/// A value and the gradients of all inputs.
fn with_gradients(y: &Tensor, x: &[&Tensor]) -> Graph {
    let weights = y.builder().iota(y.shape(), y.rank() - 1, y.dtype()) * 0.1 + 0.5;
    let g = grad(&(y * y * weights).sum_all(), x);
    let mut outputs = vec![("y", y)];
    outputs.extend(g.iter().map(|g| ("dx", g)));
    y.builder().build(&outputs, &[]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Runs the graph as plans for one and three threads, whose results are the same and, in every instruction
/// set, the reference's.
fn check(name: &str, graph: &Graph, random: &mut Random) {
    let inputs: Vec<Array> = graph.inputs().iter().map(|d| draw(random, &d.ty)).collect();
    let expected = evaluate(graph, &inputs, &[]).unwrap().outputs;
    let _alone = INSTRUCTION_SET.lock();
    for isa in Isa::available() {
        isa.force();
        let mut first: Vec<Array> = Vec::new();
        for threads in [1, 3] {
            let mut plan = Plan::new(graph, threads).unwrap();
            // Twice, so that what a run leaves behind shows.
            for _ in 0..2 {
                plan.run(&inputs, &mut []).unwrap();
            }
            let outputs: Vec<Array> = (0..expected.len()).map(|i| plan.output(i)).collect();
            for (i, (got, wanted)) in outputs.iter().zip(&expected).enumerate() {
                let off = distance(got, wanted);
                assert!(
                    off < 1e-5,
                    "{name}, {isa:?}, output {i} is off by {off:e}\n{graph}{}",
                    plan.explain()
                );
            }
            if first.is_empty() {
                first = outputs;
            } else {
                assert_eq!(first, outputs, "{name}, {isa:?}: the bits are not the same on {threads} threads");
            }
        }
    }
    Isa::best().force();
}

fn conv_graph(x: &[usize], kernel: &[usize], conv: Conv, dtype: DType) -> Graph {
    let b = Builder::new();
    let x = b.input_of("x", Type::new(x, dtype));
    let kernel = b.input_of("kernel", Type::new(kernel, dtype));
    with_gradients(&x.conv(&kernel, conv), &[&x, &kernel])
}

#[test]
fn random_convolutions_agree_with_the_reference() {
    for seed in 0..150 {
        let mut random = Random::new(seed, 7);
        let n = 1 + random.below(3);
        let mut of = |choices: &[usize]| choices[random.below(choices.len())];
        let (groups, each_in, each_out) = (of(&[1, 1, 1, 2, 4]), of(&[1, 1, 2, 3, 9]), of(&[1, 2, 4, 17]));
        let (groups, batch_groups) = if of(&[0, 0, 0, 1]) == 1 { (1, groups) } else { (groups, 1) };
        let batch = of(&[1, 2, 3]) * batch_groups;
        let (mut x, mut kernel, mut conv) = (vec![batch], Vec::new(), Conv::new(n));
        conv = conv.groups(groups).batch_groups(batch_groups);
        for i in 0..n {
            let size = of(&[1, 2, 3, 3]);
            kernel.push(size);
            conv.strides[i] = of(&[1, 1, 1, 2, 3]);
            conv.kernel_dilation[i] = of(&[1, 1, 1, 2]);
            conv.input_dilation[i] = of(&[1, 1, 1, 2, 3]);
            conv.low[i] = of(&[0, 0, 1, 3]) as i64 - of(&[0, 0, 0, 1]) as i64;
            conv.high[i] = of(&[0, 0, 1, 2]) as i64 - of(&[0, 0, 0, 1]) as i64;
            x.push((size - 1) * conv.kernel_dilation[i] + 2 + of(&[0, 1, 4, 12 / n]));
        }
        x.push(each_in * groups);
        kernel.extend([each_in, each_out * groups * batch_groups]);
        let dtype = if seed % 5 == 0 { DType::F64 } else { DType::F32 };
        check(&format!("seed {seed}, {conv:?}"), &conv_graph(&x, &kernel, conv, dtype), &mut random);
    }
}

#[test]
fn convolutions_of_layers_agree_with_the_reference() {
    let same = || Conv::new(2).padding(&[(1, 1), (1, 1)]);
    let mut random = Random::new(1, 7);
    for (name, x, kernel, conv) in [
        ("the first layer", [8, 12, 12, 1], [3, 3, 1, 32], Conv::new(2)),
        ("the second layer", [4, 10, 10, 16], [3, 3, 16, 32], Conv::new(2)),
        ("colors", [2, 16, 16, 3], [5, 5, 3, 12], Conv::new(2).padding(&[(2, 2), (2, 2)])),
        ("strides", [3, 11, 11, 8], [3, 3, 8, 24], same().strides(&[2, 2])),
        ("wide", [1, 6, 6, 64], [3, 3, 64, 130], same()),
        ("wide, in panels", [2, 7, 6, 64], [3, 3, 64, 130], same()),
        ("wide, panels within a window's element", [2, 6, 6, 600], [1, 1, 600, 128], Conv::new(2)),
        ("each by itself", [3, 9, 9, 8], [1, 1, 8, 20], Conv::new(2)),
        ("wide, more pieces than a panel has", [200, 3, 3, 96], [3, 3, 96, 160], same().strides(&[3, 3])),
        ("all at once", [5, 6, 6, 8], [6, 6, 8, 10], Conv::new(2)),
        ("one feature", [3, 9, 9, 20], [3, 3, 20, 1], same()),
        ("three features, strides", [2, 9, 11, 33], [3, 2, 33, 3], same().strides(&[2, 2])),
        ("up to one feature", [2, 7, 7, 32], [3, 3, 32, 1], same().input_dilation(&[2, 2])),
        ("up", [2, 7, 7, 32], [3, 3, 32, 24], same().input_dilation(&[2, 2])),
        ("depthwise", [3, 12, 12, 40], [3, 3, 1, 40], same().groups(40)),
        ("depthwise, two each", [2, 9, 9, 20], [3, 3, 1, 40], same().groups(20).strides(&[2, 2])),
        ("groups", [2, 9, 9, 24], [3, 3, 8, 30], same().groups(3)),
    ] {
        check(name, &conv_graph(&x, &kernel, conv, DType::F32), &mut random);
    }
}

#[test]
fn random_windows_agree_with_the_reference() {
    for seed in 0..100 {
        let mut random = Random::new(seed, 8);
        let rank = 1 + random.below(4);
        let mut of = |choices: &[usize]| choices[random.below(choices.len())];
        let (mut x, mut window) = (Vec::new(), Window::new(&vec![1; rank]));
        for i in 0..rank {
            let seen = of(&[0, 1, 1]) == 1;
            window.size[i] = if seen { of(&[1, 2, 3]) } else { 1 };
            window.stride[i] = if seen { of(&[1, 2, 2, 3]) } else { 1 };
            window.dilation[i] = if seen { of(&[1, 1, 2]) } else { 1 };
            // So little that each window sees something.
            window.low[i] =
                if window.size[i] > 1 && window.dilation[i] == 1 { of(&[0, 1]) as i64 } else { 0 };
            window.high[i] = -(of(&[0, 0, 0, 1]) as i64);
            x.push((window.size[i] - 1) * window.dilation[i] + 2 + of(&[0, 1, 3, 20 / rank]));
        }
        let dtype = if seed % 5 == 0 { DType::F64 } else { DType::F32 };
        let b = Builder::new();
        let x = b.input_of("x", Type::new(Shape::from(x), dtype));
        let y = x.window_max(window.clone()) + x.window_sum(window.clone()) * 0.25;
        check(&format!("seed {seed}, {window:?}"), &with_gradients(&y, &[&x]), &mut random);
    }
}

#[test]
fn windows_follow_what_makes_their_images() {
    let mut random = Random::new(1, 9);
    // In the last, parts of the convolution are not of whole images.
    for (images, size, pool, follow) in
        [(5, 12, 2, true), (5, 13, 2, true), (3, 12, 3, true), (2, 70, 2, false)]
    {
        let b = Builder::new();
        let x = b.input("x", [images, size, size, 6]);
        let (kernel_of, bias) = (b.input("kernel", [3, 3, 6, 20]), b.input("bias", [20]));
        let h = x.conv(&kernel_of, Conv::new(2));
        let h = (&h + bias.broadcast_to(h.shape())).relu();
        // With steps of 2, windows of 3 share elements.
        let window = Window::new(&[1, pool, pool, 1]).strides(&[1, 2, 2, 1]);
        let y = h.window_max(window.clone()) + h.window_sum(window) * 0.25;
        let name = format!("{images} images of {size}, windows of {pool}");
        let graph = with_gradients(&y, &[&x, &kernel_of, &bias]);
        check(&name, &graph, &mut random);
        let plan = Plan::new(&graph, 2).unwrap();
        let joined = |step: &StepReport| step.kernel.starts_with("conv + loop + 2 windows");
        assert_eq!(plan.steps().iter().any(joined), follow, "{name}:\n{}", plan.explain());
    }
}

#[test]
fn a_convolution_allocates_nothing() {
    let conv = Conv::new(2).strides(&[2, 2]).padding(&[(1, 1), (1, 1)]);
    let graph = conv_graph(&[4, 12, 12, 8], &[3, 3, 8, 16], conv, DType::F32);
    let mut random = Random::new(2, 7);
    let inputs: Vec<Array> = graph.inputs().iter().map(|d| draw(&mut random, &d.ty)).collect();
    let mut plan = Plan::new(&graph, 1).unwrap();
    plan.run(&inputs, &mut []).unwrap();
    let counted = allocation_counter::measure(|| plan.run(&inputs, &mut []).unwrap());
    assert_eq!(counted.count_total, 0);
}
