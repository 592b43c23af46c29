//! One step of any optimizer: what all of them have in common.

use super::{Optimizer, OptimizerStep, RateMultipliers, Settings, Slot};
use crate::schedules::LearningRate;
use crate::scope::Scope;
use crate::variables::{Role, Variable, Variables};
use cornu_graph::{DType, Shape, Tensor};

/// Describes one step of an optimizer that updates weights itself; see [`Optimizer::apply`].
pub(super) fn step<O: Optimizer + ?Sized>(
    optimizer: &O,
    scope: &mut Scope,
    gradients: &[(Tensor, Tensor)],
    multipliers: &RateMultipliers,
) {
    let settings = optimizer.settings();
    if let Some(mistake) = optimizer.mistake() {
        scope.fail(mistake);
        return;
    }
    let mut weights = Vec::new();
    for (weight, gradient) in gradients {
        let Some(variable) = variable(scope, weight) else {
            scope.fail("an optimizer updates variables alone");
            return;
        };
        let gradient = match settings.loss_scale_factor {
            Some(factor) => gradient / factor,
            None => gradient.clone(),
        };
        weights.push(Weight { variable, tensor: weight.clone(), gradient });
    }
    let name = settings.name.clone();
    let state = scope.inside(&name, true, |scope| State::declare(optimizer, scope, &weights));
    let Clock { iteration, iterations, due, learning_rate } = clock(settings, scope, &state);

    let mut gradients: Vec<Tensor> = weights.iter().map(|weight| weight.gradient.clone()).collect();
    if let (Some(due), Some(steps)) = (&due, settings.gradient_accumulation_steps) {
        for (gradient, accumulator) in gradients.iter_mut().zip(&state.accumulators) {
            let sum = &*gradient + accumulator;
            scope.update(accumulator, due.select(&accumulator.full_like(0.0), &sum));
            *gradient = sum / steps as f64;
        }
    }
    clip(settings, &mut gradients);

    let mut updated = Vec::new();
    for (index, (weight, gradient)) in weights.iter().zip(&gradients).enumerate() {
        let dtype = weight.tensor.dtype();
        let learning_rate = match multipliers.of(&weight.variable.path) {
            1.0 => learning_rate.clone(),
            factor => &learning_rate * factor,
        };
        let decayed = match optimizer.weight_decay(&weight.variable) {
            Some(decay) => &weight.tensor - &weight.tensor * decay * learning_rate.cast(dtype),
            None => weight.tensor.clone(),
        };
        let mut step = OptimizerStep {
            learning_rate,
            iterations: iterations.clone(),
            dtype,
            before: weight.tensor.clone(),
            slots: state.slots[index].iter().chain(&state.scalars).cloned().collect(),
            updates: Vec::new(),
        };
        let new = optimizer.update(&mut step, &decayed, gradient);
        for (slot, value) in step.updates {
            scope.update(&slot, when(&due, &value, &slot));
        }
        updated.push(when(&due, &new, &weight.tensor));
    }
    if settings.use_ema {
        average(settings, scope, &state, &iterations, &mut updated);
    }
    for (weight, new) in weights.iter().zip(updated) {
        let new = match &weight.variable.constraint {
            Some(constraint) => constraint.call(&new),
            None => new,
        };
        scope.update(&weight.tensor, new);
    }
    scope.update(&iteration, &iteration + 1.0);
}

/// The variable that `tensor` is in `scope`.
pub(super) fn variable(scope: &Scope, tensor: &Tensor) -> Option<Variable> {
    let index = scope.index_of(tensor)?;
    Some(scope.variables().list()[index].clone())
}

/// The numbers of weights and of their moving averages, if an optimizer of these settings keeps some.
pub(super) fn averages(settings: &Settings, variables: &Variables) -> Vec<(usize, usize)> {
    if !settings.use_ema {
        return Vec::new();
    }
    let place = |path: &str| variables.index(&format!("{}/{}", settings.name, slot_name(path, "average")));
    let weights = variables.list().iter().enumerate().filter(|(_, weight)| weight.role == Role::Trainable);
    weights.filter_map(|(index, weight)| Some((index, place(&weight.path)?))).collect()
}

/// Declares the number of steps and, unless it follows a schedule, the learning rate.
pub(super) fn declare_counters(settings: &Settings, scope: &mut Scope) -> (Tensor, Option<Tensor>) {
    let role = Role::Optimizer;
    let iteration = scope.slot("iteration", Shape::scalar(), DType::I64, role, 0.0);
    let rate = settings.learning_rate.constant();
    (iteration, rate.map(|rate| scope.slot("learning_rate", Shape::scalar(), DType::F32, role, rate)))
}

/// A weight and what its update needs.
struct Weight {
    variable: Variable,
    tensor: Tensor,
    gradient: Tensor,
}

/// An optimizer's variables.
struct State {
    iteration: Tensor,
    learning_rate: Option<Tensor>,
    averages: Vec<Tensor>,
    accumulators: Vec<Tensor>,
    slots: Vec<Vec<(&'static str, Tensor)>>,
    scalars: Vec<(&'static str, Tensor)>,
}

impl State {
    fn declare<O: Optimizer + ?Sized>(optimizer: &O, scope: &mut Scope, weights: &[Weight]) -> State {
        let settings = optimizer.settings();
        let (iteration, learning_rate) = declare_counters(settings, scope);
        let mut each = |slot: Slot, Weight { variable, .. }: &Weight| {
            let ty = slot.ty.unwrap_or_else(|| variable.ty.clone());
            scope.slot(&slot_name(&variable.path, slot.name), ty.shape, ty.dtype, Role::Optimizer, slot.start)
        };
        let mut averages = Vec::new();
        if settings.use_ema {
            averages.extend(weights.iter().map(|weight| each(Slot::new("average"), weight)));
        }
        let mut accumulators = Vec::new();
        if settings.gradient_accumulation_steps.is_some() {
            accumulators.extend(weights.iter().map(|weight| each(Slot::new("gradient_accumulator"), weight)));
        }
        let mut lists: Vec<_> =
            weights.iter().map(|weight| optimizer.slots(&weight.variable).into_iter()).collect();
        let mut slots = vec![Vec::new(); weights.len()];
        loop {
            let round: Vec<Option<Vec<Slot>>> = lists.iter_mut().map(Iterator::next).collect();
            if round.iter().all(Option::is_none) {
                break;
            }
            for ((list, weight), slots) in round.into_iter().zip(weights).zip(&mut slots) {
                slots.extend(list.into_iter().flatten().map(|slot| (slot.name, each(slot, weight))));
            }
        }
        let scalars = optimizer.scalars().into_iter().map(|Slot { name, start, .. }| {
            (name, scope.slot(name, Shape::scalar(), DType::F32, Role::Optimizer, start))
        });
        State { iteration, learning_rate, averages, accumulators, slots, scalars: scalars.collect() }
    }
}

/// A slot's name below the optimizer's, as Keras builds it: `dense_kernel_momentum`.
fn slot_name(path: &str, slot: &str) -> String {
    format!("{}_{slot}", path.replace('/', "_"))
}

/// Where training is, as the optimizer counts it.
struct Clock {
    /// Steps so far.
    iteration: Tensor,
    /// Updates so far: fewer, where gradients are accumulated.
    iterations: Tensor,
    /// Whether this step updates the weights; `None` where every one does.
    due: Option<Tensor>,
    /// The learning rate; schedules count steps, not updates.
    learning_rate: Tensor,
}

fn clock(settings: &Settings, scope: &Scope, state: &State) -> Clock {
    let iteration = state.iteration.clone();
    let (iterations, due) = match settings.gradient_accumulation_steps {
        Some(steps) => {
            let next = &iteration + 1.0;
            let due = (&next - (&next / steps as f64) * steps as f64).equal(0.0);
            (&iteration / steps as f64, Some(due))
        }
        None => (iteration.clone(), None),
    };
    let learning_rate = match (&settings.learning_rate, &state.learning_rate) {
        (LearningRate::Schedule(schedule), _) => schedule.call(&iteration.cast(DType::F32)),
        (LearningRate::Constant(_), Some(variable)) => variable.clone(),
        (LearningRate::Constant(rate), None) => scope.builder().scalar(*rate, DType::F32),
    };
    Clock { iteration, iterations, due, learning_rate }
}

/// `new` where an update is due, else `old`.
fn when(due: &Option<Tensor>, new: &Tensor, old: &Tensor) -> Tensor {
    match due {
        Some(due) => due.select(new, old),
        None => new.clone(),
    }
}

/// Clips gradients by the one setting that is set; zero and less count as not set, as in Keras.
fn clip(settings: &Settings, gradients: &mut [Tensor]) {
    let set = |clip: Option<f64>| clip.filter(|&clip| clip > 0.0);
    if let Some(norm) = set(settings.clipnorm) {
        for gradient in gradients {
            let length = gradient.square().sum_all().sqrt();
            *gradient = &*gradient * norm / length.maximum(norm);
        }
    } else if let Some(norm) = set(settings.global_clipnorm) {
        let squares = gradients.iter().map(|gradient| gradient.square().sum_all());
        let Some(length) = squares.reduce(|a, b| a + b).map(|sum| sum.sqrt()) else { return };
        // Infinite or not a number, the norm makes every gradient not a number, as Keras has it.
        let scale = norm / length.maximum(norm) + length * 0.0;
        for gradient in gradients {
            *gradient = &*gradient * &scale;
        }
    } else if let Some(value) = set(settings.clipvalue) {
        for gradient in gradients {
            *gradient = gradient.clip(-value, value);
        }
    }
}

/// Moves the averages towards the updated weights, and overwrites these where that is due.
fn average(
    settings: &Settings,
    scope: &mut Scope,
    state: &State,
    iterations: &Tensor,
    updated: &mut [Tensor],
) {
    let overwrite = settings.ema_overwrite_frequency.map(|frequency| {
        let next = iterations + 1.0;
        (&next - (&next / frequency as f64) * frequency as f64).equal(0.0)
    });
    for (average, weight) in state.averages.iter().zip(updated) {
        // The first average is the weight itself.
        let momentum = iterations.not_equal(0.0).cast(weight.dtype()) * settings.ema_momentum;
        let moved = average * &momentum + &*weight * (1.0 - momentum);
        scope.update(average, moved.clone());
        if let Some(overwrite) = &overwrite {
            *weight = overwrite.select(&moved, &*weight);
        }
    }
}
