"""PyTorch: the usual loop over shuffled indices; with `--compile`, through torch.compile.

As quick users do: the fused optimizers, `set_to_none`, `inference_mode`, convolutions with the
channels last (the data is read that way and permuted once), attention by
`scaled_dot_product_attention`.
"""

import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from protocol import DATA, PREDICT_BATCH, indices, read, serve, threads

COMPILE = "--compile" in sys.argv


class Flat(nn.Module):
    """W4's network; the images come as [batch, 1, 28, 28]."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 32, 3)
        self.second = nn.Conv2d(32, 64, 3)
        self.dropout = nn.Dropout(0.5)
        self.out = nn.Linear(1600, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.first(x)), 2)
        x = F.max_pool2d(F.relu(self.second(x)), 2)
        return self.out(self.dropout(torch.flatten(x, 1)))


class Sentiment(nn.Module):
    """W5's network."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20000, 128)
        self.lstm = nn.LSTM(128, 64, batch_first=True)
        # PyTorch has a bias for the inputs and another for the state; one does for both.
        nn.init.zeros_(self.lstm.bias_hh_l0).requires_grad_(False)
        self.out = nn.Linear(64, 1)

    def forward(self, x):
        steps, _ = self.lstm(self.embedding(x))
        return self.out(steps[:, -1])


class Block(nn.Module):
    """A block of W6: attention and a perceptron, each after a LayerNorm."""

    def __init__(self, width=128, heads=4):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(seen.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    """W6's network."""

    def __init__(self, width=128, context=64, vocabulary=65):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[Block(width) for _ in range(4)])
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, vocabulary)

    def forward(self, x):
        x = self.tokens(x) + self.places.weight[: x.shape[1]]
        return self.out(self.norm(self.blocks(x)))


class Vae(nn.Module):
    """W7's network: gives the logits of the image, and the mean and log variance."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 2, 1)
        self.conv2 = nn.Conv2d(32, 64, 3, 2, 1)
        self.dense = nn.Linear(3136, 16)
        self.mean, self.log_var = nn.Linear(16, 2), nn.Linear(16, 2)
        self.grow = nn.Linear(2, 3136)
        self.up1 = nn.ConvTranspose2d(64, 64, 3, 2, 1, 1)
        self.up2 = nn.ConvTranspose2d(64, 32, 3, 2, 1, 1)
        self.up3 = nn.ConvTranspose2d(32, 1, 3, 1, 1)

    def forward(self, x):
        h = F.relu(self.conv2(F.relu(self.conv1(x))))
        h = F.relu(self.dense(torch.flatten(h, 1)))
        mean, log_var = self.mean(h), self.log_var(h)
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        h = F.relu(self.grow(z)).view(-1, 64, 7, 7)
        return self.up3(F.relu(self.up2(F.relu(self.up1(h))))), mean, log_var


class Residual(nn.Module):
    """A basic block of W8."""

    def __init__(self, before, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.shortcut = nn.Identity()
        if before != width:
            shortcut = nn.Conv2d(before, width, 1, stride, bias=False)
            self.shortcut = nn.Sequential(shortcut, nn.BatchNorm2d(width))

    def forward(self, x):
        h = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(h)) + self.shortcut(x))


def resnet20():
    """W8's network."""
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    before = 16
    for width in (16, 32, 64):
        for place in range(3):
            layers.append(Residual(before, width, 2 if place == 0 and width > 16 else 1))
            before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def vae_loss(out, x):
    """The reconstruction's crossentropy summed over pixels, and the divergence; batch means."""
    logits, mean, log_var = out
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + log_var - mean.square() - log_var.exp())
    return (pixels + kl) / x.shape[0]


NETWORKS = {
    "W1": lambda: nn.Sequential(
        nn.Linear(784, 10), nn.ReLU(), nn.Linear(10, 10), nn.ReLU(), nn.Linear(10, 10)
    ),
    "W2": lambda: nn.Sequential(
        nn.Linear(8, 10), nn.ReLU(), nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 1)
    ),
    "W3": lambda: nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 10),
    ),
    "W4": Flat,
    "W5": Sentiment,
    "W6": Gpt,
    "W7": Vae,
    "W8": resnet20,
}  # fmt: skip


class Subject:
    """One workload."""

    def __init__(self, workload, path=None):
        torch.manual_seed(1)
        self.network = NETWORKS[workload]()
        if path:
            self.network.load_state_dict(torch.load(path))
        x, y, self.batch = read(workload)
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        if self.y.dtype == torch.int32:
            self.y = self.y.long()
        if workload == "W5":
            self.x = self.x.long()
        if len(DATA[workload][1]) == 3:
            # A permuted view of channels-last data is channels-last in memory, as it should be.
            self.x = self.x.permute(0, 3, 1, 2)
            self.network = self.network.to(memory_format=torch.channels_last)
        parameters = self.network.parameters()
        if workload == "W6":
            self.optimizer = torch.optim.AdamW(parameters, 1e-3, weight_decay=0.01, fused=True)
        elif workload == "W8":
            self.optimizer = torch.optim.SGD(parameters, 0.1, momentum=0.9, fused=True)
        else:
            self.optimizer = torch.optim.Adam(parameters, 1e-3, fused=True)
        network = self.network

        def loss(x, y):
            out = network(x)
            if workload == "W7":
                return vae_loss(out, x)
            if workload in ("W2", "W5"):
                return F.binary_cross_entropy_with_logits(out, y)
            return F.cross_entropy(out.flatten(0, -2), y.flatten())

        def probabilities(x):
            out = network(x)
            return torch.sigmoid(out) if workload == "W2" else torch.softmax(out, -1)

        self.loss = torch.compile(loss) if COMPILE else loss
        self.probabilities = torch.compile(probabilities) if COMPILE else probabilities
        self.generator = np.random.default_rng(1)

    def parameters(self):
        weights = (weight for weight in self.network.parameters() if weight.requires_grad)
        kept = (buffer for buffer in self.network.buffers() if buffer.is_floating_point())
        return sum(tensor.numel() for tensor in (*weights, *kept))

    def run(self, steps):
        self.network.train()
        for rows in indices(len(self.x), self.batch, steps, self.generator):
            rows = torch.from_numpy(rows)
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.x[rows], self.y[rows])
            loss.backward()
            self.optimizer.step()
        return loss.item()

    def predict(self, rows, calls):
        self.network.eval()
        with torch.inference_mode():
            parts = self.x[:rows].split(PREDICT_BATCH)
            for _ in range(calls):
                torch.cat([self.probabilities(part) for part in parts]).numpy()

    def save(self, path):
        torch.save(self.network.state_dict(), path)



torch.set_num_threads(threads())
torch.set_num_interop_threads(1)
serve(Subject, torch.__version__)
