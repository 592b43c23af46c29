//! The orders of a network's layers: one in which they can run, and the one in which Keras lists them.

use super::network::{Network, Reference};
use std::cmp::Reverse;

/// A call of a layer: the layer's number, the call's number.
type Key = (usize, usize);

impl Network {
    /// Finds an order in which all calls can run, the one that connecting the same layers by symbols
    /// gives: inputs first, then what each output needs.
    ///
    /// # Errors
    /// If calls depend on each other in a circle, or one leads to no output.
    pub(crate) fn schedule(&mut self) -> Result<(), String> {
        let n_calls: usize = self.nodes.iter().map(|node| node.calls.len()).sum();
        let starts: Vec<Reference> = self.inputs.iter().chain(&self.outputs).copied().collect();
        self.order = self.walk(&starts)?.0;
        if self.order.len() < n_calls {
            let mut reached: Vec<Vec<bool>> =
                self.nodes.iter().map(|node| vec![false; node.calls.len()]).collect();
            self.order.iter().for_each(|&(node, call)| reached[node][call] = true);
            let lost = reached.iter().position(|calls| calls.contains(&false)).unwrap_or(0);
            return Err(format!("the layer `{}` leads to no output of the model", self.nodes[lost].name));
        }
        Ok(())
    }

    /// Puts the layers in the order in which Keras lists them, by how many layers lie between them
    /// and the outputs. Files hold weights and optimizer slots in this order, and do not say so.
    pub(crate) fn arrange(&mut self) {
        // A network made of symbols has no circles, and a file's has been scheduled before.
        let Ok((calls, first_seen)) = self.walk(&self.outputs) else { return };
        let mut layers: Vec<Option<usize>> = vec![None; self.nodes.len()];
        let mut depths: Vec<Vec<usize>> = self.nodes.iter().map(|node| vec![0; node.calls.len()]).collect();
        for &(node, call) in calls.iter().rev() {
            // A shared layer is as deep as its deepest call.
            let depth = depths[node][call].max(layers[node].unwrap_or(0));
            layers[node] = Some(depth);
            depths[node][call] = depth;
            for input in self.nodes[node].calls[call].arguments.tensors() {
                let deeper = &mut depths[input.node][input.call];
                *deeper = (*deeper).max(depth + 1);
            }
        }
        // Inputs that no output needs come first of those without depth.
        let unused = |node: usize| self.inputs.iter().position(|input| input.node == node).unwrap_or(0);
        let mut places: Vec<usize> = (0..self.nodes.len()).collect();
        places.sort_by_key(|&node| match first_seen[node] {
            Some(seen) => (Reverse(layers[node].unwrap_or(0)), 1, seen),
            None => (Reverse(0), 0, unused(node)),
        });
        let mut new = vec![0; self.nodes.len()];
        places.iter().enumerate().for_each(|(place, &node)| new[node] = place);
        let mut nodes: Vec<_> = std::mem::take(&mut self.nodes).into_iter().enumerate().collect();
        nodes.sort_by_key(|(node, _)| new[*node]);
        self.nodes = nodes.into_iter().map(|(_, node)| node).collect();
        let inner = self
            .nodes
            .iter_mut()
            .flat_map(|node| &mut node.calls)
            .flat_map(|call| call.arguments.tensors_mut());
        for reference in inner.chain(&mut self.inputs).chain(&mut self.outputs) {
            reference.node = new[reference.node];
        }
        self.order.iter_mut().for_each(|(node, _)| *node = new[*node]);
    }

    /// The calls that `starts` need, each after those that it needs itself, and for each layer when
    /// it was first come upon. Without recursion: models may be deep.
    fn walk(&self, starts: &[Reference]) -> Result<(Vec<Key>, Vec<Option<usize>>), String> {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let mut states: Vec<Vec<State>> =
            self.nodes.iter().map(|node| vec![State::New; node.calls.len()]).collect();
        let mut first_seen = vec![None; self.nodes.len()];
        let mut seen = 0;
        let mut done = Vec::new();
        for start in starts {
            // Each call on the way, with the number of its inputs that have been gone through.
            let mut way: Vec<(Key, usize)> = vec![((start.node, start.call), 0)];
            while let Some(((node, call), next)) = way.last_mut() {
                let (node, call) = (*node, *call);
                let state = &mut states[node][call];
                if *state == State::Done {
                    way.pop();
                    continue;
                }
                *state = State::Open;
                if first_seen[node].is_none() {
                    first_seen[node] = Some(seen);
                    seen += 1;
                }
                match self.nodes[node].calls[call].arguments.tensors().get(*next) {
                    Some(input) => {
                        *next += 1;
                        if states[input.node][input.call] == State::Open {
                            let (from, to) = (&self.nodes[input.node].name, &self.nodes[node].name);
                            return Err(format!("the layers `{from}` and `{to}` depend on each other"));
                        }
                        way.push(((input.node, input.call), 0));
                    }
                    None => {
                        states[node][call] = State::Done;
                        done.push((node, call));
                        way.pop();
                    }
                }
            }
        }
        Ok((done, first_seen))
    }
}
