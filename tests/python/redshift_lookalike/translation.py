"""A statement that Redshift accepts, as PostgreSQL with the look-alike's schema understands it."""

from __future__ import annotations

import json
from functools import lru_cache

from redshift_lookalike.edits import Edits
from redshift_lookalike.statement import Call, Statement, read
from redshift_lookalike.table_attributes import take_attributes

_DATE_PART_FUNCTIONS = frozenset({"dateadd", "datediff", "date_part"})
_OTHERWISE_ON_POSTGRES = frozenset({"convert", "decode", "to_hex", "from_hex", "approximate", "array"})
CASE_SENSITIVE = "enable_case_sensitive_identifier"
CASE_SETTING = "lookalike.case_sensitive"
"""Redshift's setting, and the one of PostgreSQL that stands for it."""

_UNKNOWN_COMMANDS = frozenset({"show", "use", "unload", "copy", "vacuum", "declare", "prepare", "refresh"})
_SIZED = dict.fromkeys(["varchar", "nvarchar", "text", "character varying"], "varchar(256)")
_SIZED |= {"bpchar": "char(256)", "numeric": "numeric(18, 0)", "decimal": "numeric(18, 0)"}
_SHADOWED = ("columns", "pg_attribute", "pg_rewrite")  # without late-binding views
_SYSTEM_VIEWS = ("svv_", "svl_", "stv_", "stl_", "sys_")


@lru_cache(maxsize=4096)
def to_postgres(sql: str) -> str:
    """The statement for PostgreSQL. Raises ValueError for what this translation does not know."""
    statement = read(sql)
    if statement.word(0) in _UNKNOWN_COMMANDS:
        raise ValueError(f"the command {statement.word(0)}")
    _refuse_untranslated(statement)
    edits = Edits(statement)
    if statement.says(
        0, "create", "materialized"
    ):  # a view in Redshift's catalog, too; it is always fresh here
        edits.cut((1, 2))
    for call in statement.calls:
        _translate_call(statement, call, edits)
    _translate_words(statement, edits)
    _give_sizes(statement, edits)
    if statement.after_table_name is not None:
        take_attributes(statement, edits)
    _bind_late(statement, edits)
    _drop_as_redshift(statement, edits)
    return edits.apply()


def _refuse_untranslated(statement: Statement) -> None:
    """Raise ValueError for what is legal on Redshift and could be mistaken for an error of the statement."""
    if statement.word(0) == "merge":
        # Rows of the target that match one row of the source become one on Redshift, and stay on PostgreSQL.
        raise ValueError("merge, which is legal on Redshift. Instead: delete and insert in one transaction")
    for select in statement.selects:
        for index in statement.within((select.items[1], select.end), select.at):
            if statement.word(index) == "qualify" and statement.word(index - 1) not in (".", "as"):
                raise ValueError(
                    "qualify, which is legal on Redshift. Instead: the window function in a common table"
                    " expression, and its condition in a where"
                )


def _translate_call(statement: Statement, call: Call, edits: Edits) -> None:
    name = (call.at, call.at + 1)
    if call.name in _OTHERWISE_ON_POSTGRES and not call.is_qualified:
        raise ValueError(f"the function {call.name}")
    if call.name in _DATE_PART_FUNCTIONS and call.arguments:
        part = statement.tokens[call.arguments[0][0]]
        if part.kind == "word":
            edits.replace(call.arguments[0], f"'{part.word}'")
        times = call.arguments[2:] if call.name == "dateadd" else call.arguments[1:]
        for first, end in times:  # a bare literal counts as a timestamp
            if end == first + 1 and statement.tokens[first].kind == "string":
                edits.before(first, "timestamp ")
    elif call.name == "nvl":
        edits.replace(name, "coalesce")
    elif call.name == "sysdate":
        raise ValueError("sysdate with parentheses")
    elif call.name == "listagg":
        _translate_listagg(statement, call, edits)
    elif call.name == "ratio_to_report" and call.over:
        value = statement.text(call.arguments[0])
        edits.replace((call.at, call.close + 1), f"(({value})::double precision / sum({value})")
        edits.after(call.over[1], ")")


def _translate_listagg(statement: Statement, call: Call, edits: Edits) -> None:
    """`listagg` as `string_agg`: empty text does not count, the order moves into the parentheses."""
    if call.over:
        raise ValueError("listagg as a window function")
    first, end = call.arguments[0]
    edits.replace((call.at, call.at + 1), "string_agg")
    edits.before(first, "nullif(cast(")
    edits.after(end - 1, " as varchar), '')")
    order = ""
    if call.within:
        if call.is_distinct:
            raise ValueError("listagg (distinct …) within group")
        order = " " + statement.text(call.within)
        edits.cut((call.close + 1, call.within[1] + 1))
    edits.before(call.close, ("" if len(call.arguments) > 1 else ", ''") + order)


def _translate_words(statement: Statement, edits: Edits) -> None:
    for index, token in enumerate(statement.tokens):
        word, before = token.word, statement.word(index - 1)
        if word == "sysdate" and before not in (".", "as"):
            edits.replace((index, index + 1), "lookalike.sysdate()")
        elif word == "max" and before == "(" and statement.word(index - 2) in ("varchar", "varying"):
            edits.replace((index, index + 1), "65535")
        elif word == "minus" and statement.word(index + 1) in ("select", "("):
            edits.replace((index, index + 1), "except")
        elif word == CASE_SENSITIVE:
            edits.replace((index, index + 1), CASE_SETTING)
        elif token.text.startswith("$"):  # the body of a procedure
            edits.replace((index, index + 1), token.text.replace(" password disable", " password null"))
        elif word in ("pg_catalog", "information_schema") and statement.word(index + 1) == ".":
            name = statement.tokens[index + 2].identifier
            if name in _SHADOWED or name.startswith(_SYSTEM_VIEWS):
                edits.replace((index, index + 1), "lookalike")


def _give_sizes(statement: Statement, edits: Edits) -> None:
    """Give types without a size the size that they have on Redshift. The catalog's own queries need none."""
    if statement.reads_system_tables and not statement.reads_user_tables:
        return
    spans = [span for _, span in statement.casts] + [span for _, span, _ in statement.column_definitions]
    for first, end in spans:
        sized = _SIZED.get(" ".join(statement.word(index) for index in range(first, end)))
        if sized:
            edits.replace((first, end), sized)


def _bind_late(statement: Statement, edits: Edits) -> None:
    """Note that a view is bound late; PostgreSQL makes a view like any other."""
    if statement.word(0) != "create":
        return
    count = len(statement.tokens)
    if statement.says(count - 4, "with", "no", "schema", "binding"):
        edits.cut((count - 4, count))
        begin = next(index for index in range(count) if statement.says(index, "as"))
        replaces = "replace " if statement.says(1, "or", "replace") else ""
        edits.after(begin, f" /*lookalike:late {replaces}*/")


def _drop_as_redshift(statement: Statement, edits: Edits) -> None:
    """Nothing is in the way of a drop but views that are bound; late-binding views stay."""
    is_drop = statement.says(0, "drop", "table") or statement.says(0, "drop", "view")
    is_drop_column = statement.says(0, "alter", "table") and any(
        True for _ in statement.find("drop", "column")
    )
    last = len(statement.tokens) - 1
    if statement.says(0, "drop", "view", "if", "exists"):
        # PostgreSQL does not have a late-binding view that reads nothing, so it does not tell of its drop.
        names = [list(view.parts[-2:]) for view in statement.listed(4)]
        edits.before(0, f"/*lookalike:dropped {json.dumps(names)}*/ ")
    if (is_drop or is_drop_column) and statement.word(last) != "cascade":
        if statement.word(last) == "restrict":
            edits.replace((last, last + 1), "cascade /*lookalike:restrict */")
        else:
            edits.after(last, " cascade /*lookalike:restrict */")
