//! Where the batches that are trained on come from: arrays, or a pipeline.

use super::fit::check_weights;
use super::gather::{Gather, Rows};
use super::{Signature, Trainer};
use crate::data::Pipeline;
use crate::data::pipeline::{Pieces, Position, Sample};
use crate::error::{Error, Result, count};
use crate::scope::Mode;
use cornu_graph::{Array, Shape, Type};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::thread::Scope;

/// Batches for one training after the other, epoch by epoch.
pub(crate) trait Batches {
    /// Steps in an epoch; `None` where a pass is an epoch whose length is not known.
    fn steps(&self) -> Option<usize>;

    /// Goes to the batch of this step of this epoch.
    fn seek(&mut self, trainer: &Trainer, epoch: usize, step: usize) -> Result<()>;

    /// Trains on the next batch and gives its loss; `None` where an epoch of unknown length is over.
    fn step(&mut self, trainer: &mut Trainer) -> Result<Option<f64>>;
}

/// Arrays of equally many rows: inputs, targets, and perhaps what each row counts for, in one array
/// or one for each target.
pub(crate) struct Data<'a> {
    x: Vec<&'a Array>,
    y: Vec<&'a Array>,
    weights: Vec<&'a Array>,
}

impl<'a> Data<'a> {
    pub(crate) fn new(x: &'a [Cow<'a, Array>], y: &'a [Cow<'a, Array>], weights: &'a [Array]) -> Data<'a> {
        let weights = match weights {
            // Each output has the weights to itself.
            [one] => vec![one; y.len()],
            several => several.iter().collect(),
        };
        Data { x: x.iter().map(|a| &**a).collect(), y: y.iter().map(|a| &**a).collect(), weights }
    }

    pub(crate) fn rows(&self) -> usize {
        self.x[0].rows()
    }

    /// The signature of a batch of this many rows.
    pub(crate) fn signature(&self, mode: Mode, rows: usize) -> Signature {
        let ty = |array: &&Array| {
            let shape: Shape = std::iter::once(rows).chain(array.shape()[1..].iter().copied()).collect();
            Type::new(shape, array.dtype())
        };
        let mut weights: Vec<Option<Type>> = self.weights.iter().map(|weight| Some(ty(weight))).collect();
        weights.resize(self.y.len(), None);
        let (inputs, targets) = (self.x.iter().map(ty).collect(), self.y.iter().map(ty).collect());
        Signature { mode, inputs, targets, weights }
    }

    pub(crate) fn all(&self) -> Vec<&'a Array> {
        self.x.iter().chain(&self.y).chain(&self.weights).copied().collect()
    }
}

/// Batches of the rows of arrays.
pub(crate) struct ArrayBatches<'scope> {
    gather: Gather<'scope>,
    batch_size: usize,
    whole: Signature,
    /// That of the last batch of a pass, where it is smaller.
    rest: Option<Signature>,
    steps: usize,
}

impl<'scope> ArrayBatches<'scope> {
    /// Batches to train on, without end; `scope` is for a thread that gathers them.
    pub(crate) fn to_train<'env>(
        scope: &'scope Scope<'scope, 'env>,
        trainer: &mut Trainer,
        data: &Data<'scope>,
        batch_size: usize,
        steps: Option<usize>,
        shuffle: bool,
    ) -> Result<ArrayBatches<'scope>> {
        let shuffle = shuffle.then(|| trainer.seed());
        ArrayBatches::new(
            scope,
            trainer,
            data,
            Mode::Train,
            Rows::new(data.all(), batch_size, shuffle),
            steps,
        )
    }

    /// The batches of one pass, to evaluate.
    pub(crate) fn to_evaluate<'env>(
        scope: &'scope Scope<'scope, 'env>,
        trainer: &mut Trainer,
        data: &Data<'scope>,
        batch_size: usize,
    ) -> Result<ArrayBatches<'scope>> {
        ArrayBatches::new(scope, trainer, data, Mode::Evaluate, Rows::new(data.all(), batch_size, None), None)
    }

    fn new<'env>(
        scope: &'scope Scope<'scope, 'env>,
        trainer: &mut Trainer,
        data: &Data,
        mode: Mode,
        rows: Rows<'scope>,
        steps: Option<usize>,
    ) -> Result<ArrayBatches<'scope>> {
        let (n_rows, batch_size, batches) = (data.rows(), rows.batch_size(), rows.batches());
        let whole = data.signature(mode, batch_size);
        let rest = Some(n_rows % batch_size).filter(|&left| left > 0);
        let rest = rest.map(|left| data.signature(mode, left));
        for signature in std::iter::once(&whole).chain(&rest) {
            trainer.plan(signature)?;
        }
        let passes = (mode == Mode::Evaluate).then_some(1);
        let gather = Gather::new(scope, rows, trainer.threads, passes);
        Ok(ArrayBatches { gather, batch_size, whole, rest, steps: steps.unwrap_or(batches) })
    }
}

impl Batches for ArrayBatches<'_> {
    fn steps(&self) -> Option<usize> {
        Some(self.steps)
    }

    fn seek(&mut self, _: &Trainer, epoch: usize, step: usize) -> Result<()> {
        self.gather.seek(epoch * self.steps + step);
        Ok(())
    }

    fn step(&mut self, trainer: &mut Trainer) -> Result<Option<f64>> {
        let ArrayBatches { gather, batch_size, whole, rest, .. } = self;
        let loss = gather.next(|arrays| {
            let signature = match rest {
                Some(rest) if arrays[0].rows() < *batch_size => rest,
                _ => whole,
            };
            trainer.run(signature, arrays)
        });
        loss.map(Some)
    }
}

/// The batches that a pipeline gives.
pub(crate) struct PipelineBatches<'a> {
    pipeline: &'a Pipeline,
    /// Steps in an epoch, where that is not a pass.
    steps: Option<usize>,
    classes: Option<BTreeMap<i64, f64>>,
    pieces: Pieces,
}

impl<'a> PipelineBatches<'a> {
    pub(crate) fn new(
        trainer: &mut Trainer,
        pipeline: &'a Pipeline,
        steps: Option<usize>,
        classes: Option<BTreeMap<i64, f64>>,
    ) -> Result<PipelineBatches<'a>> {
        // The first batch is checked before anything begins; its plan declares what is kept.
        let first = pipeline.iter().next().ok_or_else(no_batch)??;
        let (signature, _) = prepare(trainer, Mode::Train, first, classes.as_ref())?;
        trainer.plan(&signature)?;
        Ok(PipelineBatches { pipeline, steps, classes, pieces: pipeline.iter() })
    }

    fn begin_next_pass(&mut self) {
        self.pieces = self.pipeline.pass(self.pieces.position().pass + 1);
    }

    /// Runs a batch and gives its loss.
    pub(crate) fn run(
        trainer: &mut Trainer,
        mode: Mode,
        piece: Sample,
        classes: Option<&BTreeMap<i64, f64>>,
    ) -> Result<f64> {
        let (signature, arrays) = prepare(trainer, mode, piece, classes)?;
        trainer.run(&signature, &arrays)
    }
}

impl Batches for PipelineBatches<'_> {
    fn steps(&self) -> Option<usize> {
        self.steps.or(self.pipeline.len())
    }

    fn seek(&mut self, _: &Trainer, epoch: usize, step: usize) -> Result<()> {
        let position = match self.steps {
            None => Position { pass: epoch as u64, taken: step },
            Some(steps) => {
                let (mut pass, mut left) = (0, epoch * steps + step);
                // Passes may differ in length or have no end: they are gone through as far as is needed, unless
                // their length is known.
                while left > 0 {
                    let known = self.pipeline.len();
                    let taken =
                        known.unwrap_or_else(|| self.pipeline.pass(pass).take(left).count()).min(left);
                    if taken == left && known != Some(left) {
                        break;
                    }
                    (pass, left) = (pass + 1, left - taken.max(1));
                }
                Position { pass, taken: left }
            }
        };
        self.pieces = self.pipeline.iter_from(position)?;
        Ok(())
    }

    fn step(&mut self, trainer: &mut Trainer) -> Result<Option<f64>> {
        let mut next = self.pieces.next();
        if next.is_none() {
            self.begin_next_pass();
            if self.steps.is_none() {
                return Ok(None);
            }
            next = self.pieces.next();
        }
        let piece = next.ok_or_else(no_batch)??;
        let loss = PipelineBatches::run(trainer, Mode::Train, piece, self.classes.as_ref())?;
        // An epoch of known length ends before its pass is seen to end.
        if self.steps.is_none() && self.pipeline.len() == Some(self.pieces.position().taken) {
            self.begin_next_pass();
        }
        Ok(Some(loss))
    }
}

/// A pipeline without a batch.
pub(crate) fn no_batch() -> Error {
    Error::argument("the pipeline gives no batch").help("look at its pieces with Pipeline::iter")
}

/// The signature and the arrays of a batch, if it fits the model: inputs, targets, sample weights.
fn prepare(
    trainer: &Trainer,
    mode: Mode,
    mut piece: Sample,
    classes: Option<&BTreeMap<i64, f64>>,
) -> Result<(Signature, Vec<Array>)> {
    let inputs = trainer.network.inputs.len();
    let own_step = trainer.compiled_with().step.is_some();
    // A step of one's own takes whatever comes after the inputs.
    let outputs = if own_step { piece.len().saturating_sub(inputs) } else { trainer.network.outputs.len() };
    if piece.len() < inputs + outputs {
        let message = format!(
            "the model has {} and {}, and a piece of the pipeline has {}",
            count(inputs, "input"),
            count(outputs, "output"),
            count(piece.len(), "array"),
        );
        return Err(Error::argument(message).help("a batch is the inputs, then the targets"));
    }
    let weights = piece.split_off(inputs + outputs);
    let y = piece.split_off(inputs.min(piece.len()));
    let own = |arrays: Vec<Array>| arrays.into_iter().map(Cow::Owned).collect();
    let (x, y): (Vec<Cow<Array>>, Vec<Cow<Array>>) = trainer.check_data(own(piece), own(y))?;
    let mut weights = check_weights(&weights.iter().collect::<Vec<_>>(), outputs, x[0].rows())?;
    if let Some(classes) = classes {
        weights = vec![class_weights(&y, classes)?];
    }
    if let [one] = &weights[..] {
        weights = vec![one.clone(); outputs];
    }
    let inputs = x.len();
    let arrays: Vec<Array> = x.into_iter().chain(y).map(Cow::into_owned).chain(weights).collect();
    let all: Vec<&Array> = arrays.iter().collect();
    let (x, rest) = all.split_at(inputs);
    let (y, weights) = rest.split_at(outputs);
    let mut weights: Vec<Option<&Array>> = weights.iter().map(|weight| Some(*weight)).collect();
    weights.resize(outputs, None);
    let signature = Signature::new(mode, x, y, &weights);
    Ok((signature, arrays))
}

/// What each row counts for, from its class.
pub(crate) fn class_weights(y: &[Cow<Array>], weights: &BTreeMap<i64, f64>) -> Result<Array> {
    let [y] = y else {
        let message = format!("class_weight is for models of one output, this one has {}", y.len());
        return Err(Error::argument(message).help("give sample_weight instead, an array for each output"));
    };
    if let Some((class, weight)) = weights.iter().find(|(_, weight)| !weight.is_finite()) {
        return Err(
            Error::argument(format!("class_weight of class {class} is {weight}")).help("give finite numbers")
        );
    }
    let values = y.to_f64();
    let width = values.len() / y.rows().max(1);
    let classes: Vec<i64> = match width {
        1 => values.iter().map(|&label| label as i64).collect(),
        // One-hot rows: the class is the largest one's.
        _ if y.shape().rank() == 2 && width > 0 => values
            .chunks_exact(width)
            .map(|row| (0..width).fold(0, |best, i| if row[i] > row[best] { i } else { best }) as i64)
            .collect(),
        _ => {
            let message = format!("class_weight takes one class a row, got labels of shape {}", y.shape());
            return Err(Error::argument(message).help("give sample_weight instead"));
        }
    };
    let each = classes.iter().map(|class| weights.get(class).copied().unwrap_or(1.0) as f32);
    Ok(Array::from_vec(each.collect()))
}
