"""Tests of postings over HTTP: of searching and reading them, their history and their raw pages."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, func, update

from include.core.fields.records import EXTRACTOR_VERSION, posting_to_json
from include.core.models import JobPosting, Page
from include.core.runs.run_state import RunStatus
from include.db.catalogue.posting_index import index_postings
from include.db.tables import jobs
from include.errors import StorageError
from include.raw_pages import RawPages, S3Location, prepare_bucket
from include.settings import Settings
from local.s3 import S3Server
from tests.api.conftest import RunningApi, run_api
from tests.api.test_changes import changed
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


def extract(
    engine: Engine, external_id: str, *, location: str | None = None, **fields: object
) -> int:
    """Insert a posting as if the pipeline had read it, and return the id of its job."""
    record = posting_to_json(JobPosting(title=f"Title of {external_id}")) | fields
    with engine.begin() as connection:
        job_id = connection.execute(
            update(jobs)
            .where(jobs.c.external_id == external_id)
            .values(
                posting=record,
                posting_current=True,
                title=record["title"],
                location=location,
                status="ready",
                simhash=-2,
                feature_version=1,
                extractor_version=EXTRACTOR_VERSION,
                content_version=jobs.c.content_version + 1,
                settled_at=func.now(),
            )
            .returning(jobs.c.job_id)
        ).scalar_one()
        index_postings(connection, [job_id])
    return job_id


async def found(http: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await http.get("/jobs", params=query)
    assert answer.status_code == 200, answer.text
    return [job["external_id"] for job in answer.json()["items"]]


async def test_postings_are_found_by_words_of_title_company_place_and_text(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    extract(engine, "1", title="Senior IT nurses", description_text="Night shifts in a clinic")
    extract(engine, "2", title="Cook", description_text="We nurse sauces. Free lunch.")
    extract(engine, "3", location="Zürich")
    world.end(run_id)
    assert await found(http, q="nurse") == ["1", "2"], "first those with the word in the title"
    assert await found(http, q="nursing -sauces") == ["1"]
    assert await found(http, q="it") == ["1"]
    assert await found(http, q='"night shift"') == ["1"]
    assert await found(http, q="cook or zürich") == ["3", "2"]
    assert await found(http, q="acme") == ["3", "2", "1"]
    assert await found(http, q="dentist") == []


async def test_the_name_that_a_user_gave_a_company_finds_its_postings_for_that_user_alone(
    api: RunningApi, world: World, engine: Engine
) -> None:
    board = {"source": "greenhouse", "config": {"board": "acme"}}
    async with api.client("ada") as ada, api.client("bob") as bob:
        for user, slug in ((ada, "dream-job"), (bob, "rival")):
            assert (await user.put(f"/companies/{slug}", json=board)).status_code == 200
        run_id = (await ada.post("/start")).json()["run_id"]
        await bob.post("/start")
        world.initialize(run_id)
        world.list_jobs(run_id, "1", company="dream-job")
        world.ingest(run_id)
        extract(engine, "1")
        world.end(run_id)
        assert await found(ada, q="dream-job") == await found(bob, q="rival") == ["1"]
        assert await found(ada, q="rival") == await found(bob, q="dream-job") == []


async def test_a_description_larger_than_an_index_holds_is_kept_all_the_same(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1")
    text = " ".join(f"word{i}" for i in range(300_000))
    job_id = extract(engine, "1", description_text=text)
    world.end(run_id)
    assert await found(http, q="word7") == ["1"]
    assert (await http.get(f"/jobs/{job_id}")).json()["description_text"] == text


async def test_postings_are_filtered(http: httpx.AsyncClient, world: World, engine: Engine) -> None:
    run_id = world.run("ada", "acme", "bolt")
    world.initialize(run_id)
    world.list_jobs(run_id, "1", "2")
    world.list_jobs(run_id, "3", company="bolt")
    world.ingest(run_id)
    extract(engine, "1", workplace="remote")
    extract(engine, "2", workplace="onsite")
    world.flush(run_id, {"3": "failed"})
    world.end(run_id)
    assert await found(http, company="bolt") == ["3"]
    assert await found(http, status="ready") == ["2", "1"]
    assert await found(http, status="failed") == ["3"]
    assert await found(http, workplace="remote") == ["1"]
    assert await found(http, workplace="remote", company="bolt") == []
    for query in ({"status": "lost"}, {"workplace": "moon"}, {"q": ""}, {"cursor": "-1"}):
        assert problem(await http.get("/jobs", params=query)) == (422, "invalid_request")


def ended_run(world: World, *external_ids: str, user: str = "ada") -> int:
    """Carry out a run that reads all these jobs."""
    run_id = world.ingesting_run(user, *external_ids)
    world.flush_all(run_id, "ready")
    world.end(run_id)
    return run_id


async def test_pages_of_postings_neither_repeat_nor_skip_under_inserts(
    http: httpx.AsyncClient, world: World
) -> None:
    ended_run(world, *map(str, range(7)))
    seen: list[str] = []
    cursor: str | None = None
    for page in range(10):
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        answer = (await http.get("/jobs", params=query)).json()
        seen += [job["external_id"] for job in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
        ended_run(world, f"new {page}")
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


async def test_a_posting_shows_its_record_and_history(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    ended_run(world, "1")
    run_id = world.ingesting_run("ada", "1")
    job_id = extract(
        engine,
        "1",
        company="Acme Corporation",
        updated_at="2026-03-01T00:00:00Z",
        salary={"raw": "€ 50k", "min": 50000, "max": None, "currency": "EUR", "period": "YEAR"}
        | {"from": "jsonld"},
        locations=[{"raw": "Bern", "city": "Bern", "region": None, "country": "CH"}],
        provenance={"title": "api", "company": "text"},
    )
    changed(engine, run_id, "1", company=["Acme", "Acme Corporation"])
    world.end(run_id)
    job = (await http.get(f"/jobs/{job_id}")).json()
    assert (job["company"], job["employer"]) == ("acme", "Acme Corporation")
    assert job["updated_at"] != job["source_updated_at"] == "2026-03-01T00:00:00Z"
    assert job["salary"]["from"] == "jsonld"
    assert job["locations"][0]["country"] == "CH"
    assert job["provenance"] == {"title": "api", "employer": "text"}
    assert job["simhash"] == "fffffffffffffffe"
    assert (job["source"], job["tenant"], job["extracted"]) == ("greenhouse", "acme", True)
    (version,) = job["versions"]
    assert version["changes"] == {"employer": ["Acme", "Acme Corporation"]}
    assert version["run_id"] == run_id


async def test_a_posting_says_when_its_board_was_checked_and_whether_it_still_is(
    http: httpx.AsyncClient, world: World
) -> None:
    ended_run(world, "1")
    (company,) = (await http.get("/companies")).json()["items"]
    (listed,) = (await http.get("/jobs")).json()["items"]
    path = f"/jobs/{listed['job_id']}"
    job = (await http.get(path)).json()
    assert (job["checked_at"], job["is_checked"]) == (company["checked_at"], True)
    assert job["checked_at"] is not None
    await http.delete("/companies/acme")
    job = (await http.get(path)).json()
    assert (job["checked_at"], job["is_checked"]) == (company["checked_at"], False)
    world.follow("bob")
    assert (await http.get(path)).json()["is_checked"]


async def test_the_run_that_a_version_names_is_the_users_own(
    api: RunningApi, world: World, engine: Engine
) -> None:
    """Check that a version names the user's own run, even if another run found the change."""
    ended_run(world, "1", user="ada")
    ended_run(world, "1", user="bob")
    found_by = world.ingesting_run("ada", "1")
    job_id = extract(engine, "1", title="Chef")
    changed(engine, found_by, "1", title=["Cook", "Chef"])
    world.end(found_by)

    async def versions(user: str) -> list[tuple[object, object]]:
        async with api.client(user) as http:
            shown = (await http.get(f"/jobs/{job_id}")).json()["versions"]
        return [(version["run_id"], version["changes"]["title"]) for version in shown]

    assert await versions("ada") == [(found_by, ["Cook", "Chef"])]
    assert await versions("bob") == [(None, ["Cook", "Chef"])], "bob was not told of it yet"
    async with api.client("bob") as bob:
        told_by = (await bob.post("/start")).json()["run_id"]
    assert await versions("bob") == [(told_by, ["Cook", "Chef"])]
    assert await versions("ada") == [(found_by, ["Cook", "Chef"])]
    async with api.client("eve") as eve:
        await eve.put("/companies/acme", json={"source": "greenhouse", "config": {"board": "acme"}})
        await eve.post("/start")
    assert await versions("eve") == [(None, ["Cook", "Chef"])], "it was so before eve came"


async def test_a_posting_not_yet_read_has_an_empty_record(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    world.flush(run_id, {"1": "failed"})
    world.end(run_id)
    (listed,) = (await http.get("/jobs")).json()["items"]
    job = (await http.get(f"/jobs/{listed['job_id']}")).json()
    assert listed.pop("last_change") is None
    assert job.items() >= {**listed, "locations": []}.items()
    assert (job["extracted"], job["description_text"], job["versions"]) == (False, "", [])


@pytest.fixture(scope="session")
def bucket(s3: S3Server) -> S3Location:
    location = s3.location
    prepare_bucket(location)
    return location


async def test_a_raw_page_is_an_attachment_and_no_page_of_ours(
    engine: Engine, settings: Settings, world: World, bucket: S3Location
) -> None:
    run_id = ended_run(world, "1", "2", "3")
    world.run("bob")  # so that bob follows the board, but has not been shown its postings yet
    page = Page(url="https://example.test/1", body=b"<script>alert(1)</script>")
    key = await RawPages(bucket).put(run_id, 1, page)
    with engine.begin() as connection:
        for external_id, raw_key in (("1", key), ("2", "raw/0/0.html")):
            row = jobs.c.external_id == external_id
            connection.execute(update(jobs).where(row).values(raw_key=raw_key))
    changed_settings = settings.model_copy(
        update={
            "s3_endpoint": bucket.endpoint,
            "s3_bucket": bucket.bucket,
            "s3_access_key": bucket.access_key,
            "s3_secret_key": SecretStr(bucket.secret_key or ""),
            "s3_region": bucket.region,
        }
    )
    async with run_api(changed_settings) as api, api.client() as http, api.client("bob") as bob:
        answer = await http.get("/jobs/1/page")
        assert answer.content == page.body
        assert answer.headers["content-type"] == "text/plain"
        assert answer.headers["content-disposition"] == 'attachment; filename="job-1.html"'
        assert answer.headers.get("x-content-type-options") == "nosniff"
        aged_out = await http.get("/jobs/2/page")
        assert problem(aged_out) == (404, "not_found")
        for other in (await http.get("/jobs/3/page"), await bob.get("/jobs/1/page")):
            assert other.json() == aged_out.json()


async def test_a_store_that_is_away_is_said_to_be(
    engine: Engine, api: RunningApi, world: World
) -> None:
    ended_run(world, "1")
    with engine.begin() as connection:
        connection.execute(update(jobs).values(raw_key="raw/1/1.html"))

    class Away:
        async def get(self, key: str, *, url: str) -> Page:
            raise StorageError("could not read")

    api.app.state.services = replace(api.app.state.services, raw_pages=Away())
    async with api.client() as http:
        answer = await http.get("/jobs/1/page")
    assert problem(answer) == (503, "storage_away")
    assert int(answer.headers["retry-after"]) > 0


async def test_jobs_that_filters_leave_out_by_now_are_shown_when_asked_for(
    http: httpx.AsyncClient, world: World
) -> None:
    ended_run(world, "1", "2")
    board = {"source": "greenhouse", "config": {"board": "acme"}}
    await http.put("/companies/acme", json=board | {"exclude_titles": ["Title of 1"]})
    assert (await http.post("/start")).status_code == 202
    assert await found(http) == ["2"]
    assert await found(http, filtered=True) == ["2", "1"]
    await http.put("/companies/acme", json=board)
    assert (await http.post("/start")).status_code == 202
    assert await found(http) == ["2", "1"]


async def test_a_job_of_the_user_s_active_run_can_be_read_before_it_is_settled(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1")
    (job,) = (await http.get(f"/runs/{run_id}/jobs")).json()["items"]
    detail = (await http.get(f"/jobs/{job['job_id']}")).json()
    assert (detail["company"], detail["status"]) == ("acme", "pending")
    world.end(run_id, RunStatus.ABORTED)
    assert (await http.get(f"/jobs/{job['job_id']}")).json()["status"] == "failed"
