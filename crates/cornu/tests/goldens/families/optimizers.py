"""Optimizers and learning rate schedules."""

import keras
import numpy as np
from keras import layers

from .shared import array, fresh, normal, number, plain, write


def named(variables):
    """Record variables by name, path and value.

    Parameters
    ----------
    variables : list of keras.Variable
        The variables.

    Returns
    -------
    list of dict
        ``{"name", "path", "value"}`` each, the value always an array.
    """
    return [
        {"name": v.name, "path": v.path, "value": array(v.numpy())}
        for v in variables
    ]


def step_losses(model, batches, steps):
    """Train on batches in turn and record each batch's own loss.

    Keras keeps a running mean over `train_on_batch` calls, so the metrics are
    reset before every step.

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
    list of float
        The loss before each update.
    """
    losses = []
    for step in range(steps):
        x, y = batches[step % len(batches)]
        model.reset_metrics()
        logs = model.train_on_batch(x, y, return_dict=True)
        losses.append(number(logs["loss"]))
    return losses


def schedules():
    """List the learning-rate schedules of the goldens.

    Returns
    -------
    list of keras.optimizers.schedules.LearningRateSchedule
        The schedules.
    """
    ks = keras.optimizers.schedules
    return [
        ks.ExponentialDecay(0.2, decay_steps=7, decay_rate=0.6),
        ks.ExponentialDecay(
            0.2, decay_steps=7, decay_rate=0.6, staircase=True
        ),
        ks.CosineDecay(
            0.02,
            decay_steps=15,
            alpha=0.1,
            warmup_target=0.2,
            warmup_steps=8,
        ),
        ks.CosineDecay(0.2, decay_steps=20, alpha=0.05),
        ks.PiecewiseConstantDecay([5, 12, 20], [0.2, 0.1, 0.05, 0.01]),
    ]


def make_schedules():
    """Write ``schedules.json``: learning rates by the number of updates."""
    fresh(4)
    steps = [*range(32), 40, 100, 1000]
    cases = []
    for schedule in schedules():
        values = [
            number(schedule(keras.ops.convert_to_tensor(s, "int32")))
            for s in steps
        ]
        cases.append(
            {
                "class_name": type(schedule).__name__,
                "config": plain(schedule.get_config()),
                "steps": steps,
                "values": values,
            }
        )
    write("schedules.json", {"cases": cases})


def optimizer_builders():
    """List the optimizers of the goldens.

    Returns
    -------
    list of callable
        Each makes one optimizer.
    """
    ko = keras.optimizers
    builders = [
        lambda: ko.SGD(0.1),
        lambda: ko.SGD(0.1, momentum=0.9),
        lambda: ko.SGD(0.1, momentum=0.9, nesterov=True),
        lambda: ko.RMSprop(0.01),
        lambda: ko.RMSprop(0.01, rho=0.8, momentum=0.9, centered=True),
        lambda: ko.Adagrad(0.1),
        lambda: ko.Adagrad(0.05, initial_accumulator_value=0.5, epsilon=1e-5),
        lambda: ko.Adam(0.01),
        lambda: ko.Adam(
            0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-4, amsgrad=True
        ),
        lambda: ko.AdamW(0.01),
        lambda: ko.AdamW(0.02, weight_decay=0.05, beta_1=0.85, amsgrad=True),
        lambda: ko.RMSprop(0.01, momentum=0.5),
        lambda: ko.RMSprop(0.01, centered=True),
    ]
    options = [
        {"clipnorm": 0.1},
        {"clipvalue": 0.02},
        {"global_clipnorm": 0.15},
        {"weight_decay": 0.04},
        {"gradient_accumulation_steps": 4},
        {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 5},
        {"use_ema": True, "ema_momentum": 0.9},
        {
            "gradient_accumulation_steps": 4,
            "clipnorm": 0.1,
            "weight_decay": 0.04,
        },
    ]
    for option in options:
        builders.append(lambda o=option: ko.SGD(0.1, **o))
        builders.append(lambda o=option: ko.Adam(0.01, **o))
    accumulate = {"gradient_accumulation_steps": 3, "momentum": 0.9}
    builders.append(lambda: ko.SGD(0.1, **accumulate))
    for index in range(len(schedules())):
        builders.append(lambda i=index: ko.SGD(schedules()[i]))
    builders.append(lambda: ko.Adam(schedules()[2]))
    builders.append(
        lambda: ko.SGD(schedules()[1], gradient_accumulation_steps=4)
    )
    builders += [
        lambda: ko.Lamb(0.01),
        lambda: ko.Lamb(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-4),
        lambda: ko.Lamb(0.01, weight_decay=0.04, clipnorm=0.1),
        lambda: ko.Ftrl(0.1),
        lambda: ko.Ftrl(
            0.1,
            learning_rate_power=-0.4,
            initial_accumulator_value=0.2,
            l1_regularization_strength=0.05,
            l2_regularization_strength=0.03,
            l2_shrinkage_regularization_strength=0.02,
            beta=0.1,
        ),
        lambda: ko.Ftrl(0.1, gradient_accumulation_steps=3),
        lambda: ko.Adafactor(0.05),
        lambda: ko.Adafactor(
            0.3,
            beta_2_decay=-0.6,
            epsilon_1=1e-8,
            epsilon_2=0.1,
            clip_threshold=0.5,
            relative_step=False,
        ),
        lambda: ko.Adafactor(
            schedules()[0], weight_decay=0.04, use_ema=True, ema_momentum=0.9
        ),
        lambda: ko.Adafactor(0.05, gradient_accumulation_steps=3),
        lambda: ko.Muon(0.02),
        lambda: ko.Muon(
            0.01,
            exclude_layers=["dense_1$", "dense_1/"],
            momentum=0.8,
            nesterov=False,
            ns_steps=3,
            rms_rate=None,
            adam_lr_ratio=0.5,
            adam_weight_decay=None,
            weight_decay=0.1,
        ),
        lambda: ko.Muon(
            0.02, gradient_accumulation_steps=3, global_clipnorm=0.2
        ),
        lambda: ko.ScheduleFreeAdamW(0.02),
        lambda: ko.ScheduleFreeAdamW(
            0.05, beta_1=0.8, beta_2=0.95, warmup_steps=10, weight_decay=0.05
        ),
        lambda: ko.ScheduleFreeAdamW(0.02, gradient_accumulation_steps=4),
        lambda: ko.LossScaleOptimizer(
            ko.Adam(0.01), initial_scale=64.0, dynamic_growth_steps=4
        ),
        lambda: ko.LossScaleOptimizer(
            ko.SGD(0.1, clipnorm=0.1, use_ema=True, ema_momentum=0.9)
        ),
        lambda: ko.MultiOptimizer(
            ko.OptimizerMap(
                ko.SGD(0.1, momentum=0.9), {".*dense/.*": ko.Adam(0.01)}
            )
        ),
        lambda: ko.MultiOptimizer(
            ko.OptimizerMap(
                ko.RMSprop(0.01),
                {
                    ".*dense_1/kernel": ko.Adam(0.01, clipnorm=0.1),
                    "nowhere": ko.Lamb(0.01),
                },
            ),
            loss_scale_factor=8.0,
        ),
    ]
    return builders


def skipped_steps():
    """Take steps of a scaled loss whose gradients are not all finite.

    Returns
    -------
    dict
        The gradients of one weight, None where they are infinite, with the
        weight and the scale after each step.
    """
    gradients = [0.5, None, -0.25, None, None, 1.5, 0.125, 0.75, -1.0, 0.5]
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.Adam(0.1), initial_scale=8.0, dynamic_growth_steps=3
    )
    weight = keras.Variable(1.0)
    optimizer.build([weight])
    weights, scales = [], []
    place = [v.name for v in optimizer.variables].index("dynamic_scale")
    values = [variable.value for variable in optimizer.variables]
    kept = [weight.value]
    for gradient in gradients:
        gradient = np.float32(np.inf if gradient is None else gradient)
        kept, values = optimizer.stateless_apply(values, [gradient], kept)
        weights.append(number(kept[0]))
        scales.append(number(values[place]))
    return {"gradients": gradients, "weights": weights, "scales": scales}


def make_optimizers():
    """Write ``optimizers.json``: thirty steps of every optimizer."""
    rng = fresh(5)
    kernels = [
        normal(rng, 4, 8, scale=0.5),
        normal(rng, 8, scale=0.1),
        normal(rng, 8, 3, scale=0.5),
        normal(rng, 3, scale=0.1),
    ]
    batches = []
    for _ in range(3):
        x = normal(rng, 16, 4)
        y = np.argmax(x[:, :3] + 0.5 * normal(rng, 16, 3), -1)
        batches.append((x, y.astype(np.int32)))
    cases = []
    for build in optimizer_builders():
        fresh(5)
        model = keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(8, activation="tanh"),
                layers.Dense(3, activation="softmax"),
            ]
        )
        model.set_weights(kernels)
        optimizer = build()
        config = plain(optimizer.get_config())
        model.compile(optimizer, "sparse_categorical_crossentropy")
        losses = step_losses(model, batches, 30)
        cases.append(
            {
                "class_name": type(optimizer).__name__,
                "config": config,
                "losses": losses,
                "final_weights": [array(w) for w in model.get_weights()],
                "optimizer_variables": named(optimizer.variables),
            }
        )
    value = {
        "model": plain(model.get_config()),
        "loss": "sparse_categorical_crossentropy",
        "initial_weights": [array(w) for w in kernels],
        "batches": [{"x": array(x), "y": array(y)} for x, y in batches],
        "cases": cases,
        "skipped": skipped_steps(),
    }
    write("optimizers.json", value)
