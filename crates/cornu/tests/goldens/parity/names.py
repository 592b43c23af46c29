"""Write ``names.json``: every public name of Keras that Cornu answers to.

    python names.py
"""

import inspect
import json
import re

from shared import HERE, keras


def classes(module, base=None):
    """List a module's classes under their own names, without aliases."""
    found = {}
    for name in dir(module):
        item = getattr(module, name)
        if inspect.isclass(item) and not name.startswith("_"):
            if base is None or issubclass(item, base):
                found.setdefault(item, []).append(name)
    return sorted(min(n, key=lambda k: (k != c.__name__, k)) for c, n in found.items())


def functions(module):
    """List a module's functions, each under all its names."""
    skip = {"get", "serialize", "deserialize"}
    return sorted(
        name
        for name in dir(module)
        if inspect.isfunction(getattr(module, name)) and name not in skip
    )


def nodes(module):
    """Find the class whose node each function makes in a functional model."""
    found = {}
    for name in functions(module):
        source = inspect.getsource(getattr(module, name))
        match = re.search(r"(\w+)\([^()]*\)\s*\.symbolic_call", source)
        plain = "".join(word.capitalize() for word in name.split("_"))
        match = match.group(1) if match else plain
        found[name] = match if hasattr(inspect.getmodule(getattr(module, name)), match) else None
    found["abs"] = "Absolute"
    return found


def main():
    """Write the file."""
    names = {
        "layers": classes(keras.layers, keras.Layer),
        "activations": functions(keras.activations),
        "losses": classes(keras.losses, keras.losses.Loss),
        "metrics": classes(keras.metrics, keras.metrics.Metric),
        "optimizers": classes(keras.optimizers, keras.optimizers.Optimizer),
        "schedules": classes(keras.optimizers.schedules),
        "initializers": classes(keras.initializers, keras.initializers.Initializer),
        "regularizers": classes(keras.regularizers, keras.regularizers.Regularizer),
        "constraints": classes(keras.constraints, keras.constraints.Constraint),
        "callbacks": classes(keras.callbacks, keras.callbacks.Callback),
        "operations": functions(keras.ops),
        "operation_classes": nodes(keras.ops),
    }
    (HERE / "names.json").write_text(json.dumps(names, indent=1) + "\n")
    for kind, listed in names.items():
        print(kind, len(listed))


if __name__ == "__main__":
    main()
