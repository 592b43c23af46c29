//! What a well-formed graph is.

use crate::graph::{Graph, Node, Type};
use crate::ops::Op;
use crate::{Error, Errors};

/// Whether `graph` is well formed: every node works on nodes before it, has the type that its
/// operation infers and a size that fits in memory; inputs and parameters are of the types they are
/// declared with; outputs and updates name nodes, each parameter is updated at most once, and with a
/// value of its own type.
///
/// What a [`Builder`](crate::Builder) makes and what the transformations return is well formed; so
/// is whatever [`Graph::parse`] accepts.
///
/// # Errors
/// All that is wrong.
pub fn verify(graph: &Graph) -> Result<(), Errors> {
    let mut errors = Vec::new();
    // Nodes on which inference can be trusted: one mistake is told once.
    let mut sound = vec![false; graph.nodes.len()];
    for (index, node) in graph.nodes.iter().enumerate() {
        match check_node(graph, index, node, &sound) {
            Ok(is_sound) => sound[index] = is_sound,
            Err(message) => errors.push(Error {
                location: node.location,
                ..Error::new(format!("%{index} = {}: {message}", node.op.name()))
            }),
        }
    }
    let count = graph.nodes.len();
    for (name, id) in &graph.outputs {
        if id.index() >= count {
            errors.push(Error::new(format!("output `{name}` is {id}, but there are {count} nodes")));
        }
    }
    let mut updated = vec![false; graph.parameters.len()];
    for (index, id) in &graph.updates {
        let Some(parameter) = graph.parameters.get(*index) else {
            errors.push(Error::new(format!("there is no parameter {index} to update")));
            continue;
        };
        let name = &parameter.name;
        if std::mem::replace(&mut updated[*index], true) {
            errors.push(Error::new(format!("parameter `{name}` is updated twice")));
        }
        match graph.nodes.get(id.index()) {
            None => {
                errors.push(Error::new(format!("parameter `{name}` takes {id}, but there are {count} nodes")))
            }
            Some(node) if node.ty != parameter.ty => {
                let message = format!("parameter `{name}` is {}, its update is {}", parameter.ty, node.ty);
                errors.push(Error { location: node.location, ..Error::new(message) });
            }
            Some(_) => {}
        }
    }
    for declaration in graph.inputs.iter().chain(&graph.parameters) {
        if declaration.ty.shape.checked_size().is_none() {
            errors.push(Error::new(format!(
                "`{}`: {} would not fit in memory",
                declaration.name, declaration.ty
            )));
        }
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Errors(errors)),
    }
}

/// Whether the node could be checked and is right; what is wrong with it.
fn check_node(graph: &Graph, index: usize, node: &Node, sound: &[bool]) -> Result<bool, String> {
    if let Some(id) = node.inputs.iter().find(|id| id.index() >= index) {
        return Err(format!("operand {id} does not come before it"));
    }
    if node.ty.shape.checked_size().is_none() {
        return Err(format!("{} would not fit in memory", node.ty));
    }
    if node.inputs.iter().any(|id| !sound[id.index()]) {
        return Ok(false);
    }
    let (what, place, declared) = match &node.op {
        Op::Input(input) => ("input", input.index, Some(&graph.inputs)),
        Op::Parameter(parameter) => ("parameter", parameter.index, Some(&graph.parameters)),
        _ => ("", 0, None),
    };
    if let Some(declarations) = declared {
        match declarations.get(place) {
            None => return Err(format!("there is no {what} {place}")),
            Some(declaration) if declaration.ty != node.ty => {
                return Err(format!("{what} `{}` is {}, not {}", declaration.name, declaration.ty, node.ty));
            }
            Some(_) => {}
        }
    }
    let types: Vec<&Type> = node.inputs.iter().map(|id| &graph.nodes[id.index()].ty).collect();
    let inferred = node.op.infer(&types)?;
    match inferred == node.ty {
        true => Ok(true),
        false => Err(format!("it is said to be {}, but is {inferred}", node.ty)),
    }
}
