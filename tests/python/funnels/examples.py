"""The examples of docs/funnels.md."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from funnels.cases import EVENTS, WINDOW, Case, CaseEvent, Step
from project import ROOT
from reference.funnels import Funnel

_LETTERS = dict(zip("ABCX", range(len(EVENTS)), strict=True))
_ROW = re.compile(r"^\| ([ABC, ]+) \| ([ABCX0-9., ]+) \| `(.+)` \| ([0-9, ]+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A row of the table: a funnel, the events of an order, and the paths at each step."""

    shown: str
    case: Case
    history: list[CaseEvent]
    path_counts: list[int]

    @property
    def arguments(self) -> str:
        """The arguments of the macro, for `compiled`."""
        return self.case.arguments.replace("group_by=['app']", "group_by=[]")


def examples() -> list[Example]:
    """All rows of the table."""
    document = (ROOT / "docs" / "funnels.md").read_text(encoding="utf-8")
    return [_example(row) for row in _ROW.finditer(document)]


def _example(row: re.Match[str]) -> Example:
    letters, events, arguments, counts = row.groups()
    call = ast.parse(
        f"funnel({arguments.replace('=true', '=True').replace('=false', '=False')})", mode="eval"
    )
    assert isinstance(call.body, ast.Call)
    given: dict[str, Any] = {str(each.arg): ast.literal_eval(each.value) for each in call.body.keywords}
    steps = tuple(Step(_LETTERS[letter]) for letter in letters.split(", "))
    history = [
        CaseEvent(_LETTERS[letter], float(after), order_id="o", robot_id=None, app=None)
        for letter, after in (event.split() for event in events.split(", "))
    ]
    case = Case(steps, Funnel(len(steps), WINDOW, **given))
    return Example(row.group(0), case, history, [int(count) for count in counts.split(", ")])
