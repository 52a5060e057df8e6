"""Nested objects to columns."""

from collections.abc import Mapping
from typing import Any

import orjson

from sandbox.lander.naming import identifier, snake_case

MAX_DEPTH = 5
"""Levels of nesting that become columns of their own; what is deeper lands as JSON text."""

DISCARDED = "-"
"""First character of a name that is no column: no identifier has it."""

_MAX_CACHED_NAMES = 10_000


class Names(dict[str, str]):
    """Column names by raw key, for one level of nesting; each is worked out once.

    A key that gets no column, for its name is reserved or has neither letter nor digit, gives `DISCARDED`
    followed by its path.
    """

    def __init__(
        self,
        prefix: str = "",
        reserved: frozenset[str] = frozenset(),
        reserved_prefix: str | None = None,
        depth: int = MAX_DEPTH,
    ) -> None:
        super().__init__()
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
            names = Names(f"{self._prefix}{word}_", self._reserved, self._reserved_prefix, self._depth - 1)
        if len(self._inner) >= _MAX_CACHED_NAMES:
            self._inner.clear()
        self._inner[key] = names
        return names

    def _is_reserved(self, name: str) -> bool:
        prefix = self._reserved_prefix
        return name in self._reserved or (prefix is not None and name.startswith(prefix))


def flatten(fields: Mapping[str, Any], names: Names, into: dict[str, object]) -> None:
    """Add the fields to `into` by column name, without nulls: objects flattened, arrays as JSON text.

    Where two fields give the same column, the later one wins.
    """
    for key, value in fields.items():
        if value is None:
            continue
        kind = type(value)
        if kind is dict:
            inner = names.inside(key)
            if inner is None:
                into[names[key]] = orjson.dumps(value).decode()
            else:
                flatten(value, inner, into)
        elif kind is list:
            into[names[key]] = orjson.dumps(value).decode()
        else:
            into[names[key]] = value
