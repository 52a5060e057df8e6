"""Which files land, and how they are read."""

import codecs
import errno
import gzip
import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from landing import Landing, shown, track, written
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
        *(
            "b/2.json",
            "b/1.ndjson",
            "a/x.gz",
            "c.ndjson.gz",
            "d.jsonl",
            "E.NDJSON",
            "f.Json.GZ",
            "g.json/1.jsonl",
        ),
        *("b/.hidden/3.json", "b/.hidden/4.json", ".4.json", "truth/a.parquet", "truth/b.PARQUET", "notes"),
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    (tmp_path / "linked.json").symlink_to(tmp_path / "d.jsonl")
    (tmp_path / "elsewhere").symlink_to(tmp_path / "a")
    left_out: Counter[str] = Counter()
    found = find_files([tmp_path, tmp_path / "c.ndjson.gz"], left_out)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        *("E.NDJSON", "a/x.gz", "b/1.ndjson", "b/2.json", "c.ndjson.gz", "d.jsonl", "f.Json.GZ"),
        *("g.json/1.jsonl", "linked.json"),
    ]
    assert left_out == {".parquet": 2, "hidden": 2, "without a suffix": 1, "links to folders": 1}
    assert find_files([tmp_path / "truth/a.parquet", tmp_path / "a"], left_out) == [
        *(tmp_path / "truth/a.parquet", tmp_path / "a/x.gz")
    ]


def test_other_files_in_a_folder_are_counted_and_reported(landing: Landing) -> None:
    landing.file(track(), name="a.jsonl")
    (landing.folder / "a.zip").touch()
    (landing.folder / "b.\x1b[31m").touch()
    report = landing.land_files(landing.folder)
    assert report.message_count == 1
    assert shown(report)[1:] == ["Left out of the folders by their names: 2 (.\\x1b[31m 1, .zip 1)"]


def test_nothing_lands_if_a_path_gives_nothing(landing: Landing) -> None:
    file = landing.file(track())
    empty = landing.folder / "empty"
    empty.mkdir()
    with pytest.raises(LandingError, match="no file or folder"):
        landing.land_files(file, landing.folder / "missing.ndjson")
    with pytest.raises(LandingError, match="has no files of messages: no "):
        landing.land_files(file, empty)
    (empty / "a.zip").touch()
    with pytest.raises(LandingError, match=r"has no files of messages: .* \(left out: \.zip 1\)"):
        landing.land_files(file, empty)
    assert landing.tables() == []


@pytest.mark.parametrize("kind", ["broken link", "link to itself", "pipe"])
def test_a_link_or_pipe_named_like_a_file_is_an_error(landing: Landing, kind: str) -> None:
    landing.file(track())
    path = landing.folder / "broken.json"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("missing" if kind == "broken link" else path)
    with pytest.raises(LandingError, match=r"broken\.json is not a file. Nothing has landed\."):
        landing.land_files(landing.folder)
    assert landing.tables() == []


def test_a_folder_that_may_not_be_read_is_an_error(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the error is simulated."""
    landing.file(track())
    (landing.folder / "closed").mkdir()
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(LandingError, match=r"cannot be read: .*Permission denied: '.*closed'"):
        landing.land_files(landing.folder)
    assert landing.tables() == []


def test_a_path_that_the_system_refuses_is_an_error(landing: Landing) -> None:
    with pytest.raises(LandingError, match=r"x cannot be read: .*File name too long.* has landed\."):
        landing.land_files(landing.folder / ("x" * 300))


def test_a_file_that_may_not_be_read_leaves_the_files_before_it(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, closed = landing.file(track()), landing.file(track("Other"))
    open_ = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> object:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(LandingError, match=r"2\.ndjson cannot be read: .*Permission denied") as caught:
        landing.land_files(first, closed)
    assert caught.value.report is not None
    assert caught.value.report.message_count == 1


NOT_UTF8 = os.fsdecode(b"caf\xe9 \xff.ndjson")


def test_a_file_name_that_is_not_utf8_lands(landing: Landing) -> None:
    file = landing.file(track(), "{", name=NOT_UTF8)
    for paths in ([file], [landing.folder]):
        report = landing.land_files(*paths)
        assert report.landed_count + report.skipped_count == 1
        "\n".join(shown(report)).encode()
    assert landing.rows("select path from landed_files") == [(f"{landing.folder}/caf\\udce9 \\udcff.ndjson",)]
    with pytest.raises(LandingError, match=r"There is no file or folder .*\\udcff\.ndjson") as caught:
        landing.land_files(landing.folder / f"missing {NOT_UTF8}")
    str(caught.value).encode()


@pytest.mark.parametrize("gzipped", [False, True])
def test_no_line_is_lost_by_a_byte_order_mark(landing: Landing, gzipped: bool) -> None:
    """A file that was joined from several files has several marks."""
    parts = [codecs.BOM_UTF8 + json.dumps(track(messageId=name)).encode() + b"\n" for name in ("m1", "m2")]
    parts.append(codecs.BOM_UTF8)
    path = landing.folder / "marked.json"
    path.write_bytes(b"".join(map(gzip.compress, parts) if gzipped else parts))
    report = landing.land_files(path)
    assert (report.message_count, report.bad_line_count) == (2, 0)
    assert landing.rows("select id from tracks order by id") == [("m1",), ("m2",)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "cp037"])
def test_a_file_in_another_encoding_is_refused(landing: Landing, encoding: str) -> None:
    path = landing.folder / "other.ndjson"
    path.write_text(f"{json.dumps(track())}\n{json.dumps(track())}\n", encoding=encoding)
    report = landing.land_files(path)
    assert [file.refused for file in report.files] == [True]
    assert report.bad_line_count >= 1
    assert landing.tables() == []


def test_latin_1_loses_only_the_lines_that_are_not_ascii(landing: Landing) -> None:
    path = landing.folder / "latin.ndjson"
    lines = [json.dumps(track(event=event), ensure_ascii=False) for event in ("Plain", "Ärger", "Too")]
    path.write_text("\n".join(lines), encoding="latin-1")
    report = landing.land_files(path)
    assert [(bad.line, bad.reason.split(":")[0]) for bad in report.bad_lines] == [(2, "no JSON")]
    assert landing.tables() == ["plain", "too", "tracks"]


@pytest.mark.parametrize("content", ["{\n[]\n", "no messages at all", "\0" * 100])
@pytest.mark.parametrize("gzipped", [False, True])
def test_a_file_of_bad_lines_alone_does_not_count_as_landed(
    landing: Landing, content: str, gzipped: bool
) -> None:
    good, later = landing.file(track()), landing.file(track("Later"))
    bad = landing.file(content, name="bad.ndjson", gzipped=gzipped)
    for _ in range(2):
        report = landing.land_files(good, bad, later)
        assert [file.refused for file in report.files] == [False, True, False]
        assert report.refused_count == 1
        assert report.landed_count + report.skipped_count == 2
        assert f"  {bad}: no line is a message, refused" in shown(report)
    assert landing.rows("select count(*) from landed_files where path like '%/bad.ndjson'") == [(0,)]
    assert landing.tables() == ["later", "order_unlock_coco", "tracks"]


@pytest.mark.parametrize("content", ["", "\n \r\n\t\n", "\ufeff\n"])
def test_an_empty_file_lands(landing: Landing, content: str) -> None:
    path = landing.folder / "empty.ndjson"
    path.write_text(content)
    assert landing.land_files(path).landed_count == 1
    assert landing.land_files(path).skipped_count == 1


def test_a_folder_lands_in_the_order_of_names(landing: Landing) -> None:
    landing.file(track(properties={"savings": "$5.00"}), name="sync_20260831T120000Z.ndjson")
    landing.file(track(properties={"savings": 5}), name="sync_20260831T000000Z.ndjson.gz", gzipped=True)
    report = landing.land_files(landing.folder)
    assert [file.path.name[5:16] for file in report.files] == ["20260831T00", "20260831T12"]
    assert landing.types("order_unlock_coco")["savings"] == "bigint"


def test_any_suffix_of_a_sync_gives_the_time_of_the_load(landing: Landing) -> None:
    names = ("ndjson", "ndjson.gz", "jsonl", "JSON", "jsonl.GZ")
    for name in names:
        landing.file(track(messageId=name), name=f"sync_20260831T120000Z.{name}")
    landing.land_files(landing.folder)
    assert landing.rows("select count(*), min(uuid_ts)::text, max(uuid_ts)::text from tracks") == [
        (len(names), "2026-08-31 12:00:00+00", "2026-08-31 12:00:00+00")
    ]
