"""What a landing promises: whole files, once each, whatever happens."""

import threading
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from landing import Landing, shown, track
from landing import landing as landing
from psycopg2.errors import InsufficientPrivilege

from sandbox.access import RAW_SCHEMA
from sandbox.lander import LandingError, LandingReport, land, ledger, reader, writer
from sandbox.lander.copying import copy_lines
from sandbox.lander.writer import Writer

COUNT = "select count(*) from tracks"


def test_the_same_content_lands_once(landing: Landing) -> None:
    first, again = landing.file(track()), landing.file(track(), name="again.ndjson")
    assert landing.land_files(first).landed_count == 1
    report = landing.land_files(first, again, landing.file(track(messageId="m2")))
    assert [file.skipped for file in report.files] == [True, True, False]
    assert (report.landed_count, report.skipped_count, report.message_count) == (1, 2, 1)
    assert landing.rows("select id from tracks order by id") == [("m1",), ("m2",)]
    assert shown(report) == [
        "1 files landed: 1 messages, 2 rows in 2 tables, 0 of them new",
        f"  {first}: already landed, skipped",
        f"  {again}: already landed, skipped",
    ]


def test_a_report_is_brief(landing: Landing) -> None:
    landing.land(track("A", properties={}))
    crowd = {f"p{number}": number for number in range(12)}
    report = landing.land(
        track("A", properties=crowd | {"id": 1}), track("A", properties={"p0": 0.5}), track("B", sentAt=7)
    )
    assert shown(report) == [
        "1 files landed: 3 messages, 6 rows in 3 tables, 1 of them new",
        "New columns: 12",
        *(f"  a.p{number} bigint" for number in range(10)),
        "  and 2 more",
        "Unfit values, null now: 2 (b.sent_at 1, tracks.sent_at 1)",
        "Decimals cut off: 1 (a.p0 1)",
        "Values without a column, discarded: 1 (a.id 1)",
    ]


def test_the_ledger_tells_what_landed(landing: Landing) -> None:
    file = landing.file(track(receivedAt="?"), "no JSON", track(), name="sync_20260831T120000Z.ndjson")
    landing.land_files(file)
    assert landing.rows(
        "select schema_name, length(sha256), path, loaded_at::text, message_count, bad_line_count, "
        "unfit_value_count, landed_at > now() - interval '1 hour' from landed_files"
    ) == [(RAW_SCHEMA, 64, str(file), "2026-08-31 12:00:00+00", 2, 1, 2, True)]


def test_each_schema_has_its_own_landings(landing: Landing) -> None:
    file = landing.file(track())
    with closing(landing.connect()) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute("create schema other")
        assert land(connection, [file]).landed_count == 1
        assert land(connection, [file], schema="other").landed_count == 1
        assert land(connection, [file], schema="other").skipped_count == 1
    assert landing.rows("select id from other.tracks") == [("m1",)]


def test_a_message_that_comes_twice_is_two_rows(landing: Landing) -> None:
    landing.land(track(), track())
    landing.land(track(), track("Other"))
    assert landing.rows("select id from order_unlock_coco") == [("m1",)] * 3
    assert landing.rows(COUNT) == [(4,)]


def test_bad_lines_are_reported_and_the_rest_lands(landing: Landing) -> None:
    lines = {
        "{": "no JSON: ",
        '"\\ud800"': "no JSON: ",
        "[]": "no JSON object",
        "{}": "no type",
        '{"type":"delete"}': 'unknown type "delete"',
        '{"type":["track"]}': 'unknown type ["track"]',
        '{"type":"track"}': "a track message without an event name",
        '{"type":"track","event":7}': "a track message without an event name",
        '{"type":"track","event":"日本"}': "an event name without letters and digits",
        '{"type":"track","event":"a","properties":[1]}': "properties is no object",
        '{"type":"track","event":"a","context":"x"}': "context is no object",
        '{"type":"identify","traits":1}': "traits is no object",
        '{"type":"track","event":"' + "a" * reader.MAX_LINE_BYTES + '"}': "longer than 1,048,576 bytes",
    }
    file = landing.file(track(), "", *lines, "  ", track(messageId="m2"))
    report = landing.land_files(file)
    assert landing.rows("select id from tracks order by id") == [("m1",), ("m2",)]
    assert landing.tables() == ["order_unlock_coco", "tracks"]
    assert report.bad_line_count == len(lines)
    for bad, number, reason in zip(report.bad_lines, range(3, 3 + len(lines)), lines.values(), strict=True):
        assert (bad.path, bad.line) == (file, number)
        assert bad.reason.startswith(reason)
    assert f"  {file}:5: no JSON object" in shown(report)


def test_only_the_first_bad_lines_are_named(landing: Landing) -> None:
    report = landing.land_files(landing.file(*["{"] * 15), landing.file(*["["] * 15))
    assert (report.bad_line_count, len(report.bad_lines)) == (30, 20)
    assert shown(report)[-1] == "  and 10 more"


def test_a_file_lands_whole_or_not_at_all(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops after each COPY in turn; then the same file lands as if nothing had happened."""
    monkeypatch.setattr(reader, "CHUNK_BYTES", 1_000)
    landing.land(track("Before"))
    messages = [track(f"Event {number % 3}", messageId=str(number)) for number in range(12)]
    file = landing.file(*messages)
    stops = 0
    for last in range(100):
        copies = iter(range(last))

        def stopping(*arguments: object, copies: object = copies) -> None:
            if next(copies, None) is None:  # type: ignore[call-overload]
                raise RuntimeError("stopped")
            copy_lines(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(writer, "copy_lines", stopping)
        try:
            report = landing.land_files(file)
        except RuntimeError:
            stops += 1
            assert landing.tables() == ["before", "tracks"]
            assert landing.rows(COUNT) == [(1,)]
        else:
            break
    assert stops > 10
    assert report.message_count == 12
    assert landing.rows(COUNT) == [(13,)]
    assert landing.rows("select count(*) from event_0") == [(4,)]


def test_a_lost_connection_leaves_nothing_behind(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "CHUNK_BYTES", 1_000)
    write = Writer.write
    rounds = 0

    def write_and_lose(self: Writer, rows: object) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            with closing(landing.database.connect(autocommit=True)) as killer, killer.cursor() as cursor:
                cursor.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and usename = 'loader'"
                )
        write(self, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(Writer, "write", write_and_lose)
    file = landing.file(*(track(messageId=str(number)) for number in range(12)))
    with pytest.raises(LandingError, match="nothing of it has landed"):
        landing.land_files(file)
    assert landing.tables() == []
    assert landing.land_files(file).message_count == 12
    assert landing.rows(COUNT) == [(12,)]


def test_a_refused_file_leaves_the_files_before_it(landing: Landing) -> None:
    with closing(landing.connect()) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"create table {RAW_SCHEMA}.picky (id text, n bigint check (n < 10))")
    good, bad, later = (landing.file(track("Picky", properties={"n": n})) for n in (1, 100, 2))
    with pytest.raises(LandingError, match=r"The database refuses .*2\.ndjson, nothing of it") as caught:
        landing.land_files(good, bad, later)
    assert caught.value.report is not None
    assert [file.path for file in caught.value.report.files] == [good]
    assert caught.value.report.rows == {"picky": 1, "tracks": 1}
    assert landing.rows("select n from picky") == [(1,)]


def test_landings_at_once_do_not_mix(landing: Landing) -> None:
    """Several landers with the same files in different orders, all beginning with an empty schema.

    By their sessions' default they would not see what the others commit while they wait.
    """
    files = [
        landing.file(*(track(f"Event {number % 5}", messageId=f"{name}-{number}") for number in range(200)))
        for name in range(6)
    ]
    reports: list[LandingReport] = []
    start = threading.Barrier(4)

    def run(paths: list[Path]) -> None:
        with closing(landing.connect()) as connection:
            connection.set_session(isolation_level="SERIALIZABLE")
            start.wait()
            reports.append(land(connection, paths))

    threads = [threading.Thread(target=run, args=(files[first:] + files[:first],)) for first in (0, 2, 3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 4
    assert sum(report.landed_count for report in reports) == 6
    assert sum(report.skipped_count for report in reports) == 18
    assert landing.rows("select count(*), count(distinct id) from tracks") == [(1200, 1200)]
    assert landing.rows("select count(*), count(distinct id) from event_4") == [(240, 240)]


def test_an_analyst_cannot_stop_a_landing(landing: Landing) -> None:
    landing.land(track())
    file = landing.file(track(messageId="m2"))
    with closing(landing.database.connect(user="analyst")) as analyst, closing(landing.connect()) as loader:
        with analyst.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (ledger._LOCK,))
            with pytest.raises(InsufficientPrivilege):
                cursor.execute("lock table _sandbox.landed_files")
        with loader, loader.cursor() as cursor:
            cursor.execute("set lock_timeout to '10s'")
        assert land(loader, [file]).landed_count == 1


@pytest.mark.parametrize("autocommit", [False, True])
@pytest.mark.parametrize("isolation", ["READ COMMITTED", "SERIALIZABLE"])
def test_any_session_will_do(landing: Landing, autocommit: bool, isolation: str) -> None:
    file = landing.file(track())
    with closing(landing.connect()) as connection:
        connection.set_session(autocommit=autocommit, isolation_level=isolation)
        with connection.cursor() as cursor:
            cursor.execute("set timezone to 'Asia/Tokyo'")
        connection.commit()
        naive = track(messageId="naive", receivedAt="2026-08-31T12:00:00")
        assert land(connection, [file, landing.file(naive)]).landed_count == 2
        assert connection.autocommit is autocommit
    assert landing.rows("select received_at::text from tracks where id = 'naive'") == [
        ("2026-08-31 12:00:00+00",)
    ]


def test_an_open_transaction_is_refused(landing: Landing) -> None:
    with closing(landing.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("select 1")
        with pytest.raises(LandingError, match="open transaction"):
            land(connection, [landing.file(track())])
    assert landing.tables() == []


def test_rows_carry_the_time_of_their_load(landing: Landing) -> None:
    named = landing.file(track(messageId="named"), name="sync_20260831T183000Z.ndjson.gz", gzipped=True)
    other = landing.file(track(messageId="other"), name="sync_20261331T183000Z.ndjson")
    before = datetime.now(timezone.utc)
    landing.land_files(named, other)
    times = dict(landing.rows("select id, uuid_ts from tracks"))
    assert times["named"] == datetime(2026, 8, 31, 18, 30, tzinfo=timezone.utc)
    assert before <= times["other"] <= datetime.now(timezone.utc)

    given = datetime(2026, 9, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    file = landing.file(track(messageId="given"), name="sync_20260901T120000Z.ndjson")
    landing.land_files(file, loaded_at=given)
    assert landing.rows("select uuid_ts from tracks where id = 'given'") == [
        (datetime(2026, 9, 1, tzinfo=timezone.utc),)
    ]
    with pytest.raises(LandingError, match="no time zone"):
        landing.land_files(file, loaded_at=given.replace(tzinfo=None))


def test_a_missing_schema_is_named(landing: Landing) -> None:
    file = landing.file(track())
    with closing(landing.connect()) as connection, pytest.raises(LandingError, match="no schema elsewhere"):
        land(connection, [file], schema="elsewhere")


def test_a_role_without_rights_is_told_so(landing: Landing) -> None:
    file = landing.file(track())
    analyst = landing.database.connect(user="analyst")
    with closing(analyst), pytest.raises(LandingError, match="permission denied"):
        land(analyst, [file])
