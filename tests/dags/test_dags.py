"""The DAG files as Airflow reads and runs them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from include.core.models import Company
from include.db.companies import put_company
from include.db.users import ensure_user
from include.errors import SettingError
from include.settings import get_settings
from local.career_sites import companies
from tests.made_up_runs import MadeUpRuns
from tests.sites import Sites

pytestmark = [
    pytest.mark.dags,
    pytest.mark.xdist_group("dags"),
    # dag.test() imports it, and there is no httpx2 to obey with
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


def test_ingest_jobs_is_the_graph_of_the_design(dags: dict[str, Any]) -> None:
    dag = dags["ingest_jobs"]
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "open_run": {"source_urls"},
        "source_urls": {"upsert_jobs"},
        "upsert_jobs": {"mark_expired"},
        "mark_expired": {"plan_batches"},
        # Airflow ties the mapped argument to every task of the group
        "plan_batches": {"ingest_batch.crawl_pages", "ingest_batch.extract_jobs"},
        "ingest_batch.crawl_pages": {"ingest_batch.extract_jobs"},
        "ingest_batch.extract_jobs": {"finish_run"},
        "finish_run": set(),
    }


def test_run_is_finished_whatever_became_of_the_tasks_before(dags: dict[str, Any]) -> None:
    finish = dags["ingest_jobs"].get_task("finish_run")
    assert finish.trigger_rule == "all_done"


def test_trigger_form_asks_for_a_user_and_nothing_else(dags: dict[str, Any]) -> None:
    params = dags["ingest_jobs"].params
    required = [
        name
        for name in params
        if not (param := params.get_param(name)).has_value and "null" not in param.schema["type"]
    ]
    assert required == ["user_id"]


def test_mapped_tasks_are_named_after_what_they_do(dags: dict[str, Any]) -> None:
    dag = dags["ingest_jobs"]
    for name in ("source_urls", "ingest_batch.crawl_pages", "ingest_batch.extract_jobs"):
        assert dag.get_task(name).map_index_template == "{{ label }}"


def follow(engine: Engine, sites: Sites, *slugs: str) -> None:
    with engine.begin() as connection:
        ensure_user(connection, USER)
        for company in companies(sites.url):
            if company["slug"] in slugs:
                put_company(connection, USER, Company(**company))


@pytest.mark.usefixtures("connections")
def test_ingest_jobs_runs_from_its_form(
    dags: dict[str, Any], engine: Engine, sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    # dag.test() of Airflow 3.3.2 trips over deadlines, which only the scheduler has made rows of
    monkeypatch.setattr(dags["ingest_jobs"], "deadline", None)
    follow(engine, sites, "quillfern", "bracken-house")
    get_settings.cache_clear()
    dag_run = dags["ingest_jobs"].test(run_conf={"user_id": USER})
    assert dag_run.state == "success"
    with engine.connect() as connection:
        run = connection.execute(text("SELECT * FROM ingestion_runs")).one()
        jobs = connection.execute(text("SELECT status, count(*) FROM run_jobs GROUP BY 1")).all()
    assert (run.status, run.trigger, run.user_id) == ("finished", "airflow", USER)
    assert run.dag_run_id == dag_run.run_id
    assert [row.status for row in jobs] == ["ready"]


@pytest.mark.usefixtures("connections")
def test_every_task_logs_whose_request_and_which_run_it_works_for(
    dags: dict[str, Any], engine: Engine, sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dags["ingest_jobs"], "deadline", None)
    follow(engine, sites, "quillfern")
    get_settings.cache_clear()
    with capture_logs(processors=[merge_contextvars]) as lines:
        dags["ingest_jobs"].test(run_conf={"user_id": USER, "request_id": "request-7"})
    with engine.connect() as connection:
        run = connection.execute(text("SELECT * FROM ingestion_runs")).one()
    steps = {task_id.rpartition(".")[2] for task_id in dags["ingest_jobs"].task_ids}
    steps.remove("extract_jobs")  # the crawl has left it nothing
    ends = {line["event"]: line for line in lines if line["event"] in steps and "seconds" in line}
    assert ends.keys() == steps
    for name, line in ends.items():
        assert (line["request_id"], line["dag_run_id"]) == ("request-7", run.dag_run_id), name
        assert (line["run_id"], line["attempt"]) == (run.run_id, 1), name
    assert ends["source_urls"]["companies"] == ["quillfern"]
    assert ends["crawl_pages"]["outcomes"] == {"ready": run.counts["total"]}


def states(dag_run: Any, task: str) -> list[str]:
    return [each.state for each in dag_run.get_task_instances() if each.task_id == task]


@pytest.mark.usefixtures("connections")
def test_pages_are_read_in_a_task_of_their_own_only_where_the_crawl_has_left_some(
    dags: dict[str, Any], engine: Engine, sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    dag = dags["ingest_jobs"]
    monkeypatch.setattr(dag, "deadline", None)
    follow(engine, sites, "quillfern")
    get_settings.cache_clear()
    first = dag.test(run_conf={"user_id": USER})
    assert states(first, "ingest_batch.crawl_pages") == ["success"]
    assert states(first, "ingest_batch.extract_jobs") == ["skipped"]
    again = dag.test(run_conf={"user_id": USER, "reextract": True})
    assert states(again, "ingest_batch.extract_jobs") == ["success"]
    assert {first.state, again.state} == {"success"}
    with engine.connect() as connection:
        query = "SELECT count(*) FROM run_jobs GROUP BY run_id"
        read, read_again = connection.scalars(text(query))
    assert read == read_again > 0


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
def test_ingest_daily_leaves_an_intent_for_every_user(
    dags: dict[str, Any], engine: Engine, sites: Sites
) -> None:
    follow(engine, sites, "quillfern")
    with engine.begin() as connection:
        ensure_user(connection, "idle")
    dag_run = dags["ingest_daily"].test()
    assert dag_run.state == "success"
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT user_id, trigger, done_at FROM outbox JOIN ingestion_runs USING (run_id)")
        ).one()
    assert tuple(row) == (USER, "schedule", None)


def test_every_task_ends_in_time_and_is_tried_again_with_growing_pauses(
    dags: dict[str, Any],
) -> None:
    for task in (task for dag in dags.values() for task in dag.tasks):
        assert task.execution_timeout is not None
        assert task.retries >= 2
        assert task.retry_exponential_backoff


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
def test_detector_recovers_a_stale_run(dags: dict[str, Any], engine: Engine) -> None:
    get_settings.cache_clear()
    runs = MadeUpRuns(engine=engine)
    run = runs.ingesting()
    runs.silence(run.run_id)
    assert dags["detect_stale_runs"].test().state == "success"
    row = runs.run(run.run_id)
    assert (row.status, row.attempt, row.recoveries) == ("ingesting", 2, 1)
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
    run = runs.ingesting()
    context = {
        "dag_run": {"dag_run_id": run.dag_run_id},
        "deadline": {"id": "1", "deadline_time": datetime.now(UTC) - timedelta(seconds=1)},
    }
    for _ in range(2):
        await note_sla_miss("deadline", context)
    get_settings.cache_clear()
    assert len(runs.rows("SELECT * FROM sla_misses")) == 1
    [told] = heard
    assert (told["run_id"], told["deadline"], told["status"]) == (1, "deadline", "ingesting")
    assert "past its deadline" in told["text"]


def test_notifier_is_found_by_its_import_path(airflow_home: object) -> None:
    from plugins.notifiers import WebhookNotifier, find_notifier

    assert find_notifier("") is None
    assert isinstance(find_notifier("https://hooks.example/x"), WebhookNotifier)
    with pytest.raises(SettingError, match="JOBHUNT_NOTIFIER"):
        find_notifier("no.such.notifier")
