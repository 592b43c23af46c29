"""Cases of operations: models whose outputs are operations on their inputs."""

from shared import case


class Cases:
    """Gathers a family's cases; each says itself which operations it is about."""

    def __init__(self, rng):
        """Begin with none."""
        self.rng = rng
        self.made = []

    def add(self, name, inputs, build, **options):
        """Compute one case: ``build`` gives the list of outputs."""
        made = case(self.rng, name, [], inputs, build, **options)
        layers = made["model"]["config"]["layers"]
        made["covers"] = sorted({layer["class_name"] for layer in layers} - {"InputLayer"})
        self.made.append(made)
