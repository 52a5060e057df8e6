"""What the targets for Redshift ask of its driver, and what the driver asks of AWS."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import redshift_connector
from dbt.adapters.redshift.connections import RedshiftCredentials, get_connection_method
from redshift_connector.iam_helper import IamHelper
from test_profiles import EXAMPLE, SECRETS, render

CLUSTER = "deliveries.abc123.us-west-2.redshift.amazonaws.com"
WORKGROUP = "deliveries.123456789012.us-west-2.redshift-serverless.amazonaws.com"
ENDPOINT = "private-endpoint-abc.123456789012.us-west-2.redshift-serverless.amazonaws.com"
PASSWORD = {SECRETS["redshift"]: "secret"}


class NotConnected:
    """Stands for a connection, and notes nothing."""


def credentials(target: str, variables: dict[str, str]) -> RedshiftCredentials:
    """What the adapter makes of a target when the environment holds these variables."""
    output = render(EXAMPLE, target, variables)
    settings = {key: value for key, value in output.items() if key not in ("type", "threads")}
    translated = RedshiftCredentials.translate_aliases(settings)
    RedshiftCredentials.validate(translated)
    return RedshiftCredentials.from_dict(translated)


def asked_of_driver(
    monkeypatch: pytest.MonkeyPatch, target: str, variables: dict[str, str]
) -> dict[str, Any]:
    """The keyword arguments that the adapter gives to `redshift_connector.connect`."""
    asked: dict[str, Any] = {}

    def connect(**arguments: Any) -> NotConnected:
        asked.update(arguments)
        return NotConnected()

    monkeypatch.setattr(redshift_connector, "connect", connect)
    get_connection_method(credentials(target, variables))()
    return asked


class Aws:
    """Gives temporary credentials as AWS's client does, and notes what it was asked for.

    client: service and region of the client.  call: the operation.  arguments: those of the call.
    """

    def __init__(self) -> None:
        self.client: tuple[str, str | None] = ("", None)
        self.call = ""
        self.arguments: dict[str, Any] = {}

    def make_client(self, _: object, info: Any) -> Aws:
        """In place of `IamHelper.get_boto3_redshift_client`."""
        self.client = ("redshift-serverless" if info._is_serverless else "redshift", info.region)
        return self

    def get_cluster_credentials(self, **arguments: Any) -> dict[str, Any]:
        """Credentials of a database user by name."""
        self.call, self.arguments = "get_cluster_credentials", arguments
        return {"DbUser": f"IAM:{arguments['DbUser']}", "DbPassword": "p", "Expiration": in_an_hour()}

    def get_credentials(self, **arguments: Any) -> dict[str, Any]:
        """Credentials of the identity that asks."""
        self.call, self.arguments = "get_credentials", arguments
        return {"dbUser": "IAMR:dbt", "dbPassword": "p", "expiration": in_an_hour()}


def in_an_hour() -> datetime:
    """When the credentials end."""
    return datetime.now(timezone.utc) + timedelta(hours=1)


def asked_of_aws(
    monkeypatch: pytest.MonkeyPatch, target: str, variables: dict[str, str]
) -> tuple[Aws, dict[str, Any]]:
    """What the driver asks of AWS, and the arguments of the connection that it then opens."""
    aws = Aws()
    opened: dict[str, Any] = {}

    def connection(**arguments: Any) -> NotConnected:
        opened.update(arguments)
        return NotConnected()

    monkeypatch.setattr(IamHelper, "get_boto3_redshift_client", aws.make_client)
    monkeypatch.setattr(IamHelper, "credentials_cache", {})
    monkeypatch.setattr(redshift_connector, "Connection", connection)
    get_connection_method(credentials(target, variables))()
    return aws, opened


def test_a_password_goes_to_the_driver_with_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_of_driver(monkeypatch, "redshift", {"REDSHIFT_HOST": CLUSTER} | PASSWORD)
    assert (asked["user"], asked["password"]) == ("transformer", "secret")
    assert "iam" not in asked
    assert asked["is_serverless"] is False
    assert (asked["ssl"], asked["sslmode"]) == (True, "verify-ca")


def test_a_cluster_is_asked_for_credentials_of_a_database_user(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_of_driver(monkeypatch, "redshift_iam", {"REDSHIFT_HOST": CLUSTER})
    assert asked["iam"] is True
    assert asked["is_serverless"] is False
    assert (asked["db_user"], asked["user"], asked["password"]) == ("transformer", "", "")
    assert asked["cluster_identifier"] == "deliveries"
    assert (asked["auto_create"], asked["db_groups"]) == (False, [])
    assert (asked["serverless_work_group"], asked["serverless_acct_id"]) == (None, None)


def test_a_workgroup_is_asked_for_credentials_of_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_of_driver(monkeypatch, "redshift_serverless", {"REDSHIFT_HOST": WORKGROUP})
    assert asked["iam"] is True
    assert asked["is_serverless"] is True
    assert asked["serverless_work_group"] == "deliveries"
    assert (asked["db_user"], asked["user"], asked["password"]) == (None, "", "")
    assert asked["cluster_identifier"] is None
    # With it the driver would ask a cluster for credentials, and serverless has none.
    assert asked["group_federation"] is False


def test_a_cluster_lets_in_the_user_of_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, opened = asked_of_aws(monkeypatch, "redshift_iam", {"REDSHIFT_HOST": CLUSTER})
    assert (aws.client, aws.call) == (("redshift", "us-west-2"), "get_cluster_credentials")
    assert aws.arguments == {
        "DbUser": "transformer",
        "DbName": "delivery_platform",
        "DbGroups": [],
        "AutoCreate": False,
        "ClusterIdentifier": "deliveries",
    }
    assert (opened["user"], opened["host"]) == ("IAM:transformer", CLUSTER)


def test_a_workgroup_lets_in_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, opened = asked_of_aws(monkeypatch, "redshift_serverless", {"REDSHIFT_HOST": WORKGROUP})
    assert (aws.client, aws.call) == (("redshift-serverless", "us-west-2"), "get_credentials")
    assert aws.arguments == {"dbName": "delivery_platform", "workgroupName": "deliveries"}
    assert (opened["user"], opened["host"]) == ("IAMR:dbt", WORKGROUP)


def test_another_name_of_the_host_needs_the_name_of_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"REDSHIFT_HOST": "warehouse.example.com", "REDSHIFT_CLUSTER_ID": "deliveries"}
    asked = asked_of_driver(monkeypatch, "redshift_iam", variables)
    assert asked["cluster_identifier"] == "deliveries"


def test_a_private_endpoint_needs_the_name_of_the_workgroup(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"REDSHIFT_HOST": ENDPOINT, "REDSHIFT_WORKGROUP": "deliveries"}
    aws, opened = asked_of_aws(monkeypatch, "redshift_serverless", variables)
    assert aws.client == ("redshift-serverless", "us-west-2")
    assert aws.arguments["workgroupName"] == "deliveries"
    assert opened["host"] == ENDPOINT


@pytest.mark.parametrize("target", ["redshift", "redshift_iam", "redshift_serverless"])
def test_the_timeout_of_the_driver_is_that_of_the_profile(
    monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    asked = asked_of_driver(monkeypatch, target, {"REDSHIFT_HOST": CLUSTER} | PASSWORD)
    assert (asked["timeout"], asked["tcp_keepalive_idle"]) == (3600, 60)
