"""Which files land, and how they are read."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from landing import Landing, track, written
from landing import landing as landing
from psycopg2.extensions import cursor as Cursor

from sandbox.lander import LandingError, ledger, reader
from sandbox.lander.reader import find_files, read_chunks, sha256_of


def lines_of(path: Path) -> list[bytes]:
    return [line for lines in read_chunks(path, sha256_of(path)) for line in lines if line]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize(
    "content", [b"", b"\n", b"one", b"one\n", b"one\ntwo", b"\none\n\n\ntwo\n", b"one\r\ntwo\r\n", b"\x1f"]
)
def test_lines_are_those_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, gzipped: bool, content: bytes
) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", size)
    path = tmp_path / "name says nothing.txt"
    path.write_bytes(gzip.compress(content) if gzipped else content)
    assert lines_of(path) == [line for line in content.split(b"\n") if line]


def test_line_numbers_go_on_from_chunk_to_chunk(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", 500)
    report = landing.land_files(landing.file(*["", "{", json.dumps(track())] * 5))
    assert [bad.line for bad in report.bad_lines] == [2, 5, 8, 11, 14]
    assert report.message_count == 5


def test_gzip_members_are_read_one_after_another(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one\ntw") + gzip.compress(b"o\nthree"))
    assert lines_of(path) == [b"one", b"two", b"three"]


def test_of_an_endless_line_little_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", 100)
    monkeypatch.setattr(reader, "MAX_LINE_BYTES", 250)
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"a\n" + b"b" * 10_000 + b"\nc")
    first, long, last = lines_of(path)
    assert (first, last) == (b"a", b"c")
    assert 250 < len(long) <= 350


def test_the_sha256_is_that_of_the_file_as_stored(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gz", [track()], gzipped=True)
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("damage", ["cut", "flipped", "garbage", "tail"])
def test_a_damaged_archive_lands_nothing(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", 1_000)
    path = landing.file(*(track(messageId=str(number)) for number in range(500)), gzipped=True)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(
        {
            "cut": content[:-20],
            "flipped": content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :],
            "garbage": content[:10] + b"\xff" * 100,
            "tail": content + b"no gzip",
        }[damage]
    )
    with pytest.raises(LandingError, match=r"1\.ndjson cannot be read: .* Nothing of it has landed"):
        landing.land_files(path)
    assert landing.tables() == []


def test_a_file_that_changes_while_it_is_read_is_refused(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = landing.file(track())
    lock = ledger.lock

    def lock_after_a_while(cursor: Cursor) -> None:
        written(path, [track(), track()])
        lock(cursor)

    monkeypatch.setattr(ledger, "lock", lock_after_a_while)
    with pytest.raises(LandingError, match="changed while it was read"):
        landing.land_files(path)
    assert landing.tables() == []


def test_folders_give_their_files_sorted(tmp_path: Path) -> None:
    names = [
        "b/2.json",
        "b/1.ndjson",
        "a/x.gz",
        "c.ndjson.gz",
        "b/.hidden/3.json",
        ".4.json",
        "truth/a.parquet",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [
        path.relative_to(tmp_path).as_posix() for path in find_files([tmp_path, tmp_path / "c.ndjson.gz"])
    ]
    assert found == ["a/x.gz", "b/1.ndjson", "b/2.json", "c.ndjson.gz"]
    assert find_files([tmp_path / "truth/a.parquet", tmp_path / "a"]) == [
        *(tmp_path / "truth/a.parquet", tmp_path / "a/x.gz")
    ]


def test_nothing_lands_if_a_path_gives_nothing(landing: Landing) -> None:
    file = landing.file(track())
    empty = landing.folder / "empty"
    empty.mkdir()
    with pytest.raises(LandingError, match="no file or folder"):
        landing.land_files(file, landing.folder / "missing.ndjson")
    with pytest.raises(LandingError, match="holds no messages"):
        landing.land_files(file, empty)
    assert landing.tables() == []


def test_a_folder_lands_in_the_order_of_names(landing: Landing) -> None:
    landing.file(track(properties={"savings": "$5.00"}), name="sync_20260831T120000Z.ndjson")
    landing.file(track(properties={"savings": 5}), name="sync_20260831T000000Z.ndjson.gz", gzipped=True)
    report = landing.land_files(landing.folder)
    assert [file.path.name[5:16] for file in report.files] == ["20260831T00", "20260831T12"]
    assert landing.types("order_unlock_coco")["savings"] == "bigint"
