"""Attention."""

import numpy as np
from keras import layers
from shared import case, normal


def steps(rng, n, m=3, value=0.5):
    """Draw a sequence of which some steps are masked out."""
    x = normal(rng, 2, n, m)
    x[0, 1] = value
    x[1, n - 1] = value
    return x


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(15)
    made = []

    def add(name, covers, inputs, build, **options):
        made.append(case(rng, name, covers, inputs, build, **options))

    q, v, k = normal(rng, 2, 3, 4), normal(rng, 2, 5, 2), normal(rng, 2, 5, 4)
    s = normal(rng, 2, 3, 4)
    masking = lambda x: layers.Masking(0.5)(x)
    average = layers.GlobalAveragePooling1D
    luong = [
        (layers.Attention, {}),
        (layers.Attention, {"use_scale": True}),
        (layers.Attention, {"score_mode": "concat"}),
        (layers.Attention, {"score_mode": "concat", "use_scale": True, "dropout": 0.3, "seed": 3}),
        (layers.AdditiveAttention, {}),
        (layers.AdditiveAttention, {"use_scale": False, "dropout": 0.3}),
    ]
    for layer, fields in luong:
        name = layer.__name__
        add(f"two inputs, {fields}", name, [q, k], lambda q, v: layer(**fields)([q, v]))
        add(f"three inputs, {fields}", name, [q, v, k], lambda q, v, k: layer(**fields)([q, v, k]))
        add(
            f"scores, causal, {fields}",
            name,
            [q, k],
            lambda q, v: list(layer(**fields)([q, v], return_attention_scores=True, use_causal_mask=True)),
        )
        add(
            f"masked, {fields}",
            ["Masking", name],
            [steps(rng, 3), steps(rng, 4)],
            lambda q, v: (lambda y: [y, average()(y)])(layer(**fields)([masking(q), masking(v)])),
        )
        add(
            f"value masked, causal, {fields}",
            ["Masking", name],
            [steps(rng, 4), steps(rng, 4)],
            lambda q, v: (lambda y: [y, average()(y)])(layer(**fields)([q, masking(v)], use_causal_mask=True)),
        )
    masks = [np.array([[True, False, True], [True, True, False]]), np.array([[True] * 4 + [False], [False] + [True] * 4])]
    add(
        "masks in the call",
        "Attention",
        [q, k, *masks],
        lambda q, v, a, b: layers.Attention()([q, v], mask=[a, b]),
    )
    add(
        "one mask in the call",
        "Attention",
        [q, k, masks[1]],
        lambda q, v, b: layers.Attention()([q, v], mask=[None, b]),
    )
    add(
        "mixed precision",
        "Attention",
        [q, k],
        lambda q, v: layers.Attention(use_scale=True, dtype="mixed_bfloat16")([q, v]),
        tolerance=3e-2,
    )

    all_options = {
        "kernel_initializer": "he_normal",
        "bias_initializer": "ones",
        "kernel_regularizer": "l1",
        "bias_regularizer": "l2",
        "activity_regularizer": "l2",
        "kernel_constraint": "max_norm",
        "bias_constraint": "non_neg",
    }
    mha, gqa = layers.MultiHeadAttention, layers.GroupQueryAttention
    allowed = np.array([[[True, False, True, True, False]] * 3, [[False, True, True, False, True]] * 3])
    allowed[0, 1] = [False, False, False, False, True]
    allowed[1, 2] = False
    square = np.array([[[True, True, False]] * 3, [[False, True, True]] * 3])
    for cls, base in ((mha, (2, 3)), (gqa, (3, 4, 2))):
        name = "MultiHeadAttention" if cls is mha else "GroupQueryAttention"
        layer = lambda **fields: cls(*base, **fields)
        wide = normal(rng, 2, 5, 4)
        source = normal(rng, 2, 5, 3) if cls is mha else wide
        add("query and value", name, [q, source], lambda q, v: layer()(q, v))
        add("to itself", name, [q], lambda q: layer()(q, q))
        add("query, value, key", name, [q, wide, source], lambda q, v, k: layer()(q, v, k))
        add("by name", name, [q, wide, source], lambda q, v, k: layer()(query=q, value=v, key=k))
        add("open steps", name, [q, wide], lambda q, v: layer()(q, v), shapes=[(None, 4), (None, 4)])
        for fields in (
            {"use_bias": False},
            {"use_gate": True},
            {"sliding_window": 2},
            {"dropout": 0.3, "seed": 3},
            all_options,
        ):
            text = ", ".join(f"{k}={v}" for k, v in fields.items())
            add(text, name, [q, s], lambda q, v: layer(**fields)(q, v))
        add("causal", name, [q, s], lambda q, v: layer()(q, v, use_causal_mask=True))
        add("causal, other steps", name, [q, wide], lambda q, v: layer()(q, v, use_causal_mask=True))
        add(
            "causal window",
            name,
            [wide],
            lambda q: layer(sliding_window=2)(q, q, use_causal_mask=True),
        )
        add("scores", name, [q, s], lambda q, v: list(layer()(q, v, return_attention_scores=True)))
        add(
            "scores, causal, with dropout",
            name,
            [q, s],
            lambda q, v: list(layer(dropout=0.2)(q, v, return_attention_scores=True, use_causal_mask=True)),
        )
        add("attention mask", name, [q, wide, allowed], lambda q, v, m: layer()(q, v, attention_mask=m))
        add(
            "attention mask, scores",
            name,
            [q, s, square],
            lambda q, v, m: list(layer()(q, v, attention_mask=m, return_attention_scores=True)),
        )
        add(
            "attention mask, causal",
            name,
            [q, s, square],
            lambda q, v, m: layer()(q, v, attention_mask=m, use_causal_mask=True),
        )
        for which in ("query", "value", "both"):
            a, b = steps(rng, 4), steps(rng, 5)
            masked = lambda x, at: masking(x) if which in (at, "both") else x
            for fields in ({}, {"dropout": 0.1}):
                add(
                    f"{which} masked, {fields}",
                    ["Masking", name],
                    [a, b],
                    lambda q, v: (lambda y: [y, average()(y)])(
                        layer(**fields)(masked(q, "query"), masked(v, "value"))
                    ),
                )
        add(
            "all masked, key apart, scores",
            ["Masking", name],
            [steps(rng, 4), steps(rng, 4), steps(rng, 4)],
            lambda q, v, k: (lambda y: [*y, average()(y[0])])(
                layer()(masking(q), masking(v), masking(k), return_attention_scores=True)
            ),
        )
        add(
            "masks in the call",
            name,
            [q, wide, masks[0], masks[1]],
            lambda q, v, a, b: layer()(q, v, query_mask=a, value_mask=b, use_causal_mask=True),
        )
        add(
            "mixed precision",
            name,
            [q, wide],
            lambda q, v: layer(dtype="mixed_bfloat16")(q, v),
            tolerance=5e-2,
        )
    # The product that JAX fuses takes values as long as keys alone; with dropout another is used.
    add("values of another length", "MultiHeadAttention", [q, k], lambda q, v: mha(2, 3, value_dim=4, dropout=0.1)(q, v))
    add("gated, values of another length", "MultiHeadAttention", [q, k], lambda q, v: mha(2, 3, value_dim=4, use_gate=True, dropout=0.1)(q, v))
    add("another output", "MultiHeadAttention", [q, k], lambda q, v: mha(2, 3, output_shape=5)(q, v))
    add("an output of two axes", "MultiHeadAttention", [q, k], lambda q, v: mha(2, 3, output_shape=(2, 3))(q, v))
    image = normal(rng, 2, 3, 2, 4)
    for axes in (None, 1, (2,), (1, 2), (-2,), (2, 1)):
        add(f"axes {axes}", "MultiHeadAttention", [image], lambda x: mha(2, 3, attention_axes=axes)(x, x))
    add("one head", "MultiHeadAttention", [q, k], lambda q, v: mha(1, 3)(q, v))
    add("one key for all", "GroupQueryAttention", [q, k], lambda q, v: gqa(3, 4, 1)(q, v))
    add("a key each", "GroupQueryAttention", [q, k], lambda q, v: gqa(3, 2, 2)(q, v))
    return made
