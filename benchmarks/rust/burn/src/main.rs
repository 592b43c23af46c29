//! Burn's worker: its usual loop of modules and optimizers on its quickest CPU backend, Flex.
#![forbid(unsafe_code)]
#![recursion_limit = "256"]

mod networks;

use bench_protocol::{Data, Numbers, PREDICT_BATCH, Result, Shuffle, Subject, serve};
use burn::module::Module;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};
use networks::{Batch, Network};

/// One workload.
struct Work {
    network: Network,
    optimizer: ModuleOptimizer,
    rate: f64,
    shuffle: Shuffle,
    batch: Batch,
    device: Device,
}

/// All rows of the data as tensors.
fn tensors(workload: &str, data: Data, device: &Device) -> Batch {
    let rows = data.rows;
    let float = |numbers: Numbers, shape: [usize; 4]| match numbers {
        Numbers::Floats(all) => Some(Tensor::<4>::from_data(TensorData::new(all, shape), device)),
        Numbers::Integers(_) => None,
    };
    let integer = |numbers: Numbers, width: usize| {
        let all: Vec<i32> = match numbers {
            Numbers::Integers(all) => all,
            Numbers::Floats(all) => all.into_iter().map(|label| label as i32).collect(),
        };
        Tensor::<2, Int>::from_data(TensorData::new(all, [rows, width]), device)
    };
    let y = integer(data.y, if workload == "W6" { 64 } else { 1 });
    match workload {
        "W5" => Batch::Integers(integer(data.x, 100), y),
        "W6" => Batch::Integers(integer(data.x, 64), y),
        _ => {
            let (size, channels) = match workload {
                "W8" => (32, 3),
                "W2" => (1, 8),
                _ => (28, 1),
            };
            // The files have their channels last, Burn has them first.
            let x = float(data.x, [rows, size, size, channels]).expect("images are floats");
            let x = x.permute([0, 3, 1, 2]).reshape([rows, channels, size, size]);
            match workload {
                "W1" | "W2" | "W3" => Batch::Rows(x.reshape([rows as i64, -1]), y),
                _ => Batch::Images(x, y),
            }
        }
    }
}

impl Subject for Work {
    fn prepare(workload: &str, path: Option<&str>) -> Result<Work> {
        let device = Device::flex().autodiff();
        device.seed(1);
        let data = Data::read(workload)?;
        let mut network = Network::new(workload, &device)?;
        if let Some(path) = path {
            network = network.load_file(path);
        }
        let (optimizer, rate) = match workload {
            "W6" => (AdamWConfig::new().with_weight_decay(0.01).init(), 1e-3),
            "W8" => {
                let momentum = MomentumConfig::new().with_momentum(0.9).with_dampening(0.0);
                (SgdConfig::new().with_momentum(Some(momentum)).init(), 0.1)
            }
            _ => (AdamConfig::new().init(), 1e-3),
        };
        let shuffle = Shuffle::new(data.rows, data.batch);
        let batch = tensors(workload, data, &device);
        Ok(Work { network, optimizer, rate, shuffle, batch, device })
    }

    fn parameters(&self) -> usize {
        self.network.num_params()
    }

    fn run(&mut self, steps: usize) -> Result<f64> {
        let mut last = None;
        for _ in 0..steps {
            let rows: Vec<i32> = self.shuffle.batch().iter().map(|row| *row as i32).collect();
            let rows = Tensor::<1, Int>::from_data(rows.as_slice(), &self.device);
            let loss = self.network.loss(self.batch.select(rows));
            let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
            self.network = self.optimizer.step(self.rate, self.network.clone(), gradients);
            last = Some(loss);
        }
        Ok(last.map_or(f64::NAN, |loss| f64::from(loss.into_scalar::<f32>())))
    }

    fn predict(&mut self, rows: usize, calls: usize) -> Result<()> {
        let network = self.network.valid();
        let starts = (0..rows).step_by(PREDICT_BATCH);
        let parts: Vec<Batch> =
            starts.map(|start| self.batch.slice(start..rows.min(start + PREDICT_BATCH)).inner()).collect();
        for _ in 0..calls {
            let all = parts.iter().map(|part| network.probabilities(part.clone())).collect();
            std::hint::black_box(Tensor::cat(all, 0).into_data());
        }
        Ok(())
    }

    fn save(&self, path: &str) -> Result<()> {
        Ok(self.network.clone().save_file(path)?)
    }
}

fn main() {
    serve::<Work>("0.22.1, Flex");
}
