"""The package as a whole: what it has, under which names, and how quickly it is there."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cornu


def test_the_names_of_keras_lead_to_one_and_the_same():
    import cornu.keras
    from cornu import keras
    from cornu.keras import layers
    from cornu.keras.models import Sequential
    from cornu.keras.optimizers.schedules import ExponentialDecay

    assert keras is cornu.keras is cornu
    assert layers is cornu.layers
    assert Sequential is cornu.Sequential is cornu.models.Sequential
    assert ExponentialDecay is cornu.optimizers.schedules.ExponentialDecay
    assert importlib.import_module("cornu.keras.utils") is cornu.utils


@pytest.mark.parametrize("name", [name for name in cornu.__all__ if name != "sklearn"])
def test_whatever_is_listed_is_there(name):
    value = getattr(cornu, name)
    for inner in getattr(value, "__all__", ()) if value is not cornu else ():
        try:
            found = getattr(value, inner)
        except AttributeError as error:
            # Operations of Keras that Cornu does not have are named, and said to be missing.
            assert value is cornu.ops and "has no operation" in str(error)
            continue
        assert found is None or found.__class__ is not None


def test_names_that_are_not_there_are_told():
    with pytest.raises(AttributeError, match="Did you mean: 'layers'"):
        cornu.layer  # noqa: B018
    with pytest.raises(AttributeError, match="Did you mean: 'Dense'"):
        cornu.layers.Dens  # noqa: B018
    with pytest.raises(ImportError, match="Densely"):
        exec("from cornu.layers import Densely")


def test_the_stub_has_every_name():
    stub = Path(cornu.__file__).with_name("__init__.pyi").read_text()
    named = set(re.findall(r"(\w+) as \1", stub)) | {"keras", "__version__"}
    assert named == set(cornu.__all__)
    assert Path(cornu.__file__).with_name("py.typed").exists()


def test_importing_is_quick_and_loads_nothing_in_vain():
    code = "import cornu, sys; print(sorted(m for m in sys.modules if m in ('numpy', 'json', 'cornu._model')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_docstrings_say_what_there_is():
    from cornu import layers

    for name in layers.__all__:
        text = getattr(layers, name).__doc__
        assert text and len(text.strip().splitlines()[0]) > 10, name
    assert "units" in layers.Dense.__doc__ and "Agrees with" in layers.Dense.__doc__
