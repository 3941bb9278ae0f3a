import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from local.postgres import PostgresServer, running_postgres
from tests.local.waiting import eventually, runs

pytestmark = pytest.mark.integration


def postmaster_pid(server: PostgresServer) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def test_data_are_there_after_a_clean_stop_and_nothing_runs_meanwhile(tmp_path: Path):
    with running_postgres(tmp_path / "pg") as server:
        with server.connect("jobhunt") as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        pid = postmaster_pid(server)
    assert not runs(pid)
    with running_postgres(tmp_path / "pg") as server:
        engine = create_engine(server.url("jobhunt"))
        with engine.connect() as connection:
            assert connection.execute(text("SELECT n FROM kept")).scalar() == 7
        engine.dispose()


def test_committed_rows_survive_a_killed_server(tmp_path: Path):
    with running_postgres(tmp_path / "pg") as server:
        with server.connect("jobhunt") as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(postmaster_pid(server), signal.SIGKILL)
    assert (server.data / "postmaster.pid").exists()
    with running_postgres(tmp_path / "pg") as server, server.connect("jobhunt") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_the_server_stops_cleanly_when_its_parent_is_killed(tmp_path: Path):
    program = (
        "import sys, pathlib, time; from local.postgres import running_postgres\n"
        "with running_postgres(pathlib.Path(sys.argv[1])):\n"
        "    print('ready', flush=True); time.sleep(99)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "pg")], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        pid = int((tmp_path / "pg/data/postmaster.pid").read_text().split()[0])
        parent.kill()
    eventually(lambda: not runs(pid))
    assert "database system is shut down" in (tmp_path / "pg/log").read_text()


def test_a_wrong_password_is_refused_and_the_right_one_is_private(tmp_path: Path):
    with running_postgres(tmp_path / "pg", durable=False) as server:
        url = server.url("jobhunt").replace("+psycopg", "")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace(server.password, "guess"))
    assert stat.S_IMODE((tmp_path / "pg/password").stat().st_mode) == 0o600


def test_servers_with_different_directories_run_side_by_side(tmp_path: Path):
    with (
        running_postgres(tmp_path / "a", databases=("one",)) as first,
        running_postgres(tmp_path / "b", databases=("two",)) as second,
    ):
        assert first.port != second.port
        with first.connect("one"), second.connect("two"):
            pass


def test_a_cluster_whose_making_was_interrupted_is_made_again(tmp_path: Path):
    (tmp_path / "pg/data.new").mkdir(parents=True)
    (tmp_path / "pg/data.new/PG_VERSION").write_text("18")
    with running_postgres(tmp_path / "pg", durable=False) as server, server.connect():
        pass
