"""The allowed values of each var: which values are refused, and what docs/vars.md says."""

from __future__ import annotations

import json
from typing import Any

import yaml

from house.adapters import Parsed
from house.adapters import on_adapter as on_adapter
from house.commands import ROOT

DECLARED = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
SQL = "2026-09-01' as timestamp); create table public.evil (); --"

ACCEPTED: list[tuple[str, Any]] = [
    ("raw_schema", "it's raw'; select 1/0; --"),
    ("raw_names", {}),
    ("raw_names", {"robot_id": ["vehicle", "bot"]}),
    ("reconcile", True),
    ("reconcile", False),
    ("reconcile", {"order_id": "o'1"}),
    ("reconcile", {"robot_id": "17"}),
    ("reconcile", {"from": "2028-02-29", "to": "2028-03-01"}),
    ("reconcile", {"to": "2026-09-01T12:30:00", "from": "2026-09-01"}),
    ("reporting_time_zone", "UTC"),
    ("reporting_time_zone", "America/Argentina/Ushuaia"),
    ("history_starts_on", "2024-02-29"),
    ("load_overlap_hours", 0),
    ("load_overlap_hours", 8760),
    ("raw_retention_days", None),
    ("newest_load_max_hours", None),
    ("silence_weeks", 1),
    ("placeholder_ids", []),
    ("placeholder_ids", ["-", "n/a"]),
]
REFUSED: list[tuple[str, Any]] = [
    ("raw_schema", ""),
    ("raw_schema", " "),
    ("raw_schema", 'quo"ted'),
    ("raw_schema", 5),
    ("raw_schema", 'raw" cascade; --'),
    ("raw_schema", "{{ target.name }}"),
    ("raw_names", {"robot_id": "robot_id"}),
    ("raw_names", {"robot_id": []}),
    ("raw_names", {"robot_id": [""]}),
    ("raw_names", {"robot_id": [1]}),
    ("raw_names", {"robot_id": ["bot "]}),
    ("raw_names", {"robot_id": {"bot": 1}}),
    ("raw_names", {"robotid": ["bot"]}),
    ("raw_names", ["robot_id"]),
    ("reconcile", "yes"),
    ("reconcile", "true"),
    ("reconcile", 1),
    ("reconcile", None),
    ("reconcile", ["order_id"]),
    ("reconcile", {}),
    ("reconcile", {"order_id": None}),
    ("reconcile", {"order_id": " "}),
    ("reconcile", {"order_id": ["o1"]}),
    ("reconcile", {"order_id": 83}),
    ("reconcile", {"robot_id": 1.1}),
    ("reconcile", {"robot_id": True}),
    ("reconcile", {"order_id": "o1", "robot_id": "r1"}),
    ("reconcile", {"orderid": "o1"}),
    ("reconcile", {"from": SQL, "to": "2026-09-02"}),
    ("reconcile", {"from": "2026-09-01"}),
    ("reconcile", {"from": None, "to": "2026-09-02"}),
    ("reconcile", {"from": "2026-09-02", "to": "2026-09-01"}),
    ("reconcile", {"from": "2026-09-02", "to": "2026-09-02"}),
    ("reconcile", {"from": "2026-09-02", "to": "2026-09-02 00:00"}),
    ("reconcile", {"from": "2026-09-02T00:00", "to": "2026-09-02 00:00:00"}),
    ("reconcile", {"from": "2026-02-29", "to": "2026-09-02"}),
    ("reconcile", {"from": "2026-13-01", "to": "2027-09-02"}),
    ("reconcile", {"from": "0000-01-01", "to": "2027-09-02"}),
    ("reporting_time_zone", "Europe/Atlantis"),
    ("reporting_time_zone", "utc+2"),
    ("reporting_time_zone", "CET"),
    ("reporting_time_zone", 2),
    ("reporting_time_zone", None),
    ("history_starts_on", "2023-02-29"),
    ("history_starts_on", "2026-09-01 12:00"),
    ("history_starts_on", SQL),
    ("history_starts_on", 2015),
    ("history_starts_on", "2999-01-01"),
    ("history_starts_on", None),
    ("load_overlap_hours", "24"),
    ("load_overlap_hours", -1),
    ("load_overlap_hours", 8761),
    ("load_overlap_hours", 1.5),
    ("load_overlap_hours", True),
    ("load_overlap_hours", None),
    ("load_overlap_hours", [24]),
    ("newest_load_max_hours", 0),
    ("allow_lost_events", "yes"),
    ("allow_lost_events", 1),
    ("allow_lost_events", None),
    ("silence_weeks", 0),
    ("placeholder_ids", "undefined"),
    ("placeholder_ids", [None]),
    ("placeholder_ids", [" n/a"]),
]


def of_macro(on_adapter: Parsed, expression: str) -> Any:
    """The value of an expression of Jinja."""
    return json.loads(on_adapter.compile(f"{{{{ tojson({expression}) }}}}"))


def allowed(on_adapter: Parsed) -> dict[str, str]:
    """The allowed values of each var, as the error message has them."""
    vars_ = of_macro(on_adapter, "declared_vars()")
    calls = ", ".join(f"'{name}': allowed_values('{name}', declared_vars()['{name}'])" for name in vars_)
    found: dict[str, str] = of_macro(on_adapter, f"{{{calls}}}")
    return found


def test_values_are_accepted_by_type_and_range(on_adapter: Parsed) -> None:
    values = [*ACCEPTED, *REFUSED]
    jinja = [
        f"is_allowed(declared_vars()['{name}'], fromjson({json.dumps(json.dumps(value))}))"
        for name, value in values
    ]
    found = of_macro(on_adapter, f"[{', '.join(jinja)}]")
    assert [case for case, is_allowed in zip(values, found, strict=True) if is_allowed] == ACCEPTED


def test_each_var_is_declared_once_and_documented(on_adapter: Parsed) -> None:
    found = allowed(on_adapter)
    assert list(found) == list(DECLARED)
    documented = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in (ROOT / "docs/vars.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    defaults = {name: json.dumps(value).strip('"') for name, value in DECLARED.items()}
    assert documented == [(f"`{name}`", f"`{defaults[name]}`", found[name]) for name in DECLARED]
