"""Handwritten digits and a dense network: the first program of most introductions.

```sh
python digits_dense.py [FOLDER]
```

FOLDER holds the four files of MNIST as they are published (train-images-idx3-ubyte.gz and so on).
Without it `keras.datasets` gets them.
"""

import gzip
import os
import sys

import numpy as np

import cornu as tf
from cornu import keras


def read(path, header):
    """The bytes of one published file, without its header."""
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def load_data(folder):
    def part(name):
        images = read(os.path.join(folder, name + "-images-idx3-ubyte.gz"), 16)
        return images.reshape(-1, 28, 28), read(os.path.join(folder, name + "-labels-idx1-ubyte.gz"), 8)

    return part("train"), part("t10k")


tf.random.set_seed(1)
data = load_data(sys.argv[1]) if len(sys.argv) > 1 else keras.datasets.mnist.load_data()
(x_train, y_train), (x_test, y_test) = data
x_train, x_test = x_train / 255.0, x_test / 255.0

model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Input(shape=(28, 28)),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation="relu"),
        tf.keras.layers.Dense(10, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.summary()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, epochs=5, batch_size=128, validation_data=(x_test, y_test), verbose=2)

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"Test loss: {loss:.4f}")
print(f"Test accuracy: {accuracy:.4f}")

predictions = model.predict(x_test[:10], verbose=0)
print("Predicted:", np.argmax(predictions, axis=1))
print("Actual:   ", y_test[:10])
