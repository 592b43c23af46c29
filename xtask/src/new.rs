//! `cargo xtask new KIND NAME`: the file of one more op, layer, loss ..., and its lines in the registry.

use std::fs;
use std::path::Path;

/// A kind of thing that one can be added to.
struct Kind {
    word: &'static str,
    folder: &'static str,
    template: &'static str,
    /// What the list of all of them begins with in `mod.rs`.
    list: &'static str,
}

const LIBRARY: &str = "crates/cornu/src";

macro_rules! kind {
    ($word:literal, $folder:literal, $list:expr) => {
        Kind {
            word: $word,
            folder: $folder,
            template: include_str!(concat!("templates/", $word, ".rs.txt")),
            list: $list,
        }
    };
}

const KINDS: &[Kind] = &[
    kind!("op", "ops", "\nregistry! {"),
    kind!("layer", "layers", "\nlayers!["),
    kind!("loss", "losses", "entries!["),
    kind!("metric", "metrics", "entries!["),
    kind!("optimizer", "optimizers", "entries!["),
    kind!("schedule", "schedules", "entries!["),
    kind!("initializer", "initializers", "entries!["),
    kind!("regularizer", "regularizers", "entries!["),
    kind!("constraint", "constraints", "entries!["),
    kind!("callback", "callbacks", "= table!["),
];

/// The kinds, for messages.
pub fn kinds() -> String {
    KINDS.iter().map(|kind| kind.word).collect::<Vec<_>>().join("|")
}

/// Writes the file and its lines under the workspace `root`; gives the paths that were written.
///
/// # Errors
/// If there is no such kind, the name is no name, or the file exists.
pub fn run(root: &Path, word: &str, name: &str) -> Result<Vec<String>, String> {
    let kind = KINDS.iter().find(|kind| kind.word == word);
    let kind = kind.ok_or_else(|| format!("there is no kind `{word}`; there are {}", kinds()))?;
    let camel = camel(name)?;
    let snake = snake(&camel);
    let folder = match kind.word {
        "op" => "crates/cornu-graph/src/ops".to_string(),
        _ => format!("{LIBRARY}/{}", kind.folder),
    };
    let (file, registry) = (format!("{folder}/{snake}.rs"), format!("{folder}/mod.rs"));
    if root.join(&file).exists() {
        return Err(format!("{file} is there already"));
    }
    let old = fs::read_to_string(root.join(&registry)).map_err(|error| format!("{registry}: {error}"))?;
    let new = register(&old, kind, &snake, &camel)?;
    let text = kind.template.replace("{Name}", &camel).replace("{name}", &snake);
    fs::write(root.join(&file), text).map_err(|error| format!("{file}: {error}"))?;
    fs::write(root.join(&registry), new).map_err(|error| format!("{registry}: {error}"))?;
    Ok(vec![file, registry])
}

/// `mod.rs` with the lines of one more.
fn register(text: &str, kind: &Kind, snake: &str, camel: &str) -> Result<String, String> {
    let text = insert_line(text, "mod ", &format!("mod {snake};"))?;
    let (text, entry) = match kind.word {
        // The macro of the operations exports them.
        "op" => (text, format!("{snake}::{camel}")),
        _ => (insert_line(&text, "pub use ", &format!("pub use {snake}::{camel};"))?, camel.to_string()),
    };
    let list = kind.list;
    let lacks = || format!("mod.rs has no list that begins with `{}`", list.trim());
    let begin = text.rfind(list).ok_or_else(lacks)? + list.len();
    let closing = if list.ends_with('{') { "\n}" } else { "]" };
    let end = begin + text[begin..].find(closing).ok_or_else(lacks)?;
    let (before, after) = (text[..end].trim_end(), &text[end..]);
    Ok(match before.ends_with(',') {
        true => format!("{before}\n    {entry},\n{}", after.trim_start()),
        false => format!("{before}, {entry}{after}"),
    })
}

/// The text with a line among those that begin with `prefix`, in alphabetical order.
fn insert_line(text: &str, prefix: &str, line: &str) -> Result<String, String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let like = |l: &&str| l.starts_with(prefix);
    let last = lines.iter().rposition(like).ok_or(format!("mod.rs has no line `{prefix}..`"))?;
    // The trait of the operations stands apart from the list of them.
    let first = (0..=last).rev().take_while(|&i| like(&lines[i])).last().unwrap_or(last);
    let at = (first..=last).find(|&i| lines[i] > line).unwrap_or(last + 1);
    lines.insert(at, line);
    Ok(lines.join("\n") + "\n")
}

fn camel(name: &str) -> Result<String, String> {
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !fits {
        return Err(format!("`{name}` is no name; write it as in HardSwish or hard_swish"));
    }
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    Ok(name.split('_').filter(|word| !word.is_empty()).map(capital).collect())
}

/// `hard_swish` for `HardSwish`, `relu6` for `ReLU6`: a new word begins where a capital follows a
/// small letter, or precedes one after another capital.
fn snake(camel: &str) -> String {
    let letters: Vec<char> = camel.chars().collect();
    let mut snake = String::new();
    for (i, &letter) in letters.iter().enumerate() {
        let after_small = i > 0 && letters[i - 1].is_ascii_lowercase();
        let before_small = i > 0 && letters.get(i + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (after_small || before_small) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
    }

    #[test]
    fn names_become_words() {
        assert_eq!(camel("hard_swish").as_deref(), Ok("HardSwish"));
        assert_eq!(snake("HardSwish"), "hard_swish");
        assert_eq!(snake("KLDivergence"), "kl_divergence");
        assert_eq!(snake("Conv2D"), "conv2d");
        assert!(camel("../x").is_err());
    }

    #[test]
    fn every_kind_finds_its_place() {
        for kind in KINDS {
            let folder = if kind.word == "op" { "crates/cornu-graph/src/ops" } else { LIBRARY };
            let folder =
                if kind.word == "op" { root().join(folder) } else { root().join(folder).join(kind.folder) };
            let old = fs::read_to_string(folder.join("mod.rs")).unwrap();
            let new = register(&old, kind, "zebra_fold", "ZebraFold").unwrap();
            let added = new.lines().count() - old.lines().count();
            let expected = if kind.word == "op" { 2 } else { 3 };
            // A list on one line takes its entry there.
            assert!(added == expected || added + 1 == expected, "{}: {added} lines", kind.word);
            assert!(new.contains("\nmod zebra_fold;\n"), "{}", kind.word);
            let entry = if kind.word == "op" { "zebra_fold::ZebraFold" } else { "ZebraFold" };
            let places = if kind.word == "op" { 1 } else { 2 };
            assert_eq!(new.matches(entry).count(), places, "{}", kind.word);
        }
    }

    #[test]
    fn refuses_what_it_cannot_do() {
        let refusal = run(root(), "gadget", "X").unwrap_err();
        assert!(refusal.starts_with("there is no kind `gadget`; there are op|layer|loss"), "{refusal}");
        let refusal = run(root(), "layer", "Dense").unwrap_err();
        assert_eq!(refusal, "crates/cornu/src/layers/dense.rs is there already");
    }
}
