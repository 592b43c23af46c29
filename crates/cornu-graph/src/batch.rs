//! From the graph of one example, the graph of many at once.

use crate::graph::{Graph, Type};
use crate::ops::{Batch, Op};
use crate::{Builder, Error, Errors, Tensor};

/// The graph that does for `size` examples at once what `graph` does for one.
///
/// Inputs for which `batched_inputs` holds get one more leading axis of extent `size`, an example
/// each; the others, and all parameters, are shared by the examples. Every output gets that axis; one
/// that depends on no batched input is repeated along it. Written for one example, so is any
/// transformation of the graph: the gradient of one example's loss becomes the gradients of each.
///
/// Random numbers whose seed and step are shared are the same for each example.
///
/// ```
/// use cornu_graph::{Array, Builder, batch, evaluate, grad};
/// // One example of a small network: three features, two units, one number to predict.
/// let b = Builder::new();
/// let (x, target) = (b.input("x", [3]), b.input("target", []));
/// let (hidden, out) = (b.parameter("hidden", [3, 2]), b.parameter("out", [2]));
/// let prediction = x.matmul(&hidden).tanh().matmul(&out);
/// let loss = (prediction - target).square();
/// let gradient = grad(&loss, &[&hidden]);
/// let one = b.build(&[("gradient", &gradient[0])], &[]).unwrap();
///
/// let four = batch(&one, 4, &[true, true]).unwrap();
/// let x = Array::new([4, 3], (0..12).map(|i| i as f32 / 10.0).collect()).unwrap();
/// let target = Array::from_vec(vec![1f32, 0.0, -1.0, 2.0]);
/// let hidden = Array::new([3, 2], vec![0.1f32, -0.2, 0.3, 0.4, -0.5, 0.6]).unwrap();
/// let out = Array::from_vec(vec![0.7f32, -0.8]);
/// let parameters = [hidden, out];
/// let all = evaluate(&four, &[x.clone(), target.clone()], &parameters).unwrap();
/// assert_eq!(all.outputs[0].shape()[..], [4, 3, 2]);
///
/// let third = [x.slice_rows(2..3).reshape([3]).unwrap(), Array::scalar(-1f32)];
/// let alone = evaluate(&one, &third, &parameters).unwrap();
/// let of_third = all.outputs[0].slice_rows(2..3).reshape([3, 2]).unwrap();
/// assert_eq!(of_third, alone.outputs[0]);
/// ```
///
/// # Errors
/// If `graph` updates parameters (of which there would be one new value for each example), if
/// `batched_inputs` has not one entry for each input, if `size` is zero.
pub fn batch(graph: &Graph, size: usize, batched_inputs: &[bool]) -> Result<Graph, Errors> {
    batch_with_rule(graph, size, batched_inputs, &|op, rule| op.batch(rule))
}

/// The same with another batching rule, so that tests can plant errors.
#[doc(hidden)]
pub fn batch_with_rule(
    graph: &Graph,
    size: usize,
    batched_inputs: &[bool],
    rule: &dyn Fn(&Op, &Batch) -> Tensor,
) -> Result<Graph, Errors> {
    if let Some((index, _)) = graph.updates.first() {
        let name = &graph.parameters[*index].name;
        let message = format!("batch: the graph updates parameter `{name}`, which all examples share");
        return Err(Error::new(message)
            .help("hand the new value out, or the gradient, and update afterwards")
            .into());
    }
    if batched_inputs.len() != graph.inputs.len() {
        let (n, got) = (graph.inputs.len(), batched_inputs.len());
        return Err(Error::new(format!("batch: the graph has {n} inputs, got {got} flags")).into());
    }
    if size == 0 {
        return Err(Error::new("batch: there are no examples").into());
    }
    let builder = Builder::new();
    let declare = |(declaration, &batched): (&crate::Declaration, &bool)| {
        let Type { shape, dtype } = &declaration.ty;
        let shape = if batched { shape.with_leading(size) } else { shape.clone() };
        builder.input_of(&declaration.name, Type::new(shape, *dtype))
    };
    let inputs: Vec<Tensor> = graph.inputs.iter().zip(batched_inputs).map(declare).collect();
    let parameters: Vec<Tensor> =
        graph.parameters.iter().map(|d| builder.parameter_of(&d.name, d.ty.clone())).collect();
    // Each node's value, and whether it has the leading axis.
    let mut made: Vec<(Tensor, bool)> = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        builder.set_label(node.label.clone());
        builder.set_place(Some(node.location));
        let (operands, batched): (Vec<Tensor>, Vec<bool>) =
            node.inputs.iter().map(|id| made[id.index()].clone()).unzip();
        let any = batched.contains(&true);
        made.push(match &node.op {
            Op::Input(input) => (inputs[input.index].clone(), batched_inputs[input.index]),
            Op::Parameter(parameter) => (parameters[parameter.index].clone(), false),
            op if any => (rule(op, &Batch { inputs: &operands, batched: &batched, size }), true),
            op => (builder.push(op.clone(), &operands.iter().collect::<Vec<_>>()), false),
        });
    }
    builder.set_label(None);
    builder.set_place(None);
    let outputs: Vec<(&str, Tensor)> = graph
        .outputs
        .iter()
        .map(|(name, id)| match &made[id.index()] {
            (tensor, true) => (name.as_str(), tensor.clone()),
            (tensor, false) => (name.as_str(), tensor.broadcast_to(tensor.shape().with_leading(size))),
        })
        .collect();
    builder.build(&outputs.iter().map(|(name, tensor)| (*name, tensor)).collect::<Vec<_>>(), &[])
}
