"""What a house costs: regression on a CSV file, with `Normalization`.

```sh
python housing.py [FILE]
```

FILE is housing.csv, the districts of California: a header, eight numbers and the median value of a house
(in dollars) a line, and how near the ocean is, in words, which is left out here.
"""

import sys

import numpy as np

import cornu as tf
from cornu import keras
from cornu.keras import layers

tf.keras.utils.set_random_seed(3)
path = sys.argv[1] if len(sys.argv) > 1 else "housing.csv"
table = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=range(9), dtype=np.float32)
table = table[~np.isnan(table).any(axis=1)]  # lines with gaps
np.random.default_rng(3).shuffle(table)

n_train = int(0.8 * len(table))
train_features, test_features = table[:n_train, :8], table[n_train:, :8]
train_labels, test_labels = table[:n_train, 8] / 100_000, table[n_train:, 8] / 100_000

normalizer = layers.Normalization(axis=-1)
normalizer.adapt(train_features)


def build_and_compile_model(norm):
    model = keras.Sequential(
        [
            keras.Input(shape=(8,)),
            norm,
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(
        loss="mean_absolute_error",
        optimizer=tf.keras.optimizers.Adam(0.001),
        metrics=[keras.metrics.RootMeanSquaredError(name="rmse")],
    )
    return model


model = build_and_compile_model(normalizer)
model.summary()
early_stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=10, restore_best_weights=True)
history = model.fit(train_features, train_labels, validation_split=0.2, epochs=15, verbose=2, callbacks=[early_stop])

loss, rmse = model.evaluate(test_features, test_labels, verbose=0)
print(f"Test loss: {loss:.4f}")
print(f"Test RMSE: {rmse:.4f}")
test_predictions = model.predict(test_features, verbose=0).flatten()
print("Mean error:", float(np.mean(test_predictions - test_labels)))
