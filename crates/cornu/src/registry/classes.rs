//! Classes of a user's own, for files that name them.

use super::{Any, Kind, Named, parse};
use crate::constraints::Constraint;
use crate::initializers::Initializer;
use crate::layers::Layer;
use crate::losses::Loss;
use crate::metrics::Metric;
use crate::optimizers::Optimizer;
use crate::registry::reading::Reading;
use crate::regularizers::Regularizer;
use crate::schedules::Schedule;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// Classes that a user wrote, for files whose models have some: what Keras calls `custom_objects`. A file
/// names each by its package and its class, `my_package>Double`; the package is [`Named::PACKAGE`].
///
/// ```
/// use cornu::registry::{Classes, Named};
/// use cornu::scope::Scope;
/// use cornu::{Input, Model, Sequential, graph::Tensor, layers::Layer};
///
/// /// Multiplies by a number.
/// #[derive(Debug, serde::Serialize, serde::Deserialize)]
/// struct Times {
///     by: f64,
/// }
///
/// impl Named for Times {
///     const NAME: &'static str = "Times";
///     const PACKAGE: &'static str = "my_package";
///     const SUMMARY: &'static str = "multiplies by a number";
/// }
///
/// impl Layer for Times {
///     fn call(&self, _: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
///         inputs.iter().map(|x| x * self.by).collect()
///     }
/// }
///
/// let path = std::env::temp_dir().join(format!("cornu-classes-{}.keras", std::process::id()));
/// Sequential::new().add(Input::new([2])).add(Times { by: 3.0 }).build()?.save(&path)?;
/// let mut model = Model::load_with(&path, &Classes::new().layer::<Times>())?;
/// let x = cornu::Array::new([1, 2], vec![1f32, 2.0]).unwrap();
/// assert_eq!(model.predict(&x)?.to_f32(), [3.0, 6.0]);
/// assert!(Model::load(&path).is_err());
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Classes(Vec<Class>);

#[derive(Clone)]
struct Class {
    package: String,
    name: String,
    /// A [`FromConfig`] of its kind.
    make: Arc<dyn std::any::Any + Send + Sync>,
}

/// Makes an item from its config.
type FromConfig<T> = Arc<dyn Fn(Value) -> Result<Any<T>, String> + Send + Sync>;

impl Classes {
    /// None yet.
    pub fn new() -> Classes {
        Classes::default()
    }

    /// The same and a layer, or a cell.
    pub fn layer<L: Layer + Named + DeserializeOwned>(self) -> Classes {
        self.with::<dyn Layer>(L::PACKAGE, L::NAME, |config| Ok(Any::new(Arc::new(parse::<L>(config)?))))
    }

    /// The same and a loss.
    pub fn loss<L: Loss + Named + DeserializeOwned + 'static>(self) -> Classes {
        self.with::<dyn Loss>(L::PACKAGE, L::NAME, |config| Ok(Any::new(Arc::new(parse::<L>(config)?))))
    }

    /// The same and a metric.
    pub fn metric<M: Metric + Named + DeserializeOwned + 'static>(self) -> Classes {
        self.with::<dyn Metric>(M::PACKAGE, M::NAME, |config| Ok(Any::new(Arc::new(parse::<M>(config)?))))
    }

    /// The same and an optimizer.
    pub fn optimizer<O: Optimizer + Named + DeserializeOwned + 'static>(self) -> Classes {
        self.with::<dyn Optimizer>(O::PACKAGE, O::NAME, |config| Ok(Any::new(Arc::new(parse::<O>(config)?))))
    }

    /// The same and a schedule of learning rates.
    pub fn schedule<S: Schedule + Named + DeserializeOwned + 'static>(self) -> Classes {
        self.with::<dyn Schedule>(S::PACKAGE, S::NAME, |config| Ok(Any::new(Arc::new(parse::<S>(config)?))))
    }

    /// The same and an initializer.
    pub fn initializer<I: Initializer + Named + DeserializeOwned + 'static>(self) -> Classes {
        self.with::<dyn Initializer>(I::PACKAGE, I::NAME, |config| {
            Ok(Any::new(Arc::new(parse::<I>(config)?)))
        })
    }

    /// The same and a regularizer.
    pub fn regularizer<R: Regularizer + Named + DeserializeOwned + 'static>(self) -> Classes {
        self.with::<dyn Regularizer>(R::PACKAGE, R::NAME, |config| {
            Ok(Any::new(Arc::new(parse::<R>(config)?)))
        })
    }

    /// The same and a constraint.
    pub fn constraint<C: Constraint + Named + DeserializeOwned + 'static>(self) -> Classes {
        self.with::<dyn Constraint>(C::PACKAGE, C::NAME, |config| Ok(Any::new(Arc::new(parse::<C>(config)?))))
    }

    /// The same and a class of any kind that is known when the program runs, under a package and a name: `make`
    /// gives one of it from its config.
    pub fn with<T: Kind + ?Sized>(
        mut self,
        package: impl Into<String>,
        name: impl Into<String>,
        make: impl Fn(Value) -> Result<Any<T>, String> + Send + Sync + 'static,
    ) -> Classes {
        let make: FromConfig<T> = Arc::new(make);
        self.0.push(Class { package: package.into(), name: name.into(), make: Arc::new(make) });
        self
    }

    /// How one of them is made that a file names.
    fn find<T: Kind + ?Sized>(&self, origin: &Origin) -> Option<FromConfig<T>> {
        let mut named = self.0.iter().filter(|class| origin.names(class));
        named.find_map(|class| class.make.downcast_ref::<FromConfig<T>>()).cloned()
    }
}

impl fmt::Debug for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|class| format!("{}>{}", class.package, class.name));
        f.debug_list().entries(names).finish()
    }
}

/// Where a class in a file comes from that is not Keras's own.
pub(crate) struct Origin<'a> {
    /// The package it is registered in; without one, it is known by its class alone.
    package: Option<&'a str>,
    class: &'a str,
    /// What errors call it.
    pub from: &'a str,
}

impl<'a> Origin<'a> {
    /// That of something that Keras serialized; `None` if Keras itself has it.
    pub fn of(fields: &'a Map<String, Value>) -> Option<Origin<'a>> {
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let class = text("class_name")?;
        if let Some(from) = text("registered_name").filter(|name| name.contains('>')) {
            let (package, class) = from.split_once('>')?;
            return Some(Origin { package: Some(package), class, from });
        }
        let from = text("module")?;
        let root = from.split('.').next().unwrap_or(from);
        (!["keras", "builtins"].contains(&root)).then_some(Origin { package: None, class, from })
    }

    fn names(&self, class: &Class) -> bool {
        class.name == self.class && self.package.is_none_or(|package| package == class.package)
    }

    /// Whether it is among the classes given for the file that is read.
    pub fn is_known(&self) -> bool {
        Reading::with(|reading| reading.classes.0.iter().any(|class| self.names(class)))
    }

    /// One of the class, with this config.
    pub fn make<T: Kind + ?Sized>(&self, config: Value) -> Result<Any<T>, String> {
        let Some(make) = Reading::with(|reading| reading.classes.find::<T>(self)) else {
            let (class, from, word) = (self.class, self.from, T::WORD);
            return Err(format!(
                "the {word} {class} is from {from}, not one of Keras's own: {}",
                self.help(word)
            ));
        };
        make(config)
            .map_err(|error| format!("the config of {} `{}` does not fit: {error}", T::WORD, self.class))
    }

    /// What to do about one that is not known; it is a `word`.
    pub fn help(&self, word: &str) -> String {
        let class = self.class;
        format!("write {class} in Rust and load with load_with(path, &Classes::new().{word}::<{class}>())")
    }
}
