"""Files of Segment messages into raw tables: one file, one transaction."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extensions import connection as Connection

from builds.collector import garbage_collector_paused
from sandbox.access import RAW_SCHEMA
from sandbox.lander import ledger
from sandbox.lander.errors import BadMessage, LandingError
from sandbox.lander.messages import Batch
from sandbox.lander.raw_tables import RawTables
from sandbox.lander.reader import find_files, load_time, read_chunks, sha256_of
from sandbox.lander.report import FileLanding, LandingReport
from sandbox.lander.writer import Writer
from sandbox.terminal import printable


def land(
    connection: Connection,
    paths: Sequence[Path],
    loaded_at: datetime | None = None,
    schema: str = RAW_SCHEMA,
) -> LandingReport:
    """Land files of newline-delimited Segment messages, gzipped or not, in the raw tables of the schema.

    A folder gives the files that `find_files` takes for messages, sorted by name. Each file is one
    transaction: it lands whole or leaves nothing. A file whose content has landed in the schema before is
    skipped. Rows are never deduplicated: a message that comes twice, in one file or in two, becomes two rows
    with one id, as raw tables have them in reality. Lines that are no messages are reported; the rest of
    their file lands. A file with only such lines is refused, and does not count as landed.

    `loaded_at`, which needs a time zone, becomes the rows' `uuid_ts`. Without it that is the time in a file
    name such as sync_20260831T120000Z.ndjson.gz, and now for other names. Of several landings in one database
    one is under way at a time; the others wait.

    Raises LandingError: a path holds nothing to land, a file cannot be read, the database refuses a file, the
    connection has an open transaction, or `loaded_at` has no time zone.
    """
    if loaded_at is not None and loaded_at.tzinfo is None:
        raise LandingError("loaded_at has no time zone. Give it one, such as UTC.")
    if connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
        raise LandingError(
            "The connection has an open transaction. Commit it or roll it back before landing."
        )
    report = LandingReport()
    files = find_files(paths, report.left_out)
    with garbage_collector_paused():
        for path in files:
            load = loaded_at or load_time(path) or datetime.now(timezone.utc)
            try:
                report.add(_land_file(connection, path, load, schema))
            except LandingError as error:
                error.report = report
                raise
    return report


def _land_file(connection: Connection, path: Path, loaded_at: datetime, schema: str) -> LandingReport:
    sha256 = sha256_of(path)
    report = LandingReport()
    try:
        with connection, connection.cursor() as cursor:
            # Each statement must see what the landing before committed while this one waited for it.
            cursor.execute("set transaction isolation level read committed")
            cursor.execute("set local timezone to 'UTC'")
            ledger.lock(cursor)
            if ledger.has_landed(cursor, schema, sha256):
                report.files.append(FileLanding(path, loaded_at, 0, skipped=True))
            else:
                tables = RawTables(cursor, schema, report)
                writer = Writer(cursor, tables, loaded_at.isoformat(), report)
                message_count = _land_lines(path, sha256, tables, writer, report)
                refused = message_count == 0 and report.bad_line_count > 0
                report.files.append(
                    FileLanding(path, loaded_at, message_count, skipped=False, refused=refused)
                )
                if not refused:
                    ledger.record(cursor, schema, sha256, report)
    except psycopg2.Error as error:
        reason = str(error).strip()
        name = printable(str(path))
        raise LandingError(f"The database refuses {name}, nothing of it has landed: {reason}") from error
    return report


def _land_lines(path: Path, sha256: str, tables: RawTables, writer: Writer, report: LandingReport) -> int:
    """Land the file's messages chunk by chunk, and count them."""
    message_count = 0
    lines_before = 0
    for lines in read_chunks(path, sha256):
        batch = Batch(tables.admits)
        for number, line in enumerate(lines, lines_before + 1):
            line = line.removeprefix(BOM_UTF8)  # files may have been joined, so any line may have one
            if not line or line.isspace():
                continue
            try:
                batch.add(line)
            except BadMessage as error:
                report.add_bad_line(path, number, str(error))
            else:
                message_count += 1
        lines_before += len(lines)
        writer.write(batch.rows)
        report.add_long_names(batch.long_names)
    return message_count
