"""Tests of following many companies at once.

One test server stands in for the servers of every vendor.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import Engine, text

from include.core.companies.company_lists import ListedCompany
from include.core.models import Company
from include.core.search_facts import company_key
from include.db.user.imports import (
    MAX_TRIES,
    add_import,
    claim_entry,
    give_up_lost_entries,
    read_import,
)
from include.db.user.users import ensure_user
from include.errors import ImportActive
from include.pipeline.companies.follow_company import follow_company
from include.settings import RateLimit, Settings
from tests.api.conftest import RunningApi, run_api
from tests.api.test_runs import problem
from tests.vendors import Vendors, running_vendors

pytestmark = pytest.mark.integration
LINKS = {
    "/press": '<h1>Press</h1><p>See <a href="https://jobs.lever.co/otherfirm">our friends</a></p>',
    "/robots.txt": "",
    "/sitemap.xml": "",
    "/press/sitemap.xml": "",
}


@pytest_asyncio.fixture
async def served(engine: Engine, settings: Settings) -> AsyncIterator[tuple[RunningApi, Vendors]]:
    with running_vendors(**LINKS) as vendors:
        changed_settings = {
            "allowed_private_hosts": (vendors.host,),
            "dry_run_rate": RateLimit(count=1_000, unit="s"),
        }
        async with run_api(settings.model_copy(update=changed_settings)) as api:
            yield api, vendors


async def finished(http: httpx.AsyncClient, import_id: int) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            report = (await http.get(f"/companies/imports/{import_id}")).json()
            if report["finished"]:
                return report
            await asyncio.sleep(0.05)


async def run_import(http: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    started = await http.post("/companies/import", json=body)
    assert started.status_code == 202, started.text
    return await finished(http, started.json()["import_id"])


def shown(report: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(entry["status"], entry["company"]) for entry in report["entries"]]


async def test_each_entry_gets_a_result_and_a_second_import_changes_nothing(
    served: tuple[RunningApi, Vendors],
) -> None:
    api, vendors = served
    entries = [
        f"Acme Clinics, {vendors.url}/v1/boards/acme/jobs",
        f"{vendors.url}/v0/postings/acme",
        f"{vendors.url}/v1/boards/acme/jobs",
        f"{vendors.url}/press",
        "Nobody At All Ltd",
        "http://10.0.0.1/careers",
    ]
    async with api.client() as http:
        first = await run_import(http, entries=entries)
        companies = (await http.get("/companies")).json()["items"]
        again = await run_import(http, entries=entries)

        assert (await http.get("/companies")).json()["items"] == companies
    states = [status for status, _ in shown(first)]
    assert sorted(states[:3]) == ["already_followed", "followed", "followed"]
    assert states[3:] == ["ambiguous", "not_found", "not_found"]
    (choice,) = first["entries"][3]["choices"]
    assert (choice["source"], choice["config"]["site"]) == ("lever", "otherfirm")
    assert "address" in first["entries"][4]["reason"]
    assert "not public" in first["entries"][5]["reason"]
    assert [each["display_name"] for each in companies if each["source"] == "greenhouse"] in (
        ["Acme Clinics"],
        ["acme"],
    )
    assert [status for status, _ in shown(again)] == ["already_followed"] * 3 + states[3:]


async def test_a_board_that_was_checked_lately_is_found_by_name_and_not_asked_again(
    served: tuple[RunningApi, Vendors], engine: Engine
) -> None:
    api, vendors = served
    with engine.begin() as connection:
        ensure_user(connection, "bob")
        for slug, name in (("a", "Ácme Clinics"), ("b", "Acme’s Tools"), ("c", "Hidden Firm")):
            config = {"board": slug}
            follow_company(connection, "bob", Company(slug=slug, source="gem", config=config))
            connection.execute(
                text(
                    "UPDATE boards SET name = :name, name_key = :key, checked_at = now(),"
                    " private = :private WHERE config ->> 'board' = :board"
                ),
                {
                    "name": name,
                    "key": company_key(name),
                    "board": slug,
                    "private": slug == "c",
                },
            )
    async with api.client() as http:
        found = (await http.get("/boards", params={"q": "acme"})).json()["items"]
        plural = (await http.get("/boards", params={"q": "acmes t"})).json()["items"]
        hidden = (await http.get("/boards", params={"q": "hidden"})).json()["items"]
        report = await run_import(http, document="ACME clinics\nAcme\nHidden Firm")
        shipped = (await http.get("/boards", params={"q": "nvidia"})).json()["items"]

    assert [board["name"] for board in found] == ["Acme’s Tools", "Ácme Clinics"]
    assert [board["name"] for board in plural] == ["Acme’s Tools"]
    assert hidden == []
    assert shown(report) == [
        ("followed", "acme-clinics"),
        ("ambiguous", None),
        ("not_found", None),
    ]
    assert len(report["entries"][1]["choices"]) == 2
    assert [board["source"] for board in shipped] == ["workday"]
    assert vendors.asked == []


async def test_an_import_belongs_to_its_user(http: httpx.AsyncClient, api: RunningApi) -> None:
    started = (await http.post("/companies/import", json={"entries": ["Nobody Ltd"]})).json()
    async with api.client("bob") as bob:
        other = await bob.get(f"/companies/imports/{started['import_id']}")
        missing = await bob.get("/companies/imports/999999")

    assert problem(other) == problem(missing) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"entries": [], "document": None},
        {"entries": ["a"], "document": "a"},
        {"document": "\n \n"},
        {"entries": ["a"] * 501},
        {"document": "\n".join(f"Firm {i}" for i in range(501))},
        {"document": "<opml><body>"},
    ],
)
async def test_a_text_that_is_not_a_list_of_companies_is_refused(
    http: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    assert problem(await http.post("/companies/import", json=body))[0] == 422


def test_a_user_has_one_unfinished_import(engine: Engine) -> None:
    entries = [ListedCompany(name="Acme", address=None)]
    with engine.begin() as connection:
        ensure_user(connection, "ada")
        import_id = add_import(connection, "ada", entries)
        assert add_import(connection, "ada", entries) == import_id
        with pytest.raises(ImportActive) as refused:
            add_import(connection, "ada", [ListedCompany(name="Other", address=None)])
    assert refused.value.import_id == import_id


def test_an_entry_that_ends_its_processes_is_given_up(engine: Engine) -> None:
    with engine.begin() as connection:
        ensure_user(connection, "ada")
        import_id = add_import(connection, "ada", [ListedCompany(name="Acme", address=None)])
    for _ in range(MAX_TRIES):
        with engine.begin() as connection:
            assert claim_entry(connection, seconds=-1) is not None
    with engine.begin() as connection:
        assert claim_entry(connection, seconds=-1) is None
        give_up_lost_entries(connection)
        report = read_import(connection, "ada", import_id)
    assert report is not None
    assert report.finished
    assert report.entries[0].status == "not_found"


async def test_a_company_is_called_by_the_name_that_the_user_gives_it(
    http: httpx.AsyncClient,
) -> None:
    company = {"source": "greenhouse", "config": {"board": "acme"}}
    made = await http.post("/companies", json={"slug": "acme", **company})
    renamed = await http.put("/companies/acme", json={**company, "name": "Acme Clinics"})
    reset = await http.put("/companies/acme", json=company)

    names = [answer.json()["display_name"] for answer in (made, renamed, reset)]
    assert names == ["acme", "Acme Clinics", "acme"]
