//! `cargo xtask bench --scaling`: how the time of Cornu's training step grows with its work.

mod chart;

use super::machine::{self, Machine};
use super::peers::{PEERS, Places};
use super::report::{markdown, three_digits};
use super::worker::Missing;
use super::{Options, Subject, calibrate, finished, rounds, save};

/// The batch of the networks whose width grows.
const BATCH: usize = 128;

/// The width of the networks whose batch grows.
const WIDTH: usize = 512;

/// Where a step takes longer, larger ones are left out.
const LONGEST: f64 = 4.0;

/// One size of the network or of its batch.
#[derive(Clone, Copy, Debug)]
struct Point {
    /// The batch, or the width.
    size: usize,
    /// Floating-point operations of a step.
    flops: f64,
    /// Seconds of a step.
    seconds: f64,
}

/// Times over one size while the others stay.
#[derive(Debug)]
struct Series {
    /// What grows.
    title: &'static str,
    /// What stays.
    fixed: String,
    points: Vec<Point>,
}

impl Series {
    /// How many times as long a step with twice the work takes, from each point to the next.
    fn doublings(&self) -> Vec<f64> {
        let doubling = |pair: &[Point]| {
            let (time, work) = (pair[1].seconds / pair[0].seconds, pair[1].flops / pair[0].flops);
            2f64.powf(time.ln() / work.ln())
        };
        self.points.windows(2).map(doubling).collect()
    }

    fn table(&self) -> String {
        let head = [self.title, "ms", "MFLOP", "GFLOP/s", "time for twice the work / time"];
        let mut lines = vec![head.map(String::from).to_vec()];
        let doublings = [f64::NAN].into_iter().chain(self.doublings());
        for (point, doubling) in self.points.iter().zip(doublings) {
            lines.push(vec![
                point.size.to_string(),
                three_digits(point.seconds * 1e3),
                three_digits(point.flops / 1e6),
                three_digits(point.flops / point.seconds / 1e9),
                if doubling.is_nan() { "-".into() } else { format!("{doubling:.2}") },
            ]);
        }
        markdown(&lines)
    }
}

/// Times Cornu at every size and writes `docs/scaling.md` with `docs/scaling.svg`.
///
/// # Errors
///
/// Cornu's worker that cannot be built or fails, or a file that cannot be written.
pub fn run(options: &Options, places: &Places) -> Result<(), String> {
    PEERS[0].make(places)?;
    let batches = (0..=6).map(|i| 4usize.pow(i));
    let widths = (6..=12).map(|i| 1usize << i);
    let series = [
        Series {
            title: "batch",
            fixed: format!("width {WIDTH}"),
            points: points(batches, |batch| [batch, WIDTH], options, places)?,
        },
        Series {
            title: "width",
            fixed: format!("batch {BATCH}"),
            points: points(widths, |width| [BATCH, width], options, places)?,
        },
    ];
    let page = page(&series, options, places);
    println!("{page}");
    match options.keep {
        true => Ok(()),
        false => {
            save(&places.root.join("docs/scaling.svg"), &chart::draw(&series)?)?;
            save(&places.root.join("docs/scaling.md"), &page)
        }
    }
}

/// One point for each size, as long as steps stay short.
fn points(
    sizes: impl Iterator<Item = usize>,
    batch_and_width: impl Fn(usize) -> [usize; 2],
    options: &Options,
    places: &Places,
) -> Result<Vec<Point>, String> {
    let mut points = Vec::new();
    for size in sizes {
        let [batch, width] = batch_and_width(size);
        eprintln!("batch {batch}, width {width}");
        let prepare = format!("prepare W3 1 batch={batch} width={width}");
        let mut subjects = [Subject::start(&PEERS[0], places, 1, &prepare)];
        let steps = calibrate(&mut subjects[0], "run", options.seconds);
        let times = rounds(&mut subjects, options.rounds, |worker, _| {
            Ok(worker.number(&format!("run {steps}"), "seconds")? / steps as f64)
        });
        let flops = subjects[0].with(|worker| worker.number("floor", "flops"));
        let seconds = finished(&subjects[0], times.into_values().flatten().flatten().collect());
        let reason = |missing| match missing {
            Missing::Unsupported(reason) | Missing::Failed(reason) => reason,
        };
        // The least: there is no peer beside it that the same disturbance would slow down.
        let seconds = seconds.map_err(reason)?.into_iter().fold(f64::INFINITY, f64::min);
        points.push(Point { size, flops: flops.unwrap_or(f64::NAN), seconds });
        if seconds > LONGEST {
            break;
        }
    }
    Ok(points)
}

fn page(series: &[Series], options: &Options, places: &Places) -> String {
    let Machine { date, processor, system } = Machine::here();
    let mut page = format!(
        "<!-- Written by `cargo xtask bench --scaling`; changes by hand are lost. -->\n# Scaling\n\n\
         How long a training step of a perceptron 784-n-n-10 (dropout 0.2, Adam, float32) takes on one thread, \
         against its batch and its width n. Made by `cargo xtask bench --scaling` on {date} ({processor}; {system}) \
         with Cornu {} ({}); a number is the least of {} rounds of at least {} s each.\n\n\
         Twice the work should take no more than twice as long: less as long as a step's fixed costs shrink \
         beside the rest, and 2 from there on. The work is a step's floating-point operations, the optimizer's \
         included, which do not grow with the batch.\n\n\
         ![Time of a training step against batch and width](scaling.svg)\n",
        env!("CARGO_PKG_VERSION"),
        machine::commit(&places.root),
        options.rounds,
        options.seconds,
    );
    for series in series {
        page += &format!("\nAgainst the {}, at {}:\n\n{}", series.title, series.fixed, series.table());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_for_twice_the_work() {
        let point = |flops, seconds| Point { size: 1, flops, seconds };
        // Four times the work in four times the time, then eight times the work in twice the time.
        let points = vec![point(1.0, 1.0), point(4.0, 4.0), point(32.0, 8.0)];
        let series = Series { title: "batch", fixed: String::new(), points };
        let doublings = series.doublings();
        assert!((doublings[0] - 2.0).abs() < 1e-12, "{doublings:?}");
        assert!((doublings[1] - 2f64.cbrt()).abs() < 1e-12, "{doublings:?}");
    }

    #[test]
    fn charts_hold_every_series() {
        let points = (0..4).map(|i| Point {
            size: 64 << i,
            flops: f64::from(1 << (2 * i)) * 1e6,
            seconds: f64::from(1 << i) * 1e-3,
        });
        let series = |title| Series { title, fixed: "batch 128".into(), points: points.clone().collect() };
        let svg = chart::draw(&[series("batch"), series("width")]).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert!(svg.contains("batch (batch 128)") && svg.contains("width (batch 128)"));
        assert_eq!(svg.matches("<circle").count(), 8);
    }
}
