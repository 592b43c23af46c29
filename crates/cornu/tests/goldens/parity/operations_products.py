"""Operations that are products: matrices, einsum, Fourier transforms."""

import numpy as np
from keras import ops
from listed import Cases
from shared import normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(34)
    cases = Cases(rng)
    add = cases.add
    a, b, m = normal(rng, 2, 3, 4), normal(rng, 2, 4, 5), normal(rng, 4, 3)

    add("matrices", [a, b], lambda a, b: [a @ b, ops.matmul(a, m), ops.matmul(a, b[:, :, 0][:, :, None]), a @ m[:, 0], ops.matmul(a[0, 0], m), ops.matmul(np.swapaxes(m, 0, 1), b), a[0, 0] @ b[0, :, 1]])
    add("broadcast matrices", [normal(rng, 2, 1, 3, 4), normal(rng, 2, 5, 4, 2)], lambda a, b: [a @ b, ops.matmul(a[:, 0], b[:, 0])])
    add("integers", [rng.integers(-5, 5, (3, 4)).astype("int32")], lambda i: [i @ np.arange(8, dtype="int32").reshape(4, 2), ops.dot(i, np.arange(4, dtype="int32"))], gradients=False)
    add(
        "dot products",
        [a, b],
        lambda a, b: [
            ops.dot(a, m), ops.dot(a, m[:, 0]), ops.dot(a, b), ops.dot(a, 2.0), ops.inner(a, m.T), ops.inner(a, a), ops.vdot(a[0], m), ops.outer(a[0, 0], b[0]),
            ops.tensordot(a, m, axes=1), ops.tensordot(a, b, axes=[[0, 2], [0, 1]]), ops.tensordot(a, b, axes=((2,), (1,))), ops.tensordot(a[0], m, axes=0),
        ],
        shapes=[[2, 3, 4], [2, 4, 5]],
    )
    add(
        "letters",
        [a, b, normal(rng, 2, 3, 3)],
        lambda a, b, c: [
            ops.einsum("bij,bjk->bik", a, b), ops.einsum("bij,bjk", a, b), ops.einsum("...ij,...jk->...ki", a, b), ops.einsum("bij->bji", a), ops.einsum("bij->b", a), ops.einsum("bii->bi", c), ops.einsum("bii->b", c),
            ops.einsum("bij,jk->bik", a, m), ops.einsum("bij,bjk,bil->bkl", a, b, c), ops.einsum("bij,bij->", a, a), ops.einsum("ij,kl->ikjl", a[0], b[1]), ops.einsum("bij", a), ops.einsum("ba...,ba...->b...", a, a), ops.einsum("bii", c),
        ],
        shapes=[[2, 3, 4], [2, 4, 5], [2, 3, 3]],
    )
    add(
        "vectors",
        [normal(rng, 4, 3), normal(rng, 4, 3)],
        lambda x, y: [
            ops.cross(x, y), ops.cross(ops.transpose(x), y, axisa=0), ops.cross(x[:, :2], y[:, :2]), ops.cross(ops.transpose(x), ops.transpose(y), axis=0), ops.kron(x, y[:2, :2]), ops.kron(x[0], y[1]),
            ops.correlate(x[:, 0], y[:3, 1]), ops.correlate(x[:, 0], y[:3, 1], mode="same"), ops.correlate(x[:, 0], y[:2, 1], mode="same"), ops.correlate(x[:, 0], y[:3, 1], mode="full"),
            ops.correlate(x[:2, 0], y[:, 1], mode="full"), ops.correlate(x[:2, 0], y[:, 1]), ops.corrcoef(x[:3, :]), ops.cdist(x, y[:2, :]),
        ],
        shapes=[[4, 3], [4, 3]],
        tolerance=2e-5,
    )
    add(
        "Fourier transforms",
        [normal(rng, 2, 3, 6), normal(rng, 2, 3, 6)],
        lambda re, im: [
            *ops.fft((re, im)), *ops.fft2((re, im)), *ops.ifft2((re, im)), *ops.rfft(re), *ops.rfft(re, fft_length=8), *ops.rfft(re, fft_length=5), ops.irfft((re, im)), ops.irfft((re, im), fft_length=7), ops.irfft((re, im), fft_length=14),
            *ops.stft(re, 4, 2, 5), *ops.stft(re, 3, 1, 4, window="hamming", center=False), *ops.stft(re, 4, 2, 4, window=None), ops.extract_sequences(re, 3, 2),
        ],
        tolerance=2e-5,
    )
    return cases.made
