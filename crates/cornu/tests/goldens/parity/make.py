"""Make the parity goldens, a family of layers in each file, with Keras itself.

    python make.py            # all families
    python make.py core conv  # some

in an environment with the packages of ``../requirements.txt``. A family is a
module beside this one with a function ``cases()``; it is written to
``<family>.json``. Each case is a small functional model as Keras serializes
it, with weights, inputs, outputs, gradients and shapes.
"""

import importlib
import sys

from shared import HERE, write

SHARED = {"listed", "make", "names", "shared"}


def main(names):
    """Make the families named, or all of them."""
    known = sorted(p.stem for p in HERE.glob("*.py") if p.stem not in SHARED)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"unknown: {unknown}; known: {known}", file=sys.stderr)
        return 2
    for name in names or known:
        write(name, importlib.import_module(name).cases())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
