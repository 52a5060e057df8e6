"""What a landing did, for people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from rich.console import Group
from rich.text import Text

from sandbox.lander.columns import Columns
from sandbox.lander.flatten import DISCARDED, REPEATED
from sandbox.lander.naming import MAX_IDENTIFIER_LENGTH
from sandbox.terminal import counted, printable

MAX_BAD_LINES = 20
"""Bad lines that a report names; the others are only counted."""

_MAX_NAMES = 1_000
_MAX_NAMES_SHOWN = 10
_MAX_NAME_LENGTH = 200


class BadLine(NamedTuple):
    """A line that is no message. Lines count from 1."""

    path: Path
    line: int
    reason: str


class FileLanding(NamedTuple):
    """A file that has landed, was skipped because its content had landed before, or was refused.

    A file is refused if it has lines and none is a message.
    """

    path: Path
    loaded_at: datetime
    message_count: int
    skipped: bool
    refused: bool = False


class NewColumn(NamedTuple):
    """A column added to a table that had been there before; the type as PostgreSQL names it."""

    table: str
    column: str
    type: str


@dataclass
class LandingReport:
    """Counts of one call of `land`; only what is committed is in it.

    By (table, column): `unfit_values` are null now because the column's type could not hold them,
    `truncated_values` lost their decimals in a bigint column, `rounded_values` have more than 64 bits and may
    have lost digits, `stripped_values` are texts that lost NUL characters. By (table, path of the property):
    `discarded_values` have no column, because their name is reserved or unusable, the table is full, or the
    message gave the column another value later.

    `long_names` has the table or column of each event name or property path that was cut. `left_out` counts,
    by suffix, what folders had besides files of messages.
    """

    files: list[FileLanding] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    new_tables: list[str] = field(default_factory=list)
    new_columns: list[NewColumn] = field(default_factory=list)
    bad_lines: list[BadLine] = field(default_factory=list)
    bad_line_count: int = 0
    unfit_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    truncated_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    rounded_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    stripped_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    discarded_values: Counter[tuple[str, str]] = field(default_factory=Counter)
    long_names: dict[str, str] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def landed_count(self) -> int:
        """Files landed by this call."""
        return len(self.files) - self.skipped_count - self.refused_count

    @property
    def skipped_count(self) -> int:
        """Files whose content had landed before."""
        return sum(file.skipped for file in self.files)

    @property
    def refused_count(self) -> int:
        """Files that have not landed, because no line is a message."""
        return sum(file.refused for file in self.files)

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
        """Count the values of the table's columns that were changed or became null."""
        for values, losses in (
            (self.unfit_values, columns.unfit),
            (self.truncated_values, columns.truncated),
            (self.rounded_values, columns.rounded),
            (self.stripped_values, columns.stripped),
        ):
            for name, count in losses.items():
                values[table, name] += count

    def add_discarded(self, table: str, name: str, count: int) -> None:
        """Count values that get no column in the table; the names of the first thousand are kept apart."""
        path = _short(name.removeprefix(DISCARDED))
        if name.startswith(REPEATED):
            path = f"{_short(name.removeprefix(REPEATED).removeprefix(DISCARDED))} (given more than once)"
        key = table, path
        if key not in self.discarded_values and len(self.discarded_values) >= _MAX_NAMES:
            key = table, "..."
        self.discarded_values[key] += count

    def add_long_names(self, identifiers: Mapping[str, str]) -> None:
        """Keep names that were cut, with their tables and columns, if they are among the first thousand."""
        for name, identifier in islice(identifiers.items(), _MAX_NAMES - len(self.long_names)):
            self.long_names[_short(name)] = identifier

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
        self.rounded_values += other.rounded_values
        self.stripped_values += other.stripped_values
        self.discarded_values += other.discarded_values
        self.add_long_names(other.long_names)

    def __rich__(self) -> Group:
        return Group(*(Text(printable(line)) for line in self._lines()))

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.landed_count:,} files landed: {self.message_count:,} messages, "
            f"{self.rows.total():,} rows in {len(self.rows):,} tables, {len(self.new_tables):,} of them new"
        )
        yield from _first(f"  {file.path}: already landed, skipped" for file in self.files if file.skipped)
        yield from _first(
            f"  {file.path}: no line is a message, refused" for file in self.files if file.refused
        )
        if self.left_out:
            total = self.left_out.total()
            yield f"Left out of the folders by their names: {total:,} ({counted(self.left_out)})"
        if self.new_columns:
            yield f"New columns: {len(self.new_columns):,}"
            yield from _first(f"  {table}.{column} {type_}" for table, column, type_ in self.new_columns)
        if self.bad_line_count:
            yield f"Bad lines, not landed: {self.bad_line_count:,}"
            for path, line, reason in self.bad_lines:
                yield f"  {path}:{line}: {reason}"
            if self.bad_line_count > len(self.bad_lines):
                yield f"  and {self.bad_line_count - len(self.bad_lines):,} more"
        if self.long_names:
            length = MAX_IDENTIFIER_LENGTH
            yield f"Names cut to {length} characters, which others may share: {len(self.long_names):,}"
            yield from _first(f"  {name} is {identifier}" for name, identifier in self.long_names.items())
        yield from _total("Unfit values, null now", self.unfit_values)
        yield from _total("Decimals cut off", self.truncated_values)
        yield from _total("Numbers of more than 64 bits, rounded", self.rounded_values)
        yield from _total("Texts without their NUL characters", self.stripped_values)
        yield from _total("Values without a column, discarded", self.discarded_values)


def _short(name: str) -> str:
    return name if len(name) <= _MAX_NAME_LENGTH else f"{name[:_MAX_NAME_LENGTH]}…"


def _first(lines: Iterable[str]) -> Iterator[str]:
    lines = list(lines)
    yield from lines[:_MAX_NAMES_SHOWN]
    if len(lines) > _MAX_NAMES_SHOWN:
        yield f"  and {len(lines) - _MAX_NAMES_SHOWN:,} more"


def _total(title: str, values: Counter[tuple[str, str]]) -> Iterator[str]:
    if values:
        counts = Counter({f"{table}.{column}": count for (table, column), count in values.items()})
        yield f"{title}: {counts.total():,} ({counted(counts)})"
