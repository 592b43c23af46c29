"""Neural networks that train, explain and run on CPUs, under Keras's names.

>>> import cornu as keras
>>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
>>> model.count_params()
15

Modules are loaded when they are first used: `import cornu` alone is quick.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from typing import Any

from ._core import __version__ as __version__

_MODULES = (
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "data",
    "datasets",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "sklearn",
    "utils",
)
_NAMES = {
    "DTypePolicy": "dtype_policies",
    "EagerTensor": "_tensor",
    "GradientTape": "_tape",
    "Initializer": "initializers",
    "Input": "_symbolic",
    "InputSpec": "_symbolic",
    "KerasTensor": "_symbolic",
    "Layer": "_layer",
    "Loss": "losses",
    "Metric": "metrics",
    "Model": "_model",
    "Operation": "_symbolic",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "Sequential": "_sequential",
    "StatelessScope": "backend",
    "Tensor": "_tensor",
    "Variable": "_variable",
    "device": "backend",
    "name_scope": "backend",
    "set_seed": "_session",
    "set_threads": "_session",
    "version": "backend",
}
__all__ = sorted({*_MODULES, *_NAMES, "__version__", "keras"})


class _Alias(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets `cornu.keras.layers` be `cornu.layers`, and not a second copy of it."""

    _PREFIX = f"{__name__}.keras"

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname == self._PREFIX or fullname.startswith(self._PREFIX + "."):
            return importlib.machinery.ModuleSpec(fullname, self)
        return None

    def create_module(self, spec: Any) -> Any:
        return importlib.import_module(__name__ + spec.name[len(self._PREFIX) :])

    def exec_module(self, module: Any) -> None:
        # What is imported under another name keeps its own.
        module.__name__ = module.__name__.replace(self._PREFIX, __name__)
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, module.__loader__)


if not any(isinstance(finder, _Alias) for finder in sys.meta_path):
    sys.meta_path.insert(0, _Alias())


def __getattr__(name: str) -> Any:
    if name == "keras":
        value = sys.modules[__name__]
    elif name in _NAMES:
        value = getattr(importlib.import_module(f".{_NAMES[name]}", __name__), name)
    elif name in _MODULES:
        value = importlib.import_module(f".{name}", __name__)
    else:
        import difflib

        if not name.startswith("_"):
            from . import _tensorflow

            try:
                value = globals()[name] = _tensorflow.find(name)
            except AttributeError:
                pass
            else:
                return value

        near = difflib.get_close_matches(name, [*_MODULES, *_NAMES], 1)
        hint = f". Did you mean: '{near[0]}'?" if near and not name.startswith("_") else ""
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
