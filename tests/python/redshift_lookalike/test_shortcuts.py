"""What makes tests faster does the same as what it replaces."""

from __future__ import annotations

import pytest
import sqlparse.engine

import shortcuts

TEXTS = [
    "select 1",
    "select 1;",
    " select ';' ; ; select $a$;$$;$a$ ;\n-- ; no end\nselect \"a;b\" /* ; */ ; ",
    "create view a as select case when b then 1 end as c -- ';\nfrom d;\n"
    "\ncomment on view a is $t$it's; so$t$;",
    "insert into a values ('it''s;', '$$;', 1 - 2 / 3); delete from a where b = 'c';",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_split_as_sqlparse_splits_it(text: str) -> None:
    assert shortcuts.split(text) == split_by_sqlparse(text)


def split_by_sqlparse(text: str) -> list[str]:
    """The statements as sqlparse gives them without a shortcut."""
    stack = sqlparse.engine.FilterStack()  # type: ignore[no-untyped-call]
    return [str(statement).strip() for statement in stack.run(text, None)]  # type: ignore[no-untyped-call]
