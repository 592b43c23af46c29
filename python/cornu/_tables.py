"""What classes and functions are called and take: the table `_signatures.json`, read when first asked.

`python/tools/signatures.py` says what the table holds.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Binder:
    """What one class or function takes: brings the arguments of a call to a dict by name.

    Parameters
    ----------
    label
        What messages call it: `Dense.__init__()`.
    entry
        Its line in the table.
    base
        What the class that it derives from takes by name.
    is_open
        Whether `**kwargs` may hold any names, rather than those that the table lists.
    """

    __slots__ = (
        "defaults",
        "fields",
        "keywords",
        "label",
        "parameters",
        "positional",
        "required",
        "rest",
        "star",
    )

    def __init__(self, label: str, entry: Mapping[str, Any], base: Mapping[str, Any], is_open: bool) -> None:
        self.label = label
        self.parameters: list[Any] = entry["parameters"]
        self.positional: list[str] = []
        self.required: list[str] = []
        self.star: str | None = None
        self.rest: str | None = None
        self.defaults: dict[str, Any] = {}
        self.keywords: dict[str, Any] = {}
        by_position = True
        for item in self.parameters:
            name = item if isinstance(item, str) else item[0]
            if name.startswith("**"):
                self.rest = name[2:]
            elif name.startswith("*"):
                self.star = name[1:] or None
                by_position = False
            else:
                if by_position:
                    self.positional.append(name)
                if isinstance(item, str):
                    self.required.append(name)
                # The order of the parameters is that of the config.
                self.defaults[name] = None if isinstance(item, str) else _plain(item[1])
        own = frozenset(self.defaults)
        if self.rest is not None:
            refused = entry.get("refuses", ())
            shared = [item for item in base.get("parameters", ()) if isinstance(item, list)]
            for name, default in [*entry.get("keywords", ()), *shared, *base.get("keywords", ())]:
                if name not in own and name not in refused:
                    self.keywords.setdefault(name, _plain(default))
            self.defaults.update(self.keywords)
            if not is_open:
                self.rest = None
        fields = {**base.get("config", {}), **entry.get("config", {})}
        self.fields: dict[str, str | None] = {name: field for name, field in fields.items() if name in self.defaults}

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Give all parameters by name: those of the call, and the defaults of the others.

        Parameters
        ----------
        args
            The call's positional arguments.
        kwargs
            The call's named arguments.

        Returns
        -------
        dict
            In the order of the signature. What `*x` takes is a tuple under its name, what `**x` takes a dict.

        Raises
        ------
        TypeError
            If there are too many arguments, an unknown or repeated one, or if a required one is missing.
        """
        bound = self.defaults.copy()
        positional = self.positional
        n_args = len(args)
        if n_args:
            if n_args > len(positional):
                if self.star is None:
                    raise TypeError(self._too_many(n_args))
                bound[self.star] = args[len(positional) :]
            bound.update(zip(positional, args))  # noqa: B905 (there may be more of either)
        elif self.star is not None:
            bound[self.star] = ()
        if kwargs:
            known = self.defaults
            for name in kwargs:
                if name not in known:
                    if self.rest is None:
                        raise TypeError(self._unknown(name))
                elif n_args and name in positional[:n_args]:
                    raise TypeError(f"{self.label} got multiple values for argument '{name}'")
            if self.rest is None:
                bound.update(kwargs)
            else:
                extra = bound[self.rest] = {}
                for name, value in kwargs.items():
                    (bound if name in known else extra)[name] = value
        elif self.rest is not None:
            bound[self.rest] = {}
        if len(self.required) > n_args:
            missing = [name for name in self.required if name not in kwargs and name not in positional[:n_args]]
            if missing:
                raise TypeError(self._missing(missing))
        return bound

    def config(self, bound: Mapping[str, Any]) -> dict[str, Any]:
        """Give the fields of a config from bound parameters: Keras's names, without what is in no config."""
        fields = self.fields
        config = {}
        for name, value in bound.items():
            field = fields.get(name, name)
            if name == self.rest:
                config.update(value)
            elif field is not None:
                config[field] = value
        return config

    def signature(self) -> inspect.Signature:
        """Give the signature, as Python's `inspect` has it."""
        kind: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
        found = []
        for item in self.parameters:
            name = item if isinstance(item, str) else item[0]
            if name.startswith("**"):
                found.append(inspect.Parameter(name[2:], inspect.Parameter.VAR_KEYWORD))
                continue
            if name.startswith("*"):
                if name != "*":
                    found.append(inspect.Parameter(name[1:], inspect.Parameter.VAR_POSITIONAL))
                kind = inspect.Parameter.KEYWORD_ONLY
                continue
            default = inspect.Parameter.empty if isinstance(item, str) else _plain(item[1])
            found.append(inspect.Parameter(name, kind, default=default))
        return inspect.Signature(found)

    def _too_many(self, n_args: int) -> str:
        most = len(self.positional)
        # Python counts `self`, and so does who reads its messages.
        own = 1 if self.label.endswith(".__init__()") else 0
        least = len([name for name in self.required if name in self.positional])
        takes = f"from {least + own} to {most + own}" if least < most else str(most + own)
        plural = "" if takes == "1" else "s"
        were = "was" if n_args + own == 1 else "were"
        return f"{self.label} takes {takes} positional argument{plural} but {n_args + own} {were} given"

    def _unknown(self, name: str) -> str:
        # Imported for a message alone.
        import difflib

        known = list(self.defaults)
        near = difflib.get_close_matches(name, known, 1)
        hint = f". Did you mean '{near[0]}'?" if near else ""
        takes = f"; it takes {', '.join(known)}" if known else ""
        return f"{self.label} got an unexpected keyword argument '{name}'{hint or takes}"

    def _missing(self, missing: list[str]) -> str:
        quoted = [f"'{name}'" for name in missing]
        # As Python joins them: 'a', 'b', and 'c'.
        joined = (
            quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])}{',' * (len(quoted) > 2)} and {quoted[-1]}"
        )
        plural = "" if len(missing) == 1 else "s"
        by_name = all(name not in self.positional for name in missing)
        kind = "keyword-only" if by_name else "positional"
        return f"{self.label} missing {len(missing)} required {kind} argument{plural}: {joined}"


def _plain(default: Any) -> Any:
    # Tuples, as nobody changes them.
    return tuple(_plain(item) for item in default) if isinstance(default, list) else default


@cache
def table() -> dict[str, Any]:
    """Give the whole table."""
    return json.loads(Path(__file__).with_name("_signatures.json").read_text(encoding="utf-8"))


@cache
def aliases(module: str) -> dict[str, str]:
    """Give the module's other names, and what each is another name for."""
    parts = table()[module]
    return {
        alias: name
        for part in ("classes", "functions")
        for name, entry in parts.get(part, {}).items()
        for alias in entry.get("aliases", ())
    }


@cache
def names(module: str, part: str = "classes") -> tuple[str, ...]:
    """Give the names of the module's classes (or `functions`), without aliases, in alphabetical order."""
    return tuple(table()[module].get(part, ()))


def resolve(module: str, name: str) -> str | None:
    """Give the class or function that a name stands for: its own, an alias, or one that `get` accepts."""
    parts = table()[module]
    for part in ("classes", "functions"):
        if name in parts.get(part, ()):
            return name
    return aliases(module).get(name) or parts.get("strings", {}).get(name)


def entry(module: str, name: str) -> dict[str, Any]:
    """Give the line of a class or function in the table, which is not to be changed."""
    parts = table()[module]
    name = aliases(module).get(name, name)
    for part in ("classes", "functions", "base"):
        if found := parts.get(part, {}).get(name):
            return found
    raise AttributeError(f"cornu.{module} has no {name!r}")


@cache
def binder(module: str, name: str) -> Binder:
    """Give what binds the arguments of a class or function."""
    name = aliases(module).get(name, name)
    line = entry(module, name)
    parts = table()[module]
    if name in parts.get("functions", ()):
        return Binder(f"{name.rpartition('.')[2]}()", line, {}, is_open=True)
    (base,) = parts["base"].values()
    return Binder(f"{name}.__init__()", line, base, is_open=line.get("open", False))


class Operation(NamedTuple):
    """How a function of `ops` becomes an operation: `Mean(axis=axis, keepdims=keepdims)(x)`."""

    module: str
    name: str
    call: tuple[str, ...]
    """The parameters that it is called with; `*x` and `**x` stand for as many as there are."""
    settings: tuple[str, ...]
    """The parameters that are its settings."""

    def split(self, bound: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any], dict[str, Any]]:
        """Give what the operation is called with, by position and by name, and its settings."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for name in self.call:
            if name.startswith("**"):
                kwargs.update(bound[name[2:]])
            elif name.startswith("*"):
                args.extend(bound[name[1:]])
            else:
                args.append(bound[name])
        return args, kwargs, {name: bound[name] for name in self.settings}


@cache
def operation(name: str) -> Operation | None:
    """Give the operation of a function of `ops`, or nothing if it stands for none that there is."""
    line = entry("ops", name)
    if "operation" not in line:
        return None
    module, _, cls = line["operation"].rpartition(".")
    call = tuple(line["call"])
    called = {argument.lstrip("*") for argument in call}
    settings = tuple(parameter for parameter in binder("ops", name).defaults if parameter not in called)
    # What takes any names is one of the parameters too.
    return Operation(module, cls, call, settings)


def signature(module: str, name: str) -> inspect.Signature:
    """Give the signature of a class (without `self`) or of a function."""
    return binder(module, name).signature()


def bind(module: str, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Bind a call's arguments; see `Binder.bind`."""
    return binder(module, name).bind(args, kwargs)


def config(module: str, name: str, bound: Mapping[str, Any]) -> dict[str, Any]:
    """Give the config of bound arguments; see `Binder.config`."""
    return binder(module, name).config(bound)
