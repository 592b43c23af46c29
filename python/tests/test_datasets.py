"""Known data sets, read from files made here; the real ones where they lie on this machine."""

import gzip
import importlib
import os
import pickle
import struct
import tarfile

import numpy as np
import pytest

from cornu import datasets


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CORNU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("CORNU_DATA", raising=False)
    (tmp_path / "home" / "datasets").mkdir(parents=True)
    return tmp_path


def keras_of(name):
    return importlib.import_module(f"keras.datasets.{name}") if pytest.importorskip("keras") else None


def same(ours, theirs):
    for pair in zip(ours, theirs):
        for a, b in zip(*pair):
            assert a.dtype == np.asarray(b).dtype and len(a) == len(b)
            assert all(np.array_equal(x, y) for x, y in zip(a, b))


def idx(array):
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.tobytes()


def write_idx(folder):
    folder.mkdir(parents=True)
    draw = np.random.default_rng(0)
    for part, count in (("train", 6), ("t10k", 3)):
        images = draw.integers(0, 256, (count, 28, 28)).astype("uint8")
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(np.arange(count, dtype="uint8")))


@pytest.mark.parametrize("name, folder", [("mnist", "mnist"), ("mnist", ""), ("fashion_mnist", "fashion-mnist")])
def test_idx_files_of_a_folder(home, monkeypatch, name, folder):
    write_idx(home / "data" / folder if folder else home / "data")
    monkeypatch.setenv("CORNU_DATA", str(home / "data"))
    (x, y), (x_test, y_test) = getattr(datasets, name).load_data()
    assert x.shape == (6, 28, 28) and x.dtype == np.uint8 and y.tolist() == list(range(6))
    assert x_test.shape == (3, 28, 28) and x.flags.writeable


def test_a_file_that_is_given(home):
    x, y = np.zeros((2, 28, 28), "uint8"), np.zeros(2, "uint8")
    np.savez(home / "own.npz", x_train=x, y_train=y, x_test=x[:1], y_test=y[:1])
    (x_train, _), (x_test, _) = datasets.mnist.load_data(home / "own.npz")
    assert len(x_train) == 2 and len(x_test) == 1


def test_houses(home, monkeypatch):
    for name, width in (("boston_housing", 13), ("california_housing", 8)):
        x = np.arange(700 * width, dtype="float64").reshape(700, width)
        np.savez(home / f"{name}.npz", x=x, y=x[:, 0])
        ours = getattr(datasets, name).load_data(path=home / f"{name}.npz")
        (x_train, y_train), (x_test, y_test) = ours
        assert x_train.shape == (560, width) and len(y_test) == 140 and np.array_equal(x_train[:, 0], y_train)
        keras = keras_of(name)
        if keras is None:
            continue
        module = importlib.import_module(f"keras.src.datasets.{name}")
        monkeypatch.setattr(module, "get_file", lambda *a, **k: str(home / f"{name}.npz"))  # noqa: B023
        same(ours, module.load_data())
        same(
            getattr(datasets, name).load_data(path=home / f"{name}.npz", test_split=0.5, seed=1),
            module.load_data(test_split=0.5, seed=1),
        )
    small = datasets.california_housing.load_data("small", home / "california_housing.npz")
    assert len(small[0][0]) == 480
    with pytest.raises(ValueError, match="version"):
        datasets.california_housing.load_data("tiny")
    with pytest.raises(ValueError, match="test_split"):
        datasets.boston_housing.load_data(test_split=1)


def lists(count, seed):
    draw = np.random.default_rng(seed)
    result = np.empty(count, object)
    for i in range(count):
        result[i] = draw.integers(1, 50, draw.integers(2, 20)).tolist()
    return result, draw.integers(0, 2, count)


OPTIONS = [
    dict(),
    dict(num_words=20),
    dict(skip_top=5, num_words=30, maxlen=12),
    dict(oov_char=None, num_words=20),
    dict(start_char=None, index_from=0, seed=1),
]


@pytest.mark.parametrize("options", OPTIONS)
def test_words(home, monkeypatch, options):
    (x, y), (x_test, y_test) = lists(40, 0), lists(30, 1)
    np.savez(home / "imdb.npz", x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    np.savez(home / "reuters.npz", x=x, y=y)
    ours = {name: getattr(datasets, name).load_data(home / f"{name}.npz", **options) for name in ("imdb", "reuters")}
    assert isinstance(ours["imdb"][0][0][0], list) and ours["imdb"][0][0].dtype == object
    if not options:
        assert len(ours["imdb"][0][0]) == 40 and len(ours["reuters"][1][0]) == 8
    pytest.importorskip("keras")
    for name, found in ours.items():
        module = importlib.import_module(f"keras.src.datasets.{name}")
        monkeypatch.setattr(module, "get_file", lambda *a, **k: str(home / f"{name}.npz"))  # noqa: B023
        same(found, module.load_data(**options))


def test_word_indexes_and_topics(home):
    (home / "w.json").write_text('{"the": 1}')
    assert datasets.imdb.get_word_index(home / "w.json") == {"the": 1}
    assert datasets.reuters.get_word_index(home / "w.json") == {"the": 1}
    topics = datasets.reuters.get_label_names()
    assert len(topics) == 46 and topics[3] == "earn"
    keras = pytest.importorskip("keras")
    assert topics == keras.datasets.reuters.get_label_names()


def test_a_file_cannot_run_code(home):
    class Evil:
        def __reduce__(self):
            return os.system, ("true",)

    x = np.empty(1, object)
    x[0] = Evil()
    np.savez(home / "imdb.npz", x_train=x, y_train=x, x_test=x, y_test=x)
    with pytest.raises(pickle.UnpicklingError, match="system"):
        datasets.imdb.load_data(home / "imdb.npz")


def test_cifar(home, monkeypatch):
    draw = np.random.default_rng(0)

    def batch(path, keys):
        path.parent.mkdir(parents=True, exist_ok=True)
        data = draw.integers(0, 256, (2, 3072)).astype("uint8")
        path.write_bytes(pickle.dumps({b"data": data, **{key: [1, 2] for key in keys}}, protocol=2))

    for name, parts, keys in (
        ("cifar-10-batches-py", [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"], [b"labels"]),
        ("cifar-100-python", ["train", "test"], [b"fine_labels", b"coarse_labels"]),
    ):
        for part in parts:
            batch(home / name / part, keys)
        with tarfile.open(home / "home" / "datasets" / f"{name}-target_archive", "w:gz") as archive:
            archive.add(home / name, name)
    monkeypatch.setattr("cornu.utils.files._hash_matches", lambda *args: True)
    (x, y), (x_test, y_test) = datasets.cifar10.load_data()
    assert x.shape == (10, 32, 32, 3) and y.tolist() == [[1], [2]] * 5 and x_test.shape == (2, 32, 32, 3)
    assert y.dtype == np.uint8
    raw = pickle.loads((home / "cifar-10-batches-py" / "test_batch").read_bytes())[b"data"]
    assert np.array_equal(x_test[1, :, :, 2].reshape(-1), raw[1, 2048:])
    assert datasets.cifar100.load_data("coarse")[0][0].shape == (2, 32, 32, 3)
    with pytest.raises(ValueError, match="label_mode"):
        datasets.cifar100.load_data("other")


def test_digits():
    try:
        (x, y), (x_test, y_test) = datasets.digits.load_data()
    except ImportError:
        pytest.skip("the extension is not built, and scikit-learn is not there")
    assert x.shape == (1437, 8, 8) and x_test.shape == (360, 8, 8) and set(y.tolist()) == set(range(10))
    again = datasets.digits.load_data(0.5, seed=2)
    assert len(again[0][0]) == 898


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_real_images(name):
    folder = os.environ.get("CORNU_DATA")
    if not folder or getattr(datasets, name) is None:
        pytest.skip("CORNU_DATA names no folder with the data")
    from cornu.datasets._sources import local_idx

    if local_idx(name.replace("_", "-")) is None:
        pytest.skip(f"{name} is not in the folder that CORNU_DATA names")
    (x, y), (x_test, y_test) = getattr(datasets, name).load_data()
    assert x.shape == (60000, 28, 28) and x_test.shape == (10000, 28, 28) and np.bincount(y).size == 10
    mean = {"mnist": 0.13066, "fashion_mnist": 0.28604}[name]
    assert abs(x.mean() / 255 - mean) < 1e-5


def test_all_are_listed():
    assert dir(datasets) == sorted(dir(datasets))
    for name in dir(datasets):
        assert callable(getattr(datasets, name).load_data)
    with pytest.raises(AttributeError):
        datasets.nothing  # noqa: B018
