"""Values column by column, as the text that PostgreSQL's COPY reads."""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from sandbox.lander.column_types import CONVERTERS, ColumnType

NULL = r"\N"
"""How COPY writes a null."""

_EXACT_LIMIT = 1 << 63
"""The parser makes a float of each number from this one on, and digits may be lost."""

_SPECIAL = "\\\t\n\r\0"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": None})


class Columns:
    """Columns as COPY texts, in the order in which they were added.

    By column, `unfit` counts the values that became null because the type cannot hold them, `truncated` the
    numbers that lost their decimals in a bigint column, `rounded` the numbers so large that digits may be
    lost, and `stripped` the texts that lost NUL characters.
    """

    def __init__(self) -> None:
        self.texts: dict[str, Sequence[str]] = {}
        self.unfit: Counter[str] = Counter()
        self.truncated: Counter[str] = Counter()
        self.rounded: Counter[str] = Counter()
        self.stripped: Counter[str] = Counter()

    def add(self, name: str, column_type: ColumnType, values: Sequence[object]) -> None:
        """Add a column of JSON values (None for null), read as the type as far as that goes."""
        kinds = set(map(type, values))
        texts = _texts(column_type, values, kinds)
        if float in kinds:
            if column_type is ColumnType.BIGINT:
                self.truncated[name] = sum(map(_is_cut, values, texts))
            else:
                self.rounded[name] = sum(map(_is_rounded, values, texts))
        if None in texts:
            self.unfit[name] = texts.count(None) - values.count(None)
        if column_type is ColumnType.TEXT:
            texts = self._escaped(name, texts)
        self.texts[name] = [NULL if text is None else text for text in texts]

    def add_constant(self, name: str, text: str, count: int) -> None:
        """Add a column that has the same text, which needs no escape, in all rows."""
        self.texts[name] = [text] * count

    def _escaped(self, name: str, texts: Sequence[str | None]) -> Sequence[str | None]:
        """Escape the special characters of COPY; leave out NUL, which PostgreSQL cannot store."""
        joined = "".join(filter(None, texts))
        if not any(character in joined for character in _SPECIAL):
            return texts
        if "\0" in joined:
            self.stripped[name] = sum("\0" in text for text in texts if text)
        return [text and text.translate(_ESCAPES) for text in texts]

    def lines(self) -> list[str]:
        """The rows, their texts joined by tabs."""
        return list(map("\t".join, zip(*self.texts.values(), strict=True)))


def _texts(
    column_type: ColumnType, values: Sequence[object], kinds: set[type[object]]
) -> Sequence[str | None]:
    if column_type is ColumnType.TEXT and kinds <= {str, type(None)}:
        return cast("Sequence[str | None]", values)
    return list(map(CONVERTERS[column_type], values))  # every type turns None into None


def _is_cut(value: object, text: str | None) -> bool:
    return isinstance(value, float) and text is not None and not value.is_integer()


def _is_rounded(value: object, text: str | None) -> bool:
    return isinstance(value, float) and text is not None and abs(value) >= _EXACT_LIMIT
