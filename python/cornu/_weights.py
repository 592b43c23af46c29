"""The weights of layers: made, listed, set, and shared by all models that have the layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _session
from ._item import plain
from ._structure import leaves
from ._symbolic import Operation
from ._variable import Variable, _dtype_name


class Weighted(Operation):
    """What has weights, of its own and of the layers within."""

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: Any = None,
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Make a weight.

        Parameters
        ----------
        shape : tuple of int
            The shape; a single number unless given.
        initializer : optional
            How it starts: Glorot's uniform numbers unless said otherwise, zeros for whole numbers.
        dtype : str, optional
            The dtype; that of the layer's weights unless given.
        trainable : bool
            Whether it has a gradient.
        regularizer, constraint : optional
            A penalty, and what it is brought back to after each update.
        name : str, optional
            What it is called.
        """
        from . import constraints, initializers, regularizers

        if isinstance(shape, str):
            # As in older scripts: add_weight("name", shape).
            shape, name = name, shape
        if isinstance(initializer, (tuple, list)) and not callable(initializer):
            shape, initializer = initializer, None
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        if any(extent is None for extent in shape):
            raise ValueError(f"a weight has extents that are known, got {shape}")
        dtype = _dtype_name(dtype, self.variable_dtype)
        if initializer is None:
            initializer = "glorot_uniform" if "float" in dtype else "zeros"
        name = name or "variable"
        stem, number = name, 1
        while name in self._weights:
            name = f"{stem}_{number}"
            number += 1
        regularizer, constraint = regularizers.get(regularizer), constraints.get(constraint)
        variable = Variable(
            initializers.get(initializer),
            shape=shape,
            dtype=dtype,
            trainable=trainable,
            name=name,
            _layer=self._id,
            _path=f"{self.name}/{name}",
            _regularizer=plain(regularizer),
            _constraint=plain(constraint),
        )
        self._weights[name] = variable
        return variable

    add_variable = add_weight

    def _own(self) -> list[Variable]:
        """Give its own weights, without those of the layers within: trainable ones first."""
        self._take_variables()
        own = list(self._weights.values())
        return [w for w in own if w.trainable] + [w for w in own if not w.trainable]

    def _take_variables(self) -> None:
        """Make variables that were assigned to attributes the layer's own."""
        for attribute, value in list(self.__dict__.items()):
            if isinstance(value, Variable) and value.layer == 0:
                value.adopt(self._id, attribute, f"{self.name}/{attribute}")
                self._weights[attribute] = value

    def _sublayers(self) -> Iterator[tuple[str, Any]]:
        """Give the layers that it has as attributes, alone or in lists and dictionaries, with the attributes' names."""
        seen: set[int] = set()
        for attribute, value in list(self.__dict__.items()):
            if attribute.startswith("_") and attribute not in ("_layers", "_base"):
                continue
            if isinstance(value, Weighted):
                found = [(attribute, value)]
            elif isinstance(value, (list, tuple, dict)):
                # Within a container they are named by their classes, and numbered.
                names: dict[str, int] = {}
                found = []
                for item in leaves(value):
                    if isinstance(item, Weighted):
                        stem = _session.snake_case(type(item).__name__)
                        n = names[stem] = names.get(stem, 0) + 1
                        found.append((f"{attribute}/{stem}" + (f"_{n - 1}" if n > 1 else ""), item))
            else:
                continue
            for name, layer in found:
                if id(layer) not in seen and layer is not self:
                    seen.add(id(layer))
                    yield name, layer

    @property
    def weights(self) -> list[Variable]:
        """All weights: its own, then those of the layers within."""
        found = self._own() if self._describes_itself else list(self._weights.values())
        for _, layer in self._sublayers() if self._describes_itself else ():
            found += [weight for weight in layer.weights if all(weight is not known for known in found)]
        return found

    @property
    def variables(self) -> list[Variable]:
        """All weights."""
        return self.weights

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        if not self._trainable:
            return []
        found = [w for w in (self._own() if self._describes_itself else self._weights.values()) if w.trainable]
        for _, layer in self._sublayers() if self._describes_itself else ():
            found += [w for w in layer.trainable_weights if all(w is not known for known in found)]
        return found

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training does not change by gradients."""
        trained = {id(weight) for weight in self.trainable_weights}
        return [weight for weight in self.weights if id(weight) not in trained]

    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    @property
    def trainable(self) -> bool:
        """Whether training changes its weights; a model takes notice when it is compiled."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        self._trainable = bool(trainable)
        self._engine_layer = None if self._engine_layer is None else self._engine_layer.with_trainable(self._trainable)
        self._alone.clear()
        for _, layer in self._sublayers():
            layer.trainable = trainable

    def get_weights(self) -> list[np.ndarray]:
        """Give the numbers of all weights."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Set the numbers of all weights."""
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"{self.name} has {len(own)} weights, got {len(weights)}; pass what get_weights of such a "
                f"{'model' if hasattr(self, 'fit') else 'layer'} gives"
            )
        arrays = [np.asarray(value) for value in weights]
        for weight, value in zip(own, arrays, strict=True):
            if weight.shape != value.shape:
                raise ValueError(f"{weight.path} has shape {weight.shape}, got {value.shape}")
        for weight, value in zip(own, arrays, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        """Give the number of weights' elements."""
        if not self.built and not self.weights:
            raise ValueError(f"{self.name} has no weights yet: it is made ready when it is first called")
        return sum(int(np.prod(weight.shape, dtype=np.int64)) for weight in self.weights)

    def _variable_at(self, path: str) -> Variable | None:
        """Give the weight at a path within the layer."""
        head, _, rest = path.partition("/")
        if rest and head in self._children:
            return self._children[head]._variable_at(rest)
        return self._weights.get(path)

    def _add_variable_at(self, path: str, value: np.ndarray, trainable: bool) -> Variable:
        head, _, rest = path.partition("/")
        if rest and head in self._children:
            return self._children[head]._add_variable_at(rest, value, trainable)
        self.built = True
        variable = Variable(
            value,
            dtype=value.dtype.name,
            trainable=trainable,
            name=path,
            _layer=self._id,
            _path=f"{self.name}/{path}",
        )
        self._weights[path] = variable
        return variable

    def _adopt(self, core: Any, bind: bool) -> None:
        """Make variables of the weights that a model of this layer alone has, where there are none yet."""
        prefix = f"{self.name}/"
        for index, path, _, _, trainable in core.weights():
            path = path.removeprefix(prefix)
            variable = self._variable_at(path)
            if variable is None:
                variable = self._add_variable_at(path, core.value(index), trainable)
            if bind:
                core.bind(index, variable)
        self.built = True
