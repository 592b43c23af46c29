//! How the tests of this folder run a graph.

use cornu::cpu::Plan;
use cornu::scope::{Mode, Scope};
use cornu::variables::Variables;
use cornu_graph::{Array, Evaluation, Graph, Tensor};

/// Runs a graph as programs do: compiled, in its own dtypes.
pub fn run(graph: &Graph, inputs: &[Array], parameters: &[Array]) -> Evaluation {
    let mut plan = Plan::new(graph, 1).unwrap();
    let mut parameters = parameters.to_vec();
    plan.run(inputs, &mut parameters).unwrap();
    let outputs = (0..graph.outputs().len()).map(|i| plan.output(i)).collect();
    Evaluation { outputs, parameters }
}

/// Describes a step on variables, runs it, and keeps the variables' new values.
pub fn step(
    variables: &mut Variables,
    inputs: &[Array],
    describe: impl FnOnce(&mut Scope, &[Tensor]) -> Vec<Tensor>,
) -> Vec<Array> {
    let graph = describe_step(variables, inputs, describe);
    let ran = run(&graph, inputs, variables.values());
    variables.values_mut().clone_from_slice(&ran.parameters);
    ran.outputs
}

/// The graph of a step on variables.
pub fn describe_step(
    variables: &mut Variables,
    inputs: &[Array],
    describe: impl FnOnce(&mut Scope, &[Tensor]) -> Vec<Tensor>,
) -> Graph {
    let mut scope = Scope::new(Mode::Train, variables);
    let builder = scope.builder().clone();
    let ty = |array: &Array| cornu_graph::Type::new(array.shape(), array.dtype());
    let inputs: Vec<Tensor> = inputs.iter().map(|array| builder.input_of("input", ty(array))).collect();
    let outputs = describe(&mut scope, &inputs);
    let outputs: Vec<(&str, &Tensor)> = outputs.iter().map(|output| ("output", output)).collect();
    let parameters = scope.parameters().to_vec();
    let updates: Vec<_> = scope.updates().iter().map(|(index, value)| (&parameters[*index], value)).collect();
    builder.build(&outputs, &updates).unwrap()
}
