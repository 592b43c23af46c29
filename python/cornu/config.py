"""Defaults of the whole process: the dtype of floats, the order of images' axes."""

from __future__ import annotations

from typing import Any

_values: dict[str, Any] = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "dtype_policy": "float32",
}


def backend() -> str:
    """Give the name of what computes."""
    return "cornu"


def floatx() -> str:
    """Give the dtype that floats have unless said otherwise."""
    return _values["floatx"]


def set_floatx(value: str) -> None:
    """Set the dtype that floats have unless said otherwise: `float16`, `bfloat16`, `float32` or `float64`."""
    if value not in ("bfloat16", "float16", "float32", "float64"):
        raise ValueError(f"floatx is one of bfloat16, float16, float32, float64, got {value!r}")
    _values["floatx"] = _values["dtype_policy"] = value


def epsilon() -> float:
    """Give the small number that keeps divisions from zero."""
    return _values["epsilon"]


def set_epsilon(value: float) -> None:
    """Set the small number that keeps divisions from zero."""
    _values["epsilon"] = float(value)


def image_data_format() -> str:
    """Give where images have their channels: `channels_last`."""
    return _values["image_data_format"]


def set_image_data_format(data_format: str) -> None:
    """Set where images have their channels: `channels_last` or `channels_first`."""
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"data_format is channels_last or channels_first, got {data_format!r}")
    _values["image_data_format"] = data_format


def dtype_policy() -> Any:
    """Give the policy that layers have unless said otherwise."""
    from .dtype_policies import DTypePolicy

    return DTypePolicy(_values["dtype_policy"])


def set_dtype_policy(policy: Any) -> None:
    """Set the policy that layers made from now on have unless said otherwise: `mixed_bfloat16` ..."""
    from .dtype_policies import DTypePolicy

    _values["dtype_policy"] = DTypePolicy(getattr(policy, "name", policy)).name


def enable_interactive_logging() -> None:
    """Show progress bars."""
    from .utils import messages

    messages.enable_interactive_logging()


def disable_interactive_logging() -> None:
    """Show no progress bars."""
    from .utils import messages

    messages.disable_interactive_logging()


def is_interactive_logging_enabled() -> bool:
    """Say whether progress bars are shown."""
    from .utils import messages

    return messages.is_interactive_logging_enabled()


def enable_traceback_filtering() -> None:
    """Do nothing: tracebacks are short as they are."""


def disable_traceback_filtering() -> None:
    """Do nothing: tracebacks are short as they are."""


def is_traceback_filtering_enabled() -> bool:
    """Say whether tracebacks are shortened, which they need not be."""
    return False


def is_nnx_enabled() -> bool:
    """Say whether Flax's modules are used, which they are not."""
    return False
