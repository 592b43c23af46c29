//! Convolutions and pooling: what users meet, from a network that learns images to what it says of inputs that
//! do not fit.

use cornu::layers::*;
use cornu::prelude::*;
use cornu::registry::{Any, parse};
use serde_json::json;

#[test]
fn a_small_network_learns_digits() {
    let data = cornu::data::load("digits", "").unwrap();
    let mut model = Sequential::new()
        .seed(1)
        .add(Input::new(&data.train.x.shape()[1..]))
        .add(Rescaling::new(1.0 / 16.0))
        .add(Reshape::new([8, 8, 1]))
        .add(Conv2D::new(16, 3).padding(Padding::Same).relu())
        .add(MaxPooling2D::new(2))
        .add(BatchNormalization::new().momentum(0.9))
        .add(Conv2D::new(16, 3).relu())
        .add(Dropout::new(0.2))
        .add(Flatten::new())
        .add(Dense::new(10).softmax())
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))
        .unwrap();
    model.fit(&data.train.x, &data.train.y, Fit::new().epochs(8).batch_size(32).silent()).unwrap();
    let accuracy = model.evaluate(&data.test.x, &data.test.y).unwrap()[1].1;
    assert!(accuracy > 0.95, "{accuracy}");
}

/// What a model of this layer alone says about samples of this shape.
#[track_caller]
fn told(layer: impl Into<AnyLayer>, sample: &[usize], expected: &str) {
    let error = Sequential::new().add(Input::new(sample)).add(layer).build().unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn misfits_are_told() {
    let image: &[usize] = &[5, 6, 4];
    told(Conv2D::new(3, 2), &[5, 6], "expects inputs [batch, rows, columns, channels], got shape [3, 5, 6]");
    let first = MaxPooling1D::new(2).data_format(DataFormat::ChannelsFirst);
    told(first, image, "expects inputs [batch, channels, steps], got shape [3, 5, 6, 4]");
    told(Conv2D::new(0, 2), image, "expects filters and groups of at least 1, got 0 and 1");
    told(Conv2D::new(3, [0, 2]), image, "expects kernel_size of at least 1, got [0, 2]");
    told(Conv2D::new(3, 2).strides([1, 0]), image, "expects strides of at least 1, got [1, 0]");
    let groups = "expects filters and channels that fall into 3 groups, got 6 and 4";
    told(Conv2D::new(6, 2).groups(3), image, groups);
    let both = "expects strides or a dilation_rate of 1, got [2, 2] and [3, 3]";
    told(Conv2D::new(3, 2).strides(2).dilation_rate(3), image, both);
    told(Conv2D::new(3, 2).padding(Padding::Causal), image, "expects padding valid or same, got causal");
    let small = "expects inputs into which a kernel of 3, 3 apart, fits along axis 1, got shape [3, 5, 6, 4]";
    told(Conv2D::new(3, 3).dilation_rate(3), image, small);
    told(
        DepthwiseConv2D::new(2).depth_multiplier(0),
        image,
        "expects a depth_multiplier of at least 1, got 0",
    );
    let transposed = Conv2DTranspose::new(3, 2).strides(2).output_padding([1, 2]);
    told(transposed, image, "expects an output_padding less than strides [2, 2], got [1, 2]");
    let small = "expects inputs into which a window of 6 fits along axis 1, got shape [3, 5, 6, 4]";
    told(MaxPooling2D::new(6), image, small);
    told(AdaptiveMaxPooling2D::new([0, 2]), image, "expects output_size of at least 1, got [0, 2]");
    let cropped = "expects inputs larger than the cropping [(2, 3), (0, 0)], got shape [3, 5, 6, 4]";
    told(Cropping2D::new([(2, 3), (0, 0)]), image, cropped);
    told(UpSampling1D::new(0), &[5, 6], "expects a size of at least 1, got 0");
}

#[test]
fn configs_take_what_keras_takes() {
    let layer: Conv2D = parse(json!({"filters": 3, "kernel_size": 2, "strides": [1, 2]})).unwrap();
    assert_eq!((layer.kernel_size, layer.strides), ([2, 2].into(), [1, 2].into()));
    let layer: ZeroPadding2D = parse(json!({"padding": [1, [2, 3]]})).unwrap();
    assert_eq!(layer.padding, [(1, 1), (2, 3)].into());
    let layer: ZeroPadding1D = parse(json!({"padding": [1, 2]})).unwrap();
    assert_eq!(layer.padding, (1, 2).into());
    for (class, config) in [
        ("Conv2D", json!({"kernel_size": [1, 2, 3]})),
        ("Conv2D", json!({"kernel_size": -1})),
        ("Conv2D", json!({"lora_rank": 4})),
        ("Cropping1D", json!({"cropping": [1, 2, 3]})),
        ("Cropping2D", json!({"cropping": [1, 2, 3]})),
        ("MaxPooling2D", json!({"padding": "full"})),
        ("AdaptiveMaxPooling1D", json!({})),
    ] {
        let error = Any::<dyn Layer>::from_name(class, config).unwrap_err();
        assert!(error.contains("does not fit"), "{error}");
    }
    let read = Any::<dyn Layer>::from_name("MaxPool2D", json!({})).unwrap();
    assert_eq!(read.class_name(), "MaxPooling2D");
}
