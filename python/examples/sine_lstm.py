"""A sine wave and an LSTM: the next value of a series from the twenty before it. Needs no data.

```sh
python sine_lstm.py
```
"""

import numpy as np

import cornu as tf

tf.random.set_seed(4)
tf.keras.backend.clear_session()
series = np.sin(np.arange(1000) * 0.1) + np.random.default_rng(4).normal(scale=0.05, size=1000)
series = series.astype("float32")

window_size = 20
x = np.array([series[i : i + window_size] for i in range(len(series) - window_size)])[..., np.newaxis]
y = series[window_size:]
x_train, y_train, x_test, y_test = x[:800], y[:800], x[800:], y[800:]

model = tf.keras.Sequential(
    [
        tf.keras.layers.Input((window_size, 1)),
        tf.keras.layers.LSTM(32, return_sequences=True),
        tf.keras.layers.LSTM(32),
        tf.keras.layers.Dense(1),
    ]
)
model.summary()
model.compile(loss=tf.keras.losses.Huber(), optimizer=tf.keras.optimizers.Adam(1e-3), metrics=["mae"])
lr_schedule = tf.keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=5)
history = model.fit(x_train, y_train, epochs=20, batch_size=32, verbose=0, callbacks=[lr_schedule])

loss, mae = model.evaluate(x_test, y_test, verbose=0)
print(f"Test loss: {loss:.4f}")
print(f"Test MAE: {mae:.4f}")

# Twenty steps into the future, each from the ones foretold before.
window = series[-window_size:]
for _ in range(20):
    foretold = model.predict(window[np.newaxis, -window_size:, np.newaxis], verbose=0)
    window = np.append(window, foretold[0, 0])
print("Foretold:", window[window_size:].round(2))
