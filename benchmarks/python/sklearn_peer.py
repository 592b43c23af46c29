"""scikit-learn: MLPClassifier, an epoch a call of `partial_fit`."""

import pickle

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from protocol import PREDICT_BATCH, Unsupported, read, serve, threads

HIDDEN = {"W1": (10, 10), "W2": (10, 8)}


class Subject:
    """One workload."""

    def __init__(self, workload, path=None):
        if workload not in HIDDEN:
            why = "has no dropout" if workload == "W3" else "has dense layers alone"
            raise Unsupported(f"MLPClassifier {why}")
        self.x, y, self.batch = read(workload)
        self.y = y.ravel().astype(np.int64)
        if path:
            with open(path, "rb") as file:
                self.model = pickle.load(file)
            return
        self.model = MLPClassifier(
            HIDDEN[workload], solver="adam", alpha=0.0, batch_size=self.batch, random_state=1
        )
        self.classes = np.unique(self.y)
        # Weights are made by the first call; one small one makes them.
        self.fit(self.batch)

    def fit(self, rows):
        self.model.partial_fit(self.x[:rows], self.y[:rows], classes=self.classes)

    def parameters(self):
        weights = self.model.coefs_ + self.model.intercepts_
        return sum(weight.size for weight in weights)

    def run(self, steps):
        epochs, rest = divmod(steps, len(self.x) // self.batch)
        for _ in range(epochs):
            self.fit(len(self.x))
        if rest:
            self.fit(rest * self.batch)
        return self.model.loss_

    def predict(self, rows, calls):
        for _ in range(calls):
            for start in range(0, rows, PREDICT_BATCH):
                self.model.predict_proba(self.x[start : min(start + PREDICT_BATCH, rows)])

    def save(self, path):
        with open(path, "wb") as file:
            pickle.dump(self.model, file)



with threadpool_limits(threads()):
    serve(Subject, sklearn.__version__)
