"""Tests of the commands that follow many companies at once and find boards by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli import imports
from tests.cli.conftest import Jobhunt
from tests.cli.fake_api import Answer, FakeApi

FOLLOWED = {
    "name": "Acme",
    "address": "https://jobs.lever.co/acme",
    "status": "followed",
    "company": "acme",
    "reason": "the address itself (certain)",
    "choices": [],
}
AMBIGUOUS = {
    "name": "Globex",
    "address": None,
    "status": "ambiguous",
    "company": None,
    "reason": "several boards may be meant",
    "choices": [{"name": "Globex", "source": "gem", "config": {"board": "globex"}}],
}


def report(*entries: dict[str, Any], waiting: int = 0) -> Answer:
    counts = {"total": len(entries) + waiting, "waiting": waiting}
    body = {"import_id": 7, "finished": not waiting, "counts": counts, "entries": list(entries)}
    return Answer(body=body)


@pytest.fixture(autouse=True)
def poll_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_POLL_SECONDS", 0)


def test_a_list_is_imported_and_each_result_is_shown(
    api: FakeApi, jobhunt: Jobhunt, tmp_path: Path
) -> None:
    api.answers("POST /companies/import", Answer(status=202, body={"import_id": 7, "total": 2}))
    api.answers(
        "GET /companies/imports/7", report(FOLLOWED, waiting=1), report(FOLLOWED, AMBIGUOUS)
    )
    companies = tmp_path / "companies.csv"
    companies.write_text("Acme,https://jobs.lever.co/acme\nGlobex\n")

    ended = jobhunt("companies", "import", str(companies))

    (asked,) = api.asked_for("/companies/import")
    assert asked.body == {"document": companies.read_text()}
    assert ended.code == 1
    assert "1 of 2 resolved" in ended.err
    assert "2 of 2 resolved" in ended.err
    assert "gem board=globex" in " ".join(ended.out.split())


def test_an_import_whose_companies_are_all_followed_ends_well(
    api: FakeApi, jobhunt: Jobhunt, tmp_path: Path
) -> None:
    api.answers("POST /companies/import", Answer(status=202, body={"import_id": 7, "total": 1}))
    api.answers("GET /companies/imports/7", report(FOLLOWED))
    companies = tmp_path / "companies.txt"
    companies.write_text("https://jobs.lever.co/acme")

    ended = jobhunt("companies", "import", str(companies), "--json")

    assert ended.code == 0
    assert json.loads(ended.out)["entries"] == [FOLLOWED]


def test_a_file_that_cannot_be_read_is_a_usage_error(api: FakeApi, jobhunt: Jobhunt) -> None:
    assert jobhunt("companies", "import", "/nowhere/at-all.txt").code == 2
    assert api.asked == []


def test_a_board_is_found_by_the_name_of_its_company(api: FakeApi, jobhunt: Jobhunt) -> None:
    found = {"name": "Acme", "source": "gem", "config": {"board": "acme"}, "company": "acme"}
    api.answers("GET /boards", Answer(body={"items": [found]}))

    ended = jobhunt("companies", "find", "acme")

    assert "gem" in ended.out
    assert "board=acme" in ended.out
    assert [asked.path for asked in api.asked] == ["/boards?q=acme"]


def test_a_company_is_renamed_with_its_other_settings_as_they_are(
    api: FakeApi, jobhunt: Jobhunt
) -> None:
    company = {
        "slug": "acme",
        "source": "gem",
        "config": {"board": "acme"},
        "exclude_titles": ["intern"],
        "name": "acme",
    }
    api.answers("GET /companies", Answer(body={"items": [company], "next_cursor": None}))
    api.answers("PUT /companies/acme", Answer(body=company))

    assert jobhunt("companies", "rename", "acme", "Acme Clinics").code == 0
    assert jobhunt("companies", "rename", "other", "Other").code == 2
    (asked,) = api.asked_for("/companies/acme")
    assert asked.body["name"] == "Acme Clinics"
    assert asked.body["exclude_titles"] == ["intern"]
