"""The warehouse of a dbt target, reached as dbt's adapter reaches it."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.adapters.contracts.connection import Connection, ConnectionState, Identifier
from dbt.adapters.factory import get_adapter_class_by_name
from dbt.config.runtime import load_profile
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context


class TargetError(Exception):
    """A target cannot be reached; the message says why."""


@dataclass(frozen=True)
class Target:
    """An open connection. adapter: the type of the target.  schema: the beginning of dbt's schemas.

    handle: the connection of the adapter's driver, as the DB API has it. It commits each statement.
    """

    adapter: str
    database: str
    schema: str
    handle: Any


def profiles_folder(project: Path) -> Path:
    """The folder where dbt looks for profiles.yml: DBT_PROFILES_DIR, else the project's root, else ~/.dbt."""
    if folder := os.environ.get("DBT_PROFILES_DIR"):
        return Path(folder).expanduser()
    return project if (project / "profiles.yml").exists() else Path.home() / ".dbt"


@contextmanager
def opened(
    project: Path, profiles: Path, target: str, database: str | None = None, name: str = "project"
) -> Iterator[Target]:
    """The target of `profiles`/profiles.yml, on another of its databases if one is given.

    name: of the connection.  Raises TargetError if out of reach.
    """
    set_invocation_context(os.environ)
    set_from_args(Namespace(PROFILES_DIR=str(profiles), PROJECT_DIR=str(project)), None)
    try:
        credentials = load_profile(str(project), {}, target_override=target).credentials
        if database is not None:
            credentials.database = database
        manager: Any = get_adapter_class_by_name(credentials.type).ConnectionManager
        connection = Connection(
            type=Identifier(credentials.type), name=name, credentials=credentials, state=ConnectionState.INIT
        )
        handle: Any = manager.open(connection).handle
    except Exception as error:
        raise TargetError(f"The target {target} cannot be reached: {error}") from error
    handle.autocommit = True
    with closing(handle):
        yield Target(credentials.type, credentials.database, credentials.schema, handle)
