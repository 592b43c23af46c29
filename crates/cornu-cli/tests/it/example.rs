//! The example of the READMEs, which this compiles.

use cornu::prelude::*;

#[allow(dead_code)]
pub fn main() -> Result<()> {
    let data = cornu::data::load("digits", "")?;
    let mut model = Sequential::new()
        .add(Input::new([8, 8]))
        .add(Rescaling::new(1.0 / 16.0))
        .add(Flatten::new())
        .add(Dense::new(32).relu())
        .add(Dense::new(10).softmax())
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))?;
    model.fit(&data.train.x, &data.train.y, Fit::new().epochs(20))?;
    println!("{:?}", model.evaluate(&data.test.x, &data.test.y)?);
    model.save("digits.keras")
}
