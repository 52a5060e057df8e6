"""Values column by column, as the text that PostgreSQL's COPY reads."""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from sandbox.lander.column_types import CONVERTERS, ColumnType

NULL = r"\N"
"""How COPY writes a null."""

_SPECIAL = "\\\t\n\r\0"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": None})


class Columns:
    """Columns as COPY texts, in the order in which they were added.

    By column, `unfit` counts the values that became null because the type cannot hold them, and `truncated`
    the numbers that lost their decimals in a bigint column.
    """

    def __init__(self) -> None:
        self.texts: dict[str, Sequence[str]] = {}
        self.unfit: Counter[str] = Counter()
        self.truncated: Counter[str] = Counter()

    def add(self, name: str, column_type: ColumnType, values: Sequence[object]) -> None:
        """Add a column of JSON values (None for null), read as the type as far as that goes."""
        kinds = set(map(type, values))
        texts = _texts(column_type, values, kinds)
        if float in kinds and column_type is ColumnType.BIGINT:
            self.truncated[name] = sum(map(_is_cut, values, texts))
        if None in texts:
            self.unfit[name] = texts.count(None) - values.count(None)
            texts = [NULL if text is None else text for text in texts]
        self.texts[name] = cast("Sequence[str]", texts)

    def add_constant(self, name: str, text: str, count: int) -> None:
        """Add a column that has the same text, which needs no escape, in all rows."""
        self.texts[name] = [text] * count

    def lines(self) -> list[str]:
        """The rows, their texts joined by tabs."""
        return list(map("\t".join, zip(*self.texts.values(), strict=True)))


def _texts(
    column_type: ColumnType, values: Sequence[object], kinds: set[type[object]]
) -> Sequence[str | None]:
    if column_type is ColumnType.TEXT and kinds <= {str, type(None)}:
        return _escaped(cast("Sequence[str | None]", values))
    convert = CONVERTERS[column_type]
    texts = list(map(convert, values))  # every type turns None into None
    return _escaped(texts) if column_type is ColumnType.TEXT else texts


def _escaped(texts: Sequence[str | None]) -> Sequence[str | None]:
    """Escape what COPY would read as its own; leave out NUL, which PostgreSQL cannot hold."""
    joined = "".join(filter(None, texts))
    if not any(character in joined for character in _SPECIAL):
        return texts
    return [text and text.translate(_ESCAPES) for text in texts]


def _is_cut(value: object, text: str | None) -> bool:
    return isinstance(value, float) and text is not None and not value.is_integer()
