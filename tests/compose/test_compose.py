"""Tests of our images, the compose file and the Celery workers on a real Docker engine."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from include.core.runs.run_state import ENDED_RUNS
from tests.compose.engine import Engine
from tests.compose.stack import Stack
from tests.local.waiting import eventually

pytestmark = [pytest.mark.compose, pytest.mark.timeout(3600)]
OURS = ("jobhunt-api", "jobhunt-airflow")
AIRFLOW = ("scheduler", "dag-processor", "triggerer", "worker", "airflow-api-server")


def done(stack: Stack, user: str, run_id: int) -> int:
    counts = stack.run(user, run_id)["counts"]
    return sum(counts[end] for end in ("ready", "skipped", "failed", "expired"))


def wait_for_end(stack: Stack, user: str, run_id: int) -> dict:
    eventually(lambda: stack.run(user, run_id)["status"] in ENDED_RUNS, within=900, every=1)
    return stack.run(user, run_id)


def workers_of(stack: Stack, dag_run_id: str) -> set[str]:
    """Return the host names of the containers that ran tasks of ``ingest_batch``."""
    query = (
        "SELECT DISTINCT hostname FROM task_instance WHERE dag_id = 'ingest_jobs'"
        f" AND run_id = '{dag_run_id}' AND task_id LIKE 'ingest_batch.%' AND hostname <> ''"
    )
    return set(stack.sql(query, database="airflow", user="airflow"))


def logged_tasks(stack: Stack, user: str, run_id: int) -> set[str]:
    with stack.api(user) as client:
        logs = client.get(f"/runs/{run_id}/logs").raise_for_status().json()["items"]
    return {line["task"].partition("[")[0] for line in logs}


def assert_all_of_it_was_ingested(stack: Stack, run: dict) -> None:
    assert run["status"] == "finished", run["error"]
    counts = run["counts"]
    assert counts["failed"] == 0
    assert counts["total"] > 290
    ended = stack.sql(
        f"SELECT count(*), count(DISTINCT job_id) FROM run_jobs WHERE run_id = {run['run_id']}"
    )
    assert ended == [f"{counts['total']}|{counts['total']}"]


def test_image_runs_as_nobody_in_particular_and_holds_no_secret(
    engine: Engine, images: dict[str, str]
) -> None:
    for image in OURS:
        assert engine.docker("run", "--rm", "--network=none", image, "id", "-u").strip() == "50000"
        history = engine.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
        settings = engine.docker("inspect", "--format", "{{.Config.Env}}", image)
        for word in ("PASSWORD", "SECRET", "TOKEN", "_KEY"):
            assert word not in settings.upper()
            assert f"{word}=" not in history.upper()


def test_api_image_has_no_airflow_and_serves_the_page(
    engine: Engine, images: dict[str, str]
) -> None:
    look = "import importlib.util as u; print(u.find_spec('airflow'))"
    run = ("run", "--rm", "--network=none", "jobhunt-api")
    assert engine.docker(*run, "python", "-c", look).strip() == "None"
    assert "index.html" in engine.docker(*run, "ls", "web/dist")


def test_every_container_is_healthy_and_only_two_ports_are_open_on_loopback(stack: Stack) -> None:
    published = set()
    for service in stack.compose("config", "--services").split():
        for container in stack.containers(service):
            assert container["State"]["Health"]["Status"] == "healthy", service
            for ports in container["NetworkSettings"]["Ports"].values():
                published |= {(p["HostIp"], p["HostPort"]) for p in ports or ()}
    environment = stack.environment
    assert published == {
        ("127.0.0.1", environment["HTTP_PORT"]),
        ("127.0.0.1", environment["AIRFLOW_PORT"]),
    }


def test_containers_of_ours_can_write_nothing_but_their_scratch_space(stack: Stack) -> None:
    for service in ("api", "worker", "scheduler", "nginx"):
        [container, *_] = stack.containers(service)
        assert container["HostConfig"]["ReadonlyRootfs"], service
        assert container["HostConfig"]["CapDrop"] == ["ALL"], service
    touch = ("exec", "-T", "worker", "touch")
    stack.compose(*touch, "/tmp/scratch")  # noqa: S108 # the path is in the container, not on this machine
    with pytest.raises(AssertionError, match="Read-only file system"):
        stack.compose(*touch, "/opt/jobhunt/include/new.py")


def test_metrics_stay_inside_and_tokens_out_of_the_log(stack: Stack) -> None:
    assert httpx.get(f"{stack.url}/metrics", trust_env=False).status_code == 404
    canary = "canary-in-a-query"
    httpx.get(f"{stack.url}/api/ingestion/progress/1?token={canary}", trust_env=False)
    assert canary not in stack.compose("logs", "nginx", "api")


def test_run_over_the_sample_sites_survives_the_loss_of_a_worker(stack: Stack) -> None:
    user = "ada"
    stack.follow_samples(user)
    run_id = stack.start(user)
    eventually(lambda: done(stack, user, run_id) > 30, within=600, every=1)
    [worker] = stack.containers("worker")
    stack.engine.docker("kill", "--signal=KILL", worker["Id"])
    stack.compose("up", "--detach", "--no-deps", "--no-build", "worker")
    assert_all_of_it_was_ingested(stack, wait_for_end(stack, user, run_id))


def test_three_workers_share_the_batches(stack: Stack) -> None:
    user = "grace"
    stack.follow_samples(user)
    stack.compose(
        *("up", "--wait", "--no-deps", "--no-build", "--scale", "worker=3", "worker"), within=590
    )
    run_id = stack.start(user, force=True)
    assert_all_of_it_was_ingested(stack, wait_for_end(stack, user, run_id))
    ran = workers_of(stack, f"ingest__{run_id}__1")
    assert ran == {worker["Config"]["Hostname"] for worker in stack.containers("worker")}
    assert len(ran) == 3


def test_task_logs_of_a_finished_run_are_in_the_bucket_and_in_the_api(stack: Stack) -> None:
    user = "kay"
    stack.follow_samples(user)
    # Other tests have just checked this company. Without max_age, the run would adopt their check,
    # and no task of its own would run.
    run_id = stack.start(user, companies=["quillfern"], max_age=0)
    assert wait_for_end(stack, user, run_id)["status"] == "finished"
    # The run ends with its last posting. Airflow's last task ends later, so the test waits for its
    # log.
    wanted = {"open_run", "finish_run"}
    eventually(lambda: wanted <= logged_tasks(stack, user, run_id), within=120, every=1)


def test_upgrade_as_documented_replaces_airflows_components(stack: Stack) -> None:
    newer = stack.of_images("next")
    newer.compose("run", "--rm", "--no-deps", "init")
    newer.compose("up", "--detach", "--wait", "--no-deps", *AIRFLOW, within=590)
    for service in AIRFLOW:
        images = {container["Config"]["Image"] for container in newer.containers(service)}
        assert images == {"jobhunt-airflow:next"}, service


def test_api_is_renewed_without_an_unanswered_request(stack: Stack, tmp_path: Path) -> None:
    newer = stack.of_images("next")
    # The test asks /live. /ready could fail, because the database of a busy machine answers slowly.
    hammer = (
        "import sys, time, urllib.request as r, urllib.error\n"
        f"url = '{stack.url}/live'\n"
        "while True:\n"
        "    try: print(r.urlopen(url, timeout=10).status, flush=True)\n"
        "    except urllib.error.HTTPError as e: print(e.code, flush=True)\n"
        "    except OSError as e: print(0, flush=True)\n"
        "    time.sleep(0.05)\n"
    )
    with (tmp_path / "answers").open("w+") as said:
        client = subprocess.Popen([sys.executable, "-c", hammer], stdout=said)
        try:
            newer.renew_api()
        finally:
            client.terminate()
            client.wait(10)
        said.seek(0)
        answers = [int(line) for line in said.read().split()]
    assert len(answers) > 20
    assert set(answers) == {200}
    [api] = newer.containers("api")
    assert api["Config"]["Image"] == "jobhunt-api:next"
