//! The networks of the workloads, of Candle's modules.

use bench_protocol::Result;
use candle_core::{D, IndexOp, Module, ModuleT, Tensor};
use candle_nn::rnn::{LSTM, LSTMConfig, RNN, lstm};
use candle_nn::{
    BatchNorm, Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig, Dropout, Embedding, Linear,
    VarBuilder, batch_norm, conv_transpose2d, conv2d, conv2d_no_bias, embedding, linear, ops,
};

/// What Candle's functions give.
type Made<T> = candle_core::Result<T>;

/// The network of one workload: gives logits, for training or not.
pub enum Network {
    /// W1 to W3.
    Perceptron(Vec<Linear>, f32),
    /// W4.
    Convnet { first: Conv2d, second: Conv2d, out: Linear },
    /// W5.
    Sentiment { words: Embedding, lstm: LSTM, out: Linear },
    /// W6.
    Gpt(Gpt),
    /// W7, which gives no logits but has a loss of its own.
    Vae(Vae),
    /// W8.
    Resnet { stem: Normed, blocks: Vec<Residual>, out: Linear },
}

impl Network {
    /// The network of that workload.
    pub fn new(workload: &str, vb: VarBuilder) -> Result<Network> {
        Ok(match workload {
            "W1" => perceptron(&[784, 10, 10, 10], 0.0, vb)?,
            "W2" => perceptron(&[8, 10, 8, 1], 0.0, vb)?,
            "W3" => perceptron(&[784, 512, 512, 10], 0.2, vb)?,
            "W4" => Network::Convnet {
                first: conv2d(1, 32, 3, Conv2dConfig::default(), vb.pp("first"))?,
                second: conv2d(32, 64, 3, Conv2dConfig::default(), vb.pp("second"))?,
                out: linear(1600, 10, vb.pp("out"))?,
            },
            "W5" => {
                // Candle has a bias for the inputs and another for the state; one does for both.
                let config = LSTMConfig { b_hh_init: None, ..LSTMConfig::default() };
                Network::Sentiment {
                    words: embedding(20_000, 128, vb.pp("words"))?,
                    lstm: lstm(128, 64, config, vb.pp("lstm"))?,
                    out: linear(64, 1, vb.pp("out"))?,
                }
            }
            "W6" => Network::Gpt(Gpt::new(vb)?),
            "W7" => Network::Vae(Vae::new(vb)?),
            "W8" => resnet(vb)?,
            _ => return Err(format!("there is no workload {workload}").into()),
        })
    }

    /// The logits, one row for each label.
    pub fn forward(&self, x: &Tensor, train: bool) -> Made<Tensor> {
        match self {
            Network::Perceptron(layers, rate) => {
                let mut x = x.clone();
                let (last, hidden) = layers.split_last().expect("it has layers");
                for layer in hidden {
                    x = layer.forward(&x)?.relu()?;
                    if *rate > 0.0 {
                        x = Dropout::new(*rate).forward(&x, train)?;
                    }
                }
                last.forward(&x)
            }
            Network::Convnet { first, second, out } => {
                let x = first.forward(x)?.relu()?.max_pool2d(2)?;
                // The last line and column of 11 are in no window; with them the gradient of
                // Candle's pooling would be another.
                let x = second.forward(&x)?.relu()?.narrow(2, 0, 10)?.narrow(3, 0, 10)?.max_pool2d(2)?;
                out.forward(&Dropout::new(0.5).forward(&x.flatten_from(1)?, train)?)
            }
            Network::Sentiment { words, lstm, out } => {
                let states = lstm.seq(&words.forward(x)?)?;
                out.forward(states.last().expect("there are steps").h())
            }
            Network::Gpt(gpt) => gpt.forward(x),
            Network::Vae(_) => candle_core::bail!("W7 has no labels"),
            Network::Resnet { stem, blocks, out } => {
                let mut x = stem.forward(x, train)?.relu()?;
                for block in blocks {
                    let h = block.second.forward(&block.first.forward(&x, train)?.relu()?, train)?;
                    let shortcut = match &block.shortcut {
                        Some(shortcut) => shortcut.forward(&x, train)?,
                        None => x,
                    };
                    x = (h + shortcut)?.relu()?;
                }
                out.forward(&x.mean((2, 3))?)
            }
        }
    }
}

fn perceptron(widths: &[usize], rate: f32, vb: VarBuilder) -> Made<Network> {
    let pairs = widths.windows(2).enumerate();
    let layers = pairs.map(|(i, pair)| linear(pair[0], pair[1], vb.pp(i))).collect::<Made<_>>()?;
    Ok(Network::Perceptron(layers, rate))
}

/// Normalization of the last axis. Candle's own has no gradient where it is fused.
struct Norm {
    scale: Tensor,
    shift: Tensor,
}

impl Norm {
    fn new(vb: VarBuilder) -> Made<Norm> {
        let scale = vb.get_with_hints(128, "scale", candle_nn::Init::Const(1.0))?;
        Ok(Norm { scale, shift: vb.get_with_hints(128, "shift", candle_nn::Init::Const(0.0))? })
    }

    fn forward(&self, x: &Tensor) -> Made<Tensor> {
        ops::layer_norm_slow(x, &self.scale, &self.shift, 1e-5)
    }
}

/// A block of W6: attention and a perceptron, each after a normalization.
struct Block {
    norm1: Norm,
    qkv: Linear,
    proj: Linear,
    norm2: Norm,
    up: Linear,
    down: Linear,
}

/// W6's network.
pub struct Gpt {
    tokens: Embedding,
    places: Embedding,
    blocks: Vec<Block>,
    norm: Norm,
    out: Linear,
    mask: Tensor,
}

impl Gpt {
    fn new(vb: VarBuilder) -> Made<Gpt> {
        let block = |i: usize| {
            let vb = vb.pp(i);
            Ok(Block {
                norm1: Norm::new(vb.pp("norm1"))?,
                qkv: linear(128, 384, vb.pp("qkv"))?,
                proj: linear(128, 128, vb.pp("proj"))?,
                norm2: Norm::new(vb.pp("norm2"))?,
                up: linear(128, 512, vb.pp("up"))?,
                down: linear(512, 128, vb.pp("down"))?,
            })
        };
        let mask = (0..64 * 64).map(|i| if i % 64 > i / 64 { f32::NEG_INFINITY } else { 0.0 });
        Ok(Gpt {
            tokens: embedding(65, 128, vb.pp("tokens"))?,
            places: embedding(64, 128, vb.pp("places"))?,
            blocks: (0..4).map(block).collect::<Made<_>>()?,
            norm: Norm::new(vb.pp("norm"))?,
            out: linear(128, 65, vb.pp("out"))?,
            mask: Tensor::from_iter(mask, vb.device())?.reshape((64, 64))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Made<Tensor> {
        let (batch, length) = x.dims2()?;
        let mut x = self.tokens.forward(x)?.broadcast_add(self.places.embeddings())?;
        for block in &self.blocks {
            let qkv = block.qkv.forward(&block.norm1.forward(&x)?)?;
            let qkv = qkv.reshape((batch, length, 3, 4, 32))?.permute((2, 0, 3, 1, 4))?;
            let part = |i: usize| qkv.i(i)?.contiguous();
            let scores = (part(0)?.matmul(&part(1)?.t()?)? * (1.0 / 32f64.sqrt()))?;
            let weights = ops::softmax(&scores.broadcast_add(&self.mask)?, D::Minus1)?;
            let seen = weights.matmul(&part(2)?)?.transpose(1, 2)?.reshape((batch, length, 128))?;
            x = (x + block.proj.forward(&seen)?)?;
            let h = block.up.forward(&block.norm2.forward(&x)?)?.gelu()?;
            x = (x + block.down.forward(&h)?)?;
        }
        self.out.forward(&self.norm.forward(&x)?)?.flatten(0, 1)
    }
}

/// W7's network.
pub struct Vae {
    conv1: Conv2d,
    conv2: Conv2d,
    hidden: Linear,
    mean: Linear,
    log_var: Linear,
    grow: Linear,
    up1: ConvTranspose2d,
    up2: ConvTranspose2d,
    up3: ConvTranspose2d,
}

impl Vae {
    fn new(vb: VarBuilder) -> Made<Vae> {
        let halve = Conv2dConfig { padding: 1, stride: 2, ..Conv2dConfig::default() };
        let same = ConvTranspose2dConfig { padding: 1, ..ConvTranspose2dConfig::default() };
        let double = ConvTranspose2dConfig { stride: 2, output_padding: 1, ..same };
        Ok(Vae {
            conv1: conv2d(1, 32, 3, halve, vb.pp("conv1"))?,
            conv2: conv2d(32, 64, 3, halve, vb.pp("conv2"))?,
            hidden: linear(3136, 16, vb.pp("hidden"))?,
            mean: linear(16, 2, vb.pp("mean"))?,
            log_var: linear(16, 2, vb.pp("log_var"))?,
            grow: linear(2, 3136, vb.pp("grow"))?,
            up1: conv_transpose2d(64, 64, 3, double, vb.pp("up1"))?,
            up2: conv_transpose2d(64, 32, 3, double, vb.pp("up2"))?,
            up3: conv_transpose2d(32, 1, 3, same, vb.pp("up3"))?,
        })
    }

    /// The reconstruction's crossentropy summed over pixels, and the divergence; batch means.
    pub fn loss(&self, x: &Tensor) -> Made<Tensor> {
        let batch = x.dim(0)?;
        let h = self.conv2.forward(&self.conv1.forward(x)?.relu()?)?.relu()?;
        let h = self.hidden.forward(&h.flatten_from(1)?)?.relu()?;
        let (mean, log_var) = (self.mean.forward(&h)?, self.log_var.forward(&h)?);
        let noise = mean.randn_like(0.0, 1.0)?;
        let z = (&mean + ((&log_var * 0.5)?.exp()? * noise)?)?;
        let h = self.grow.forward(&z)?.relu()?.reshape((batch, 64, 7, 7))?;
        let h = self.up2.forward(&self.up1.forward(&h)?.relu()?)?.relu()?;
        let logits = self.up3.forward(&h)?;
        let softplus = (logits.relu()? + (logits.abs()?.neg()?.exp()? + 1.0)?.log()?)?;
        let pixels = (softplus - (logits * x)?)?.sum_all()?;
        let divergence = ((&log_var + 1.0)? - mean.sqr()? - log_var.exp()?)?.sum_all()?;
        (pixels - (divergence * 0.5)?)? / batch as f64
    }
}

/// A convolution with batch normalization.
pub struct Normed {
    conv: Conv2d,
    norm: BatchNorm,
}

impl Normed {
    fn new(before: usize, width: usize, size: usize, stride: usize, vb: VarBuilder) -> Made<Normed> {
        let config = Conv2dConfig { padding: size / 2, stride, ..Conv2dConfig::default() };
        Ok(Normed {
            conv: conv2d_no_bias(before, width, size, config, vb.pp("conv"))?,
            norm: batch_norm(width, 1e-5, vb.pp("norm"))?,
        })
    }

    fn forward(&self, x: &Tensor, train: bool) -> Made<Tensor> {
        self.norm.forward_t(&self.conv.forward(x)?, train)
    }
}

/// A basic block of W8.
pub struct Residual {
    first: Normed,
    second: Normed,
    shortcut: Option<Normed>,
}

fn resnet(vb: VarBuilder) -> Made<Network> {
    let mut blocks = Vec::new();
    let mut before = 16;
    for width in [16, 32, 64] {
        for place in 0..3 {
            let vb = vb.pp(format!("{width}-{place}"));
            let stride = if place == 0 && width > 16 { 2 } else { 1 };
            blocks.push(Residual {
                first: Normed::new(before, width, 3, stride, vb.pp("first"))?,
                second: Normed::new(width, width, 3, 1, vb.pp("second"))?,
                shortcut: match stride {
                    2 => Some(Normed::new(before, width, 1, 2, vb.pp("shortcut"))?),
                    _ => None,
                },
            });
            before = width;
        }
    }
    Ok(Network::Resnet {
        stem: Normed::new(3, 16, 3, 1, vb.pp("stem"))?,
        blocks,
        out: linear(64, 10, vb.pp("out"))?,
    })
}
