//! What the layers say that work on data before a model, not in it.

use crate::scope::Scope;
use cornu_graph::Tensor;

/// The answer to a call in a model of a layer that works on `what`, which graphs do not have; `how` is
/// the method that does its work.
#[track_caller]
pub(super) fn refused(scope: &mut Scope, what: &str, how: &str) -> Vec<Tensor> {
    vec![scope.fail(format!(
        "works on {what}, which models do not hold: call its `{how}` on the data first, and feed the model \
         what that gives"
    ))]
}

/// Whether a layer is asked for sparse or ragged outputs, which there are none of.
pub(super) fn dense(name: &str, asked: bool) -> Result<(), String> {
    match asked {
        true => Err(format!("expects {name} to be false: there are dense arrays alone")),
        false => Ok(()),
    }
}
