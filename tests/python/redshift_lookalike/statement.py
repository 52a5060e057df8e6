"""What rules and translation ask of a statement: parentheses, calls, selects, tables, types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from redshift_lookalike.lexer import Token, tokens
from redshift_lookalike.names import NOT_CALLED, SYSTEM_PREFIXES, SYSTEM_SCHEMAS

_SET_OPERATORS = ("union", "except", "intersect", "minus")
_AFTER_ITEMS = ("from", "where", "group", "having", "qualify", "order", "limit", "offset", "window")
_AFTER_TABLE = (
    *_SET_OPERATORS,
    *_AFTER_ITEMS,
    *("join", "inner", "left", "right", "full", "cross", "natural", "on", "using", "set", "when", "for"),
)
_BEFORE_COLUMN_LIST = (
    "into",
    "table",
    "view",
    "references",
    "exists",
    "procedure",
    "function",
    "as",
    "to",
    "on",
)
_DATA_TYPE_ENDS = {
    "character": ("varying",),
    "double": ("precision",),
    "national": ("character", "char"),
    "binary": ("varying",),
}

CONSTRAINTS = ("primary", "unique", "foreign", "constraint", "check", "like")

Span = tuple[int, int]
"""Indexes of the first token of a part and of the one after its last."""


@dataclass(frozen=True)
class Call:
    """A call of a function: the index of its name, the span of each argument, and the clauses behind it."""

    name: str
    at: int
    close: int
    arguments: tuple[Span, ...]
    is_qualified: bool
    is_distinct: bool
    within: Span | None = None
    over: Span | None = None


@dataclass(frozen=True)
class Select:
    """One `select`, from the index `at` up to `end`, and the span of its list."""

    at: int
    end: int
    items: Span


@dataclass(frozen=True)
class Table:
    """A relation that a statement names: the parts of its name as the warehouse knows them.

    alias: the name that columns are qualified with. A subquery in a `from` has no parts, and no name without
    an alias.
    """

    parts: tuple[str, ...]
    at: int
    alias: str

    @property
    def is_system(self) -> bool:
        """Whether it belongs to the warehouse's catalog or system tables."""
        schema = self.parts[-2] if len(self.parts) > 1 else ""
        return schema in SYSTEM_SCHEMAS or self.parts[-1].startswith(SYSTEM_PREFIXES)


class Statement:
    """One SQL statement. Raises ValueError if it cannot be tokenised or its parentheses do not match."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens: list[Token] = tokens(sql)
        while self.tokens and self.tokens[-1].word == ";":
            self.tokens.pop()
        self._words = [token.word for token in self.tokens]
        self._places: dict[str, list[int]] = {}
        for index, word in enumerate(self._words):
            self._places.setdefault(word, []).append(index)
        self.closing: dict[int, int] = {}
        self._opening: dict[int, int] = {}
        self.around: list[int] = []  # by token: the index of the innermost parenthesis it stands in, or -1
        opened: list[int] = []
        for index, word in enumerate(self._words):
            if word in (")", "]"):
                if not opened:
                    raise ValueError("a parenthesis is closed that was not opened")
                self._opening[index] = opened.pop()
                self.closing[self._opening[index]] = index
            self.around.append(opened[-1] if opened else -1)
            if word in ("(", "["):
                opened.append(index)
        if opened:
            raise ValueError("a parenthesis is not closed")

    def word(self, index: int) -> str:
        """The keyword or sign at an index, in lower case; '' for strings, quoted names and beyond."""
        return self._words[index] if 0 <= index < len(self._words) else ""

    def says(self, index: int, *words: str) -> bool:
        """Whether these words or signs stand at an index, one after the other."""
        return index >= 0 and self._words[index : index + len(words)] == list(words)

    def find(self, *words: str) -> Iterator[int]:
        """The indexes at which these words stand, one after the other."""
        return (index for index in self._places.get(words[0], []) if self.says(index, *words))

    def find_any(self, *words: str) -> list[int]:
        """The indexes at which one of these words stands, sorted."""
        return sorted(index for word in words for index in self._places.get(word, []))

    def text(self, span: Span) -> str:
        """The SQL of a part, as it was written."""
        first, end = span
        return self.sql[self.tokens[first].start : self.tokens[end - 1].end] if first < end else ""

    def within(self, span: Span, level_of: int) -> Iterator[int]:
        """The indexes in a part that stand in no deeper parentheses than the token `level_of`."""
        return (index for index in range(*span) if self.around[index] == self.around[level_of])

    def split(self, span: Span) -> list[Span]:
        """A part as the parts between its commas."""
        first, end = span
        if first >= end:
            return []
        commas = [index for index in self.within(span, first) if self.word(index) == ","]
        starts = [first, *(comma + 1 for comma in commas)]
        return list(zip(starts, [*commas, end], strict=True))

    @cached_property
    def calls(self) -> list[Call]:
        """All calls of functions, in the order of their names."""
        return [
            self._call(opened - 1)
            for opened in self._places.get("(", [])
            if opened > 0 and self.tokens[opened - 1].kind == "word" and self._is_call(opened - 1)
        ]

    def _is_call(self, index: int) -> bool:
        word, before = self.word(index), self.word(index - 1)
        if word in NOT_CALLED or (word in self.ctes and self.says(self.closing[index + 1] + 1, "as")):
            return False
        start = index
        while self.word(start - 1) == ".":
            start -= 2
        if self.word(start - 1) in _BEFORE_COLUMN_LIST and not self._follows_expression_as(start - 1):
            return False
        # `from generate_series(1, 3) as cols(a, b)`: names of columns, not a call
        return not (before == ")" and self.around[index] == self.around[index - 1])

    def _follows_expression_as(self, index: int) -> bool:
        """Whether an `as`, `to` or `on` is followed by an expression: `on lower(a) = b`, `view x as f(y)`."""
        return self.word(index) == "on" and self.word(0) not in ("grant", "revoke", "comment", "lock")

    def _call(self, index: int) -> Call:
        close = self.closing[index + 1]
        first = index + 2
        is_distinct = self.word(first) == "distinct"
        within = over = None
        after = close + 1
        if self.says(after, "within", "group", "("):
            within = (after + 3, self.closing[after + 2])
            after = within[1] + 1
        if self.word(after) in ("ignore", "respect") and self.word(after + 1) == "nulls":
            after += 2
        if self.says(after, "over", "("):
            over = (after + 2, self.closing[after + 1])
        return Call(
            name=self.word(index),
            at=index,
            close=close,
            arguments=tuple(self.split((first + is_distinct, close))),
            is_qualified=self.word(index - 1) == ".",
            is_distinct=is_distinct,
            within=within,
            over=over,
        )

    @cached_property
    def ctes(self) -> frozenset[str]:
        """The names of the common table expressions."""
        names = set()
        for index in self.find("as", "(") if "with" in self._places else []:
            start = index - 1
            if self.word(start) == ")":
                start = self._opening[start] - 1
            if self.word(start - 1) in ("with", "recursive", ","):
                names.add(self.tokens[start].identifier)
        return frozenset(names)

    @cached_property
    def selects(self) -> list[Select]:
        """All selects, also those in parentheses."""
        return [self._select(index) for index in self.find("select")]

    def _select(self, at: int) -> Select:
        around = self.around[at]
        end = self.closing[around] if around >= 0 else len(self.tokens)
        items_end = None
        for index in self.within((at + 1, end), at):
            word = self.word(index)
            if word in _SET_OPERATORS:
                end = index
                break
            if word in _AFTER_ITEMS and items_end is None:
                items_end = index
        return Select(at, end, (at + 1, items_end or end))

    def select_around(self, index: int) -> Select | None:
        """The innermost select that a token belongs to."""
        return self._selects_around[index]

    @cached_property
    def _selects_around(self) -> list[Select | None]:
        """By token: the innermost select that it belongs to."""
        found: list[Select | None] = [None] * len(self.tokens)
        for select in self.selects:  # those within others come after them
            found[select.at + 1 : select.end] = [select] * (select.end - select.at - 1)
        return found

    @cached_property
    def sources(self) -> list[Table]:
        """All that the statement reads or writes, with common table expressions and subqueries."""
        found: list[Table] = []
        for index in self.find_any("from", "join", "into", "using", "update"):
            if self.word(index) != "from" or not self._is_from_of_call(index):
                found += self.listed(index + 1)
        return found

    @property
    def tables(self) -> list[Table]:
        """The relations that the statement reads or writes, without common table expressions."""
        return [
            source
            for source in self.sources
            if source.parts and (source.parts[0] not in self.ctes or len(source.parts) > 1)
        ]

    def _is_from_of_call(self, index: int) -> bool:
        """Whether a `from` is part of `extract(… from …)`, `trim(… from …)` or `is distinct from`."""
        around = self.around[index]
        return self.word(around - 1) in ("extract", "trim", "substring", "position") or self.says(
            index - 1, "distinct"
        )

    def listed(self, index: int) -> Iterator[Table]:
        """The tables of a comma-separated list that begins at an index."""
        while True:
            index += self.word(index) in ("only", "table")
            start, parts = index, []
            while index < len(self.tokens) and self.tokens[index].kind in ("word", "name"):
                parts.append(self.tokens[index].identifier)
                index += 1
                if self.word(index) != ".":
                    break
                index += 1
            is_table = bool(parts) and self.word(index) != "("
            if self.word(start) == "(":
                index = self.closing[start] + 1
            elif self.word(index) == "(":
                index = self.closing[index] + 1
            alias = self._alias_at(index)
            if is_table or alias:
                yield Table(tuple(parts) if is_table else (), start, alias or parts[-1])
            index += self.word(index) == "as"
            index += bool(alias)
            if self.word(index) == "(":
                index = self.closing[index] + 1
            if self.word(index) != ",":
                return
            index += 1

    def _alias_at(self, index: int) -> str:
        """The alias that stands at an index, with or without `as`; '' if there is none."""
        index += self.word(index) == "as"
        is_name = index < len(self.tokens) and self.tokens[index].kind in ("word", "name")
        return self.tokens[index].identifier if is_name and self.word(index) not in _AFTER_TABLE else ""

    @property
    def reads_user_tables(self) -> bool:
        """Whether a relation of its own users takes part."""
        return any(not table.is_system for table in self.tables)

    @property
    def reads_system_tables(self) -> bool:
        """Whether a relation of the warehouse's catalog takes part."""
        return any(table.is_system for table in self.tables)

    @cached_property
    def casts(self) -> list[tuple[Span, Span]]:
        """All casts: the span of the value, as far as it is known, and the span of the type."""
        found = []
        for index in self.find("::"):
            found.append(((self._start_of_value(index), index), self._type_at(index + 1)))
        for index in (*self.find("cast", "("), *self.find("try_cast", "(")):
            close = self.closing[index + 1]
            for at in self.within((index + 2, close), index + 2):
                if self.word(at) == "as":
                    found.append(((index + 2, at), self._type_at(at + 1)))
        return found

    def _start_of_value(self, end: int) -> int:
        """Where the value before `::` begins: one token, or a call or parenthesis."""
        start = end - 1
        if self.word(start) == ")":
            start = self._opening[start]
            if self.tokens[start - 1].kind == "word" and self.word(start - 1) not in NOT_CALLED:
                start -= 1
        return start

    def _type_at(self, index: int) -> Span:
        end = index + 1
        end += self.word(end) in _DATA_TYPE_ENDS.get(self.word(index), ())
        if self.word(end) == "(":
            end = self.closing[end] + 1
        if self.word(end) in ("with", "without") and self.says(end + 1, "time", "zone"):
            end += 3
        if self.word(end) == "[":
            end = self.closing[end] + 1
        return (index, end)

    @cached_property
    def column_definitions(self) -> list[tuple[int, Span, Span]]:
        """The columns of `create table` and `add column`: index of the name, span of the type and of all."""
        return [
            (start, self._type_at(start + 1), (start, end))
            for start, end in self._column_items()
            if start + 1 < end and self.word(start) not in CONSTRAINTS
        ]

    def _column_items(self) -> list[Span]:
        if self.word(0) == "alter":
            return [(index + 2, len(self.tokens)) for index in self.find("add", "column")]
        opened = self.column_list
        if opened is None:
            return []
        return self.split((opened + 1, self.closing[opened]))

    @cached_property
    def column_list(self) -> int | None:
        """The index of the parenthesis that begins the column list of a `create table`, if there is one."""
        after = self.after_table_name
        return after if after is not None and self.word(after) == "(" else None

    @cached_property
    def after_table_name(self) -> int | None:
        """The index of the token behind the table's name in a `create table`; None in other statements."""
        head = [self.word(index) for index in range(5)]
        if head[0] != "create" or "table" not in head:
            return None
        index = head.index("table") + 1
        if self.says(index, "if", "not", "exists"):
            index += 3
        index += 1
        while self.word(index) == ".":
            index += 2
        return index


@lru_cache(maxsize=64)
def read(sql: str) -> Statement:
    """The statement of a text. Raises ValueError as `Statement` does."""
    return Statement(sql)
