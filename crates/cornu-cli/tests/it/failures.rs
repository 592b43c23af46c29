//! What the program says to those who ask for what it cannot do.

use crate::program::{Folder, assert_golden};
use cornu::data::write_npy;
use cornu::{Array, DType};

/// What is asked for; paths are those that `files` makes.
const INVOCATIONS: &[&str] = &[
    "",
    "tran digits",
    "train",
    "train digits --epoch 3",
    "train digits --epochs 0",
    "train digits --epochs many",
    "train digits --batch-size -1",
    "train digits --hidden 10,,10",
    "train digits --dropout 1.5",
    "train digits --learning-rate 0",
    "train digits --optimizer adamm",
    "train digits --loss squared",
    "train digits --activation rleu",
    "train digits --seed x",
    "train digits --output digits.h5",
    "train digits --output nowhere/digits.keras",
    "train digits --output folder.keras",
    "train digits --loss binary_crossentropy",
    "train digits --validation-split 0.9999",
    "train mnits",
    "train mnist --data-dir nowhere",
    "train empty.csv",
    "train words.csv",
    "train ragged.csv",
    "train column.csv",
    "train missing.csv",
    "train numbers.csv --loss sparse_categorical_crossentropy",
    "train not.npz",
    "evaluate missing.keras digits",
    "evaluate not.keras digits",
    "evaluate empty.keras digits",
    "evaluate model.keras numbers.csv",
    "evaluate model.keras digits --part some",
    "predict model.keras --output Y.npy",
    "predict model.keras --inputs missing.npy --output Y.npy",
    "predict model.keras --inputs wrong.npy --output Y.npy",
    "predict model.keras --inputs cut.npy --output Y.npy",
    "predict model.keras --inputs X.npy --output Y.txt",
    "predict model.keras --inputs X.npy --output nowhere/Y.npy",
    "predict model.keras --inputs X.npy,X.npy --output Y.npy",
    "summary cut.keras",
    "summary folder.keras",
    "explain X.npy",
    "list gadgets",
    "completions tcsh",
];

fn files(folder: &Folder) {
    folder.success("train digits --hidden none --epochs 1 --output model.keras");
    std::fs::create_dir(folder.path("folder.keras")).unwrap();
    folder.write("empty.csv", "");
    folder.write("words.csv", "a,b,target\n1,2,yes\n");
    folder.write("ragged.csv", "a,b,target\n1,2,3\n1,2\n");
    folder.write("column.csv", "a\n1\n2\n");
    folder.write("numbers.csv", "a,b,target\n1,2,0.5\n2,3,1.5\n3,4,2.5\n4,5,3.5\n5,6,4.5\n");
    folder.write("not.npz", "PK is how an archive begins");
    folder.write("not.keras", "a text");
    folder.write("empty.keras", "");
    let model = std::fs::read(folder.path("model.keras")).unwrap();
    folder.write("cut.keras", &model[..model.len() / 2]);
    write_npy(folder.path("X.npy"), &Array::zeros([2, 8, 8], DType::F32)).unwrap();
    write_npy(folder.path("wrong.npy"), &Array::zeros([2, 9], DType::F32)).unwrap();
    let array = std::fs::read(folder.path("X.npy")).unwrap();
    folder.write("cut.npy", &array[..array.len() - 4]);
}

#[test]
fn messages() {
    let folder = Folder::new("failures");
    files(&folder);
    let before = folder.files();
    let mut text = String::new();
    for invocation in INVOCATIONS {
        let run = folder.run(invocation);
        // What it says of the progress depends on time.
        let told: String = run
            .err
            .lines()
            .filter(|line| !line.starts_with("Epoch "))
            .map(|line| format!("{line}\n"))
            .collect();
        assert!(matches!(run.code, 1 | 2), "cornu {invocation}: exit code {}\n{}", run.code, run.err);
        let is_message = invocation.is_empty() || told.starts_with("error: ");
        assert!(is_message && !told.contains("panicked"), "cornu {invocation}\n{told}");
        assert!(!told.contains(".rs:"), "cornu {invocation} names a line of its own source\n{told}");
        text += &format!("$ cornu {invocation}\n{told}[exit code {}]\n\n", run.code);
        assert_eq!(folder.files(), before, "cornu {invocation} left something behind");
    }
    assert_golden("failures.txt", &text);
}
