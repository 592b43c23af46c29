"""Check ``.keras`` files that Cornu wrote, with Keras itself.

    python check.py DIR

For each ``NAME.keras`` in DIR there is a ``NAME.npz`` beside it with what
Cornu computed:

``input_0``, ``input_1``, ...
    A value for each of the model's inputs.
``output_0``, ``output_1``, ...
    Cornu's predictions for them.
``loss_resume``, ``x``, ``y`` (optional)
    The losses of as many further training steps, each on the whole of `x` and
    `y` and each before its update. A model with several inputs or outputs has
    ``x_0``, ``x_1``, ... or ``y_0``, ``y_1``, ... instead.

One line is printed for each file. The exit status is 1 when anything differs,
a file does not load or has nothing beside it, and 2 when there is no file.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_DEFAULT_MATMUL_PRECISION"] = "highest"

import keras
import numpy as np

PREDICTION_TOLERANCE = 1e-5
LOSS_TOLERANCE = 1e-4


def numbered(arrays, stem):
    """Collect ``stem_0``, ``stem_1``, ... or, failing those, ``stem``.

    Parameters
    ----------
    arrays : numpy.lib.npyio.NpzFile
        A loaded archive.
    stem : str
        The name before the number.

    Returns
    -------
    list of numpy.ndarray
        The arrays in order; empty when there is none.
    """
    found = []
    while f"{stem}_{len(found)}" in arrays:
        found.append(arrays[f"{stem}_{len(found)}"])
    if not found and stem in arrays:
        found.append(arrays[stem])
    return found


def one_or_all(values):
    """Unwrap a list of one, as Keras wants of models with one input.

    Parameters
    ----------
    values : list
        Some values.

    Returns
    -------
    object
        The only value, or the list.
    """
    return values[0] if len(values) == 1 else values


def difference(ours, keras_value):
    """Measure how far two arrays are apart.

    Parameters
    ----------
    ours, keras_value : numpy.ndarray
        Arrays that should be equal.

    Returns
    -------
    float
        The largest difference relative to the largest magnitude in
        `keras_value`; infinite when the shapes differ or a value is NaN.
    """
    ours = np.asarray(ours, np.float64)
    keras_value = np.asarray(keras_value, np.float64)
    if ours.shape != keras_value.shape:
        return float("inf")
    if ours.size == 0:
        return 0.0
    apart = np.abs(ours - keras_value).max()
    scale = max(np.abs(keras_value).max(), np.finfo(np.float32).tiny)
    return float(apart / scale) if np.isfinite(apart) else float("inf")


def check_predictions(model, arrays):
    """Compare predictions.

    Parameters
    ----------
    model : keras.Model
        The model loaded from Cornu's file.
    arrays : numpy.lib.npyio.NpzFile
        What Cornu computed.

    Returns
    -------
    bool
        Whether they agree.
    str
        A summary.
    """
    outputs = numbered(arrays, "output")
    inputs = numbered(arrays, "input")
    if not inputs or not outputs:
        return False, "no input_0 or no output_0"
    predictions = model.predict(one_or_all(inputs), verbose=0)
    if isinstance(predictions, dict):
        predictions = list(predictions.values())
    if not isinstance(predictions, (list, tuple)):
        predictions = [predictions]
    if len(predictions) != len(outputs):
        return False, f"{len(predictions)} outputs, not {len(outputs)}"
    worst = max(difference(a, b) for a, b in zip(outputs, predictions))
    return worst <= PREDICTION_TOLERANCE, f"predictions within {worst:.1e}"


def check_resume(model, arrays):
    """Train further and compare the losses.

    Parameters
    ----------
    model : keras.Model
        The model loaded from Cornu's file.
    arrays : numpy.lib.npyio.NpzFile
        What Cornu computed.

    Returns
    -------
    bool
        Whether they agree.
    str
        A summary; empty when there is nothing to compare.
    """
    if "loss_resume" not in arrays:
        return True, ""
    if not model.compiled:
        return False, "loss_resume, but not compiled"
    x, y = numbered(arrays, "x"), numbered(arrays, "y")
    if not x or not y:
        return False, "loss_resume, but no x or no y"
    expected = np.atleast_1d(arrays["loss_resume"])
    losses = []
    for _ in expected:
        # Without this, Keras answers with the mean over all steps so far.
        model.reset_metrics()
        logs = model.train_on_batch(
            one_or_all(x), one_or_all(y), return_dict=True
        )
        losses.append(logs["loss"])
    worst = max(difference(a, b) for a, b in zip(expected, losses))
    return (
        worst <= LOSS_TOLERANCE,
        f"{len(losses)} losses within {worst:.1e}",
    )


def check(path):
    """Check one file.

    Parameters
    ----------
    path : pathlib.Path
        A ``.keras`` file.

    Returns
    -------
    bool
        Whether all is well.
    str
        A summary.
    """
    beside = path.with_suffix(".npz")
    if not beside.exists():
        return False, f"no {beside.name}"
    try:
        model = keras.saving.load_model(path)
        with np.load(beside) as arrays:
            results = [
                check_predictions(model, arrays),
                check_resume(model, arrays),
            ]
    except Exception as error:  # noqa: BLE001 - whatever Keras raises
        if "requires TensorFlow" in str(error):
            return True, "not checked: Keras needs TensorFlow for it"
        return False, f"{type(error).__name__}: {error}"
    return (
        all(good for good, _ in results),
        ", ".join(text for _, text in results if text),
    )


def main(arguments):
    """Check every file in a folder.

    Parameters
    ----------
    arguments : list of str
        The folder.

    Returns
    -------
    int
        The exit status.
    """
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    paths = sorted(Path(arguments[0]).glob("*.keras"))
    if not paths:
        print(f"no .keras file in {arguments[0]}", file=sys.stderr)
        return 2
    bad = 0
    for path in paths:
        good, text = check(path)
        bad += not good
        print(f"{'ok  ' if good else 'FAIL'} {path.name}: {text}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
