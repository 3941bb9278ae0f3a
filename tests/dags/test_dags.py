"""Tests of the DAG files as Airflow reads and runs them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pkgutil import iter_modules
from typing import Any

import pytest
from sqlalchemy import Engine, text
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from include import pipeline
from include.core.models import Company
from include.db.user.users import ensure_user
from include.db.work.outbox import due_intents
from include.errors import JobhuntError, SettingError
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.open_run import open_run
from include.settings import get_settings
from local.career_sites import companies
from tests.made_up_runs import MadeUpRuns
from tests.sites import Sites

pytestmark = [
    pytest.mark.dags,
    pytest.mark.xdist_group("dags"),
    # Ignore this warning about a missing package. Starlette's test client gives it when dag.test()
    # imports the client.
    pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient`"),
]
USER = "ada"


@pytest.fixture(scope="module")
def dags(airflow_home: object) -> dict[str, Any]:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(bundle_name="dags-folder")
    assert bag.import_errors == {}
    return bag.dags


def test_every_dag_is_there_and_explains_itself(dags: dict[str, Any]) -> None:
    assert dags.keys() == {"ingest_jobs", "ingest_daily", "detect_stale_runs", "forget_old"}
    assert all("###" in dag.doc_md for dag in dags.values())
    assert all(dag.description and dag.owner == "jobhunt" for dag in dags.values())


def test_every_task_explains_itself(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        for task in dag.tasks:
            assert task.doc_md, task.task_id


def test_other_dags_may_wait_for_new_postings(dags: dict[str, Any]) -> None:
    (asset,) = dags["ingest_jobs"].get_task("finish_run").outlets
    assert asset.name == "jobhunt_postings"


def test_the_modules_of_the_pipeline_are_the_tasks_of_the_dags(dags: dict[str, Any]) -> None:
    tasks = {task.task_id.rpartition(".")[2] for dag in dags.values() for task in dag.tasks}
    modules = {module.name for module in iter_modules(pipeline.__path__) if not module.ispkg}
    # ``stale_runs`` has no module, because its task is a sensor and not a step.
    assert modules == tasks - {"stale_runs"}


def test_ingest_jobs_is_the_graph_of_the_design(dags: dict[str, Any]) -> None:
    dag = dags["ingest_jobs"]
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "open_run": {"source_urls"},
        "source_urls": {"upsert_jobs"},
        "upsert_jobs": {"mark_expired"},
        "mark_expired": {"plan_batches"},
        # Airflow makes each task of a mapped group depend on the argument of the group, so
        # ``plan_batches`` has two successors.
        "plan_batches": {"ingest_batch.crawl_pages", "ingest_batch.extract_jobs"},
        "ingest_batch.crawl_pages": {"ingest_batch.extract_jobs"},
        "ingest_batch.extract_jobs": {"finish_run"},
        "finish_run": set(),
    }


def test_run_is_finished_whatever_became_of_the_tasks_before(dags: dict[str, Any]) -> None:
    finish = dags["ingest_jobs"].get_task("finish_run")
    assert finish.trigger_rule == "all_done"


def test_trigger_form_says_for_whom_and_asks_nothing_that_only_the_dispatcher_knows(
    dags: dict[str, Any],
) -> None:
    """Check that no field is required, because a sweep of the daily schedule has no user."""
    params = dags["ingest_jobs"].params
    first, *_, last = params
    assert (first, last) == ("user_id", "run_id")
    assert params.get_param("user_id").description.startswith("The user whose companies")
    assert params.get_param("run_id").description.endswith("Leave empty.")
    for name in params:
        param = params.get_param(name)
        assert "null" in param.schema["type"] or param.has_value, name


def test_mapped_tasks_are_named_after_what_they_do(dags: dict[str, Any]) -> None:
    dag = dags["ingest_jobs"]
    for name in ("source_urls", "ingest_batch.crawl_pages", "ingest_batch.extract_jobs"):
        assert dag.get_task(name).map_index_template == "{{ label }}"


def follow(engine: Engine, sites: Sites, *slugs: str, user: str = USER) -> None:
    with engine.begin() as connection:
        ensure_user(connection, user)
        for company in companies(sites.url):
            if company["slug"] in slugs:
                follow_company(connection, user, Company(**company))


@pytest.mark.usefixtures("connections")
def test_ingest_jobs_runs_from_its_form_and_every_task_logs_its_run(
    dags: dict[str, Any], engine: Engine, sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    # dag.test() of Airflow 3.3.2 fails if the DAG has a deadline, because only the scheduler
    # inserts the rows of deadlines.
    monkeypatch.setattr(dags["ingest_jobs"], "deadline", None)
    follow(engine, sites, "quillfern", "bracken-house")
    get_settings.cache_clear()
    with capture_logs(processors=[merge_contextvars]) as lines:
        dag_run = dags["ingest_jobs"].test(run_conf={"user_id": USER, "request_id": "request-7"})
    assert dag_run.state == "success"
    with engine.connect() as connection:
        run = connection.execute(text("SELECT * FROM ingestion_runs")).one()
        sweep = connection.execute(text("SELECT * FROM sweeps")).one()
        jobs = connection.execute(text("SELECT status, count(*) FROM run_jobs GROUP BY 1")).all()
    assert (run.status, run.trigger, run.user_id) == ("finished", "airflow", USER)
    assert run.dag_run_id == sweep.dag_run_id == dag_run.run_id
    assert (sweep.sweep_id, sweep.status) == (run.run_id, "done")
    assert [row.status for row in jobs] == ["ready"]

    steps = {task_id.rpartition(".")[2] for task_id in dags["ingest_jobs"].task_ids}
    # This task is skipped, because the crawl has already read all pages.
    steps.remove("extract_jobs")
    ends = [line for line in lines if line["event"] in steps and "seconds" in line]
    assert {line["event"] for line in ends} == steps
    for line in ends:
        assert (line["request_id"], line["dag_run_id"]) == ("request-7", run.dag_run_id), line
        assert (line["run_id"], line["attempt"]) == (run.run_id, 1), line
    checks = [each for line in ends if line["event"] == "source_urls" for each in line["checks"]]
    assert sorted(checks) == sorted(run.check_ids)
    outcomes = [line["outcomes"] for line in ends if line["event"] == "crawl_pages"]
    assert sum(map(Counter[str], outcomes), Counter()) == {"ready": run.counts["total"]}


def states(dag_run: Any, task: str) -> list[str]:
    return [each.state for each in dag_run.get_task_instances() if each.task_id == task]


@pytest.mark.usefixtures("connections")
def test_later_dag_runs_adopt_every_check_or_read_stored_pages_in_a_task_of_their_own(
    dags: dict[str, Any], engine: Engine, sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    dag = dags["ingest_jobs"]
    monkeypatch.setattr(dag, "deadline", None)
    follow(engine, sites, "quillfern")
    get_settings.cache_clear()
    # All parameters are given, because dag.test() uses the conf of an earlier test as defaults.
    conf = {"user_id": USER, "companies": None, "force": False, "reextract": False}
    first = dag.test(run_conf=conf)
    assert first.state == "success"
    assert states(first, "ingest_batch.crawl_pages") == ["success"]
    assert states(first, "ingest_batch.extract_jobs") == ["skipped"]

    request_count = sum(sites.world.requests.values())
    adopting = dag.test(run_conf=conf)
    assert adopting.state == "success"
    assert sum(sites.world.requests.values()) == request_count
    with engine.connect() as connection:
        runs = connection.execute(text("SELECT * FROM ingestion_runs ORDER BY run_id")).all()
        sweeps = connection.scalar(text("SELECT count(*) FROM sweeps"))
    assert [(run.status, run.check_ids) for run in runs] == [
        ("finished", runs[0].check_ids),
        ("finished", runs[0].check_ids),
    ]
    assert (runs[1].dag_run_id, sweeps) == (adopting.run_id, 1)

    again = dag.test(run_conf=conf | {"reextract": True})
    assert again.state == "success"
    assert states(again, "ingest_batch.extract_jobs") == ["success"]
    with engine.connect() as connection:
        query = "SELECT CAST(counts ->> 'total' AS int) FROM ingestion_runs ORDER BY run_id"
        read, _, read_again = connection.scalars(text(query))
    assert read == read_again > 0


@pytest.mark.usefixtures("connections")
def test_ingest_jobs_says_what_is_missing_where_its_form_names_no_user(
    dags: dict[str, Any], engine: Engine
) -> None:
    get_settings.cache_clear()
    dag_run = dags["ingest_jobs"].test(run_conf={"user_id": None})
    assert dag_run.state == "failed"
    failed = [each.task_id for each in dag_run.get_task_instances() if each.state == "failed"]
    assert sorted(failed) == ["finish_run", "open_run"]
    with pytest.raises(JobhuntError, match="name the user"):
        open_run(engine, dag_run_id=dag_run.run_id, fresh_for=timedelta(0))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM ingestion_runs")) == 0


@pytest.mark.usefixtures("connections")
def test_ingest_jobs_fails_where_there_is_nothing_to_ingest(
    dags: dict[str, Any], engine: Engine
) -> None:
    get_settings.cache_clear()
    dag_run = dags["ingest_jobs"].test(run_conf={"user_id": "nobody"})
    assert dag_run.state == "failed"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM ingestion_runs")) == 0


@pytest.mark.usefixtures("connections")
def test_ingest_daily_opens_a_run_for_every_user_and_one_sweep_for_all_their_boards(
    dags: dict[str, Any], engine: Engine, sites: Sites
) -> None:
    get_settings.cache_clear()
    follow(engine, sites, "quillfern")
    follow(engine, sites, "quillfern", "bracken-house", user="bob")
    with engine.begin() as connection:
        ensure_user(connection, "idle")
    dag_run = dags["ingest_daily"].test()
    assert dag_run.state == "success"
    with engine.connect() as connection:
        runs = connection.execute(text("SELECT user_id, trigger, status FROM ingestion_runs")).all()
        intent = connection.execute(
            text("SELECT sweep_id, trigger, conf, done_at FROM outbox JOIN sweeps USING (sweep_id)")
        ).one()
        checks = connection.scalars(text("SELECT sweep_id FROM checks")).all()
    assert sorted(map(tuple, runs)) == [
        (USER, "schedule", "pending"),
        ("bob", "schedule", "pending"),
    ]
    assert tuple(intent)[1:] == ("schedule", {"run_id": intent.sweep_id}, None)
    assert checks == [intent.sweep_id, intent.sweep_id]


@pytest.mark.usefixtures("connections")
def test_sweep_of_the_schedule_is_carried_out_for_everyone_who_follows_its_boards(
    dags: dict[str, Any], engine: Engine, sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dags["ingest_jobs"], "deadline", None)
    get_settings.cache_clear()
    users = (USER, "bob")
    for user in users:
        follow(engine, sites, "quillfern", user=user)
    assert dags["ingest_daily"].test().state == "success"
    with engine.begin() as connection:
        (intent,) = due_intents(connection, 10)
        # The sweep and its tasks get this id, because dag.test() chooses the id of the DAG run
        # itself.
        name = text("UPDATE sweeps SET dag_run_id = :name")
        connection.execute(name, {"name": "scheduled__sweep"})
    monkeypatch.setattr("plugins.steps._dag_run_id", lambda: "scheduled__sweep")
    dag_run = dags["ingest_jobs"].test(run_conf=dict(intent.conf))
    assert dag_run.state == "success"
    with engine.connect() as connection:
        runs = connection.execute(text("SELECT user_id, status, counts FROM ingestion_runs")).all()
    assert {(run.user_id, run.status) for run in runs} == {(user, "finished") for user in users}
    first, second = (run.counts for run in runs)
    assert first == second
    assert first["ready"] == first["added"] > 0


def test_every_task_but_the_crawl_has_a_time_limit_and_is_retried_with_growing_pauses(
    dags: dict[str, Any],
) -> None:
    for task in (task for dag in dags.values() for task in dag.tasks):
        is_crawl = task.task_id == "ingest_batch.crawl_pages"
        assert (task.execution_timeout is None) is is_crawl
        assert task.retries >= 2
        assert task.retry_exponential_backoff


def test_a_sweep_leaves_a_task_slot_to_the_detector(
    dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from plugins.task_slots import tasks_at_once

    assert dags["ingest_jobs"].max_active_tasks == tasks_at_once() == 16
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "8")
    assert tasks_at_once() == 7


def test_detector_runs_every_five_minutes_one_at_a_time(dags: dict[str, Any]) -> None:
    dag = dags["detect_stale_runs"]
    assert dag.schedule == "*/5 * * * *"
    assert (dag.max_active_runs, dag.catchup, dag.start_date) == (1, False, None)
    sensor = dag.get_task("stale_runs")
    assert (sensor.mode, sensor.soft_fail) == ("reschedule", True)
    assert sensor.timeout < 300
    assert sensor.downstream_task_ids == {"recover_run"}


def test_ingest_jobs_has_its_two_deadlines(dags: dict[str, Any]) -> None:
    assert [alert.name for alert in dags["ingest_jobs"].deadline] == ["deadline", "usual_runtime"]


@pytest.mark.usefixtures("connections")
def test_detector_recovers_a_stale_sweep(dags: dict[str, Any], engine: Engine) -> None:
    get_settings.cache_clear()
    runs = MadeUpRuns(engine=engine)
    sweep_id = runs.ingesting().sweep_id
    runs.silence(sweep_id)
    assert dags["detect_stale_runs"].test().state == "success"
    row = runs.sweep(sweep_id)
    assert (row.status, row.attempt, row.recoveries) == ("active", 2, 1)
    assert runs.run(sweep_id).status == "ingesting"
    [intent] = runs.rows("SELECT attempt, done_at FROM outbox WHERE attempt = 2")
    assert intent.done_at is None


@pytest.mark.usefixtures("connections")
async def test_missed_deadline_is_recorded_and_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, webhook_url: str, heard: list[Any]
) -> None:
    from plugins.deadlines import note_sla_miss

    monkeypatch.setenv("JOBHUNT_NOTIFIER", webhook_url)
    get_settings.cache_clear()
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting()
    context = {
        "dag_run": {"dag_run_id": sweep.dag_run_id},
        "deadline": {"id": "1", "deadline_time": datetime.now(UTC) - timedelta(seconds=1)},
    }
    for _ in range(2):
        await note_sla_miss("deadline", context)
    get_settings.cache_clear()
    (miss,) = runs.rows("SELECT * FROM sla_misses")
    assert (miss.sweep_id, miss.attempt, miss.run_status) == (sweep.sweep_id, 1, "ingesting")
    [told] = heard
    assert (told["run_id"], told["deadline"], told["status"]) == (1, "deadline", "active")
    assert "past its deadline" in told["text"]


def test_notifier_is_found_by_its_import_path(airflow_home: object) -> None:
    from plugins.notifiers import WebhookNotifier, find_notifier

    assert find_notifier("") is None
    assert isinstance(find_notifier("https://hooks.example/x"), WebhookNotifier)
    with pytest.raises(SettingError, match="JOBHUNT_NOTIFIER"):
        find_notifier("no.such.notifier")
