"""The small tools: arrays, windows, folders, splits, seeds."""

import random

import numpy as np
import pytest

import cornu
from cornu import utils
from cornu.data import Dataset


def test_every_name_is_there():
    for name in dir(utils):
        assert getattr(utils, name) is not None
    with pytest.raises(AttributeError, match="nothing_such"):
        utils.nothing_such  # noqa: B018


def test_to_categorical():
    assert utils.to_categorical([0, 2]).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert utils.to_categorical([[1], [0]], 3).shape == (2, 3)
    assert utils.to_categorical([[1, 0]], 2).shape == (1, 2, 2)
    assert utils.to_categorical(1, 2).tolist() == [0, 1]
    with pytest.raises(ValueError, match="from 0 to 1"):
        utils.to_categorical([2], 2)


def test_normalize():
    assert utils.normalize([[3.0, 4.0], [0.0, 0.0]]).tolist() == [[0.6, 0.8], [0, 0]]
    assert np.allclose(utils.normalize(np.ones((2, 3)), axis=0, order=1).sum(0), 1)


def test_pad_sequences():
    ragged = [[1], [2, 3], [4, 5, 6]]
    assert utils.pad_sequences(ragged).tolist() == [[0, 0, 1], [0, 2, 3], [4, 5, 6]]
    assert utils.pad_sequences(ragged, 2).tolist() == [[0, 1], [2, 3], [5, 6]]
    post = utils.pad_sequences(ragged, 2, padding="post", truncating="post", value=9)
    assert post.tolist() == [[1, 9], [2, 3], [4, 5]] and post.dtype == np.int32
    assert utils.pad_sequences([[[1, 2]], []]).shape == (2, 1, 2)
    assert utils.pad_sequences([["a"], ["b", "c"]], dtype=object, value="-").tolist() == [
        ["-", "a"],
        ["b", "c"],
    ]
    assert utils.pad_sequences([]).shape == (0, 0)
    for wrong, message in (
        (dict(padding="left"), "padding"),
        (dict(value="x"), "dtype=object"),
    ):
        with pytest.raises(ValueError, match=message):
            utils.pad_sequences(ragged, **wrong)
    with pytest.raises(ValueError, match="element 1"):
        utils.pad_sequences([[1], 2])


def test_array_tools_agree_with_keras():
    keras = pytest.importorskip("keras")
    draw = np.random.default_rng(0)
    ragged = [draw.integers(1, 9, draw.integers(0, 7)).tolist() for _ in range(20)]
    for options in (
        dict(),
        dict(maxlen=3),
        dict(maxlen=4, padding="post"),
        dict(maxlen=4, truncating="post", dtype="float32", value=-1.5),
    ):
        ours = utils.pad_sequences(ragged, **options)
        theirs = keras.utils.pad_sequences(ragged, **options)
        assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
    x = draw.normal(size=(3, 4, 5))
    for axis in (0, 1, -1):
        for order in (1, 2, np.inf):
            if axis != 0:  # Keras takes an axis of 0 for none
                assert np.allclose(utils.normalize(x, axis, order), keras.utils.normalize(x, axis, order))
    labels = draw.integers(0, 5, (4, 1))
    assert np.array_equal(utils.to_categorical(labels), keras.utils.to_categorical(labels))


def test_windows_of_a_series():
    ds = utils.timeseries_dataset_from_array(np.arange(10), np.arange(10) * 10, 3, batch_size=4)
    found = list(ds.as_numpy_iterator())
    assert [len(x) for x, _ in found] == [4, 4]
    assert found[1][0][-1].tolist() == [7, 8, 9] and found[1][1][-1] == 70
    sparse = utils.timeseries_dataset_from_array(
        np.arange(99), None, 10, sequence_stride=3, sampling_rate=2, batch_size=None
    )
    rows = list(sparse.as_numpy_iterator())
    assert rows[0].tolist() == list(range(0, 20, 2)) and rows[1][0] == 3 and rows[-1][0] == 78
    data = np.arange(20).reshape(10, 2)
    part = utils.timeseries_dataset_from_array(data[:-3], data[3:], 3, start_index=2)
    x, y = next(part.as_numpy_iterator())
    assert x.shape == (3, 3, 2) and x[0].tolist() == data[2:5].tolist() and y[0].tolist() == data[5].tolist()
    mixed = utils.timeseries_dataset_from_array(np.arange(50), np.arange(50), 5, shuffle=True, seed=0, batch_size=7)
    seen = [(x[0], y) for xs, ys in mixed for x, y in zip(xs, ys)]
    assert len(seen) == 46 and all(a == b for a, b in seen) and seen[0][0] != 0
    for wrong, message in (
        (dict(sequence_stride=0), "sequence_stride"),
        (dict(start_index=10), "start_index"),
        (dict(end_index=11), "end_index"),
        (dict(sequence_length=11), "no window"),
    ):
        with pytest.raises(ValueError, match=message):
            utils.timeseries_dataset_from_array(np.arange(10), None, **{"sequence_length": 3, **wrong})


def test_splits():
    left, right = utils.split_dataset(Dataset.range(10), left_size=0.8)
    assert [int(x) for x in left] == list(range(8)) and len(right) == 2
    x, y = np.arange(10).reshape(5, 2), np.arange(5)
    left, right = utils.split_dataset((x, y), right_size=2, shuffle=True, seed=1)
    seen = sorted(int(b) for _, b in [*left, *right])
    assert seen == [0, 1, 2, 3, 4] and len(right) == 2
    left, right = utils.split_dataset(Dataset.range(10).batch(4), left_size=6)
    assert [len(b) for b in left] == [4, 2] and len(next(iter(right))) == 4
    assert len(utils.split_dataset({"a": x}, left_size=1)[0]) == 1
    assert len(utils.split_dataset([(1, 2), (3, 4), (5, 6)], left_size=1)[0]) == 1
    for sizes, message in (
        (dict(), "needs left_size"),
        (dict(left_size=10), "from 1 to 9"),
        (dict(left_size=1.5), "fraction"),
        (dict(left_size=0.6, right_size=0.6), "together more"),
        (dict(left_size=0.001), "empty"),
    ):
        with pytest.raises(ValueError, match=message):
            utils.split_dataset(Dataset.range(10), **sizes)
    with pytest.raises(ValueError, match="infinite"):
        utils.split_dataset(Dataset.range(2).repeat(), left_size=1)


def test_seeds():
    drawn = []
    for _ in range(2):
        utils.set_random_seed(7)
        drawn.append((random.random(), np.random.rand(), [int(x) for x in Dataset.range(9).shuffle(9)]))
    assert drawn[0] == drawn[1]
    with pytest.raises(ValueError, match="integer"):
        utils.set_random_seed(1.5)


def test_py_datasets():
    class Squares(utils.Sequence):
        def __len__(self):
            return 3

        def __getitem__(self, i):
            return i * i

    assert list(Squares(workers=2)) == [0, 1, 4] and Squares(workers=2).workers == 2

    class Careless(Squares):
        def __init__(self):
            pass

    assert Careless().workers == 1 and Careless().num_batches == 3
    with pytest.raises(NotImplementedError, match="__len__"):
        utils.PyDataset().num_batches  # noqa: B018


@pytest.fixture
def texts(tmp_path):
    for folder, words in (("cat", ["meow", "purr", "hiss"]), ("dog", ["woof", "growl", "yap"])):
        (tmp_path / folder).mkdir()
        for i, word in enumerate(words):
            (tmp_path / folder / f"{i}.txt").write_text(word)
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def test_folders_of_texts(texts, capsys):
    ds = utils.text_dataset_from_directory(texts, batch_size=4, shuffle=False)
    assert "Found 6 files belonging to 2 classes." in capsys.readouterr().out
    assert ds.class_names == ["cat", "dog"] and len(ds) == 2
    x, y = next(ds.as_numpy_iterator())
    assert x.tolist() == ["meow", "purr", "hiss", "woof"] and y.tolist() == [0, 0, 0, 1] and y.dtype == np.int32
    named = utils.text_dataset_from_directory(texts, class_names=["dog", "cat"], shuffle=False, verbose=False)
    assert next(named.as_numpy_iterator())[0][0] == "woof"
    binary = utils.text_dataset_from_directory(texts, label_mode="binary", verbose=False, max_length=2)
    x, y = next(binary.as_numpy_iterator())
    assert y.shape == (6, 1) and y.dtype == np.float32 and max(map(len, x)) == 2
    hot = utils.text_dataset_from_directory(texts, label_mode="categorical", batch_size=None, verbose=False)
    assert next(hot.as_numpy_iterator())[1].shape == (2,)
    plain = utils.text_dataset_from_directory(texts, labels=None, verbose=False)
    assert next(plain.as_numpy_iterator()).shape == (6,)
    own = utils.text_dataset_from_directory(texts, labels=[5, 4, 3, 2, 1, 0], shuffle=False, verbose=False)
    assert next(own.as_numpy_iterator())[1].tolist() == [5, 4, 3, 2, 1, 0]


def test_parts_of_a_folder_do_not_overlap(texts, capsys):
    options = dict(validation_split=0.34, seed=3, verbose=False)
    train, held = utils.text_dataset_from_directory(texts, subset="both", **options)
    assert len(train.file_paths) == 4 and len(held.file_paths) == 2
    alone = utils.text_dataset_from_directory(texts, subset="validation", **options)
    assert alone.file_paths == held.file_paths
    assert len(set(train.file_paths) | set(held.file_paths)) == 6


def test_what_is_wrong_with_a_folder_is_said(texts, tmp_path):
    for options, message in (
        (dict(labels="folders"), "inferred"),
        (dict(label_mode="ordinal"), "label_mode"),
        (dict(validation_split=0.2), "go together"),
        (dict(validation_split=0.2, subset="training"), "seed"),
        (dict(validation_split=2.0, subset="training", seed=1), "between 0 and 1"),
        (dict(class_names=["cow"]), "cow"),
        (dict(labels=[1]), "1 labels for 6 files"),
    ):
        with pytest.raises(ValueError, match=message):
            utils.text_dataset_from_directory(texts, verbose=False, **options)
    with pytest.raises(NotADirectoryError):
        utils.text_dataset_from_directory(tmp_path / "none")
    with pytest.raises(ValueError, match=".png"):
        utils.image_dataset_from_directory(texts, verbose=False)


def test_images_and_folders_of_them(tmp_path):
    draw = np.random.default_rng(0)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(2):
            image = draw.integers(0, 256, (6, 8, 3)).astype("uint8")
            utils.save_img(tmp_path / name / f"{i}.png", image, scale=False)
    read = utils.load_img(tmp_path / "b" / "1.png")
    assert np.array_equal(read, image) and read.dtype == np.uint8
    assert utils.load_img(tmp_path / "b" / "1.png", color_mode="grayscale").shape == (6, 8)
    assert utils.load_img(tmp_path / "b" / "1.png", target_size=(3, 3), keep_aspect_ratio=True).shape == (
        3,
        3,
        3,
    )
    ds = utils.image_dataset_from_directory(tmp_path, image_size=(4, 5), batch_size=3, shuffle=False, verbose=False)
    x, y = next(ds.as_numpy_iterator())
    assert x.shape == (3, 4, 5, 3) and x.dtype == np.float32 and y.tolist() == [0, 0, 1]
    same = utils.image_dataset_from_directory(tmp_path, image_size=(6, 8), shuffle=False, verbose=False)
    assert np.array_equal(next(same.as_numpy_iterator())[0][3], image)
    for option in ("crop_to_aspect_ratio", "pad_to_aspect_ratio"):
        square = utils.image_dataset_from_directory(
            tmp_path, image_size=(4, 4), color_mode="grayscale", verbose=False, **{option: True}
        )
        assert next(square.as_numpy_iterator())[0].shape == (4, 4, 4, 1)
    first = utils.image_dataset_from_directory(
        tmp_path, image_size=4, data_format="channels_first", labels=None, verbose=False
    )
    assert next(first.as_numpy_iterator()).shape == (4, 3, 4, 4)
    with pytest.raises(FileNotFoundError):
        utils.load_img(tmp_path / "none.png")
    with pytest.raises(ValueError, match="color_mode"):
        utils.load_img(tmp_path / "a" / "0.png", color_mode="cmyk")


def test_images_as_arrays():
    image = np.arange(12, dtype="uint8").reshape(2, 2, 3)
    assert utils.img_to_array(image).dtype == np.float32
    assert utils.img_to_array(image, data_format="channels_first").shape == (3, 2, 2)
    assert utils.img_to_array(image[..., 0]).shape == (2, 2, 1)
    spread = utils.array_to_img(image / 11.0 - 0.5)
    assert spread.min() == 0 and spread.max() == 255
    assert np.array_equal(utils.array_to_img(image, scale=False), image)
    assert utils.array_to_img(np.zeros((2, 2, 1))).shape == (2, 2)
    with pytest.raises(ValueError, match="channels"):
        utils.array_to_img(np.zeros((2, 2, 2)))
    middle = utils.smart_resize(np.arange(24.0).reshape(2, 4, 3), (2, 2))
    assert np.array_equal(middle, np.arange(24.0).reshape(2, 4, 3)[:, 1:3])
    assert utils.smart_resize(np.zeros((5, 2, 4, 3)), (3, 3)).shape == (5, 3, 3, 3)


def test_symbols():
    assert utils.is_keras_tensor(cornu.Input((2,)))
    assert not utils.is_keras_tensor(np.zeros(2))


def test_names_of_older_scripts():
    from cornu import preprocessing
    from cornu.preprocessing.sequence import pad_sequences

    assert pad_sequences is utils.pad_sequences
    assert preprocessing.image.load_img is utils.load_img
    for name in dir(preprocessing):
        assert getattr(preprocessing, name) is not None
