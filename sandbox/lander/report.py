"""What a landing did, for people."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from rich.console import Group
from rich.text import Text

from sandbox.lander.columns import Columns
from sandbox.lander.flatten import DISCARDED

MAX_BAD_LINES = 20
"""Bad lines that a report names; the others are only counted."""

_MAX_DISCARDED_NAMES = 1_000
_MAX_NAMES_SHOWN = 10


class BadLine(NamedTuple):
    """A line that is no message. Lines count from 1."""

    path: Path
    line: int
    reason: str


class FileLanding(NamedTuple):
    """A file that has landed, or was skipped because its content had landed before."""

    path: Path
    loaded_at: datetime
    message_count: int
    skipped: bool


class NewColumn(NamedTuple):
    """A column added to a table that had been there before; the type as PostgreSQL names it."""

    table: str
    column: str
    type: str


@dataclass
class LandingReport:
    """Counts of one call of `land`; only what is committed is in it.

    By (table, column): `unfit_values` are null now because the column's type could not hold them,
    `truncated_values` lost their decimals in a bigint column. By (table, path of the property):
    `discarded_values` have no column, because their name is reserved or unusable or the table is full.
    """

    files: list[FileLanding] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    new_tables: list[str] = field(default_factory=list)
    new_columns: list[NewColumn] = field(default_factory=list)
    bad_lines: list[BadLine] = field(default_factory=list)
    bad_line_count: int = 0
    unfit_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    truncated_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    discarded_values: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def landed_count(self) -> int:
        """Files landed by this call."""
        return sum(not file.skipped for file in self.files)

    @property
    def skipped_count(self) -> int:
        """Files whose content had landed before."""
        return sum(file.skipped for file in self.files)

    @property
    def message_count(self) -> int:
        """Messages landed by this call."""
        return sum(file.message_count for file in self.files)

    def add_bad_line(self, path: Path, line: int, reason: str) -> None:
        """Count a bad line, and keep it if it is among the first."""
        self.bad_line_count += 1
        if len(self.bad_lines) < MAX_BAD_LINES:
            self.bad_lines.append(BadLine(path, line, reason))

    def add_losses(self, table: str, columns: Columns) -> None:
        """Count the unfit and truncated values of columns that land in the table."""
        for name, count in columns.unfit.items():
            self.unfit_values[table, name] += count
        for name, count in columns.truncated.items():
            self.truncated_values[table, name] += count

    def add_discarded(self, table: str, name: str, count: int) -> None:
        """Count values that get no column in the table; the names of the first thousand are kept apart."""
        key = table, name.removeprefix(DISCARDED)
        if key not in self.discarded_values and len(self.discarded_values) >= _MAX_DISCARDED_NAMES:
            key = table, "..."
        self.discarded_values[key] += count

    def add(self, other: "LandingReport") -> None:
        """Add what another report counted."""
        self.files += other.files
        self.rows += other.rows
        self.new_tables += other.new_tables
        self.new_columns += [column for column in other.new_columns if column.table not in self.new_tables]
        self.bad_lines = (self.bad_lines + other.bad_lines)[:MAX_BAD_LINES]
        self.bad_line_count += other.bad_line_count
        self.unfit_values += other.unfit_values
        self.truncated_values += other.truncated_values
        self.discarded_values += other.discarded_values

    def __rich__(self) -> Group:
        return Group(*(Text(line) for line in self._lines()))

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.landed_count:,} files landed: {self.message_count:,} messages, "
            f"{self.rows.total():,} rows in {len(self.rows):,} tables, {len(self.new_tables):,} of them new"
        )
        yield from _first(f"  {file.path}: already landed, skipped" for file in self.files if file.skipped)
        if self.new_columns:
            yield f"New columns: {len(self.new_columns):,}"
            yield from _first(f"  {table}.{column} {type_}" for table, column, type_ in self.new_columns)
        if self.bad_line_count:
            yield f"Bad lines, not landed: {self.bad_line_count:,}"
            for path, line, reason in self.bad_lines:
                yield f"  {path}:{line}: {reason}"
            if self.bad_line_count > len(self.bad_lines):
                yield f"  and {self.bad_line_count - len(self.bad_lines):,} more"
        yield from _total("Unfit values, null now", self.unfit_values)
        yield from _total("Decimals cut off", self.truncated_values)
        yield from _total("Values without a column, discarded", self.discarded_values)


def _first(lines: Iterable[str]) -> Iterator[str]:
    lines = list(lines)
    yield from lines[:_MAX_NAMES_SHOWN]
    if len(lines) > _MAX_NAMES_SHOWN:
        yield f"  and {len(lines) - _MAX_NAMES_SHOWN:,} more"


def _total(title: str, counts: Counter[tuple[str, str]]) -> Iterator[str]:
    if counts:
        shown = [
            f"{table}.{column} {count:,}" for (table, column), count in counts.most_common(_MAX_NAMES_SHOWN)
        ]
        more = ["..."] if len(counts) > len(shown) else []
        yield f"{title}: {counts.total():,} ({', '.join(shown + more)})"
