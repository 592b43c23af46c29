"""Cases of operations: models whose outputs are operations on their inputs."""

from shared import case, keras

# Functions whose operations' classes have other names.
OTHERS = {"batchnorm": "batch_normalization", "layernorm": "layer_normalization", "rmsnorm": "rms_normalization"}


def functions_of(model):
    """Name the functions of ``keras.ops`` that a serialized model's operations are."""
    known = {name.replace("_", ""): name for name in dir(keras.ops)} | OTHERS
    nodes = [n for n in model["config"]["layers"] if n["module"].startswith("keras.src.ops.")]
    classes = {node["class_name"] for node in nodes}
    return sorted(known.get(name.lower(), name) for name in classes)


class Cases:
    """Gathers a family's cases; each says itself which operations it is about."""

    def __init__(self, rng):
        """Begin with none."""
        self.rng = rng
        self.made = []

    def add(self, name, inputs, build, shapes_of_values=False, **options):
        """Compute one case: ``build`` gives the list of outputs.

        With ``shapes_of_values`` the outputs' shapes are those of what Keras
        computes, for operations whose symbolic shapes it gets wrong.
        """
        made = case(self.rng, name, [], inputs, build, **options)
        if shapes_of_values:
            made["output_shapes"] = [[None, *o["shape"][1:]] for o in made["outputs"]]
        made["covers"] = functions_of(made["model"])
        self.made.append(made)
