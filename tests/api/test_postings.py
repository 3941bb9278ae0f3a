"""Postings over HTTP: searched, read with their history, and their raw pages."""

from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, insert, update

from include.core.models import JobPosting, Page
from include.core.records import EXTRACTOR_VERSION, posting_to_json
from include.db.tables import job_versions, jobs
from include.errors import StorageError
from include.raw_pages import RawPages, S3Location, prepare_bucket
from include.settings import Settings
from local.s3 import S3Server
from tests.api.conftest import RunningApi, run_api
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


def extract(engine: Engine, external_id: str, **fields: object) -> int:
    """As the pipeline leaves a posting it has read; its job's id."""
    record = posting_to_json(JobPosting(title=f"Title of {external_id}")) | fields
    with engine.begin() as connection:
        return connection.scalar(
            update(jobs)
            .where(jobs.c.external_id == external_id)
            .values(
                posting=record,
                posting_current=True,
                title=record["title"],
                status="ready",
                simhash=-2,
                feature_version=1,
                extractor_version=EXTRACTOR_VERSION,
            )
            .returning(jobs.c.job_id)
        )


async def found(http: httpx.AsyncClient, **query: object) -> list[str]:
    answer = await http.get("/jobs", params=query)
    assert answer.status_code == 200, answer.text
    return [job["external_id"] for job in answer.json()["items"]]


async def test_postings_are_found_by_words_of_title_company_place_and_text(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    world.ingesting_run("ada", "1", "2", "3")
    extract(engine, "1", title="Senior IT nurses", description_text="Night shifts in a clinic")
    extract(engine, "2", title="Cook", description_text="We nurse sauces. Free lunch.")
    with engine.begin() as connection:
        third = jobs.c.external_id == "3"
        connection.execute(update(jobs).where(third).values(location="Zürich"))
    assert await found(http, q="nurse") == ["2", "1"]
    assert await found(http, q="nursing -sauces") == ["1"]
    assert await found(http, q="it") == ["1"]
    assert await found(http, q='"night shift"') == ["1"]
    assert await found(http, q="cook or zürich") == ["3", "2"]
    assert await found(http, q="acme") == ["3", "2", "1"]
    assert await found(http, q="dentist") == []


async def test_a_description_larger_than_an_index_holds_is_kept_all_the_same(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    world.ingesting_run("ada", "1")
    extract(engine, "1", description_text=" ".join(f"word{i}" for i in range(300_000)))
    assert await found(http, q="word7") == ["1"]


async def test_postings_are_filtered(http: httpx.AsyncClient, world: World, engine: Engine) -> None:
    world.follow("ada", "acme", "bolt")
    run_id = world.run("ada", "acme", "bolt")
    world.initialize(run_id)
    world.list_jobs(run_id, "1", "2")
    world.list_jobs(run_id, "3", company="bolt")
    extract(engine, "1", workplace="remote")
    extract(engine, "2", workplace="onsite")
    assert await found(http, company="bolt") == ["3"]
    assert await found(http, status="ready") == ["2", "1"]
    assert await found(http, workplace="remote") == ["1"]
    assert await found(http, workplace="remote", company="bolt") == []
    for query in ({"status": "lost"}, {"workplace": "moon"}, {"q": ""}, {"cursor": "-1"}):
        assert problem(await http.get("/jobs", params=query)) == (422, "invalid_request")


async def test_pages_of_postings_neither_repeat_nor_skip_under_inserts(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.run("ada")
    world.initialize(run_id)
    world.list_jobs(run_id, *map(str, range(7)))
    seen: list[str] = []
    cursor: str | None = None
    for page in range(10):
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        answer = (await http.get("/jobs", params=query)).json()
        seen += [job["external_id"] for job in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
        world.list_jobs(run_id, f"new {page}")
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


async def test_a_posting_shows_its_record_and_history(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
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
    with engine.begin() as connection:
        changes = {"company": ["Acme", "Acme Corporation"]}
        connection.execute(
            insert(job_versions).values(job_id=job_id, run_id=run_id, changes=changes)
        )
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


async def test_a_posting_not_yet_read_has_an_empty_record(
    http: httpx.AsyncClient, world: World
) -> None:
    world.ingesting_run("ada", "1")
    (listed,) = (await http.get("/jobs")).json()["items"]
    job = (await http.get(f"/jobs/{listed['job_id']}")).json()
    assert job.items() >= listed.items()
    assert (job["extracted"], job["description_text"], job["versions"]) == (False, "", [])


@pytest.fixture(scope="session")
def bucket(s3: S3Server) -> S3Location:
    location = S3Location(
        bucket=s3.bucket,
        endpoint=s3.endpoint,
        region=s3.region,
        access_key=s3.access_key,
        secret_key=s3.secret_key,
    )
    prepare_bucket(location)
    return location


async def test_a_raw_page_is_an_attachment_and_no_page_of_ours(
    engine: Engine, settings: Settings, world: World, bucket: S3Location
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    page = Page(url="https://example.test/1", body=b"<script>alert(1)</script>")
    key = await RawPages(bucket).put(run_id, 1, page)
    with engine.begin() as connection:
        for external_id, raw_key in (("1", key), ("2", "raw/0/0.html")):
            row = jobs.c.external_id == external_id
            connection.execute(update(jobs).where(row).values(raw_key=raw_key))
    told = settings.model_copy(
        update={
            "s3_endpoint": bucket.endpoint,
            "s3_bucket": bucket.bucket,
            "s3_access_key": bucket.access_key,
            "s3_secret_key": SecretStr(bucket.secret_key or ""),
            "s3_region": bucket.region,
        }
    )
    async with run_api(told) as api, api.client() as http, api.client("bob") as bob:
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
    world.ingesting_run("ada", "1")
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


async def test_jobs_that_filters_leave_out_are_shown_when_asked_for(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    world.ingesting_run("ada", "1", "2")
    with engine.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.external_id == "1").values(wanted=False))
    assert await found(http) == ["2"]
    assert await found(http, filtered=True) == ["2", "1"]
