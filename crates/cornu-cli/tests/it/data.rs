//! Training on files: tables, archives, MNIST.

use crate::program::Folder;
use crate::train::figure;
use cornu::Array;
use cornu::data::write_npz;
use cornu::files::archive::Compression;
use std::path::{Path, PathBuf};

/// Numbers between 0 and 1 that look random.
fn numbers(n: usize) -> Vec<f64> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f64 / (1u64 << 24) as f64
    };
    (0..n).map(|_| next()).collect()
}

/// A table of two features, of very different size, and a target made of them.
fn table(target: impl Fn(f64, f64) -> f64) -> String {
    let rows = numbers(800);
    let row = |row: &[f64]| format!("{},{},{}\n", row[0], 1e5 * row[1], target(row[0], row[1]));
    let rows: String = rows.chunks_exact(2).map(row).collect();
    format!("a,b,target\n{rows}")
}

#[test]
fn a_table_of_numbers_is_regression() {
    let folder = Folder::new("regression");
    folder.write("line.csv", table(|a, b| 2e5 + 3e4 * a - 1e4 * b));
    let text = folder.success("train line.csv --epochs 60");
    assert!(text.starts_with("line: 320 rows to train on, 80 to test on; (2) -> a number"), "{text}");
    // The targets spread by some 9,000 around their mean.
    let error = figure(&text, "Test mae:");
    assert!(error < 1000.0, "{text}");
    assert!(!text.contains("predicted"), "{text}");
    let again = folder.success("evaluate line.keras line.csv");
    assert_eq!(figure(&again, "Test mae:"), error);
}

#[test]
fn a_table_of_two_classes_is_binary() {
    let folder = Folder::new("binary");
    folder.write("sides.csv", table(|a, b| f64::from(a > b)));
    let text = folder.success("train sides.csv --epochs 60");
    assert!(text.contains("(2) -> 2 classes"), "{text}");
    assert!(figure(&text, "Test accuracy:") > 0.9, "{text}");
    assert!(text.contains("actual \\ predicted  "), "{text}");
    let hinge = folder.success("train sides.csv --loss hinge --epochs 20");
    assert!(figure(&hinge, "Test loss:") < 0.5, "{hinge}");
}

#[test]
fn a_table_of_classes() {
    let folder = Folder::new("classes");
    folder.write("thirds.csv", table(|a, _| (3.0 * a).floor()));
    for loss in ["", "--loss categorical_crossentropy", "--loss categorical_hinge", "--loss kld"] {
        let text = folder.success(&format!("train thirds.csv --epochs 40 {loss}"));
        assert!(text.contains("(2) -> 3 classes"), "{text}");
        assert!(figure(&text, "Test accuracy:") > 0.85, "{loss}: {text}");
        let again = folder.success("evaluate thirds.keras thirds.csv");
        assert_eq!(figure(&again, "Test accuracy:"), figure(&text, "Test accuracy:"), "{loss}");
    }
    // Whole numbers can be meant as numbers.
    let text = folder.success("train thirds.csv --epochs 40 --loss mse");
    assert!(figure(&text, "Test mae:") < 0.4, "{text}");
}

#[test]
fn an_archive_of_arrays() {
    let folder = Folder::new("npz");
    let values: Vec<f32> = numbers(600).into_iter().map(|x| x as f32).collect();
    let two: Vec<f32> = values.chunks_exact(3).flat_map(|x| [x[0] + x[1], x[1] - x[2]]).collect();
    let (x, y) = (Array::new([200, 3], values).unwrap(), Array::new([200, 2], two).unwrap());
    write_npz(folder.path("two.npz"), [("x", &x), ("y", &y)], Compression::Deflated).unwrap();
    let text = folder.success("train two.npz --epochs 60");
    assert!(text.contains("(3) -> 2 numbers"), "{text}");
    assert!(figure(&text, "Test mae:") < 0.1, "{text}");
    assert_eq!(folder.files(), ["two.keras", "two.npz"]);
}

/// The folder of real data sets, if this machine has it.
fn real(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("CORNU_DATA").map_or(beside, PathBuf::from);
    let found = folder.join(name).is_dir().then_some(folder);
    if found.is_none() {
        eprintln!("skipped: there is no {name}; CORNU_DATA names the folder that holds it");
    }
    found
}

#[test]
fn mnist() {
    let Some(data) = real("mnist") else { return };
    let folder = Folder::new("mnist");
    let text = folder.success(&format!(
        "train mnist --data-dir {} --hidden 10,10 --optimizer adam --epochs 2 --batch-size 128",
        data.display()
    ));
    assert!(
        text.starts_with("mnist: 60000 rows to train on, 10000 to test on; (28, 28) -> 10 classes"),
        "{text}"
    );
    assert!(figure(&text, "Test accuracy:") > 0.85, "{text}");
    let again = folder.success(&format!("evaluate mnist.keras mnist --data-dir {}", data.display()));
    assert_eq!(figure(&again, "Test accuracy:"), figure(&text, "Test accuracy:"));
}

#[test]
fn fashion_mnist() {
    let Some(data) = real("fashion-mnist") else { return };
    let folder = Folder::new("fashion");
    let text = folder.success(&format!(
        "train fashion_mnist --data-dir {} --hidden 32 --epochs 1 --batch-size 128",
        data.display()
    ));
    assert!(figure(&text, "Test accuracy:") > 0.75, "{text}");
}

#[test]
fn pima() {
    let Some(data) = real("pima-diabetes") else { return };
    let folder = Folder::new("pima");
    let file = data.join("pima-diabetes/pima-indians-diabetes.csv");
    let text = folder.success(&format!("train {} --hidden 10,8 --output pima.keras", file.display()));
    assert!(text.contains("(8) -> 2 classes"), "{text}");
    assert!(figure(&text, "Test accuracy:") > 0.7, "{text}");
}
