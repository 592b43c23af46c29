"""Datasets: what they give, in which order, and what they know of themselves."""

import numpy as np
import pytest

from cornu.data import AUTOTUNE, Dataset, TensorSpec


def values(dataset):
    return [x.tolist() if hasattr(x, "tolist") else x for x in dataset.as_numpy_iterator()]


def test_slices_of_arrays_tuples_and_dicts():
    assert values(Dataset.from_tensor_slices([1, 2, 3])) == [1, 2, 3]
    x, y = np.arange(6).reshape(3, 2), np.array([0, 1, 0])
    pairs = list(Dataset.from_tensor_slices((x, y)).as_numpy_iterator())
    assert pairs[1][0].tolist() == [2, 3] and pairs[1][1] == 1
    first = next(Dataset.from_tensor_slices({"a": x, "b": y}).batch(2).as_numpy_iterator())
    assert first["a"].shape == (2, 2) and first["b"].tolist() == [0, 1]
    nested = Dataset.from_tensor_slices(({"a": x}, y)).batch(3)
    assert next(iter(nested))[0]["a"].shape == (3, 2)


def test_slices_must_be_of_the_same_length():
    with pytest.raises(ValueError, match=r"lengths \[2, 3\]"):
        Dataset.from_tensor_slices(([1, 2], [1, 2, 3]))
    with pytest.raises(ValueError, match="scalar"):
        Dataset.from_tensor_slices(3)


def test_numbers_of_python_are_of_32_bits():
    assert Dataset.from_tensor_slices([1.5]).element_spec == TensorSpec((), "float32")
    assert Dataset.from_tensor_slices([1]).element_spec == TensorSpec((), "int32")
    assert Dataset.range(3).element_spec == TensorSpec((), "int64")


@pytest.mark.parametrize("rows", [True, False])
def test_batches(rows):
    ds = Dataset.range(5) if rows else Dataset.range(5).map(lambda x: x)
    assert values(ds.batch(2)) == [[0, 1], [2, 3], [4]]
    assert values(ds.batch(2, drop_remainder=True)) == [[0, 1], [2, 3]]
    assert len(ds.batch(2)) == 3 and len(ds.batch(2, drop_remainder=True)) == 2
    assert ds.batch(2).element_spec.shape == (None,)
    assert ds.batch(2, drop_remainder=True).element_spec.shape == (2,)
    assert values(ds.batch(2).unbatch()) == list(range(5))
    assert values(ds.batch(2).batch(2))[0] == [[0, 1], [2, 3]]


def test_batches_of_unequal_elements_say_what_helps():
    ds = Dataset.from_generator(lambda: (np.zeros(n) for n in (1, 2)))
    with pytest.raises(ValueError, match="padded_batch"):
        values(ds.batch(2))
    assert next(ds.padded_batch(2).as_numpy_iterator()).shape == (2, 2)
    assert next(ds.padded_batch(2, padded_shapes=(4,)).as_numpy_iterator()).shape == (2, 4)


@pytest.mark.parametrize("rows", [True, False])
@pytest.mark.parametrize("size", [3, 10, 100])
def test_shuffles(rows, size):
    ds = Dataset.range(20) if rows else Dataset.range(20).map(lambda x: x)
    mixed = ds.shuffle(size, seed=1)
    first, second = values(mixed), values(mixed)
    assert sorted(first) == list(range(20)) and first != list(range(20)) and first != second
    assert values(ds.shuffle(size, seed=1)) == first
    still = ds.shuffle(size, seed=1, reshuffle_each_iteration=False)
    assert values(still) == values(still)
    if size == 3:
        assert first[0] < 3
    np.random.seed(7)
    one = values(ds.shuffle(size))
    np.random.seed(7)
    assert values(ds.shuffle(size)) == one
    kept = ds.shuffle(size, reshuffle_each_iteration=False)
    assert values(kept) == values(kept)


def test_every_row_is_seen_with_its_target():
    x = np.arange(100)
    ds = Dataset.from_tensor_slices((x, 2 * x)).shuffle(100, seed=0).batch(7)
    seen = [(a, b) for xs, ys in ds for a, b in zip(xs, ys)]
    assert len(seen) == 100 and all(b == 2 * a for a, b in seen)


def test_repeat_take_skip_shard():
    ds = Dataset.range(4)
    assert values(ds.repeat(2)) == [0, 1, 2, 3] * 2 and len(ds.repeat(2)) == 8
    assert ds.repeat().cardinality() == -1 and values(ds.repeat().take(6)) == [0, 1, 2, 3, 0, 1]
    with pytest.raises(TypeError, match="infinite"):
        len(ds.repeat())
    assert values(ds.take(2)) == [0, 1] and values(ds.skip(3)) == [3] and values(ds.take(-1)) == [0, 1, 2, 3]
    assert values(ds.skip(-1)) == [] and values(ds.shard(2, 1)) == [1, 3]
    assert len(ds.take(9)) == 4 and len(ds.skip(9)) == 0
    assert values(Dataset.range(0).repeat()) == []


def test_map_filter_enumerate_concatenate_zip_reduce():
    ds = Dataset.range(5)
    assert values(ds.map(lambda x: x * 2)) == [0, 2, 4, 6, 8]
    pairs = Dataset.zip((ds, ds.map(lambda x: x + 1)))
    assert values(pairs.map(lambda a, b: a * b)) == [0, 2, 6, 12, 20]
    assert Dataset.zip(ds, ds).cardinality() == 5
    assert values(ds.filter(lambda x: x > 2)) == [3, 4] and ds.filter(bool).cardinality() == -2
    assert [int(i) for i, _ in ds.enumerate(start=2)] == [2, 3, 4, 5, 6]
    assert values(ds.concatenate(ds.take(1))) == [0, 1, 2, 3, 4, 0]
    assert ds.reduce(0, lambda state, x: state + x) == 10
    assert [values(w) for w in Dataset.range(5).window(3, shift=2)] == [[0, 1, 2], [2, 3, 4], [4]]
    assert values(ds.window(2, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(2))) == [
        [0, 1], [1, 2], [2, 3], [3, 4],
    ]  # fmt: skip


@pytest.mark.parametrize("threads", [None, 1, 3, AUTOTUNE])
def test_map_keeps_the_order(threads):
    import time

    def slow(x):
        time.sleep(0.002 * (int(x) % 3))
        return x + 1

    assert values(Dataset.range(20).map(slow, num_parallel_calls=threads)) == list(range(1, 21))


def test_errors_in_a_map_arrive():
    def wrong(x):
        raise KeyError("here")

    for ds in (
        Dataset.range(3).map(wrong),
        Dataset.range(3).map(wrong, 2),
        Dataset.range(3).map(wrong).prefetch(1),
    ):
        with pytest.raises(KeyError, match="here"):
            list(ds)


def test_prefetch_and_cache():
    calls = []

    def note(x):
        calls.append(int(x))
        return x

    ds = Dataset.range(3).map(note).cache().prefetch(AUTOTUNE)
    assert values(ds) == values(ds) == [0, 1, 2]
    assert calls == [0, 1, 2]
    endless = iter(Dataset.range(3).map(note).repeat().prefetch(2))
    assert [int(next(endless)) for _ in range(5)] == [0, 1, 2, 0, 1]
    endless.close() if hasattr(endless, "close") else None
    mixed = Dataset.range(50).shuffle(50).cache()
    assert values(mixed) == values(mixed)


def test_generators():
    ds = Dataset.from_generator(
        lambda n: ((i, [i, i]) for i in range(n)),
        args=(3,),
        output_signature=(TensorSpec((), "int64"), TensorSpec((2,), "float32")),
    )
    assert ds.element_spec[1].shape == (2,)
    number, pair = list(ds)[2]
    assert number == 2 and pair.dtype == np.float32
    assert len(list(ds)) == len(list(ds)) == 3
    old = Dataset.from_generator(lambda: iter([1, 2]), output_types="float32", output_shapes=())
    assert next(iter(old)).dtype == np.float32
    with pytest.raises(TypeError, match="generator function"):
        Dataset.from_generator(iter([1]))
    with pytest.raises(TypeError, match="not known"):
        len(ds)


def test_text():
    ds = Dataset.from_tensor_slices(["a", "bcd"]).map(lambda s: s)
    assert values(ds.batch(2)) == [["a", "bcd"]]


def test_what_it_says_of_itself():
    ds = Dataset.from_tensor_slices((np.zeros((4, 2), "float32"), np.zeros(4, "int64"))).batch(2)
    assert repr(ds) == (
        "<Dataset cardinality=2 element_spec=(TensorSpec(shape=(None, 2), dtype=float32, name=None), "
        "TensorSpec(shape=(None,), dtype=int64, name=None))>"
    )
    assert ds.map(lambda x, y: x).element_spec.shape == (2, 2)
    assert bool(Dataset.range(0))


def test_names_of_older_scripts():
    from cornu import data

    assert data.experimental.AUTOTUNE == AUTOTUNE and data.experimental.cardinality(Dataset.range(3)) == 3
    options = data.Options()
    options.experimental_distribute.auto_shard_policy = 1
    assert values(Dataset.range(2).with_options(options)) == [0, 1]
