"""Writes `cornu/_signatures.json`: what Keras's classes and functions are called and take.

Run it where Keras 3 is installed, with TensorFlow, without which Keras makes no layers on strings. It takes
names, parameters and defaults, and nothing else: no text, no code.

    KERAS_BACKEND=tensorflow python python/tools/signatures.py           # writes the table
    KERAS_BACKEND=tensorflow python python/tools/signatures.py --check   # fails where it would write another

The form of the table, an object for each module and a line for each name:

- `classes`: `parameters`, `keywords` (what else `**kwargs` may hold, with defaults; `open` if anything),
  `aliases`, and
  where it differs, `config`: for a parameter, the name of its field in `get_config`, or null where it has
  none, neither in Keras nor here; `fields`: those that no parameter has.
- `functions`: `parameters`, `aliases`, and what the function stands for: a `class`, or for operations
  `operation` (module and class), `call` (which parameters the operation is called with; the others are its
  settings) and `missing` (an operation that Keras has and Cornu has not).
- `base`: the class that all of them derive from. What it takes by name, `**kwargs` of any of the classes may
  hold too, but for what `refuses` lists; its `config` holds for all of them.
- `strings`: the names that `get` of the module accepts, and what they stand for.

A parameter is a name if it is required, else a name and its default; `*`, `*x` and `**x` are as in Python.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import sys
import textwrap
import warnings
from typing import Any

import keras
import numpy
import sources

TABLE = sources.ROOT / "python" / "cornu" / "_signatures.json"

# The module's name here, in Keras, the README's row, and the class that all derive from.
KINDS = {
    "layers": (keras.layers, "Layers", "Layer"),
    "losses": (keras.losses, "Losses", "Loss"),
    "metrics": (keras.metrics, "Metrics", "Metric"),
    "optimizers": (keras.optimizers, "Optimizers", "Optimizer"),
    "schedules": (keras.optimizers.schedules, "Schedules", "LearningRateSchedule"),
    "initializers": (keras.initializers, "Initializers", "Initializer"),
    "regularizers": (keras.regularizers, "Regularizers", "Regularizer"),
    "constraints": (keras.constraints, "Constraints", "Constraint"),
}

OPERATION_MODULES = {
    "": keras.ops,
    "nn.": keras.ops.nn,
    "numpy.": keras.ops.numpy,
    "linalg.": keras.ops.linalg,
    "image.": keras.ops.image,
}


def dense() -> keras.layers.Layer:
    """Give any layer without state, for those that wrap one."""
    return keras.layers.Dense(2)


# What classes are made with that cannot be made without arguments. A rank is in the class name.
SAMPLES: dict[str, Any] = {
    "activation": "relu",
    "axes": 1,
    "boundaries": [10],
    "cell": lambda: keras.layers.LSTMCell(2),
    "cells": lambda: [keras.layers.LSTMCell(2)],
    "cropping": 1,
    "decay_rate": 0.5,
    "decay_steps": 10,
    "dims": [2, 1],
    "equation": "ab,bc->ac",
    "factor": 0.1,
    "filters": 2,
    "first_decay_steps": 10,
    "fn": lambda: keras.losses.mean_squared_error,
    "head_dim": 2,
    "height": 2,
    "height_factor": 0.1,
    "initial_learning_rate": 0.1,
    "inner_optimizer": lambda: keras.optimizers.SGD(),
    "input_dim": 2,
    "kernel_size": 2,
    "key_dim": 2,
    "layer": dense,
    "n": 2,
    "num_bins": 4,
    "num_classes": 3,
    "num_heads": 2,
    "num_key_value_heads": 1,
    "num_query_heads": 2,
    "num_tokens": 4,
    "optimizers_and_layers": lambda: [(keras.optimizers.SGD(), [])],
    "output_dim": 2,
    "output_shape": 2,
    "output_size": 2,
    "pool_size": 2,
    "precision": 0.5,
    "rate": 0.5,
    "recall": 0.5,
    "scale": 2.0,
    "sensitivity": 0.5,
    "size": 2,
    "specificity": 0.5,
    "stddev": 0.5,
    "target_class_ids": [0],
    "target_shape": [2],
    "units": 2,
    "values": [0.1, 0.01],
    "value_range": [0, 255],
    "width": 2,
    "width_factor": 0.1,
}
# The same for classes that take another value, or that need what has a default.
SAMPLES_OF: dict[str, dict[str, Any]] = {
    "Bidirectional": {"layer": lambda: keras.layers.LSTM(2)},
    "CategoryEncoding": {"num_tokens": 4},
    "Discretization": {"num_bins": 4},
    "RandomPosterization": {"factor": 4},
}


def plain(value: Any) -> Any:
    """Give the value as JSON has it."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{value!r} is not plain")


def parameters(function: Any) -> list[Any]:
    """Give what a function takes, as the table writes it."""
    found: list[Any] = []
    starred = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            found.append(f"**{parameter.name}")
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            found.append(f"*{parameter.name}")
            starred = True
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            found.append("*")
            starred = True
        if parameter.default is parameter.empty:
            found.append(parameter.name)
        else:
            found.append([parameter.name, plain(parameter.default)])
    return found


def names_of(listed: list[Any]) -> list[str]:
    """Give the names of parameters without stars."""
    names = [item if isinstance(item, str) else item[0] for item in listed]
    return [name for name in names if not name.startswith("*")]


def sample(cls: type, listed: list[Any]) -> dict[str, Any]:
    """Give arguments that the class can be made with."""
    required = [item for item in listed if isinstance(item, str) and not item.startswith("*")]
    values = {name: SAMPLES.get(name) for name in required} | SAMPLES_OF.get(cls.__name__, {})
    return {name: value() if callable(value) else value for name, value in values.items()}


def popped(function: Any) -> dict[str, Any]:
    """Give the names that a function takes out of its `**kwargs`, with defaults where those are plain."""
    found = {}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "kwargs.pop":
            name, *default = node.args
            if isinstance(name, ast.Constant):
                plainly = default and isinstance(default[0], ast.Constant)
                found[name.value] = default[0].value if plainly else None
    return found


def with_init(cls: type) -> list[Any]:
    """Give the `__init__` of the class and of those of Keras that it derives from, in order."""
    return [
        vars(parent)["__init__"]
        for parent in cls.__mro__
        if parent.__module__.startswith("keras.src") and "__init__" in vars(parent)
    ]


def candidates(inits: list[Any]) -> dict[str, Any]:
    """Give what `**kwargs` handed on to these functions may hold, with defaults."""
    found: dict[str, Any] = {}
    for init in inits:
        for item in parameters(init):
            if isinstance(item, list):
                found.setdefault(*item)
    for init in inits:
        for name, default in popped(init).items():
            found.setdefault(name, default)
    return found


def keywords(cls: type, listed: list[Any], given: dict[str, Any]) -> list[Any]:
    """Give what `**kwargs` of the class may hold, tried one by one."""
    known = names_of(listed)
    found = []
    for name, default in candidates(with_init(cls)).items():
        if name in known:
            continue
        try:
            cls(**given, **{name: default})
        except (TypeError, ValueError):
            continue
        found.append([name, plain(default)])
    return found


def is_open(cls: type, given: dict[str, Any]) -> bool:
    """Tell whether `**kwargs` of the class may hold anything."""
    try:
        cls(**given, no_such_name=1)
    except (TypeError, ValueError):
        return False
    return True


def other(name: str, default: Any) -> list[Any]:
    """Give values that a parameter might have instead of its default, so that its field shows."""
    if isinstance(default, bool):
        return [not default]
    if isinstance(default, (int, float)):
        return [default + 1, default / 2]
    return [2, 0.5, True, "zeros", "l2", "non_neg", "float16", [1.0], [[0, 1]], ["a"], {"a": 1}, "relu"]


def holds(config: dict[str, Any], value: Any, bare: dict[str, Any]) -> list[str]:
    """Give the fields that changed to that value."""
    return [field for field in config if config[field] == value and bare.get(field) != config[field]]


def fields(cls: type, listed: list[Any], given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Find parameters whose field in the class's config has another name or is none, and other fields."""
    bare = cls(**given).get_config()
    renamed: dict[str, Any] = {}
    defaults = {item[0]: item[1] for item in listed if isinstance(item, list)}
    for name in names_of(listed):
        if name in bare:
            continue
        renamed[name] = None
        for value in other(name, defaults.get(name)):
            try:
                config = cls(**{**given, name: value}).get_config()
            except Exception:  # noqa: BLE001 (whatever a class says of a value that it does not take)
                continue
            if name in config:
                del renamed[name]
                break
            if changed := holds(config, value, bare):
                renamed[name] = changed[0]
                break
    taken = set(names_of(listed)) | {field for field in renamed.values() if field}
    return renamed, [field for field in bare if field not in taken]


def exported(module: Any) -> dict[str, Any]:
    """Give what a module of Keras has, without its submodules."""
    found = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
    return {name: value for name, value in found.items() if not inspect.ismodule(value)}


def base_entry(kind: str) -> tuple[str, dict[str, Any]]:
    """Give the class that all of a module derive from, and what it takes."""
    module, _, name = KINDS[kind]
    inits = [init for init in with_init(getattr(module, name)) if "*args" not in parameters(init)]
    # Backends put classes of their own before the one that has the parameters.
    listed = max((parameters(init) for init in inits), key=len, default=[])
    known = names_of(listed)
    extra = [[name, plain(default)] for name, default in candidates(inits).items() if name not in known]
    return name, {"parameters": listed} | ({"keywords": extra} if extra else {})


def class_entries(kind: str, has: list[str], report: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the lines of a module's classes, and that of their base."""
    everything = exported(KINDS[kind][0])
    base_name, base = base_entry(kind)
    shared = [item for item in base["parameters"] if isinstance(item, list)] + base.get("keywords", [])
    entries = {}
    kept: dict[str, list[bool]] = {name: [] for name, _ in shared}
    for name in has:
        cls = everything.get(name)
        if cls is None:
            report.append(f"{kind}.{name}: Keras has no such name")
            continue
        listed = parameters(cls.__init__) if cls.__init__ is not object.__init__ else []
        given = sample(cls, listed)
        entry: dict[str, Any] = {"parameters": listed}
        if aliases := sorted(alias for alias, value in everything.items() if value is cls and alias != name):
            entry["aliases"] = aliases
        accepted = keywords(cls, listed, given) if "**kwargs" in listed else []
        if "**kwargs" in listed and "**kwargs" not in base["parameters"] and is_open(cls, given):
            entry["open"] = True
        elif "**kwargs" in listed:
            own = [item for item in accepted if item not in shared]
            inherited = {name for name, _ in shared} - set(names_of(listed)) - set(names_of(own))
            if own:
                entry["keywords"] = own
            if refused := sorted(inherited - set(names_of(accepted))):
                entry["refuses"] = refused
        together = [item for item in listed if not str(item).startswith("*")] + accepted
        renamed, unnamed = fields(cls, together, given)
        # Cornu keeps some that Keras forgets.
        settings = sources.settings(kind, name)
        renamed = {field: to for field, to in renamed.items() if to or field not in settings}
        for field in set(names_of(together)) & set(kept):
            kept[field].append(renamed.get(field, field) is not None)
        if renamed:
            entry["config"] = renamed
        if unnamed:
            entry["fields"] = unnamed
        entries[name] = entry
    # What most of them do not keep. Some classes keep whatever they were called with: they are no rule.
    nowhere = {name for name, seen in kept.items() if 2 * sum(seen) < len(seen)}
    if nowhere:
        base["config"] = dict.fromkeys(sorted(nowhere))
    for entry in entries.values():
        config = entry.pop("config", {})
        own = {name: name for name in names_of(entry["parameters"]) if name in nowhere and name not in config}
        rest = {name: field for name, field in config.items() if name not in nowhere}
        if own | rest:
            entry["config"] = own | rest
    return entries, {base_name: base}


def strings(kind: str, module: Any, entries: dict[str, Any]) -> dict[str, str]:
    """Give the names that `get` of the module accepts besides those that it exports."""
    package = f"keras.src.{kind.replace('schedules', 'optimizers.schedules')}"
    everything = exported(module)
    listed = {everything[name]: name for name in entries}
    accepted = getattr(sys.modules[package], "ALL_OBJECTS_DICT", {})
    return {name: listed[value] for name, value in accepted.items() if name not in everything and value in listed}


def wrapped(cls: type, entry: dict[str, Any]) -> Any:
    """Give the function that a loss or metric applies, if it is one of those made of a function."""
    try:
        made = cls(**sample(cls, entry["parameters"]))
    except TypeError:
        return None
    return getattr(made, "fn", None) or getattr(made, "_fn", None)


def function_entries(kind: str, entries: dict[str, Any], losses: dict[str, Any]) -> dict[str, Any]:
    """Give the lines of a module's functions, and which class each stands for."""
    module = KINDS[kind][0]
    everything = exported(module)
    skipped = ("get", "serialize", "deserialize")
    functions = {name: value for name, value in everything.items() if inspect.isfunction(value) and name not in skipped}
    makes = {name: entry for name, entry in entries.items() if kind != "layers" and name != "MeanMetricWrapper"}
    classes = {wrapped(everything[name], entry): name for name, entry in makes.items()}
    of_losses = {wrapped(getattr(keras.losses, name), entry): name for name, entry in losses.items()}
    found: dict[str, Any] = {}
    for name, function in functions.items():
        entry: dict[str, Any] = {"parameters": parameters(function)}
        if kind == "layers":
            if cls := next((cls for cls in entries if cls.lower() == name), None):
                entry["class"] = cls
        elif function in classes:
            entry["class"] = classes[function]
        elif function in of_losses:
            entry["class"] = f"losses.{of_losses[function]}"
        found[name] = entry
    return found


def activation_entries(has: list[str], report: list[str]) -> dict[str, Any]:
    """Give the lines of the activations."""
    everything = exported(keras.activations)
    found = {}
    for name in has:
        if name not in everything:
            report.append(f"activations.{name}: Keras has no such name")
            continue
        entry: dict[str, Any] = {"parameters": parameters(everything[name])}
        aliases = sorted(alias for alias, value in everything.items() if value is everything[name] and alias != name)
        if aliases:
            entry["aliases"] = aliases
        found[name] = entry
    lacking = set(everything) - set(has) - {"get", "serialize", "deserialize"}
    lacking -= {alias for entry in found.values() for alias in entry.get("aliases", [])}
    report.extend(f"activations.{name}: not in Cornu" for name in sorted(lacking))
    return found


def operation_call(function: Any) -> tuple[ast.Call, ast.Call] | None:
    """Give the call of an operation's class in a function of `keras.ops`, and the call of what that makes."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        made = node.func
        if isinstance(made, ast.Attribute) and made.attr == "symbolic_call":
            made = made.value
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) and made.func.id[0].isupper():
            return made, node
    return None


def same(function: Any) -> Any:
    """Give the function that a function only hands its arguments on to, as `abs` does."""
    body = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0].body
    last = body[-1]
    if isinstance(last, ast.Return) and isinstance(last.value, ast.Call) and isinstance(last.value.func, ast.Name):
        return getattr(sys.modules[function.__module__], last.value.func.id, None)
    return None


def operation_entry(function: Any, has: set[str]) -> dict[str, Any]:
    """Give the line of a function of `keras.ops`."""
    entry: dict[str, Any] = {"parameters": parameters(function)}
    calls = operation_call(function)
    if calls is None and (target := same(function)) is not None and inspect.isfunction(target):
        calls = operation_call(target)
    if calls is None:
        return entry
    made, called = calls
    cls = getattr(sys.modules[function.__module__], made.func.id)
    place = f"{cls.__module__.rsplit('.', 1)[-1]}.{cls.__name__}"
    entry["operation" if place in has else "missing"] = place
    call = [ast.unparse(argument) for argument in called.args]
    call += [f"**{ast.unparse(keyword.value)}" if keyword.arg is None else keyword.arg for keyword in called.keywords]
    entry["call"] = call
    known = names_of(parameters(cls.__init__))
    settings = dict(zip(known, made.args, strict=False)) | {keyword.arg: keyword.value for keyword in made.keywords}
    settings = {name: ast.unparse(value) for name, value in settings.items()}
    if renamed := {value: name for name, value in settings.items() if name != value}:
        entry["config"] = renamed
    beside = set(names_of(entry["parameters"])) - set(call) - {argument.lstrip("*") for argument in call}
    if unused := sorted(beside - set(settings.values())):
        entry["config"] = entry.get("config", {}) | dict.fromkeys(unused)
    return entry


def operation_entries(has: set[str]) -> dict[str, Any]:
    """Give the lines of all functions of `keras.ops`, each under the shortest of its names."""
    places: dict[Any, list[str]] = {}
    for prefix, module in OPERATION_MODULES.items():
        for name, function in exported(module).items():
            places.setdefault(function, []).append(prefix + name)
    found = {}
    for function, names in places.items():
        entry = operation_entry(function, has)
        if len(names) > 1:
            entry["aliases"] = sorted(names[1:])
        found[names[0]] = entry
    return found


def build(report: list[str]) -> dict[str, Any]:
    """Give the whole table."""
    listed = sources.names()
    table: dict[str, Any] = {"keras": keras.__version__}
    losses: dict[str, Any] = {}
    for kind, (_, row, _) in KINDS.items():
        entries, base = class_entries(kind, listed[row], report)
        losses = entries if kind == "losses" else losses
        functions = function_entries(kind, entries, losses)
        section = {"base": base, "classes": entries}
        if functions:
            section["functions"] = functions
        if found := strings(kind, KINDS[kind][0], functions | entries):
            section["strings"] = found
        table[kind] = section
    activations = activation_entries(listed["Activations"], report)
    table["activations"] = {
        "functions": activations,
        "strings": strings("activations", keras.activations, activations),
    }
    table["ops"] = {"functions": operation_entries(set(sources.operations()))}
    return table


def text(table: dict[str, Any]) -> str:
    """Give the table as JSON, sorted, a line for each name."""

    def line(value: Any) -> str:
        return json.dumps(value, sort_keys=True, allow_nan=False)

    modules = []
    for name, section in sorted(table.items()):
        if isinstance(section, str):
            modules.append(f"{line(name)}: {line(section)}")
            continue
        parts = []
        for part, entries in sorted(section.items()):
            rows = ",\n".join(f"{line(key)}: {line(entry)}" for key, entry in sorted(entries.items()))
            parts.append(f"{line(part)}: {{\n{rows}\n}}")
        modules.append(f"{line(name)}: {{\n" + ",\n".join(parts) + "\n}")
    return "{\n" + ",\n".join(modules) + "\n}\n"


def main() -> int:
    """Write the table, or check it, and say what could not be mapped."""
    parser = argparse.ArgumentParser(description="Writes cornu/_signatures.json from Keras.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the table differs")
    check = parser.parse_args().check
    warnings.simplefilter("ignore")
    numpy.random.seed(0)
    report: list[str] = []
    table = build(report)
    written = text(table)
    for kind in KINDS:
        for name, entry in table[kind]["classes"].items():
            for what in ("config", "fields"):
                if what in entry:
                    print(f"{kind}.{name}: {what} {json.dumps(entry[what])}")
    functions = table["ops"]["functions"]
    missing = {name: entry["missing"] for name, entry in functions.items() if "missing" in entry}
    print("operations that Cornu lacks:", ", ".join(f"{name} ({place})" for name, place in missing.items()))
    without = [name for name, entry in functions.items() if "missing" not in entry and "operation" not in entry]
    print("functions that are no operations:", ", ".join(without))
    print("\n".join(report))
    if check:
        return int(TABLE.read_text() != written)
    TABLE.write_text(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
