//! Times kernels one by one, each beside the least time that the machine would need for its work.
//!
//! ```sh
//! cargo bench -p cornu-cpu -- [WORDS ...] [--quick] [--isa NAME]
//! ```
//!
//! Words choose the cases whose names hold all of them; `--isa` is the instruction set, such as `avx2`,
//! if not the best. One thread. A line's rate is of what its floor
//! is made of: arithmetic, or bytes given and returned. The last column but one is time / floor. A
//! floor is a measurement too: bytes that lie in a cache come faster than its bandwidth, and
//! processors that multiply 16-bit floats may do so faster than its arithmetic, which is in f32.

mod cases;

use std::process::ExitCode;
use std::time::Instant;

use cases::{Case, ROWS, cases};
use cornu_cpu::simd::Isa;
use cornu_cpu::{Floor, Plan};
use cornu_graph::philox::Random;
use cornu_graph::{Array, DType, Declaration, Graph};

/// Seconds that a measurement takes at least, so that the clock's own time is nothing beside it.
const SHORTEST: f64 = 50e-6;

/// How many measurements a case gets however long it takes.
const FEWEST: usize = 3;

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The instruction set of that name, if this processor has it.
fn instruction_set(name: &str) -> Result<Isa, String> {
    let name_of = |isa: &Isa| format!("{isa:?}").to_lowercase();
    let all = Isa::available();
    let names: Vec<String> = all.iter().map(name_of).collect();
    let found = all.into_iter().find(|isa| name_of(isa) == name);
    found.ok_or_else(|| format!("--isa {name}: this processor has {}", names.join(", ")))
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut seconds = 0.4;
    let mut words = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--isa" => instruction_set(&arguments.next().unwrap_or_default())?.force(),
            "--quick" => seconds = 0.05,
            // Cargo says what it does.
            "--bench" => {}
            flag if flag.starts_with('-') => {
                return Err(format!(
                    "there is no {flag}\n help: cargo bench -p cornu-cpu -- [WORDS ...] [--quick] [--isa NAME]"
                ));
            }
            _ => words.push(argument),
        }
    }
    let all = cases();
    let wanted = |case: &&Case| words.iter().all(|word| case.name.contains(word.as_str()));
    let wanted: Vec<&Case> = all.iter().filter(wanted).collect();
    if wanted.is_empty() {
        let names: Vec<&str> = all.iter().map(|case| case.name.as_str()).collect();
        return Err(format!("no name holds {}; there are\n  {}", words.join(" and "), names.join("\n  ")));
    }
    // Something else may run while one of them is taken.
    let floor = (0..5).map(|_| Floor::measure()).reduce(higher).expect("there are five");
    println!(
        "one core: {:.1} GFLOP/s, {:.1} GB/s",
        floor.flops_per_second / 1e9,
        floor.bytes_per_second / 1e9
    );
    wanted.into_iter().try_for_each(|case| measure(case, &floor, seconds))
}

fn higher(a: Floor, b: Floor) -> Floor {
    Floor {
        flops_per_second: a.flops_per_second.max(b.flops_per_second),
        bytes_per_second: a.bytes_per_second.max(b.bytes_per_second),
    }
}

/// Runs one case for so many seconds and prints its line.
fn measure(case: &Case, floor: &Floor, seconds: f64) -> Result<(), String> {
    let graph = (case.graph)();
    let mut plan = Plan::new(&graph, 1).map_err(|error| format!("{}: {error}", case.name))?;
    let inputs = draw(graph.inputs());
    let mut parameters = draw(graph.parameters());
    let mut time = |runs: usize| {
        let start = Instant::now();
        for _ in 0..runs {
            plan.run(&inputs, &mut parameters).map_err(|error| format!("{}: {error}", case.name))?;
        }
        Ok::<f64, String>(start.elapsed().as_secs_f64() / runs as f64)
    };
    let start = Instant::now();
    // The first run touches memory for the first time.
    time(1)?;
    let runs = (SHORTEST / time(1)?).ceil() as usize;
    let mut best = f64::INFINITY;
    let mut measured = 0;
    while measured < FEWEST || start.elapsed().as_secs_f64() < seconds {
        best = best.min(time(runs)?);
        measured += 1;
    }
    let (flops, bytes) = (plan.flops(), plan.bytes_given());
    // Half as many lanes.
    let lanes = if wide(&graph) { 0.5 } else { 1.0 };
    let arithmetic = floor.seconds((flops as f64 / lanes) as usize, 0);
    let memory = floor.seconds(0, bytes);
    let rate = match arithmetic >= memory {
        true => format!("{:.1} GFLOP/s", flops as f64 / best / 1e9),
        false => format!("{:.1} GB/s", bytes as f64 / best / 1e9),
    };
    let steps = plan.steps();
    let largest = steps.iter().max_by_key(|step| (step.flops, step.bytes));
    println!(
        "{:<52} {:>11.2} us {rate:>15} {:>8.2}  {}",
        case.name,
        best * 1e6,
        best / arithmetic.max(memory),
        largest.map_or("", |step| step.kernel.as_str())
    );
    Ok(())
}

/// Whether the graph computes in f64.
fn wide(graph: &Graph) -> bool {
    graph.inputs().iter().any(|declared| declared.ty.dtype == DType::F64)
}

/// Arrays as declared: floats away from zero, which would be cheaper, and below one; integers that
/// are rows of a table.
fn draw(declared: &[Declaration]) -> Vec<Array> {
    let mut random = Random::new(1, 0);
    let mut array = |declared: &Declaration| {
        let ty = &declared.ty;
        let mut number = || match ty.dtype.is_float() {
            true => 0.01 + 0.1 * random.uniform(),
            false => random.below(ROWS) as f64,
        };
        let values: Vec<f64> = (0..ty.shape.size()).map(|_| number()).collect();
        Array::from_f64(&ty.shape, ty.dtype, &values).expect("as many numbers as the shape has")
    };
    declared.iter().map(&mut array).collect()
}
