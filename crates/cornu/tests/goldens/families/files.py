"""Models that Keras saved."""

import json
import re
import warnings
import zipfile

import keras
import numpy as np
from keras import layers

from .optimizers import named, step_losses
from .regularizers_constraints import initializer_list
from .shared import ACTIVATION_NAMES, HERE, array, fresh, normal, plain, write


def renumber(config):
    """Replace the addresses that Keras uses as shared objects' identities.

    Parameters
    ----------
    config : str
        A model's config.json.

    Returns
    -------
    str
        The same with the identities 1, 2, ... in the order of their use.
    """
    pattern = r'"shared_object_id": (\d+)'
    order = {k: 1 for k in re.findall(pattern, config)}
    numbers = {k: i for i, k in enumerate(order, 1)}
    return re.sub(
        pattern,
        lambda found: f'"shared_object_id": {numbers[found[1]]}',
        config,
    )


def save(model, name):
    """Save a model as NAME.keras, without what differs from run to run.

    That is the date in its metadata, and the addresses in its config.

    Parameters
    ----------
    model : keras.Model
        A built model.
    name : str
        The file's stem.

    Returns
    -------
    keras.Model
        The model as Keras loads it back from the file.
    """
    path = HERE / f"{name}.keras"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    with zipfile.ZipFile(path) as archive:
        entries = [(i, archive.read(i)) for i in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for info, data in entries:
            if info.filename == "metadata.json":
                metadata = json.loads(data)
                metadata["date_saved"] = "2026-01-01@00:00:00"
                data = json.dumps(metadata).encode()
            if info.filename == "config.json":
                data = renumber(data.decode()).encode()
            archive.writestr(zipfile.ZipInfo(info.filename), data)
    print(f"{name}.keras: {path.stat().st_size} bytes", flush=True)
    return keras.saving.load_model(path)


def describe(model, inputs):
    """Record what a saved model gives, apart from its training.

    Parameters
    ----------
    model : keras.Model
        A model loaded from its file.
    inputs : list of numpy.ndarray
        A value for each of its inputs.

    Returns
    -------
    dict
        The inputs, the predictions, the weights and the optimizer's
        variables, if it has an optimizer.
    """
    args = inputs[0] if len(inputs) == 1 else inputs
    predictions = model.predict(args, verbose=0)
    if not isinstance(predictions, (list, tuple)):
        predictions = [predictions]
    optimizer = getattr(model, "optimizer", None)
    return {
        "class_name": type(model).__name__,
        "inputs": [array(v) for v in inputs],
        "predictions": [array(p) for p in predictions],
        "weights": named(model.weights),
        "optimizer": None
        if optimizer is None
        else {
            "class_name": type(optimizer).__name__,
            "config": plain(optimizer.get_config()),
            "variables": named(optimizer.variables),
        },
    }


def resume(model, batches, steps):
    """Train a loaded model further, to see that its optimizer goes on.

    Parameters
    ----------
    model : keras.Model
        A compiled model.
    batches : list of tuple
        ``(x, y)`` each, used cyclically.
    steps : int
        How many steps to take.

    Returns
    -------
    dict
        The batches, each step's loss before its update, and the end.
    """

    def arrays(value):
        if not isinstance(value, (list, tuple)):
            value = [value]
        return [array(v) for v in value]

    losses = step_losses(model, batches, steps)
    return {
        "batches": [{"x": arrays(x), "y": arrays(y)} for x, y in batches],
        "losses": losses,
        "final_weights": named(model.weights),
        "final_optimizer_variables": named(model.optimizer.variables),
    }


def randomize(rng, model, scale=0.5):
    """Set every weight of a model to fixed numbers.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they come from.
    model : keras.Model
        The model.
    scale : float
        Their standard deviation.
    """
    for variable in model.trainable_variables:
        variable.assign(normal(rng, *variable.shape, scale=scale))


def make_sequential():
    """Write ``sequential.keras``: compiled, trained five steps."""
    rng = fresh(20)
    model = keras.Sequential(
        [
            keras.Input((3, 2)),
            layers.Rescaling(1.0 / 8, offset=-0.5),
            layers.Flatten(),
            layers.Dense(8, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.0),
            layers.Dense(3, activation="softmax"),
        ],
        name="classifier",
    )
    model.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    batches = [
        (
            np.round(4 + 3 * normal(rng, 12, 3, 2), 2).astype(np.float32),
            rng.integers(0, 3, 12).astype(np.int32),
        )
        for _ in range(3)
    ]
    step_losses(model, batches, 5)
    loaded = save(model, "sequential")
    value = describe(loaded, [batches[0][0][:6]])
    value["resume"] = resume(loaded, batches, 5)
    write("sequential.json", value)


def make_functional():
    """Write ``functional.keras``: branches, a shared layer, two outputs."""
    rng = fresh(21)
    left = keras.Input((4,), name="left")
    right = keras.Input((4,), name="right")
    extra = keras.Input((2,), name="extra")
    shared = layers.Dense(5, activation="tanh", name="shared")
    a, b = shared(left), shared(right)
    both = layers.Concatenate(name="both")([a, b, extra])
    hidden = layers.Dense(12, activation="relu", name="hidden")(both)
    skip = layers.Add(name="skip")([both, hidden])
    norm = layers.BatchNormalization(name="norm")(skip)
    kind = layers.Dense(3, activation="softmax", name="kind")(norm)
    amount = layers.Dense(1, name="amount")(skip)
    model = keras.Model(
        inputs=[left, right, extra],
        outputs=[kind, amount],
        name="branches",
    )
    model.compile(
        keras.optimizers.RMSprop(0.005, momentum=0.5),
        loss={
            "kind": "sparse_categorical_crossentropy",
            "amount": keras.losses.Huber(),
        },
        loss_weights={"kind": 1.0, "amount": 0.5},
        metrics={"kind": ["accuracy"], "amount": ["mae"]},
    )
    batches = []
    for _ in range(2):
        x = [normal(rng, 10, 4), normal(rng, 10, 4), normal(rng, 10, 2)]
        y = [rng.integers(0, 3, 10).astype(np.int32), normal(rng, 10, 1)]
        batches.append((x, y))
    step_losses(model, batches, 3)
    loaded = save(model, "functional")
    value = describe(loaded, [v[:5] for v in batches[0][0]])
    value["resume"] = resume(loaded, batches, 4)
    write("functional.json", value)


def make_nested():
    """Write ``nested.keras``: models inside a functional model."""
    rng = fresh(22)
    encoder = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(3),
        ],
        name="encoder",
    )
    inner = keras.Input((3,), name="code")
    wide = layers.Dense(3, activation="tanh")(inner)
    joined = layers.Add()([inner, wide])
    block = keras.Model(inner, joined, name="block")
    first = keras.Input((4,), name="first")
    second = keras.Input((4,), name="second")
    a, b = encoder(first), encoder(second)
    both = layers.Concatenate()([block(a), b])
    output = layers.Dense(1, activation="sigmoid", name="output")(both)
    model = keras.Model([first, second], output, name="pair")
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        "binary_crossentropy",
        metrics=["accuracy"],
    )
    batches = []
    for _ in range(2):
        x = [normal(rng, 10, 4), normal(rng, 10, 4)]
        y = rng.integers(0, 2, (10, 1)).astype(np.float32)
        batches.append((x, y))
    step_losses(model, batches, 3)
    loaded = save(model, "nested")
    value = describe(loaded, [v[:5] for v in batches[0][0]])
    value["resume"] = resume(loaded, batches, 4)
    write("nested.json", value)


def make_normalization():
    """Write ``normalization.keras``: an adapted Normalization."""
    rng = fresh(23)
    data = normal(rng, 40, 3) * np.float32([1, 5, 0.2]) + np.float32(
        [0, 10, -3]
    )
    adapted = layers.Normalization()
    adapted.adapt(data)
    given = layers.Normalization(mean=[0.1, 0.2], variance=[1.5, 2.5])
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    both = layers.Concatenate()([adapted(a), given(b)])
    output = layers.Dense(2, activation="sigmoid")(both)
    model = keras.Model([a, b], output)
    loaded = save(model, "normalization")
    value = describe(loaded, [data[:6], normal(rng, 6, 2)])
    value["adapted_to"] = array(data)
    write("normalization.json", value)


def make_recurrent():
    """Write ``recurrent.keras``: layers within layers, three deep."""
    rng = fresh(26)
    model = keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.Masking(),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
            layers.Bidirectional(
                layers.GRU(2, return_sequences=True),
                backward_layer=layers.LSTM(
                    2, return_sequences=True, go_backwards=True
                ),
                merge_mode="sum",
            ),
            layers.TimeDistributed(layers.Dense(4, activation="relu")),
            layers.RNN(
                layers.StackedRNNCells(
                    [
                        layers.LSTMCell(3),
                        layers.GRUCell(2, name="between"),
                        layers.LSTMCell(2),
                    ]
                )
            ),
        ]
    )
    randomize(rng, model)
    x = normal(rng, 4, 5, 3)
    x[1, 3:] = x[2, 1] = 0
    loaded = save(model, "recurrent")
    write("recurrent.json", describe(loaded, [x]))


def make_uncompiled():
    """Write ``uncompiled.keras``: no loss and no optimizer."""
    rng = fresh(24)
    model = keras.Sequential(
        [
            layers.Dense(5, activation="gelu"),
            layers.Reshape((5, 1)),
            layers.Flatten(),
            layers.Dropout(0.25, seed=11),
            layers.Dropout(0.5),
            layers.Dense(2, use_bias=False),
        ]
    )
    x = normal(rng, 6, 4)
    model(x)
    loaded = save(model, "uncompiled")
    write("uncompiled.json", describe(loaded, [x]))


def make_every_activation():
    """Write ``every_activation.keras``: one of everything in the configs."""
    rng = fresh(25)
    kr, kc = keras.regularizers, keras.constraints
    starts = initializer_list()
    penalties = [kr.L1(0.01), kr.L2(0.02), kr.L1L2(0.01, 0.02), None]
    limits = [
        kc.MaxNorm(3.0),
        kc.NonNeg(),
        kc.UnitNorm(),
        kc.MaxNorm(1.0, axis=[0, 1]),
        None,
    ]
    x = keras.Input((4,), name="x")
    branches, shaped = [], []
    count = max(len(ACTIVATION_NAMES), len(starts))
    for i in range(count):
        name = ACTIVATION_NAMES[i % len(ACTIVATION_NAMES)]
        dense = layers.Dense(
            4,
            activation=name,
            kernel_initializer=starts[i % len(starts)],
            bias_initializer=[
                "zeros",
                "ones",
                keras.initializers.Constant(0.1),
            ][i % 3],
            kernel_regularizer=penalties[i % 4],
            bias_regularizer=penalties[(i + 2) % 4],
            activity_regularizer=kr.L2(0.001) if i == 3 else None,
            kernel_constraint=limits[i % 5],
            bias_constraint=limits[(i + 4) % 5],
        )
        branches.append(dense(x))
    for name in ACTIVATION_NAMES:
        shaped.append(layers.Activation(name)(x))
    model = keras.Model(
        x,
        [layers.Concatenate()(branches), layers.Concatenate()(shaped)],
        name="everything",
    )
    randomize(rng, model, scale=0.8)
    loaded = save(model, "every_activation")
    value = describe(loaded, [normal(rng, 6, 4)])
    write("every_activation.json", value)


def make_optimizer_files():
    """Write ``optimizer_*.keras``: one trained file for every optimizer."""
    ko = keras.optimizers
    for name, build in [
        ("sgd", lambda: ko.SGD(0.05, momentum=0.9)),
        ("rmsprop", lambda: ko.RMSprop(0.01, momentum=0.3, centered=True)),
        ("adagrad", lambda: ko.Adagrad(0.05)),
        ("adam", lambda: ko.Adam(0.01, amsgrad=True)),
        ("adamw", lambda: ko.AdamW(0.01, weight_decay=0.02)),
        ("lamb", lambda: ko.Lamb(0.01)),
        ("adafactor", lambda: ko.Adafactor(0.05)),
        ("ftrl", lambda: ko.Ftrl(0.05)),
        ("muon", lambda: ko.Muon(0.01, exclude_layers=["dense_1"])),
        ("schedule_free", lambda: ko.ScheduleFreeAdamW(0.01)),
        (
            "loss_scale",
            lambda: ko.LossScaleOptimizer(
                ko.Adam(0.01), initial_scale=64.0, dynamic_growth_steps=2
            ),
        ),
        (
            "multi",
            lambda: ko.MultiOptimizer(
                ko.OptimizerMap(
                    ko.SGD(0.05, momentum=0.9), {".*bias": ko.Adam(0.01)}
                )
            ),
        ),
        (
            "schedule",
            lambda: ko.Adam(
                ko.schedules.ExponentialDecay(0.02, 4, 0.5),
                use_ema=True,
                ema_momentum=0.9,
                gradient_accumulation_steps=2,
                clipnorm=1.0,
            ),
        ),
    ]:
        rng = fresh(26)
        model = keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(5, activation="tanh"),
                layers.Dense(2),
            ]
        )
        model.compile(
            build(),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=[keras.metrics.SparseCategoricalAccuracy(name="hits")],
        )
        batches = [
            (normal(rng, 8, 4), rng.integers(0, 2, 8).astype(np.int32))
            for _ in range(2)
        ]
        step_losses(model, batches, 3)
        loaded = save(model, f"optimizer_{name}")
        value = describe(loaded, [batches[0][0]])
        value["resume"] = resume(loaded, batches, 5)
        write(f"optimizer_{name}.json", value)
