"""Tests of the web page and its files as the API serves them to browsers."""

from pathlib import Path

import httpx
import pytest
from pydantic import HttpUrl
from sqlalchemy import Engine

from include.settings import Settings
from tests.api.conftest import run_api
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration

_AIRFLOW = HttpUrl("https://airflow.example/team/")
_ROUTES = (
    *("/", "/companies", "/start", "/runs/7", "/runs/7/jobs", "/runs/7/summary", "/history"),
    *("/jobs", "/tracked", "/jobs/7"),
)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a directory that has a build of the page, and a file that must not be served."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-5f3a.js").write_text("export {}")
    (tmp_path / "index.html").write_text("<!doctype html><title>the page</title>")
    (tmp_path / "secret.txt").write_text("not to be served")
    return tmp_path


@pytest.fixture
def with_page(settings: Settings, built: Path) -> Settings:
    return settings.model_copy(update={"web_dist": built})


async def test_each_route_of_the_page_is_the_page_under_a_strict_policy(
    engine: Engine, with_page: Settings
) -> None:
    async with run_api(with_page) as api, api.client() as http:
        for route in _ROUTES:
            page = await http.get(api.url + route)
            assert page.status_code == 200, route
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert "the page" in page.text
            assert page.headers["cache-control"] == "no-cache"
            policy = page.headers["content-security-policy"]
            assert "script-src 'self';" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert (await http.head(api.url + route)).status_code == 200


async def test_assets_are_kept_by_browsers_for_ever(engine: Engine, with_page: Settings) -> None:
    async with run_api(with_page) as api, api.client() as http:
        asset = await http.get(f"{api.url}/assets/index-5f3a.js")
        assert asset.status_code == 200
        assert asset.headers["content-type"].startswith("text/javascript")
        assert "immutable" in asset.headers["cache-control"]
        gone = await http.get(f"{api.url}/assets/index-0000.js")
    assert problem(gone) == (404, "not_found")
    assert "cache-control" not in gone.headers


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/runs",
        "/runs/abc",
        "/runs/7/other",
        "/secret.txt",
        "/assets/",
        "/assets/../secret.txt",
        "/assets/%2e%2e/secret.txt",
        "/assets/%00",
    ],
)
async def test_nothing_else_is_served(engine: Engine, with_page: Settings, path: str) -> None:
    async with run_api(with_page) as api, api.client() as http:
        answer = await http.get(httpx.URL(api.url).copy_with(raw_path=path.encode()))
    assert answer.status_code == 404
    assert "not to be served" not in answer.text


async def test_airflow_alone_may_frame_the_page(engine: Engine, with_page: Settings) -> None:
    changed_settings = with_page.model_copy(update={"airflow_public_url": _AIRFLOW})
    async with run_api(changed_settings) as api, api.client() as http:
        page = await http.get(f"{api.url}/runs/7")
        answer = await http.get("/history")
    assert page.headers["content-security-policy"].endswith(
        "frame-ancestors https://airflow.example:443"
    )
    assert "x-frame-options" not in page.headers
    assert answer.headers["x-frame-options"] == "DENY"


async def test_without_a_build_the_page_says_how_to_make_one(
    engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    unbuilt = settings.model_copy(update={"web_dist": tmp_path / "nothing"})
    async with run_api(unbuilt) as api, api.client() as http:
        answer = await http.get(f"{api.url}/")
        assert answer.status_code == 503
        assert "make web" in answer.text
        assert (await http.get(f"{api.url}/assets/index.js")).status_code == 404
        assert (await http.get(f"{api.url}/docs")).status_code == 200
        (tmp_path / "nothing").mkdir()
        (tmp_path / "nothing" / "index.html").write_text("built now")
        assert (await http.get(f"{api.url}/")).text == "built now"
        browser = {"Accept": "text/html,*/*"}
        for path in ("/nope", "/runs/abc"):
            missing = await http.get(api.url + path, headers=browser)
            assert (missing.status_code, missing.text) == (404, "built now")
            assert problem(await http.get(api.url + path)) == (404, "not_found")
        assert problem(await http.get("/nope", headers=browser)) == (404, "not_found")


async def test_a_run_says_where_it_is_in_airflow(
    engine: Engine, settings: Settings, world: World
) -> None:
    run_id = world.run("ada")
    changed_settings = settings.model_copy(update={"airflow_public_url": _AIRFLOW})
    async with run_api(settings) as api, api.client() as http:
        untold = (await http.get(f"/runs/{run_id}")).json()
    async with run_api(changed_settings) as api, api.client() as http:
        run = (await http.get(f"/runs/{run_id}")).json()
    assert untold["airflow_url"] is None
    assert run["dag_run_id"] == f"ingest__{run_id}__1"
    assert run["airflow_url"] == (
        f"https://airflow.example/team/dags/ingest_jobs/runs/ingest__{run_id}__1"
    )
