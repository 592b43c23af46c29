"""What Keras's utilities make of data."""

import keras
import numpy as np

from .shared import array, write


def make_pad_sequences():
    """Write ``pad_sequences.json``: every option of ``pad_sequences``."""
    flat = [[1, 2, 3, 4, 5], [], [6, 7], [8]]
    steps = [[[1.5, 2.5], [3.5, 4.5], [5.5, 6.5]], [], [[7.5, 8.5]]]
    cases = []
    for sequences, dtype in [(flat, "int32"), (flat, "float32"), (steps, "float32")]:
        for maxlen in [None, 2, 3, 7]:
            for padding in ["pre", "post"]:
                for truncating in ["pre", "post"]:
                    for value in [0.0, -1.0]:
                        options = {
                            "maxlen": maxlen,
                            "dtype": dtype,
                            "padding": padding,
                            "truncating": truncating,
                            "value": value,
                        }
                        padded = keras.utils.pad_sequences(sequences, **options)
                        cases.append(
                            {
                                "sequences": [
                                    array(np.asarray(s, dtype))
                                    for s in sequences
                                ],
                                "options": options,
                                "padded": array(padded),
                            }
                        )
    write("pad_sequences.json", {"cases": cases})
