"""A contract that is wrong stops the staging views that it is wrong about, with a message that says how."""

from __future__ import annotations

from contract.raw import land_rows
from parsing import parsed_for
from project import Project


def test_each_mistake_in_the_contract_is_named(project: Project) -> None:
    for event in ("page_viewed", "button_clicked", "order_unlock_coco"):
        land_rows(project, event, {"id": "text", "user_id": "text"}, {"id": "a", "user_id": "u"})
    manifest = parsed_for(project.target).manifest(project.database.name)
    tables = {source.identifier: source for source in manifest.sources.values()}
    tables["page_viewed"].columns["user_id"].config.meta["personal_data"] = "secret"
    tables["button_clicked"].columns["user_id"].data_type = "json"
    models = {node.name: node for node in manifest.nodes.values()}
    models["stg_order_unlock_coco"].raw_code = "select * from ({{ conform(this) }}) as landed"
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    wrong = Project(project.database, project.work, project.target, project.threads, manifest)
    messages = {
        "stg_page_viewed": "conform: column user_id has personal_data: secret. It may be drop, presence",
        "stg_button_clicked": 'The contract declares "user_id" as json',
        "stg_order_unlock_coco": "is not declared as a source. Declare the table and its columns",
    }
    results = wrong.dbt("run", "--select", *messages, succeeds=False)
    for model, message in messages.items():
        assert message in str(results[model].message)
