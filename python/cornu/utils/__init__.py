"""Small tools around training: data preparation, files, seeds, progress bars, drawings, registration."""

from __future__ import annotations

import importlib
from typing import Any

_WHERE = {
    "arrays": ("normalize", "pad_sequences", "to_categorical"),
    "drawing": ("model_to_dot", "plot_model"),
    "files": ("get_file",),
    "folders": ("image_dataset_from_directory", "text_dataset_from_directory"),
    "images": ("array_to_img", "img_to_array", "load_img", "save_img", "smart_resize"),
    "messages": (
        "disable_interactive_logging",
        "enable_interactive_logging",
        "is_interactive_logging_enabled",
    ),
    "progbar": ("Progbar",),
    "py_dataset": ("PyDataset", "Sequence"),
    "session": ("clear_session", "is_keras_tensor", "set_random_seed"),
    "splitting": ("split_dataset",),
    "timeseries": ("timeseries_dataset_from_array",),
    ".._adapters": ("pack_x_y_sample_weight", "unpack_x_y_sample_weight"),
    "..saving": (
        "CustomObjectScope",
        "custom_object_scope",
        "deserialize_keras_object",
        "get_custom_objects",
        "get_registered_name",
        "get_registered_object",
        "register_keras_serializable",
        "serialize_keras_object",
    ),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    path = module if module.startswith(".") else f".{module}"
    value = getattr(importlib.import_module(path, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
