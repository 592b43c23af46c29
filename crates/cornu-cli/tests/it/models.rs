//! `cornu predict`, `cornu summary`, `cornu explain`.

use crate::program::Folder;
use cornu::Model;
use cornu::data::{digits, read_npy, write_npy};

#[test]
fn one_output() {
    let folder = Folder::new("predict");
    folder.success("train digits --epochs 2");
    let x = digits().x.slice_rows(0..300);
    write_npy(folder.path("X.npy"), &x).unwrap();
    let text = folder.success("predict digits.keras --inputs X.npy --output Y.npy");
    assert_eq!(text, "Saved Y.npy: f32 of shape [300, 10]\n");
    let y = read_npy(folder.path("Y.npy")).unwrap();
    let expected = Model::load(folder.path("digits.keras")).unwrap().predict(&x).unwrap();
    assert_eq!(y, expected);
}

#[test]
fn two_inputs_and_outputs() {
    use cornu::prelude::*;
    let folder = Folder::new("predict-two");
    let (a, b) = (Input::new([2]).named("a").symbol(), Input::new([3]).named("b").symbol());
    let both = Concatenate::new().on([&a, &b]);
    let (sum, scores) = (Dense::new(1).on(&both), Dense::new(4).softmax().on(&both));
    let model = Model::new([&a, &b], [&sum, &scores]).unwrap();
    model.save(folder.path("two.keras")).unwrap();
    let (x, x2) = (Array::full([5, 2], DType::F32, 0.5), Array::full([5, 3], DType::F32, -1.0));
    write_npy(folder.path("X.npy"), &x).unwrap();
    write_npy(folder.path("X2.npy"), &x2).unwrap();
    let text = folder.success("predict two.keras --inputs X.npy,X2.npy --output Y.npy");
    assert!(text.contains("Y_0.npy") && text.contains("Y_1.npy"), "{text}");
    assert_eq!(folder.files(), ["X.npy", "X2.npy", "Y_0.npy", "Y_1.npy", "two.keras"]);
    let expected = model.predict_all([&x, &x2]).unwrap();
    let given: Vec<Array> =
        ["Y_0.npy", "Y_1.npy"].iter().map(|name| read_npy(folder.path(name)).unwrap()).collect();
    assert_eq!(given, expected);

    let run = folder.run("predict two.keras --inputs X.npy --output Z.npy");
    assert_eq!(run.code, 1);
    assert!(run.err.starts_with("error: the model takes 2 inputs, got 1"), "{}", run.err);
}

#[test]
fn summary_and_plan() {
    let folder = Folder::new("summary");
    folder.success("train digits --hidden 5 --epochs 1");
    let summary = folder.success("summary digits.keras");
    assert!(summary.contains("(Dense)") && summary.contains("385"), "{summary}");
    let plan = folder.success("explain digits.keras --batch-size 7");
    assert!(plan.contains("dot") && plan.contains("dense") && plan.contains("FLOPs"), "{plan}");
}
