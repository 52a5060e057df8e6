"""Files of newline-delimited JSON, gzipped or not, read in bounded memory."""

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO, cast

from sandbox.lander.errors import LandingError

CHUNK_BYTES = 8 * 1024**2
"""Decompressed bytes that are held at a time, and that one round of COPY writes."""

MAX_LINE_BYTES = 1024**2
"""A longer line is no message (Segment takes 32 KB at most) and is not held in memory whole."""

_PATTERNS = ("*.ndjson", "*.json", "*.gz")
_GZIP_MAGIC = b"\x1f\x8b"
_match_sync_name = re.compile(r"sync_(\d{8}T\d{6}Z)\.ndjson(?:\.gz)?", re.ASCII).fullmatch


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files named, each once; for a folder those in it, sorted by name.

    A folder gives its *.ndjson, *.json and *.gz files at any depth, except hidden ones.

    Raises LandingError if a path does not exist or a folder holds no such file.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += _files_in(path)
        elif path.is_file():
            files.append(path)
        else:
            raise LandingError(f"There is no file or folder {path}.")
    return list(dict.fromkeys(files))


def _files_in(folder: Path) -> list[Path]:
    found = {
        file
        for pattern in _PATTERNS
        for file in folder.rglob(pattern)
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    }
    if not found:
        raise LandingError(f"The folder {folder} holds no messages: no {', '.join(_PATTERNS)}.")
    return sorted(found, key=Path.as_posix)


def load_time(path: Path) -> datetime | None:
    """The time in a name such as sync_20260831T120000Z.ndjson.gz; None for any other name."""
    match = _match_sync_name(path.name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
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
            raise LandingError(f"{path} changed while it was read. Nothing of it has landed; try again.")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise LandingError(f"{path} cannot be read: {error}. Nothing of it has landed.") from error
