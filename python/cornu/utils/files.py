"""Files from the network, kept in a folder of the user's."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from .messages import say
from .progbar import Progbar


def home() -> Path:
    """The folder that files are kept in: `$CORNU_HOME`, else `~/.cornu`."""
    return Path(os.environ.get("CORNU_HOME") or Path("~/.cornu").expanduser())


def get_file(
    fname: str | os.PathLike | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | list | None = "auto",
    cache_dir: str | os.PathLike | None = None,
    force_download: bool = False,
) -> str:
    """Downloads a file once and returns where it lies.

    A file that Keras has already put into its own folder is used there.

    Parameters
    ----------
    fname : str, optional
        Name to keep it under, the last part of `origin` unless said.
    origin : str
        The address.
    untar, extract : bool
        Whether it is an archive to unpack; the folder is then returned.
    md5_hash, file_hash : str, optional
        What the file's hash has to be.
    cache_subdir : str
        Folder in `cache_dir`.
    hash_algorithm : {"auto", "sha256", "md5"}
    archive_format : {"auto", "tar", "zip"}, list of these, or None
    cache_dir : path, optional
        `$CORNU_HOME`, else `~/.cornu`, unless said.
    force_download : bool
        Whether to download it again.
    """
    if origin is None:
        raise ValueError("get_file needs the address to download from: origin")
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    name = os.fspath(fname) if fname else os.path.basename(urllib.parse.urlsplit(origin).path)
    if not name:
        raise ValueError(f"{origin!r} does not end in the name of a file; give fname")
    if os.path.basename(name) != name or name in (".", ".."):
        raise ValueError(f"fname must be a name without folders, got {name!r}; cache_dir says in which folder")

    file, folder = name, None
    if extract or untar:
        if fname and "." in name:
            folder = f"{name.partition('.')[0]}_extracted"
        else:
            file, folder = f"{name}_archive", name

    place = None
    if not force_download:
        for base in _places(cache_dir):
            if (base / cache_subdir / file).is_file():
                if file_hash is None or _hash_matches(base / cache_subdir / file, file_hash, hash_algorithm):
                    place = base / cache_subdir
                    break
                found = base / cache_subdir / file
                say(f"{found} is not what was expected ({file_hash}) and is downloaded anew")
    downloaded = place is None
    if downloaded:
        place = _writable(Path(cache_dir).expanduser() if cache_dir is not None else home()) / cache_subdir
        place.mkdir(parents=True, exist_ok=True)
        _download(origin, place / file, file_hash, hash_algorithm)
    if folder is None:
        return str(place / file)
    if not os.access(place, os.W_OK) and not (place / folder).exists():
        place_of_folder = _writable(home()) / cache_subdir
    else:
        place_of_folder = place
    target = place_of_folder / folder
    if downloaded or not target.exists():
        _unpack(place / file, target, "tar" if untar else archive_format)
    return str(target)


def _places(cache_dir: Any) -> list[Path]:
    """Where the file may lie already."""
    if cache_dir is not None:
        return [Path(cache_dir).expanduser()]
    keras = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    return [home(), keras]


def _writable(base: Path) -> Path:
    try:
        base.mkdir(parents=True, exist_ok=True)
        if os.access(base, os.W_OK):
            return base
    except OSError:
        pass
    return Path(tempfile.gettempdir()) / ".cornu"


def _hash_matches(path: Path, expected: str, algorithm: str) -> bool:
    if algorithm == "auto":
        algorithm = "sha256" if len(expected) == 64 else "md5"
    if algorithm not in ("sha256", "md5"):
        raise ValueError(f'hash_algorithm must be "auto", "sha256" or "md5", got {algorithm!r}')
    found = hashlib.new(algorithm, usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest() == expected.lower()


def _download(origin: str, path: Path, file_hash: str | None, algorithm: str) -> None:
    say(f"Downloading data from {origin}")
    # The name is the file's only when all of it is there and is what was expected.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        try:
            with urllib.request.urlopen(origin, timeout=60) as source, open(part, "wb") as file:
                size = source.headers.get("Content-Length")
                bar = Progbar(int(size) if size else None, unit_name="byte")
                done = 0
                while block := source.read(1 << 18):
                    file.write(block)
                    done += len(block)
                    bar.update(done)
                if size is None:
                    bar.update(done, finalize=True)
        except urllib.error.HTTPError as error:
            raise OSError(f"{origin} cannot be downloaded: the server answers {error.code} {error.reason}") from error
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", error)
            raise OSError(
                f"{origin} cannot be downloaded: {reason}. Without a connection, put the file to {path}"
            ) from error
        if file_hash is not None and not _hash_matches(part, file_hash, algorithm):
            raise ValueError(f"what {origin} gave is incomplete or another file: its hash is not {file_hash}")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _unpack(archive: Path, target: Path, formats: str | list | None) -> None:
    wanted = ["tar", "zip"] if formats == "auto" else [formats] if isinstance(formats, str) else formats or []
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        if "tar" in wanted and tarfile.is_tarfile(archive):
            with tarfile.open(archive) as opened:
                _unpack_tar(opened, partial)
        elif "zip" in wanted and zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:  # leaves out what would lie outside of the folder
                opened.extractall(partial)
        else:
            raise ValueError(f"{archive} is no archive of the kinds {wanted}")
        if target.exists():
            shutil.rmtree(target)
        os.replace(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _unpack_tar(opened: tarfile.TarFile, folder: Path) -> None:
    if hasattr(tarfile, "data_filter"):
        opened.extractall(folder, filter="data")
        return
    inside = os.path.realpath(folder)
    for member in opened.getmembers():  # older Pythons: plain files and folders inside of the folder alone
        reached = os.path.realpath(os.path.join(inside, member.name))
        if not (member.isfile() or member.isdir()) or os.path.commonpath([inside, reached]) != inside:
            raise ValueError(f"the archive holds {member.name!r}, which is not a plain file in its folder")
    opened.extractall(folder)
