"""Gradients within training steps."""

from __future__ import annotations

from typing import Any

from . import _core
from ._structure import leaves, map_leaves


class GradientTape:
    """Gives gradients within a training step, as scripts for TensorFlow ask for them.

    Nothing is recorded: what a training step computes is a graph, of which gradients are another part.

    Examples
    --------
    >>> def train_step(self, data):
    ...     x, y = data
    ...     with cornu.GradientTape() as tape:
    ...         loss = self.compute_loss(y=y, y_pred=self(x, training=True))
    ...     gradients = tape.gradient(loss, self.trainable_weights)
    ...     self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self.persistent = persistent

    def __enter__(self) -> GradientTape:
        if not _core.tracing():
            raise RuntimeError(
                "a GradientTape works within a training step: override train_step of a model, and let fit call it"
            )
        return self

    def __exit__(self, *error: Any) -> None:
        """Nothing is kept."""

    def watch(self, tensor: Any) -> None:
        """Do nothing: gradients can be asked by any tensor."""

    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: Any = None
    ) -> Any:
        """Give the gradients of `target` by `sources`, held together as those are."""
        from . import ops

        targets = leaves(target)
        total = targets[0]
        if len(targets) > 1:
            total = ops.sum(ops.stack([ops.sum(each) for each in targets]))
        if output_gradients is not None:
            total = total * output_gradients
        gradients = iter(_core.gradient(total, leaves(sources)))
        return map_leaves(lambda _: next(gradients), sources)

    def stop_recording(self) -> GradientTape:
        """Do nothing."""
        return self

    def reset(self) -> None:
        """Do nothing."""
