import json
from pathlib import Path

import pytest

from include.settings import Settings
from local.plan import Plan


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch):
    for name in (
        "JOBHUNT_REREAD_AFTER",
        "JOBHUNT_HOST_RATE",
        "JOBHUNT_JWT_SECRET",
        "JOBHUNT_ALLOWED_PRIVATE_HOSTS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)


def plan(home: Path, **settings: object) -> Plan:
    return Plan(Settings.model_validate({"home": home, "demo_sites_port": 8090, **settings}))


def test_the_sample_sites_get_a_rate_of_their_own(tmp_path: Path):
    assert plan(tmp_path).environment["JOBHUNT_HOST_RATE"] == "2,127.0.0.1:8090=500"


def test_a_rate_that_the_user_set_stays(tmp_path: Path):
    assert "JOBHUNT_HOST_RATE" not in plan(tmp_path, host_rate="7").environment


def test_when_pages_are_read_again_is_told_as_the_settings_have_it(tmp_path: Path):
    assert plan(tmp_path).environment["JOBHUNT_REREAD_AFTER"] == "259200"
    assert plan(tmp_path, reread_after="0").environment["JOBHUNT_REREAD_AFTER"] == "0"


def test_the_sample_sites_are_allowed_besides_the_users_private_hosts(tmp_path: Path):
    environment = plan(tmp_path, allowed_private_hosts="intranet,10.0.0.7:81").environment
    assert environment["JOBHUNT_ALLOWED_PRIVATE_HOSTS"] == "intranet,10.0.0.7:81,127.0.0.1:8090"


def test_the_environment_of_the_services_makes_valid_settings(tmp_path: Path, monkeypatch):
    for name, value in plan(tmp_path).environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.home == tmp_path
    assert settings.host_rate.of("127.0.0.1:8090") == 500
    assert settings.database_url == plan(tmp_path).postgres.url("jobhunt")
    assert len(settings.jwt_secret.get_secret_value()) >= 32


def test_secrets_are_kept_from_start_to_start_and_differ_between_homes(tmp_path: Path):
    assert plan(tmp_path / "a").environment == plan(tmp_path / "a").environment
    first, second = plan(tmp_path / "a"), plan(tmp_path / "b")
    assert first.jwt_secret != second.jwt_secret
    assert first.airflow.password != second.airflow.password
    assert first.s3.secret_key != second.s3.secret_key


def test_a_jwt_secret_of_the_user_is_used(tmp_path: Path):
    secret = "the user's own secret, of 32 bytes or more"
    assert plan(tmp_path, jwt_secret=secret).environment["JOBHUNT_JWT_SECRET"] == secret


def test_airflow_connections_point_to_the_same_servers_as_the_settings(tmp_path: Path):
    planned = plan(tmp_path)
    database = json.loads(planned.connections["AIRFLOW_CONN_JOBHUNT_DB"])
    assert planned.environment["JOBHUNT_DATABASE_URL"] == (
        f"postgresql+psycopg://{database['login']}:{database['password']}"
        f"@{database['host']}:{database['port']}/{database['schema']}"
    )
    s3 = json.loads(planned.connections["AIRFLOW_CONN_JOBHUNT_S3"])
    assert s3["extra"]["endpoint_url"] == planned.environment["JOBHUNT_S3_ENDPOINT"]
    assert s3["password"] == planned.environment["JOBHUNT_S3_SECRET_KEY"]


def test_every_server_listens_on_loopback_alone(tmp_path: Path):
    for service in plan(tmp_path).services():
        words = [*service.command.argv, *service.command.env.values()]
        assert not any("0.0.0.0" in word for word in words), service.name


def test_bytecode_goes_to_the_home_where_python_may_not_write_it_elsewhere(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert plan(tmp_path).environment["PYTHONPYCACHEPREFIX"] == str(tmp_path / "pycache")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE")
    assert "PYTHONPYCACHEPREFIX" not in plan(tmp_path).environment
