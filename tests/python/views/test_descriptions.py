"""Descriptions of marts as comments in the warehouse: written once, and again when they change."""

from __future__ import annotations

from dbt.contracts.graph.nodes import ModelNode

from configured import configured
from project import Project, Rows
from views.test_full_refresh import FACT, built

COMMENTS = (
    "select objoid::regclass::text, objsubid, description, xmin::text from pg_description"
    " where objoid in (select oid from pg_class where relnamespace = 'analytics_marts'::regnamespace)"
    " and classoid = 'pg_class'::regclass order by 1, 2"
)
RUN = ("run", "--select", "fct_unlock_attempts", "rpt_unlock_funnel_daily")


def comments(project: Project) -> dict[tuple[str, int], str]:
    """The comments on marts by relation and number of the column, 0 for the relation."""
    return {(relation, column): text for relation, column, text, _ in project.query(COMMENTS)}


def test_comments_are_the_descriptions_and_cost_an_unchanged_model_nothing(project: Project) -> None:
    built(project)
    written: Rows = project.query(COMMENTS)
    texts = comments(project)
    for name in ("fct_unlock_attempts", "rpt_unlock_funnel_daily"):
        node = project.parsed.nodes[f"model.delivery_platform.{name}"]
        assert isinstance(node, ModelNode)
        relation = f"analytics_marts.{name}"
        assert texts[relation, 0].startswith(node.description.strip())
        described = sorted(column.description.strip() for column in node.columns.values())
        found = sorted(text.strip() for (of, column), text in texts.items() if of == relation and column)
        assert found == described
    project.dbt(*RUN)
    assert project.query(COMMENTS) == written, "no statement, or the rows of the catalog were new"

    other = configured(project, "marts")
    node = other.parsed.nodes["model.delivery_platform.fct_unlock_attempts"]
    node.columns["outcome"].description = "How it ended."
    other.dbt(*RUN)
    assert [text for text in comments(project).values() if text == "How it ended."]
    assert len(comments(project)) == len(texts)
    project.dbt(*RUN, "--full-refresh")
    assert comments(project) == texts, f"also of the views on {FACT}"
