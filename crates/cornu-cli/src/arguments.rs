//! What the command line takes. The comments here are the help texts.

use clap::builder::styling::Styles;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use cornu::activations::Activation;
use cornu::losses::AnyLoss;
use cornu::optimizers::AnyOptimizer;
use serde_json::Value;
use std::path::PathBuf;

/// Neural networks that train, explain and run on CPUs
#[derive(Debug, Parser)]
#[command(name = "cornu", version, styles = Styles::plain())]
#[command(after_help = "\
Examples:
  cornu train digits
  cornu evaluate digits.keras digits
  cornu summary digits.keras
  cornu list layers

`cornu COMMAND --help` shows examples of each command.")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// The seed of all that is random: the same seed gives the same model [default: 0]
    #[arg(long, global = true, value_name = "N", allow_negative_numbers = true, display_order = 100)]
    #[arg(value_parser = seed)]
    pub seed: Option<i64>,

    /// Threads to use, 0 for as many as the machine has; results do not depend on it [default: 0]
    #[arg(long, global = true, value_name = "N", allow_negative_numbers = true, display_order = 100)]
    #[arg(value_parser = threads)]
    pub threads: Option<usize>,
}

impl Arguments {
    /// The number of threads to use.
    pub fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, |n| n.get());
        self.threads.filter(|&n| n > 0).unwrap_or_else(all)
    }
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a network on a data set and save it
    Train(Train),
    /// Say how well a saved model does on a data set
    Evaluate(Evaluate),
    /// Run a saved model on arrays
    Predict(Predict),
    /// Show a saved model's layers, shapes and parameters
    Summary(Summary),
    /// Show the steps that a saved model's prediction runs in, and what each one costs
    Explain(Explain),
    /// List what models can be made of
    List(List),
    /// Print a script that completes commands in a shell
    Completions(Completions),
}

/// Arguments of `cornu train`.
#[derive(Args, Debug)]
#[command(after_help = "\
The network is dense: inputs are scaled, flattened, and go through the hidden layers to outputs that the
loss decides. Classes (whole numbers from 0, up to 100 of them) are told apart by crossentropy; other
targets are approximated in the least squares. A fifth of the rows is kept back to test on where the data
set has no test part of its own.

digits, which are few, have defaults of their own: --hidden 384,128 --noise 0.25 --dropout 0.3 --epochs 100
--learning-rate 0.002 --schedule cosine.

Examples:
  cornu train digits
  cornu train mnist --data-dir data --hidden 10,10 --optimizer adam --epochs 10 --batch-size 128
  cornu train sensors.csv --hidden 64,64 --validation-split 0.2 --early-stopping 10
  cornu train sensors.csv --loss huber --learning-rate 0.01 --output sensors.keras")]
pub struct Train {
    /// digits, mnist, fashion_mnist, a .npz file, or a .csv file of numbers whose last column is the target
    pub data: String,

    /// Folder with the files of mnist and fashion_mnist
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// Where the model is saved [default: the name of the data set, with .keras]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Units of the hidden layers; `none` for no hidden layer [default: 128,64]
    #[arg(long, value_name = "UNITS,..", value_parser = hidden)]
    pub hidden: Option<Hidden>,

    /// Activation of the hidden layers
    #[arg(long, value_name = "NAME", default_value = "relu", value_parser = activation)]
    pub activation: Activation,

    /// Share of each hidden layer's results that is dropped in training [default: 0]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, value_parser = share)]
    pub dropout: Option<f64>,

    /// Standard deviation of the noise that is added to scaled inputs in training [default: 0]
    #[arg(long, value_name = "STDDEV", allow_negative_numbers = true, value_parser = deviation)]
    pub noise: Option<f64>,

    /// Optimizer: `cornu list optimizers`
    #[arg(long, value_name = "NAME", default_value = "adam", value_parser = optimizer)]
    pub optimizer: String,

    /// Learning rate [default: the optimizer's]
    #[arg(long, value_name = "RATE", allow_negative_numbers = true, value_parser = rate)]
    pub learning_rate: Option<f64>,

    /// Whether the learning rate stays, or falls to 0 along a cosine [default: constant]
    #[arg(long, value_enum)]
    pub schedule: Option<Schedule>,

    /// Loss: `cornu list losses` [default: what the targets ask for]
    #[arg(long, value_name = "NAME", value_parser = loss)]
    pub loss: Option<String>,

    /// How often the data is gone through [default: 20]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = at_least_one)]
    pub epochs: Option<usize>,

    /// Rows a step
    #[arg(long, value_name = "N", default_value_t = 32, allow_negative_numbers = true, value_parser = at_least_one)]
    pub batch_size: usize,

    /// Share of the training rows that is evaluated after each epoch instead of trained on
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, allow_negative_numbers = true, value_parser = share)]
    pub validation_split: f64,

    /// Stop after so many epochs without a better loss (of the validation part, if there is one), and
    /// keep the best weights
    #[arg(long, value_name = "PATIENCE")]
    pub early_stopping: Option<usize>,
}

/// What becomes of the learning rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Schedule {
    Constant,
    Cosine,
}

/// Arguments of `cornu evaluate`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cornu evaluate digits.keras digits
  cornu evaluate mnist.keras mnist --data-dir data
  cornu evaluate sensors.keras last_week.csv --part all")]
pub struct Evaluate {
    /// A .keras file of a compiled model
    pub model: PathBuf,

    /// digits, mnist, fashion_mnist, a .npz file, or a .csv file of numbers whose last column is the target
    pub data: String,

    /// Folder with the files of mnist and fashion_mnist
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// Which rows: those that `cornu train` keeps back, those it trains on, or all
    #[arg(long, value_enum, default_value_t = Part::Test)]
    pub part: Part,
}

/// Which rows of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Part {
    Test,
    Train,
    All,
}

/// Arguments of `cornu predict`.
#[derive(Args, Debug)]
#[command(after_help = "\
A model of several outputs writes one file for each: Y_0.npy, Y_1.npy ...

Examples:
  cornu predict digits.keras --inputs X.npy --output Y.npy
  cornu predict two_inputs.keras --inputs X.npy,X2.npy --output Y.npy")]
pub struct Predict {
    /// A .keras file
    pub model: PathBuf,

    /// .npy files, one for each input of the model, in order; rows along the first axis
    #[arg(long, value_name = "X.npy,..", required = true, value_delimiter = ',')]
    pub inputs: Vec<PathBuf>,

    /// The .npy file that is written
    #[arg(long, short, value_name = "Y.npy")]
    pub output: PathBuf,
}

/// Arguments of `cornu summary`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cornu summary digits.keras")]
pub struct Summary {
    /// A .keras file
    pub model: PathBuf,
}

/// Arguments of `cornu explain`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cornu explain digits.keras\n  cornu explain digits.keras --batch-size 1"
)]
pub struct Explain {
    /// A .keras file
    pub model: PathBuf,

    /// Rows that are predicted at a time
    #[arg(long, value_name = "N", default_value_t = 256, allow_negative_numbers = true, value_parser = at_least_one)]
    pub batch_size: usize,
}

/// Arguments of `cornu list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cornu list\n  cornu list layers\n  cornu list losses | grep -i hinge")]
pub struct List {
    /// What to list [default: everything]
    #[arg(value_enum)]
    pub kind: Option<Kind>,
}

/// The kinds of things that are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Kind {
    Layers,
    Activations,
    Losses,
    Metrics,
    Optimizers,
    Schedules,
    Initializers,
    Regularizers,
    Constraints,
    Callbacks,
    Data,
    Operations,
    Graph,
}

/// Arguments of `cornu completions`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cornu completions bash > ~/.local/share/bash-completion/completions/cornu
  cornu completions zsh > ~/.zfunc/_cornu
  cornu completions fish > ~/.config/fish/completions/cornu.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Units of the hidden layers.
#[derive(Clone, Debug)]
pub struct Hidden(pub Vec<usize>);

fn hidden(text: &str) -> Result<Hidden, String> {
    if text == "none" {
        return Ok(Hidden(Vec::new()));
    }
    text.split(',').map(|units| at_least_one(units.trim())).collect::<Result<_, _>>().map(Hidden)
}

fn seed(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a whole number"))
}

fn threads(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("`{text}` is not a whole number of 0 or more"))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err(format!("`{text}` is not a whole number of 1 or more")),
        Ok(n) => Ok(n),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..1.0).contains(&share) => Ok(share),
        _ => Err(format!("`{text}` is not a share: 0 or more, and less than 1")),
    }
}

fn deviation(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(deviation) if deviation >= 0.0 && deviation.is_finite() => Ok(deviation),
        _ => Err(format!("`{text}` is not a number of 0 or more")),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate.is_finite() => Ok(rate),
        _ => Err(format!("`{text}` is not a number above 0")),
    }
}

fn activation(text: &str) -> Result<Activation, cornu::Error> {
    text.parse()
}

fn optimizer(text: &str) -> Result<String, String> {
    AnyOptimizer::from_name(text, Value::Null).map(|_| text.into())
}

fn loss(text: &str) -> Result<String, String> {
    AnyLoss::from_name(text, Value::Null).map(|loss| loss.class_name().into())
}
