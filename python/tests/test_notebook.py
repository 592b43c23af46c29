"""The notebook runs, and shows what it says."""

from pathlib import Path

import pytest

PLACE = Path(__file__).parent.parent / "examples" / "digits.ipynb"


def test_the_notebook_runs(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    if not PLACE.exists():
        pytest.skip("needs the repository's examples")
    notebook = nbformat.read(PLACE, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    text = "".join(output.get("text", "") for output in shown)
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert "Dense" in text and {"text/html", "image/svg+xml"} <= kinds
    assert float(text.partition("accuracy on new images: ")[2].split()[0]) > 0.9
    assert all(output.output_type != "error" for output in shown)
