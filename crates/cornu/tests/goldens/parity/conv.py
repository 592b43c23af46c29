"""Convolutions: plain, transposed, of each channel by itself, separable."""

import numpy as np
from keras import layers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(21)
    steps, image, volume = normal(rng, 2, 9, 4), normal(rng, 2, 6, 7, 4), normal(rng, 2, 4, 5, 3, 4)
    made = []

    def add(name, layer, x, **options):
        build = layer if callable(layer) and not isinstance(layer, layers.Layer) else lambda x: layer(x)
        covers = type(layer).__name__ if isinstance(layer, layers.Layer) else options.pop("covers")
        made.append(case(rng, name, covers, [x], build, **options))

    first = {"data_format": "channels_first"}

    def turned(x):
        return np.moveaxis(x, -1, 1)

    # One axis.
    add("valid", layers.Conv1D(3, 2), steps)
    add("strides, no bias", layers.Conv1D(3, 4, strides=3, use_bias=False, activation="tanh"), steps)
    add("same, strides", layers.Conv1D(3, 4, strides=2, padding="same"), steps)
    add("same, dilated", layers.Conv1D(3, 3, dilation_rate=2, padding="same"), steps)
    add("causal", layers.Conv1D(3, 3, padding="causal", activation="relu"), steps)
    add("causal, dilated", layers.Conv1D(3, 3, padding="causal", dilation_rate=2), steps)
    add("causal, strides", layers.Conv1D(3, 3, padding="causal", strides=2), steps)
    add("groups", layers.Conv1D(6, 3, groups=2), steps)
    add("channels first", layers.Conv1D(3, 3, padding="same", **first), turned(steps))
    add("causal, channels first", layers.Conv1D(3, 2, padding="causal", **first), turned(steps))
    add("open steps", layers.Conv1D(3, 3, strides=2), steps, shapes=[(None, 4)])
    # Two axes.
    add("valid", layers.Conv2D(3, 3), image)
    add("oblong, strides", layers.Conv2D(3, (2, 3), strides=(2, 1), activation="sigmoid"), image)
    add("same", layers.Conv2D(3, (4, 3), padding="same"), image)
    add("same, strides", layers.Conv2D(3, 3, padding="same", strides=2), image)
    add("same, strides beyond the kernel", layers.Conv2D(3, 2, padding="same", strides=4), image)
    add("dilated", layers.Conv2D(3, 2, dilation_rate=(2, 3)), image)
    add("groups", layers.Conv2D(4, 3, groups=2, activation="softmax"), image)
    add("as many groups as channels", layers.Conv2D(8, 3, groups=4, padding="same"), image)
    add("a kernel of one", layers.Conv2D(5, 1, use_bias=False), image)
    add("channels first", layers.Conv2D(3, (2, 3), strides=(1, 2), **first), turned(image))
    add("channels first, softmax", layers.Conv2D(2, 3, padding="same", activation="softmax", **first), turned(image))
    add("open rows and columns", layers.Conv2D(3, 3, padding="same", strides=2), image, shapes=[(None, None, 4)])
    add(
        "penalties and constraints",
        layers.Conv2D(
            2,
            2,
            kernel_regularizer="l2",
            bias_regularizer="l1",
            activity_regularizer="l2",
            kernel_constraint="non_neg",
            bias_constraint="max_norm",
            kernel_initializer="he_normal",
            bias_initializer="ones",
        ),
        image,
    )
    add("bfloat16 on float32", layers.Conv2D(3, 3, dtype="mixed_bfloat16"), image, tolerance=3e-2)
    add("float16", layers.Conv2D(3, 3, padding="same", dtype="float16"), image, tolerance=4e-3)
    add(
        "shared",
        lambda x: (lambda conv: [conv(x), conv(conv(x))])(layers.Conv2D(4, 3)),
        image,
        covers="Conv2D",
    )
    # Three axes.
    add("valid", layers.Conv3D(3, 2), volume)
    add("same, strides", layers.Conv3D(2, (2, 3, 1), strides=(2, 1, 2), padding="same"), volume)
    add("dilated, groups", layers.Conv3D(4, 2, dilation_rate=(1, 2, 1), groups=2, use_bias=False), volume)
    add("channels first", layers.Conv3D(2, 2, padding="same", activation="tanh", **first), turned(volume))
    # Transposed.
    steps, image, volume = normal(rng, 2, 4, 3), normal(rng, 2, 3, 4, 2), normal(rng, 2, 2, 3, 2, 2)
    for kernel, stride in [(3, 1), (3, 2), (2, 3), (1, 2), (4, 2), (5, 2)]:
        for padding in ["valid", "same"]:
            name = f"{padding}, kernel {kernel}, strides {stride}"
            add(name, layers.Conv1DTranspose(2, kernel, strides=stride, padding=padding), steps)
            if stride > 1:
                layer = layers.Conv1DTranspose(2, kernel, strides=stride, padding=padding, output_padding=stride - 1)
                add(f"{name}, output padding {stride - 1}", layer, steps)
                layer = layers.Conv1DTranspose(2, kernel, strides=stride, padding=padding, output_padding=0)
                add(f"{name}, output padding 0", layer, steps)
    add("dilated", layers.Conv1DTranspose(2, 3, dilation_rate=2, activation="tanh"), steps)
    add("same, dilated", layers.Conv1DTranspose(2, 3, dilation_rate=2, padding="same"), steps)
    add("open steps", layers.Conv1DTranspose(2, 3, strides=2), steps, shapes=[(None, 3)])
    add("channels first", layers.Conv1DTranspose(2, 3, strides=2, **first), turned(steps))
    add("valid", layers.Conv2DTranspose(3, 3, use_bias=False), image)
    add("same, strides", layers.Conv2DTranspose(3, (3, 2), strides=(1, 2), padding="same", activation="relu"), image)
    layer = layers.Conv2DTranspose(3, (2, 3), strides=2, padding="same", output_padding=(1, 0))
    add("same, output padding", layer, image)
    add("dilated", layers.Conv2DTranspose(3, 2, dilation_rate=(2, 3), padding="same"), image)
    add("channels first", layers.Conv2DTranspose(3, 3, strides=(2, 1), padding="same", **first), turned(image))
    add("bfloat16 on float32", layers.Conv2DTranspose(3, 3, dtype="mixed_bfloat16"), image, tolerance=3e-2)
    add("valid", layers.Conv3DTranspose(2, (2, 1, 3)), volume)
    layer = layers.Conv3DTranspose(2, 2, strides=(1, 2, 3), padding="same", output_padding=(0, 1, 2))
    add("same, output padding", layer, volume)
    add("channels first, dilated", layers.Conv3DTranspose(2, 2, dilation_rate=2, **first), turned(volume))
    # Of each channel by itself.
    steps, image = normal(rng, 2, 7, 3), normal(rng, 2, 5, 6, 3)
    add("valid", layers.DepthwiseConv1D(3), steps)
    add("strides, same, two kernels", layers.DepthwiseConv1D(2, strides=2, padding="same", depth_multiplier=2), steps)
    add("dilated", layers.DepthwiseConv1D(3, dilation_rate=2, use_bias=False, activation="tanh"), steps)
    add("channels first", layers.DepthwiseConv1D(3, depth_multiplier=2, **first), turned(steps))
    add("valid", layers.DepthwiseConv2D(3), image)
    add("oblong, two kernels", layers.DepthwiseConv2D((2, 3), depth_multiplier=2, activation="relu"), image)
    add("strides, same", layers.DepthwiseConv2D(3, strides=2, padding="same"), image)
    add("dilated", layers.DepthwiseConv2D(2, dilation_rate=(1, 2), padding="same"), image)
    add("channels first", layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", **first), turned(image))
    add(
        "penalties and constraints",
        layers.DepthwiseConv2D(
            2,
            depthwise_regularizer="l2",
            bias_regularizer="l1",
            activity_regularizer="l1",
            depthwise_constraint="unit_norm",
            depthwise_initializer="he_uniform",
        ),
        image,
    )
    # Separable.
    add("valid", layers.SeparableConv1D(4, 3), steps)
    layer = layers.SeparableConv1D(4, 2, strides=2, padding="same", depth_multiplier=2, activation="tanh")
    add("strides, same, two kernels", layer, steps)
    add("dilated", layers.SeparableConv1D(2, 3, dilation_rate=2, use_bias=False), steps)
    add("channels first", layers.SeparableConv1D(4, 3, **first), turned(steps))
    add("valid", layers.SeparableConv2D(4, 3), image)
    add("oblong, two kernels", layers.SeparableConv2D(4, (2, 3), depth_multiplier=2, activation="relu"), image)
    add("strides, same", layers.SeparableConv2D(4, 3, strides=2, padding="same"), image)
    add("dilated", layers.SeparableConv2D(4, 2, dilation_rate=2, padding="same"), image)
    add("channels first", layers.SeparableConv2D(4, 3, depth_multiplier=2, **first), turned(image))
    add(
        "penalties and constraints",
        layers.SeparableConv2D(
            2,
            2,
            depthwise_regularizer="l2",
            pointwise_regularizer="l1",
            bias_regularizer="l1",
            depthwise_constraint="unit_norm",
            pointwise_constraint="non_neg",
            pointwise_initializer="he_uniform",
        ),
        image,
    )
    return made
