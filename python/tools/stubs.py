"""Writes the package's `.pyi` files from the table of signatures, for editors and type checkers.

python python/tools/stubs.py           # writes them
python python/tools/stubs.py --check   # fails where it would write others
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sources

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGE = sources.ROOT / "python" / "cornu"
WIDTH = 110

INTS = set(
    """
    ball_size beta_steps bins decay_steps depth depth_multiplier direction dynamic_growth_steps filters
    first_decay_steps gradient_accumulation_steps ema_overwrite_frequency groups head_dim height
    hidden_size implementation input_dim input_length k key_dim lora_rank max_tokens mel_bins n
    num_bins num_classes num_heads num_key_value_heads num_mel_bins num_oov_indices num_ops
    num_query_heads num_segments num_tokens ns_steps output_dim output_sequence_length power_iterations
    rank sampling_rate fft_length sequence_length sequence_stride units value_dim vocabulary_size width
    """.split()
)
FLOATS = set(
    """
    alpha beta beta_1 beta_2 clipnorm clipvalue decay_rate dropout end_learning_rate epsilon gamma
    global_clipnorm initial_learning_rate initial_scale loss_scale_factor lora_alpha max_value mean_value
    min_value momentum negative_slope precision rate recall rho sensitivity specificity stddev
    threshold weight_decay
    """.split()
)
SPATIAL = set("dilation_rate kernel_size output_padding output_size pool_size size strides".split())
NAMED = {
    "activation": "ActivationLike",
    "axes": "int | tuple[int, ...]",
    "axis": "int | tuple[int, ...] | None",
    "batch_shape": "tuple[int | None, ...] | None",
    "cell": "Layer",
    "cells": "list[Layer]",
    "data_format": "str | None",
    "dtype": "Any",
    "input_shape": "tuple[int | None, ...] | None",
    "layer": "Layer",
    "learning_rate": "float | LearningRateSchedule | Callable[[], Any]",
    "name": "str | None",
    "recurrent_activation": "ActivationLike",
    "seed": "Any",
    "target_shape": "tuple[int, ...]",
    "thresholds": "float | list[float] | None",
}
# What names of types stand for, and where they come from.
ALIASES = {
    "ActivationLike": "ActivationLike: TypeAlias = Callable[..., Any] | str | None",
}
ORIGINS = {
    "Initializer": "initializers",
    "Layer": "layers",
    "LearningRateSchedule": "optimizers.schedules",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "Constraint": "constraints",
}
METHODS = {
    "Layer": ["def __call__(self, *args: Any, **kwargs: Any) -> Any: ..."],
    "Loss": ["def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any: ..."],
    "Initializer": ["def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any: ..."],
    "Regularizer": ["def __call__(self, x: Any) -> Any: ..."],
    "Constraint": ["def __call__(self, w: Any) -> Any: ..."],
    "LearningRateSchedule": ["def __call__(self, step: Any) -> Any: ..."],
}


def kind_of(name: str, default: Any, *, required: bool, is_function: bool) -> str:
    """Give the type of a parameter, as far as its name and default tell."""
    for suffix in ("initializer", "regularizer", "constraint"):
        if name.endswith(suffix):
            return f"{suffix.capitalize()} | str | None"
    if is_function and (required or name in ("axis", "dtype")):
        return NAMED["axis"] if name == "axis" else "Any"
    if isinstance(default, bool):
        return "bool"
    if name in ("cropping", "padding"):
        return "str" if isinstance(default, str) else "int | tuple[Any, ...]"
    optional = " | None" if default is None and not required else ""
    if found := NAMED.get(name):
        return found if found == "Any" or found.endswith(("Like", "None")) else found + optional
    if name in SPATIAL:
        return f"int | tuple[int, ...]{optional}"
    if name.endswith("factor") and not name.startswith("loss"):
        return f"float | tuple[float, float]{optional}"
    if name in INTS:
        return f"int{optional}"
    if name in FLOATS or isinstance(default, (int, float)):
        return f"float{optional}"
    # A default that is a word is one of several words, or what stands for an object.
    return "str" if isinstance(default, str) and name.endswith(("mode", "method", "interpolation")) else "Any"


def literal(default: Any) -> str:
    """Write a default as Python has it: lists of the table are tuples."""
    if isinstance(default, list):
        items = ", ".join(literal(item) for item in default)
        return f"({items},)" if len(default) == 1 else f"({items})"
    return json.dumps(default) if isinstance(default, str) else repr(default)


def written(items: list[Any], extra: list[Any], *, is_function: bool) -> list[str]:
    """Write parameters with their types; what `**kwargs` may hold stands for it."""
    found = []
    starred = False
    for item in items:
        if isinstance(item, str) and item.startswith("**"):
            if extra and not starred:
                found.append("*")
            for name, default in extra:
                kind = kind_of(name, default, required=False, is_function=is_function)
                found.append(f"{name}: {kind} = {literal(default)}")
            if not extra:
                found.append(f"{item}: Any")
        elif isinstance(item, str) and item.startswith("*"):
            starred = True
            found.append("*" if item == "*" else f"{item}: Any")
        elif isinstance(item, str):
            found.append(f"{item}: {kind_of(item, None, required=True, is_function=is_function)}")
        else:
            kind = kind_of(item[0], item[1], required=False, is_function=is_function)
            found.append(f"{item[0]}: {kind} = {literal(item[1])}")
    return found


def definition(name: str, parameters: list[str], result: str, indent: str, doc: str = "") -> list[str]:
    """Write a function, on one line if it fits."""
    end = ":" if doc else ": ..."
    line = f"{indent}def {name}({', '.join(parameters)}) -> {result}{end}"
    lines = [line]
    if len(line) > WIDTH:
        lines = [f"{indent}def {name}("]
        lines += [f"{indent}    {parameter}," for parameter in parameters]
        lines += [f"{indent}) -> {result}{end}"]
    return [*lines, *([f'{indent}    """{doc}"""'] if doc else [])]


def sentence(summary: str) -> str:
    """Write a summary as a docstring. What begins with a formula stays as it is."""
    first = summary.partition(" ")[0].rstrip(":,")
    upper = summary[:1].upper() if len(first) > 1 and first.isalpha() else summary[:1]
    return f"{upper}{summary[1:].rstrip('.')}." if summary else ""


def class_stub(name: str, entry: dict[str, Any], base_name: str, base: dict[str, Any], summary: str) -> list[str]:
    """Write a class."""
    own = [item if isinstance(item, str) else item[0] for item in entry["parameters"]]
    extra = {}
    if not entry.get("open"):
        shared = [item for item in base["parameters"] if isinstance(item, list)]
        for item in [*entry.get("keywords", []), *shared, *base.get("keywords", [])]:
            if item[0] not in own and item[0] not in entry.get("refuses", []):
                extra.setdefault(item[0], item[1])
    parameters = written(entry["parameters"], list(extra.items()), is_function=False)
    lines = [f"class {name}({base_name}):"]
    if summary:
        lines += [f'    """{sentence(summary)}"""', ""]
    lines += definition("__init__", ["self", *parameters], "None", "    ")
    return [lines, *same(name, entry.get("aliases", []))]


def same(name: str, others: list[str]) -> list[list[str]]:
    """Write the other names of something."""
    return [[f"{other} = {name}" for other in others]] if others else []


def base_stub(name: str, entry: dict[str, Any]) -> list[str]:
    """Write the class that a module's classes derive from."""
    extra = [tuple(item) for item in entry.get("keywords", [])]
    lines = [f"class {name}:"]
    lines += definition("__init__", ["self", *written(entry["parameters"], extra, is_function=False)], "None", "    ")
    for method in METHODS.get(name, []):
        lines.append(f"    {method}")
    lines.append("    def get_config(self) -> dict[str, Any]: ...")
    lines += ["    @classmethod", "    def from_config(cls, config: dict[str, Any]) -> Self: ..."]
    lines.append("    def __getattr__(self, name: str) -> Any: ...")
    return lines


def spaced(blocks: list[list[str]]) -> str:
    """Put a line between blocks, but not after functions without a body."""
    lines: list[str] = []
    for block in blocks:
        close = lines and lines[-1].endswith("...") and not lines[-1].startswith("    ")
        if lines and not (close and block[0].startswith("def ")):
            lines.append("")
        lines += block
    return "\n".join(lines)


# The modules of operations all of whose names stand in `ops` as well.
WITHIN_OPS = ("linalg", "nn", "numpy")


def page(module: str, title: str, body: list[list[str]], depth: int, within_ops: Sequence[str] = ()) -> str:
    """Put what a page needs above it: its types, and for `ops` the imports of what stands in modules within."""
    text = spaced([*body, ["def __getattr__(name: str) -> Any: ..."]])
    head = [f'"""{title}"""', ""]
    typing = ["Any"]
    aliases = [line for name, line in ALIASES.items() if name in text]
    if "Self" in text:
        typing.append("Self")
    if aliases:
        typing.append("TypeAlias")
    if "Callable" in text or any("Callable" in line for line in aliases):
        head.append("from collections.abc import Callable")
    extensions = [name for name in typing if name == "Self"]
    head.append(f"from typing import {', '.join(name for name in typing if name not in extensions)}")
    if extensions:
        head += ["", "from typing_extensions import Self"]
    words = set(text.replace("(", " ").replace("[", " ").replace("]", " ").replace(":", " ").split())
    imports = {origin: name for name, origin in ORIGINS.items() if name in words and f"class {name}:" not in text}
    if imports:
        head.append("")
        for origin, name in sorted(imports.items()):
            # A module within the same package is beside this one.
            within = origin.removeprefix(f"{module}.") if origin.startswith(f"{module}.") else None
            dots = "." if within else "." * depth
            head.append(f"from {dots}{within or origin} import {name}")
    if module == "ops":
        head += ["", "from . import image as image", "from . import linalg as linalg"]
        head += ["from . import nn as nn", "from . import numpy as numpy"]
        head += within_ops
    if aliases:
        head += ["", *aliases]
    return "\n".join([*head, "", text, ""])


def function_stubs(entries: dict[str, Any], summaries: dict[str, str], prefix: str = "") -> list[list[str]]:
    """Write functions; with a prefix, those of a module within."""
    blocks = []
    for name, entry in entries.items():
        places = [place for place in [name, *entry.get("aliases", [])] if place.rpartition(".")[0] == prefix]
        if not places:
            continue
        first, *others = [place.rpartition(".")[2] for place in places]
        doc = sentence(summaries.get(entry.get("operation") or entry.get("class") or name, ""))
        blocks.append(definition(first, written(entry["parameters"], [], is_function=True), "Any", "", doc))
        blocks += same(first, others)
    return blocks


def imported(functions: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Give the imports of what `ops` takes from modules within it, and the functions it has by itself."""
    imports, own = [], {}
    for name, entry in functions.items():
        places = [place.rpartition(".") for place in [name, *entry.get("aliases", [])]]
        within = next((module for module, _, _ in places if module in WITHIN_OPS), None)
        if within is None:
            own[name] = entry
        else:
            # The module has all of the names that `ops` has.
            imports += [(within, place) for module, _, place in places if not module]
    imports.sort(key=lambda found: (found[0], by_numbers(found[1])))
    return [f"from .{module} import {name} as {name}" for module, name in imports], own


def by_numbers(name: str) -> list[int | str]:
    """Give the key that sorts numbers within names by their values, as ruff does."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def stubs() -> dict[Path, str]:
    """Give the text of each file."""
    table = json.loads((PACKAGE / "_signatures.json").read_text(encoding="utf-8"))
    found = {}
    for module, section in table.items():
        if "classes" not in section:
            continue
        summaries = sources.summaries(module)
        ((base_name, base),) = section["base"].items()
        body = [base_stub(base_name, base)]
        for name, entry in section["classes"].items():
            body += class_stub(name, entry, base_name, base, summaries.get(name, ""))
        summaries |= {f"losses.{name}": text for name, text in sources.summaries("losses").items()}
        body += function_stubs(section.get("functions", {}), summaries)
        place = {"schedules": "optimizers/schedules.pyi", "optimizers": "optimizers/__init__.pyi"}
        path = PACKAGE / place.get(module, f"{module}.pyi")
        depth = len(path.relative_to(PACKAGE).parts)
        found[path] = page(module, f"{module.capitalize()}, under Keras's names.", body, depth)
    activations = function_stubs(table["activations"]["functions"], sources.summaries("activations"))
    found[PACKAGE / "activations.pyi"] = page("activations", "Activations, under Keras's names.", activations, 1)
    functions = table["ops"]["functions"]
    for prefix in ("", "image", *WITHIN_OPS):
        imports, own = ([], functions) if prefix else imported(functions)
        body = function_stubs(own, sources.operations(), prefix)
        path = PACKAGE / "ops" / f"{prefix or '__init__'}.pyi"
        found[path] = page(f"ops.{prefix}".rstrip("."), "Operations on tensors, under Keras's names.", body, 2, imports)
    return found


def main() -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(description="Writes the package's .pyi files.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file differs")
    check = parser.parse_args().check
    differs = 0
    for path, text in stubs().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            differs += 1
            print(path.relative_to(sources.ROOT))
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return int(check and differs > 0)


if __name__ == "__main__":
    sys.exit(main())
