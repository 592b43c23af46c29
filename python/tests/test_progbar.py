"""The progress bar, as it is written."""

import re

import pytest

from cornu import utils
from cornu.utils import Progbar


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("cornu.utils.progbar.time.time", lambda: now[0])
    return now


def plain(text):
    return re.sub(r"\x1b\[\d+m", "", text)


def test_a_bar(clock, capsys):
    bar = Progbar(938)
    clock[0] += 0.1
    bar.update(1, [("loss", 2.0)])
    for _ in range(11):
        clock[0] += 0.1
        bar.update(bar._current + 1, [("loss", 1.0)])
    last = capsys.readouterr().out.split("\r")[-1]
    assert "\x1b[1m 12/938\x1b[0m \x1b[37m━━━━━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m1:32\x1b[0m 100ms/step" in last
    assert last.endswith(" - loss: 1.0833")
    bar.update(469, [("loss", 0.5)])
    clock[0] += 0.06
    bar.update(470)
    assert "\x1b[32m━━━━━━━━━━\x1b[0m\x1b[37m━━━━━━━━━━\x1b[0m" in capsys.readouterr().out
    bar.update(938, [("loss", 0.25), ("accuracy", 0.0001)])
    last = plain(capsys.readouterr().out.split("\r")[-1])
    assert last.startswith("938/938 ━━━━━━━━━━━━━━━━━━━━ 1s 1ms/step - loss: 0.2500 - accuracy: 1.0000e-04")
    assert last.endswith("\n")


def test_a_bar_is_not_drawn_too_often(clock, capsys):
    bar = Progbar(100, interval=0.05)
    for i in range(1, 50):
        clock[0] += 0.001
        bar.update(i)
    assert capsys.readouterr().out.count("\r") == 1


def test_without_a_known_end(clock, capsys):
    bar = Progbar(None)
    clock[0] += 2
    bar.add(3)
    clock[0] += 2
    bar.update(5, finalize=True)
    assert plain(capsys.readouterr().out.split("\r")[-1]) == "      5/Unknown 4s 800ms/step\n"


def test_one_line_or_nothing(clock, capsys):
    for verbose, expected in ((2, "10/10 - 5s - 500ms/step - loss: 0.1000\n"), (0, "")):
        bar = Progbar(10, verbose=verbose)
        bar.update(4, [("loss", 9.0)])
        clock[0] += 5
        bar.update(10, [("loss", 0.1)])
        assert capsys.readouterr().out == expected


def test_metrics_that_are_not_averaged(clock, capsys):
    bar = Progbar(10, stateful_metrics=["acc"], interval=0)
    bar.update(1, [("acc", 1.0), ("loss", 1.0)])
    bar.update(2, [("acc", 3.0), ("loss", 3.0)])
    assert plain(capsys.readouterr().out).endswith("acc: 3.0000 - loss: 2.0000")
    with pytest.raises(ValueError, match="not both"):
        Progbar(1, stateful_metrics=[], stateless_metrics=[])


def test_it_looks_as_that_of_keras(clock, capsys):
    keras = pytest.importorskip("keras")
    drawn = []
    for made in (keras.utils.Progbar, Progbar):
        clock[0] = 1000.0
        bar = made(25)
        for i in range(1, 26):
            clock[0] += 0.7
            bar.update(i, [("loss", 1 / i), ("accuracy", i / 25)])
        drawn.append(capsys.readouterr().out)
    ours, theirs = (re.sub(r"[\b\r]+", "\r", text).split("\r") for text in drawn)
    assert [line.rstrip(" ") for line in ours] == [line.rstrip(" ") for line in theirs]


def test_messages_can_go_to_the_log(clock, capsys, caplog):
    utils.disable_interactive_logging()
    try:
        assert not utils.is_interactive_logging_enabled()
        with caplog.at_level("INFO", logger="cornu"):
            Progbar(1, verbose=2).update(1)
    finally:
        utils.enable_interactive_logging()
    assert capsys.readouterr().out == "" and "1/1" in caplog.text
