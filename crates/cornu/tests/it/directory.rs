//! Data in folders of files, against Keras where it has numbers.

use crate::golden;
use crate::keras_files::{Folder, goldens};
use cornu::data::directory::{
    AudioOptions, ColorMode, Directory, ImageFit, ImageOptions, Interpolation, LabelMode, Subset,
};
use cornu::layers::{Dense, Flatten, Rescaling};
use cornu::{Array, Compile, Fit, Input, Sequential};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn images_are_read_and_resized_as_keras_does() {
    for case in golden::list(&golden::read("images.json"), "cases") {
        let word = |name: &str| case[name].as_str().unwrap();
        let size: Vec<usize> =
            golden::list(case, "size").iter().map(|extent| extent.as_u64().unwrap() as usize).collect();
        let options = ImageOptions::new()
            .size(size[0], size[1])
            .color_mode(match word("color_mode") {
                "grayscale" => ColorMode::Grayscale,
                "rgb" => ColorMode::Rgb,
                _ => ColorMode::Rgba,
            })
            .interpolation(match word("interpolation") {
                "nearest" => Interpolation::Nearest,
                _ => Interpolation::Bilinear,
            })
            .fit(match word("fit") {
                "stretch" => ImageFit::Stretch,
                "crop" => ImageFit::Crop,
                _ => ImageFit::Pad,
            });
        let got = options.read(goldens().join("images").join(word("name"))).unwrap();
        let expected = golden::array(&case["pixels"]);
        let what = format!(
            "{} {} {} {} {size:?}",
            case["name"],
            case["color_mode"],
            case["fit"],
            word("interpolation")
        );
        assert_eq!(got.shape(), expected.shape(), "{what}");
        // Decoders of JPEG round differently.
        let tolerance = if word("name").ends_with(".jpg") { 3.0 } else { 1e-3 };
        for (got, expected) in got.to_f64().into_iter().zip(expected.to_f64()) {
            assert!((got - expected).abs() <= tolerance, "{what}: {got}, Keras has {expected}");
        }
    }
}

fn images() -> Directory {
    Directory::new(goldens().join("images"))
}

#[test]
fn folders_are_classes() {
    let options = ImageOptions::new().size(4, 4);
    let found = images().in_order().images(&options).unwrap();
    assert_eq!(found.class_names, ["cats", "dogs"]);
    let names: Vec<_> = found.paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["gray.png", "small.png", "clear.png", "photo.jpg", "tall.bmp", "wide.png"]);
    let batches: Vec<Vec<Array>> = found.pipeline.iter().map(Result::unwrap).collect();
    assert_eq!(batches[0][0].shape()[..], [6, 4, 4, 3]);
    assert_eq!(batches[0][1].as_slice::<i32>().unwrap(), [0, 0, 0, 1, 1, 1]);

    let labels = |directory: Directory| {
        let found = directory.images(&options).unwrap();
        found.pipeline.iter().next().unwrap().unwrap().remove(1)
    };
    let binary = labels(images().in_order().label_mode(LabelMode::Binary).batch_size(4));
    assert_eq!((binary.shape()[..].to_vec(), binary.to_f64()), (vec![4, 1], vec![0.0, 0.0, 0.0, 1.0]));
    let turned = images().in_order().class_names(["dogs", "cats"]).label_mode(LabelMode::Categorical);
    assert_eq!(labels(turned.batch_size(1)).to_f64(), [1.0, 0.0]);
    assert_eq!(
        labels(images().in_order().labels([5, 3, 5, 3, 5, 3])).to_f64(),
        [5.0, 3.0, 5.0, 3.0, 5.0, 3.0]
    );
    let bare = images().label_mode(LabelMode::None).batch_size(None).images(&options).unwrap();
    assert_eq!(bare.pipeline.iter().next().unwrap().unwrap().len(), 1);
}

#[test]
fn parts_of_a_folder_have_nothing_in_common() {
    let options = ImageOptions::new().size(2, 2);
    let part = |subset: Subset| images().shuffle(3).split(0.4, subset).images(&options).unwrap();
    let (train, test) = (part(Subset::Training), part(Subset::Validation));
    assert_eq!((train.paths.len(), test.paths.len()), (4, 2));
    let all: BTreeSet<_> = train.paths.iter().chain(&test.paths).collect();
    assert_eq!(all.len(), 6);
    let labels = |pass: u64| -> Vec<f64> {
        let found = images().shuffle(1).images(&options).unwrap();
        found.pipeline.pass(pass).flat_map(|batch| batch.unwrap()[0].to_f64()).collect()
    };
    assert_eq!(labels(0), labels(0));
    assert_ne!(labels(0), labels(1));
}

#[test]
fn images_in_folders_are_trained_on() {
    let found = images().label_mode(LabelMode::Binary).batch_size(3).images(&ImageOptions::new().size(4, 4));
    let found = found.unwrap();
    let model = Sequential::new()
        .add(Input::new([4, 4, 3]))
        .add(Rescaling::new(1.0 / 255.0))
        .add(Flatten::new())
        .add(Dense::new(1));
    let mut trainer = model.compile(Compile::new("adam", "mse")).unwrap();
    let fit = Fit::new().epochs(20).silent().validation_pipeline(&found.pipeline);
    let history = trainer.fit_pipeline(&found.pipeline.clone().prefetch(2), fit).unwrap();
    let losses = history.get("val_loss").unwrap();
    assert!(losses[19] < losses[0], "{losses:?}");
}

#[test]
fn sounds_and_texts() {
    let folder = Folder::new("sounds");
    for (class, rate, samples) in [("a", 8000, 3i16), ("b", 8000, 5)] {
        fs::create_dir_all(folder.file(class)).unwrap();
        let spec = hound_spec(rate);
        let mut writer = hound::WavWriter::create(folder.file(&format!("{class}/x.wav")), spec).unwrap();
        for i in 0..samples {
            writer.write_sample(i * 4096).unwrap();
            writer.write_sample(-i * 2048).unwrap();
        }
        writer.finalize().unwrap();
        fs::write(folder.file(&format!("{class}/x.txt")), format!("text of ä {class}")).unwrap();
    }
    let sounds = Directory::new(&folder.0).in_order();
    let options = AudioOptions::new().output_sequence_length(4).sampling_rate(8000);
    let batch = sounds.audio(&options).unwrap().pipeline.iter().next().unwrap().unwrap();
    assert_eq!(batch[0].shape()[..], [2, 4, 2]);
    assert_eq!(batch[0].to_f64()[..8], [0.0, 0.0, 0.125, -0.0625, 0.25, -0.125, 0.0, 0.0]);
    assert_eq!(batch[1].to_f64(), [0.0, 1.0]);
    let other = sounds.audio(&AudioOptions::new().sampling_rate(44100)).unwrap();
    let error = other.pipeline.iter().next().unwrap().unwrap_err().to_string();
    assert!(error.starts_with("this sound has 8000 samples a second, not 44100"), "{error}");

    let texts = sounds.texts(Some(9)).unwrap();
    assert_eq!(texts.texts, ["text of ä", "text of ä"]);
    assert_eq!(texts.labels.unwrap().as_slice::<i32>().unwrap(), [0, 1]);
    assert_eq!(texts.class_names, ["a", "b"]);
}

fn hound_spec(rate: u32) -> hound::WavSpec {
    hound::WavSpec {
        channels: 2,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    }
}

#[test]
fn what_is_wrong_in_a_folder_is_told() {
    let options = ImageOptions::new();
    let message = |directory: Directory| directory.images(&options).unwrap_err().to_string();
    assert!(message(Directory::new("no/such")).contains("no/such"));
    assert!(message(images().class_names(["birds"])).starts_with("there is no folder birds here"));
    assert!(message(images().labels([1])).starts_with("there are 6 files here, and 1 labels"));
    assert!(message(images().split(1.5, Subset::Training)).starts_with("the share held back is 1.5"));
    let binary = images().label_mode(LabelMode::Binary);
    assert!(
        message(binary.clone().class_names(["cats"]))
            .starts_with("binary labels are of two classes, here are 1")
    );
    let error = binary.audio(&AudioOptions::new()).unwrap_err().to_string();
    assert!(error.starts_with("there are no files to read here") && error.contains(".wav"), "{error}");
    let folder = Folder::new("damaged");
    let path = folder.file("a.png");
    let whole = fs::read(goldens().join("images/cats/small.png")).unwrap();
    for cut in [0, 7, 20, whole.len() / 2] {
        fs::write(&path, &whole[..cut]).unwrap();
        let error = options.read(&path).unwrap_err().to_string();
        assert!(error.starts_with("this image cannot be read: "), "{error}");
    }
}
