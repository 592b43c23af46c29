"""Computing in 16 bits: the global policy, under the names that scripts have for it."""

from __future__ import annotations

from .config import dtype_policy as global_policy
from .config import set_dtype_policy as set_global_policy
from .dtype_policies import DTypePolicy, Policy

set_dtype_policy = set_global_policy
dtype_policy = global_policy

__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]
