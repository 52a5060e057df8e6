"""What the increments need of the models, by dbt's manifest."""

from __future__ import annotations

from typing import Any

from parsing import ParsedProject


def models_of_events(parsed: ParsedProject) -> list[dict[str, Any]]:
    """The models that read a view of inputs event by event."""
    return [
        node
        for node in parsed.content["nodes"].values()
        if "macro.delivery_platform.events_to_recompute" in node["depends_on"].get("macros", [])
    ]


def test_a_model_of_events_has_every_column_of_its_inputs(parsed: ParsedProject) -> None:
    """An increment reads the unchanged events of an entity from the rows of the model itself."""
    lacking = []
    for model in models_of_events(parsed):
        inputs = [parsed.content["nodes"][parent] for parent in model["depends_on"]["nodes"]]
        (view,) = [node for node in inputs if "input_name" in node["columns"]]
        lacking += [
            f"{model['name']} lacks {name} of {view['name']}"
            for name in view["columns"]
            if name != "input_name" and name not in model["columns"]
        ]
    assert len(models_of_events(parsed)) > 5
    assert lacking == []
