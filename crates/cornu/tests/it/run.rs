//! How the tests of this folder run a graph.

use cornu::cpu::Plan;
use cornu::scope::{Mode, Scope};
use cornu::variables::Variables;
use cornu_graph::{Array, Evaluation, Graph, Tensor, Type};

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

/// A step on variables that is taken often: described and compiled once for inputs of the same types.
#[derive(Default)]
pub struct Repeated {
    plans: Vec<(Vec<Type>, Plan)>,
}

impl Repeated {
    /// Runs the step, and keeps the variables' new values.
    pub fn step(
        &mut self,
        variables: &mut Variables,
        inputs: &[Array],
        describe: impl FnOnce(&mut Scope, &[Tensor]) -> Vec<Tensor>,
    ) -> Vec<Array> {
        let types: Vec<Type> = inputs.iter().map(|array| Type::new(array.shape(), array.dtype())).collect();
        let known = self.plans.iter().position(|(known, _)| *known == types);
        let place = known.unwrap_or_else(|| {
            let graph = describe_step(variables, inputs, describe);
            self.plans.push((types, Plan::new(&graph, 1).unwrap()));
            self.plans.len() - 1
        });
        let plan = &mut self.plans[place].1;
        plan.run(inputs, variables.values_mut()).unwrap();
        (0..plan.graph().outputs().len()).map(|i| plan.output(i)).collect()
    }
}

/// The graph of a step on variables.
pub fn describe_step(
    variables: &mut Variables,
    inputs: &[Array],
    describe: impl FnOnce(&mut Scope, &[Tensor]) -> Vec<Tensor>,
) -> Graph {
    let mut scope = Scope::new(Mode::Train, variables);
    let builder = scope.builder().clone();
    let ty = |array: &Array| Type::new(array.shape(), array.dtype());
    let inputs: Vec<Tensor> = inputs.iter().map(|array| builder.input_of("input", ty(array))).collect();
    let outputs = describe(&mut scope, &inputs);
    let outputs: Vec<(&str, &Tensor)> = outputs.iter().map(|output| ("output", output)).collect();
    let parameters = scope.parameters().to_vec();
    let updates: Vec<_> = scope.updates().iter().map(|(index, value)| (&parameters[*index], value)).collect();
    builder.build(&outputs, &updates).unwrap()
}
