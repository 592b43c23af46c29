"""The examples learn, and they learn as they do with TensorFlow, of which they differ in the imports alone.

`CORNU_DATA` names the folder of the data sets. `CORNU_TENSORFLOW_PYTHON` names an interpreter that has
TensorFlow; without it the examples run with Cornu only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "python" / "examples"
DATA = Path(os.environ.get("CORNU_DATA", ROOT.parent / "shared" / "data"))
TENSORFLOW = os.environ.get("CORNU_TENSORFLOW_PYTHON")
IMPORT = re.compile(r"^(import|from) cornu\b", re.MULTILINE)

# Runs a script and keeps its learning curve and what it evaluated at the end.
DRIVER = """
import json, runpy, sys
report, figure, *sys.argv = sys.argv[1:]
names = runpy.run_path(sys.argv[0], run_name="__main__")
curve = {key: [float(value) for value in values] for key, values in names["history"].history.items()}
json.dump({"curve": curve, "loss": float(names["loss"]), figure: float(names[figure])}, open(report, "w"))
"""


@dataclass(frozen=True)
class Case:
    """One example: its data, what it reaches, and how far it may be from TensorFlow.

    The initial weights and the order of the samples differ, so the numbers agree only as two runs of one
    framework from different seeds do.
    """

    name: str
    data: str | None
    figure: str
    near: tuple[float, float]  # of the loss, of the figure
    least: float | None = None
    most: float | None = None


CASES = [
    Case("digits_dense", "mnist", "accuracy", least=0.90, near=(0.08, 0.025)),
    Case("diabetes", "pima-diabetes/pima-indians-diabetes.csv", "accuracy", least=0.76, near=(0.05, 0.03)),
    Case("housing", "california-housing/housing.csv", "rmse", most=0.60, near=(0.03, 0.04)),
    Case("fashion_convolution", "fashion-mnist", "accuracy", least=0.83, near=(0.06, 0.025)),
    Case("sentiment_lstm", "sentiment-sentences", "accuracy", least=0.73, near=(0.15, 0.06)),
    Case("sine_lstm", None, "mae", most=0.08, near=(0.003, 0.03)),
]


def run(python: str, script: Path, case: Case, folder: Path) -> dict:
    """What the script's learning curve was, run by an interpreter in an empty folder."""
    folder.mkdir()
    report = folder / "report.json"
    arguments = [] if case.data is None else [str((DATA / case.data).resolve())]
    command = [python, "-c", DRIVER, str(report), case.figure, str(script), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"{script.name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return json.loads(report.read_text())


def test_all_examples_are_listed():
    assert sorted(path.stem for path in EXAMPLES.glob("*.py")) == sorted(case.name for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_imports_name_cornu(case: Case):
    text = (EXAMPLES / f"{case.name}.py").read_text()
    assert IMPORT.search(text)
    assert "cornu" not in IMPORT.sub("", text).lower()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_example(case: Case, tmp_path: Path):
    if case.data is not None and not (DATA / case.data).exists():
        pytest.skip(f"there is no {DATA / case.data}; CORNU_DATA names the folder that holds it")
    script = EXAMPLES / f"{case.name}.py"
    ours = run(sys.executable, script, case, tmp_path / "cornu")
    if case.least is not None:
        assert ours[case.figure] >= case.least
    if case.most is not None:
        assert ours[case.figure] <= case.most

    if not TENSORFLOW:
        return
    original = tmp_path / script.name
    original.write_text(IMPORT.sub(r"\1 tensorflow", script.read_text()))
    theirs = run(TENSORFLOW, original, case, tmp_path / "tensorflow")
    of_loss, of_figure = case.near
    assert ours["loss"] == pytest.approx(theirs["loss"], abs=of_loss)
    assert ours[case.figure] == pytest.approx(theirs[case.figure], abs=of_figure)
    assert {key: len(values) for key, values in ours["curve"].items()} == {
        key: len(values) for key, values in theirs["curve"].items()
    }
    for key, values in theirs["curve"].items():
        if key != "learning_rate":
            tolerance = of_loss if key.endswith("loss") else of_figure
            assert ours["curve"][key][-1] == pytest.approx(values[-1], abs=tolerance), key
