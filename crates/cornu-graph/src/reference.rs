//! The meaning of graphs: a slow, plain evaluator in f64.

use crate::graph::{Declaration, Graph, Type};
use crate::ops::{Op, Value};
use crate::{Array, Error};

/// What a run of a graph gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The outputs, in order.
    pub outputs: Vec<Array>,
    /// All parameters after the run, in order.
    pub parameters: Vec<Array>,
}

/// Evaluates `graph` node by node.
///
/// All work on floats is in f64, whatever their dtype; results are rounded to their dtype at the
/// end alone. Integers are exact up to 2^53 and saturate at their dtype's range.
///
/// # Errors
/// If the number, shape or dtype of inputs or parameters differs from what the graph declares.
pub fn evaluate(graph: &Graph, inputs: &[Array], parameters: &[Array]) -> Result<Evaluation, Error> {
    let values = evaluate_f64(graph, inputs, parameters)?;
    let array =
        |value: &Value| Array::from_f64(&value.ty.shape, value.ty.dtype, &value.elements).map_err(Error::new);
    let outputs = graph.outputs.iter().map(|(_, id)| array(&values[id.index()])).collect::<Result<_, _>>()?;
    let mut after = parameters.to_vec();
    for (index, id) in &graph.updates {
        after[*index] = array(&values[id.index()])?;
    }
    Ok(Evaluation { outputs, parameters: after })
}

/// The values of all nodes, unrounded; see [`evaluate`].
pub fn evaluate_f64(graph: &Graph, inputs: &[Array], parameters: &[Array]) -> Result<Vec<Value>, Error> {
    evaluate_with_rule(graph, inputs, parameters, &|op, operands, ty| op.eval(operands, ty))
}

/// An operation's elements from its operands.
pub(crate) type Meaning<'a> = dyn Fn(&Op, &[&Value], &Type) -> Vec<f64> + 'a;

/// The same with another meaning of operations, so that tests can plant errors.
#[doc(hidden)]
pub fn evaluate_with_rule(
    graph: &Graph,
    inputs: &[Array],
    parameters: &[Array],
    rule: &Meaning,
) -> Result<Vec<Value>, Error> {
    check_types("input", &graph.inputs, inputs.iter())?;
    check_types("parameter", &graph.parameters, parameters.iter())?;
    let numbers = |arrays: &[Array]| arrays.iter().map(Array::to_f64).collect::<Vec<_>>();
    Ok(values_of(graph, &numbers(inputs), &numbers(parameters), rule))
}

/// The values of all nodes from the elements of what the graph is given, of which there are as many
/// as it declares.
pub(crate) fn values_of(
    graph: &Graph,
    inputs: &[Vec<f64>],
    parameters: &[Vec<f64>],
    rule: &Meaning,
) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let elements = match &node.op {
            Op::Input(input) => inputs[input.index].clone(),
            Op::Parameter(parameter) => parameters[parameter.index].clone(),
            op => {
                let operands: Vec<&Value> = node.inputs.iter().map(|id| &values[id.index()]).collect();
                let mut elements = rule(op, &operands, &node.ty);
                if !node.ty.dtype.is_float() {
                    elements.iter_mut().for_each(|x| *x = node.ty.dtype.round(*x));
                }
                elements
            }
        };
        values.push(Value { ty: node.ty.clone(), elements });
    }
    values
}

/// Whether the arrays `given` are what a graph declares.
///
/// # Errors
/// The first that is not, by name, with what was expected.
pub fn check_types<'a>(
    what: &str,
    declared: &[Declaration],
    given: impl ExactSizeIterator<Item = &'a Array>,
) -> Result<(), Error> {
    if declared.len() != given.len() {
        return Err(Error::new(format!("the graph takes {} {what}s, got {}", declared.len(), given.len())));
    }
    for (Declaration { name, ty }, array) in declared.iter().zip(given) {
        if *array.shape() != ty.shape || array.dtype() != ty.dtype {
            let message = format!("{what} `{name}` is {ty}, got {}{}", array.dtype(), array.shape());
            return Err(Error::new(message));
        }
    }
    Ok(())
}
