//! Vocabularies that layers learned, which Keras keeps as texts beside the weights.

use crate::files::hdf5::{Attribute, Group};
use crate::layers::nested;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where files keep them.
pub(super) const ASSETS: &str = "assets/";

/// What the weights of a vocabulary's tokens are called.
pub(super) const WEIGHTS: &str = "idf_weights";

/// The vocabularies in a file, by the names and groups of their layers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabularies(Arc<Vec<Learned>>);

#[derive(Debug)]
struct Learned {
    /// The layer's name.
    name: String,
    /// The layer's group: `layers/integer_lookup_1`.
    group: String,
    text: String,
    weights: Option<Vec<f64>>,
}

impl Vocabularies {
    /// Those among the members of a file with these weights.
    pub fn new(members: &BTreeMap<String, Vec<u8>>, weights: &Group) -> Vocabularies {
        let mut found = Vec::new();
        for (path, bytes) in members {
            let group = path.strip_prefix(ASSETS).and_then(|path| path.strip_suffix("/vocabulary.txt"));
            let Some(group) = group else { continue };
            let place = format!("{group}/vars");
            let Some(Attribute::Text(name)) =
                weights.group(&place).and_then(|vars| vars.attributes.get("name"))
            else {
                continue;
            };
            let text = String::from_utf8_lossy(bytes).into_owned();
            let weights = weights.dataset(&format!("{place}/{WEIGHTS}")).map(|weights| weights.to_f64());
            found.push(Learned { name: name.clone(), group: group.to_string(), text, weights });
        }
        Vocabularies(Arc::new(found))
    }

    /// Gives the config of the layer called `name`, of this class, its vocabulary, if it has none and the file
    /// keeps one for it.
    ///
    /// # Errors
    /// If layers of one name have vocabularies, or numbers are none.
    pub fn fill(&self, name: &str, class: &str, config: &mut Map<String, Value>) -> Result<(), String> {
        const CLASSES: [(&str, &str); 3] = [
            ("StringLookup", "string_lookup"),
            ("IntegerLookup", "integer_lookup"),
            ("TextVectorization", "text_vectorization"),
        ];
        let Some((_, stem)) = CLASSES.iter().find(|(known, _)| *known == class) else { return Ok(()) };
        if config.get("vocabulary").is_some_and(|vocabulary| !vocabulary.is_null()) {
            return Ok(());
        }
        let fits = |learned: &&Learned| {
            let last = learned.group.rsplit('/').next().unwrap_or_default();
            learned.name == name && last.starts_with(stem)
        };
        let mut found = self.0.iter().filter(fits);
        let Some(learned) = found.next() else { return Ok(()) };
        if found.next().is_some() {
            return Err(format!("several layers are called `{name}`, each with a vocabulary of its own"));
        }
        // Keras, too, takes empty lines at the end for none.
        let mut tokens: Vec<&str> = learned.text.lines().collect();
        while tokens.last().is_some_and(|token| token.is_empty()) {
            tokens.pop();
        }
        let n = tokens.len();
        let vocabulary = match class {
            "IntegerLookup" => {
                let number = |token: &&str| {
                    token
                        .parse::<i64>()
                        .map_err(|_| format!("the vocabulary has {token:?}, which is no number"))
                };
                json!(tokens.iter().map(number).collect::<Result<Vec<i64>, String>>()?)
            }
            _ => json!(tokens),
        };
        config.insert("vocabulary".into(), vocabulary);
        if config.get("output_mode").is_some_and(|mode| mode == "tf_idf")
            && let Some(weights) = &learned.weights
        {
            // Behind the tokens' own stand zeros where vectors are longer than the vocabulary.
            config.insert(WEIGHTS.into(), json!(weights.iter().take(n).collect::<Vec<_>>()));
        }
        Ok(())
    }
}

/// The layers called `name` in a model's config, in models within it too.
pub(super) fn layers_called<'a>(json: &'a Value, name: &str, found: &mut Vec<&'a Map<String, Value>>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| layers_called(item, name, found)),
        Value::Object(fields) => {
            let own = fields.get("config").and_then(|config| config.get("name"));
            if nested::is_layer(fields) && own.is_some_and(|own| own == name) {
                found.push(fields);
            }
            fields.values().for_each(|value| layers_called(value, name, found));
        }
        _ => {}
    }
}
