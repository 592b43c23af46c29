//! What a layer is called with: tensors, lists and dictionaries of them, and plain values.

use cornu_graph::Tensor;
use serde_json::Value;

/// One argument of a call. `T` is what stands for a tensor: a symbol while a model is connected, a
/// reference in its network, a [`Masked`] tensor while it is lowered.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument<T> {
    /// A tensor.
    Tensor(T),
    /// Several arguments in order.
    List(Vec<Argument<T>>),
    /// Several arguments by name.
    Dict(Vec<(String, Argument<T>)>),
    /// Anything else: a number, a flag, nothing.
    Value(Value),
}

/// All arguments of a call, as Keras's `layer(*args, **kwargs)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments<T> {
    /// Those that are told apart by their place.
    pub positional: Vec<Argument<T>>,
    /// Those that are told apart by their name.
    pub named: Vec<(String, Argument<T>)>,
}

impl<T> Default for Arguments<T> {
    fn default() -> Arguments<T> {
        Arguments { positional: Vec::new(), named: Vec::new() }
    }
}

impl<T> Argument<T> {
    /// The tensors in it, in order.
    pub fn tensors(&self) -> Vec<&T> {
        match self {
            Argument::Tensor(tensor) => vec![tensor],
            Argument::List(items) => items.iter().flat_map(Argument::tensors).collect(),
            Argument::Dict(items) => items.iter().flat_map(|(_, item)| item.tensors()).collect(),
            Argument::Value(_) => Vec::new(),
        }
    }

    fn tensors_mut(&mut self) -> Vec<&mut T> {
        match self {
            Argument::Tensor(tensor) => vec![tensor],
            Argument::List(items) => items.iter_mut().flat_map(Argument::tensors_mut).collect(),
            Argument::Dict(items) => items.iter_mut().flat_map(|(_, item)| item.tensors_mut()).collect(),
            Argument::Value(_) => Vec::new(),
        }
    }

    /// The same with other things in the place of tensors.
    pub fn map<U>(&self, f: &mut impl FnMut(&T) -> U) -> Argument<U> {
        match self {
            Argument::Tensor(tensor) => Argument::Tensor(f(tensor)),
            Argument::List(items) => Argument::List(items.iter().map(|item| item.map(f)).collect()),
            Argument::Dict(items) => {
                Argument::Dict(items.iter().map(|(name, item)| (name.clone(), item.map(f))).collect())
            }
            Argument::Value(value) => Argument::Value(value.clone()),
        }
    }
}

impl<T> Arguments<T> {
    /// One positional argument that is this tensor.
    pub fn of(tensor: T) -> Arguments<T> {
        Arguments { positional: vec![Argument::Tensor(tensor)], named: Vec::new() }
    }

    /// One positional argument that is the list of these tensors.
    pub fn list(tensors: impl IntoIterator<Item = T>) -> Arguments<T> {
        let list = Argument::List(tensors.into_iter().map(Argument::Tensor).collect());
        Arguments { positional: vec![list], named: Vec::new() }
    }

    /// Each of these tensors a positional argument.
    pub fn each(tensors: impl IntoIterator<Item = T>) -> Arguments<T> {
        Arguments { positional: tensors.into_iter().map(Argument::Tensor).collect(), named: Vec::new() }
    }

    /// These arguments and a named tensor more.
    pub fn with(mut self, name: impl Into<String>, tensor: T) -> Arguments<T> {
        self.named.push((name.into(), Argument::Tensor(tensor)));
        self
    }

    /// These arguments and a named list of tensors more.
    pub fn with_list(
        mut self,
        name: impl Into<String>,
        tensors: impl IntoIterator<Item = T>,
    ) -> Arguments<T> {
        self.named.push((name.into(), Argument::List(tensors.into_iter().map(Argument::Tensor).collect())));
        self
    }

    /// These arguments and a named plain value more: a flag, a number.
    pub fn with_value(mut self, name: impl Into<String>, value: impl Into<Value>) -> Arguments<T> {
        self.named.push((name.into(), Argument::Value(value.into())));
        self
    }

    /// The argument of that name.
    pub fn get(&self, name: &str) -> Option<&Argument<T>> {
        self.named.iter().find(|(known, _)| known == name).map(|(_, argument)| argument)
    }

    /// What the layer works on: the tensors of the positional arguments or, where there are none, of
    /// the first named one that has some.
    pub fn inputs(&self) -> Vec<&T> {
        let inputs: Vec<&T> = self.positional.iter().flat_map(Argument::tensors).collect();
        if !inputs.is_empty() {
            return inputs;
        }
        self.named.iter().map(|(_, argument)| argument.tensors()).find(|t| !t.is_empty()).unwrap_or_default()
    }

    /// All tensors, in order: those of named arguments last, by name, as in Keras.
    pub fn tensors(&self) -> Vec<&T> {
        let mut named: Vec<_> = self.named.iter().collect();
        named.sort_by_key(|(name, _)| name);
        let named = named.into_iter().map(|(_, argument)| argument);
        self.positional.iter().chain(named).flat_map(Argument::tensors).collect()
    }

    /// All tensors, in order, to change.
    pub fn tensors_mut(&mut self) -> Vec<&mut T> {
        let mut named: Vec<_> = self.named.iter_mut().collect();
        named.sort_by(|(a, _), (b, _)| a.cmp(b));
        let named = named.into_iter().map(|(_, argument)| argument);
        self.positional.iter_mut().chain(named).flat_map(Argument::tensors_mut).collect()
    }

    /// The same with other things in the place of tensors.
    pub fn map<U>(&self, mut f: impl FnMut(&T) -> U) -> Arguments<U> {
        Arguments {
            positional: self.positional.iter().map(|argument| argument.map(&mut f)).collect(),
            named: self.named.iter().map(|(name, argument)| (name.clone(), argument.map(&mut f))).collect(),
        }
    }
}

/// A tensor, and which of its entries count: bools of its first axes, most often
/// `[batch, steps]`. Without a mask all do.
#[derive(Clone, Debug)]
pub struct Masked {
    /// The values.
    pub tensor: Tensor,
    /// Which of them count.
    pub mask: Option<Tensor>,
}

impl Masked {
    /// A tensor with its mask.
    pub fn new(tensor: Tensor, mask: Option<Tensor>) -> Masked {
        Masked { tensor, mask }
    }
}

impl From<Tensor> for Masked {
    fn from(tensor: Tensor) -> Masked {
        Masked { tensor, mask: None }
    }
}
