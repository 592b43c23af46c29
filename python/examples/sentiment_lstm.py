"""Praise or blame: sentences as sequences of integers, an embedding and an LSTM.

```sh
python sentiment_lstm.py [FOLDER]
```

FOLDER holds amazon_cells_labelled.txt, imdb_labelled.txt and yelp_labelled.txt: a sentence, a tab and 0 or 1
a line.
"""

import os
import re
import sys
from collections import Counter

import numpy as np

from cornu import keras
from cornu.keras.layers import LSTM, Bidirectional, Dense, Dropout, Embedding, Input
from cornu.keras.preprocessing.sequence import pad_sequences

max_features = 3000
maxlen = 40
keras.utils.set_random_seed(2)

folder = sys.argv[1] if len(sys.argv) > 1 else "."
sentences, labels = [], []
for name in ("amazon_cells", "imdb", "yelp"):
    with open(os.path.join(folder, name + "_labelled.txt"), encoding="utf-8", newline="\n") as file:
        for line in file:
            sentence, label = line.rstrip("\n").split("\t")
            sentences.append(re.findall(r"[a-z0-9']+", sentence.lower()))
            labels.append(int(label))

# As in the IMDB data of Keras: 0 pads, 1 starts, 2 stands for rare words, the most frequent word is 3.
counts = Counter(word for sentence in sentences for word in sentence)
index = {word: i + 3 for i, (word, _) in enumerate(counts.most_common(max_features - 3))}
x = pad_sequences([[1] + [index.get(word, 2) for word in sentence] for sentence in sentences], maxlen=maxlen)
y = np.array(labels)
order = np.random.default_rng(2).permutation(len(x))
x, y = x[order], y[order]
x_train, y_train, x_test, y_test = x[:2400], y[:2400], x[2400:], y[2400:]

model = keras.Sequential()
model.add(Input(shape=(maxlen,), dtype="int32"))
model.add(Embedding(max_features, 32))
model.add(Bidirectional(LSTM(16)))
model.add(Dropout(0.5))
model.add(Dense(1, activation="sigmoid"))
model.summary()
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=32, epochs=5, validation_data=(x_test, y_test), verbose=2)

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"Test loss: {loss:.4f}")
print(f"Test accuracy: {accuracy:.4f}")
