import re
from html import unescape

import pytest
from aiohttp.test_utils import TestClient

from local.career_sites import truth
from local.career_sites.employers import employers_of

SEED = 7

GREENHOUSE_JOB = {
    "absolute_url",
    "data_compliance",
    "internal_job_id",
    "location",
    "metadata",
    "id",
    "updated_at",
    "requisition_id",
    "title",
    "company_name",
    "first_published",
    "language",
    "application_deadline",
}
GREENHOUSE_CONTENT = {"content", "departments", "offices"}
GREENHOUSE_DETAIL = {"ai_disclaimer", "include_ai_disclaimer", "ai_opt_out_request_url"}
LEVER_POSTING = {
    "additionalPlain",
    "additional",
    "categories",
    "createdAt",
    "descriptionPlain",
    "description",
    "id",
    "lists",
    "text",
    "country",
    "workplaceType",
    "opening",
    "openingPlain",
    "descriptionBody",
    "descriptionBodyPlain",
    "hostedUrl",
    "applyUrl",
}
ASHBY_JOB = {
    "id",
    "title",
    "department",
    "team",
    "employmentType",
    "location",
    "secondaryLocations",
    "publishedAt",
    "isListed",
    "isRemote",
    "workplaceType",
    "address",
    "jobUrl",
    "applyUrl",
    "descriptionHtml",
    "descriptionPlain",
}
ASHBY_PAY = {"shouldDisplayCompensationOnJobPostings", "compensation"}


async def read(client: TestClient, path: str):
    async with client.get(path) as response:
        assert response.status == 200
        assert response.content_type == "application/json"
        return await response.json()


def words(html: str) -> list[str]:
    return unescape(re.sub(r"<[^>]+>", " ", html)).split()


@pytest.mark.parametrize("board", employers_of("greenhouse"))
async def test_greenhouse_board_states_the_truth(client: TestClient, board: str):
    body = await read(client, f"/v1/boards/{board}/jobs?content=true&pay_transparency=true")
    expected = truth(SEED, 1)[board]
    assert body["meta"] == {"total": len(expected)}
    assert [str(job["id"]) for job in body["jobs"]] == list(expected)
    for job in body["jobs"]:
        posting = expected[str(job["id"])]
        assert set(job) == GREENHOUSE_JOB | GREENHOUSE_CONTENT | {"pay_input_ranges"}
        assert job["title"] == posting.title
        assert re.split(r"; | \| | or ", job["location"]["name"]) == list(posting.locations)
        assert job["first_published"].endswith("-05:00")
        assert words(unescape(job["content"])) == posting.text.split()
        stated = [(pay["min_cents"], pay["max_cents"]) for pay in job["pay_input_ranges"]]
        salary = posting.salary
        assert stated == ([(salary.minimum * 100, salary.maximum * 100)] if salary else [])


async def test_greenhouse_content_is_escaped_once_over_its_own_entities(client: TestClient):
    body = await read(client, "/v1/boards/tallowbridge/jobs?content=true")
    contents = "".join(job["content"] for job in body["jobs"])
    assert "<" not in contents
    assert "florists &amp;amp; repair shops" in contents


async def test_greenhouse_leaves_out_what_was_not_asked_for(client: TestClient):
    body = await read(client, "/v1/boards/heronworks/jobs")
    assert all(set(job) == GREENHOUSE_JOB for job in body["jobs"])


async def test_greenhouse_job_adds_its_disclaimers(client: TestClient):
    (external_id, posting), *_ = truth(SEED, 1)["heronworks"].items()
    job = await read(client, f"/v1/boards/heronworks/jobs/{external_id}")
    assert set(job) == GREENHOUSE_JOB | GREENHOUSE_CONTENT | GREENHOUSE_DETAIL
    assert job["title"] == posting.title


@pytest.mark.parametrize("site", employers_of("lever"))
@pytest.mark.parametrize("limit", ["", "&limit=25"])
async def test_lever_pages_add_up_to_the_truth(client: TestClient, site: str, limit: str):
    found: list[dict] = []
    while page := await read(client, f"/v0/postings/{site}?mode=json&skip={len(found)}{limit}"):
        assert len(page) <= (25 if limit else 100)
        found += page
    expected = truth(SEED, 1)[site]
    assert [posting["id"] for posting in found] == list(expected)
    for stated in found:
        posting = expected[stated["id"]]
        assert set(stated) == LEVER_POSTING | ({"salaryRange"} if posting.salary else set())
        assert stated["text"] == posting.title
        assert stated["categories"]["allLocations"] == list(posting.locations)
        assert stated["createdAt"] == posting.posted_at.timestamp() * 1000
        assert stated["workplaceType"] == posting.workplace
        lists = "".join(f"{part['text']} {part['content']}" for part in stated["lists"])
        whole = stated["description"] + lists + stated["additional"]
        assert sorted(words(whole)) == sorted(posting.text.split())


async def test_one_lever_site_needs_a_second_page(client: TestClient):
    assert len(await read(client, "/v0/postings/saltmarsh-energy?mode=json")) == 100
    assert await read(client, "/v0/postings/saltmarsh-energy?mode=json&skip=100")


async def test_lever_posting_is_the_one_of_the_list(client: TestClient):
    first, *_ = await read(client, "/v0/postings/quillfern?mode=json&limit=1")
    assert await read(client, f"/v0/postings/quillfern/{first['id']}") == first


@pytest.mark.parametrize("board", employers_of("ashby"))
async def test_ashby_board_states_the_truth(client: TestClient, board: str):
    body = await read(client, f"/posting-api/job-board/{board}?includeCompensation=true")
    expected = truth(SEED, 1)[board]
    assert body["apiVersion"] == "1"
    assert [job["id"] for job in body["jobs"]] == list(expected)
    for job in body["jobs"]:
        posting = expected[job["id"]]
        assert set(job) == ASHBY_JOB | ASHBY_PAY
        assert job["title"] == posting.title
        assert job["isListed"] == posting.listed
        assert job["workplaceType"].lower() == posting.workplace
        places = [job["location"], *(place["location"] for place in job["secondaryLocations"])]
        assert places == list(posting.locations)
        assert words(job["descriptionHtml"]) == posting.text.split()
        stated = [
            (part["minValue"], part["maxValue"], part["currencyCode"])
            for part in job["compensation"]["summaryComponents"]
        ]
        salary = posting.salary
        wanted = [(salary.minimum, salary.maximum, salary.currency)] if salary else []
        assert stated == wanted


async def test_ashby_states_no_pay_unless_asked(client: TestClient):
    body = await read(client, "/posting-api/job-board/pebbleworks")
    assert all(set(job) == ASHBY_JOB for job in body["jobs"])


async def test_ashby_has_an_unlisted_job_and_calls_hybrids_remote(client: TestClient):
    jobs = (await read(client, "/posting-api/job-board/lumen-orchard"))["jobs"]
    assert [job["isListed"] for job in jobs].count(False) == 1
    assert all(job["isRemote"] for job in jobs if job["workplaceType"] == "Hybrid")
    assert any(job["workplaceType"] == "Hybrid" for job in jobs)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/boards/nobody/jobs", '{"status": 404, "error": "Board not found"}'),
        ("/v1/boards/heronworks/jobs/1", '{"status": 404, "error": "Job not found"}'),
        ("/v1/boards/quillfern/jobs", '{"status": 404, "error": "Board not found"}'),
        ("/v0/postings/nobody?mode=json", '{"ok": false, "error": "Document not found"}'),
        ("/v0/postings/quillfern/nothing", '{"ok": false, "error": "Document not found"}'),
        ("/posting-api/job-board/nobody", "Not Found"),
    ],
)
async def test_unknown_board_or_posting_is_a_404(client: TestClient, path: str, body: str):
    async with client.get(path) as response:
        assert (response.status, await response.text()) == (404, body)


async def test_hosted_pages_of_boards_exist(client: TestClient):
    (job, *_) = (await read(client, "/posting-api/job-board/pebbleworks"))["jobs"][1:]
    async with client.get(job["jobUrl"].replace(str(client.make_url("")).rstrip("/"), "")) as page:
        assert page.status == 200
        assert job["title"].replace("&", "&amp;") in await page.text()
