//! `cornu train` and `cornu evaluate`.

use crate::program::Folder;

/// The number after `label`, in a line of its own.
#[track_caller]
pub fn figure(text: &str, label: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(label));
    line.unwrap_or_else(|| panic!("no line `{label}..` in\n{text}")).trim().parse().unwrap()
}

#[test]
fn digits_end_to_end() {
    let folder = Folder::new("digits");
    let text = folder.success("train digits");
    assert!(
        text.starts_with("digits: 1437 rows to train on, 360 to test on; (8, 8) -> 10 classes"),
        "{text}"
    );
    let (loss, accuracy) = (figure(&text, "Test loss:"), figure(&text, "Test accuracy:"));
    assert!(loss > 0.0 && loss < 0.2, "{loss}");
    assert!((0.97..=1.0).contains(&accuracy), "{accuracy}");
    assert!(text.contains("actual \\ predicted   0   1   2"), "{text}");
    assert_eq!(folder.files(), ["digits.keras"]);

    let again = folder.success("evaluate digits.keras digits");
    assert_eq!(figure(&again, "Test loss:"), loss);
    assert_eq!(figure(&again, "Test accuracy:"), accuracy);
    let train = folder.success("evaluate digits.keras digits --part train");
    assert!(train.starts_with("digits: 1437 rows\nTrain loss: "), "{train}");
    let all = folder.success("evaluate digits.keras digits --part all");
    assert!(all.starts_with("digits: 1797 rows\nAll loss: "), "{all}");
}

#[test]
fn the_seed_decides_and_the_threads_do_not() {
    let folder = Folder::new("seed");
    let train = |options: &str| {
        folder.success(&format!("train digits --epochs 2 --hidden 32 --output a.keras {options}"));
        std::fs::read(folder.path("a.keras")).unwrap()
    };
    let first = train("--seed 7 --threads 1");
    assert!(first == train("--threads 3 --seed 7"), "threads change the result");
    assert!(first != train("--seed 8"), "the seed changes nothing");
}

#[test]
fn options() {
    let folder = Folder::new("options");
    let text = folder.success(
        "train digits --hidden 32,32 --activation tanh --dropout 0.1 --noise 0 --optimizer sgd \
         --learning-rate 0.1 --schedule constant --loss categorical_crossentropy --batch-size 128 --epochs 30 --validation-split 0.1 \
         --early-stopping 3 --output deep.keras",
    );
    assert!(figure(&text, "Test accuracy:") > 0.8, "{text}");
    let summary = folder.success("summary deep.keras");
    assert_eq!(summary.matches("(Dropout)").count(), 2, "{summary}");
    let bare = folder
        .success("train digits --hidden none --noise 0 --learning-rate 0.01 --epochs 5 --output bare.keras");
    assert!(bare.contains("650 parameters"), "{bare}");
    assert!(figure(&bare, "Test accuracy:") > 0.8, "{bare}");
}

#[test]
fn early_stopping_stops() {
    let folder = Folder::new("early");
    let run = folder.run(
        "train digits --epochs 200 --noise 0 --schedule constant --validation-split 0.2 --early-stopping 2",
    );
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.err.contains("Epoch 150/200"), "{}", run.err);
    assert!(figure(&run.out, "Test accuracy:") > 0.9);
}

#[cfg(unix)]
#[test]
fn an_interrupted_training_leaves_nothing() {
    use std::process::{Command, Stdio};
    let folder = Folder::new("interrupt");
    let mut command = folder.command("train digits --epochs 1000000");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // Its first line says that training begins.
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.as_mut().unwrap()), &mut line)
        .unwrap();
    assert!(line.starts_with("digits: 1437 rows"), "{line}");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(!child.wait().unwrap().success());
    assert_eq!(folder.files(), Vec::<String>::new());
}
