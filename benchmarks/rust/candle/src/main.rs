//! Candle's worker: its usual loop of modules, `backward` and an optimizer.
#![forbid(unsafe_code)]

mod networks;

use bench_protocol::{Data, Numbers, PREDICT_BATCH, Result, Shuffle, Subject, serve};
use candle_core::backprop::GradStore;
use candle_core::{D, DType, Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, VarBuilder, VarMap, loss, ops};
use networks::Network;

/// One workload.
struct Work {
    network: Network,
    weights: VarMap,
    optimizer: Update,
    shuffle: Shuffle,
    x: Tensor,
    y: Tensor,
    two_classes: bool,
}

/// How weights are updated. Candle has no momentum of its own.
enum Update {
    Adam(AdamW),
    Momentum(Vec<(Var, Tensor)>),
}

impl Update {
    fn step(&mut self, gradients: &GradStore) -> Result<()> {
        match self {
            Update::Adam(adam) => Ok(adam.step(gradients)?),
            Update::Momentum(all) => {
                for (weight, velocity) in all {
                    if let Some(gradient) = gradients.get(weight.as_tensor()) {
                        *velocity = ((&*velocity * 0.9)? + gradient)?;
                        weight.set(&(weight.as_tensor() - (&*velocity * 0.1)?)?)?;
                    }
                }
                Ok(())
            }
        }
    }
}

fn tensor(numbers: Numbers, shape: &[usize]) -> Result<Tensor> {
    Ok(match numbers {
        Numbers::Floats(all) => Tensor::from_vec(all, shape, &Device::Cpu)?,
        Numbers::Integers(all) => {
            let all: Vec<u32> = all.into_iter().map(|n| n as u32).collect();
            Tensor::from_vec(all, shape, &Device::Cpu)?
        }
    })
}

impl Subject for Work {
    fn prepare(workload: &str, path: Option<&str>) -> Result<Work> {
        let mut weights = VarMap::new();
        let network = Network::new(workload, VarBuilder::from_varmap(&weights, DType::F32, &Device::Cpu))?;
        if let Some(path) = path {
            weights.load(path)?;
        }
        let data = Data::read(workload)?;
        let rows = data.rows;
        let shuffle = Shuffle::new(rows, data.batch);
        let x = match workload {
            "W4" | "W7" => tensor(data.x, &[rows, 1, 28, 28])?,
            // The files have their channels last, Candle has them first.
            "W8" => tensor(data.x, &[rows, 32, 32, 3])?.permute((0, 3, 1, 2))?.contiguous()?,
            "W2" => tensor(data.x, &[rows, 8])?,
            "W5" => tensor(data.x, &[rows, 100])?,
            "W6" => tensor(data.x, &[rows, 64])?,
            _ => tensor(data.x, &[rows, 784])?,
        };
        let two_classes = matches!(workload, "W2" | "W5");
        let y = match workload {
            "W6" => tensor(data.y, &[rows, 64])?,
            _ if two_classes => tensor(data.y, &[rows, 1])?,
            _ => tensor(data.y, &[rows])?,
        };
        let optimizer = match workload {
            "W8" => Update::Momentum(
                weights
                    .all_vars()
                    .into_iter()
                    .map(|weight| Ok((weight.clone(), weight.zeros_like()?)))
                    .collect::<Result<_>>()?,
            ),
            _ => {
                let weight_decay = if workload == "W6" { 0.01 } else { 0.0 };
                let parameters = ParamsAdamW { lr: 1e-3, weight_decay, ..ParamsAdamW::default() };
                Update::Adam(AdamW::new(weights.all_vars(), parameters)?)
            }
        };
        Ok(Work { network, weights, optimizer, shuffle, x, y, two_classes })
    }

    fn parameters(&self) -> usize {
        self.weights.all_vars().iter().map(|weight| weight.elem_count()).sum()
    }

    fn run(&mut self, steps: usize) -> Result<f64> {
        let mut last = f64::NAN;
        for step in 0..steps {
            let rows = Tensor::new(self.shuffle.batch(), &Device::Cpu)?;
            let (x, y) = (self.x.index_select(&rows, 0)?, self.y.index_select(&rows, 0)?);
            let out = || self.network.forward(&x, true);
            let loss = match &self.network {
                Network::Vae(vae) => vae.loss(&x)?,
                _ if self.two_classes => loss::binary_cross_entropy_with_logit(&out()?, &y)?,
                _ => loss::cross_entropy(&out()?, &y.flatten_all()?)?,
            };
            self.optimizer.step(&loss.backward()?)?;
            if step + 1 == steps {
                last = f64::from(loss.to_scalar::<f32>()?);
            }
        }
        Ok(last)
    }

    fn predict(&mut self, rows: usize, calls: usize) -> Result<()> {
        let starts = (0..rows).step_by(PREDICT_BATCH);
        let parts = starts.map(|start| self.x.narrow(0, start, PREDICT_BATCH.min(rows - start)));
        let parts: Vec<Tensor> = parts.collect::<candle_core::Result<_>>()?;
        for _ in 0..calls {
            let one = |part: &Tensor| {
                let out = self.network.forward(part, false)?;
                if self.two_classes { ops::sigmoid(&out) } else { ops::softmax(&out, D::Minus1) }
            };
            let all = parts.iter().map(one).collect::<candle_core::Result<Vec<Tensor>>>()?;
            std::hint::black_box(Tensor::cat(&all, 0)?.to_vec2::<f32>()?);
        }
        Ok(())
    }

    fn save(&self, path: &str) -> Result<()> {
        Ok(self.weights.save(path)?)
    }
}

fn main() {
    serve::<Work>("0.11.1");
}
