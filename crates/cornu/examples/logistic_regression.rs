//! Logistic regression in the graph language itself: full-batch gradient descent from zero weights.

use cornu::Array;
use cornu::cpu::Plan;
use cornu::graph::{Builder, Errors, grad, philox::Random};

/// Trains on 100 points, of class 1 where `x1 + 2 x2 > 0`; the loss at each step, and the
/// probabilities of two new points.
pub fn run() -> Result<(Vec<f32>, Vec<f32>), Errors> {
    let mut random = Random::new(1, 0);
    let x: Vec<f32> = (0..200).map(|_| random.normal() as f32).collect();
    let y: Vec<f32> = x.chunks(2).map(|p| if p[0] + 2.0 * p[1] > 0.0 { 1.0 } else { 0.0 }).collect();
    let (x, y) = (Array::new([100, 2], x).unwrap(), Array::from_vec(y));

    let b = Builder::new();
    let (w, c) = (b.parameter("w", [2]), b.parameter("b", []));
    let p = (b.input("x", [100, 2]).matmul(&w) + &c).sigmoid();
    let t = b.input("y", [100]);
    let loss = -(&t * p.log() + (1.0 - &t) * (1.0 - &p).log()).mean_all();
    let d = grad(&loss, &[&w, &c]);
    let step = b.build(&[("loss", &loss)], &[(&w, &(&w - &d[0] * 0.1)), (&c, &(&c - &d[1] * 0.1))])?;

    let mut plan = Plan::new(&step, 1)?;
    let mut weights = [Array::from_vec(vec![0f32; 2]), Array::scalar(0f32)];
    let mut losses = Vec::new();
    for _ in 0..1000 {
        plan.run(&[&x, &y], &mut weights)?;
        losses.push(plan.output(0).item().unwrap_or(f64::NAN) as f32);
    }
    let b = Builder::new();
    let (w, c) = (b.parameter("w", [2]), b.parameter("b", []));
    let p = (b.input("x", [2, 2]).matmul(&w) + &c).sigmoid();
    let mut predict = Plan::new(&b.build(&[("p", &p)], &[])?, 1)?;
    predict.run(&[&Array::new([2, 2], vec![1f32, 1.0, -1.0, -0.5]).unwrap()], &mut weights)?;
    Ok((losses, predict.output(0).to_f32()))
}

#[allow(dead_code)]
fn main() -> Result<(), Errors> {
    let (losses, p) = run()?;
    println!("Loss: {:.4} at first, {:.4} after 1,000 steps", losses[0], losses[999]);
    println!("(1, 1) is of class 1 with probability {:.3}, (-1, -0.5) with {:.3}", p[0], p[1]);
    Ok(())
}
