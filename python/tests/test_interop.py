"""Data of other libraries, in and out, with the engine behind it."""

import itertools

import numpy as np
import pytest

import cornu
from cornu import layers
from cornu.data import Dataset
from cornu.utils import PyDataset

X = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")


def network(optimizer="sgd"):
    cornu.utils.set_random_seed(1)
    model = cornu.Sequential([cornu.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def trained(x, y=None, **options):
    """Fit a network in order, and give its losses and what it predicts for `X`."""
    options = {"epochs": 2, "shuffle": False, "verbose": 0, **options}
    model = network()
    history = model.fit(x, y, **options)
    assert len(history.history["loss"]) == options["epochs"]
    return history.history["loss"], model.predict(X, verbose=0)


@pytest.fixture(scope="module")
def wanted():
    return trained(X, Y, batch_size=8)


def agrees(found, wanted):
    assert np.allclose(found[0], wanted[0], rtol=1e-5)
    assert np.allclose(found[1], wanted[1], rtol=1e-5, atol=1e-6)


def evaluated(model, x, y):
    return model.evaluate(x, y, verbose=0)


def test_pandas(wanted):
    pd = pytest.importorskip("pandas")
    x, y = pd.DataFrame(X, columns=list("abc"), index=range(100, 124)), pd.Series(Y[:, 0])
    agrees(trained(x, y, batch_size=8), wanted)
    agrees(trained(x.astype("float64"), pd.DataFrame(Y), batch_size=8), wanted)
    model = network()
    assert np.allclose(model.predict(x, verbose=0), model.predict(X, verbose=0))
    assert np.allclose(model.predict_on_batch(x), model.predict_on_batch(X))
    assert np.isclose(evaluated(model, x, y), evaluated(model, X, Y))
    assert np.isclose(model.train_on_batch(x, y), network().train_on_batch(X, Y))
    mixed = x.assign(a=(X[:, 0] > 0), b=np.arange(24, dtype="int8"))
    assert np.allclose(model.predict(mixed, verbose=0), model.predict(mixed.to_numpy("float32"), verbose=0))
    with pytest.raises(TypeError, match="'town'"):
        model.predict(x.assign(town="Bern"), verbose=0)
    by_name = cornu.Input((1,), name="a"), cornu.Input((1,), name="b")
    joined = cornu.Model(dict(zip("ab", by_name, strict=True)), layers.Concatenate()(list(by_name)))
    assert np.array_equal(joined.predict(dict(x[["b", "a"]]), verbose=0), X[:, :2])


def test_polars(wanted):
    pl = pytest.importorskip("polars")
    x, y = pl.DataFrame(X, schema=list("abc")), pl.Series("y", Y[:, 0])
    agrees(trained(x, y, batch_size=8), wanted)
    agrees(trained(x.lazy(), pl.DataFrame(Y), batch_size=8), wanted)
    model = network()
    assert np.allclose(model.predict(x, verbose=0), model.predict(X, verbose=0))
    assert np.allclose(model.predict_on_batch(x), model.predict_on_batch(X))
    assert np.isclose(evaluated(model, x, y), evaluated(model, X, Y))


def test_pyarrow(wanted):
    pa = pytest.importorskip("pyarrow")
    x, y = pa.table({name: X[:, i] for i, name in enumerate("abc")}), pa.array(Y[:, 0])
    agrees(trained(x, y, batch_size=8), wanted)
    agrees(trained(x.to_batches()[0], pa.table({"y": y}), batch_size=8), wanted)
    halves = pa.concat_tables([x[:10], x[10:]])
    model = network()
    assert np.allclose(model.predict(halves, verbose=0), model.predict(X, verbose=0))
    assert np.allclose(model.predict_on_batch(x), model.predict_on_batch(X))


class Stream:
    """A table of a library that nobody knows."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def test_tables_that_only_stream(wanted):
    pl = pytest.importorskip("polars")
    x, y = pl.DataFrame(X, schema=list("abc")), pl.DataFrame({"y": Y[:, 0]})
    agrees(trained(Stream(x), Stream(y), batch_size=8), wanted)
    found = cornu._core.read_arrow_stream(Stream(x.with_columns(n=pl.lit(1), t=pl.lit(True))))
    assert list(found) == ["a", "b", "c", "n", "t"]
    assert [column.dtype.kind for column in found.values()] == list("fffib")
    halves = pl.concat([x[:10], x[10:]], rechunk=False)
    assert np.array_equal(cornu._core.read_arrow_stream(Stream(halves))["b"], X[:, 1])
    gaps = pl.DataFrame({"n": [1, None, 3], "t": [True, None, False], "f": [None, 2.5, 1.0]})
    found = cornu._core.read_arrow_stream(Stream(gaps))
    assert all(np.isnan(column).sum() == 1 and column.dtype == np.float64 for column in found.values())
    assert found["n"][2] == 3 and found["t"][0] == 1 and found["f"][1] == 2.5
    for kind in (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.Float32):
        column = cornu._core.read_arrow_stream(Stream(pl.DataFrame({"a": pl.Series([1, 2, 3], dtype=kind)})))["a"]
        assert column.tolist() == [1, 2, 3] and str(column.dtype) == str(kind).lower()
    rows = pl.DataFrame({"v": pl.Series([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=pl.Array(pl.Float64, 2))})
    assert cornu._core.read_arrow_stream(Stream(rows))["v"].tolist() == [[1, 2], [3, 4], [5, 6]]
    assert cornu._core.read_arrow_stream(Stream(rows[1:]))["v"].tolist() == [[3, 4], [5, 6]]
    assert len(cornu._core.read_arrow_stream(Stream(x[:0]))["a"]) == 0
    with pytest.raises(TypeError, match="town"):
        network().predict(Stream(x.with_columns(town=pl.lit("Bern"))), verbose=0)
    with pytest.raises(TypeError, match="table"):
        cornu._core.read_arrow_stream(Stream(pl.Series([1, 2])))
    for wrong in (object(), Stream(object()), 3):
        with pytest.raises((AttributeError, TypeError)):
            cornu._core.read_arrow_stream(wrong)

    class Text:
        def __arrow_c_stream__(self, requested_schema=None):
            return "no capsule"

    with pytest.raises(TypeError):
        cornu._core.read_arrow_stream(Text())


def test_torch_tensors_and_loaders(wanted):
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, TensorDataset

    x, y = torch.tensor(X), torch.tensor(Y)
    agrees(trained(x, y, batch_size=8), wanted)
    agrees(trained(torch.tensor(X, requires_grad=True), y.double(), batch_size=8), wanted)
    loader = DataLoader(TensorDataset(x, y), batch_size=8)
    agrees(trained(loader), wanted)
    model = network()
    assert np.allclose(model.predict(x, verbose=0), model.predict(X, verbose=0))
    assert np.allclose(model.predict_on_batch(x.T.contiguous().T), model.predict_on_batch(X))
    assert np.allclose(model.predict(loader, verbose=0), model.predict(X, verbose=0))
    assert np.isclose(model.evaluate(loader, verbose=0), evaluated(model, X, Y))
    history = model.fit(x, y, validation_data=loader, verbose=0)
    assert "val_loss" in history.history
    back = torch.from_dlpack(model.predict(x, verbose=0))
    assert back.shape == (24, 1) and back.dtype == torch.float32
    assert torch.from_dlpack(model.get_weights()[0]).shape == (3, 4)


def test_generators(wanted):
    def pass_over(times=1):
        for _ in range(times):
            for i in range(0, 24, 8):
                yield X[i : i + 8], Y[i : i + 8]

    agrees(trained(pass_over(2), steps_per_epoch=3), wanted)
    agrees(trained(pass_over(10**9), steps_per_epoch=3), wanted)
    one = trained(X, Y, batch_size=8, epochs=1)
    agrees(trained(pass_over(), epochs=1), one)
    model = network()
    score = model.evaluate(pass_over(10**9), steps=3, verbose=0)
    assert np.isclose(score, evaluated(model, X, Y))
    rows = (X[i : i + 8] for i in itertools.cycle((0, 8, 16)))
    assert np.allclose(model.predict(rows, steps=3, verbose=0), model.predict(X, verbose=0))
    history = network().fit(pass_over(2), steps_per_epoch=3, epochs=2, validation_data=pass_over(10**9),
                            validation_steps=2, verbose=0)  # fmt: skip
    assert len(history.history["val_loss"]) == 2

    def broken():
        yield X[:8], Y[:8]
        raise LookupError("the disk is gone")

    with pytest.raises(LookupError, match="the disk is gone"):
        model.fit(broken(), verbose=0)
    assert np.isfinite(model.predict(X, verbose=0)).all()
    weighted = ((X[i : i + 8], Y[i : i + 8], np.ones(8, "float32")) for i in range(0, 24, 8))
    agrees(trained(weighted, epochs=1), one)


class Numbers(PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, i):
        return X[8 * i : 8 * i + 8], Y[8 * i : 8 * i + 8]


@pytest.mark.parametrize("options", [{}, {"workers": 3}, {"workers": 2, "max_queue_size": 1}])
def test_py_datasets(wanted, options):
    agrees(trained(Numbers(**options)), wanted)
    model = network()
    assert np.allclose(model.predict(Numbers(**options), verbose=0), model.predict(X, verbose=0))
    assert np.isclose(model.evaluate(Numbers(**options), verbose=0), evaluated(model, X, Y))


def test_datasets(wanted):
    data = Dataset.from_tensor_slices((X, Y)).batch(8)
    agrees(trained(data), wanted)
    agrees(trained(data.repeat(), steps_per_epoch=3), wanted)
    agrees(trained(data.prefetch(2), validation_data=data), wanted)
    model = network()
    assert np.allclose(model.predict(data, verbose=0), model.predict(X, verbose=0))


class Exchanged:
    """An array of a library that nobody knows."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def test_dlpack(wanted):
    agrees(trained(Exchanged(X), Exchanged(Y), batch_size=8), wanted)
    model = network()
    assert np.allclose(model.predict(Exchanged(X), verbose=0), model.predict(X, verbose=0))
    assert np.allclose(model.predict_on_batch(Exchanged(X)), model.predict_on_batch(X))
    for given in (model.predict(X, verbose=0), model.predict_on_batch(X), model(X), model.get_weights()[0],
                  cornu.ops.exp(X)):  # fmt: skip
        assert np.array_equal(np.from_dlpack(given), np.asarray(given))


def test_lists_and_scalars(wanted):
    agrees(trained(X.tolist(), Y.tolist(), batch_size=8), wanted)
    agrees(trained(X, Y[:, 0], batch_size=8), wanted)
    assert network().predict([[1.0, 2.0, 3.0]], verbose=0).shape == (1, 1)


def test_outputs_belong_to_the_caller():
    model = network()
    first = model.predict(X, verbose=0)
    kept = first.copy()
    model.predict(-X, verbose=0)
    model.fit(X, Y, verbose=0)
    assert np.array_equal(first, kept) and first.flags.writeable and first.flags.c_contiguous
    weights = model.get_weights()
    weights[0][:] = 0
    assert not np.array_equal(model.get_weights()[0], weights[0])
    mine = np.ones((3, 4), "float32")
    model.layers[0].set_weights([mine, np.zeros(4, "float32")])
    mine[:] = 7
    assert (model.get_weights()[0] == 1).all()
    model.fit(X, Y, verbose=0)
    assert (mine == 7).all()
