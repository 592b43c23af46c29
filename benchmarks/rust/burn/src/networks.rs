//! The networks of the workloads, of Burn's modules.

use std::ops::Range;

use bench_protocol::Result;
use burn::module::Module;
use burn::nn::attention::{
    MhaInput, MultiHeadAttention, MultiHeadAttentionConfig, generate_autoregressive_mask,
};
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::nn::loss::{BinaryCrossEntropyLossConfig, CrossEntropyLossConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{
    BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Embedding, EmbeddingConfig, LayerNorm,
    LayerNormConfig, Linear, LinearConfig, Lstm, LstmConfig, PaddingConfig2d,
};
use burn::tensor::activation::{gelu_approximate, relu, sigmoid, softmax, softplus};
use burn::tensor::{Device, Distribution, Int, Tensor};

/// Some rows of data.
#[derive(Clone)]
pub enum Batch {
    /// Features.
    Rows(Tensor<2>, Tensor<2, Int>),
    /// Images with the channels first.
    Images(Tensor<4>, Tensor<2, Int>),
    /// Words or characters.
    Integers(Tensor<2, Int>, Tensor<2, Int>),
}

impl Batch {
    /// The rows of those indices.
    pub fn select(&self, rows: Tensor<1, Int>) -> Batch {
        match self.clone() {
            Batch::Rows(x, y) => Batch::Rows(x.select(0, rows.clone()), y.select(0, rows)),
            Batch::Images(x, y) => Batch::Images(x.select(0, rows.clone()), y.select(0, rows)),
            Batch::Integers(x, y) => Batch::Integers(x.select(0, rows.clone()), y.select(0, rows)),
        }
    }

    /// A range of rows.
    pub fn slice(&self, rows: Range<usize>) -> Batch {
        match self.clone() {
            Batch::Rows(x, y) => Batch::Rows(x.slice(rows.clone()), y.slice(rows)),
            Batch::Images(x, y) => Batch::Images(x.slice(rows.clone()), y.slice(rows)),
            Batch::Integers(x, y) => Batch::Integers(x.slice(rows.clone()), y.slice(rows)),
        }
    }

    /// The same for a network that does not train.
    pub fn inner(self) -> Batch {
        match self {
            Batch::Rows(x, y) => Batch::Rows(x.inner(), y.inner()),
            Batch::Images(x, y) => Batch::Images(x.inner(), y.inner()),
            Batch::Integers(x, y) => Batch::Integers(x.inner(), y.inner()),
        }
    }
}

/// The network of one workload.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant)]
pub enum Network {
    /// W1 to W3.
    Perceptron(Perceptron),
    /// W4.
    Convnet(Convnet),
    /// W5.
    Sentiment(Sentiment),
    /// W6.
    Gpt(Gpt),
    /// W7.
    Vae(Vae),
    /// W8.
    Resnet(Resnet),
}

impl Network {
    /// The network of that workload.
    pub fn new(workload: &str, device: &Device) -> Result<Network> {
        Ok(match workload {
            "W1" => Network::Perceptron(Perceptron::new(&[784, 10, 10, 10], 0.0, device)),
            "W2" => Network::Perceptron(Perceptron::new(&[8, 10, 8, 1], 0.0, device)),
            "W3" => Network::Perceptron(Perceptron::new(&[784, 512, 512, 10], 0.2, device)),
            "W4" => Network::Convnet(Convnet::new(device)),
            "W5" => Network::Sentiment(Sentiment::new(device)),
            "W6" => Network::Gpt(Gpt::new(device)),
            "W7" => Network::Vae(Vae::new(device)),
            "W8" => Network::Resnet(Resnet::new(device)),
            _ => return Err(format!("there is no workload {workload}").into()),
        })
    }

    /// The loss of a batch.
    pub fn loss(&self, batch: Batch) -> Tensor<1> {
        match (self, batch) {
            (Network::Perceptron(network), Batch::Rows(x, y)) => {
                let out = network.forward(x);
                if out.dims()[1] == 1 { two_classes(out, y) } else { classes(out, y) }
            }
            (Network::Convnet(network), Batch::Images(x, y)) => classes(network.forward(x), y),
            (Network::Sentiment(network), Batch::Integers(x, y)) => two_classes(network.forward(x), y),
            (Network::Gpt(network), Batch::Integers(x, y)) => classes(network.forward(x), y),
            (Network::Vae(network), Batch::Images(x, _)) => network.loss(x),
            (Network::Resnet(network), Batch::Images(x, y)) => classes(network.forward(x), y),
            _ => unreachable!("data of another workload"),
        }
    }

    /// What the network predicts.
    pub fn probabilities(&self, batch: Batch) -> Tensor<2> {
        match (self, batch) {
            (Network::Perceptron(network), Batch::Rows(x, _)) => {
                let out = network.forward(x);
                if out.dims()[1] == 1 { sigmoid(out) } else { softmax(out, 1) }
            }
            (Network::Convnet(network), Batch::Images(x, _)) => softmax(network.forward(x), 1),
            _ => unreachable!("only W1 to W4 predict"),
        }
    }
}

fn classes(logits: Tensor<2>, y: Tensor<2, Int>) -> Tensor<1> {
    let [rows, _] = logits.dims();
    CrossEntropyLossConfig::new().init(&logits.device()).forward(logits, y.reshape([rows]))
}

fn two_classes(logits: Tensor<2>, y: Tensor<2, Int>) -> Tensor<1> {
    BinaryCrossEntropyLossConfig::new().with_logits(true).init(&logits.device()).forward(logits, y)
}

/// W1 to W3: dense layers with ReLU and perhaps dropout.
#[derive(Module, Debug)]
pub struct Perceptron {
    layers: Vec<Linear>,
    dropout: Dropout,
}

impl Perceptron {
    fn new(widths: &[usize], rate: f64, device: &Device) -> Perceptron {
        let layers = widths.windows(2).map(|pair| LinearConfig::new(pair[0], pair[1]).init(device)).collect();
        Perceptron { layers, dropout: DropoutConfig::new(rate).init() }
    }

    fn forward(&self, mut x: Tensor<2>) -> Tensor<2> {
        let last = self.layers.len() - 1;
        for layer in &self.layers[..last] {
            x = self.dropout.forward(relu(layer.forward(x)));
        }
        self.layers[last].forward(x)
    }
}

/// W4.
#[derive(Module, Debug)]
pub struct Convnet {
    first: Conv2d,
    second: Conv2d,
    pool: MaxPool2d,
    dropout: Dropout,
    out: Linear,
}

impl Convnet {
    fn new(device: &Device) -> Convnet {
        Convnet {
            first: Conv2dConfig::new([1, 32], [3, 3]).init(device),
            second: Conv2dConfig::new([32, 64], [3, 3]).init(device),
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            dropout: DropoutConfig::new(0.5).init(),
            out: LinearConfig::new(1600, 10).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.pool.forward(relu(self.first.forward(x)));
        let x = self.pool.forward(relu(self.second.forward(x)));
        self.out.forward(self.dropout.forward(x.flatten::<2>(1, 3)))
    }
}

/// W5.
#[derive(Module, Debug)]
pub struct Sentiment {
    embedding: Embedding,
    lstm: Lstm,
    out: Linear,
}

impl Sentiment {
    fn new(device: &Device) -> Sentiment {
        let mut lstm = LstmConfig::new(128, 64, true).init(device);
        // Burn has a bias for the inputs and another for the state; one does for both.
        let gates = [&mut lstm.input_gate, &mut lstm.output_gate, &mut lstm.cell_gate];
        for gate in gates.into_iter().chain(lstm.forget_gate.as_mut()) {
            gate.hidden_transform.bias = None;
        }
        Sentiment {
            embedding: EmbeddingConfig::new(20_000, 128).init(device),
            lstm,
            out: LinearConfig::new(64, 1).init(device),
        }
    }

    fn forward(&self, x: Tensor<2, Int>) -> Tensor<2> {
        let (_, state) = self.lstm.forward(self.embedding.forward(x), None);
        self.out.forward(state.hidden)
    }
}

/// A block of W6: attention and a perceptron, each after a LayerNorm.
#[derive(Module, Debug)]
pub struct Block {
    norm1: LayerNorm,
    attention: MultiHeadAttention,
    norm2: LayerNorm,
    up: Linear,
    down: Linear,
}

/// W6.
#[derive(Module, Debug)]
pub struct Gpt {
    tokens: Embedding,
    places: Embedding,
    blocks: Vec<Block>,
    norm: LayerNorm,
    out: Linear,
}

impl Gpt {
    fn new(device: &Device) -> Gpt {
        let block = |_| Block {
            norm1: LayerNormConfig::new(128).init(device),
            attention: MultiHeadAttentionConfig::new(128, 4).with_dropout(0.0).init(device),
            norm2: LayerNormConfig::new(128).init(device),
            up: LinearConfig::new(128, 512).init(device),
            down: LinearConfig::new(512, 128).init(device),
        };
        Gpt {
            tokens: EmbeddingConfig::new(65, 128).init(device),
            places: EmbeddingConfig::new(64, 128).init(device),
            blocks: (0..4).map(block).collect(),
            norm: LayerNormConfig::new(128).init(device),
            out: LinearConfig::new(128, 65).init(device),
        }
    }

    fn forward(&self, x: Tensor<2, Int>) -> Tensor<2> {
        let [batch, length] = x.dims();
        let device = x.device();
        let places = Tensor::<1, Int>::arange(0..length as i64, &device).reshape([1, length]);
        let mut x = self.tokens.forward(x) + self.places.forward(places);
        let mask = generate_autoregressive_mask(batch, length, &device);
        for block in &self.blocks {
            let input = MhaInput::self_attn(block.norm1.forward(x.clone())).mask_attn(mask.clone());
            x = x + block.attention.forward(input).context;
            let h = gelu_approximate(block.up.forward(block.norm2.forward(x.clone())));
            x = x + block.down.forward(h);
        }
        self.out.forward(self.norm.forward(x)).flatten(0, 1)
    }
}

/// W7.
#[derive(Module, Debug)]
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
    fn new(device: &Device) -> Vae {
        let conv = |channels| {
            let config = Conv2dConfig::new(channels, [3, 3]).with_stride([2, 2]);
            config.with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1)).init(device)
        };
        let up = |channels, stride| {
            let config = ConvTranspose2dConfig::new(channels, [3, 3]).with_stride([stride, stride]);
            config.with_padding([1, 1]).with_padding_out([stride - 1, stride - 1]).init(device)
        };
        Vae {
            conv1: conv([1, 32]),
            conv2: conv([32, 64]),
            hidden: LinearConfig::new(3136, 16).init(device),
            mean: LinearConfig::new(16, 2).init(device),
            log_var: LinearConfig::new(16, 2).init(device),
            grow: LinearConfig::new(2, 3136).init(device),
            up1: up([64, 64], 2),
            up2: up([64, 32], 2),
            up3: up([32, 1], 1),
        }
    }

    /// The reconstruction's crossentropy summed over pixels, and the divergence; batch means.
    fn loss(&self, x: Tensor<4>) -> Tensor<1> {
        let [batch, ..] = x.dims();
        let h = relu(self.conv2.forward(relu(self.conv1.forward(x.clone()))));
        let h = relu(self.hidden.forward(h.flatten::<2>(1, 3)));
        let (mean, log_var) = (self.mean.forward(h.clone()), self.log_var.forward(h));
        let noise = mean.random_like(Distribution::Normal(0.0, 1.0));
        let z = mean.clone() + (log_var.clone() * 0.5).exp() * noise;
        let h = relu(self.grow.forward(z)).reshape([batch, 64, 7, 7]);
        let h = relu(self.up2.forward(relu(self.up1.forward(h))));
        let logits = self.up3.forward(h);
        let pixels = (softplus(logits.clone(), 1.0) - logits * x).sum();
        let divergence = (log_var.clone() + 1.0 - mean.square() - log_var.exp()).sum() * -0.5;
        (pixels + divergence) / batch as f64
    }
}

/// A convolution with batch normalization.
#[derive(Module, Debug)]
pub struct Normed {
    conv: Conv2d,
    norm: BatchNorm,
}

impl Normed {
    fn new(channels: [usize; 2], size: usize, stride: usize, device: &Device) -> Normed {
        let side = size / 2;
        let config = Conv2dConfig::new(channels, [size, size]).with_stride([stride, stride]).with_bias(false);
        Normed {
            conv: config.with_padding(PaddingConfig2d::Explicit(side, side, side, side)).init(device),
            norm: BatchNormConfig::new(channels[1]).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.forward(self.conv.forward(x))
    }
}

/// A basic block of W8.
#[derive(Module, Debug)]
pub struct Residual {
    first: Normed,
    second: Normed,
    shortcut: Option<Normed>,
}

/// W8.
#[derive(Module, Debug)]
pub struct Resnet {
    stem: Normed,
    blocks: Vec<Residual>,
    out: Linear,
}

impl Resnet {
    fn new(device: &Device) -> Resnet {
        let mut blocks = Vec::new();
        let mut before = 16;
        for width in [16, 32, 64] {
            for place in 0..3 {
                let stride = if place == 0 && width > 16 { 2 } else { 1 };
                blocks.push(Residual {
                    first: Normed::new([before, width], 3, stride, device),
                    second: Normed::new([width, width], 3, 1, device),
                    shortcut: (stride == 2).then(|| Normed::new([before, width], 1, 2, device)),
                });
                before = width;
            }
        }
        Resnet {
            stem: Normed::new([3, 16], 3, 1, device),
            blocks,
            out: LinearConfig::new(64, 10).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let mut x = relu(self.stem.forward(x));
        for block in &self.blocks {
            let h = block.second.forward(relu(block.first.forward(x.clone())));
            let shortcut = match &block.shortcut {
                Some(shortcut) => shortcut.forward(x),
                None => x,
            };
            x = relu(h + shortcut);
        }
        let [batch, channels, ..] = x.dims();
        self.out.forward(x.mean_dim(3).mean_dim(2).reshape([batch, channels]))
    }
}
