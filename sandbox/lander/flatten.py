"""Nested objects to columns."""

from collections.abc import Mapping
from typing import Any, cast

import orjson

from sandbox.lander.errors import BadMessage
from sandbox.lander.naming import identifier, is_cut, snake_case

MAX_DEPTH = 5
"""Levels of nesting that become columns of their own; what is deeper lands as JSON text."""

DISCARDED = "-"
"""First character of the name of a value without a column. No identifier has this character."""

REPEATED = "+"
"""First character of a name whose value is the number of other values that the column got."""

NO_COLUMN = (DISCARDED, REPEATED)

_MAX_JSON_LEVELS = 254
"""The deepest nesting that orjson can write."""

_MAX_CACHED_NAMES = 10_000


class Names(dict[str, str]):
    """Column names by raw key, for one level of nesting; each is worked out once.

    A key that gets no column, for its name is reserved or has neither letter nor digit, gives `DISCARDED`
    followed by its path. `long_names` collects the paths whose column names were cut.
    """

    def __init__(
        self,
        prefix: str = "",
        reserved: frozenset[str] = frozenset(),
        reserved_prefix: str | None = None,
        depth: int = MAX_DEPTH,
        long_names: dict[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.long_names = {} if long_names is None else long_names
        self._prefix = prefix
        self._reserved = reserved
        self._reserved_prefix = reserved_prefix
        self._depth = depth
        self._inner: dict[str, Names | None] = {}

    def __missing__(self, key: str) -> str:
        word = snake_case(key)
        name = identifier(self._prefix + word)
        if not word or self._is_reserved(name):
            name = f"{DISCARDED}{self._prefix}{key}"
        elif is_cut(self._prefix + word):
            self.long_names[self._prefix + key] = name
        if len(self) >= _MAX_CACHED_NAMES:
            self.clear()
        self[key] = name
        return name

    def inside(self, key: str) -> "Names | None":
        """The names of the keys of a nested object; None if the object is not to be flattened."""
        try:
            return self._inner[key]
        except KeyError:
            word = snake_case(key)
        names = None
        if word and self._depth > 1:
            prefix = f"{self._prefix}{word}_"
            names = Names(prefix, self._reserved, self._reserved_prefix, self._depth - 1, self.long_names)
        if len(self._inner) >= _MAX_CACHED_NAMES:
            self._inner.clear()
        self._inner[key] = names
        return names

    def _is_reserved(self, name: str) -> bool:
        prefix = self._reserved_prefix
        return name in self._reserved or (prefix is not None and name.startswith(prefix))


def flatten(fields: Mapping[str, Any], names: Names, into: dict[str, object]) -> None:
    """Add the fields to `into` by column name, without nulls: objects flattened, arrays as JSON text.

    Where two fields give the same column, the later one wins. If it has another value, `REPEATED` followed by
    the column's name counts the loss.

    Raises BadMessage if an array or object is nested too deep to be written as JSON.
    """
    for key, value in fields.items():
        if value is None:
            continue
        kind = type(value)
        if kind is dict:
            inner = names.inside(key)
            if inner is not None:
                flatten(value, inner, into)
                continue
        if kind is dict or kind is list:
            value = as_json(value)
        name = names[key]
        former = into.setdefault(name, value)
        if former is not value:
            into[name] = value
            if former != value:
                repeated = f"{REPEATED}{name}"
                into[repeated] = cast(int, into.get(repeated, 0)) + 1


def as_json(value: object) -> str:
    """A value as JSON text. Raises BadMessage if it is nested too deep for that."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        raise BadMessage(f"nested deeper than {_MAX_JSON_LEVELS} levels below a column") from None
