"""What the families share: how numbers are drawn and written."""

import json
from pathlib import Path

import jax
import keras
import numpy as np

HERE = Path(__file__).resolve().parent.parent

ACTIVATIONS = [
    ("linear", {}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("relu", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.1}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("selu", {}),
    ("gelu", {"approximate": False}),
    ("gelu", {"approximate": True}),
    ("silu", {}),
    ("softplus", {}),
    ("softmax", {}),
    ("log_softmax", {}),
]

# Those that grow fast, or change the shape, take data of their own.
MORE_ACTIVATIONS = [
    ("celu", {}),
    ("celu", {"alpha": 0.5}),
    ("exponential", {}),
    ("glu", {}),
    ("glu", {"axis": 0}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 1.5}),
    ("hard_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_tanh", {}),
    ("log_sigmoid", {}),
    ("mish", {}),
    ("relu6", {}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 1.5}),
    ("softsign", {}),
    ("sparse_plus", {}),
    ("sparse_sigmoid", {}),
    ("sparsemax", {}),
    ("sparsemax", {"axis": 0}),
    ("squareplus", {}),
    ("squareplus", {"b": 2.0}),
    ("tanh_shrink", {}),
    ("threshold", {"threshold": 0.5, "default_value": -1.0}),
    ("softmax", {"axis": 0}),
    ("log_softmax", {"axis": 0}),
]

# The activations above by the names that Keras resolves from a string, without
# those that no layer can use as they are.
ACTIVATION_NAMES = [
    name
    for name in dict.fromkeys(n for n, _ in ACTIVATIONS + MORE_ACTIVATIONS)
    if name not in ("glu", "threshold")
]


def number(value):
    """Turn a float32 into the Python float with the same shortest digits.

    Parameters
    ----------
    value : numpy.float32
        A finite number.

    Returns
    -------
    float
        A number whose JSON form is the shortest that parses back to `value`.
    """
    return float(str(np.float32(value)))


def array(value):
    """Turn an array into its JSON form, losing nothing.

    Parameters
    ----------
    value : array_like
        Anything NumPy makes an array of: float32, an integer type or bool.

    Returns
    -------
    dict
        ``{"shape": [...], "dtype": "...", "data": [flat, row-major]}``.
    """
    value = np.asarray(value)
    if value.dtype == np.float64:
        value = value.astype(np.float32)
    if value.dtype == np.int64:
        value = value.astype(np.int32)
    if value.dtype.kind == "f":
        if not np.isfinite(value).all():
            raise ValueError("a golden array must be finite")
        data = [number(v) for v in value.ravel()]
    else:
        data = [v.item() for v in value.ravel()]
    return {
        "shape": list(value.shape),
        "dtype": str(value.dtype),
        "data": data,
    }


def result(value):
    """Turn a scalar into a number and anything of higher rank into an array.

    Parameters
    ----------
    value : array_like
        What a loss or a metric gave.

    Returns
    -------
    float or dict
        A JSON number, or the form that `array` gives.
    """
    value = np.asarray(value)
    return number(value) if value.ndim == 0 else array(value)


def plain(value):
    """Turn a Keras config into plain JSON values.

    Parameters
    ----------
    value : object
        A config: nested dicts, lists and scalars, perhaps with Keras objects.

    Returns
    -------
    object
        The same with tuples and arrays as lists and Keras objects serialized.
    """
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return number(value) if value.dtype.kind == "f" else value.item()
    if isinstance(value, (np.ndarray, jax.Array)):
        value = np.asarray(value)
        flat = [plain(v) for v in value.ravel()]
        return np.array(flat, dtype=object).reshape(value.shape).tolist()
    return plain(keras.saving.serialize_keras_object(value))


def write(name, value):
    """Write one golden as compact JSON, one case on a line.

    Parameters
    ----------
    name : str
        The file's name in this folder.
    value : dict
        Its value; each list at the top level goes out an item a line.
    """

    def compact(item):
        return json.dumps(item, separators=(",", ":"), allow_nan=False)

    parts = []
    for key, item in value.items():
        if isinstance(item, list) and item:
            body = "[\n" + ",\n".join(compact(i) for i in item) + "\n]"
        else:
            body = compact(item)
        parts.append(f"{json.dumps(key)}:{body}")
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    json.loads(text)
    (HERE / name).write_text(text)
    print(f"{name}: {len(text)} bytes", flush=True)


N_UPDATES = 20

# How many rows each update has; the last has fewer.
SIZES = (4,) * (N_UPDATES - 1) + (3,)


class Table:
    """Arrays of all updates, one after the other, each kept once.

    Attributes
    ----------
    arrays : list of dict
        What `array` gives of each.
    """

    def __init__(self):
        self.arrays = []
        self.known = {}

    def put(self, updates):
        """Keep an array.

        Parameters
        ----------
        updates : list of numpy.ndarray or None
            The arrays of the updates, whose rows are joined; scalars are the
            rows of one array.

        Returns
        -------
        int or None
            Its place in the table.
        """
        if updates is None:
            return None
        parts = [np.asarray(update) for update in updates]
        join = np.stack if parts[0].ndim == 0 else np.concatenate
        value = array(join(parts))
        key = json.dumps(value)
        if key not in self.known:
            self.known[key] = len(self.arrays)
            self.arrays.append(value)
        return self.known[key]


def fresh(seed):
    """Reset Keras's names and seeds and return a generator for the data.

    Parameters
    ----------
    seed : int
        The seed of both.

    Returns
    -------
    numpy.random.Generator
        A generator of its own, independent of Keras's.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    return np.random.default_rng(seed)


def normal(rng, *shape, scale=1.0):
    """Draw float32 numbers from a normal distribution.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they come from.
    *shape : int
        The shape.
    scale : float
        The standard deviation.

    Returns
    -------
    numpy.ndarray
        Numbers rounded to four decimals, which keeps the goldens short.
    """
    return np.round(scale * rng.standard_normal(shape), 4).astype(np.float32)


def uniform(rng, low, high, *shape):
    """Draw float32 numbers from a uniform distribution.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they come from.
    low, high : float
        The interval.
    *shape : int
        The shape.

    Returns
    -------
    numpy.ndarray
        Numbers rounded to four decimals.
    """
    return np.round(rng.uniform(low, high, shape), 4).astype(np.float32)


def probabilities(rng, *shape):
    """Draw rows of probabilities that sum to about one, each in (0.02, 0.98).

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they come from.
    *shape : int
        The shape; the last axis holds the classes.

    Returns
    -------
    numpy.ndarray
        float32 probabilities.
    """
    raw = rng.uniform(0.15, 1.0, shape)
    return np.round(raw / raw.sum(-1, keepdims=True), 4).astype(np.float32)


def one_hot(labels, classes):
    """Turn labels into float32 one-hot rows.

    Parameters
    ----------
    labels : numpy.ndarray
        Integer labels.
    classes : int
        How many classes there are.

    Returns
    -------
    numpy.ndarray
        The rows.
    """
    return np.eye(classes, dtype=np.float32)[labels]
