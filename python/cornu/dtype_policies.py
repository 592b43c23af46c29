"""In which dtypes layers compute and keep their weights."""

from __future__ import annotations

from typing import Any

from . import _core


class DTypePolicy:
    """In which dtype a layer computes, and in which it keeps its weights.

    Parameters
    ----------
    name : str
        `float32`, `float64`, `bfloat16`, `float16`, `mixed_bfloat16` or `mixed_float16`.

    Notes
    -----
    Agrees with ``keras.dtype_policies.DTypePolicy``.
    """

    def __init__(self, name: str) -> None:
        name = getattr(name, "name", name)
        self._compute, self._variable = _core.policy(name)
        self._name = name

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype that layers compute in."""
        return self._compute

    @property
    def variable_dtype(self) -> str:
        """The dtype that weights are kept in."""
        return self._variable

    def get_config(self) -> dict[str, Any]:
        """Give the config."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """Make the policy from its config."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'


FloatDTypePolicy = Policy = DTypePolicy


def get(identifier: Any) -> DTypePolicy:
    """Give the policy that is meant: its name, its config, or itself; the default for `None`."""
    from . import config

    if identifier is None:
        return config.dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return DTypePolicy(identifier.get("config", identifier)["name"])
    return DTypePolicy(str(getattr(identifier, "name", identifier)))


def serialize(policy: DTypePolicy) -> str:
    """Give the policy's name."""
    return policy.name


def deserialize(config: Any) -> DTypePolicy:
    """Give the policy of a config."""
    return get(config)
