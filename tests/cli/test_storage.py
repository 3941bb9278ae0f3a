"""Tests of ``jobhunt storage`` on a real Postgres and S3.

After a backup, a loss and a restore, the API must answer as before.
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import S3Store
from pydantic import SecretStr
from sqlalchemy import Engine, text

from include.db.diagnosis import read_revision
from include.db.engine import make_engine
from include.db.migrate import newest_revision
from include.raw_pages import RawPages, S3Location
from include.settings import Settings
from local.postgres import PostgresServer
from local.s3 import S3Server
from tests.api.conftest import SECRET, run_api
from tests.cli.conftest import Jobhunt
from tests.ingestion import USER, Ingestion
from tests.sites import running_sites

pytestmark = pytest.mark.integration


@pytest.fixture
def bucket(s3: S3Server) -> S3Location:
    """Return a bucket that only this test uses."""
    return replace(s3.location, bucket=f"saved-{secrets.token_hex(4)}")


@pytest.fixture
def database_url(postgres: PostgresServer) -> str:
    """Return the URL of a database without tables, which only this test uses."""
    name = f"saved_{secrets.token_hex(4)}"
    with postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type] # the name is safe, because this test made it
    return postgres.url(name)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, S3Location], None]:
    """Return a function that points the commands to a database and a bucket."""

    def tell(database_url: str, bucket: S3Location) -> None:
        monkeypatch.setenv("JOBHUNT_DATABASE_URL", database_url)
        monkeypatch.setenv("JOBHUNT_S3_ENDPOINT", bucket.endpoint or "")
        monkeypatch.setenv("JOBHUNT_S3_BUCKET", bucket.bucket)
        monkeypatch.setenv("JOBHUNT_S3_ACCESS_KEY", bucket.access_key or "")
        monkeypatch.setenv("JOBHUNT_S3_SECRET_KEY", bucket.secret_key or "")

    return tell


async def asked(database_url: str, bucket: S3Location) -> dict[str, Any]:
    """Return everything that the API returns about the user's runs and postings."""
    settings = Settings(
        database_url=database_url,
        jwt_secret=SecretStr(SECRET),
        s3_endpoint=bucket.endpoint or "",
        s3_bucket=bucket.bucket,
        s3_access_key=bucket.access_key or "",
        s3_secret_key=SecretStr(bucket.secret_key or ""),
    )
    said: dict[str, Any] = {}
    async with run_api(settings) as api, api.client(USER) as client:

        async def ask(path: str) -> Any:
            answer = await client.get(path)
            said[path] = (answer.status_code, answer.content)
            return answer.json() if path.count("/page") == 0 else None

        await ask("/companies")
        for run in (await ask("/history"))["items"]:
            await ask(f"/runs/{run['run_id']}")
            await ask(f"/runs/{run['run_id']}/jobs?limit=100")
        for job in (await ask("/jobs?limit=40"))["items"]:
            await ask(f"/jobs/{job['job_id']}")
            await ask(f"/jobs/{job['job_id']}/page")
    return said


def answers(database_url: str, bucket: S3Location) -> dict[str, Any]:
    return asyncio.run(asked(database_url, bucket))


def lose_everything(database_url: str, bucket: S3Location) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    store = bucket_store(bucket)
    for found in obstore.list(store):
        obstore.delete(store, [entry["path"] for entry in found])


def bucket_store(bucket: S3Location) -> S3Store:
    return S3Store(
        bucket.bucket,
        endpoint=bucket.endpoint,
        access_key_id=bucket.access_key,
        secret_access_key=bucket.secret_key,
        region=bucket.region,
        client_options={"allow_http": True},
    )


def test_what_was_backed_up_lost_and_restored_answers_as_it_did(
    jobhunt: Jobhunt,
    at: Callable[[str, S3Location], None],
    database_url: str,
    bucket: S3Location,
    tmp_path: Path,
) -> None:
    at(database_url, bucket)
    assert jobhunt("storage", "prepare").code == 0
    engine = make_engine(database_url)
    with running_sites() as sites:
        ingestion = Ingestion(engine=engine, raw_pages=RawPages(bucket), sites=sites)
        ingestion.follow(["quillfern", "lumen-orchard", "pebbleworks"])
        ingestion.run()
        sites.world.set_day(2)
        ingestion.run()
    engine.dispose()
    before = answers(database_url, bucket)
    assert {status for status, _ in before.values()} == {200}
    assert sum(path.endswith("/page") for path in before) > 30

    assert jobhunt("storage", "backup", str(tmp_path / "saved")).code == 0
    lose_everything(database_url, bucket)
    ended = jobhunt("storage", "restore", str(tmp_path / "saved"))
    assert ended.code == 0, ended.err

    assert answers(database_url, bucket) == before


def test_a_backup_is_put_back_over_what_is_there_only_when_told_so(
    jobhunt: Jobhunt,
    at: Callable[[str, S3Location], None],
    database_url: str,
    bucket: S3Location,
    tmp_path: Path,
) -> None:
    at(database_url, bucket)
    prepared = json.loads(jobhunt("storage", "prepare", "--json").out)
    assert prepared == {"revision": newest_revision(), "bucket": bucket.bucket}
    saved = str(tmp_path / "saved")
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO users (user_id) VALUES ('ada')"))
    backed_up = jobhunt("storage", "backup", saved, "--json")
    assert json.loads(backed_up.out) == {"directory": saved, "pages": 0}
    assert (tmp_path / "saved").stat().st_mode & 0o077 == 0
    assert jobhunt("storage", "backup", saved).code == 2
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO users (user_id) VALUES ('grace')"))
    assert jobhunt("storage", "restore", saved).code == 2
    assert users(engine) == ["ada", "grace"]
    restored = jobhunt("storage", "restore", saved, "--replace", "--json")
    assert json.loads(restored.out) == {"directory": saved, "pages": 0}
    assert users(engine) == ["ada"]
    engine.dispose()


def users(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT user_id FROM users ORDER BY 1")))


def test_nothing_is_restored_from_a_directory_without_a_whole_backup(
    jobhunt: Jobhunt,
    at: Callable[[str, S3Location], None],
    database_url: str,
    bucket: S3Location,
    tmp_path: Path,
) -> None:
    at(database_url, bucket)
    (tmp_path / "database.dump.new").touch()
    ended = jobhunt("storage", "restore", str(tmp_path))
    assert ended.code == 2
    assert "holds no backup" in ended.err


def test_tables_do_not_go_back_to_before_the_catalogue_and_stay_as_they_are(
    jobhunt: Jobhunt,
    at: Callable[[str, S3Location], None],
    database_url: str,
    bucket: S3Location,
) -> None:
    at(database_url, bucket)
    assert jobhunt("storage", "prepare").code == 0
    ended = jobhunt("storage", "downgrade", "0009")
    assert ended.code == 1
    assert "docs/upgrade.md" in ended.err
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert read_revision(connection) == newest_revision()
    engine.dispose()
