"""SQL text as tokens: comments fall away, strings and quoted names stay whole."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<blank>   \s+ | --[^\n]* | /\*.*?\*/ )
    | (?P<string>  [eE]?'(?:[^'\\]|''|\\.)*' | (?P<fence>\$(?:[A-Za-z_]\w*)?\$).*?(?P=fence) )
    | (?P<name>    "(?:[^"]|"")*" )
    | (?P<word>    [A-Za-z_\u0080-\uffff\#][\w$\#]* )
    | (?P<number>  (?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)? )
    | (?P<bind>    \$\d+ )
    | (?P<sign>    :: | <= | >= | <> | != | \|\| | !~\*? | ~\* | \#>>? | ->>? | @> | <@ | [^'"] )
    """,
    re.DOTALL | re.VERBOSE,
)


class Token(NamedTuple):
    """A token of a statement and where it stands in the text: `text[start:end]`.

    `kind` is word, name (quoted), string, number, bind or sign.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """What the token says as a keyword or sign, in lower case; '' for strings and quoted names."""
        return "" if self.kind in ("string", "name") else self.text.lower()

    @property
    def identifier(self) -> str:
        """The name as the warehouse knows it: folded to lower case, without quotes."""
        return self.text[1:-1].replace('""', '"').lower() if self.kind == "name" else self.text.lower()


def tokens(sql: str) -> list[Token]:
    """The tokens of a statement. Raises ValueError where a string or a name is not closed."""
    found = []
    position = 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        if match is None:
            raise ValueError(f"a string or quoted name is not closed: {sql[position : position + 40]!r}")
        kind = match.lastgroup or ""
        start, position = match.span()
        if kind != "blank":
            found.append(Token(kind, match.group(), start, position))
    return found
