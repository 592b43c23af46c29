"""Clothes and a convolutional network.

```sh
python fashion_convolution.py [FOLDER]
```

FOLDER holds the four files of Fashion-MNIST (or MNIST) as they are published
(train-images-idx3-ubyte.gz and so on). Without it `keras.datasets` gets them.
"""

import gzip
import os
import sys

import numpy as np

from cornu import keras
from cornu.keras import layers

num_classes = 10
input_shape = (28, 28, 1)
keras.utils.set_random_seed(5)


def load_data(folder):
    parts = []
    for name in ("train", "t10k"):
        with gzip.open(os.path.join(folder, name + "-images-idx3-ubyte.gz")) as file:
            images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
        with gzip.open(os.path.join(folder, name + "-labels-idx1-ubyte.gz")) as file:
            parts.append((images, np.frombuffer(file.read(), np.uint8, offset=8)))
    return parts


data = load_data(sys.argv[1]) if len(sys.argv) > 1 else keras.datasets.fashion_mnist.load_data()
(x_train, y_train), (x_test, y_test) = data
x_train = np.expand_dims(x_train.astype("float32") / 255, -1)
x_test = np.expand_dims(x_test.astype("float32") / 255, -1)
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

model = keras.Sequential(
    [
        keras.Input(shape=input_shape),
        layers.Conv2D(16, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(num_classes, activation="softmax"),
    ]
)
model.summary()
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=128, epochs=3, validation_split=0.1, verbose=2)

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"Test loss: {loss:.4f}")
print(f"Test accuracy: {accuracy:.4f}")
