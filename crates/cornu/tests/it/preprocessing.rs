//! Layers that work on texts and hashes before a model, against Keras.

use crate::golden;
use cornu::layers::*;
use cornu::registry::parse;
use cornu::{Array, Connect, DType, Input, Model};
use serde_json::Value;

fn texts(case: &Value, key: &str) -> Vec<String> {
    golden::list(case, key).iter().map(|text| text.as_str().unwrap().to_string()).collect()
}

fn integers(case: &Value, key: &str) -> Vec<i64> {
    golden::list(case, key).iter().map(|number| number.as_i64().unwrap()).collect()
}

fn feature(case: &Value, key: &str) -> Feature {
    match golden::list(case, key).iter().all(Value::is_string) {
        true => texts(case, key).into(),
        false => integers(case, key).into(),
    }
}

#[test]
fn agrees_with_keras() {
    let goldens = golden::read("preprocessing.json");
    for case in golden::list(&goldens, "cases") {
        let class = case["class_name"].as_str().unwrap();
        if class == "Equalization" {
            continue;
        }
        let what = format!("{class} {}", case["config"]);
        let config = case["config"].clone();
        let y = match class {
            "Hashing" => parse::<Hashing>(config).unwrap().apply(feature(case, "inputs")).unwrap(),
            "HashedCrossing" => {
                let layer: HashedCrossing = parse(config).unwrap();
                layer.apply(&[feature(case, "inputs"), feature(case, "others")]).unwrap()
            }
            "StringLookup" => {
                let mut layer: StringLookup = parse(config).unwrap();
                if case.get("adapt").is_some() {
                    layer.adapt(&texts(case, "adapt")).unwrap();
                    assert_eq!(layer.tokens().unwrap(), texts(case, "vocabulary"), "{what}");
                }
                layer.apply(&texts(case, "inputs")).unwrap()
            }
            _ => {
                let mut layer: TextVectorization = parse(config).unwrap();
                if case.get("adapt").is_some() {
                    layer.adapt(&texts(case, "adapt")).unwrap();
                    assert_eq!(layer.words().unwrap(), texts(case, "vocabulary"), "{what}");
                }
                layer.vectorize(&texts(case, "inputs")).unwrap()
            }
        };
        let expected = &case["outputs"];
        golden::assert_close(&y, &golden::array(expected), 1e-6, &what);
    }
}

#[test]
fn equalization_agrees_with_keras() {
    let goldens = golden::read("preprocessing.json");
    let cases = golden::list(&goldens, "cases").iter().filter(|case| case["class_name"] == "Equalization");
    for case in cases {
        let layer: Equalization = parse(case["config"].clone()).unwrap();
        let x = golden::array(&case["inputs"]);
        let y = crate::augmentation::trained(layer, &x);
        let y = Array::from_f64(x.shape(), DType::F32, &y).unwrap();
        golden::assert_close(&y, &golden::array(&case["outputs"]), 1e-5, "Equalization");
    }
}

#[test]
fn a_vocabulary_does_not_change_what_is_looked_up_where() {
    let data = Array::new([3, 4], vec![4, 9, 1, 4, 7, 7, 2, 1, 1, 1, 4, 0]).unwrap();
    let layer = IntegerLookup::new().vocabulary([1, 4, 7]).mask_token(0).num_oov_indices(2);
    let modes = [OutputMode::Int, OutputMode::OneHot, OutputMode::MultiHot, OutputMode::Count];
    for mode in modes {
        let layer = layer.clone().output_mode(mode);
        let x = Input::new([4]).dtype(DType::I32).symbol();
        let model = Model::new(&x, &layer.clone().on(&x)).unwrap();
        let y = model.predict_on_batch(&data).unwrap().remove(0);
        golden::assert_close(&layer.apply(&data).unwrap(), &y, 0.0, mode_name(mode));
    }
}

fn mode_name(mode: OutputMode) -> &'static str {
    match mode {
        OutputMode::Int => "int",
        OutputMode::OneHot => "one_hot",
        OutputMode::MultiHot => "multi_hot",
        OutputMode::Count => "count",
        OutputMode::TfIdf => "tf_idf",
    }
}

#[test]
fn what_cannot_be_is_told() {
    let none: Vec<String> = Vec::new();
    let error = StringLookup::new().apply(&["a"]).unwrap_err().to_string();
    assert!(error.contains("has no vocabulary yet: give it one, or adapt it to data first"), "{error}");
    let error = StringLookup::new().adapt(&none).unwrap_err().to_string();
    assert!(error.contains("adapt expects tokens to learn, got none"), "{error}");
    let strict = StringLookup::new().vocabulary(["a"]).num_oov_indices(0);
    let error = strict.apply(&["b"]).unwrap_err().to_string();
    assert!(error.contains("tokens of the vocabulary where num_oov_indices is 0, got \"b\""), "{error}");
    let twice = StringLookup::new().vocabulary(["a", "b", "a"]);
    let error = twice.apply(&["b"]).unwrap_err().to_string();
    assert!(error.contains("each token of the vocabulary once, got \"a\" twice"), "{error}");
    let error =
        StringLookup::new().vocabulary(["a", "b"]).max_tokens(2).apply(&["b"]).unwrap_err().to_string();
    assert!(error.contains("at most 2 tokens, got 3"), "{error}");
    let error = Hashing::new(0).apply(["a"]).unwrap_err().to_string();
    assert!(error.contains("num_bins of at least 1, got 0"), "{error}");
    let error = HashedCrossing::new(3).apply(&[["a"].into()]).unwrap_err().to_string();
    assert!(error.contains("at least two features, got 1"), "{error}");
    let error = Discretization::new([1.0]).adapt(&Array::from_vec(vec![1f32])).unwrap_err().to_string();
    assert!(error.contains("make it with Discretization::bins(n)"), "{error}");
    let x = Input::new([1]).dtype(DType::I32).symbol();
    let words = TextVectorization::new().vocabulary(["a"]);
    let error = Model::new(&x, &words.on(&x)).unwrap_err().to_string();
    assert!(
        error.contains("works on texts, which models do not hold: call its `vectorize` on the data first"),
        "{error}"
    );
}
