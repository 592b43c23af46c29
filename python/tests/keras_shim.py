"""A package `cornu` whose modules are those of this folder and whose engine is Keras."""

import importlib
import os
import sys
import types
from pathlib import Path

import numpy as np

PACKAGE = Path(__file__).parent.parent / "cornu"


def install() -> None:
    """Puts the package into `sys.modules`; without Keras, only what needs no engine works."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "cornu"]:
        del sys.modules[name]
    os.environ.setdefault("KERAS_BACKEND", "jax")
    package = types.ModuleType("cornu")
    package.__path__ = [str(PACKAGE)]

    def find(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return importlib.import_module(f"cornu.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"cornu.{name}":
                raise
        import keras

        let_keras_know_our_datasets()
        return getattr(keras, name)

    package.__getattr__ = find
    sys.modules["cornu"] = package
    core = types.ModuleType("cornu._core")
    for function in (set_seed, read_image, resize_image, write_image, load_digits, clear_session):
        setattr(core, function.__name__, function)
    sys.modules["cornu._core"] = core
    package._core = core


def let_keras_know_our_datasets() -> None:
    """Keras asks for its own class; what is ours has the same methods."""
    from cornu.utils import PyDataset
    from keras.src.trainers.data_adapters import py_dataset_adapter

    theirs = py_dataset_adapter.PyDataset
    if type(theirs) is not type:
        return

    class Either(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, (PyDataset, theirs))

    py_dataset_adapter.PyDataset = Either("PyDataset", (), {})


def set_seed(seed: int) -> None:
    import keras

    keras.utils.set_random_seed(seed)


def clear_session() -> None:
    import keras

    keras.utils.clear_session()


def read_image(path: str, color_mode: str) -> np.ndarray:
    from PIL import Image

    mode = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}[color_mode]
    array = np.array(Image.open(path).convert(mode))
    return array[..., None] if array.ndim == 2 else array


def resize_image(image: np.ndarray, height: int, width: int, interpolation: str) -> np.ndarray:
    import keras

    return np.asarray(
        keras.ops.image.resize(image.astype("float32"), (height, width), interpolation=interpolation)
    )


def write_image(path: str, image: np.ndarray) -> None:
    from PIL import Image

    Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).save(path)


def load_digits() -> tuple:
    from sklearn.datasets import load_digits

    digits = load_digits()
    return digits.images.astype("uint8"), digits.target.astype("uint8")
