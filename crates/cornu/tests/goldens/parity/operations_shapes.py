"""Operations that move elements: shapes, joins, indices, triangles."""

import numpy as np
from keras import ops
from listed import Cases
from shared import normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(33)
    cases = Cases(rng)
    add = cases.add
    x, cube = normal(rng, 3, 4), normal(rng, 2, 3, 4)
    i = rng.integers(0, 3, (2, 5)).astype("int32")

    add(
        "shapes",
        [cube],
        lambda x: [
            ops.reshape(x, (-1, 12)), ops.reshape(x, (-1, 2, 6)), ops.ravel(x), ops.transpose(x), ops.transpose(x, (0, 2, 1)), ops.swapaxes(x, 0, -1),
            ops.moveaxis(x, 1, -1), ops.moveaxis(x, (0, 1), (2, 0)), ops.expand_dims(x, 1), ops.expand_dims(x, (0, -1)),
            ops.squeeze(ops.sum(x, axis=1, keepdims=True), axis=1), ops.squeeze(ops.sum(x, axis=1, keepdims=True)), ops.broadcast_to(x[:, :1], (2, 3, 4)),
        ],
        shapes=[[2, 3, 4]],
    )
    add(
        "turned and repeated",
        [cube],
        lambda x: [
            ops.flip(x), ops.flip(x, axis=1), ops.flip(x, axis=(1, 2)), ops.fliplr(x), ops.flipud(x), ops.roll(x, 2), ops.roll(x, -1, axis=1), ops.roll(x, (1, 2), axis=(0, 2)),
            ops.rot90(x), ops.rot90(x[:, :, :3], k=2, axes=(1, 2)), ops.rot90(x, k=3, axes=(2, 0)), ops.tile(x, 2), ops.tile(x, (2, 1, 3)), ops.tile(x[:, 0], (2, 1, 2)), ops.repeat(x, 2, axis=1),
            ops.repeat(x, 3),
        ],
    )
    add(
        "padding",
        [cube],
        lambda x: [
            ops.pad(x, ((0, 0), (1, 2), (2, 0))), ops.pad(x, 1), ops.pad(x, (1, 0), constant_values=2.5), ops.pad(x, ((0, 0), (2, 1), (3, 2)), mode="reflect"),
            ops.pad(x, ((0, 0), (2, 1), (3, 5)), mode="symmetric"), ops.pad(x, ((1, 0), (2, 1), (0, 0)), mode="edge"), ops.pad(x, ((0, 0), (2, 1), (5, 0)), mode="wrap"),
        ],
    )
    add(
        "joined",
        [cube, normal(rng, 2, 3, 4)],
        lambda x, y: [
            ops.concatenate([x, y], axis=1), ops.concatenate([x, y, x]), ops.stack([x, y]), ops.stack([x, y], axis=-1), ops.hstack([x, y]), ops.vstack([x, y]), ops.dstack([x, y]),
            ops.append(x, y), ops.append(x, y, axis=2), ops.dstack([x[0], y[1]]), ops.concatenate([x, np.ones((2, 1, 4), "float32")], axis=1),
        ],
        shapes=[[2, 3, 4], [2, 3, 4]],
    )
    add(
        "parts",
        [normal(rng, 2, 4, 6)],
        lambda x: [
            *ops.split(x, 3, axis=2), *ops.split(x, [1, 3], axis=1), *ops.array_split(x, 4, axis=-1), *ops.hsplit(x, 2), *ops.vsplit(x, 2), *ops.dsplit(x, [2, 3]),
            *ops.unstack(x, axis=1), *ops.unstack(x, num=2),
        ],
        shapes=[[2, 4, 6]],
    )
    add("grids", [x], lambda x: [*ops.meshgrid(x[0], x[1, :3]), *ops.meshgrid(x[0, :2], x[1], x[2, :3], indexing="ij"), *ops.meshgrid(x[0], x[1], x[2, 1:])])
    add(
        "indices",
        [normal(rng, 2, 4, 6)],
        lambda x: [
            x[0], x[:, 1], x[:, -1, 2:], x[..., 0], x[..., None, 1:5:2], x[:, ::-1], x[:, 3:0:-2, :], x[1:, None], x[:, -3:-1], x[:, 2:2 + 1], x[None, ..., -1],
            x[:, 4:1:-1, ::3],
        ],
    )
    add("computed indices", [cube, i], lambda x, i: [ops.take(x, i, axis=1), ops.take(x, i[1], axis=-1)])
    add(
        "picked",
        [cube, np.array([[[2, 0, 1, -1]], [[1, 1, 0, 2]]], "int32")],
        lambda x, p: [
            ops.take(x, [0, 2], axis=1), ops.take(x, 1, axis=2), ops.take(x, [5, 0, 7]), ops.take(x, np.array([[1, -1]]), axis=1), ops.take_along_axis(x, p, axis=1),
            ops.take_along_axis(x, ops.argsort(x, axis=2), axis=2),
        ],
    )
    add(
        "places",
        [x[:2], i],
        lambda x, i: [
            ops.one_hot(i, 4), ops.one_hot(i, 3, axis=1), ops.one_hot(i, 3, axis=0, dtype="int32"), ops.multi_hot(i, 4), ops.digitize(x, np.array([-0.5, 0.1, 0.9], "float32")),
            ops.searchsorted(np.array([-0.5, 0.1, 0.9], "float32"), x), ops.searchsorted(np.array([0, 1, 2]), i, side="right"), *ops.unravel_index(i * 5, (3, 5)),
        ],
        gradients=False,
    )
    add(
        "triangles",
        [normal(rng, 4, 3, 4), normal(rng, 4, 4)],
        lambda x, m: [
            ops.tril(x), ops.triu(x, k=1), ops.tril(x, k=-1), ops.diag(m), ops.diag(m, k=1), ops.diag(m[0]), ops.diag(m[0], k=-2), ops.diagflat(m[:2, :2], k=1), ops.diagonal(x),
            ops.diagonal(x, offset=1, axis1=1, axis2=2), ops.diagonal(x, offset=-1, axis1=2, axis2=1), ops.trace(m), ops.trace(x, offset=1, axis1=1, axis2=2), ops.vander(m[0], N=3), ops.vander(m[1], increasing=True),
        ],
        shapes=[[4, 3, 4], [4, 4]],
    )
    add(
        "put in places",
        [normal(rng, 3, 5, 4), np.array([[1, 2], [0, 0], [3, 1]], "int32"), normal(rng, 3)],
        lambda y, i, v: (lambda x: [
            ops.scatter(i, v, (4, 3)), ops.scatter_update(x, i, v), ops.scatter_update(x, i, v, reduction="add"), ops.scatter_update(x, i, v, reduction="max"),
            ops.scatter_update(x, i, v, reduction="min"), ops.scatter(i[:, :1], x[:3, :], (5, 4)),
            ops.slice(x, [1, 2], [3, 2]), ops.slice(x, i[0], [2, 1]), ops.slice_update(x, [2, 1], x[:2, :2]), ops.slice_update(x, i[1], ops.ones_like(x[:3, :3])),
        ])(y[0]),
        shapes=[[3, 5, 4], [3, 2], [3]],
    )
    add("factors put in places", [normal(rng, 2, 5, 4), np.array([[1, 2], [0, 0]], "int32"), normal(rng, 2)], lambda x, i, v: [ops.scatter_update(x[0], i, v, reduction="mul")], shapes=[[2, 5, 4], [2, 2], [2]], gradients=False)
    add(
        "spaces",
        [x, normal(rng, 3, 4)],
        lambda x, y: [
            ops.linspace(x, y, 3), ops.linspace(x, 2.0, 4, endpoint=False, axis=-1), ops.logspace(x, y, 3), ops.logspace(x, y, 4, base=2, axis=1), ops.geomspace(ops.exp(x), ops.exp(y), 4),
        ],
        tolerance=2e-5,
    )
    add(
        "rearranged",
        [normal(rng, 2, 4, 6, 3)],
        lambda x: [
            ops.rearrange(x, "b h w c -> b c h w"), ops.rearrange(x, "b h w c -> b (h w) c"), ops.rearrange(x, "b (h h1) (w w1) c -> b h w (h1 w1 c)", h1=2, w1=3),
            ops.rearrange(x, "b h w c -> (b h) w c"),
        ],
        shapes=[[2, 4, 6, 3]],
    )
    image, wide = normal(rng, 2, 4, 6, 8), normal(rng, 2, 6, 4, 3)
    add(
        "images",
        [image, wide],
        lambda x, y: [
            ops.depth_to_space(x, 2), ops.space_to_depth(x, 2), ops.depth_to_space(x, 2, data_format="channels_first"), ops.space_to_depth(x, 2, data_format="channels_first"), ops.image.rgb_to_grayscale(y),
            ops.image.crop_images(x, 1, 2, target_height=2, target_width=3), ops.image.crop_images(x, bottom_cropping=1, right_cropping=2, target_height=2, target_width=3),
            ops.image.pad_images(x, 1, 2, 0, 1), ops.image.pad_images(x, top_padding=1, left_padding=2, target_height=7, target_width=9), ops.image.extract_patches(y, (2, 3)),
            ops.image.extract_patches(y, 3, strides=2, padding="same"), ops.image.extract_patches(y, 2, strides=1, dilation_rate=2), ops.psnr(x, x + 0.5, 2.0),
        ],
        shapes=[[2, 4, 6, 8], [2, 6, 4, 3]],
    )
    return cases.made
