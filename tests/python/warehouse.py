"""The warehouse of one test."""

from dataclasses import dataclass

from psycopg2.extensions import connection as Connection

from sandbox.server import Server


@dataclass(frozen=True)
class Database:
    """A database that belongs to one test: the raw schema, the roles and nothing else."""

    server: Server
    name: str

    def connect(self, user: str = "postgres", autocommit: bool = False) -> Connection:
        """Connect as the role `user`. The fixture ends connections that a test leaves open."""
        return self.server.connect(self.name, user=user, autocommit=autocommit)

    @property
    def env(self) -> dict[str, str]:
        """What the dbt target `sandbox` needs in its environment to build here."""
        return self.server.dbt_environment(self.name)
