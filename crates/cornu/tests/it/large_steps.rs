//! Steps of training that are larger than a block of a loop, by the plan and by the reference: what follows block
//! by block shows its mistakes in no smaller one.

use cornu::arguments::Arguments;
use cornu::optimizers::SGD;
use cornu::prelude::*;
use cornu_graph::philox::Random;

fn numbers(shape: &[usize], dtype: DType, seed: i64, draw: impl Fn(f64) -> f64) -> Array {
    let mut random = Random::new(seed, 1);
    let values: Vec<f64> = (0..shape.iter().product()).map(|_| draw(random.uniform())).collect();
    Array::from_f64(shape, dtype, &values).unwrap()
}

/// Compares the changes of all weights, relative to the largest of each.
fn agrees(name: &str, model: Model, x: Array, most: f64) {
    let rows = x.rows();
    let outputs: Vec<usize> = model.output_shapes()[0].iter().map(|extent| extent.unwrap_or(rows)).collect();
    let y = numbers(&outputs, DType::F32, 2, |u| u);
    let trainer = model.compile(Compile::new(SGD::new(1.0), "mse")).unwrap();
    let (graph, values) = trainer.training_step(&x, &y).unwrap();
    let expected = cornu::graph::evaluate(&graph, &[x.clone(), y.clone()], &values).unwrap();
    let change = |after: &Array, i: usize| -> Vec<f64> {
        after.to_f64().iter().zip(values[i].to_f64()).map(|(after, before)| after - before).collect()
    };
    let greatest = |change: &[f64]| change.iter().fold(0f64, |most, x| most.max(x.abs()));
    let weights = trainer.weight_indices();
    // Some gradients are nothing but what rounding leaves: of biases that a normalization takes away.
    let least =
        weights.iter().map(|&i| greatest(&change(&expected.parameters[i], i))).fold(0.0, f64::max) * 1e-4;
    for threads in [1, 2] {
        let mut found = values.clone();
        let mut plan = cornu::cpu::Plan::new(&graph, threads).unwrap();
        plan.run(&[x.clone(), y.clone()], &mut found).unwrap();
        for &i in &weights {
            let (found, wanted) = (change(&found[i], i), change(&expected.parameters[i], i));
            let off: Vec<f64> = found.iter().zip(&wanted).map(|(a, b)| a - b).collect();
            let (off, scale) = (greatest(&off), greatest(&wanted).max(least));
            let path = &trainer.variables().list()[i].path;
            assert!(off <= most * scale, "{name}, {threads} threads: {path} is off by {off:e} of {scale:e}");
        }
    }
}

#[test]
fn recurrent_layers() {
    for (rows, steps) in [(32, 40), (8, 100)] {
        let x = numbers(&[rows, steps], DType::I32, 1, |u| (u * 50.0).floor());
        let layers: [(&str, AnyLayer); 3] = [
            ("LSTM", LSTM::new(16).into()),
            ("GRU", GRU::new(16).into()),
            ("SimpleRNN", SimpleRNN::new(16).into()),
        ];
        for (name, layer) in layers {
            let model =
                Sequential::new().add(Input::new([steps]).dtype(DType::I32)).add(Embedding::new(50, 32));
            let model = model.add(layer).add(Dense::new(1).sigmoid()).build().unwrap();
            agrees(&format!("{name} {rows} {steps}"), model, x.clone(), 2e-3);
        }
    }
}

#[test]
fn convolutions() {
    let x = numbers(&[8, 20, 20, 3], DType::F32, 1, |u| u - 0.5);
    let model = Sequential::new()
        .add(Input::new([20, 20, 3]))
        .add(Conv2D::new(16, [3, 3]).padding(cornu::layers::Padding::Same))
        .add(BatchNormalization::new())
        .add(ReLU::new())
        .add(MaxPooling2D::new([2, 2]))
        .add(Conv2D::new(8, [3, 3]).strides([2, 2]).relu())
        .add(Conv2DTranspose::new(8, [3, 3]).strides([2, 2]))
        .add(ZeroPadding2D::new([(3, 1), (2, 4)]))
        .add(GlobalAveragePooling2D::new())
        .add(Dropout::new(0.3))
        .add(Dense::new(4))
        .build()
        .unwrap();
    agrees("convolutions", model, x, 2e-3);
}

#[test]
fn attention() {
    let x = numbers(&[6, 32], DType::I32, 1, |u| (u * 40.0).floor());
    let input = Input::new([32]).dtype(DType::I32).symbol();
    let embedded = Embedding::new(40, 48).on(&input);
    let normed = LayerNormalization::new().on(&embedded);
    let seen = Arguments::each([normed.clone(), normed]).with_value("use_causal_mask", true);
    let x1 = Add::new().on([&embedded, &MultiHeadAttention::new(4, 12).on(seen)]);
    let hidden = Dense::new(96).gelu().on(&LayerNormalization::new().on(&x1));
    let output = Dense::new(40).on(&Add::new().on([&x1, &Dense::new(48).on(&hidden)]));
    agrees("attention", Model::new(&input, &output).unwrap(), x, 2e-3);
}
