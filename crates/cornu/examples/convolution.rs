//! A small convolutional network on the handwritten digits that come with Cornu:
//! `cargo run --release -p cornu --example convolution`

use cornu::prelude::*;

fn main() -> Result<()> {
    let data = cornu::data::load("digits", "")?;
    let mut model = Sequential::new()
        .add(Input::new([8, 8]))
        .add(Rescaling::new(1.0 / 16.0))
        .add(Reshape::new([8, 8, 1]))
        .add(Conv2D::new(16, 3).padding(Padding::Same).relu())
        .add(Conv2D::new(32, 3).padding(Padding::Same).relu())
        .add(MaxPooling2D::new(2))
        .add(Dropout::new(0.2))
        .add(Flatten::new())
        .add(Dense::new(64).relu())
        .add(Dense::new(10).softmax())
        .threads(0)
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))?;
    println!("{}", model.summary());
    model.fit(&data.train.x, &data.train.y, Fit::new().epochs(15))?;
    println!("{:?}", model.evaluate(&data.test.x, &data.test.y)?);
    Ok(())
}
