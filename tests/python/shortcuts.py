"""What makes tests faster: steps of dbt taken once in a process, or not at all, and less garbage collection.

The steps took a quarter to a third of the processor time of a dbt command. Statements and warnings stay the
same. Programs that tests start, such as the demonstration, have no shortcut. Processes in which tests run
dbt beside another have them, except in `make test-deep`.
"""

from __future__ import annotations

import gc
import inspect
import re
import sys
import traceback
from collections import ChainMap
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from types import (
    AsyncGeneratorType,
    BuiltinMethodType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    TracebackType,
)
from typing import Any

import parsedatetime
import sqlparse
from dbt import compilation
from dbt.adapters.base import BaseAdapter, BaseRelation
from dbt.clients.jinja import MacroGenerator
from dbt.compilation import Linker
from dbt.context.configured import ConfiguredContext
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.contracts.graph.nodes import InjectedCTE, Macro, ParsedNode
from dbt.flags import get_flags
from dbt.tracking import track_behavior_change_warn
from dbt_common.clients.jinja import BaseMacroGenerator, MacroFuzzEnvironment
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.exceptions import CaughtMacroErrorWithNodeError, CompilationError
from dbt_common.exceptions.macros import MacroReturn
from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment, is_internal_attribute
from jinja2.utils import missing

from builds.runner import Messages

_UNREAD = {EventLevel.DEBUG, EventLevel.TEST, EventLevel.INFO}

_OBJECTS = 100_000
"""New objects after which Python looks for garbage. Its own 700 are too few beside a parsed project."""

_compile = MacroFuzzEnvironment.compile
_fire_event = EventManager.fire_event
_make_event = BaseEvent.__init__
_write_node = ParsedNode.write_node
_make_macro = BaseMacroGenerator.get_macro
_names = ManifestContext.to_dict
match_by_dbt = BaseAdapter._make_match
call_by_jinja = SandboxedEnvironment.call
value_of_name_by_jinja = Context.resolve_or_missing
call_macro_by_dbt = MacroGenerator.__call__
add_ctes_by_dbt = compilation.inject_ctes_into_sql
_PART = re.compile(
    r"""'[^']*' | "[^"]*" | --[^\n]* | /\*.*?\*/ | (\$\w*\$).*?\1 | ;\s* | [^'"/$;-]+ | .""",
    re.DOTALL | re.VERBOSE,
)
"""A literal, a quoted name, a comment, a text between tags, the end of a statement, or something else."""
_WITH = re.compile(
    r"(?: \s | --[^\n]*\n | /\*.*?\*/ )* with \b (?: \s+ recursive \b )?",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)

_INTERNAL = (
    FunctionType,
    MethodType,
    type,
    CodeType,
    FrameType,
    TracebackType,
    GeneratorType,
    CoroutineType,
    AsyncGeneratorType,
)
"""Types whose objects have attributes that Jinja hides, though their names begin with no underscore."""

_compiled: dict[tuple[object, ...], CodeType | str] = {}


def take() -> None:
    """Take the shortcuts in this process."""
    gc.set_threshold(_OBJECTS, 50, 50)
    MacroFuzzEnvironment.compile = _compile_once  # type: ignore[method-assign,assignment]
    EventManager.fire_event = _fire_event_if_read  # type: ignore[method-assign]
    BaseEvent.__init__ = _make_event_if_read  # type: ignore[method-assign]
    BaseEvent.pb_msg = cached_property(_made_event)
    BaseEvent.pb_msg.__set_name__(BaseEvent, "pb_msg")
    ParsedNode.write_node = _write_node_if_read  # type: ignore[method-assign,assignment]
    # All macros are named again for each node and each macro that Python calls.
    MacroNamespaceBuilder.build_namespace = _build_namespace  # type: ignore[method-assign]
    ManifestContext.to_dict = _names_at_once  # type: ignore[method-assign]
    # A macro is made again for each call, though the names that it reads stay the same.
    BaseMacroGenerator.get_macro = _make_macro_once  # type: ignore[method-assign]
    # Making and calling an object for a macro takes ten nested calls of functions of Jinja and dbt.
    MacroGenerator.__init__ = _set_macro  # type: ignore[method-assign]
    SandboxedEnvironment.call = _call  # type: ignore[method-assign]
    MacroGenerator.__call__ = _call_macro  # type: ignore[method-assign]
    # Jinja searches nested chains of dictionaries twice for each name: whether they have it, and for what.
    Context.resolve_or_missing = _value_of_name  # type: ignore[method-assign]
    # For each attribute, Jinja compares the type of the object with nine types.
    SandboxedEnvironment.is_safe_attribute = _is_safe_attribute  # type: ignore[method-assign]
    # dbt compares each relation of a schema with the one that it looks for, in all parts of its name.
    BaseAdapter._make_match = _matching  # type: ignore[method-assign,assignment]
    # dbt turns all nodes into dictionaries to write graph_summary.json, which nobody reads.
    Linker.get_graph_summary = lambda self, manifest: {}  # type: ignore[method-assign]
    # A project whose references go in circles is not parsed, so there is no test without this check.
    Linker.find_cycles = lambda self: None  # type: ignore[method-assign]
    # agate makes two of them, with all their regular expressions, for each query that returns text.
    parsedatetime.Constants = cache(parsedatetime.Constants)
    # Redshift's connector asks which module connects. Python would search for the source of all callers.
    inspect.stack = _stack
    # dbt-redshift splits each text that it sends, and takes 30 to 150 ms for the creation of a view.
    sqlparse.split = split
    # To put the inputs of a unit test before a query, dbt parses the query, which takes longer than all else.
    compilation.inject_ctes_into_sql = add_ctes


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


def _make_event_if_read(self: BaseEvent, *arguments: Any, **values: Any) -> None:
    """Make an event of dbt when its content is read for the first time, if it ever is."""
    object.__setattr__(self, "_given", (arguments, values))


def _made_event(self: BaseEvent) -> Any:
    arguments, values = object.__getattribute__(self, "_given")
    _make_event(self, *arguments, **values)
    return self.__dict__["pb_msg"]


def _write_node_if_read(self: ParsedNode, *arguments: Any) -> None:
    """Write the SQL of a node to a file, unless the command writes no files."""
    if get_flags().WRITE_JSON:  # type: ignore[no-untyped-call]
        _write_node(self, *arguments)


def _build_namespace(
    self: MacroNamespaceBuilder, macros_by_package: dict[str, dict[str, Macro]], ctx: dict[str, Any]
) -> MacroNamespace:
    """The macros by package, as dbt finds them for a node."""
    made = {
        package: {
            name: MacroGenerator(macro, ctx, self.node, self.thread_ctx) for name, macro in macros.items()
        }
        for package, macros in macros_by_package.items()
    }
    of_dbt = [made.pop(package, {}) for package in reversed(self.internal_package_names_order)]
    is_own = self.search_package == self.root_package
    return MacroNamespace(
        global_namespace={} if is_own else made.get(self.root_package, {}),
        local_namespace=made.get(self.search_package, {}),
        global_project_namespace={name: macro for macros in of_dbt for name, macro in macros.items()},
        packages=made,
    )


def _names_at_once(self: ManifestContext) -> dict[str, Any]:
    """All names of a template, from dictionary to dictionary."""
    if not isinstance(self.namespace, MacroNamespace):
        return _names(self)
    names = ConfiguredContext.to_dict(self)
    for found in reversed([*self.namespace._search_order()]):
        names |= found
    return names


def _make_macro_once(self: BaseMacroGenerator) -> Any:
    """The macro for a node, made when it is called for the first time."""
    if "_made" not in vars(self):
        vars(self)["_made"] = _make_macro(self)
    return vars(self)["_made"]


def _set_macro(
    self: MacroGenerator, macro: Any, context: Any = None, node: Any = None, stack: Any = None
) -> None:
    self.context = context
    self.macro = macro
    self.node = node
    self.stack = stack


def _call(
    environment: SandboxedEnvironment, context: Context, called: Any, /, *arguments: Any, **named: Any
) -> Any:
    """Call a macro or a built-in function or method directly, and anything else as Jinja does."""
    if type(called) not in (MacroGenerator, BuiltinMethodType):
        return call_by_jinja(environment, context, called, *arguments, **named)
    named.pop("_loop_vars", None)
    named.pop("_block_vars", None)
    return called(*arguments, **named)


def _call_macro(self: Any, *arguments: Any, **named: Any) -> Any:
    """Call a macro, with the effects and errors of `MacroGenerator.__call__`."""
    stack = self.stack
    if stack is None or self.context is None:
        return call_macro_by_dbt(self, *arguments, **named)  # type: ignore[no-untyped-call]
    name = self.macro.unique_id
    if stack.depth == 0 and self.node:
        self.node.depends_on.add_macro(name)
    macro = self.get_macro()
    stack.push(name)
    try:
        return macro(*arguments, **named)
    except MacroReturn as returned:
        return returned.value
    except (TypeError, TemplateRuntimeError) as error:
        raise CaughtMacroErrorWithNodeError(exc=error, node=self.macro) from error
    except CompilationError as error:
        error.stack.append(self.macro)
        raise
    finally:
        stack.pop(name)


def _value_of_name(self: Context, key: str) -> Any:
    """The value of a name in a template, as Jinja finds it."""
    parent: Any = self.parent
    for names in (self.vars, *(parent.maps if isinstance(parent, ChainMap) else (parent,))):
        if key in names:
            return names[key]
    return missing


def _is_safe_attribute(self: SandboxedEnvironment, obj: Any, attr: str, value: Any) -> bool:
    """Whether a template may read an attribute, by Jinja's rule."""
    return not attr.startswith("_") and not (isinstance(obj, _INTERNAL) and is_internal_attribute(obj, attr))


def _matching(
    self: BaseAdapter, relations: Iterable[BaseRelation], database: str, schema: str, identifier: str
) -> list[BaseRelation]:
    """The relations that dbt finds under a name: it compares only those of the same identifier."""
    wanted = identifier.lower().strip('"')
    same = [each for each in relations if str(each.identifier).lower().strip('"') == wanted]
    return match_by_dbt(self, same, database, schema, identifier)


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


def add_ctes(sql: str, ctes: Sequence[InjectedCTE]) -> str:
    """A query with named queries before its own."""
    if not ctes:
        return sql
    added = ", ".join(cte.sql for cte in ctes)
    own = _WITH.match(sql)
    return f"{own[0]} {added}, {sql[own.end() :]}" if own else f"with {added} {sql}"


def _stack(context: int = 1) -> list[inspect.FrameInfo]:
    """The callers, without their source."""
    return [
        inspect.FrameInfo(frame, frame.f_code.co_filename, line, frame.f_code.co_name, None, None)
        for frame, line in traceback.walk_stack(sys._getframe(1))
    ]
