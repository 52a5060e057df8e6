"""What a run sends to Redshift's look-alike for a view, and what its readers see meanwhile."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager

from properties.built import Manifest
from redshift.conftest import OnRedshift
from redshift_lookalike.conftest import connect
from redshift_lookalike.session import Sent
from sandbox.server import RAW_SCHEMA

MODEL = "stg_order_unlock_coco"
VIEW = f"analytics_staging.{MODEL}"
RUN = ("run", "--select", MODEL)
VIEWS = ("run", "--select", "config.materialized:view")
OTHER_NAME = ("--vars", "{raw_names: {order_id: [elsewhere]}}")

CATALOG = ["select pg_description"]
COMPARED = ["begin", "create view", "with columns", "with columns", "drop view"]


def kind(sent: Sent) -> str:
    """The first words of a statement, and what it asks of the catalog."""
    words = re.sub(r"/\*.*?\*/", "", sent.sql, flags=re.DOTALL).lower().split()
    asked = re.search(r"pg_description|information_schema", sent.sql)
    if words[0] == "with":
        return "with columns" if "pg_get_late_binding_view_cols" in sent.sql else "with"
    if words[0] == "select":
        return f"select {asked.group() if asked else 'rows'}"
    return " ".join(words[: words.index("view") + 1] if "view" in words[:4] else words[:1]).strip(";")


def sent_for(built: OnRedshift, model: str = MODEL) -> list[str]:
    """The kinds of the statements that the look-alike got for a model."""
    return [kind(sent) for sent in built.lookalike.statements if sent.model == model]


def oid(built: OnRedshift) -> int:
    """The number of the view in the catalog, which a view that is dropped and created does not keep."""
    [(number,)] = built.project.query(f"select '{VIEW}'::regclass::oid")
    return int(number)


@contextmanager
def reading(built: OnRedshift) -> Iterator[list[int]]:
    """Read the view over and over in a session of its own; what came back. It must meet no error."""
    is_over = threading.Event()
    counts: list[int] = []
    errors: list[Exception] = []

    def read() -> None:
        try:
            with closing(connect(built.lookalike)) as connection:
                while not is_over.is_set():
                    cursor = connection.cursor()
                    cursor.execute(f"select count(*) from {VIEW}")
                    counts.append(int(cursor.fetchall()[0][0]))
        except Exception as error:  # whatever a reader may meet
            errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield counts
    finally:
        is_over.set()
        reader.join()
    assert errors == []


def test_an_unchanged_view_sends_nothing(built: OnRedshift) -> None:
    """One view of each schema asks for the comments on all of them. A hook has asked for what has landed."""
    built.lookalike.forget()
    results = built.project.dbt(*VIEWS)
    views = {name: result for name, result in results.items() if str(result.node.resource_type) == "model"}
    assert {result.message for result in views.values()} == {"UNCHANGED"}
    counts = Counter({name: len(sent_for(built, name)) for name in views}.values())
    assert counts == {0: len(views) - 3, 1: 3}
    kinds = Counter(kind(sent) for sent in built.lookalike.statements if sent.model)
    assert kinds == {"select pg_description": 3}
    sessions = {sent.session for sent in built.lookalike.statements if sent.model}
    assert len(sessions) == 3


def test_a_changed_view_with_the_same_columns_is_replaced_under_its_readers(built: OnRedshift) -> None:
    before = oid(built)
    built.project.execute(f"grant select on {VIEW} to analyst")
    for options in (OTHER_NAME, ()):
        built.lookalike.forget()
        with reading(built) as counts:
            built.project.dbt(*RUN, *options)
        assert len(set(counts)) == 1
        assert sent_for(built) == [*CATALOG, *COMPARED, "create or replace view", "comment on view", "commit"]
        assert oid(built) == before
    assert built.project.query(f"select has_table_privilege('analyst', '{VIEW}', 'select')") == [(True,)]


def test_a_view_with_other_columns_is_dropped_and_created_in_one_transaction(built: OnRedshift) -> None:
    before = built.project.content(VIEW)
    relations = Manifest.of(built.project).outputs
    for columns in ("1 as another", "cast(event_id as varchar(9)) as event_id"):
        with closing(connect(built.lookalike)) as connection:
            cursor = connection.cursor()
            cursor.execute(f"drop view {VIEW}")
            cursor.execute(
                f"create view {VIEW} as select {columns} from"
                f" (select cast(id as varchar(9)) as event_id from {RAW_SCHEMA}.order_unlock_coco) as landed"
                " with no schema binding"
            )
        built.lookalike.forget()
        built.project.dbt(*RUN)
        assert sent_for(built) == [
            *CATALOG, *COMPARED, "drop view", "create view", "comment on view", "commit"
        ]  # fmt: skip
        assert built.project.content(VIEW) == before
    schemas = {relation.split(".")[0] for relation in relations}
    assert set(relations) <= set(built.project.tables(*schemas))


def test_a_comment_never_comes_to_stand_on_the_old_view(built: OnRedshift) -> None:
    """After some errors dbt-redshift repeats what it sent last in a new session, without the new view."""
    built.lookalike.fail_at("comment on view", "could not open relation with OID 1", model=MODEL)
    results = built.project.dbt(*RUN, *OTHER_NAME, succeeds=False)
    assert "__dbt_tmp" in str(results[MODEL].message)
    built.lookalike.forget()
    assert built.project.dbt(*RUN)[MODEL].message == "UNCHANGED"
