//! Weights and the optimizer's variables in the HDF5 member, in the groups that Keras puts them in.
//!
//! A group is called after a layer's class, `layers/dense`, and from the second of its class on
//! numbered, `layers/dense_1`: in the order of the model's layers, whatever their names are. Its
//! group `vars` holds the weights `0`, `1` ..., and the layer's name as an attribute.

use super::{Misfit, vocabularies};
use crate::error::Result;
use crate::files::hdf5::{Attribute, Group};
use crate::layers::IntegerLookup;
use crate::model::{Model, Trainer};
use crate::optimizers::Optimizer;
use crate::registry::Item;
use crate::schedules::LearningRate;
use crate::variables::{Variable, Variables};
use cornu_graph::{Array, DType};

/// A layer's place in the file.
struct Place {
    /// What the tokens of its vocabulary weigh.
    token_weights: Option<Array>,
    /// Its group.
    group: String,
    /// Its name.
    name: String,
    /// The paths of its weights.
    paths: Vec<String>,
}

/// The places of all layers, also of models within the model and of the parts of layers.
fn places_of(model: &Model) -> Vec<Place> {
    let mut found = Vec::new();
    layers_of(model, "", &mut found);
    for index in model.weight_indices() {
        let Variable { path, storage, copy, .. } = &model.variables.list()[index];
        for group in std::iter::once(storage).chain(copy) {
            let known = found.iter().position(|place| place.group == *group);
            let place = known.unwrap_or_else(|| {
                let name = path.rsplit('/').nth(1).unwrap_or_default().to_string();
                found.push(Place { group: group.clone(), name, paths: Vec::new(), token_weights: None });
                found.len() - 1
            });
            found[place].paths.push(path.clone());
        }
    }
    found
}

/// A place for each layer; `within` is the group of the model.
fn layers_of(model: &Model, within: &str, found: &mut Vec<Place>) {
    let sequential = model.class_name() == "Sequential";
    for (node, group) in model.network.nodes.iter().zip(model.network.groups()) {
        if sequential && node.as_input().is_some() {
            continue;
        }
        let group = format!("{within}{group}");
        let below = format!("{group}/");
        let lookup = (&*node.layer.layer as &dyn std::any::Any).downcast_ref::<IntegerLookup>();
        let token_weights = lookup.and_then(IntegerLookup::token_weights).map(Array::from_vec);
        found.push(Place { group, name: node.name.clone(), paths: Vec::new(), token_weights });
        if let Some(inner) = node.as_model() {
            layers_of(inner, &below, found);
        }
    }
}

fn add(root: &mut Group, group: &str, name: &str, arrays: impl IntoIterator<Item = Array>) {
    let vars = root.group_mut(&format!("{group}/vars"));
    vars.attributes.insert("name".into(), Attribute::Text(name.into()));
    for (i, array) in arrays.into_iter().enumerate() {
        vars.datasets.insert(i.to_string(), array);
    }
}

/// All weights of a model.
pub(super) fn of_model(model: &Model) -> Group {
    let mut root = Group::default();
    add(&mut root, "", model.name(), []);
    for Place { group, name, paths, token_weights } in places_of(model) {
        let indices = paths.iter().filter_map(|path| model.variables.index(path));
        add(&mut root, &group, &name, indices.map(|index| model.variables.values()[index].clone()));
        if let Some(weights) = token_weights {
            let vars = root.group_mut(&format!("{group}/vars"));
            vars.datasets.insert(vocabularies::WEIGHTS.into(), weights);
        }
    }
    root
}

/// The variables of a model's optimizer.
pub(super) fn add_optimizer(trainer: &Trainer, root: &mut Group) -> Result<()> {
    let optimizer = trainer.compiled_with().optimizer.item()?;
    let arrays = trainer.optimizer_variables().into_iter().map(|(_, value)| match value.dtype() {
        // Keras counts steps in 32 bits.
        DType::I64 => value.cast(DType::I32),
        _ => value.clone(),
    });
    let arrays: Vec<Array> = arrays.collect();
    add(root, super::OPTIMIZER, &optimizer.settings().name, arrays);
    Ok(())
}

/// Number of elements of all arrays in the file.
pub(super) fn count(group: &Group) -> usize {
    let own: usize = group.datasets.values().map(Array::size).sum();
    own + group.groups.values().map(count).sum::<usize>()
}

/// Gives a model the weights in the file.
pub(super) fn fill(model: &mut Model, root: &Group) -> Result<(), Misfit> {
    for Place { group, name, paths, .. } in places_of(model) {
        let place = format!("{group}/vars");
        // What is not numbered is no weight, but what a vocabulary's tokens weigh.
        let numbered =
            |vars: &Group| vars.datasets.keys().filter(|key| *key != vocabularies::WEIGHTS).count();
        let n_there = root.group(&place).map_or(0, numbered);
        if n_there != paths.len() {
            let message =
                format!("the layer `{name}` has {} weights, the file has {n_there} in {place}", paths.len());
            return Err(Misfit::new(message));
        }
        for (i, path) in paths.iter().enumerate() {
            let value = root.dataset(&format!("{place}/{i}"));
            let value =
                value.ok_or_else(|| Misfit::new(format!("the file has no {place}/{i}, which is {path}")))?;
            let index = model.variables.index(path);
            let index = index.ok_or_else(|| Misfit::new(format!("the model has no weight {path}")))?;
            set(&mut model.variables, index, value, &format!("{place}/{i}"))?;
        }
    }
    Ok(())
}

/// Gives a compiled model's optimizer its variables in the file. If it was saved before the first
/// step, it begins anew.
pub(super) fn fill_optimizer(trainer: &mut Trainer, root: &Group) -> Result<(), Misfit> {
    trainer.declare_optimizer()?;
    let place = "optimizer/vars";
    let Some(vars) = root.group(place).filter(|vars| !vars.datasets.is_empty()) else { return Ok(()) };
    let indices = trainer.optimizer_indices();
    let optimizer = trainer.compiled_with().optimizer.item()?;
    if vars.datasets.len() == counters(&*optimizer) && vars.datasets.len() < indices.len() {
        return Ok(());
    }
    if vars.datasets.len() != indices.len() {
        let (name, n, n_there) = (optimizer.class_name(), indices.len(), vars.datasets.len());
        let message = format!("the optimizer {name} has {n} variables, the file has {n_there} in {place}");
        return Err(Misfit::new(message));
    }
    for (i, index) in indices.into_iter().enumerate() {
        let value = vars.datasets.get(&i.to_string());
        let value = value.ok_or_else(|| Misfit::new(format!("the file has no {place}/{i}")))?;
        set(&mut trainer.variables, index, value, &format!("{place}/{i}"))?;
    }
    Ok(())
}

/// How many variables Keras makes for an optimizer before its first step.
fn counters(optimizer: &dyn Optimizer) -> usize {
    let own = match optimizer.settings().learning_rate {
        LearningRate::Constant(_) => 2,
        LearningRate::Schedule(_) => 1,
    };
    own + optimizer.inner().into_iter().map(|inner| counters(&**inner)).sum::<usize>()
}

fn set(variables: &mut Variables, index: usize, value: &Array, place: &str) -> Result<(), Misfit> {
    let variable = &variables.list()[index];
    if *value.shape() != variable.ty.shape {
        let (path, shape, got) = (&variable.path, &variable.ty.shape, value.shape());
        return Err(Misfit::new(format!("{path} has shape {shape}, the file has {got} in {place}")));
    }
    Ok(variables.set(index, value)?)
}
