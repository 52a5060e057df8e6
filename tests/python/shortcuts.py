"""What makes tests faster: steps of dbt taken once in a process, or not at all, and less garbage collection.

The steps took a quarter to a third of the processor time of a dbt command. Statements and warnings stay the
same. Programs that tests start, such as the demonstration, have no shortcut.
"""

from __future__ import annotations

import gc
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from types import CodeType, FrameType
from typing import Any

import parsedatetime
import sqlparse
from dbt.compilation import Linker
from dbt.tracking import track_behavior_change_warn
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

from builds.runner import Messages

_UNREAD = {EventLevel.DEBUG, EventLevel.TEST, EventLevel.INFO}

_OBJECTS = 100_000
"""New objects after which Python looks for garbage. Its own 700 are too few beside a parsed project."""

_compile = MacroFuzzEnvironment.compile
_fire_event = EventManager.fire_event
_PART = re.compile(
    r"""'[^']*' | "[^"]*" | --[^\n]* | /\*.*?\*/ | (\$\w*\$).*?\1 | ;\s* | [^'"/$;-]+ | .""",
    re.DOTALL | re.VERBOSE,
)
"""A literal, a quoted name, a comment, a text between tags, the end of a statement, or something else."""

_compiled: dict[tuple[object, ...], CodeType | str] = {}


def take() -> None:
    """Take the shortcuts in this process."""
    gc.set_threshold(_OBJECTS, 50, 50)
    MacroFuzzEnvironment.compile = _compile_once  # type: ignore[method-assign,assignment]
    EventManager.fire_event = _fire_event_if_read  # type: ignore[method-assign]
    # A project whose references go in circles is not parsed, so there is no test without this check.
    Linker.find_cycles = lambda self: None  # type: ignore[method-assign]
    # agate makes two of them, with all their regular expressions, for each query that returns text.
    parsedatetime.Constants = cache(parsedatetime.Constants)
    # Redshift's connector asks which module connects. Python would search for the source of all callers.
    inspect.stack = _stack
    # dbt-redshift splits each text that it sends, and takes 30 to 150 ms for the creation of a view.
    sqlparse.split = split


def _compile_once(self: MacroFuzzEnvironment, source: Any, *arguments: Any, **options: Any) -> CodeType | str:
    """Compile a template, unless the same text was compiled before with the same extensions of Jinja."""
    key = (type(self), source, *sorted(self.extensions), *arguments, *sorted(options.items()))
    if key not in _compiled:
        _compiled[key] = _compile(self, source, *arguments, **options)
    return _compiled[key]


def _fire_event_if_read(
    self: EventManager, e: BaseEvent, level: EventLevel | None = None, *arguments: Any, **options: Any
) -> None:
    """Pass an event of dbt on, unless it is below a warning and nobody reads such events."""
    if (level or e.level_tag()) in _UNREAD and not _reads_all(self):
        return
    _fire_event(self, e, level, *arguments, **options)


def _reads_all(manager: EventManager) -> bool:
    return any(logger.level in _UNREAD for logger in manager.loggers) or not all(
        isinstance(callback, Messages) or callback is track_behavior_change_warn
        for callback in manager.callbacks
    )


def split(sql: str, *_: Any, **__: Any) -> list[str]:
    """Statements of a text, as `sqlparse.split` gives them, except where one statement has others inside."""
    ends = [part.end() for part in _PART.finditer(sql) if part[0].startswith(";")]
    parts = (sql[start:end].strip() for start, end in zip([0, *ends], [*ends, len(sql)], strict=True))
    return [part for part in parts if part]


def _stack(context: int = 1) -> list[inspect.FrameInfo]:
    """The callers, without their source."""
    return [
        inspect.FrameInfo(frame, frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name, None, None)
        for frame in _callers(sys._getframe(1))
    ]


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
