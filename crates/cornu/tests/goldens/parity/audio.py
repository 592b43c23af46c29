"""Layers on sound."""

import numpy as np
from keras import layers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(61)
    sound = normal(rng, 2, 90)
    waves = normal(rng, 2, 40, 2)
    made = []

    def add(name, covers, build, given, **options):
        made.append(case(rng, name, covers, [given], build, **options))

    small = {"fft_length": 32, "sequence_stride": 12, "sampling_rate": 2000, "num_mel_bins": 6}
    add("mel", "MelSpectrogram", lambda x: layers.MelSpectrogram(**small)(x), sound, tolerance=3e-5)
    add(
        "mel of parts",
        "MelSpectrogram",
        lambda x: layers.MelSpectrogram(**small, sequence_length=20, window="hamming", min_freq=50.0, max_freq=900.0, top_db=12.0)(x),
        sound,
        tolerance=3e-5,
    )
    add(
        "mel without logarithm",
        "MelSpectrogram",
        lambda x: layers.MelSpectrogram(**small, power_to_db=False, mag_exp=1.0)(x),
        sound,
    )
    add(
        "mel against a power",
        "MelSpectrogram",
        lambda x: layers.MelSpectrogram(**small, ref_power=0.3, min_power=0.5)(x),
        sound,
        tolerance=3e-5,
    )
    for mode in ["log", "magnitude", "psd", "real", "imag", "stft", "angle"]:
        options = {"gradients": False, "tolerance": 2e-4} if mode == "angle" else {}
        add(mode, "STFTSpectrogram", lambda x: layers.STFTSpectrogram(mode=mode, frame_length=8)(x), waves, **options)
    add(
        "steps",
        "STFTSpectrogram",
        lambda x: layers.STFTSpectrogram(
            mode="magnitude", frame_length=6, frame_step=3, fft_length=16, window="hamming", periodic=True, scaling="spectrum", padding="same"
        )(x),
        waves,
    )
    add(
        "no window, more axes",
        "STFTSpectrogram",
        lambda x: layers.STFTSpectrogram(mode="psd", frame_length=8, window=None, scaling=None, expand_dims=True)(x),
        waves,
    )
    return made
