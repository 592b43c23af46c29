//! Learning in `mixed_bfloat16`: the curves follow those in `float32`.

use crate::introductions::folder;
use cornu::DTypePolicy;
use cornu::arguments::Arguments;
use cornu::losses::SparseCategoricalCrossentropy;
use cornu::prelude::*;

/// The loss after each epoch, of the same network with the same seed, in either policy.
fn curves(
    network: impl Fn() -> Result<Model>,
    compile: impl Fn() -> Compile,
    data: [&Array; 2],
    fit: impl Fn() -> Fit,
) {
    let learn = |policy: &str| -> Result<Vec<f64>> {
        let policy: DTypePolicy = policy.parse().map_err(Error::argument)?;
        let mut model = network()?.with_dtype(policy)?.with_threads(0).compile(compile())?;
        let history = model.fit(data[0], data[1], fit())?;
        Ok(history.get("loss").unwrap_or_default().to_vec())
    };
    let (full, mixed) = (learn("float32").unwrap(), learn("mixed_bfloat16").unwrap());
    eprintln!("float32        {full:.4?}\nmixed_bfloat16 {mixed:.4?}");
    let last = full.len() - 1;
    assert!(full[last] < 0.8 * full[0], "nothing is learned: {full:?}");
    for (full, mixed) in full.iter().zip(&mixed) {
        assert!((mixed - full).abs() < 0.03 * full, "mixed precision loses {mixed}, float32 {full}");
    }
    assert_ne!(full, mixed, "the policy changes nothing");
}

#[test]
fn digits() {
    let Some(folder) = folder() else { return };
    let data = cornu::data::load("mnist", &folder).unwrap().train;
    let network = || {
        Sequential::new()
            .add(Input::new([28, 28]))
            .add(Rescaling::new(1.0 / 255.0))
            .add(Flatten::new())
            .add(Dense::new(128).relu())
            .add(Dense::new(10).softmax())
            .build()
    };
    let compile = || Compile::new("adam", "sparse_categorical_crossentropy");
    let rows = 0..12_800;
    let data = [&data.x.slice_rows(rows.clone()), &data.y.slice_rows(rows)];
    curves(network, compile, data, || Fit::new().epochs(5).batch_size(128).silent());
}

#[test]
fn pictures_of_digits() {
    let Some(folder) = folder() else { return };
    let data = cornu::data::load("mnist", &folder).unwrap().train;
    let network = || {
        Sequential::new()
            .add(Input::new([28, 28]))
            .add(Rescaling::new(1.0 / 255.0))
            .add(Reshape::new([28, 28, 1]))
            .add(Conv2D::new(16, 3).strides(2).padding(Padding::Same).relu())
            .add(Conv2D::new(32, 3).padding(Padding::Same).relu())
            .add(MaxPooling2D::new(2))
            .add(Conv2D::new(32, 3).strides(2).padding(Padding::Same).relu())
            .add(Flatten::new())
            .add(Dense::new(10).softmax())
            .build()
    };
    let compile = || Compile::new("adam", "sparse_categorical_crossentropy");
    let rows = 0..6_400;
    let data = [&data.x.slice_rows(rows.clone()), &data.y.slice_rows(rows)];
    curves(network, compile, data, || Fit::new().epochs(4).batch_size(64).silent());
}

#[test]
fn letters() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read(format!("{folder}/tinyshakespeare/input.txt")).unwrap();
    let mut letters: Vec<u8> = text.clone();
    letters.sort_unstable();
    letters.dedup();
    let number = |letter: &u8| letters.binary_search(letter).unwrap() as i32;
    let (steps, rows, width) = (32, 1024, 64);
    let windows = |from: usize| {
        let numbers: Vec<i32> = text[from..from + rows * steps].iter().map(number).collect();
        Array::new([rows, steps], numbers).unwrap()
    };
    let network = || {
        let text = Input::new([steps]).dtype(DType::I32).symbol();
        let mut h = Embedding::new(letters.len(), width).on(&text);
        for _ in 0..2 {
            let normed = LayerNormalization::new().on(&h);
            let seen = Arguments::each([normed.clone(), normed]).with_value("use_causal_mask", true);
            h = Add::new().on([&h, &MultiHeadAttention::new(4, width / 4).on(seen)]);
            let hidden = Dense::new(4 * width).gelu().on(&LayerNormalization::new().on(&h));
            h = Add::new().on([&h, &Dense::new(width).on(&hidden)]);
        }
        Model::new([&text], [&Dense::new(letters.len()).on(&LayerNormalization::new().on(&h))])
    };
    let compile = || Compile::new(AdamW::new(0.002), SparseCategoricalCrossentropy::new().from_logits());
    curves(network, compile, [&windows(0), &windows(1)], || Fit::new().epochs(8).batch_size(16).silent());
}
