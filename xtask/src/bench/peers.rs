//! Who is compared: how each peer is made ready and started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One framework.
#[derive(Debug)]
pub struct Peer {
    /// What `--peers` and the files of results call it.
    pub name: &'static str,
    /// What the tables call it.
    pub title: &'static str,
    /// What its program is made of.
    kind: Kind,
}

/// What a peer's program is made of.
#[derive(Debug)]
enum Kind {
    /// The workspace's own worker, with a dtype policy.
    Cornu(&'static str),
    /// A script in `benchmarks/python`, with what follows it.
    Python(&'static [&'static str]),
    /// A package in a workspace of its own, in `benchmarks/rust`.
    Rust,
}

/// The name of the peer that the others are compared with.
pub const CORNU: &str = "cornu";

/// The name of Cornu in mixed precision: what is computed in half the bits is not what others compute.
pub const BFLOAT16: &str = "bfloat16";

/// All peers; Cornu comes first.
pub const PEERS: &[Peer] = &[
    Peer { name: CORNU, title: "Cornu", kind: Kind::Cornu("float32") },
    Peer { name: BFLOAT16, title: "Cornu, bfloat16", kind: Kind::Cornu("mixed_bfloat16") },
    Peer { name: "torch", title: "PyTorch", kind: Kind::Python(&["torch_peer.py"]) },
    Peer { name: "compile", title: "torch.compile", kind: Kind::Python(&["torch_peer.py", "--compile"]) },
    Peer { name: "keras", title: "Keras + TF", kind: Kind::Python(&["keras_peer.py"]) },
    Peer { name: "jax", title: "JAX", kind: Kind::Python(&["jax_peer.py"]) },
    Peer { name: "sklearn", title: "scikit-learn", kind: Kind::Python(&["sklearn_peer.py"]) },
    Peer { name: "burn", title: "Burn", kind: Kind::Rust },
    Peer { name: "candle", title: "Candle", kind: Kind::Rust },
];

/// The environment variables by which the frameworks learn how many threads they may use.
const THREADS: &[&str] = &[
    "BENCH_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
];

/// Where things lie.
#[derive(Debug)]
pub struct Places {
    /// The repository.
    pub root: PathBuf,
    /// What the benchmark makes: the environment, programs, data, saved models, logs.
    pub made: PathBuf,
}

impl Places {
    /// The places under `root`.
    #[must_use]
    pub fn new(root: &Path) -> Places {
        Places { root: root.into(), made: root.join("target/bench") }
    }

    /// The folder of the data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.made.join("data")
    }

    fn python(&self) -> PathBuf {
        self.made.join("venv/bin/python")
    }
}

impl Peer {
    /// Makes the peer's program, or finds it made.
    ///
    /// # Errors
    ///
    /// The command that failed.
    pub fn make(&self, places: &Places) -> Result<(), String> {
        match self.kind {
            Kind::Cornu(_) => execute(
                Command::new("cargo")
                    .args(["build", "--release", "--package", "cornu-bench"])
                    .current_dir(&places.root),
            ),
            Kind::Rust => execute(
                Command::new("cargo")
                    .args(["build", "--release", "--locked"])
                    .current_dir(places.root.join("benchmarks/rust").join(self.name))
                    .env("CARGO_TARGET_DIR", places.made.join("rust"))
                    // As their users are told to build them for speed.
                    .env("RUSTFLAGS", "-C target-cpu=native"),
            ),
            Kind::Python(_) => environment(places),
        }
    }

    /// The request by which the peer prepares a workload for so many threads.
    #[must_use]
    pub fn prepare(&self, workload: &str, threads: usize) -> String {
        match self.kind {
            Kind::Cornu(policy) => format!("prepare {workload} {threads} policy={policy}"),
            _ => format!("prepare {workload} {threads}"),
        }
    }

    /// The command that starts the peer on that many processors.
    #[must_use]
    pub fn command(&self, places: &Places, threads: usize) -> Command {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let mut command = Command::new("taskset");
        // The last ones: the first is where interrupts go.
        command.arg("-c").arg(format!("{}-{}", processors.saturating_sub(threads), processors - 1));
        match self.kind {
            Kind::Cornu(_) => command.arg(places.root.join("target/release/cornu-bench")),
            Kind::Rust => command.arg(places.made.join(format!("rust/release/bench-{}", self.name))),
            Kind::Python(arguments) => command
                .arg(places.python())
                .arg(places.root.join("benchmarks/python").join(arguments[0]))
                .args(&arguments[1..]),
        };
        let cache = places.made.join("torchinductor");
        command
            .envs(THREADS.iter().map(|name| (name, threads.to_string())))
            .env("BENCH_DATA", places.data())
            .env("TORCHINDUCTOR_CACHE_DIR", cache)
            .env("TF_CPP_MIN_LOG_LEVEL", "3");
        command
    }
}

/// Makes the virtual environment with the Python peers, unless it is there as it should be.
fn environment(places: &Places) -> Result<(), String> {
    let list = places.root.join("benchmarks/python/requirements.txt");
    let wanted = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let stamp = places.made.join("venv/requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    execute(Command::new("python3").args(["-m", "venv"]).arg(places.made.join("venv")))?;
    let mut pip = Command::new(places.python());
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--requirement"]).arg(&list);
    execute(&mut pip)?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn execute(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("`{command:?}` failed")),
        Err(error) => Err(format!("`{command:?}`: {error}")),
    }
}
