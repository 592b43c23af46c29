"""What Cornu has, read from its README and its Rust sources."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def names() -> dict[str, list[str]]:
    """Give what Cornu has, as its README lists it."""
    rows = re.findall(r"^\| (\w+) \| (.*) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    return {kind: listed.split(", ") for kind, listed in rows}


def settings(kind: str, name: str) -> set[str]:
    """Give the public fields of Cornu's struct for a class, and of the structs that it is made of."""
    sources = "".join(path.read_text() for path in sorted((ROOT / "crates/cornu/src" / kind).glob("*.rs")))
    found: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if alias := re.search(rf"pub type {name} = RecurrentLayer<(\w+)>;", sources):
            waiting.append(alias[1])
        if struct := re.search(rf"pub struct {name}\b.*?^}}", sources, re.MULTILINE | re.DOTALL):
            found |= set(re.findall(r"^ {4}pub (\w+):", struct[0], re.MULTILINE))
            waiting += re.findall(r"flatten[^\n]*\n {4}pub \w+: (\w+),", struct[0])
    return found


def summaries(kind: str) -> dict[str, str]:
    """Give a line on each of Cornu's layers, losses ..., by class name."""
    found = {}
    for path in sorted((ROOT / "crates/cornu/src" / kind).glob("*.rs")):
        constants = r'const NAME: &\'static str = "(\w+)";.*?const SUMMARY: &\'static str =\s*"([^"]*)";'
        found.update(re.findall(constants, path.read_text(), re.DOTALL))
    return found


def operations() -> dict[str, str]:
    """Give a line on each operation that Cornu has, by module and class: `numpy.Add`."""
    found = {}
    for path in sorted((ROOT / "crates/cornu/src/operations").glob("*.rs")):
        source = path.read_text()
        constants = dict(re.findall(r'^const (\w): &str = "(\w+)";', source, re.MULTILINE))
        helpers = {}
        for name, body in re.findall(r"^const fn (\w+)(.*?)^}", source, re.MULTILINE | re.DOTALL):
            if module := re.search(r'Definition::\w+\(\s*("\w+"|[A-Z]),', body):
                helpers[name] = module[1]
        row = r'([\w:]+)\(\s*(?:("[a-z]+"|[A-Z]),\s*)?"([A-Z]\w*)",\s*"([^"]*)"'
        for helper, module, name, summary in re.findall(row, source):
            module = module or helpers.get(helper, "")
            module = constants.get(module, module.strip('"'))
            if module:
                found[f"{module}.{name}"] = summary
    return found
