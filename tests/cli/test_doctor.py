"""Tests of ``jobhunt doctor`` on a real Postgres, a real S3 server and a fake Airflow."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from local.s3 import S3Server
from tests.cli.conftest import Jobhunt
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration


def healthy() -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    components = ("scheduler", "dag_processor", "triggerer")
    dags = ("ingest_jobs", "ingest_daily", "detect_stale_runs")
    return {
        "/api/v2/monitor/health": {
            "metadatabase": {"status": "healthy"},
            **{c: {"status": "healthy", f"latest_{c}_heartbeat": now} for c in components},
        },
        "/auth/token": {"access_token": "t"},
        "/api/v2/importErrors": {"import_errors": []},
        "/api/v2/dags": {"dags": [{"dag_id": name, "is_paused": False} for name in dags]},
        "/api/v2/pools": {"pools": [{"name": "default", "open_slots": 8, "queued_slots": 0}]},
        "/ready": {"status": "ready"},
    }


@pytest.fixture
def answers() -> dict[str, Any]:
    """Return the responses of the fake servers by path. Every other path gets a 503."""
    return healthy()


@pytest.fixture(autouse=True)
def places(
    answers: dict[str, Any],
    home: Path,
    engine: Engine,
    s3: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    class Fake(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path.partition("?")[0])
            self.send_response(503 if body is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Fake) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        for name, value in {
            "API_URL": url,
            "AIRFLOW_URL": url,
            "DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "S3_ENDPOINT": s3.endpoint,
            "S3_BUCKET": s3.bucket,
            "S3_ACCESS_KEY": s3.access_key,
            "S3_SECRET_KEY": s3.secret_key,
        }.items():
            monkeypatch.setenv(f"JOBHUNT_{name}", value)
        yield
        server.shutdown()
        thread.join()


def complaints(jobhunt: Jobhunt) -> dict[str, str]:
    """Return the messages of the findings that report a problem, by the subject of the finding."""
    ended = jobhunt("doctor", "--json")
    findings = json.loads(ended.out)
    assert ended.code == (0 if all(finding["ok"] for finding in findings) else 1)
    return {finding["about"]: finding["message"] for finding in findings if not finding["ok"]}


def test_a_working_system_has_no_findings(jobhunt: Jobhunt) -> None:
    assert complaints(jobhunt) == {}
    ended = jobhunt("doctor")
    assert ended.code == 0
    assert "BAD" not in ended.out


def test_component_that_is_silent_is_named(jobhunt: Jobhunt, answers: dict[str, Any]) -> None:
    long_ago = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    answers["/api/v2/monitor/health"]["triggerer"]["latest_triggerer_heartbeat"] = long_ago
    answers["/api/v2/monitor/health"]["scheduler"] = {"status": "unhealthy"}
    messages = complaints(jobhunt)
    assert messages.keys() == {"Airflow scheduler", "Airflow triggerer"}
    assert long_ago in messages["Airflow triggerer"]


def test_dags_that_are_broken_paused_or_unknown_are_named(
    jobhunt: Jobhunt, answers: dict[str, Any]
) -> None:
    error = {"filename": "ingest_jobs.py", "stack_trace": "Traceback\nNameError: x"}
    answers["/api/v2/importErrors"] = {"import_errors": [error]}
    answers["/api/v2/dags"] = {"dags": [{"dag_id": "detect_stale_runs", "is_paused": True}]}
    messages = complaints(jobhunt)
    assert messages["DAG files"] == "ingest_jobs.py: NameError: x"
    assert messages["DAGs"] == "detect_stale_runs is paused; ingest_jobs is unknown to Airflow"


def test_full_pool_is_named(jobhunt: Jobhunt, answers: dict[str, Any]) -> None:
    answers["/api/v2/pools"]["pools"][0] |= {"open_slots": 0, "queued_slots": 9}
    assert "9 tasks queue" in complaints(jobhunt)["worker slots"]


def test_a_stale_sweep_and_a_dispatcher_backlog_are_reported(
    jobhunt: Jobhunt, engine: Engine
) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting()
    runs.silence(sweep.sweep_id)
    runs.follow("bolt", user_id="bob")
    waiting = runs.start("bob")
    runs.execute(
        "UPDATE outbox SET created_at = now() - interval '2 min' WHERE sweep_id = :s", s=waiting
    )
    messages = complaints(jobhunt)
    assert messages.keys() == {"runs", "dispatcher"}
    assert f"in sweep {sweep.sweep_id} (" in messages["runs"]
    assert "sweeps to be handed to Airflow: 1" in messages["dispatcher"]


def test_an_old_schema_is_reported(jobhunt: Jobhunt, engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    newest = runs.rows("SELECT version_num FROM alembic_version")[0].version_num
    runs.execute("UPDATE alembic_version SET version_num = '0001'")
    try:
        assert "revision 0001" in complaints(jobhunt)["migrations"]
    finally:
        runs.execute("UPDATE alembic_version SET version_num = :v", v=newest)


def test_store_that_refuses_our_keys_is_named(
    jobhunt: Jobhunt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBHUNT_S3_SECRET_KEY", "wrong")
    messages = complaints(jobhunt)
    assert messages.keys() == {"S3"}
    assert "can't be listed" in messages["S3"]


def test_a_part_that_does_not_answer_is_reported(
    jobhunt: Jobhunt, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers.clear()
    monkeypatch.setenv("JOBHUNT_S3_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("JOBHUNT_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert complaints(jobhunt).keys() == {"database", "S3", "Airflow", "API"}


def test_without_a_stack_or_a_database_it_says_what_to_set(
    jobhunt: Jobhunt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOBHUNT_DATABASE_URL")
    ended = jobhunt("doctor")
    assert ended.code == 2
    assert "JOBHUNT_DATABASE_URL" in ended.err
