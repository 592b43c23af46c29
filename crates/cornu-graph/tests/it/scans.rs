//! Scans: what their bodies may take, how mistakes are told, and what their gradients cost.

use cornu_graph::ops::{Scan, ScanOptions};
use cornu_graph::{Array, Builder, DType, Graph, Op, Shape, Tensor, Type, evaluate, grad, simplify};

fn scans(graph: &Graph) -> Vec<&Scan> {
    let mut found = Vec::new();
    for node in graph.nodes() {
        if let Op::Scan(scan) = &node.op {
            found.push(scan);
        }
    }
    found
}

fn products(graph: &Graph) -> Vec<Shape> {
    let dots = graph.nodes().iter().filter(|node| matches!(node.op, Op::Dot(_)));
    dots.map(|node| node.ty.shape.clone()).collect()
}

/// A network of 7 steps, 2 rows, 3 features and 4 units, its loss differentiated.
fn trained(keep: bool) -> Graph {
    let b = Builder::new();
    let x = b.input("x", [7, 2, 3]);
    let (kernel, recurrent, bias) =
        (b.parameter("kernel", [3, 4]), b.parameter("recurrent", [4, 4]), b.parameter("bias", [4]));
    let zeros = b.zeros([2, 4], DType::F32);
    let scanned = b.scan(&[&zeros], &[&x], ScanOptions::new().keep(keep), |_, h, x| {
        (vec![(x[0].matmul(&kernel) + h[0].matmul(&recurrent) + &bias).tanh()], vec![])
    });
    let loss = scanned.last(0).square().sum_all();
    let g = grad(&loss, &[&kernel, &recurrent, &bias, &x]);
    let outputs = [("kernel", &g[0]), ("recurrent", &g[1]), ("bias", &g[2]), ("x", &g[3])];
    simplify(&b.build(&outputs, &[]).unwrap())
}

#[test]
fn gradients_of_constants_are_summed_around_the_steps() {
    let graph = trained(false);
    let [there, back] = scans(&graph)[..] else { panic!("{graph}") };
    assert_eq!(there.results().len(), 1);
    // On the way back a step gives the gradient of the carry, and the one that all products share.
    let shapes: Vec<Shape> = back.results().iter().map(|ty| ty.shape.clone()).collect();
    assert_eq!(shapes, [Shape::from([2, 4]), Shape::from([2, 4])], "{back:?}");
    // The carry's gradient is the only product in it: results are read, not computed again.
    assert_eq!(products(back.body.graph()), [Shape::from([2, 4])], "{back:?}");
    let mut around = products(&graph);
    around.sort_by_key(|shape| shape.to_vec());
    assert_eq!(around, [Shape::from([3, 4]), Shape::from([4, 4]), Shape::from([7, 2, 3])]);
}

#[test]
fn kept_products_are_not_computed_again() {
    // The gate's product is not seen in what a step gives.
    let graph = |keep| {
        let b = Builder::new();
        let (x, w) = (b.input("x", [5, 2, 3]), b.parameter("w", [3, 3]));
        let scanned =
            b.scan(&[&b.zeros([2, 3], DType::F32)], &[&x], ScanOptions::new().keep(keep), |_, h, x| {
                (vec![h[0].matmul(&w).sigmoid() * (&x[0] - &h[0])], vec![])
            });
        let g = grad(&scanned.carries[0].square().sum_all(), &[&w]);
        simplify(&b.build(&[("w", &g[0])], &[]).unwrap())
    };
    let (kept, again) = (graph(true), graph(false));
    let inside =
        |graph: &Graph| scans(graph).iter().map(|scan| products(scan.body.graph()).len()).collect::<Vec<_>>();
    assert_eq!(inside(&kept), [1, 1], "{kept}");
    assert_eq!(inside(&again), [1, 2], "{again}");
    let arrays = |graph: &Graph| {
        let wave = |shape: &[usize]| {
            let values = (0..shape.iter().product()).map(|i: usize| (i as f32 * 0.7).sin()).collect();
            Array::new(shape, values).unwrap()
        };
        evaluate(graph, &[wave(&[5, 2, 3])], &[wave(&[3, 3])]).unwrap().outputs
    };
    let (kept, again) = (arrays(&kept)[0].to_f64(), arrays(&again)[0].to_f64());
    assert!(kept.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-6 && *a != 0.0));
}

#[test]
fn unused_gradients_are_not_carried() {
    // The kept product's gradient is zero and no sequence of the way back.
    let graph = trained(true);
    let back = scans(&graph)[1];
    assert_eq!(back.results().len(), 2);
    assert_eq!(back.n_sequences, 2, "the results and their gradient alone: {back:?}");
}

#[test]
fn bodies_take_tensors_of_the_graphs_around_them() {
    let b = Builder::new();
    let (x, w) = (b.input("x", [3]), b.input("w", []));
    let outer = b.scan(&[&w], &[&x], ScanOptions::new(), |_, c, x0| {
        let twice = &w * 2.0;
        let inner = b.scan(&[&c[0]], &[&x], ScanOptions::new(), |_, d, y| {
            (vec![&twice * &d[0] + &x0[0] * &y[0]], vec![])
        });
        (vec![inner.last(0)], vec![])
    });
    let graph = b.build(&[("y", &outer.last(0))], &[]).unwrap();
    let x = [1f64, 2.0, 3.0];
    let mut c = 0.5;
    for x0 in x {
        for y in x {
            c = 2.0 * 0.5 * c + x0 * y;
        }
    }
    let given = [Array::from_vec(vec![1f32, 2.0, 3.0]), Array::scalar(0.5f32)];
    assert_eq!(evaluate(&graph, &given, &[]).unwrap().outputs[0].item(), Some(c));
    let text = graph.to_string();
    assert_eq!(Graph::parse(&text).unwrap().to_string(), text);
}

#[test]
fn mistakes_in_bodies_are_told_like_others() {
    let told = |call: fn(&Builder, &Tensor, &Tensor)| {
        let b = Builder::new();
        let (x, h) = (b.input("x", [4, 2]), b.input("h", [2]));
        call(&b, &x, &h);
        let errors = b.build(&[], &[]).unwrap_err();
        errors.0.into_iter().map(|error| error.message).collect::<Vec<_>>().join("; ")
    };
    let options = ScanOptions::new;
    let wrong_shape = |b: &Builder, x: &Tensor, h: &Tensor| {
        let scanned =
            b.scan(&[h], &[x], ScanOptions::new(), |_, h, x| (vec![h[0].matmul(&x[0].sum_all())], vec![]));
        let _ = scanned.last(0) + 1.0;
    };
    assert_eq!(told(wrong_shape), "matmul takes matrices, got shapes [2] and []");
    let other_carry = |b: &Builder, x: &Tensor, h: &Tensor| {
        b.scan(&[h], &[x], ScanOptions::new(), |_, h, _| (vec![h[0].sum_all()], vec![]));
    };
    assert_eq!(told(other_carry), "scan: carry 0 is f32[2], but after a step it is f32[]");
    let none = |b: &Builder, x: &Tensor, h: &Tensor| {
        b.scan(&[h], &[x], ScanOptions::new(), |_, _, _| (vec![], vec![]));
    };
    assert_eq!(told(none), "scan: there are 1 carries, but the body gives 0");
    let integers = |b: &Builder, x: &Tensor, h: &Tensor| {
        b.scan(&[h], &[x], ScanOptions::new(), |_, h, x| (vec![h[0].clone()], vec![x[0].argmax(0)]));
    };
    let message = "scan: carries and results are of one float dtype, not f32 and i64; cast them";
    assert_eq!(told(integers), message);
    let lengths = |b: &Builder, x: &Tensor, h: &Tensor| {
        b.scan(&[h], &[x, h], ScanOptions::new(), |_, h, _| (vec![h[0].clone()], vec![]));
    };
    assert_eq!(told(lengths), "scan: sequences and options disagree on the steps: [4, 2]");
    let endless = |b: &Builder, _: &Tensor, h: &Tensor| {
        b.scan(&[h], &[], ScanOptions::new(), |_, h, _| (vec![h[0].clone()], vec![]));
    };
    assert_eq!(told(endless), "scan: without sequences, the options say how many steps there are");
    let b = Builder::new();
    let empty = b.input_of("x", Type::new([0, 2], DType::F32));
    b.scan(&[], &[&empty], options(), |_, _, x| (vec![], vec![x[0].clone()]));
    assert_eq!(b.errors()[0].message, "scan: there are no steps to take");
}
