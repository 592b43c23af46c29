//! Outputs for new inputs.

use super::arrays::in_order;
use super::plans::Plans;
use super::{Arrays, Model, Reference, Signature, lower};
use crate::data::Pipeline;
use crate::error::{Error, Result, count};
use crate::scope::Mode;
use crate::shapes::open_shape;
use crate::variables::Role;
use cornu_cpu::Plan;
use cornu_graph::{Array, DType, Shape, Type};
use std::borrow::Cow;
use std::ops::Range;

/// Rows that are predicted at a time.
const ROWS: usize = 256;

impl Model {
    /// The output for each row of the inputs, computed in batches. For a model of several outputs,
    /// see [`Model::predict_all`].
    ///
    /// ```
    /// use cornu::{Array, Input, Sequential, layers::Rescaling};
    /// let double = Sequential::new().add(Input::new([1])).add(Rescaling::new(2.0)).build().unwrap();
    /// let y = double.predict(&Array::new([2, 1], vec![3f32, 4.0]).unwrap()).unwrap();
    /// assert_eq!(y.as_slice::<f32>().unwrap(), [6.0, 8.0]);
    /// ```
    ///
    /// # Errors
    /// If the inputs' number, shape or rows do not fit, or the model has several outputs.
    #[track_caller]
    pub fn predict<'a>(&self, x: impl Arrays<'a>) -> Result<Array> {
        let mut outputs = self.predict_in_batches(x, ROWS)?;
        match outputs.len() {
            1 => Ok(outputs.remove(0)),
            n => Err(Error::argument(format!("the model has {n} outputs, and predict gives one array"))
                .help("use predict_all")),
        }
    }

    /// All outputs for each row of the inputs, computed in batches.
    ///
    /// # Errors
    /// If the inputs' number, shape or rows do not fit.
    #[track_caller]
    pub fn predict_all<'a>(&self, x: impl Arrays<'a>) -> Result<Vec<Array>> {
        self.predict_in_batches(x, ROWS)
    }

    /// All outputs for the batches of a pipeline, one after the other: the model's inputs are the first
    /// arrays of each, the others are not looked at.
    ///
    /// # Errors
    /// If a batch does not fit the model, or the pipeline gives none or fails.
    #[track_caller]
    pub fn predict_pipeline(&self, data: &Pipeline) -> Result<Vec<Array>> {
        let mut batches: Vec<Vec<Array>> = Vec::new();
        for piece in data.iter() {
            let mut piece = piece?;
            piece.truncate(self.network.inputs.len());
            batches.push(self.predict_in_batches(&piece, usize::MAX)?);
        }
        let Some(first) = batches.first() else { return Err(super::batches::no_batch()) };
        let joined = (0..first.len()).map(|i| {
            let rows = batches.iter().map(|batch| batch[i].rows()).sum();
            let shape: Shape = std::iter::once(rows).chain(first[i].shape()[1..].iter().copied()).collect();
            let mut whole = Array::zeros(shape, first[i].dtype());
            let mut start = 0;
            for batch in &batches {
                if batch[i].shape()[1..] != whole.shape()[1..] {
                    let (a, b) = (first[i].shape(), batch[i].shape());
                    let message = format!("the outputs of two batches are of shapes {a} and {b}");
                    return Err(Error::argument(message).help("predict batches of one shape, or one by one"));
                }
                whole.put_rows(start, &batch[i]);
                start += batch[i].rows();
            }
            Ok(whole)
        });
        joined.collect()
    }

    /// All outputs for the rows of the inputs, taken as one batch.
    ///
    /// # Errors
    /// If the inputs' number, shape or rows do not fit.
    #[track_caller]
    pub fn predict_on_batch<'a>(&self, x: impl Arrays<'a>) -> Result<Vec<Array>> {
        self.predict_in_batches(x, usize::MAX)
    }

    /// All outputs for the rows of the inputs, taken as one batch, after which stateful layers
    /// ([`RecurrentOptions::stateful`](crate::layers::RecurrentOptions::stateful)) go on from where it
    /// ended. All other ways to predict leave their states as they are; [`Model::reset_states`] sets them
    /// to zeros.
    ///
    /// ```
    /// use cornu::prelude::*;
    /// let sums = SimpleRNN::new(1).kernel_initializer(cornu::initializers::Ones {});
    /// let sums = sums.recurrent_initializer(cornu::initializers::Ones {}).relu().stateful(true);
    /// let mut model = Sequential::new().add(Input::new([1, 1]).batch(1)).add(sums).build()?;
    /// let step = Array::full([1, 1, 1], DType::F32, 2.0);
    /// assert_eq!(model.predict_next(&step)?[0].to_f64(), [2.0]);
    /// assert_eq!(model.predict_next(&step)?[0].to_f64(), [4.0]);
    /// model.reset_states();
    /// assert_eq!(model.predict_next(&step)?[0].to_f64(), [2.0]);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// If the inputs' number, shape or rows do not fit.
    #[track_caller]
    pub fn predict_next<'a>(&mut self, x: impl Arrays<'a>) -> Result<Vec<Array>> {
        let x = self.check_inputs(in_order(x, || self.input_keys(), "inputs")?)?;
        let x: Vec<&Array> = x.iter().map(|array| &**array).collect();
        let n_outputs = self.network.outputs.len();
        let (outputs, states) = self.with_plan(&x, 0..x[0].rows(), |plan| {
            let outputs = (0..n_outputs).map(|i| plan.output(i)).collect();
            let named = plan.graph().outputs().iter().enumerate().skip(n_outputs);
            let states = named.map(|(i, (name, _))| (name.clone(), plan.output(i)));
            (outputs, states.collect::<Vec<(String, Array)>>())
        })?;
        for (path, state) in states {
            if let Some(index) = self.variables.index(&path) {
                self.variables.set(index, &state)?;
            }
        }
        Ok(outputs)
    }

    /// Sets what stateful layers keep from batch to batch to zeros. Agrees with what Keras's
    /// `reset_states` does to each of its layers.
    pub fn reset_states(&mut self) {
        self.variables.reset(|variable| variable.role == Role::State);
    }

    #[track_caller]
    fn predict_in_batches<'a>(&self, x: impl Arrays<'a>, most: usize) -> Result<Vec<Array>> {
        let x = self.check_inputs(in_order(x, || self.input_keys(), "inputs")?)?;
        // Inputs may be made for batches of one size.
        let mut inputs = self.network.inputs.iter().filter_map(|at| self.network.nodes[at.node].as_input());
        let fixed = inputs.find_map(|input| input.batch_shape.first().copied().flatten());
        let most = fixed.map_or(most, |batch| most.min(batch.max(1)));
        let rows = x[0].rows();
        if rows == 0 {
            let shape =
                |shape: Vec<Option<usize>>| shape.into_iter().map(|e| e.unwrap_or(0)).collect::<Shape>();
            return Ok(self
                .output_shapes()
                .into_iter()
                .map(|s| Array::zeros(shape(s), DType::F32))
                .collect());
        }
        let x: Vec<&Array> = x.iter().map(|array| &**array).collect();
        let n_outputs = self.network.outputs.len();
        if rows <= most {
            return self.with_plan(&x, 0..rows, |plan| (0..n_outputs).map(|i| plan.output(i)).collect());
        }
        let mut outputs: Vec<Array> = Vec::new();
        for start in (0..rows).step_by(most) {
            self.with_plan(&x, start..rows.min(start + most), |plan| {
                for i in 0..n_outputs {
                    let part = plan.output(i);
                    if start == 0 {
                        let shape: Shape =
                            std::iter::once(rows).chain(part.shape()[1..].iter().copied()).collect();
                        outputs.push(Array::zeros(shape, part.dtype()));
                    }
                    outputs[i].put_rows(start, &part);
                }
            })?;
        }
        Ok(outputs)
    }

    /// Runs the plan for some rows of these inputs and gives it to `read`.
    fn with_plan<R>(&self, x: &[&Array], rows: Range<usize>, read: impl FnOnce(&Plan) -> R) -> Result<R> {
        let mut plans = self.plans.lock();
        let fits = |signature: &Signature| {
            let same = |(ty, x): (&Type, &&Array)| {
                ty.shape.first() == Some(&rows.len())
                    && ty.shape[1..] == x.shape()[1..]
                    && ty.dtype == x.dtype()
            };
            signature.mode == Mode::Predict && signature.inputs.iter().zip(x).all(same)
        };
        let found = plans.iter().position(|(signature, _)| fits(signature));
        let index = match found {
            Some(index) => index,
            None => {
                let ty = |x: &&Array| {
                    let shape: Shape =
                        std::iter::once(rows.len()).chain(x.shape()[1..].iter().copied()).collect();
                    Type::new(shape, x.dtype())
                };
                let inputs = x.iter().map(ty).collect();
                let signature =
                    Signature { mode: Mode::Predict, inputs, targets: Vec::new(), weights: Vec::new() };
                let mut scratch = self.clone();
                let graph = lower::step(&mut scratch, None, &signature)?;
                let plan = Plan::new(&graph, self.threads)?;
                Plans::add(&mut plans, signature, plan);
                plans.len() - 1
            }
        };
        let plan = &mut plans[index].1;
        let declared = plan.graph().parameters().len();
        plan.run_rows(x, rows.start, &self.variables.values()[..declared])?;
        Ok(read(plan))
    }

    /// The inputs, if their number, shapes and rows fit the model.
    #[track_caller]
    pub(crate) fn check_inputs<'a>(&self, x: Vec<Cow<'a, Array>>) -> Result<Vec<Cow<'a, Array>>> {
        // The names and shapes are gathered for messages alone: one row is predicted in a microsecond.
        let fit = |(reference, array): (&Reference, &Cow<'a, Array>)| {
            let input = self.network.nodes[reference.node].as_input();
            input.is_some_and(|input| fits(&input.batch_shape, array.shape())) && array.rows() == x[0].rows()
        };
        if x.len() == self.network.inputs.len() && self.network.inputs.iter().zip(&x).all(fit) {
            return Ok(x);
        }
        let (shapes, names) = (self.input_shapes(), self.input_names());
        if x.len() != shapes.len() {
            let message =
                format!("the model takes {}, got {}", count(shapes.len(), "input"), count(x.len(), "array"));
            return Err(Error::argument(message).help(format!("it is fed {}", names.join(", "))));
        }
        for ((array, expected), name) in x.iter().zip(&shapes).zip(&names) {
            let got = array.shape();
            if fits(expected, got) {
                continue;
            }
            let extents =
                |extents: &[usize]| open_shape(&extents.iter().copied().map(Some).collect::<Vec<_>>());
            let rows: Vec<usize> = expected.iter().skip(1).map(|extent| extent.unwrap_or(1)).collect();
            let elements: usize = rows.iter().product();
            let message =
                format!("{name} expects an array of shape {}, got {}", open_shape(expected), extents(got));
            let other = shapes.iter().zip(&names).find(|(shape, _)| fits(shape, got));
            let help = if let Some((_, other)) = other {
                format!("it fits {other}: give the arrays in the order {}", names.join(", "))
            } else if got.rank() > 0 && got[1..].iter().product::<usize>() == elements {
                format!("reshape it to {}", extents(&[&[got[0]], &rows[..]].concat()))
            } else if got[..] == rows[..] {
                format!(
                    "one row is an array of one row too: reshape it to {}",
                    extents(&[&[1], &rows[..]].concat())
                )
            } else {
                format!(
                    "its first axis counts the rows, each of which has shape {}",
                    open_shape(&expected[1..])
                )
            };
            return Err(Error::argument(message).help(help));
        }
        if let Some(i) = x.iter().position(|array| array.rows() != x[0].rows()) {
            let (first, other) = (&names[0], &names[i]);
            let message = format!("{first} has {} rows, and {other} has {}", x[0].rows(), x[i].rows());
            return Err(Error::argument(message).help("a row of the data has its part in every input"));
        }
        Ok(x)
    }

    /// The type of the rows of output `i` for a batch of `rows`.
    pub(crate) fn output_shape(&self, i: usize, rows: usize) -> Shape {
        self.output_shapes()[i].iter().map(|extent| extent.unwrap_or(rows)).collect()
    }

    /// The steps in which one batch is predicted, as a table: kernel, shape, work, memory, layer.
    ///
    /// # Errors
    /// If the model cannot be compiled for that batch.
    pub fn explain(&self, rows: usize) -> Result<String> {
        Ok(self.plan_of_predicting(rows)?.explain())
    }

    /// The plan that predicts one batch of `rows` rows.
    pub(crate) fn plan_of_predicting(&self, rows: usize) -> Result<Plan> {
        let inputs = self.input_types(rows);
        let signature = Signature { mode: Mode::Predict, inputs, targets: Vec::new(), weights: Vec::new() };
        let graph = lower::step(&mut self.clone(), None, &signature)?;
        Ok(Plan::new(&graph, self.threads)?)
    }
}

/// Whether an array of shape `got` is one of shape `expected`.
fn fits(expected: &[Option<usize>], got: &Shape) -> bool {
    let same = |(expected, got): (&Option<usize>, &usize)| expected.is_none_or(|extent| extent == *got);
    // Data are taken in batches, so that how many rows there are in all does not matter.
    expected.len() == got.rank() && expected.iter().zip(got.iter()).skip(1).all(same)
}
