//! The laws that a sample is held to, each a function that says what is wrong.
//!
//! They take the rules of the operations as arguments, so that tests can plant wrong ones and see
//! them caught.

use cornu_graph::ops::{Batch, Grad, Sample, Value};
use cornu_graph::philox::Random;
use cornu_graph::{
    Array, Builder, DType, Graph, Op, Tensor, Type, batch_with_rule, evaluate_with_rule, functions,
    grad_with_rule,
};

pub type GradRule<'a> = &'a dyn Fn(&Op, &Grad) -> Vec<Option<Tensor>>;
pub type EvalRule<'a> = &'a dyn Fn(&Op, &[&Value], &Type) -> Vec<f64>;
pub type BatchRule<'a> = &'a dyn Fn(&Op, &Batch) -> Tensor;

/// All samples: those of the operations, then those of the functions.
pub fn all_samples() -> Vec<(&'static str, Sample)> {
    Op::samples().into_iter().chain(functions::samples()).collect()
}

/// The rules as they are.
pub fn own_grad(op: &Op, rule: &Grad) -> Vec<Option<Tensor>> {
    op.grad(rule)
}

pub fn own_batch(op: &Op, rule: &Batch) -> Tensor {
    op.batch(rule)
}

pub fn own_eval(op: &Op, operands: &[&Value], ty: &Type) -> Vec<f64> {
    op.eval(operands, ty)
}

/// Operands drawn as the sample asks, in double precision where they are floats.
pub fn draw(sample: &Sample, random: &mut Random, leading: &[Option<usize>]) -> Vec<Array> {
    let one = |(draw, leading): (&cornu_graph::ops::Draw, &Option<usize>)| {
        let dtype = precise(draw.ty.dtype);
        let shape = leading.map_or(draw.ty.shape.clone(), |n| draw.ty.shape.with_leading(n));
        let number = |random: &mut Random| {
            let x = draw.low + (draw.high - draw.low) * random.uniform();
            if dtype.is_float() { x } else { x.floor() }
        };
        let values: Vec<f64> = (0..shape.size()).map(|_| number(random)).collect();
        Array::from_f64(shape, dtype, &values).unwrap()
    };
    sample.inputs.iter().zip(leading).map(one).collect()
}

pub fn precise(dtype: DType) -> DType {
    if dtype == DType::F32 { DType::F64 } else { dtype }
}

/// Declares the sample's operands and makes its call, in double precision or as it is.
pub fn call(sample: &Sample, builder: &Builder, in_double: bool) -> (Vec<Tensor>, Tensor) {
    let declare = |(i, draw): (usize, &cornu_graph::ops::Draw)| {
        let dtype = if in_double { precise(draw.ty.dtype) } else { draw.ty.dtype };
        builder.input_of(&format!("x{i}"), Type::new(&draw.ty.shape, dtype))
    };
    let x: Vec<Tensor> = sample.inputs.iter().enumerate().map(declare).collect();
    let y = (sample.call)(builder, &x);
    (x, y)
}

/// A constant of random numbers of a tensor's type.
fn random_like(x: &Tensor, random: &mut Random) -> Tensor {
    let values: Vec<f64> = (0..x.shape().size()).map(|_| 0.5 + random.uniform()).collect();
    x.builder().constant(&Array::from_f64(x.shape(), x.dtype(), &values).unwrap())
}

/// Sample and graph of: the call's value, its gradient along a direction, that one's along another.
pub struct Derived {
    pub graph: Graph,
    /// Which operands are floats, and the two directions in which they move.
    pub directions: Vec<Option<(Vec<f64>, Vec<f64>)>>,
}

/// Builds `loss = sum(w (y + 0.3 y y))`, whose slope along a direction is made by `rule`, and that
/// slope's own slope. The loss is bent so that linear operations have a second derivative too.
pub fn derive(sample: &Sample, rule: GradRule) -> Result<Option<Derived>, String> {
    let (builder, mut random) = (Builder::new(), Random::new(5, 5));
    let (x, y) = call(sample, &builder, true);
    let floats: Vec<&Tensor> = x.iter().filter(|x| x.dtype().is_float()).collect();
    if !sample.differentiable || floats.is_empty() || !y.dtype().is_float() {
        return Ok(None);
    }
    let w = random_like(&y, &mut random);
    let loss = (&w * (&y + &y * &y * 0.3)).sum_all();
    // The seed is written out, so that no rule but those of the call itself is at work here.
    let dy = &w * (&y * 0.6 + 1.0);
    let along = |gradient: &[Tensor], directions: &[Tensor]| {
        gradient.iter().zip(directions).map(|(g, v)| (g * v).sum_all()).reduce(|a, b| a + b)
    };
    let draw = |random: &mut Random| floats.iter().map(|x| random_like(x, random)).collect::<Vec<_>>();
    let (v, u) = (draw(&mut random), draw(&mut random));
    let gradient = grad_with_rule(&[(&y, &dy)], &floats, rule);
    if let Some((x, g)) = floats.iter().zip(&gradient).find(|(x, g)| x.ty() != g.ty()) {
        return Err(format!("the gradient of {} is {}", x.ty(), g.ty()));
    }
    let slope = along(&gradient, &v).ok_or("nothing to differentiate")?;
    let one = slope.full_like(1.0);
    let second = grad_with_rule(&[(&slope, &one)], &floats, rule);
    let bend = along(&second, &u).ok_or("nothing to differentiate")?;
    let graph = builder
        .build(&[("loss", &loss), ("slope", &slope), ("bend", &bend)], &[])
        .map_err(|errors| errors.to_string())?;
    let values = |t: &Tensor| match t.op() {
        Some(Op::Constant(constant)) => constant.elements(),
        _ => Vec::new(),
    };
    let mut pairs = v.iter().zip(&u).map(|(v, u)| (values(v), values(u)));
    let directions = x.iter().map(|x| if x.dtype().is_float() { pairs.next() } else { None }).collect();
    Ok(Some(Derived { graph, directions }))
}

/// Gradient, and gradient of the gradient, against central differences along random directions.
pub fn gradient(sample: &Sample, rule: GradRule) -> Result<(), String> {
    let Some(Derived { graph, directions }) = derive(sample, rule)? else { return Ok(()) };
    let x = draw(sample, &mut Random::new(11, 1), &vec![None; sample.inputs.len()]);
    // The outputs where the operands are moved by `step` along the first or second direction.
    let outputs = |step: f64, second: bool| -> Result<Vec<f64>, String> {
        let moved: Vec<Array> = (x.iter().zip(&directions))
            .map(|(x, direction)| match direction {
                None => x.clone(),
                Some((v, u)) => {
                    let d = if second { u } else { v };
                    let values: Vec<f64> = x.to_f64().iter().zip(d).map(|(x, d)| x + step * d).collect();
                    Array::from_f64(x.shape(), x.dtype(), &values).unwrap()
                }
            })
            .collect();
        let values = evaluate_with_rule(&graph, &moved, &[], &own_eval).map_err(|e| e.to_string())?;
        Ok(graph.outputs().iter().map(|(_, id)| values[id.index()].elements[0]).collect())
    };
    let here = outputs(0.0, false)?;
    const STEP: f64 = 1e-5;
    for (order, second) in [false, true].into_iter().enumerate() {
        let difference = (outputs(STEP, second)?[order] - outputs(-STEP, second)?[order]) / (2.0 * STEP);
        let slope = here[order + 1];
        if (slope - difference).abs().partial_cmp(&(2e-6 * (1.0 + slope.abs() + difference.abs())))
            != Some(std::cmp::Ordering::Less)
        {
            return Err(format!("derivative {} is {slope}, the difference says {difference}", order + 1));
        }
    }
    Ok(())
}

/// The batched call (and, if asked, its batched gradient) against a loop over examples, for every
/// choice of batched operands.
pub fn batching(sample: &Sample, rule: BatchRule, with_gradient: bool) -> Result<(), String> {
    let n = sample.inputs.len();
    if !sample.batchable || n == 0 {
        return Ok(());
    }
    let builder = Builder::new();
    let (x, y) = call(sample, &builder, true);
    let floats: Vec<&Tensor> = x.iter().filter(|x| x.dtype().is_float()).collect();
    let mut outputs = vec![y.clone()];
    if with_gradient && sample.differentiable && y.dtype().is_float() {
        let dy = &y * 0.6 + 1.0;
        outputs.extend(grad_with_rule(&[(&y, &dy)], &floats, &own_grad));
    }
    let named: Vec<(&str, &Tensor)> = outputs.iter().map(|t| ("y", t)).collect();
    let graph = builder.build(&named, &[]).map_err(|errors| errors.to_string())?;
    const SIZE: usize = 3;
    for choice in 1..1usize << n {
        let batched: Vec<bool> = (0..n).map(|i| choice >> i & 1 == 1).collect();
        let many = batch_with_rule(&graph, SIZE, &batched, rule).map_err(|errors| errors.to_string())?;
        cornu_graph::verify(&many).map_err(|errors| errors.to_string())?;
        let leading: Vec<Option<usize>> = batched.iter().map(|&b| b.then_some(SIZE)).collect();
        let given = draw(sample, &mut Random::new(11, 2), &leading);
        let all = evaluate_with_rule(&many, &given, &[], &own_eval).map_err(|e| e.to_string())?;
        for row in 0..SIZE {
            let one: Vec<Array> = (given.iter().zip(&sample.inputs).zip(&batched))
                .map(|((array, draw), &batched)| match batched {
                    true => array.slice_rows(row..row + 1).reshape(&draw.ty.shape).unwrap(),
                    false => array.clone(),
                })
                .collect();
            let alone = evaluate_with_rule(&graph, &one, &[], &own_eval).map_err(|e| e.to_string())?;
            for ((_, of_many), (_, of_one)) in many.outputs().iter().zip(graph.outputs()) {
                let (many, one) = (&all[of_many.index()], &alone[of_one.index()]);
                if many.ty.shape != one.ty.shape.with_leading(SIZE) || many.ty.dtype != one.ty.dtype {
                    return Err(format!("{} in batches of {SIZE} is {}", one.ty, many.ty));
                }
                let width = one.elements.len();
                close(&many.elements[row * width..(row + 1) * width], &one.elements, 1e-9)
                    .map_err(|difference| format!("batched {batched:?}, example {row}: {difference}"))?;
            }
        }
    }
    Ok(())
}

/// Whether all numbers agree, to `tolerance` relative to one and to themselves.
pub fn close(got: &[f64], expected: &[f64], tolerance: f64) -> Result<(), String> {
    if got.len() != expected.len() {
        return Err(format!("{} numbers, not {}", got.len(), expected.len()));
    }
    for (i, (&a, &b)) in got.iter().zip(expected).enumerate() {
        let same = a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance * (1.0 + b.abs());
        if !same {
            return Err(format!("number {i} is {a}, not {b}"));
        }
    }
    Ok(())
}

/// Fails with all complaints, if there are any.
pub fn report(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "{} failures:\n{}", complaints.len(), complaints.join("\n"));
}
