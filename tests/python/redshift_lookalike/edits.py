"""Changes to the text of a statement, token by token: what is not changed passes byte for byte."""

from __future__ import annotations

from redshift_lookalike.statement import Span, Statement


class Edits:
    """Changes to a statement, collected and applied at once. They must not overlap."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, span: Span, text: str) -> None:
        """Put `text` in place of the tokens of a span."""
        first, end = span
        tokens = self._statement.tokens
        self._edits.append((tokens[first].start, tokens[end - 1].end, text))

    def cut(self, span: Span) -> None:
        """Take the tokens of a span away, if there are any."""
        if span[0] < span[1]:
            self.replace(span, "")

    def before(self, index: int, text: str) -> None:
        """Put `text` before a token."""
        start = self._statement.tokens[index].start
        self._edits.append((start, start, text))

    def after(self, index: int, text: str) -> None:
        """Put `text` behind a token."""
        end = self._statement.tokens[index].end
        self._edits.append((end, end, text))

    def apply(self) -> str:
        """The changed statement. Raises ValueError if changes overlap."""
        sql = self._statement.sql
        parts, position = [], 0
        for start, end, text in sorted(self._edits, key=lambda edit: edit[:2]):
            if start < position:
                raise ValueError(f"two changes to {sql[start:end]!r}")
            parts += [sql[position:start], text]
            position = end
        end_of_last = self._statement.tokens[-1].end if self._statement.tokens else len(sql)
        return "".join([*parts, sql[position:end_of_last]])
