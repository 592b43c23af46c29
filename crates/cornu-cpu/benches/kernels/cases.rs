//! What is timed: a graph for every kernel and every kind of shape that it treats differently.

use cornu_graph::ops::{Conv, ScanOptions, Window};
use cornu_graph::{Builder, DType, Graph, Tensor, Type, grad_with};

/// Rows of the table that is gathered from.
pub const ROWS: usize = 20_000;

/// One line of the benchmark.
pub struct Case {
    /// What it is and of which size.
    pub name: String,
    /// Makes the graph, whose inputs are all that its work reads.
    pub graph: Box<dyn Fn() -> Graph>,
}

/// All cases, in the order in which they are timed.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    products(&mut cases);
    convolutions(&mut cases);
    windows(&mut cases);
    normalizations(&mut cases);
    loops(&mut cases);
    tables(&mut cases);
    recurrences(&mut cases);
    optimizers(&mut cases);
    cases
}

fn add(cases: &mut Vec<Case>, name: impl Into<String>, graph: impl Fn(&Builder) -> Vec<Tensor> + 'static) {
    let graph = move || {
        let b = Builder::new();
        let outputs = graph(&b);
        let names: Vec<String> = (0..outputs.len()).map(|i| format!("y{i}")).collect();
        let outputs: Vec<(&str, &Tensor)> = names.iter().map(String::as_str).zip(&outputs).collect();
        b.build(&outputs, &[]).expect("the graph is sound")
    };
    cases.push(Case { name: name.into(), graph: Box::new(graph) });
}

/// The gradient of `y` with respect to `x`, for a gradient of `y` that is given.
fn gradient(b: &Builder, y: &Tensor, x: &[&Tensor]) -> Vec<Tensor> {
    grad_with(&[(y, &b.input_of("dy", y.ty()))], x)
}

/// How the operands of a product lie.
#[derive(Clone, Copy)]
enum Lie {
    Straight,
    /// The left one is a transpose, as in the gradient of a kernel.
    Left,
    /// The right one is a transpose, as in the gradient of a layer's input.
    Right,
}

fn product(cases: &mut Vec<Case>, count: usize, [m, k, n]: [usize; 3], dtype: DType, lie: Lie) {
    let title = match lie {
        Lie::Straight => "product",
        Lie::Left => "product, left transposed",
        Lie::Right => "product, right transposed",
    };
    let many = if count == 1 { String::new() } else { format!("{count} of ") };
    add(cases, format!("{title} {dtype} {many}{m}x{k}x{n}"), move |b| {
        let operand = |name: &str, rows: usize, columns: usize, transposed: bool| {
            let matrix = if transposed { [columns, rows] } else { [rows, columns] };
            let shape = if count == 1 { matrix.to_vec() } else { vec![count, matrix[0], matrix[1]] };
            let tensor = b.input_of(name, Type::new(shape, dtype));
            let last = tensor.rank() - 1;
            let mut axes: Vec<usize> = (0..=last).collect();
            axes.swap(last - 1, last);
            if transposed { tensor.transpose(&axes) } else { tensor }
        };
        let left = operand("a", m, k, matches!(lie, Lie::Left));
        vec![left.matmul(&operand("b", k, n, matches!(lie, Lie::Right)))]
    });
}

fn products(cases: &mut Vec<Case>) {
    use DType::{BF16, F32, F64};
    for n in [64, 128, 256, 512, 1024] {
        product(cases, 1, [n; 3], F32, Lie::Straight);
    }
    for dtype in [F64, BF16] {
        for n in [128, 512] {
            product(cases, 1, [n; 3], dtype, Lie::Straight);
        }
    }
    for lie in [Lie::Left, Lie::Right] {
        product(cases, 1, [512; 3], F32, lie);
        product(cases, 1, [512; 3], BF16, lie);
    }
    // A dense layer on a batch and its gradients, wide and narrow.
    for [batch, from, to] in [[128, 784, 512], [128, 784, 10], [32, 8, 10]] {
        product(cases, 1, [batch, from, to], F32, Lie::Straight);
        product(cases, 1, [from, batch, to], F32, Lie::Left);
        product(cases, 1, [batch, to, from], F32, Lie::Right);
    }
    // The gradient of a recurrent layer's weights, over all its steps.
    product(cases, 1, [128, 3200, 256], F32, Lie::Left);
    // The gradients of a Transformer's kernels.
    product(cases, 1, [512, 768, 128], F32, Lie::Left);
    product(cases, 1, [128, 768, 512], F32, Lie::Left);
    // Tall, long, flat; one row, one column, one number for each; hardly anything.
    for shape in [[8192, 64, 64], [64, 8192, 64], [64, 64, 8192], [1, 1024, 1024], [1024, 1024, 1], [8, 8, 8]]
    {
        product(cases, 1, shape, F32, Lie::Straight);
    }
    // Attention: 12 sequences with 4 heads; and many small ones.
    product(cases, 48, [64, 32, 64], F32, Lie::Right);
    product(cases, 48, [64, 64, 32], F32, Lie::Straight);
    product(cases, 48, [64, 64, 32], BF16, Lie::Straight);
    product(cases, 512, [8, 8, 8], F32, Lie::Straight);
}

fn convolution(
    cases: &mut Vec<Case>,
    dtype: DType,
    title: &str,
    x: [usize; 4],
    kernel: [usize; 4],
    conv: &Conv,
) {
    let named = if dtype == DType::F32 { String::new() } else { format!(" {dtype}") };
    let name = |what: &str| format!("convolution{named}, {title}, {what}");
    let input = move |b: &Builder, name: &str, shape: [usize; 4]| b.input_of(name, Type::new(shape, dtype));
    // What a gradient does not read is no input.
    let (forward, to_x, to_kernel) = (conv.clone(), conv.clone(), conv.clone());
    add(cases, name("forward"), move |b| {
        vec![input(b, "x", x).conv(&input(b, "kernel", kernel), forward.clone())]
    });
    add(cases, name("gradient of x"), move |b| {
        let x = b.zeros(x, dtype);
        gradient(b, &x.conv(&input(b, "kernel", kernel), to_x.clone()), &[&x])
    });
    add(cases, name("gradient of kernel"), move |b| {
        let kernel = b.zeros(kernel, dtype);
        gradient(b, &input(b, "x", x).conv(&kernel, to_kernel.clone()), &[&kernel])
    });
}

fn convolutions(cases: &mut Vec<Case>) {
    use DType::{BF16, F32};
    let valid = Conv::new(2);
    let same = Conv::new(2).padding(&[(1, 1), (1, 1)]);
    let halved = same.clone().strides(&[2, 2]);
    convolution(cases, F32, "3x3 32 to 64", [32, 28, 28, 32], [3, 3, 32, 64], &same);
    convolution(cases, F32, "3x3 256 to 256", [8, 14, 14, 256], [3, 3, 256, 256], &same);
    convolution(cases, F32, "3x3 512 to 512", [8, 7, 7, 512], [3, 3, 512, 512], &same);
    convolution(cases, F32, "1x1 256 to 1024", [8, 14, 14, 256], [1, 1, 256, 1024], &valid);
    convolution(cases, F32, "1x1 64 to 64", [32, 28, 28, 64], [1, 1, 64, 64], &valid);
    convolution(cases, F32, "3x3 32 to 64, strides 2", [32, 28, 28, 32], [3, 3, 32, 64], &halved);
    convolution(cases, F32, "first 3x3 1 to 32", [128, 28, 28, 1], [3, 3, 1, 32], &valid);
    convolution(cases, F32, "first 3x3 3 to 16", [64, 32, 32, 3], [3, 3, 3, 16], &same);
    for dtype in [F32, BF16] {
        convolution(cases, dtype, "3x3 16 to 16", [64, 32, 32, 16], [3, 3, 16, 16], &same);
    }
    convolution(cases, BF16, "3x3 256 to 256", [8, 14, 14, 256], [3, 3, 256, 256], &same);
    convolution(cases, F32, "depthwise 3x3 64", [32, 28, 28, 64], [3, 3, 1, 64], &same.clone().groups(64));
    convolution(cases, F32, "3x3 64 in 4 groups", [32, 28, 28, 64], [3, 3, 16, 64], &same.groups(4));
}

fn windows(cases: &mut Vec<Case>) {
    let shape = [128, 28, 28, 32];
    let window = || Window::new(&[1, 2, 2, 1]).strides(&[1, 2, 2, 1]);
    add(cases, "pooling, largest of 2x2, forward", move |b| vec![b.input("x", shape).window_max(window())]);
    add(cases, "pooling, largest of 2x2, gradient", move |b| {
        let x = b.input("x", shape);
        gradient(b, &x.window_max(window()), &[&x])
    });
    add(cases, "pooling, sum of 2x2, forward", move |b| vec![b.input("x", shape).window_sum(window())]);
    add(cases, "pooling, sum of 2x2, gradient", move |b| {
        let x = b.zeros(shape, DType::F32);
        gradient(b, &x.window_sum(window()), &[&x])
    });
}

/// Each row with mean 0 and variance 1, then scaled and moved.
fn layer_norm(x: &Tensor, gamma: &Tensor, beta: &Tensor) -> Tensor {
    let normed = (x - x.mean_keep(&[-1]).broadcast_to(x.shape()))
        * (x.variance_keep(&[-1]) + 1e-3).rsqrt().broadcast_to(x.shape());
    normed * gamma.broadcast_to(x.shape()) + beta.broadcast_to(x.shape())
}

fn normalizations(cases: &mut Vec<Case>) {
    for shape in [[4096, 1000], [65_536, 10]] {
        let [rows, columns] = shape;
        add(cases, format!("softmax {rows}x{columns}, forward"), move |b| {
            vec![b.input("x", shape).softmax(-1)]
        });
        add(cases, format!("softmax {rows}x{columns}, gradient"), move |b| {
            let x = b.input("x", shape);
            gradient(b, &x.softmax(-1), &[&x])
        });
    }
    let declare = |b: &Builder| [b.input("x", [4096, 512]), b.input("gamma", [512]), b.input("beta", [512])];
    add(cases, "layer norm 4096x512, forward", move |b| {
        let [x, gamma, beta] = declare(b);
        vec![layer_norm(&x, &gamma, &beta)]
    });
    add(cases, "layer norm 4096x512, gradient", move |b| {
        let [x, gamma, beta] = declare(b);
        gradient(b, &layer_norm(&x, &gamma, &beta), &[&x, &gamma, &beta])
    });
}

fn loops(cases: &mut Vec<Case>) {
    let shape = [4096, 512];
    add(cases, "loop, relu(x + bias) 4096x512", move |b| {
        vec![(b.input("x", shape) + b.input("bias", [512]).broadcast_to(shape)).relu()]
    });
    add(cases, "loop, gelu 4096x512", move |b| vec![b.input("x", shape).gelu(true)]);
    add(cases, "loop, sum of rows 4096x512", move |b| vec![b.input("x", shape).sum(&[-1])]);
    add(cases, "loop, sum of columns 4096x512", move |b| vec![b.input("x", shape).sum(&[0])]);
    add(cases, "loop, argmax 4096x512", move |b| vec![b.input("x", shape).argmax(-1)]);
}

fn tables(cases: &mut Vec<Case>) {
    let rows = |b: &Builder| b.input_of("rows", Type::new([ROWS], DType::I32));
    add(cases, format!("gather {ROWS} of {ROWS}x128"), move |b| {
        vec![b.input("table", [ROWS, 128]).gather(&rows(b), 0)]
    });
    add(cases, format!("scatter_add {ROWS} to {ROWS}x128"), move |b| {
        let updates = b.input("updates", [ROWS, 128]);
        vec![b.zeros([ROWS, 128], DType::F32).scatter_add(&rows(b), &updates, 0)]
    });
}

/// The last state of an LSTM whose inputs are projected already: `[steps, batch, 4 units]`.
fn lstm(b: &Builder, projected: &Tensor, kernel: &Tensor, options: ScanOptions) -> Tensor {
    let [batch, units] = [projected.extent(1), kernel.extent(0)];
    let zeros = b.zeros([batch, units], DType::F32);
    let scanned = b.scan(&[&zeros, &zeros], &[projected], options, |_, states, z| {
        let z = &z[0] + states[0].matmul(kernel);
        let part = |i: usize| z.slice_axis(-1, i * units, (i + 1) * units);
        let c = part(1).sigmoid() * &states[1] + part(0).sigmoid() * part(2).tanh();
        (vec![part(3).sigmoid() * c.tanh(), c], vec![])
    });
    scanned.last(0)
}

fn recurrences(cases: &mut Vec<Case>) {
    for (batch, units) in [(32, 64), (128, 256)] {
        let declare = move |b: &Builder| {
            [b.input("projected", [100, batch, 4 * units]), b.input("kernel", [units, 4 * units])]
        };
        let name = |what: &str| format!("scan, LSTM of {units}, 100 steps of {batch}, {what}");
        add(cases, name("forward"), move |b| {
            let [projected, kernel] = declare(b);
            vec![lstm(b, &projected, &kernel, ScanOptions::new())]
        });
        add(cases, name("both ways"), move |b| {
            let [projected, kernel] = declare(b);
            let h = lstm(b, &projected, &kernel, ScanOptions::new().keep(true));
            gradient(b, &h, &[&projected, &kernel])
        });
    }
}

/// One step of Adam over as many weights as the workload W3 has.
fn adam() -> Graph {
    let n = 670_000;
    let b = Builder::new();
    let [w, m, v] = ["w", "m", "v"].map(|name| b.parameter(name, [n]));
    let g = b.input("g", [n]);
    let new_m = &m + (&g - &m) * 0.1;
    let new_v = &v + (g.square() - &v) * 0.001;
    let new_w = &w - &new_m * 0.001 / (new_v.sqrt() + 1e-7);
    b.build(&[], &[(&w, &new_w), (&m, &new_m), (&v, &new_v)]).expect("the graph is sound")
}

fn optimizers(cases: &mut Vec<Case>) {
    cases.push(Case { name: "Adam 670000 weights".into(), graph: Box::new(adam) });
}
