//! `cornu evaluate`.

use crate::arguments::{Arguments, Evaluate, Part};
use crate::failure::Failure;
use crate::{scores, task};
use cornu::data::{Dataset, Parts};
use cornu::{Array, Trainer};
use std::io::Write;

/// Says how well a saved model does on a data set.
pub fn run(evaluate: &Evaluate, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let loaded = Trainer::load(&evaluate.model)?;
    let compile = loaded.compiled_with().clone();
    let model = loaded.into_model().with_threads(arguments.threads());
    let mut trainer = model.compile(compile)?;
    let Parts { train, test } = cornu::data::load(&evaluate.data, &evaluate.data_dir)?;
    let (part, data) = match evaluate.part {
        Part::Test => ("Test", task::rows(test)?),
        Part::Train => ("Train", task::rows(train)?),
        Part::All => ("All", join(task::rows(train)?, &task::rows(test)?)?),
    };
    let loss = trainer.compiled_with().loss_of(0).and_then(|loss| loss.item().ok());
    let loss = loss.map_or("", |loss| loss.class_name());
    let outputs = trainer.output_shapes().first().and_then(|shape| shape.last().copied().flatten());
    let y = match data.y.shape().rank() {
        2 => task::targets(loss, outputs.unwrap_or(1), &data.y)?,
        _ => data.y,
    };
    let results = trainer.evaluate(&data.x, &y)?;
    writeln!(out, "{}: {} rows", task::name(&evaluate.data), data.x.rows())?;
    scores::print(out, part, &results)?;
    scores::print_confusion(out, &trainer, loss, &data.x, &y)
}

/// All rows of two parts.
fn join(first: Dataset, second: &Dataset) -> Result<Dataset, Failure> {
    let both = |a: &Array, b: &Array| {
        let mut shape = a.shape().to_vec();
        shape[0] += b.rows();
        let mut all = Array::zeros(shape, a.dtype());
        all.put_rows(0, a);
        all.put_rows(a.rows(), b);
        all
    };
    let dtypes = |data: &Dataset| (data.x.dtype(), data.y.dtype());
    if dtypes(&first) != dtypes(second) {
        return Err(Failure::new("the train and test arrays differ in dtype", "evaluate one part at a time"));
    }
    Ok(Dataset { x: both(&first.x, &second.x), y: both(&first.y, &second.y) })
}
