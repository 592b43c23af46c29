"""Operations of neural networks: activations, normalizations, losses, attention, windows."""

import numpy as np
from keras import ops
from listed import Cases
from shared import normal, uniform


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(35)
    cases = Cases(rng)
    add = cases.add
    x, cube = 2 * normal(rng, 3, 4), normal(rng, 2, 3, 4)

    add(
        "activations",
        [x],
        lambda x: [
            ops.relu(x), ops.relu6(4 * x), ops.sigmoid(x), ops.silu(x), ops.swish(x), ops.softplus(x), ops.softsign(x), ops.log_sigmoid(x), ops.selu(x), ops.hard_sigmoid(x), ops.hard_silu(x), ops.hard_swish(x),
            ops.hard_tanh(x), ops.tanh_shrink(x), ops.sparse_plus(x), ops.sparse_sigmoid(x), ops.tanh(x),
        ],
    )
    add(
        "activations with settings",
        [x],
        lambda x: [
            ops.leaky_relu(x), ops.leaky_relu(x, 0.3), ops.elu(x), ops.elu(x, 0.7), ops.celu(x), ops.celu(x, 1.7), ops.gelu(x), ops.gelu(x, approximate=False), ops.glu(x), ops.glu(x[:2, :], axis=0), ops.hard_shrink(x),
            ops.hard_shrink(x, 1.0), ops.soft_shrink(x), ops.soft_shrink(x, 0.8), ops.threshold(x, 0.4, -3.0), ops.squareplus(x), ops.squareplus(x, 2),
        ],
        shapes=[[3, 4]],
    )
    add(
        "distributions",
        [cube],
        lambda x: [ops.softmax(x), ops.softmax(x, axis=1), ops.softmax(x, axis=(1, 2)), ops.log_softmax(x), ops.log_softmax(x, axis=1), ops.sparsemax(x), ops.sparsemax(2 * x, axis=1), ops.softmax(x, axis=None)],
        shapes=[[2, 3, 4]],
    )
    add(
        "normalizations",
        [normal(rng, 4, 3, 4), normal(rng, 4), uniform(rng, 0.5, 2, 4)],
        lambda x, mean, variance: (lambda other: [
            ops.batch_normalization(x, mean, variance, axis=-1), ops.batch_normalization(x, other, ops.exp(other), axis=1, offset=other * 2, scale=other + 2, epsilon=0.01), ops.layer_normalization(x),
            ops.layer_normalization(x, mean, variance, axis=-1), ops.layer_normalization(x, other, axis=1, epsilon=0.1), ops.layer_normalization(x, axis=(1, 2)), ops.rms_normalization(x), ops.rms_normalization(x, mean, axis=-1, epsilon=0.1),
            ops.normalize(x), ops.normalize(x, axis=1, order=1), ops.normalize(x, axis=2, order=3),
        ])(mean[:3,]),
        shapes=[[4, 3, 4], [4], [4]],
        tolerance=2e-5,
    )
    labels, classes = uniform(rng, 0.05, 0.95, 3, 4), np.array([2, 0, 3], "int32")
    add(
        "crossentropies",
        [x, labels, classes],
        lambda x, y, c: [
            ops.binary_crossentropy(y, x, from_logits=True), ops.binary_crossentropy(y, ops.sigmoid(x)), ops.binary_crossentropy(y, y * 0.9), ops.categorical_crossentropy(y, x, from_logits=True), ops.categorical_crossentropy(y, ops.softmax(x)),
            ops.categorical_crossentropy(y, ops.exp(x)), ops.sparse_categorical_crossentropy(c, x, from_logits=True), ops.sparse_categorical_crossentropy(c, ops.softmax(x)),
            ops.sparse_categorical_crossentropy(c, ops.exp(x)),
        ],
        tolerance=2e-5,
    )
    query, key, value = normal(rng, 2, 3, 2, 4), normal(rng, 2, 5, 2, 4), normal(rng, 2, 5, 2, 3)
    add(
        "attention",
        [query, key, value],
        lambda q, k, v: [
            ops.dot_product_attention(q, k, k), ops.dot_product_attention(q, k[:, :3], q, is_causal=True), ops.dot_product_attention(q, k, k, scale=0.7), ops.dot_product_attention(q, k, k, bias=np.arange(15, dtype="float32").reshape(1, 1, 3, 5) / 9),
            ops.dot_product_attention(q, k, k, mask=np.array([[[[True, False, True, True, False]]]])),
        ],
    )
    line, image, box = normal(rng, 2, 7, 4), normal(rng, 2, 6, 5, 4), normal(rng, 2, 4, 5, 3, 2)
    add(
        "convolutions",
        [line, image],
        lambda x, y: [
            ops.conv(x, normal(rng, 3, 4, 5)), ops.conv(x, normal(rng, 3, 4, 5), strides=2, padding="same"), ops.conv(x, normal(rng, 2, 4, 6), dilation_rate=2), ops.conv(y, normal(rng, 3, 2, 4, 5), strides=(2, 1), padding="same"),
            ops.conv(y, normal(rng, 2, 2, 4, 3), dilation_rate=(1, 2)), ops.depthwise_conv(y, normal(rng, 2, 3, 4, 2)), ops.depthwise_conv(x, normal(rng, 3, 4, 2), padding="same"), ops.separable_conv(y, normal(rng, 2, 3, 4, 2), normal(rng, 1, 1, 8, 5), padding="same"),
        ],
        tolerance=3e-5,
    )
    add(
        "pooling",
        [line, image, box],
        lambda x, y, z: [
            ops.max_pool(x, 2, strides=2), ops.max_pool(x, 3, strides=2, padding="same"), ops.max_pool(y, (2, 3), strides=1), ops.max_pool(z, 2, strides=1, padding="same"), ops.average_pool(x, 2, strides=2), ops.average_pool(x, 3, strides=2, padding="same"),
            ops.average_pool(y, (2, 3), strides=(2, 1), padding="same"), ops.average_pool(z, 2, strides=2), ops.max_pool(y, 2, strides=1, data_format="channels_first"),
        ],
    )
    add("adaptive pooling", [line, image], lambda x, y: [ops.adaptive_average_pool(x, (3,)), ops.adaptive_average_pool(y, (4, 2)), ops.adaptive_max_pool(y, (3, 3)), ops.adaptive_max_pool(x, (4,))], shapes_of_values=True)
    add("columns", [normal(rng, 2, 3, 5, 6)], lambda x: [ops.unfold(x, 2), ops.unfold(x, (2, 3), dilation=(2, 1), padding=1, stride=2)], shapes=[[2, 3, 5, 6]])
    return cases.made
