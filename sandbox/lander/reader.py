"""Files of newline-delimited JSON, gzipped or not, read in bounded memory."""

import gzip
import hashlib
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO, cast

from sandbox.lander.errors import LandingError
from sandbox.terminal import counted, printable

CHUNK_BYTES = 8 * 1024**2
"""Decompressed bytes that are held at a time, and that one round of COPY writes."""

MAX_LINE_BYTES = 1024**2
"""A longer line is no message (Segment takes 32 KB at most) and is not held in memory whole."""

_SUFFIXES = (".ndjson", ".jsonl", ".json", ".gz")
_GZIP_MAGIC = b"\x1f\x8b"
_match_sync_name = re.compile(
    r"sync_(\d{8}T\d{6}Z)\.(?:ndjson|jsonl|json)(?:\.gz)?", re.ASCII | re.IGNORECASE
).fullmatch


def find_files(paths: Sequence[Path], left_out: Counter[str]) -> list[Path]:
    """The files named, each once; for a folder those in it, sorted by name.

    A folder gives its *.ndjson, *.jsonl, *.json and *.gz files at any depth, also if the suffix is in
    capitals, but not hidden ones. Links to folders are not followed. `left_out` counts the rest by suffix.

    Raises LandingError if a path does not exist or may not be read, if a folder has no such file, or if
    something that is named like one is no file.
    """
    files: list[Path] = []
    for path in paths:
        with _reading(path):
            is_folder, is_file = path.is_dir(), path.is_file()
        if is_folder:
            files += _files_in(path, left_out)
        elif is_file:
            files.append(path)
        else:
            raise LandingError(f"There is no file or folder {printable(str(path))}.")
    return list(dict.fromkeys(files))


def _files_in(folder: Path, left_out: Counter[str]) -> list[Path]:
    found: list[Path] = []
    others: Counter[str] = Counter()
    with _reading(folder):
        for name, folders, files in os.walk(folder, onerror=_raise):
            others["hidden"] += sum(entry.startswith(".") for entry in folders + files)
            folders[:] = [entry for entry in folders if not entry.startswith(".")]
            others["links to folders"] += sum(Path(name, entry).is_symlink() for entry in folders)
            for path in (Path(name, entry) for entry in files if not entry.startswith(".")):
                if path.suffix.lower() in _SUFFIXES:
                    found.append(path)
                else:
                    others[path.suffix.lower() or "without a suffix"] += 1
    others = +others
    left_out += others
    if not found:
        raise LandingError(
            f"The folder {printable(str(folder))} has no files of messages: no *{', *'.join(_SUFFIXES)}"
            + (f" (left out: {counted(others)})." if others else ".")
        )
    for path in found:
        with _reading(path):
            is_file = path.is_file()
        if not is_file:
            raise LandingError(f"{printable(str(path))} is not a file. Nothing has landed.")
    return sorted(found, key=Path.as_posix)


def _raise(error: OSError) -> None:
    raise error


def load_time(path: Path) -> datetime | None:
    """The time in a name such as sync_20260831T120000Z.ndjson.gz; None for any other name."""
    match = _match_sync_name(path.name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1].upper(), "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return None


class _HashedFile:
    """A file that hashes what is read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.sha256.update(block)
        return block


def sha256_of(path: Path) -> str:
    """The SHA-256, in hexadecimal, of the file as it is stored (gzipped, if it is). Raises LandingError."""
    with _reading(path), path.open("rb") as file:
        hashed = _HashedFile(file)
        while hashed.read(CHUNK_BYTES):
            pass
        return hashed.sha256.hexdigest()


def read_chunks(path: Path, sha256: str) -> Iterator[list[bytes]]:
    """The file's lines, in lists of about CHUNK_BYTES; a line over MAX_LINE_BYTES is cut one byte after them.

    Raises LandingError if the file cannot be read to its end or, at the end, if what was read does not have
    this SHA-256: somebody is still writing it.
    """
    with _reading(path), path.open("rb") as file:
        is_gzipped = file.read(2) == _GZIP_MAGIC
        file.seek(0)
        hashed = _HashedFile(file)
        stream = gzip.GzipFile(fileobj=cast(BinaryIO, hashed), mode="rb") if is_gzipped else hashed
        rest = b""
        while block := stream.read(CHUNK_BYTES):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()[: MAX_LINE_BYTES + 1]
            yield lines
        if rest:
            yield [rest]
        if hashed.sha256.hexdigest() != sha256:
            raise LandingError(
                f"{printable(str(path))} changed while it was read. Nothing of it has landed; try again."
            )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        reason = f"{printable(str(path))} cannot be read: {error}."
        raise LandingError(f"{reason} Nothing of it has landed.") from error
