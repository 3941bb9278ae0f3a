"""Run Airflow on SQLite. Its Connections point to the Postgres and the S3 server of the tests."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from local.s3 import S3Server
from tests.sites import Sites, running_sites

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Set Airflow's home and settings before Airflow is imported, because the import reads them."""
    home = tmp_path_factory.mktemp("airflow")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__DAGS_FOLDER": ROOT / "dags",
            "AIRFLOW__CORE__PLUGINS_FOLDER": ROOT / "plugins",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
            "PYTHONPATH": ROOT,
        }.items():
            patch.setenv(name, str(value))
        migrate = [Path(sys.executable).with_name("airflow"), "db", "migrate"]
        subprocess.run(migrate, check=True, capture_output=True, env=os.environ)
        yield home


@pytest.fixture
def sites() -> Iterator[Sites]:
    with running_sites() as sites:
        yield sites


@pytest.fixture
def connections(
    engine: Engine, s3: S3Server, sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set the Connections ``jobhunt_db`` and ``jobhunt_s3`` and the settings that tasks read."""
    url = engine.url
    database = {
        "conn_type": "postgres",
        "host": url.host,
        "port": url.port,
        "login": url.username,
        "password": url.password,
        "schema": url.database,
    }
    store = {
        "conn_type": "aws",
        "login": s3.access_key,
        "password": s3.secret_key,
        "extra": {"endpoint_url": s3.endpoint, "region_name": s3.region},
    }
    monkeypatch.setenv("AIRFLOW_CONN_JOBHUNT_DB", json.dumps(database))
    monkeypatch.setenv("AIRFLOW_CONN_JOBHUNT_S3", json.dumps(store))
    monkeypatch.setenv("JOBHUNT_S3_BUCKET", s3.bucket)
    monkeypatch.setenv("JOBHUNT_HOST_RATE", "1000")
    monkeypatch.setenv("JOBHUNT_ALLOWED_PRIVATE_HOSTS", sites.host)


@pytest.fixture
def heard() -> list[Any]:
    """Return the list to which the webhook appends each JSON document that it receives."""
    return []


@pytest.fixture
def webhook_url(heard: list[Any]) -> Iterator[str]:
    """Yield the URL of a running webhook, which records the requests that it receives."""

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Webhook) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()
