"""Names as Segment's warehouse connector makes them: snake case, usable as identifiers."""

import re

MAX_IDENTIFIER_LENGTH = 63
"""Bytes of a PostgreSQL identifier; the names made here are ASCII, so characters too."""

_find_words = re.compile(r"[A-Z0-9]+[a-z0-9]*|[a-z][a-z0-9]*").findall
_is_index_name = re.compile(r"\w*_(?:idx|pkey)\d*", re.ASCII).fullmatch
_SYSTEM_COLUMNS = frozenset(("cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"))


def snake_case(name: str) -> str:
    """The name in snake case: `orderTrackerOpen` and `Order Tracker Open` give `order_tracker_open`.

    A word is a run of capitals and digits with the small letters and digits that follow it: `merchantID`
    gives `merchant_id`, `HTTPStatus` gives `httpstatus`, `sample2Text` gives `sample2_text`. All but ASCII
    letters and digits only separates words. Empty if the name has none of those.
    """
    return "_".join(_find_words(name)).lower()


def identifier(name: str) -> str:
    """A snake-case name as an identifier of at most 63 characters.

    A `_` comes before a leading digit and before the names that PostgreSQL keeps for columns of its own. A
    longer name is cut, as PostgreSQL itself would cut it.
    """
    return _usable(name)[:MAX_IDENTIFIER_LENGTH]


def is_cut(name: str) -> bool:
    """Whether `identifier` cuts the name, so that other names may have the same identifier."""
    return len(_usable(name)) > MAX_IDENTIFIER_LENGTH


def table_name(name: str) -> str:
    """The identifier of a table. Names that PostgreSQL gives to indexes, such as `x_pkey`, get a `_`."""
    table = identifier(name)
    return f"{table[: MAX_IDENTIFIER_LENGTH - 1]}_" if _is_index_name(table) else table


def _usable(name: str) -> str:
    return f"_{name}" if name[:1].isdigit() or name in _SYSTEM_COLUMNS else name
