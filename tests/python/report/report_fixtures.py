"""The report on marts that are built already, on marts without a row, and on made-up rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from chromium import chromium
from report.build import build
from report.marts import QUERIES, Marts, Row
from report.period import Period
from simulated.built import DAYS, FIRST_DAY, Simulated
from warehouse import Database

SCHEMA = "analytics_marts"
PERIOD = Period(FIRST_DAY, FIRST_DAY + timedelta(days=DAYS - 1))

_COLUMNS = """
    select c.relname, string_agg(format('%%I %%s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ')
    from pg_class as c inner join pg_attribute as a on c.oid = a.attrelid
    where c.relnamespace = to_regnamespace(%s) and c.relkind in ('r', 'v')
        and a.attnum > 0 and not a.attisdropped
    group by c.relname
"""


class MadeUp(Marts):
    """Marts that give these rows to queries by name, and no row to others."""

    def __init__(self, **rows: Sequence[Row]) -> None:
        super().__init__(None, SCHEMA)
        self._rows = rows

    def rows(self, query: str, period: Period | None = None) -> list[Row]:
        """The rows made up for a query, which has to be one of the report's."""
        assert (QUERIES / f"{query}.sql").exists()
        return [*self._rows.get(query, [])]


@pytest.fixture(scope="module")
def marts(simulated: Simulated) -> Iterator[Marts]:
    """The marts of the simulation, as an analyst may read them."""
    with closing(simulated.database.connect(user="analyst", autocommit=True)) as connection:
        yield Marts(connection, SCHEMA)


@pytest.fixture(scope="module")
def html(marts: Marts) -> str:
    """The report of the whole simulation."""
    return build(marts, PERIOD, "simulated")


@pytest.fixture(scope="module")
def file(html: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the whole simulation on disk."""
    written = tmp_path_factory.mktemp("report") / "report.html"
    written.write_text(html, encoding="utf-8")
    return written


@pytest.fixture
def empty_marts(simulated: Simulated, database: Database) -> Iterator[Marts]:
    """The same marts without a row."""
    with closing(simulated.database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (SCHEMA,))
        columns: Mapping[str, str] = dict(cursor.fetchall())
    assert len(columns) > 20
    with closing(database.connect(autocommit=True)) as connection:
        with connection.cursor() as cursor:
            for name, list_of_columns in columns.items():
                cursor.execute(f"create table {SCHEMA}.{name} ({list_of_columns})")
        yield Marts(connection, SCHEMA)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with chromium() as started:
        yield started


def query(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query of an analyst's."""
    with closing(database.connect(user="analyst")) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def day(number: int) -> date:
    """A day of `PERIOD`, from 0."""
    return PERIOD.days[number]
