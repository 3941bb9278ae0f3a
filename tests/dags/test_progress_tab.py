"""Tests of the tab on Airflow's DAG runs: the page and the token that it gives to each caller."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import jwt
import pytest
from pydantic import TypeAdapter
from sqlalchemy import Engine
from starlette.responses import Response

from include.core.runs.run_state import SweepStatus
from include.pipeline.finish_run import finish_run
from include.pipeline.open_run import RunForm, open_run
from include.pipeline.start_daily_runs import start_daily_runs
from include.settings import get_settings
from tests.made_up_runs import USER, MadeUpRuns

pytestmark = [
    pytest.mark.dags,
    pytest.mark.xdist_group("dags"),
    # Deprecation warnings do not fail these tests, because Airflow's own code causes them.
    pytest.mark.filterwarnings("default"),
]
SECRET = "a secret of more than thirty-two bytes"
Opened = Callable[..., Response]


@pytest.fixture
def runs(engine: Engine) -> MadeUpRuns:
    return MadeUpRuns(engine=engine)


@pytest.fixture
def opened(airflow_home: object, connections: None, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Return a function that opens the tab of a DAG run, and returns its response.

    The function first applies its ``settings``.
    """

    def open_tab(dag_run_id: str, dag_id: str = "ingest_jobs", **settings: str) -> Response:
        from plugins.progress_tab import redirect_to_page

        for name, value in settings.items():
            monkeypatch.setenv(f"JOBHUNT_{name}", value)
        get_settings.cache_clear()
        try:
            return redirect_to_page(dag_id, dag_run_id, viewer="operator")
        finally:
            get_settings.cache_clear()

    return open_tab


def claims(answer: Response) -> dict[str, object]:
    fragment = urlsplit(answer.headers["location"]).fragment
    return jwt.decode(
        fragment.removeprefix("token="), SECRET, algorithms=["HS256"], audience="jobhunt"
    )


def test_it_leads_to_the_run_with_a_token_for_that_run_alone(
    runs: MadeUpRuns, opened: Opened
) -> None:
    run_id = runs.ingesting().sweep_id
    answer = opened(f"ingest__{run_id}__1", PUBLIC_URL="https://jobs.example/", JWT_SECRET=SECRET)
    location = urlsplit(answer.headers["location"])
    assert answer.status_code == 307
    assert (location.scheme, location.netloc) == ("https", "jobs.example")
    assert location.path == f"/runs/{run_id}"
    assert not location.query
    assert answer.headers["cache-control"] == "no-store"
    token = claims(answer)
    assert (token["sub"], token["only_run"]) == (USER, run_id)
    issued, expires = (TypeAdapter(int).validate_python(token[name]) for name in ("iat", "exp"))
    assert expires - issued == 3600


def test_the_dag_run_of_a_lost_attempt_leads_to_its_run_too(
    runs: MadeUpRuns, opened: Opened
) -> None:
    run_id = runs.ingesting().sweep_id
    lost = f"ingest__{run_id}__1"
    runs.silence(run_id)
    runs.recover(run_id)
    assert runs.sweep(run_id).dag_run_id != lost
    answer = opened(lost, PUBLIC_URL="https://jobs.example", JWT_SECRET=SECRET)
    assert urlsplit(answer.headers["location"]).path == f"/runs/{run_id}"


def test_where_tokens_are_signed_elsewhere_it_leads_to_the_page_alone(
    runs: MadeUpRuns, opened: Opened
) -> None:
    run_id = runs.ingesting().sweep_id
    answer = opened(
        f"ingest__{run_id}__1",
        PUBLIC_URL="https://jobs.example",
        JWT_SECRET=SECRET,
        JWT_JWKS="https://login.example/keys",
    )
    assert answer.headers["location"] == f"https://jobs.example/runs/{run_id}"


def test_a_dag_run_that_had_nothing_to_do_leads_to_the_run_that_it_started(
    runs: MadeUpRuns, opened: Opened
) -> None:
    """Start a run whose boards were all checked shortly before, so its DAG run does nothing."""
    earlier = runs.ingesting(jobs=1)
    runs.execute("UPDATE jobs SET status = 'ready', content_version = 1, settled_at = now()")
    assert finish_run(runs.engine, earlier.dag_run_id) is SweepStatus.DONE
    open_run(
        runs.engine,
        dag_run_id="manual__1",
        form=RunForm(user_id=USER),
        fresh_for=timedelta(hours=1),
    )
    (run,) = runs.rows("SELECT run_id FROM ingestion_runs WHERE dag_run_id = 'manual__1'")
    answer = opened("manual__1", PUBLIC_URL="https://jobs.example", JWT_SECRET=SECRET)
    assert urlsplit(answer.headers["location"]).path == f"/runs/{run.run_id}"
    assert claims(answer)["only_run"] == run.run_id


def test_a_sweep_of_the_schedule_shows_nobodys_run(runs: MadeUpRuns, opened: Opened) -> None:
    """Open the tab of a sweep that works for all followers, so no single run belongs to it."""
    runs.follow("acme")
    start_daily_runs(runs.engine, fresh_for=timedelta(0), sweep_boards=10)
    (sweep,) = runs.rows("SELECT dag_run_id FROM sweeps")
    answer = opened(sweep.dag_run_id, PUBLIC_URL="https://jobs.example", JWT_SECRET=SECRET)
    assert "location" not in answer.headers
    assert "for everyone" in bytes(answer.body).decode()


@pytest.mark.parametrize(
    ("dag_id", "dag_run_id", "settings", "words"),
    [
        ("ingest_daily", "ingest__1__1", {"PUBLIC_URL": "https://jobs.example"}, "ingest_jobs"),
        ("ingest_jobs", "manual__1", {"PUBLIC_URL": "https://jobs.example"}, "no ingestion run"),
        ("ingest_jobs", "ingest__1__1", {}, "JOBHUNT_PUBLIC_URL"),
    ],
)
def test_without_a_page_the_tab_states_the_reason(
    runs: MadeUpRuns,
    opened: Opened,
    dag_id: str,
    dag_run_id: str,
    settings: dict[str, str],
    words: str,
) -> None:
    runs.ingesting()
    answer = opened(dag_run_id, dag_id, JWT_SECRET=SECRET, **settings)
    assert "location" not in answer.headers
    assert words in bytes(answer.body).decode()


def test_airflow_knows_the_tab(airflow_home: object) -> None:
    from airflow.plugins_manager import get_fastapi_plugins, get_plugin_info

    (tab,) = (plugin for plugin in get_plugin_info() if plugin["name"] == "jobhunt_progress_tab")
    (view,) = tab["external_views"]
    assert view["destination"] == "dag_run"
    prefixes = {app["url_prefix"].strip("/") for app in get_fastapi_plugins()[0]}
    assert view["href"].split("/")[0] in prefixes
