"""Make the goldens that Cornu's tests compare against, with Keras itself.

Every golden is made by one function named ``make_<golden>`` in a module of
``families``; run

    python make.py                 # remake all of them
    python make.py losses metrics  # remake some of them

in an environment with the packages of ``requirements.txt``. Keras runs on its
JAX backend, on the CPU, in float32 with full float32 matrix products. Nothing
is drawn from an unseeded generator, so a remake on the same machine gives the
same bytes; on another machine the last bits of a number may differ.
"""

import importlib
import pkgutil
import sys

import families


def makers():
    """Find the functions that make goldens.

    Returns
    -------
    dict
        Each ``make_<golden>`` of the families by its golden's name.
    """
    found = {}
    for module in pkgutil.iter_modules(families.__path__, "families."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if name.startswith("make_"):
                found[name.removeprefix("make_")] = value
    return found


def main(names):
    """Make the goldens named, or all of them.

    Parameters
    ----------
    names : list of str
        Names out of what `makers` gives.

    Returns
    -------
    int
        The exit status.
    """
    known = makers()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"unknown: {unknown}; known: {list(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        known[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
