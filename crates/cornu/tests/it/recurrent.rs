//! Recurrent layers: what their numbers against Keras do not show.

use crate::golden;
use cornu::arguments::{Arguments, Masked};
use cornu::initializers::Ones;
use cornu::prelude::*;
use cornu::scope::{Mode, Scope};
use cornu::variables::Variables;
use cornu_graph::philox::Random;
use cornu_graph::{Tensor, evaluate};
use std::path::Path;

fn random(shape: &[usize], seed: i64) -> Array {
    let mut random = Random::new(seed, 3);
    let values: Vec<f64> = (0..shape.iter().product()).map(|_| 2.0 * random.uniform() - 1.0).collect();
    Array::from_f64(shape, DType::F32, &values).unwrap()
}

fn steps(x: &Array, from: usize, to: usize) -> Array {
    let (n, steps, width) = (x.shape()[0], x.shape()[1], x.shape()[2]);
    let (x, mut values) = (x.to_f64(), Vec::new());
    for row in 0..n {
        values.extend_from_slice(&x[(row * steps + from) * width..(row * steps + to) * width]);
    }
    Array::from_f64([n, to - from, width], DType::F32, &values).unwrap()
}

#[test]
fn a_file_of_keras_predicts_equally() {
    let golden = golden::read("recurrent.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/recurrent.keras");
    let model = Model::load(path).unwrap();
    let inputs: Vec<Array> = golden::list(&golden, "inputs").iter().map(golden::array).collect();
    let expected: Vec<Array> = golden::list(&golden, "predictions").iter().map(golden::array).collect();
    let outputs = model.predict_all(&inputs).unwrap();
    assert_eq!(outputs.len(), expected.len());
    for (ours, keras) in outputs.iter().zip(&expected) {
        golden::assert_close(ours, keras, 1e-5, "recurrent.keras");
    }
    let again = std::env::temp_dir().join(format!("cornu-recurrent-{}.keras", std::process::id()));
    model.save(&again).unwrap();
    assert_eq!(Model::load(&again).unwrap().predict_all(&inputs).unwrap(), outputs);
    std::fs::remove_file(&again).ok();
}

#[test]
fn states_go_on_from_batch_to_batch() {
    let cells = || StackedRNNCells::new().add(LSTMCell::new(3)).add(GRUCell::new(2));
    let layers: [fn(bool) -> AnyLayer; 4] = [
        |stateful| SimpleRNN::new(3).return_sequences(true).stateful(stateful).into(),
        |stateful| LSTM::new(3).return_sequences(true).stateful(stateful).into(),
        |stateful| GRU::new(3).return_sequences(true).stateful(stateful).into(),
        |stateful| {
            let cells = StackedRNNCells::new().add(LSTMCell::new(3)).add(GRUCell::new(2));
            RNN::new(cells).return_sequences(true).stateful(stateful).into()
        },
    ];
    assert_eq!(cells().cells.len(), 2);
    let x = random(&[2, 6, 4], 1);
    for layer in layers {
        let build = |n_steps: usize, stateful: bool| {
            let input = Input::new([n_steps, 4]).batch(2);
            Sequential::new().add(input).add(layer(stateful)).build().unwrap()
        };
        let whole = build(6, false).predict(&x).unwrap();
        let mut model = build(3, true);
        assert_eq!(model.get_weights().len(), build(6, false).get_weights().len());
        let (first, second) = (steps(&x, 0, 3), steps(&x, 3, 6));
        for _ in 0..2 {
            golden::assert_close(
                &model.predict_next(&first).unwrap()[0],
                &steps(&whole, 0, 3),
                1e-6,
                "first",
            );
            // Other ways to predict begin where the last batch ended, and leave it at that.
            golden::assert_close(&model.predict(&second).unwrap(), &steps(&whole, 3, 6), 1e-6, "peek");
            golden::assert_close(
                &model.predict_next(&second).unwrap()[0],
                &steps(&whole, 3, 6),
                1e-6,
                "second",
            );
            model.reset_states();
        }
    }
}

#[test]
fn stateful_layers_go_on_in_training_too() {
    let layer = GRU::new(2).return_sequences(true).stateful(true);
    let input = Input::new([3, 2]).batch(2);
    let model = Sequential::new().add(input).add(layer).build().unwrap();
    let mut trainer = model.compile(Compile::new(SGD::new(0.0), "mse")).unwrap();
    let (x, y) = (random(&[2, 3, 2], 5), random(&[2, 3, 2], 6));
    let mut loss = || trainer.train_on_batch(&x, &y).unwrap()[0].1;
    let (first, second) = (loss(), loss());
    assert!(first != second);
    trainer.reset_metrics();
    trainer.reset_states();
    assert_eq!(trainer.train_on_batch(&x, &y).unwrap()[0].1, first);
}

fn message(layer: impl Into<AnyLayer>, input: Input) -> String {
    Sequential::new().add(input).add(layer.into()).build().unwrap_err().to_string()
}

#[test]
fn misfits_are_told() {
    let sequence = || Input::new([3, 4]);
    let told = |layer: AnyLayer, input: Input, expected: &str| {
        let message = message(layer, input);
        assert!(message.contains(expected), "{message}");
    };
    told(LSTM::new(0).into(), sequence(), "lstm: expects units of at least 1, got 0");
    told(GRU::new(3).into(), Input::new([4]), "expects inputs [batch, steps, ..] of at least one step, got");
    told(
        GRU::new(3).into(),
        Input::new([3, 4, 5]),
        "expects inputs [batch, features] at each step, got shape",
    );
    told(GRU::new(3).dropout(1.0).into(), sequence(), "expects a dropout of at least 0 and below 1, got 1");
    told(RNN::new(Dense::new(3)).into(), sequence(), "expects a cell, such as LSTMCell, got Dense");
    told(RNN::new(StackedRNNCells::new()).into(), sequence(), "expects at least one cell, got none");
    told(LSTM::new(3).stateful(true).into(), sequence(), "is stateful, which takes batches of one size");
    told(
        Bidirectional::new(Dense::new(3)).into(),
        sequence(),
        "expects a recurrent layer, such as LSTM, got Dense",
    );
    told(
        Bidirectional::new(LSTM::new(3)).backward_layer(LSTM::new(3)).into(),
        sequence(),
        "expects layers of different go_backwards",
    );
    told(
        Bidirectional::new(LSTM::new(3))
            .backward_layer(LSTM::new(3).go_backwards(true).return_state(true))
            .into(),
        sequence(),
        "expects layers of the same return_state, got false and true",
    );
    told(
        TimeDistributed::new(Dense::new(3)).into(),
        Input::new([4]),
        "expects inputs [batch, steps, ..], got shape",
    );
    told(ConvLSTM1D::new(3, 4).into(), Input::new([3, 3, 2]), "expects inputs into which a kernel of 4 fits");
    let (x, h) = (Input::new([3, 4]).symbol(), Input::new([5]).symbol());
    let y = LSTM::new(3).on(Arguments::of(x.clone()).with_list("initial_state", [h.clone()]));
    let error = Model::new([&x, &h], &y).unwrap_err().to_string();
    assert!(error.contains("expects states of shapes"), "{error}");
}

/// Outputs of a layer that is told to train, for weights as they start.
fn trained(layer: AnyLayer, x: &Array) -> Vec<Array> {
    let mut variables = Variables::new(3);
    let mut scope = Scope::new(Mode::Train, &mut variables);
    let b = scope.builder().clone();
    let input = b.input("x", x.shape());
    let outputs = scope.call("layer", &layer, Arguments::of(Masked::from(input)));
    let outputs: Vec<(&str, &Tensor)> = outputs.iter().map(|output| ("", &output.tensor)).collect();
    let graph = b.build(&outputs, &[]).unwrap();
    evaluate(&graph, std::slice::from_ref(x), variables.values()).unwrap().outputs
}

#[test]
fn all_steps_drop_the_same() {
    // The state is the sum of what was not dropped, which grows by the same each step.
    let cell = |layer: SimpleRNN| {
        layer.kernel_initializer(Ones {}).recurrent_initializer(Ones {}).activation(Activation::Linear)
    };
    let layer = cell(SimpleRNN::new(1)).dropout(0.5).return_sequences(true);
    let x = Array::full([40, 4, 3], DType::F32, 1.0);
    let y = trained(layer.into(), &x).remove(0).to_f64();
    let mut seen = Vec::new();
    for row in y.chunks(4) {
        assert!([0.0, 2.0, 4.0, 6.0].contains(&row[0]), "{row:?}");
        assert!(row.iter().enumerate().all(|(i, y)| *y == (i + 1) as f64 * row[0]), "{row:?}");
        seen.push(row[0] as i64);
    }
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() > 2, "{seen:?}");
    let layer = cell(SimpleRNN::new(1)).recurrent_dropout(0.5).return_sequences(true);
    for row in trained(layer.into(), &x).remove(0).to_f64().chunks(4) {
        assert!(row == [3.0; 4] || row == [3.0, 9.0, 21.0, 45.0], "{row:?}");
    }
}

#[test]
fn gates_drop_the_same_or_each_its_own() {
    let x = Array::full([8, 1, 6], DType::F32, 1.0);
    let gates = |implementation: u8| {
        let mut layer = LSTM::new(1).dropout(0.5).kernel_initializer(Ones {}).unit_forget_bias(false);
        layer.cell.implementation = implementation;
        let layer = layer.activation(Activation::Linear).recurrent_activation(Activation::Linear);
        // c = i g, h = o c: with the same features in each gate, c is a square and h = sqrt(c) c.
        trained(layer.return_state(true).into(), &x)
    };
    let same = |outputs: &[Array]| {
        let (h, c) = (outputs[1].to_f64(), outputs[2].to_f64());
        h.iter().zip(c).all(|(h, c)| (h - c.sqrt() * c).abs() < 1e-4 * (1.0 + h.abs()))
    };
    assert!(same(&gates(2)));
    assert!(!same(&gates(1)));
}

#[test]
fn masked_ends_do_not_count() {
    let x = random(&[2, 5, 3], 8);
    let mut padded = x.to_f64();
    padded[9..15].fill(0.0);
    padded[24..30].fill(0.0);
    let padded = Array::from_f64([2, 5, 3], DType::F32, &padded).unwrap();
    let short = steps(&x, 0, 3);
    let layers: [fn() -> AnyLayer; 3] =
        [|| LSTM::new(3).into(), || GRU::new(3).into(), || Bidirectional::new(GRU::new(3)).into()];
    for layer in layers {
        let input = Input::open([None, Some(3)]);
        let model = Sequential::new().add(input).add(Masking::new()).add(layer()).build().unwrap();
        let (a, b) = (model.predict(&padded).unwrap(), model.predict(&short).unwrap());
        golden::assert_close(&a, &b, 1e-6, "masked");
        let plain = Sequential::new().add(Input::open([None, Some(3)])).add(layer()).build().unwrap();
        assert_ne!(plain.predict(&padded).unwrap(), b);
    }
}

#[test]
fn channels_first_is_channels_last_turned() {
    let first = ConvLSTM2D::new(2, [2, 3]).data_format(DataFormat::ChannelsFirst).return_sequences(true);
    let last = ConvLSTM2D::new(2, [2, 3]).return_sequences(true);
    let x = random(&[2, 3, 4, 5, 3], 4);
    let turn = |from: [usize; 3], order: [usize; 3]| {
        Sequential::new()
            .add(Input::new([3, from[0], from[1], from[2]]))
            .add(Permute::new([1, order[0], order[1], order[2]]))
            .build()
            .unwrap()
    };
    let last = Sequential::new().add(Input::new([3, 4, 5, 3])).add(last).build().unwrap();
    let first = Sequential::new().add(Input::new([3, 3, 4, 5])).add(first).build().unwrap();
    let turned = turn([4, 5, 3], [4, 2, 3]).predict(&x).unwrap();
    let y = first.predict(&turned).unwrap();
    assert_eq!(y.shape()[..], [2, 3, 2, 3, 3]);
    let y = turn([2, 3, 3], [3, 4, 2]).predict(&y).unwrap();
    golden::assert_close(&y, &last.predict(&x).unwrap(), 1e-6, "channels first");
}

/// Adds up the two numbers that are marked in a sequence: numbers and marks, and the sums.
fn adding(n: usize, n_steps: usize, seed: i64) -> (Array, Array) {
    let mut random = Random::new(seed, 5);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for _ in 0..n {
        let half = n_steps / 2;
        let marks =
            [(random.uniform() * half as f64) as usize, half + (random.uniform() * half as f64) as usize];
        let numbers: Vec<f64> = (0..n_steps).map(|_| random.uniform()).collect();
        for (i, number) in numbers.iter().enumerate() {
            x.extend([*number, marks.contains(&i) as u8 as f64]);
        }
        y.push(marks.iter().map(|&i| numbers[i]).sum::<f64>());
    }
    let array = |shape: &[usize], values: &[f64]| Array::from_f64(shape, DType::F32, values).unwrap();
    (array(&[n, n_steps, 2], &x), array(&[n, 1], &y))
}

#[test]
fn marked_numbers_are_added() {
    let (x, y) = adding(1000, 10, 1);
    let (x_test, y_test) = adding(200, 10, 2);
    for layer in [AnyLayer::from(LSTM::new(16)), GRU::new(16).into()] {
        let mut trainer = Sequential::new()
            .add(Input::new([10, 2]))
            .add(layer)
            .add(Dense::new(1))
            .compile(Compile::new(Adam::new(0.01), "mse"))
            .unwrap();
        trainer.fit(&x, &y, Fit::new().epochs(25).batch_size(50).silent()).unwrap();
        // Guessing the mean gives 1/6.
        let loss = trainer.evaluate(&x_test, &y_test).unwrap()[0].1;
        assert!(loss < 0.01, "{loss}");
    }
}
