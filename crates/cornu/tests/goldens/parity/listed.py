"""Cases of operations: models whose outputs are operations on their inputs."""

from shared import case


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
        layers = made["model"]["config"]["layers"]
        made["covers"] = sorted({layer["class_name"] for layer in layers} - {"InputLayer"})
        self.made.append(made)
