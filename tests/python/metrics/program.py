"""The program `mf`, as an analyst runs it."""

from __future__ import annotations

import csv
import json
import shutil
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import TracebackType

import pytest

from house.commands import run
from metrics.engine import semantic_manifest
from project import ROOT, Project

_WAIT_SECONDS = 30


class Mf:
    """The program on a project that is built on PostgreSQL, behind a proxy that lets nothing out.

    work: an empty folder.  asked: what the program asked the proxy for.
    """

    def __init__(self, project: Project, work: Path) -> None:
        self.work = work
        self.asked: list[str] = []
        (work / "target").mkdir()
        shutil.copy(ROOT / "dbt_project.yml", work)
        shutil.copy(project.work / "profiles.yml", work)
        manifest = json.dumps(semantic_manifest("postgres", project.database.name))
        (work / "target" / "semantic_manifest.json").write_text(manifest, encoding="utf-8")
        self._proxy = socket.create_server(("127.0.0.1", 0))
        self._answers = Thread(target=self._refuse_all, daemon=True)

    def __enter__(self) -> Mf:
        self._answers.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._proxy.shutdown(socket.SHUT_RDWR)
        self._proxy.close()
        self._answers.join(_WAIT_SECONDS)

    def run(self, *arguments: str) -> str:
        """What a command printed. It must not fail."""
        proxy = "http://{}:{}".format(*self._proxy.getsockname())
        folder = str(self.work)
        environment = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy)
        environment |= dict.fromkeys(("DBT_PROJECT_DIR", "DBT_PROFILES_DIR", "TMPDIR"), folder)
        environment |= {
            "DBT_LOG_PATH": f"{folder}/logs",
            "DBT_TARGET_PATH": f"{folder}/target",
            "NO_PROXY": "",
        }
        finished = run("mf", *arguments, **environment)
        if finished.returncode:
            pytest.fail(f"mf {arguments} failed\n{finished.stdout}{finished.stderr}", pytrace=False)
        return finished.stdout + finished.stderr

    def query(self, metrics: Sequence[str], group_by: Sequence[str]) -> list[dict[str, str]]:
        """The rows of a query of metrics, as the text that the program writes."""
        written = self.work / "rows.csv"
        options = ["--metrics", ",".join(metrics), "--group-by", ",".join(group_by)]
        self.run("query", *options, "--csv", str(written), "--quiet")
        with written.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _refuse_all(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._proxy.accept()
                with client:
                    self.asked.append(client.recv(4096).decode("latin-1").partition(" HTTP")[0])
