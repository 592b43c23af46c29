"""JAX: parameters in dictionaries, one jitted step with its state donated, optimizers of optax."""

import math
import os
import pickle

from protocol import PREDICT_BATCH, DATA, indices, read, serve, threads

if threads() == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax


class Weights:
    """Draws weights and names them as they are asked for."""

    def __init__(self):
        self.random = np.random.default_rng(1)
        self.all = {}

    def uniform(self, name, shape, limit):
        self.all[name] = self.random.uniform(-limit, limit, shape).astype(np.float32)

    def dense(self, name, inputs, outputs):
        self.uniform(name + ".w", (inputs, outputs), math.sqrt(6 / (inputs + outputs)))
        self.all[name + ".b"] = np.zeros(outputs, np.float32)

    def conv(self, name, size, inputs, outputs, bias=True):
        limit = math.sqrt(6 / (size * size * (inputs + outputs)))
        self.uniform(name + ".w", (size, size, inputs, outputs), limit)
        if bias:
            self.all[name + ".b"] = np.zeros(outputs, np.float32)

    def norm(self, name, width):
        self.all[name + ".scale"] = np.ones(width, np.float32)
        self.all[name + ".shift"] = np.zeros(width, np.float32)


def dense(p, name, x):
    return x @ p[name + ".w"] + p[name + ".b"]


AXES = ("NHWC", "HWIO", "NHWC")


def conv(p, name, x, stride=1, padding="SAME"):
    y = lax.conv_general_dilated(x, p[name + ".w"], (stride,) * 2, padding, dimension_numbers=AXES)
    return y + p[name + ".b"] if name + ".b" in p else y


def conv_transpose(p, name, x, stride):
    return lax.conv_transpose(x, p[name + ".w"], (stride,) * 2, "SAME") + p[name + ".b"]


def max_pool(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def layer_norm(p, name, x):
    mean = x.mean(-1, keepdims=True)
    variance = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + 1e-5) * p[name + ".scale"] + p[name + ".shift"]


def dropout(key, x, rate):
    if key is None:
        return x
    return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0.0)


def split(key, parts):
    return [None] * parts if key is None else jax.random.split(key, parts)


# Each network below is a pair: its weights, and what it gives for (p, x, key, state): its outputs
# and the state (what is kept and not learned). `key` is None where it predicts.


def perceptron(*widths, rate=0.0):
    weights = Weights()
    for place, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        weights.dense(f"d{place}", inputs, outputs)
    last = len(widths) - 2

    def forward(p, x, key, state):
        for place, key in enumerate(split(key, last) if last else []):
            x = jax.nn.relu(dense(p, f"d{place}", x))
            x = dropout(key, x, rate) if rate else x
        return dense(p, f"d{last}", x), state

    return weights.all, forward


def convnet():
    weights = Weights()
    weights.conv("c1", 3, 1, 32)
    weights.conv("c2", 3, 32, 64)
    weights.dense("out", 1600, 10)

    def forward(p, x, key, state):
        x = max_pool(jax.nn.relu(conv(p, "c1", x, padding="VALID")))
        x = max_pool(jax.nn.relu(conv(p, "c2", x, padding="VALID")))
        return dense(p, "out", dropout(key, x.reshape(len(x), -1), 0.5)), state

    return weights.all, forward


def sentiment():
    weights = Weights()
    weights.uniform("words", (20000, 128), 0.05)
    weights.dense("in", 128, 256)
    weights.uniform("again", (64, 256), 0.1)
    weights.dense("out", 64, 1)

    def forward(p, x, key, state):
        # The inputs' part of the gates is one product for all steps.
        gates = dense(p, "in", p["words"][x.T])

        def step(carry, gates):
            h, c = carry
            i, f, g, o = jnp.split(gates + h @ p["again"], 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), None

        zeros = jnp.zeros((len(x), 64))
        (h, _), _ = lax.scan(step, (zeros, zeros), gates)
        return dense(p, "out", h), state

    return weights.all, forward


def gpt():
    weights = Weights()
    weights.uniform("tokens", (65, 128), 0.05)
    weights.uniform("places", (64, 128), 0.05)
    for block in range(4):
        weights.norm(f"{block}.n1", 128)
        weights.dense(f"{block}.qkv", 128, 384)
        weights.dense(f"{block}.proj", 128, 128)
        weights.norm(f"{block}.n2", 128)
        weights.dense(f"{block}.up", 128, 512)
        weights.dense(f"{block}.down", 512, 128)
    weights.norm("norm", 128)
    weights.dense("out", 128, 65)

    def forward(p, x, key, state):
        batch, length = x.shape
        x = p["tokens"][x] + p["places"]
        for block in range(4):
            qkv = dense(p, f"{block}.qkv", layer_norm(p, f"{block}.n1", x))
            q, k, v = jnp.moveaxis(qkv.reshape(batch, length, 3, 4, 32), 2, 0)
            seen = jax.nn.dot_product_attention(q, k, v, is_causal=True)
            x = x + dense(p, f"{block}.proj", seen.reshape(x.shape))
            h = jax.nn.gelu(dense(p, f"{block}.up", layer_norm(p, f"{block}.n2", x)))
            x = x + dense(p, f"{block}.down", h)
        return dense(p, "out", layer_norm(p, "norm", x)), state

    return weights.all, forward


def vae():
    weights = Weights()
    weights.conv("c1", 3, 1, 32)
    weights.conv("c2", 3, 32, 64)
    weights.dense("hidden", 3136, 16)
    weights.dense("mean", 16, 2)
    weights.dense("log_var", 16, 2)
    weights.dense("grow", 2, 3136)
    weights.conv("u1", 3, 64, 64)
    weights.conv("u2", 3, 64, 32)
    weights.conv("u3", 3, 32, 1)

    def forward(p, x, key, state):
        h = jax.nn.relu(conv(p, "c2", jax.nn.relu(conv(p, "c1", x, 2)), 2))
        h = jax.nn.relu(dense(p, "hidden", h.reshape(len(x), -1)))
        mean, log_var = dense(p, "mean", h), dense(p, "log_var", h)
        z = mean + jnp.exp(0.5 * log_var) * jax.random.normal(key, mean.shape)
        h = jax.nn.relu(dense(p, "grow", z)).reshape(-1, 7, 7, 64)
        h = jax.nn.relu(conv_transpose(p, "u1", h, 2))
        h = jax.nn.relu(conv_transpose(p, "u2", h, 2))
        return (conv_transpose(p, "u3", h, 1), mean, log_var), state

    return weights.all, forward


def resnet20():
    weights = Weights()
    state = {}

    def add(name, size, inputs, outputs):
        weights.conv(name, size, inputs, outputs, bias=False)
        weights.norm(name, outputs)
        state[name + ".mean"] = np.zeros(outputs, np.float32)
        state[name + ".variance"] = np.ones(outputs, np.float32)

    blocks = []
    add("stem", 3, 3, 16)
    before = 16
    for width in (16, 32, 64):
        for place in range(3):
            name, stride = f"{width}.{place}", 2 if place == 0 and width > 16 else 1
            blocks.append((name, stride))
            add(name + ".1", 3, before, width)
            add(name + ".2", 3, width, width)
            if stride > 1:
                add(name + ".short", 1, before, width)
            before = width
    weights.dense("out", 64, 10)

    def forward(p, x, key, state):
        state = dict(state)

        def convolve(name, x, stride=1):
            x = conv(p, name, x, stride)
            if key is None:
                mean, variance = state[name + ".mean"], state[name + ".variance"]
            else:
                mean = x.mean((0, 1, 2))
                variance = jnp.square(x - mean).mean((0, 1, 2))
                for what, value in (("mean", mean), ("variance", variance)):
                    kept = state[f"{name}.{what}"]
                    state[f"{name}.{what}"] = 0.9 * kept + 0.1 * lax.stop_gradient(value)
            scale = p[name + ".scale"] * lax.rsqrt(variance + 1e-5)
            return (x - mean) * scale + p[name + ".shift"]

        x = jax.nn.relu(convolve("stem", x))
        for name, stride in blocks:
            h = jax.nn.relu(convolve(name + ".1", x, stride))
            h = convolve(name + ".2", h)
            x = jax.nn.relu(h + (x if stride == 1 else convolve(name + ".short", x, stride)))
        return dense(p, "out", x.mean((1, 2))), state

    return weights.all, forward, state


NETWORKS = {
    "W1": lambda: perceptron(784, 10, 10, 10),
    "W2": lambda: perceptron(8, 10, 8, 1),
    "W3": lambda: perceptron(784, 512, 512, 10, rate=0.2),
    "W4": convnet,
    "W5": sentiment,
    "W6": gpt,
    "W7": vae,
    "W8": resnet20,
}


def loss_of(workload, out, x, y):
    """The loss of what a network gave."""
    if workload == "W7":
        logits, mean, log_var = out
        pixels = optax.sigmoid_binary_cross_entropy(logits, x).sum()
        return (pixels - 0.5 * (1 + log_var - mean**2 - jnp.exp(log_var)).sum()) / len(x)
    if workload in ("W2", "W5"):
        return optax.sigmoid_binary_cross_entropy(out, y).mean()
    return optax.softmax_cross_entropy_with_integer_labels(out, y).mean()


class Subject:
    """One workload."""

    def __init__(self, workload, path=None):
        weights, forward, *state = NETWORKS[workload]()
        x, y, self.batch = read(workload)
        self.x, self.y = jnp.asarray(x), jnp.asarray(y)
        self.generator = np.random.default_rng(1)
        optimizer = optax.adam(1e-3)
        if workload == "W6":
            optimizer = optax.adamw(1e-3, weight_decay=0.01)
        elif workload == "W8":
            optimizer = optax.sgd(0.1, momentum=0.9)
        kept = (weights, state[0] if state else {})
        if path:
            with open(path, "rb") as file:
                kept = pickle.load(file)
        p, state = jax.tree.map(jnp.asarray, kept)
        self.state = (p, optimizer.init(p), state, jax.random.key(1))

        def step(state, x, y, rows):
            p, slots, kept, key = state
            key, now = jax.random.split(key)

            def objective(p):
                out, after = forward(p, x[rows], now, kept)
                return loss_of(workload, out, x[rows], y[rows]), after

            (loss, kept), gradients = jax.value_and_grad(objective, has_aux=True)(p)
            updates, slots = optimizer.update(gradients, slots, p)
            return (optax.apply_updates(p, updates), slots, kept, key), loss

        def probabilities(p, kept, x):
            out, _ = forward(p, x, None, kept)
            return jax.nn.sigmoid(out) if workload == "W2" else jax.nn.softmax(out)

        self.step = jax.jit(step, donate_argnums=0)
        self.probabilities = jax.jit(probabilities)

    def parameters(self):
        return sum(weight.size for weight in jax.tree.leaves((self.state[0], self.state[2])))

    def run(self, steps):
        for rows in indices(len(self.x), self.batch, steps, self.generator):
            self.state, loss = self.step(self.state, self.x, self.y, rows)
        jax.block_until_ready(self.state)
        return loss

    def predict(self, rows, calls):
        p, _, kept, _ = self.state
        parts = range(0, rows, PREDICT_BATCH)
        parts = [self.x[start : min(start + PREDICT_BATCH, rows)] for start in parts]
        for _ in range(calls):
            np.concatenate([self.probabilities(p, kept, part) for part in parts])

    def save(self, path):
        p, _, kept, _ = self.state
        with open(path, "wb") as file:
            pickle.dump(jax.tree.map(np.asarray, (p, kept)), file)



serve(Subject, jax.__version__)
