"""What `fit` accepts, as batches of NumPy arrays."""

import numpy as np
import pytest

from cornu._adapters import arrays, batches, split_off, to_numpy, unpack_x_y_sample_weight
from cornu.data import Dataset

X = np.arange(12, dtype="float32").reshape(6, 2)
Y = np.array([0, 1, 2, 0, 1, 2])


def test_arrays_stay_whole_and_can_be_taken_in_batches():
    found = batches(X, Y, batch_size=4)
    assert found.kind == "arrays" and found.length == 2 and found.n_samples == 6
    assert found.arrays[0] is X and found.arrays[2] is None
    parts = list(found.make_iterator())
    assert [len(x) for x, _, _ in parts] == [4, 2] and parts[1][1].tolist() == [1, 2]
    mixed = batches(X, Y, batch_size=4, shuffle=True, seed=lambda: 3)
    order = np.concatenate([y for _, y, _ in mixed.make_iterator()])
    assert sorted(order.tolist()) == sorted(Y.tolist())
    again = np.concatenate([x for x, _, _ in mixed.make_iterator()])
    assert not np.array_equal(again, X)


def test_lists_of_numbers_are_arrays_and_lists_of_arrays_are_several():
    assert batches([[1.0, 2.0], [3.0, 4.0]], [0, 1]).arrays[0].dtype == np.float32
    several = batches([X, X[:, :1]], {"a": Y, "b": Y}).arrays
    assert isinstance(several[0], list) and several[0][1].shape == (6, 1) and set(several[1]) == {"a", "b"}
    assert isinstance(batches((X, X)).arrays[0], list)
    assert batches([1, 2, 3]).arrays[0].tolist() == [1, 2, 3]
    assert batches([np.float64(1.0), np.float64(2.0)]).arrays[0].shape == (2,)


def test_floats_of_64_bits_become_the_floats_of_the_model():
    assert batches(X.astype("float64")).arrays[0].dtype == np.float32
    assert batches(X.astype("float64"), floatx=None).arrays[0].dtype == np.float64
    assert batches(X.astype("uint8")).arrays[0].dtype == np.uint8


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match="6 in x, 5 in y"):
        batches(X, Y[:5])
    with pytest.raises(ValueError, match="no rows"):
        batches(X[:0])
    with pytest.raises(ValueError, match="x is None"):
        batches(None)
    with pytest.raises(ValueError, match="different lengths"):
        batches([[1, 2], [3]])
    with pytest.raises(ValueError, match="y must not be given beside"):
        batches(Dataset.from_tensor_slices(X).batch(2), Y)
    with pytest.raises(ValueError, match="in batches already"):
        batches(Dataset.from_tensor_slices(X).batch(2), batch_size=2)
    with pytest.raises(TypeError, match="got int"):
        batches(3)
    with pytest.raises(ValueError, match="scalar"):
        batches(X, np.float32(1))
    with pytest.raises(ValueError, match="tuple of 4"):
        next(batches(iter([(X, Y, Y, Y)])).make_iterator())


def test_class_weights_become_sample_weights():
    weight = batches(X, Y, class_weight={0: 2.0, 2: 0.5}).arrays[2]
    assert weight.tolist() == [2.0, 1.0, 0.5] * 2
    assert batches(X, np.eye(3)[Y], class_weight={0: 2.0}).arrays[2][0] == 2.0
    assert batches(X, Y[:, None], class_weight={0: 2.0}).arrays[2].shape == (6,)
    x, y, weight = next(batches(iter([(X, Y)]), class_weight={1: 3.0}).make_iterator())
    assert weight.tolist() == [1.0, 3.0, 1.0] * 2
    with pytest.raises(ValueError, match="not both"):
        batches(X, Y, np.ones(6), class_weight={0: 2.0})


def test_datasets_generators_and_py_datasets():
    ds = batches(Dataset.from_tensor_slices((X, Y)).batch(4))
    assert ds.kind == "dataset" and ds.length == 2
    assert [len(x) for x, y, w in ds.make_iterator()] == [4, 2] == [len(x) for x, y, w in ds.make_iterator()]

    def endless():
        while True:
            yield X, Y

    found = batches(endless())
    assert found.kind == "generator" and found.length is None
    assert next(found.make_iterator())[1] is Y

    class Numbers:
        workers = 1
        ended = 0

        def __len__(self):
            return 3

        def __getitem__(self, i):
            return X + i, Y

        def on_epoch_end(self):
            self.ended += 1

    numbers = Numbers()
    for workers in (1, 3):
        numbers.workers = workers
        found = batches(numbers)
        assert found.kind == "py_dataset" and found.length == 3
        assert [x[0, 0] for x, _, _ in found.make_iterator()] == [0, 1, 2]
    found.on_epoch_end()
    assert numbers.ended == 1
    mixed = batches(numbers, shuffle=True, seed=lambda: 1)
    assert sorted(x[0, 0] for x, _, _ in mixed.make_iterator()) == [0, 1, 2]
    dicts = batches(iter([({"a": X}, Y)]))
    assert set(next(dicts.make_iterator())[0]) == {"a"}


def test_pandas():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    assert to_numpy(frame).tolist() == [[1, 3], [2, 4]]
    assert to_numpy(frame["a"]).shape == (2, 1)
    frame["c"] = [True, False]
    frame["d"] = pd.array([1, None], dtype="Int64")
    mixed = to_numpy(frame)
    assert mixed.dtype == np.float64 and np.isnan(mixed[1, 3])
    frame["town"] = ["Bern", "Oslo"]
    with pytest.raises(TypeError, match=r"not numbers: 'town'"):
        batches(frame)
    found = batches(pd.DataFrame({"a": [1, 2]}), pd.Series([0, 1], dtype="int32"))
    assert found.arrays[0].shape == (2, 1) and found.arrays[1].shape == (2, 1)
    assert to_numpy(frame[["town"]]).tolist() == [["Bern"], ["Oslo"]]
    assert to_numpy(frame["d"]).shape == (2, 1)


def test_polars():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [1.0, 2.0], "b": [3, None]})
    assert to_numpy(frame)[0].tolist() == [1, 3] and np.isnan(to_numpy(frame)[1, 1])
    assert to_numpy(frame["a"]).shape == (2, 1)
    assert to_numpy(frame.lazy()).shape == (2, 2)
    with pytest.raises(TypeError, match="'town'"):
        to_numpy(frame.with_columns(town=pl.lit("Bern")))


def test_pyarrow():
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"a": [1.0, 2.0], "b": pa.array([3, None], pa.int32())})
    assert to_numpy(table)[0].tolist() == [1, 3] and np.isnan(to_numpy(table)[1, 1])
    assert to_numpy(table["a"]).shape == (2, 1)
    with pytest.raises(TypeError, match="'town'"):
        to_numpy(table.append_column("town", [["Bern", "Oslo"]]))

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return table.__arrow_c_stream__(requested_schema)

    assert to_numpy(Stream())[0].tolist() == [1, 3]
    assert to_numpy(pa.record_batch({"a": [1, 2]})).tolist() == [[1], [2]]


def test_torch():
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, TensorDataset

    assert to_numpy(torch.ones(2, requires_grad=True)).tolist() == [1, 1]
    assert to_numpy(torch.ones(2, dtype=torch.bfloat16)).dtype == np.float32
    loader = DataLoader(TensorDataset(torch.tensor(X), torch.tensor(Y)), batch_size=4)
    found = batches(loader)
    assert found.kind == "torch" and found.length == 2
    assert [len(y) for _, y, _ in found.make_iterator()] == [4, 2]


def test_what_only_speaks_dlpack():
    class Foreign:
        def __dlpack__(self, **options):
            return X.__dlpack__(**options)

        def __dlpack_device__(self):
            return X.__dlpack_device__()

    assert np.array_equal(to_numpy(Foreign()), X)
    assert batches(Foreign()).arrays[0].shape == (6, 2)


def test_sparse_matrices_say_what_helps():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match="toarray"):
        to_numpy(sparse.csr_matrix(X))


def test_triples():
    assert unpack_x_y_sample_weight((X, Y))[2] is None and unpack_x_y_sample_weight(X)[0] is X
    (x, _, _), (held, y, _) = split_off((X, Y, None), 0.5)
    assert len(x) == 3 and y.tolist() == [0, 1, 2] and held[0, 0] == 6
    with pytest.raises(ValueError, match="empty"):
        split_off((X[:1], None, None), 0.5)
    assert arrays({"a": [1, 2]})["a"].shape == (2,)


def test_arrays_of_objects():
    assert to_numpy(np.array(["a", "b"], object)).dtype.kind == "U"
    assert to_numpy(np.array([1, 2.5], object)).tolist() == [1, 2.5]
    same = np.empty(2, object)
    same[:] = [[1, 2], [3, 4]]
    assert to_numpy(same).shape == (2, 2)
    ragged = np.empty(2, object)
    ragged[:] = [[1], [2, 3]]
    with pytest.raises(ValueError, match="pad_sequences"):
        batches(ragged)
    with pytest.raises(TypeError, match="None"):
        batches(np.array([None, 1], object))
