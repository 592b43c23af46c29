"""Classes, functions and modules made from the table of signatures, at first access."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from . import _tables

Summaries = Callable[[str], str]


class _Signature:
    """A class's signature. Subclasses with an `__init__` of their own have their own."""

    def __init__(self, init: Callable[..., None], binder: _tables.Binder) -> None:
        self._init = init
        self._binder = binder

    def __get__(self, instance: Any, owner: type) -> inspect.Signature:
        if owner.__init__ is not self._init:  # type: ignore[misc]
            # Where there is none, `inspect` looks at the `__init__` of the subclass.
            raise AttributeError("__signature__")
        return self._binder.signature()


def make_class(module: str, name: str, base: type, summary: str = "", public: str | None = None) -> type:
    """Make the class of that name: a subclass of `base` that binds its arguments as Keras's does.

    Parameters
    ----------
    module
        The module's name in the table: `layers`.
    name
        The class's name there, or an alias, which gives the class that it is an alias of.
    base
        What it derives from. Its `_configure(bound)` is called with all arguments by name, defaults too;
        `_binder.config(bound)` makes a config of them.
    summary
        One line on what it is.
    public
        The module that the class is in; `cornu.layers` unless given.

    Returns
    -------
    type
        The class. Pickles hold its config, for which `base` has to have `get_config`.
    """
    name = _tables.aliases(module).get(name, name)
    binder = _tables.binder(module, name)
    bind = binder.bind
    public = public or f"cornu.{module}"

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        self._configure(bind(args, kwargs))

    def reduce(self: Any) -> tuple[Any, ...]:
        return revive, (type(self), self.get_config())

    init.__name__ = "__init__"
    init.__qualname__ = f"{name}.__init__"
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = binder.signature().parameters.values()
    init.__signature__ = inspect.Signature([own, *parameters])  # type: ignore[attr-defined]
    body = {
        "__module__": public,
        "__qualname__": name,
        "__doc__": document(binder, summary, f"keras.{public.partition('.')[2]}.{name}"),
        "__init__": init,
        "__signature__": _Signature(init, binder),
        "_binder": binder,
        "_made_init": init,
    }
    if base.__reduce__ is object.__reduce__:
        body["__reduce__"] = reduce
    if not hasattr(base, "from_config"):
        body["from_config"] = classmethod(lambda cls, config: cls(**config))
    return types.new_class(name, (base,), {}, lambda namespace: namespace.update(body))


def revive(cls: Any, config: dict[str, Any]) -> Any:
    """Make an instance of a made class, or of one that derives from it, from its config."""
    # A subclass with arguments of its own that says nothing of its config is known by that of its parent.
    made = next((parent for parent in cls.__mro__ if "_made_init" in vars(parent)), None)
    if made is None:
        return cls.from_config(config)
    if cls.__init__ is not made.__init__ and cls.get_config is made.get_config:
        instance = cls.__new__(cls)
        made.__init__(instance, **config)
        return instance
    return cls.from_config(config)


def make_function(
    module: str,
    name: str,
    call: Callable[[dict[str, Any]], Any],
    summary: str = "",
    public: str | None = None,
) -> Callable[..., Any]:
    """Make the function of that name, which binds its arguments as Keras's does and hands them to `call`.

    Parameters
    ----------
    module
        The module's name in the table: `ops`.
    name
        The function's name there: `image.crop_images`.
    call
        What is called with all arguments by name, defaults filled in.
    summary
        One line on what it computes.
    public
        The module that the function is in; `cornu.ops` unless given.
    """
    name = _tables.aliases(module).get(name, name)
    binder = _tables.binder(module, name)
    bind = binder.bind

    def function(*args: Any, **kwargs: Any) -> Any:
        return call(bind(args, kwargs))

    function.__name__ = function.__qualname__ = name.rpartition(".")[2]
    function.__module__ = public or f"cornu.{module}"
    function.__doc__ = document(binder, summary, f"keras.{module}.{name}")
    function.__signature__ = binder.signature()  # type: ignore[attr-defined]
    return function


def document(binder: _tables.Binder, summary: str, agrees: str) -> str:
    """Write the docstring of a class or function, as NumPy's guide has it."""
    lines = [_sentence(summary), ""] if summary else []
    if binder.parameters:
        lines += ["Parameters", "----------"]
    for item in binder.parameters:
        if isinstance(item, list):
            lines.append(f"{item[0]} : default {binder.defaults[item[0]]!r}")
        elif item.startswith("**") and binder.keywords:
            lines.append(item)
            lines += [f"    {name} : default {default!r}" for name, default in binder.keywords.items()]
        elif item != "*":
            lines.append(item)
    if binder.parameters:
        lines.append("")
    lines += ["Notes", "-----", f"Agrees with ``{agrees}``.", ""]
    return "\n".join(lines)


def _sentence(summary: str) -> str:
    # What begins with a formula stays as it is.
    first = summary.partition(" ")[0].rstrip(":,")
    upper = summary[:1].upper() if len(first) > 1 and first.isalpha() else summary[:1]
    return f"{upper}{summary[1:].rstrip('.')}."


def lazy_module(
    module_name: str,
    base: type | Callable[[], type] | None,
    extra: Mapping[str, Any] | None = None,
    summaries: Summaries | None = None,
    functions: Callable[[str], Any] | None = None,
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Give `__getattr__`, `__dir__` and `__all__` of a module whose classes are made at first access.

    Parameters
    ----------
    module_name
        The module: `cornu.layers`, `cornu.optimizers.schedules`.
    base
        What its classes derive from, or a function that gives it; nothing where there are only functions.
    extra
        What else is in it. What is a `Later` is called at first access.
    summaries
        Gives one line on a class or function.
    functions
        Makes the function of a name. Without it, the module has no functions but those in `extra`.

    Examples
    --------
    >>> __getattr__, __dir__, __all__ = lazy_module("cornu.layers", Layer, {"Layer": Layer})
    """
    # Optimizers and schedules are modules of their own in the table.
    key = module_name.rpartition(".")[2]
    more = dict(extra or {})
    parts = {name: "classes" for name in _tables.names(key, "classes")}
    if functions:
        # Functions of `ops.image` are not names of `ops`.
        parts |= {name: "functions" for name in _tables.names(key, "functions") if "." not in name}
    known = {name: name for name in parts}
    known |= {name: full for name, full in _tables.aliases(key).items() if full in parts and "." not in name}

    def get(attribute: str) -> Any:
        if attribute in more:
            value = more[attribute]
            value = value() if isinstance(value, Later) else value
        elif (name := known.get(attribute)) is None:
            # Imported for a message alone.
            import difflib

            public = [] if attribute.startswith("_") else [*known, *more]
            near = difflib.get_close_matches(attribute, public, 1)
            hint = f". Did you mean: '{near[0]}'?" if near else ""
            raise AttributeError(f"module {module_name!r} has no attribute {attribute!r}{hint}")
        elif name != attribute:
            value = getattr(sys.modules[module_name], name)
        elif functions and parts[name] == "functions":
            value = functions(name)
        else:
            parent: Any = base if isinstance(base, type) or base is None else base()
            value = make_class(key, name, parent, summaries(name) if summaries else "", module_name)
        # The next access finds it without asking here.
        setattr(sys.modules[module_name], attribute, value)
        return value

    def listing() -> list[str]:
        return sorted({*known, *more, *vars(sys.modules[module_name])})

    return get, listing, sorted({*known, *more})


class Later:
    """Something of a module that is made at first access."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __call__(self) -> Any:
        """Make it."""
        return self._make()
