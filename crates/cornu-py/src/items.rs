//! What models are made of besides layers, by class and config: checked, listed, and applied to numbers.

use crate::arrays::{Keep, dtype, to_array, to_numpy};
use crate::custom;
use crate::errors::{raise, value_error};
use crate::operations::{Kind, evaluate, kind_of_call, operand};
use crate::trace;
use crate::values;
use cornu::activations::Activation;
use cornu::arguments::Argument;
use cornu::constraints::Constraint;
use cornu::cpu::Plan;
use cornu::graph::philox::Random;
use cornu::graph::{Builder, Tensor, Type};
use cornu::initializers::{AnyInitializer, Initializer};
use cornu::layers::Layer;
use cornu::losses::Loss;
use cornu::metrics::{AnyMetric, Metric};
use cornu::optimizers::Optimizer;
use cornu::registry::{Any, Entry, Kind as Registered};
use cornu::regularizers::Regularizer;
use cornu::schedules::Schedule;
use cornu::scope::{Mode, Scope};
use cornu::variables::{Role, Variables};
use cornu::{Array, DType, DTypePolicy, Shape};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use serde_json::Value;
use std::sync::Mutex;

type Row = (&'static str, Vec<&'static str>, &'static str);

fn rows<T: ?Sized>(entries: &[Entry<T>]) -> Vec<Row> {
    entries.iter().map(|entry| (entry.name, entry.aliases.to_vec(), entry.summary)).collect()
}

/// The items of a kind: name, other names, one line on what it is.
#[pyfunction]
pub fn listed(kind: &str) -> PyResult<Vec<Row>> {
    match kind {
        "layers" => Ok(rows(<dyn Layer>::registry())),
        "losses" => Ok(rows(<dyn Loss>::registry())),
        "metrics" => Ok(rows(<dyn Metric>::registry())),
        "optimizers" => Ok(rows(<dyn Optimizer>::registry())),
        "schedules" => Ok(rows(<dyn Schedule>::registry())),
        "initializers" => Ok(rows(<dyn Initializer>::registry())),
        "regularizers" => Ok(rows(<dyn Regularizer>::registry())),
        "constraints" => Ok(rows(<dyn Constraint>::registry())),
        "activations" => {
            Ok(Activation::ALL.iter().map(|a| (a.name(), a.aliases().to_vec(), a.formula())).collect())
        }
        "callbacks" => {
            Ok(cornu::callbacks::CALLBACKS.iter().map(|(name, line)| (*name, vec![], *line)).collect())
        }
        _ => Err(value_error(format!("there are no {kind}"))),
    }
}

/// The config of the item of that class, if it is one: all fields, as Keras's `get_config` gives them.
#[pyfunction]
pub fn check<'py>(
    py: Python<'py>,
    kind: &str,
    class: &str,
    config: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    fn of<T: Registered + ?Sized>(class: &str, config: Value) -> PyResult<Value> {
        Any::<T>::from_name(class, config).map(|item| item.config()).map_err(value_error)
    }
    let config = values::config(config)?;
    let config = match kind {
        "layers" => of::<dyn Layer>(class, config),
        "losses" => of::<dyn Loss>(class, config),
        "metrics" => of::<dyn Metric>(class, config),
        "optimizers" => {
            let optimizer = Any::<dyn Optimizer>::from_name(class, config).map_err(value_error)?;
            if let Some(mistake) = optimizer.mistake() {
                return Err(value_error(mistake));
            }
            Ok(optimizer.config())
        }
        "schedules" => of::<dyn Schedule>(class, config),
        "initializers" => of::<dyn Initializer>(class, config),
        "regularizers" => of::<dyn Regularizer>(class, config),
        "constraints" => of::<dyn Constraint>(class, config),
        _ => Err(value_error(format!("there are no {kind}"))),
    };
    values::from_config(py, &config?)
}

/// The values that an initializer gives a weight.
#[pyfunction]
pub fn initial<'py>(
    py: Python<'py>,
    initializer: &Bound<'py, PyAny>,
    shape: Vec<usize>,
    dtype_name: &str,
    seed: i64,
) -> PyResult<Bound<'py, PyAny>> {
    let initializer: AnyInitializer = Any::from_json(values::config(initializer)?).map_err(value_error)?;
    let (shape, dtype) = (Shape::from(shape), dtype(dtype_name)?);
    if shape.checked_size().is_none() {
        return Err(value_error(format!("no memory holds an array of shape {shape}")));
    }
    initializer.check(&shape).map_err(value_error)?;
    let values = initializer.values(&shape, &mut Random::new(initializer.seed().unwrap_or(seed), 0));
    to_numpy(py, Array::from_f64(shape, dtype, &values).map_err(value_error)?)
}

/// The loss of a batch of numbers.
#[pyfunction]
#[pyo3(signature = (loss, y_true, y_pred, sample_weight=None))]
pub fn loss_value<'py>(
    py: Python<'py>,
    loss: &Bound<'py, PyAny>,
    y_true: Bound<'py, PyAny>,
    y_pred: Bound<'py, PyAny>,
    sample_weight: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let choice = custom::loss(loss)?;
    let key = format!("loss {choice:?}");
    let mut given = vec![y_true, y_pred];
    given.extend(sample_weight);
    let args = PyTuple::new(py, given)?;
    let outputs = evaluate(&key, &args, None, |builder, arguments| {
        let tensors: Vec<Tensor> =
            arguments.positional.iter().map(|argument| tensor(builder, argument)).collect::<PyResult<_>>()?;
        let loss = match &choice {
            cornu::Choice::Name(name) => {
                cornu::losses::for_model(name, &tensors[0].shape(), &tensors[1].shape())
                    .map_err(value_error)?
            }
            cornu::Choice::Item(loss) => loss.clone(),
        };
        Ok(vec![loss.value(&tensors[0], &tensors[1], tensors.get(2), None)])
    })?;
    to_numpy(py, outputs.into_iter().next().ok_or_else(|| value_error("the loss gives nothing"))?)
}

fn tensor(builder: &Builder, argument: &Argument<cornu::arguments::Masked>) -> PyResult<Tensor> {
    match argument {
        Argument::Tensor(masked) => Ok(masked.tensor.clone()),
        Argument::Value(value) if value.is_number() => {
            Ok(builder.scalar(value.as_f64().unwrap_or(f64::NAN), DType::F32))
        }
        _ => Err(value_error("an array is expected")),
    }
}

/// What an item of a class does to an array: `activations`, `regularizers`, `constraints` or `schedules`.
#[pyfunction]
pub fn apply<'py>(
    py: Python<'py>,
    kind: &str,
    item: &Bound<'py, PyAny>,
    x: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let config = values::config(item)?;
    let describe = |x: &Tensor| -> PyResult<Tensor> {
        match kind {
            "activations" => {
                let activation: Activation =
                    serde_json::from_value(config.clone()).map_err(|error| value_error(error.to_string()))?;
                Ok(activation.call(&floats(x)))
            }
            "regularizers" => {
                Ok(Any::<dyn Regularizer>::from_json(config.clone()).map_err(value_error)?.call(&floats(x)))
            }
            "constraints" => {
                Ok(Any::<dyn Constraint>::from_json(config.clone()).map_err(value_error)?.call(&floats(x)))
            }
            "schedules" => {
                Ok(Any::<dyn Schedule>::from_json(config.clone()).map_err(value_error)?.call(&floats(x)))
            }
            _ => Err(value_error(format!("{kind} are not applied to arrays"))),
        }
    };
    let args = PyTuple::new(py, [&x])?;
    match kind_of_call(&args, None)? {
        Kind::Traced => trace::give(py, describe(&operand(&x)?)?),
        Kind::Symbolic => Err(value_error(format!("{kind} are not applied to symbols"))),
        Kind::Numbers => {
            let key = format!("{kind} {config}");
            // A list or a number is an array too.
            let array = to_numpy(py, to_array(&x, Keep::Borrowed)?)?;
            let outputs = evaluate(&key, &PyTuple::new(py, [array])?, None, |builder, arguments| {
                Ok(vec![describe(&tensor(builder, &arguments.positional[0])?)?])
            })?;
            to_numpy(py, outputs.into_iter().next().ok_or_else(|| value_error("nothing is given"))?)
        }
    }
}

fn floats(x: &Tensor) -> Tensor {
    if x.dtype().is_float() { x.clone() } else { x.cast(DType::F32) }
}

/// The dtypes that a policy computes in and keeps weights in.
#[pyfunction]
pub fn policy(name: &str) -> PyResult<(String, String)> {
    let policy: DTypePolicy = name.parse().map_err(value_error)?;
    Ok((policy.compute.keras_name().to_string(), policy.variable.keras_name().to_string()))
}

/// A metric that stands by itself: its totals, between updates.
#[pyclass(frozen, module = "cornu._core")]
pub struct MetricState {
    metric: AnyMetric,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    variables: Variables,
    plans: Vec<(Vec<Type>, Plan)>,
    result: Option<Plan>,
}

#[pymethods]
impl MetricState {
    #[new]
    fn new(metric: &Bound<'_, PyAny>) -> PyResult<MetricState> {
        let metric = custom::metric(metric)?.item().map_err(raise)?;
        Ok(MetricState { metric, state: Mutex::default() })
    }

    #[getter]
    fn name(&self) -> String {
        self.metric.name().to_string()
    }

    /// Adds a batch.
    #[pyo3(signature = (y_true, y_pred, sample_weight=None))]
    fn update(
        &self,
        y_true: &Bound<'_, PyAny>,
        y_pred: &Bound<'_, PyAny>,
        sample_weight: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let mut inputs = vec![to_array(y_true, Keep::Borrowed)?, to_array(y_pred, Keep::Borrowed)?];
        if let Some(weight) = sample_weight {
            inputs.push(to_array(weight, Keep::Borrowed)?);
        }
        let types: Vec<Type> = inputs.iter().map(|array| Type::new(array.shape(), array.dtype())).collect();
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let State { variables, plans, result } = &mut *state;
        let at = match plans.iter().position(|(known, _)| *known == types) {
            Some(at) => at,
            None => {
                let mut scope = Scope::new(Mode::Evaluate, variables);
                let builder = scope.builder().clone();
                let tensors: Vec<Tensor> = types.iter().map(|ty| builder.input_of("x", ty.clone())).collect();
                let seen: Vec<Tensor> = (tensors.iter())
                    .map(|x| if x.dtype() == DType::F64 { x.cast(DType::F32) } else { x.clone() })
                    .collect();
                let known = builder.error_count();
                self.metric.update(&mut scope, &seen[0], &seen[1], seen.get(2));
                builder.amend_errors(known, |error| error.location = None);
                let updates: Vec<(Tensor, Tensor)> = (scope.updates().iter())
                    .map(|(index, value)| (scope.parameters()[*index].clone(), value.clone()))
                    .collect();
                let pairs: Vec<(&Tensor, &Tensor)> = updates.iter().map(|(a, b)| (a, b)).collect();
                let graph = builder.build(&[], &pairs).map_err(|errors| raise(errors.into()))?;
                let plan = Plan::new(&graph, 1).map_err(|errors| raise(errors.into()))?;
                plans.push((types, plan));
                *result = None;
                plans.len() - 1
            }
        };
        let plan = &mut plans[at].1;
        let declared = plan.graph().parameters().len();
        plan.run(&inputs, &mut variables.values_mut()[..declared]).map_err(|errors| raise(errors.into()))
    }

    /// What it says of the batches so far.
    fn result<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let State { variables, plans, result } = &mut *state;
        if plans.is_empty() {
            // As in Keras, a metric without a batch is at its start.
            return to_numpy(py, Array::scalar(0f32));
        }
        if result.is_none() {
            let mut scope = Scope::new(Mode::Evaluate, variables);
            let builder = scope.builder().clone();
            let tensor = self.metric.result(&mut scope);
            let graph = builder.build(&[("result", &tensor)], &[]).map_err(|errors| raise(errors.into()))?;
            *result = Some(Plan::new(&graph, 1).map_err(|errors| raise(errors.into()))?);
        }
        let Some(plan) = result else { return Err(value_error("the metric has no result")) };
        let declared = plan.graph().parameters().len();
        plan.run_shared::<Array>(&[], &variables.values()[..declared])
            .map_err(|errors| raise(errors.into()))?;
        to_numpy(py, plan.output(0))
    }

    /// Begins anew.
    fn reset(&self) {
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        state.variables.reset(|variable| variable.role == Role::Metric);
    }

    /// Its totals.
    fn variables<'py>(&self, py: Python<'py>) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
        let state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let list = state.variables.list().iter().zip(state.variables.values());
        list.map(|(variable, value)| Ok((variable.path.clone(), to_numpy(py, value.clone())?))).collect()
    }
}
