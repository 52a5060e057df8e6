"""Raw rows that arrive in loads: each event table gets its own share of each load."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

from project import Project
from sandbox.lander import land
from sandbox.server import RAW_SCHEMA
from sandbox.simulator import SimulationSettings, simulate, write

ARCHIVE = "archive"


def land_simulation(
    project: Project, settings: SimulationSettings, folder: Path, schema: str = RAW_SCHEMA
) -> None:
    """Simulate and land everything in a schema of the loader's."""
    write(simulate(settings), folder)
    project.execute(f"create schema if not exists {schema} authorization loader", user="postgres")
    with closing(project.database.connect(user="loader")) as connection:
        land(connection, [folder], schema=schema)


def arrive_in_cuts(project: Project, cut_count: int, rng: random.Random) -> Iterator[dict[str, int]]:
    """Move the archive's rows to the raw schema in `cut_count` loads, table by table.

    Every table has its own cuts of the time at which its rows were loaded: it may bring nothing in a load,
    and appears with its first rows. Gives the number of rows by table after each load.
    """
    tables = [name.removeprefix(f"{ARCHIVE}.") for name in project.tables(ARCHIVE)]
    end = datetime.max.replace(tzinfo=timezone.utc)
    cuts = {table: [*_random_cuts(project, table, cut_count - 1, rng), end] for table in tables}
    since = dict.fromkeys(tables, datetime.min.replace(tzinfo=timezone.utc))
    with closing(project.database.connect(user="loader")) as connection, connection.cursor() as cursor:
        for number in range(cut_count):
            arrived = {}
            for table in tables:
                until = cuts[table][number]
                new = f"from {ARCHIVE}.{table} where uuid_ts > %s and uuid_ts <= %s"
                cursor.execute(f"select count(*) {new}", (since[table], until))
                if cursor.fetchall()[0][0]:
                    cursor.execute(
                        f"create table if not exists {RAW_SCHEMA}.{table} (like {ARCHIVE}.{table})"
                    )
                    cursor.execute(
                        f"insert into {RAW_SCHEMA}.{table} select * {new} order by random()",
                        (since[table], until),
                    )
                    arrived[table] = cursor.rowcount
                since[table] = until
            connection.commit()
            yield arrived


def _random_cuts(project: Project, table: str, number: int, rng: random.Random) -> list[datetime]:
    """Load times of rows of the table, drawn by row, so that every load brings some share of most tables."""
    loads = [
        load for (load,) in project.query(f"select uuid_ts from {ARCHIVE}.{table} order by 1", user="loader")
    ]
    return sorted(rng.choices(loads, k=number))
