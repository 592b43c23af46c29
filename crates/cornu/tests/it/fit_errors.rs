//! What users are told when models are compiled, fitted, evaluated or asked for predictions the wrong
//! way: what happened, on which of their lines, and what to do.

use crate::fit::two_by_two;
use cornu::losses::SparseCategoricalCrossentropy;
use cornu::prelude::*;
use std::fmt::Display;
use std::path::Path;

/// The messages gathered so far, each with what the user did.
#[derive(Default)]
struct Told(String);

impl Told {
    /// Adds what went wrong on the line of the call; line numbers are told apart, not written down.
    #[track_caller]
    fn add<T>(&mut self, done: &str, result: Result<T, impl Display>) {
        let line = std::panic::Location::caller().line();
        let Err(error) = result else { panic!("{done} is not refused") };
        let error = error.to_string();
        let here = format!("{}:{line}", file!());
        assert!(error.contains(&here), "{done}: the user's line is {here}:\n{error}");
        self.0.push_str(&format!("# {done}\nerror: {}\n\n", error.replace(&here, "src/main.rs:1")));
    }

    /// Compares with the golden text, or writes it if asked to.
    fn check(self, name: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &self.0).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(self.0, golden, "UPDATE=1 cargo test rewrites {}", path.display());
    }
}

/// Three classes of rows of four, not compiled.
fn classifier() -> Sequential {
    Sequential::new().add(Input::new([4])).add(Dense::new(6).relu()).add(Dense::new(3).softmax())
}

fn compiled(loss: &str) -> Trainer {
    classifier().compile(Compile::new("adam", loss).metrics(["accuracy"])).unwrap()
}

fn zeros(shape: &[usize]) -> Array {
    Array::zeros(shape, DType::F32)
}

#[rustfmt::skip]
#[test]
fn mistakes_in_compile_are_told() {
    let mut told = Told::default();
    let compile = |optimizer: &str, loss: &str| Compile::new(optimizer, loss);
    told.add("unknown optimizer", classifier().compile(compile("adamm", "mse")));
    told.add("unknown loss", classifier().compile(compile("adam", "mean_square_error")));
    told.add("unknown metric", classifier().compile(compile("adam", "mse").metrics(["acuracy"])));
    told.add("unknown weighted metric", classifier().compile(compile("adam", "mse").weighted_metrics(["acuracy"])));
    told.add("too many losses", classifier().compile(compile("adam", "mse").losses(["mse", "mae"])));
    told.add("no losses", two_by_two().compile(compile("adam", "mse").losses([] as [&str; 0])));
    told.add("too many loss weights", classifier().compile(compile("adam", "mse").loss_weights([1.0, 2.0])));
    told.add("loss weight that is no number", classifier().compile(compile("adam", "mse").loss_weights([f64::NAN])));
    told.add("metrics of too many outputs", two_by_two().compile(
        compile("adam", "mse").metrics_of_outputs(vec![vec![], vec![], vec![]])));
    told.add("two ways to clip", classifier().compile(
        Compile::new(SGD::new(0.1).clipnorm(1.0).clipvalue(0.5), "mse")));
    told.add("learning rate below zero", classifier().compile(Compile::new(SGD::new(-0.1), "mse")));
    told.check("errors_compile.txt");
}

#[rustfmt::skip]
#[test]
fn mistakes_in_fit_are_told() {
    let mut told = Told::default();
    let (x, y) = (zeros(&[5, 4]), Array::from_vec(vec![0, 1, 2, 0, 1]));
    let mut model = compiled("sparse_categorical_crossentropy");
    let fit = || Fit::new().silent();
    told.add("rows of another shape", model.fit(zeros(&[5, 3]), &y, fit()));
    told.add("images into a flat input", model.fit(zeros(&[5, 2, 2]), &y, fit()));
    told.add("one row without a batch", model.fit(zeros(&[4]), &y, fit()));
    told.add("no rows", model.fit(zeros(&[0, 4]), zeros(&[0]), fit()));
    told.add("fewer targets than rows", model.fit(&x, y.slice_rows(0..4), fit()));
    told.add("a scalar as targets", model.fit(&x, Array::scalar(1f32), fit()));
    told.add("two inputs into one", model.fit([&x, &x], &y, fit()));
    told.add("two targets for one output", model.fit(&x, [&y, &y], fit()));
    told.add("no arrays", model.fit([] as [&Array; 0], &y, fit()));
    told.add("NaN in the data", model.fit(
        Array::new([2, 4], vec![0.0, 1.0, 2.0, 3.0, 4.0, f32::NAN, 5.0, 6.0]).unwrap(), y.slice_rows(0..2), fit()));
    told.add("infinity in the data", model.fit(
        Array::new([1, 4], vec![0.0, f32::NEG_INFINITY, 2.0, 3.0]).unwrap(), y.slice_rows(0..1), fit()));
    told.add("NaN in the targets", compiled("mse").fit(
        zeros(&[1, 4]), Array::new([1, 3], vec![0.0, 1.0, f32::NAN]).unwrap(), fit()));
    told.add("label above the classes", model.fit(zeros(&[3, 4]), Array::from_vec(vec![1, 2, 3]), fit()));
    told.add("label below zero", model.fit(zeros(&[2, 4]), Array::from_vec(vec![1, -1]), fit()));
    told.add("label with a fraction", model.fit(zeros(&[2, 4]), Array::from_vec(vec![1.0, 0.5f32]), fit()));
    told.add("one-hot targets for a sparse loss", model.fit(&x, zeros(&[5, 3]), fit()));
    told.add("numbered targets for a categorical loss", compiled("categorical_crossentropy").fit(&x, &y, fit()));
    let mut binary = Sequential::new().add(Input::new([4])).add(Dense::new(1).sigmoid())
        .compile(Compile::new("adam", "binary_crossentropy")).unwrap();
    told.add("probability above one", binary.fit(&x, Array::from_vec(vec![0, 1, 0, 1, 2]), fit()));
    told.add("targets of another width", compiled("mse").fit(&x, zeros(&[5, 2]), fit()));
    told.add("batch size of zero", model.fit(&x, &y, fit().batch_size(0)));
    told.add("no steps in an epoch", model.fit(&x, &y, fit().steps_per_epoch(0)));
    told.add("validation split of one", model.fit(&x, &y, fit().validation_split(1.0)));
    told.add("validation split below zero", model.fit(&x, &y, fit().validation_split(-0.2)));
    told.add("validation split of too few rows", model.fit(&x, &y, fit().validation_split(0.9)));
    told.add("validation never", model.fit(&x, &y, fit().validation_freq(0)));
    told.add("validation data of another shape", model.fit(&x, &y, fit().validation_data(zeros(&[5, 3]), &y)));
    told.add("validation label above the classes", model.fit(
        &x, &y, fit().validation_data(&x, Array::from_vec(vec![0, 1, 2, 9, 1]))));
    told.add("validation weights without data", model.fit(
        &x, &y, fit().validation_split(0.4).validation_sample_weight(zeros(&[2]))));
    told.add("too few sample weights", model.fit(&x, &y, fit().sample_weight(zeros(&[4]))));
    told.add("sample weight that is no number", model.fit(
        &x, &y, fit().sample_weight(Array::from_vec(vec![1f32, 1.0, f32::NAN, 1.0, 1.0]))));
    told.add("sample weights of another shape", model.fit(&x, &y, fit().sample_weight(zeros(&[5, 2]))));
    told.add("class and sample weights", model.fit(&x, &y, fit().class_weight([(0, 2.0)]).sample_weight(zeros(&[5]))));
    told.add("class weight that is no number", model.fit(&x, &y, fit().class_weight([(1, f64::NAN)])));
    let mut several = two_by_two()
        .compile(Compile::new("adam", "mse").losses(["sparse_categorical_crossentropy", "mse"])).unwrap();
    let (left, right, amount) = (zeros(&[5, 4]), zeros(&[5, 3]), zeros(&[5, 1]));
    told.add("one input of two", several.fit(&left, [&y, &amount], fit()));
    told.add("one target of two", several.fit([&left, &right], &y, fit()));
    told.add("inputs in the wrong order", several.fit([&right, &left], [&y, &amount], fit()));
    told.add("inputs of different rows", several.fit([&left, &zeros(&[4, 3])], [&y, &amount], fit()));
    told.add("targets in the wrong order", several.fit([&left, &right], [&zeros(&[5, 3]), &y], fit()));
    told.add("class weights of two outputs", several.fit([&left, &right], [&y, &amount], fit().class_weight([(0, 2.0)])));
    told.add("sample weights of three outputs", several.fit(
        [&left, &right], [&y, &amount], fit().sample_weight(vec![zeros(&[5]); 3].as_slice())));
    told.add("learning rate below zero", model.set_learning_rate(-0.1));
    let schedule = cornu::schedules::ExponentialDecay::new(0.1, 10.0, 0.9);
    let mut scheduled = classifier().compile(Compile::new(SGD::new(schedule), "mse")).unwrap();
    told.add("learning rate of a schedule", scheduled.set_learning_rate(0.1));
    told.check("errors_fit.txt");
}

#[rustfmt::skip]
#[test]
fn mistakes_in_evaluate_and_predict_are_told() {
    let mut told = Told::default();
    let (x, y) = (zeros(&[5, 4]), Array::from_vec(vec![0, 1, 2, 0, 1]));
    let mut model = compiled("sparse_categorical_crossentropy");
    told.add("evaluate: batch size of zero", model.evaluate_with(&x, &y, &[], 0));
    told.add("evaluate: no rows", model.evaluate(zeros(&[0, 4]), zeros(&[0])));
    told.add("evaluate: label above the classes", model.evaluate(&x, Array::from_vec(vec![0, 1, 2, 3, 4])));
    told.add("evaluate: too few weights", model.evaluate_with(&x, &y, &[&zeros(&[3])], 32));
    told.add("train_on_batch: rows of another shape", model.train_on_batch(zeros(&[5, 3]), &y));
    told.add("test_on_batch: fewer targets than rows", model.test_on_batch(&x, y.slice_rows(0..2)));
    told.add("predict: rows of another shape", model.predict(zeros(&[5, 3])));
    told.add("predict: one row without a batch", model.predict(zeros(&[4])));
    told.add("predict: two outputs", two_by_two().predict([&zeros(&[5, 4]), &zeros(&[5, 3])]));
    told.add("predict_all: one input of two", two_by_two().predict_all(zeros(&[5, 4])));
    told.add("predict: inputs of different rows", two_by_two().predict([&zeros(&[5, 4]), &zeros(&[2, 3])]));
    told.add("predict: a scalar", model.predict(Array::scalar(1f32)));
    told.add("set_weights: too few", model.set_weights(&[zeros(&[4, 6])]));
    told.add("set_weights: of another shape", model.set_weights(&[zeros(&[4, 6]), zeros(&[5]), zeros(&[6, 3]), zeros(&[3])]));
    told.check("errors_evaluate.txt");
}

/// Data may hold what an ignored class marks, and targets may be numbers of any dtype.
#[test]
fn what_is_no_mistake_is_taken() {
    let x = zeros(&[4, 4]);
    let loss = SparseCategoricalCrossentropy { ignore_class: Some(-1), ..Default::default() };
    let mut model = classifier().compile(Compile::new("adam", loss)).unwrap();
    for y in [Array::from_vec(vec![0i64, 1, -1, 2]), Array::new([4, 1], vec![0f32, 1.0, -1.0, 2.0]).unwrap()]
    {
        model.fit(&x, y, Fit::new().silent()).unwrap();
    }
    model.fit(Array::zeros([4, 4], DType::U8), Array::zeros([4], DType::U8), Fit::new().silent()).unwrap();
    assert_eq!(model.predict(zeros(&[0, 4])).unwrap().shape()[..], [0, 3]);
    // No epoch is no training.
    assert_eq!(model.fit(&x, zeros(&[4]), Fit::new().epochs(0).silent()).unwrap(), History::default());
}
