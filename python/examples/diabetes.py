"""Diabetes or not, from eight measurements: a binary classifier on a CSV file.

```sh
python diabetes.py [FILE] [FOLDS]
```

FILE is pima-indians-diabetes.csv: 768 lines of eight numbers and a class, without a header.
With a number of FOLDS the network is cross-validated as well, which takes scikit-learn.
"""

import sys

import numpy as np

from cornu.keras.layers import Dense, Input
from cornu.keras.models import Sequential
from cornu.keras.utils import set_random_seed

set_random_seed(7)
dataset = np.loadtxt(sys.argv[1] if len(sys.argv) > 1 else "pima-indians-diabetes.csv", delimiter=",")
X, Y = dataset[:, 0:8], dataset[:, 8]
X = (X - X.mean(axis=0)) / X.std(axis=0)


def build():
    model = Sequential()
    model.add(Input(shape=(8,)))
    model.add(Dense(12, activation="relu"))
    model.add(Dense(8, activation="relu"))
    model.add(Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


model = build()
history = model.fit(X, Y, epochs=50, batch_size=10, verbose=0)
loss, accuracy = model.evaluate(X, Y, verbose=0)
print(f"Loss: {loss:.4f}")
print(f"Accuracy: {accuracy:.4f}")

predictions = (model.predict(X, verbose=0) > 0.5).astype(int)
for x, predicted, y in zip(X[:5], predictions[:5], Y[:5], strict=True):
    print(f"{x.round(2).tolist()} => {predicted[0]} (expected {y:.0f})")

if len(sys.argv) > 2:
    from sklearn.model_selection import StratifiedKFold

    scores = []
    for train, test in StratifiedKFold(int(sys.argv[2]), shuffle=True, random_state=7).split(X, Y):
        model = build()
        model.fit(X[train], Y[train], epochs=50, batch_size=10, verbose=0)
        scores.append(model.evaluate(X[test], Y[test], verbose=0)[1])
    print(f"Accuracy of {len(scores)} folds: {np.mean(scores):.4f} (+/- {np.std(scores):.4f})")
