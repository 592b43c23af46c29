//! The layer that turns texts into numbers of words.

use super::on_host::{dense, refused};
use super::{Layer, LayerSample, OutputMode, Sampled, StringLookup};
use crate::error::{Error, Result};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Array, Tensor};
use serde::{Deserialize, Serialize};

/// Texts as the numbers of their words in a vocabulary: texts are standardized, split into words,
/// words are joined to n-grams, and these are numbered.
///
/// The vocabulary is given, or learned by [`adapt`](TextVectorization::adapt). For `output_mode`
/// `int` 0 stands for no word and 1 for an unknown one; texts are filled up with 0 to the longest, or
/// to `output_sequence_length`. In other modes 0 stands for unknown words. Texts are turned before a
/// model, by [`vectorize`](TextVectorization::vectorize); in a model it fails. Agrees with Keras's
/// `TextVectorization`.
///
/// ```
/// use cornu::layers::TextVectorization;
/// let mut layer = TextVectorization::new().output_sequence_length(4);
/// layer.adapt(&["foo bar", "bar baz", "baz bada boom"])?;
/// let numbers = layer.vectorize(&["foo qux bar", "Qux, baz!"])?;
/// assert_eq!(numbers.to_f64(), [4.0, 1.0, 3.0, 0.0, 1.0, 2.0, 0.0, 0.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextVectorization {
    /// How many numbers there may be, those of no word and of unknown words included.
    pub max_tokens: Option<usize>,
    /// What is done to the texts first; lower case without punctuation by default.
    pub standardize: Option<Standardize>,
    /// Where texts are split; at white space by default.
    pub split: Option<Split>,
    /// How many words are joined; each by itself by default.
    pub ngrams: Option<Ngrams>,
    /// How to give out the numbers; as they are by default.
    pub output_mode: OutputMode,
    /// How many numbers to give for each text; those of the longest by default.
    pub output_sequence_length: Option<usize>,
    /// Whether vectors have `max_tokens` places, however many words there are.
    pub pad_to_max_tokens: bool,
    /// Always false.
    pub sparse: bool,
    /// Always false.
    pub ragged: bool,
    /// The words, in order.
    pub vocabulary: Option<Vec<String>>,
    /// Weights of the words, for `tf_idf`.
    pub idf_weights: Option<Vec<f64>>,
    /// How texts are encoded; as UTF-8.
    pub encoding: String,
    /// How many numbers there are, as Keras notes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vocabulary_size: Option<usize>,
}

/// What is done to texts before they are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standardize {
    /// Both of the others.
    LowerAndStripPunctuation,
    /// The letters A to Z are made small.
    Lower,
    /// ASCII punctuation is taken out.
    StripPunctuation,
}

/// Where texts are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// At white space.
    Whitespace,
    /// After each character.
    Character,
}

/// How many words are joined, with spaces between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ngrams {
    /// One, then two, up to so many.
    UpTo(usize),
    /// So many, then so many.
    Widths(Vec<usize>),
}

impl Default for TextVectorization {
    fn default() -> TextVectorization {
        TextVectorization {
            max_tokens: None,
            standardize: Some(Standardize::LowerAndStripPunctuation),
            split: Some(Split::Whitespace),
            ngrams: None,
            output_mode: OutputMode::Int,
            output_sequence_length: None,
            pad_to_max_tokens: false,
            sparse: false,
            ragged: false,
            vocabulary: None,
            idf_weights: None,
            encoding: "utf-8".into(),
            vocabulary_size: None,
        }
    }
}

impl TextVectorization {
    /// A layer without a vocabulary yet.
    pub fn new() -> TextVectorization {
        TextVectorization::default()
    }

    /// The same with at most so many numbers.
    pub fn max_tokens(mut self, max_tokens: usize) -> TextVectorization {
        self.max_tokens = Some(max_tokens);
        self
    }

    /// The same, doing this to texts first; nothing for `None`.
    pub fn standardize(mut self, standardize: impl Into<Option<Standardize>>) -> TextVectorization {
        self.standardize = standardize.into();
        self
    }

    /// The same, splitting texts there; each is one word for `None`.
    pub fn split(mut self, split: impl Into<Option<Split>>) -> TextVectorization {
        self.split = split.into();
        self
    }

    /// The same, joining one word, two, up to `n`.
    pub fn ngrams(mut self, n: usize) -> TextVectorization {
        self.ngrams = Some(Ngrams::UpTo(n));
        self
    }

    /// The same, joining as many words as each of `widths` says.
    pub fn ngram_widths(mut self, widths: impl Into<Vec<usize>>) -> TextVectorization {
        self.ngrams = Some(Ngrams::Widths(widths.into()));
        self
    }

    /// The same, giving out the numbers in this form.
    pub fn output_mode(mut self, mode: OutputMode) -> TextVectorization {
        self.output_mode = mode;
        self
    }

    /// The same with so many numbers for each text.
    pub fn output_sequence_length(mut self, length: usize) -> TextVectorization {
        self.output_sequence_length = Some(length);
        self
    }

    /// The same with vectors of `max_tokens` places.
    pub fn pad_to_max_tokens(mut self, pad: bool) -> TextVectorization {
        self.pad_to_max_tokens = pad;
        self
    }

    /// The same with these words, in order.
    pub fn vocabulary(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> TextVectorization {
        self.vocabulary = Some(words.into_iter().map(Into::into).collect());
        self
    }

    /// The same with weights of the words, for `tf_idf`.
    pub fn idf_weights(mut self, weights: impl Into<Vec<f64>>) -> TextVectorization {
        self.idf_weights = Some(weights.into());
        self
    }

    /// All words by their numbers, those that stand for no word and for unknown ones included.
    ///
    /// # Errors
    /// If there are no words yet, or they do not fit the layer.
    pub fn words(&self) -> Result<Vec<String>> {
        self.lookup().tokens()
    }

    /// Learns the vocabulary from texts, the most frequent words first; for `tf_idf` the weights too.
    ///
    /// # Errors
    /// If there are no words.
    pub fn adapt(&mut self, texts: &[impl AsRef<str>]) -> Result<()> {
        self.check().map_err(error)?;
        let words: Vec<Vec<String>> = texts.iter().map(|text| self.split_up(text.as_ref())).collect();
        let mut lookup = self.lookup();
        lookup.adapt_rows(&words)?;
        self.vocabulary = lookup.vocabulary;
        self.idf_weights = lookup.idf_weights;
        self.vocabulary_size = lookup.vocabulary_size;
        Ok(())
    }

    /// Texts as numbers `[n, length]`, or vectors `[n, depth]`.
    ///
    /// # Errors
    /// If there is no vocabulary.
    pub fn vectorize(&self, texts: &[impl AsRef<str>]) -> Result<Array> {
        self.check().map_err(error)?;
        let mut words: Vec<Vec<String>> = texts.iter().map(|text| self.split_up(text.as_ref())).collect();
        if self.output_mode == OutputMode::Int {
            let longest = words.iter().map(Vec::len).max().unwrap_or(0);
            let length = self.output_sequence_length.unwrap_or(longest);
            // The empty word is the mask, whose number is 0.
            words.iter_mut().for_each(|words| words.resize(length, String::new()));
        }
        self.lookup().apply_rows(&words)
    }

    fn check(&self) -> Result<(), String> {
        use OutputMode::{Count, Int, MultiHot, TfIdf};
        self.output_mode.among(&[Int, MultiHot, Count, TfIdf])?;
        dense("sparse", self.sparse)?;
        dense("ragged", self.ragged)?;
        if self.output_mode != Int && self.output_sequence_length.is_some() {
            let mode = self.output_mode.name();
            return Err(format!("has an output_sequence_length, which output_mode {mode} has no use for"));
        }
        match self.encoding.to_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(()),
            other => Err(format!("expects texts encoded as utf-8, got {other}")),
        }
    }

    fn lookup(&self) -> StringLookup {
        let mut lookup = StringLookup::new();
        lookup.max_tokens = self.max_tokens;
        lookup.vocabulary.clone_from(&self.vocabulary);
        lookup.idf_weights.clone_from(&self.idf_weights);
        lookup.mask_token("").output_mode(self.output_mode).pad_to_max_tokens(self.pad_to_max_tokens)
    }

    /// The words of a text, joined as the layer says.
    fn split_up(&self, text: &str) -> Vec<String> {
        use Standardize::{Lower, LowerAndStripPunctuation, StripPunctuation};
        let mut text = text.to_string();
        if matches!(self.standardize, Some(Lower | LowerAndStripPunctuation)) {
            text.make_ascii_lowercase();
        }
        if matches!(self.standardize, Some(StripPunctuation | LowerAndStripPunctuation)) {
            text.retain(|c| !c.is_ascii_punctuation());
        }
        let white = |c: char| c.is_ascii_whitespace() || c == '\x0b';
        let words: Vec<String> = match self.split {
            None => vec![text],
            Some(Split::Whitespace) => {
                text.split(white).filter(|word| !word.is_empty()).map(str::to_string).collect()
            }
            Some(Split::Character) => text.chars().map(String::from).collect(),
        };
        let widths = match &self.ngrams {
            None => return words,
            Some(Ngrams::UpTo(n)) => (1..=*n).collect(),
            Some(Ngrams::Widths(widths)) => widths.clone(),
        };
        let joined = widths.into_iter().filter(|&width| width > 0);
        joined.flat_map(|width| words.windows(width).map(|words| words.join(" "))).collect()
    }
}

fn error(message: String) -> Error {
    Error::argument(format!("TextVectorization {message}"))
}

impl Named for TextVectorization {
    const NAME: &'static str = "TextVectorization";
    const SUMMARY: &'static str = "turns texts into numbers of words";
}

impl Layer for TextVectorization {
    fn call(&self, scope: &mut Scope, _: &[Tensor]) -> Vec<Tensor> {
        refused(scope, "texts", "vectorize")
    }
}

impl Sampled for TextVectorization {
    fn samples() -> Vec<LayerSample> {
        Vec::new()
    }
}
