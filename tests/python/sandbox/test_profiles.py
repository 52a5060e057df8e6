"""The example of a dbt profile, as dbt reads it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.adapters.factory import load_plugin
from dbt.config.profile import Profile
from dbt.config.renderer import ProfileRenderer
from dbt.exceptions import EnvVarMissingError
from dbt_common.context import set_invocation_context

from sandbox import profiles
from sandbox.errors import SandboxError

EXAMPLE = Path(__file__).parents[3] / "profiles.example.yml"
SECRETS = {"postgres": "DBT_ENV_SECRET_POSTGRES_PASSWORD", "redshift": "DBT_ENV_SECRET_REDSHIFT_PASSWORD"}
NEEDED = {
    "sandbox": {},
    "postgres": {"POSTGRES_HOST": "pg.example.com", SECRETS["postgres"]: "secret"},
    "redshift": {"REDSHIFT_HOST": "rs.example.com", SECRETS["redshift"]: "secret"},
    "redshift_iam": {"REDSHIFT_HOST": "rs.example.com"},
    "redshift_serverless": {"REDSHIFT_HOST": "rs.example.com"},
}
ON_REDSHIFT = [target for target in NEEDED if target.startswith("redshift")]


def render(file: Path, target: str, variables: dict[str, str]) -> dict[str, Any]:
    """What dbt makes of a target when the environment holds these variables and no others."""
    set_invocation_context(variables)
    raw = yaml.safe_load(file.read_text())
    name = "delivery_platform"
    _, output = Profile.render_profile(raw[name], name, target, ProfileRenderer({}))
    return output


@pytest.mark.parametrize("target", NEEDED)
def test_a_target_needs_its_own_variables_only(target: str) -> None:
    output = render(EXAMPLE, target, NEEDED[target])
    credentials = load_plugin(output["type"])
    settings = {key: value for key, value in output.items() if key not in ("type", "threads")}
    credentials.validate(credentials.translate_aliases(settings))
    assert (output["dbname"], output["schema"]) == ("delivery_platform", "analytics")
    # Serverless gives credentials to an AWS identity, and knows of no other user.
    assert output.get("user") == (None if target == "redshift_serverless" else "transformer")
    assert output["threads"] in (2, 4)
    assert output["retries"] >= 1


@pytest.mark.parametrize("target", ["postgres", *ON_REDSHIFT])
def test_connections_through_a_network_are_encrypted(target: str) -> None:
    assert render(EXAMPLE, target, NEEDED[target])["sslmode"] == "require"


@pytest.mark.parametrize("target", ON_REDSHIFT)
def test_no_statement_on_redshift_is_cut_within_an_hour(target: str) -> None:
    assert render(EXAMPLE, target, NEEDED[target])["connect_timeout"] >= 3600


@pytest.mark.parametrize(("target", "secret"), SECRETS.items())
def test_a_secret_comes_from_the_environment_and_has_no_default(target: str, secret: str) -> None:
    assert render(EXAMPLE, target, NEEDED[target])["password"] == "secret"
    others = {name: value for name, value in NEEDED[target].items() if name != secret}
    assert render(EXAMPLE, target, others)["password"] is None


@pytest.mark.parametrize(
    ("target", "host"),
    [("postgres", "POSTGRES_HOST"), *((target, "REDSHIFT_HOST") for target in ON_REDSHIFT)],
)
def test_a_missing_host_is_named(target: str, host: str) -> None:
    with pytest.raises(EnvVarMissingError, match=host):
        render(EXAMPLE, target, {})


def test_the_sandbox_can_be_another_one_by_the_environment() -> None:
    chosen = {"SANDBOX_HOST": "/elsewhere", "SANDBOX_PORT": "5433", "SANDBOX_DATABASE": "mine"}
    output = render(EXAMPLE, "sandbox", chosen)
    assert (output["host"], output["port"], output["dbname"]) == ("/elsewhere", 5433, "mine")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that has nothing but the example."""
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    shutil.copy(EXAMPLE, tmp_path)
    return tmp_path


def test_the_written_profile_leads_to_the_socket(folder: Path) -> None:
    assert profiles.write(folder, Path("/a b/postgres"))
    output = render(folder / "profiles.yml", "sandbox", {})
    assert (output["host"], output["port"]) == ("/a b/postgres", 5432)


def test_the_profile_is_written_where_dbt_looks_for_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_PROFILES_DIR", str(folder / "of_dbt"))
    assert profiles.write(folder, Path("/socket"))
    assert profiles.location(folder) == folder / "of_dbt/profiles.yml"
    assert render(folder / "of_dbt/profiles.yml", "sandbox", {})["host"] == "/socket"
    assert not (folder / "profiles.yml").exists()


def test_an_example_without_a_place_for_the_socket_is_refused(folder: Path) -> None:
    (folder / "profiles.example.yml").write_text("delivery_platform: {}\n")
    with pytest.raises(SandboxError, match=f"lacks {profiles.PLACEHOLDER}"):
        profiles.write(folder, Path("/socket"))
    assert not (folder / "profiles.yml").exists()
