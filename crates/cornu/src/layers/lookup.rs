//! What the layers share that number the tokens of a vocabulary.

use super::categories::{OutputMode, encode, encoded};
use super::fingerprint::bucket;
use super::hashing::salt;
use super::on_host::dense;
use super::search::place_among;
use crate::error::{Error, Result};
use crate::scope::Scope;
use cornu_graph::{Array, DType, Tensor};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

/// What a vocabulary is made of: `String` or `i64`.
pub trait Token:
    Clone + Debug + Ord + Hash + Send + Sync + Serialize + DeserializeOwned + Borrow<Self::View> + 'static
{
    /// How it is looked at.
    type View: ?Sized + Ord + Hash + ToOwned<Owned = Self>;
    /// What stands for tokens that the vocabulary lacks.
    fn unknown() -> Self;
    /// The bucket, of `n`, of a token that the vocabulary lacks.
    fn bucket(token: &Self::View, n: usize, method: OovMethod, salt: Option<[u64; 2]>) -> i64;
    /// What Keras's configs call such tokens' dtype, where they name it.
    fn dtype() -> Option<String>;
    /// How the token's texts are encoded, where it is one.
    fn encoding() -> Option<String>;
}

/// How whole numbers that a vocabulary lacks are sorted into several buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OovMethod {
    /// By their remainder.
    #[default]
    Floormod,
    /// By their hash.
    Farmhash,
}

/// A layer that numbers the tokens of a vocabulary; see [`StringLookup`](super::StringLookup) and
/// [`IntegerLookup`](super::IntegerLookup).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "T: Token")]
pub struct Lookup<T: Token> {
    /// How many numbers there may be, those of the mask and of unknown tokens included.
    pub max_tokens: Option<usize>,
    /// How many numbers stand for unknown tokens; 1 by default. With none they are an error.
    pub num_oov_indices: usize,
    /// The token that stands for no token; none by default.
    pub mask_token: Option<T>,
    /// The token that unknown numbers give.
    pub oov_token: Option<T>,
    /// The tokens, in order.
    pub vocabulary: Option<Vec<T>>,
    /// Weights of the tokens, for `tf_idf`.
    pub idf_weights: Option<Vec<f64>>,
    /// Whether numbers are turned to tokens instead; false by default.
    pub invert: bool,
    /// How to give out the numbers; as they are by default.
    pub output_mode: OutputMode,
    /// Always false.
    pub sparse: bool,
    /// Whether vectors have `max_tokens` places, however many tokens there are.
    pub pad_to_max_tokens: bool,
    /// How many numbers there are, as Keras notes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vocabulary_size: Option<usize>,
    /// How unknown numbers are sorted into several buckets.
    pub oov_method: OovMethod,
    /// What makes the hash of unknown tokens another.
    #[serde(deserialize_with = "salt")]
    pub salt: Option<[u64; 2]>,
    /// The tokens' dtype, where configs name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    vocabulary_dtype: Option<String>,
    /// The texts' encoding, where tokens are texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
}

impl<T: Token> Default for Lookup<T> {
    fn default() -> Lookup<T> {
        Lookup {
            max_tokens: None,
            num_oov_indices: 1,
            mask_token: None,
            oov_token: Some(T::unknown()),
            vocabulary: None,
            idf_weights: None,
            invert: false,
            output_mode: OutputMode::Int,
            sparse: false,
            pad_to_max_tokens: false,
            vocabulary_size: None,
            oov_method: OovMethod::Floormod,
            salt: None,
            vocabulary_dtype: T::dtype(),
            encoding: T::encoding(),
        }
    }
}

impl<T: Token> Lookup<T> {
    /// A layer without a vocabulary yet.
    pub fn new() -> Lookup<T> {
        Lookup::default()
    }

    /// The same with these tokens, in order. The mask and unknown tokens may stand in front of them.
    pub fn vocabulary(mut self, tokens: impl IntoIterator<Item = impl Into<T>>) -> Lookup<T> {
        self.vocabulary = Some(tokens.into_iter().map(Into::into).collect());
        self
    }

    /// The same with weights of the vocabulary's tokens, for `tf_idf`.
    pub fn idf_weights(mut self, weights: impl Into<Vec<f64>>) -> Lookup<T> {
        self.idf_weights = Some(weights.into());
        self
    }

    /// The same with at most so many numbers.
    pub fn max_tokens(mut self, max_tokens: usize) -> Lookup<T> {
        self.max_tokens = Some(max_tokens);
        self
    }

    /// The same with so many numbers for unknown tokens.
    pub fn num_oov_indices(mut self, n: usize) -> Lookup<T> {
        self.num_oov_indices = n;
        self
    }

    /// The same with a token that stands for none.
    pub fn mask_token(mut self, token: impl Into<T>) -> Lookup<T> {
        self.mask_token = Some(token.into());
        self
    }

    /// The same with another token for unknown numbers.
    pub fn oov_token(mut self, token: impl Into<T>) -> Lookup<T> {
        self.oov_token = Some(token.into());
        self
    }

    /// The same from numbers to tokens.
    pub fn invert(mut self, invert: bool) -> Lookup<T> {
        self.invert = invert;
        self
    }

    /// The same, giving out the numbers in this form.
    pub fn output_mode(mut self, mode: OutputMode) -> Lookup<T> {
        self.output_mode = mode;
        self
    }

    /// The same with vectors of `max_tokens` places.
    pub fn pad_to_max_tokens(mut self, pad: bool) -> Lookup<T> {
        self.pad_to_max_tokens = pad;
        self
    }

    /// The same with unknown numbers sorted into buckets in this way.
    pub fn oov_method(mut self, method: OovMethod) -> Lookup<T> {
        self.oov_method = method;
        self
    }

    /// The same with unknown tokens hashed by SipHash with this key.
    pub fn salt(mut self, salt: [u64; 2]) -> Lookup<T> {
        self.salt = Some(salt);
        self
    }

    /// All tokens by their numbers, those of the mask and of unknown tokens included.
    ///
    /// # Errors
    /// If there are no tokens yet, or they do not fit the layer.
    pub fn tokens(&self) -> Result<Vec<T>> {
        let tokens = self.own().map_err(Error::argument)?;
        Ok(self.special().into_iter().flatten().chain(tokens.iter().cloned()).collect())
    }

    /// The first number of an unknown token.
    fn oov_start(&self) -> usize {
        (self.mask_token.is_some() && self.output_mode == OutputMode::Int) as usize
    }

    /// The first number of a token of the vocabulary.
    fn start(&self) -> usize {
        self.oov_start() + self.num_oov_indices
    }

    /// What stands in front of the vocabulary's tokens.
    fn special(&self) -> Vec<Option<T>> {
        let mask = std::iter::repeat_n(self.mask_token.clone(), self.oov_start());
        mask.chain(std::iter::repeat_n(self.oov_token.clone(), self.num_oov_indices)).collect()
    }

    /// How many tokens at the vocabulary's front are special ones.
    fn n_special(&self, vocabulary: &[T]) -> usize {
        let special = self.special();
        let there = vocabulary.iter().take(special.len()).cloned().map(Some);
        if there.eq(special.iter().cloned()) { special.len() } else { 0 }
    }

    /// The vocabulary's own tokens, if all is well with the layer.
    fn own(&self) -> Result<&[T], String> {
        dense("sparse", self.sparse)?;
        if let Some(max) = self.max_tokens.filter(|&max| max < 2) {
            return Err(format!("expects max_tokens above 1, got {max}"));
        }
        if self.pad_to_max_tokens && self.max_tokens.is_none() {
            return Err("expects max_tokens to pad to, got none".into());
        }
        if self.invert && self.output_mode != OutputMode::Int {
            return Err(format!("expects output_mode int where it inverts, got {}", self.output_mode.name()));
        }
        let vocabulary = self.vocabulary.as_deref().filter(|vocabulary| !vocabulary.is_empty());
        let vocabulary = vocabulary.ok_or("has no vocabulary yet: give it one, or adapt it to data first")?;
        let tokens = &vocabulary[self.n_special(vocabulary)..];
        let mut sorted: Vec<&T> = tokens.iter().collect();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("expects each token of the vocabulary once, got {:?} twice", pair[0]));
        }
        let reserved = self.oov_token.iter().filter(|_| self.invert).chain(&self.mask_token);
        if let Some(token) = reserved.into_iter().find(|token| sorted.binary_search(token).is_ok()) {
            return Err(format!(
                "expects a vocabulary without the reserved token {token:?}, or all of them at its start: {:?}",
                self.special().into_iter().flatten().collect::<Vec<T>>()
            ));
        }
        let size = self.start() + tokens.len();
        if let Some(max) = self.max_tokens.filter(|&max| size > max) {
            return Err(format!("expects at most {max} tokens, got {size}, with those it adds itself"));
        }
        match (&self.idf_weights, self.output_mode) {
            (Some(weights), OutputMode::TfIdf) if weights.len() != vocabulary.len() => {
                let (n, got) = (vocabulary.len(), weights.len());
                Err(format!("expects a weight for each of {n} tokens, got {got}"))
            }
            (None, OutputMode::TfIdf) => Err("expects idf_weights for output_mode tf_idf, got none".into()),
            (Some(_), mode) if mode != OutputMode::TfIdf => {
                Err(format!("has idf_weights, which output_mode {} has no use for", mode.name()))
            }
            _ => Ok(tokens),
        }
    }

    /// How many places vectors have.
    fn depth(&self, n_tokens: usize) -> usize {
        self.max_tokens.filter(|_| self.pad_to_max_tokens).unwrap_or(self.start() + n_tokens)
    }

    /// The weights of all numbers below `depth`. Unknown tokens weigh what the others do on average.
    fn weights(&self, depth: usize) -> Option<Vec<f64>> {
        let weights = self.idf_weights.as_ref()?;
        let vocabulary = self.vocabulary.as_ref()?;
        let n_missing = self.start() - self.n_special(vocabulary);
        let average = weights.iter().sum::<f64>() / weights.len() as f64;
        let mut all = vec![average; n_missing];
        all.extend(weights);
        all.resize(depth, 0.0);
        Some(all)
    }

    /// What all numbers weigh, as Keras keeps it beside the weights of a model.
    pub(crate) fn token_weights(&self) -> Option<Vec<f32>> {
        let depth = self.depth(self.own().ok()?.len());
        Some(self.weights(depth)?.into_iter().map(|weight| weight as f32).collect())
    }

    /// The numbers of samples' tokens.
    pub(super) fn numbers<'a>(
        &self,
        samples: impl Iterator<Item = Vec<&'a T::View>>,
    ) -> Result<Vec<Vec<i64>>, String>
    where
        T::View: 'a,
    {
        if self.invert {
            return Err("turns numbers to tokens: call its `tokens_at`".into());
        }
        let tokens = self.own()?;
        let start = self.start();
        let table: HashMap<&T::View, i64> =
            tokens.iter().enumerate().map(|(i, token)| (token.borrow(), (start + i) as i64)).collect();
        let mask: Option<&T::View> = self.mask_token.as_ref().map(|token| token.borrow());
        let number = |token: &'a T::View| -> Result<i64, String> {
            if mask == Some(token) {
                // In vectors the mask counts for nothing.
                return Ok(if self.output_mode == OutputMode::Int { 0 } else { -1 });
            }
            match (table.get(token), self.num_oov_indices) {
                (Some(&number), _) => Ok(number),
                (None, 0) => {
                    let token = token.to_owned();
                    Err(format!("expects tokens of the vocabulary where num_oov_indices is 0, got {token:?}"))
                }
                (None, 1) => Ok(self.oov_start() as i64),
                (None, n) => Ok(self.oov_start() as i64 + T::bucket(token, n, self.oov_method, self.salt)),
            }
        };
        samples.map(|sample| sample.into_iter().map(number).collect()).collect()
    }

    /// Samples of tokens, in the form that the layer gives out.
    pub(super) fn applied<'a>(&self, samples: impl Iterator<Item = Vec<&'a T::View>>) -> Result<Array, String>
    where
        T::View: 'a,
    {
        let numbers = self.numbers(samples)?;
        let depth = self.depth(self.own()?.len());
        encode(&numbers, self.output_mode, depth, self.weights(depth).as_deref())
    }

    /// The tokens at some numbers, for a layer that inverts.
    ///
    /// # Errors
    /// If the layer does not invert, has no vocabulary, or no token for unknown numbers.
    pub fn tokens_at(&self, numbers: &Array) -> Result<Vec<T>> {
        if !self.invert {
            return Err(Error::argument("tokens_at: this layer does not invert").help("add .invert(true)"));
        }
        let tokens = self.own().map_err(Error::argument)?;
        let unknown = || {
            let error = Error::argument("tokens_at expects an oov_token for unknown numbers, there is none");
            self.oov_token.clone().ok_or(error)
        };
        let token = |number: f64| match (number, &self.mask_token) {
            (0.0, Some(mask)) => Ok(mask.clone()),
            (number, _) if number >= self.start() as f64 => {
                tokens.get(number as usize - self.start()).cloned().map_or_else(unknown, Ok)
            }
            _ => unknown(),
        };
        numbers.to_f64().into_iter().map(token).collect()
    }

    /// Learns the vocabulary from documents: all their tokens, the most frequent first, and of two as
    /// frequent the later in order; for `tf_idf` the weights too, `log(1 + n / (1 + m))` of a token that
    /// is in `m` of `n` documents.
    pub(super) fn learn<'a>(&mut self, documents: &[Vec<&'a T::View>]) -> Result<()>
    where
        T::View: 'a,
    {
        let mut counts: HashMap<&T::View, (usize, usize)> = HashMap::new();
        for document in documents {
            let mut seen = std::collections::HashSet::new();
            for &token in document {
                let (total, n_documents) = counts.entry(token).or_default();
                *total += 1;
                *n_documents += seen.insert(token) as usize;
            }
        }
        for special in self.mask_token.iter().chain(&self.oov_token) {
            counts.remove(special.borrow());
        }
        let mut tokens: Vec<(&T::View, (usize, usize))> = counts.into_iter().collect();
        if tokens.is_empty() {
            return Err(Error::argument("adapt expects tokens to learn, got none"));
        }
        tokens.sort_by(|(a, (n, _)), (b, (m, _))| (m, b).cmp(&(n, a)));
        if let Some(max) = self.max_tokens {
            tokens.truncate(max.saturating_sub(self.start()));
        }
        let n = documents.len() as f64;
        let weights = tokens.iter().map(|(_, (_, m))| (1.0 + n / (1.0 + *m as f64)).ln());
        self.idf_weights = (self.output_mode == OutputMode::TfIdf).then(|| weights.collect());
        self.vocabulary_size = Some(self.start() + tokens.len());
        self.vocabulary = Some(tokens.into_iter().map(|(token, _)| token.to_owned()).collect());
        Ok(())
    }
}

impl Lookup<i64> {
    /// The layer's work in a model.
    pub(super) fn in_graph(&self, scope: &mut Scope, x: &Tensor) -> Result<Tensor, String> {
        let tokens = self.own()?;
        let b = scope.builder().clone();
        let integers = |values: &[f64]| -> Result<Tensor, String> {
            Ok(b.constant(&Array::from_f64([values.len()], DType::I64, values)?))
        };
        let x = x.cast(DType::I64);
        let (start, n) = (self.start() as f64, tokens.len() as f64);
        if self.invert {
            let unknown = self.oov_token.ok_or("expects an oov_token for unknown numbers, there is none")?;
            let table: Vec<f64> = tokens.iter().map(|&token| token as f64).collect();
            let token = integers(&table)?.gather(&(&x - start), 0);
            let known = x.greater_equal(start).and(&x.less(start + n));
            let token = known.select(&token, x.full_like(unknown as f64));
            return Ok(match self.mask_token {
                Some(mask) => x.equal(0.0).select(&x.full_like(mask as f64), &token),
                None => token,
            });
        }
        let mut order: Vec<(i64, usize)> = tokens.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let (sorted, numbers): (Vec<f64>, Vec<f64>) =
            order.iter().map(|&(token, i)| (token as f64, start + i as f64)).unzip();
        let place = place_among(&x, &sorted, false);
        let known = integers(&sorted)?.gather(&place, 0).equal(&x);
        let unknown = match (self.num_oov_indices, self.oov_method) {
            (0, _) => x.full_like(-1.0),
            (1, _) => x.full_like(self.oov_start() as f64),
            (n, OovMethod::Floormod) => {
                let n = n as f64;
                // Whole numbers have no floor: what is left below 0 is lifted.
                let rest = &x - (x.cast(DType::F64) / n).floor().cast(DType::I64) * n;
                rest + self.oov_start() as f64
            }
            (_, OovMethod::Farmhash) => {
                return Err("hashes unknown numbers, which models do not: call its `apply` on the data \
                            first, and feed the model what that gives"
                    .into());
            }
        };
        let mut number = known.select(&integers(&numbers)?.gather(&place, 0), &unknown);
        if let Some(mask) = self.mask_token {
            let masked = if self.output_mode == OutputMode::Int { 0.0 } else { -1.0 };
            number = x.equal(mask as f64).select(&x.full_like(masked), &number);
        }
        let depth = self.depth(tokens.len());
        let dtype = if self.output_mode == OutputMode::Int { DType::I64 } else { DType::F32 };
        let vectors = encoded(&number, self.output_mode, depth, dtype, None)?;
        match self.weights(depth) {
            Some(weights) => {
                let weights = Array::from_f64([depth], dtype, &weights)?;
                Ok(vectors * b.constant(&weights))
            }
            None => Ok(vectors),
        }
    }
}

impl Token for String {
    type View = str;
    fn unknown() -> String {
        "[UNK]".into()
    }
    fn bucket(token: &str, n: usize, _: OovMethod, salt: Option<[u64; 2]>) -> i64 {
        bucket(token.as_bytes(), n, salt)
    }
    fn dtype() -> Option<String> {
        None
    }
    fn encoding() -> Option<String> {
        Some("utf-8".into())
    }
}

impl Token for i64 {
    type View = i64;
    fn unknown() -> i64 {
        -1
    }
    fn bucket(token: &i64, n: usize, method: OovMethod, salt: Option<[u64; 2]>) -> i64 {
        match method {
            OovMethod::Floormod => token.rem_euclid(n as i64),
            OovMethod::Farmhash => bucket(token.to_string().as_bytes(), n, salt),
        }
    }
    fn dtype() -> Option<String> {
        Some("int64".into())
    }
    fn encoding() -> Option<String> {
        None
    }
}
