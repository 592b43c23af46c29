"""Downloads, from a server on this machine."""

import functools
import hashlib
import http.server
import tarfile
import threading
import zipfile

import pytest

from cornu.utils import get_file


@pytest.fixture
def server(tmp_path, monkeypatch):
    folder = tmp_path / "served"
    folder.mkdir()
    monkeypatch.setenv("CORNU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (folder / "a.txt").write_text("hello")
    (folder / "inside").mkdir()
    (folder / "inside" / "b.txt").write_text("b")
    with tarfile.open(folder / "t.tar.gz", "w:gz") as archive:
        archive.add(folder / "inside", "inside")
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.writestr("inside/b.txt", "b")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


def test_a_file_is_downloaded_once(server, tmp_path, capsys):
    path = get_file(origin=f"{server}/a.txt")
    assert path == str(tmp_path / "home" / "datasets" / "a.txt")
    assert open(path).read() == "hello" and "Downloading" in capsys.readouterr().out
    assert get_file("a.txt", f"{server}/gone.txt") == path and capsys.readouterr().out == ""
    assert not list((tmp_path / "home" / "datasets").glob("*.part"))
    (tmp_path / "served" / "a.txt").write_text("again")
    assert open(get_file(origin=f"{server}/a.txt", force_download=True)).read() == "again"


def test_hashes(server, tmp_path):
    right = hashlib.sha256(b"hello").hexdigest()
    path = get_file(origin=f"{server}/a.txt", file_hash=right, cache_dir=tmp_path / "here", cache_subdir="x")
    assert path == str(tmp_path / "here" / "x" / "a.txt")
    assert get_file("m", f"{server}/a.txt", md5_hash=hashlib.md5(b"hello").hexdigest()).endswith("m")
    with pytest.raises(ValueError, match="its hash is not"):
        get_file("other", f"{server}/a.txt", file_hash="0" * 64)
    assert not (tmp_path / "home" / "datasets" / "other").exists()
    (tmp_path / "here" / "x" / "a.txt").write_text("damaged")
    get_file(origin=f"{server}/a.txt", file_hash=right, cache_dir=tmp_path / "here", cache_subdir="x")
    assert open(path).read() == "hello"


def test_files_of_keras_are_used(server, tmp_path):
    place = tmp_path / "keras" / "datasets"
    place.mkdir(parents=True)
    (place / "kept.txt").write_text("kept")
    assert get_file("kept.txt", f"{server}/gone") == str(place / "kept.txt")


@pytest.mark.parametrize("name", ["t.tar.gz", "z.zip"])
def test_archives(server, tmp_path, name):
    folder = get_file(origin=f"{server}/{name}", extract=True)
    assert folder.endswith(name)
    assert open(f"{folder}/inside/b.txt").read() == "b"
    named = get_file(name, f"{server}/{name}", extract=True, cache_dir=tmp_path / "other")
    assert named.endswith(f"{name.partition('.')[0]}_extracted")
    assert get_file("folder", f"{server}/{name}", extract=True).endswith("folder")


def test_an_archive_cannot_write_outside(server, tmp_path):
    with tarfile.open(tmp_path / "served" / "bad.tar", "w") as archive:
        archive.add(tmp_path / "served" / "a.txt", "../../escaped.txt")
    with pytest.raises((ValueError, tarfile.TarError)):
        get_file(origin=f"{server}/bad.tar", extract=True)
    assert not list(tmp_path.rglob("escaped.txt"))


def test_errors_say_what_to_do(server):
    with pytest.raises(OSError, match="404"):
        get_file(origin=f"{server}/gone.txt")
    with pytest.raises(OSError, match="put the file to"):
        get_file(origin="http://127.0.0.1:9/a.txt")
    with pytest.raises(ValueError, match="without folders"):
        get_file("../a.txt", f"{server}/a.txt")
    with pytest.raises(ValueError, match="origin"):
        get_file("a.txt")
    with pytest.raises(ValueError, match="no archive"):
        get_file(origin=f"{server}/a.txt", extract=True)
