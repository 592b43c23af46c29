//! Prints how long each step of training a small convolutional network takes, and which share of the
//! speed of one core's matrix products its convolutions reach.
//!
//! ```sh
//! cargo run --release -p cornu-cpu --example convolutions [batch] [threads]
//! ```

use cornu_cpu::{Floor, Plan, table};
use cornu_graph::ops::{Conv, Window};
use cornu_graph::philox::Random;
use cornu_graph::{Array, Builder, Graph, Tensor, grad};

/// Two convolutions, a pooling and a dense layer on images of 28 x 28, and their gradients.
fn training_step(batch: usize) -> Graph {
    let b = Builder::new();
    let (x, t) = (b.input("x", [batch, 28, 28, 1]), b.input("t", [batch, 10]));
    let weights = [
        b.parameter("k1", [3, 3, 1, 32]),
        b.parameter("c1", [32]),
        b.parameter("k2", [3, 3, 32, 64]),
        b.parameter("c2", [64]),
        b.parameter("w", [12 * 12 * 64, 10]),
    ];
    let [k1, c1, k2, c2, w] = &weights;
    let h = (x.conv(k1, Conv::new(2)) + c1).maximum(0.0);
    let h = (h.conv(k2, Conv::new(2)) + c2).maximum(0.0);
    let pooled = h.window_max(Window::new(&[1, 2, 2, 1]).strides(&[1, 2, 2, 1]));
    let y = pooled.reshape([batch, 12 * 12 * 64]).matmul(w).softmax(-1);
    let loss = -(&t * y.log()).sum(&[-1]).mean_all();
    let weights: Vec<&Tensor> = weights.iter().collect();
    let new: Vec<Tensor> = weights.iter().zip(grad(&loss, &weights)).map(|(w, g)| *w - g * 0.01).collect();
    let updates: Vec<(&Tensor, &Tensor)> = weights.iter().copied().zip(&new).collect();
    b.build(&[("loss", &loss)], &updates).expect("the graph is sound")
}

/// The gradients of one convolution of the given kind.
fn alone(x: [usize; 4], kernel: [usize; 4], conv: Conv) -> Graph {
    let b = Builder::new();
    let (x, kernel) = (b.input("x", x), b.parameter("kernel", kernel));
    let y = x.conv(&kernel, conv);
    let loss = (&y * &y).sum_all();
    let g = grad(&loss, &[&x, &kernel]);
    b.build(&[("y", &y), ("dx", &g[0]), ("dkernel", &g[1])], &[]).expect("the graph is sound")
}

fn report(name: &str, graph: &Graph, threads: usize, floor: &Floor) {
    let mut random = Random::new(1, 0);
    let mut draw = |declared: &[cornu_graph::Declaration]| -> Vec<Array> {
        let array = |d: &cornu_graph::Declaration| {
            let values: Vec<f64> = (0..d.ty.shape.size()).map(|_| random.uniform() * 0.1 - 0.05).collect();
            Array::from_f64(&d.ty.shape, d.ty.dtype, &values).expect("as many numbers as the shape has")
        };
        declared.iter().map(array).collect()
    };
    let (inputs, mut parameters) = (draw(graph.inputs()), draw(graph.parameters()));
    let mut plan = Plan::new(graph, threads).expect("the plan fits in memory");
    let mut best = plan.profile(&inputs, &mut parameters).expect("inputs fit");
    for _ in 0..30 {
        let steps = plan.profile(&inputs, &mut parameters).expect("inputs fit");
        for (best, step) in best.iter_mut().zip(steps) {
            best.time = best.time.min(step.time);
        }
    }
    println!("{name}");
    print!("{}", table(&best));
    for step in best.iter().filter(|step| step.kernel.starts_with("conv")) {
        let seconds = step.time.map_or(0.0, |time| time.as_secs_f64());
        let share = step.flops as f64 / floor.flops_per_second / seconds;
        println!("  {} {}: {:.0} % of a product's speed on one core", step.kernel, step.shape, 100.0 * share);
    }
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse().unwrap_or(1));
    let (batch, threads) = (numbers.next().unwrap_or(128), numbers.next().unwrap_or(1));
    let floor = Floor::measure();
    println!("one core: {:.1} GFLOP/s", floor.flops_per_second / 1e9);
    report("training step", &training_step(batch), threads, &floor);
    let same = Conv::new(2).padding(&[(1, 1), (1, 1)]);
    report(
        "32 to 64 features, strides of 2",
        &alone([32, 28, 28, 32], [3, 3, 32, 64], same.clone().strides(&[2, 2])),
        threads,
        &floor,
    );
    report(
        "64 features by themselves",
        &alone([32, 28, 28, 64], [3, 3, 1, 64], same.clone().groups(64)),
        threads,
        &floor,
    );
    report("4 groups", &alone([32, 28, 28, 64], [3, 3, 16, 64], same.clone().groups(4)), threads, &floor);
    report("1 x 1", &alone([32, 28, 28, 64], [1, 1, 64, 64], Conv::new(2)), threads, &floor);
    report("256 features", &alone([8, 14, 14, 256], [3, 3, 256, 256], same), threads, &floor);
}
