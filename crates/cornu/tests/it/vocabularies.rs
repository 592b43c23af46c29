//! Vocabularies that layers learned in Keras, which files keep beside the weights.

use crate::golden::{array, assert_close, list, read};
use crate::keras_files::{Folder, goldens};
use cornu::layers::{IntegerLookup, StringLookup, TextVectorization};
use cornu::{Array, DType, Model, files};
use serde_json::Value;

fn strings(values: &Value) -> Vec<&str> {
    values.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn models_number_by_what_they_learned_in_keras() {
    let golden = &read("vocabularies.json")["numbers"];
    let input = array(&golden["input"]).cast(DType::I64);
    let folder = Folder::new("vocabularies");
    let (theirs, ours) = (goldens().join("vocabularies/numbers.keras"), folder.file("numbers.keras"));
    Model::load(&theirs).unwrap().save(&ours).unwrap();
    for path in [theirs, ours] {
        let got = Model::load(&path).unwrap().predict_on_batch(&input).unwrap();
        for (i, expected) in list(golden, "predictions").iter().enumerate() {
            assert_close(&got[i], &array(expected), 1e-5, &format!("{}: output {i}", path.display()));
        }
    }
}

#[test]
fn layers_on_texts_are_read_apart_from_their_model() {
    let golden = read("vocabularies.json");
    let path = goldens().join("vocabularies/texts.keras");
    for case in list(&golden, "texts") {
        let name = case["name"].as_str().unwrap();
        let (texts, expected) = (strings(&case["texts"]), array(&case["outputs"]));
        let got: Array = match case["class_name"].as_str().unwrap() {
            "StringLookup" => files::load_layer::<StringLookup>(&path, name).unwrap().apply(&texts).unwrap(),
            _ => files::load_layer::<TextVectorization>(&path, name).unwrap().vectorize(&texts).unwrap(),
        };
        let got = got.cast(expected.dtype()).reshape(expected.shape().clone()).unwrap();
        assert_close(&got, &expected, 1e-5, name);
    }
    let message = |name: &str| {
        let error = files::load_layer::<IntegerLookup>(&path, name).unwrap_err().to_string();
        error.replace(&path.display().to_string(), "texts.keras")
    };
    assert!(message("missing").starts_with("there is no layer `missing`\n   at texts.keras"));
    assert_eq!(
        message("plain"),
        "the layer `plain` is a StringLookup, not a IntegerLookup\n   at texts.keras\n help: load it as a \
         StringLookup"
    );
}
