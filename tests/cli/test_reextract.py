"""Tests of the command that reads stored pages again without fetching them."""

import json

from tests.cli.conftest import Jobhunt
from tests.cli.fake_api import Answer, FakeApi, problem
from tests.cli.runs import company, counts, run

STARTED = Answer(status=202, body={"run_id": 7})
NOT_LISTED = {"code": "partial", "message": "nothing was listed"}
ACME = company("acme", "partial", counts=counts(total=5, ready=5), error=NOT_LISTED)
DONE = run(7, "finished", ACME)
CHANGES = {"postings": 4, "fields": {"salary": 4, "language": 1}}


def test_it_says_what_changed_by_field(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /start", STARTED)
    api.answers("GET /runs/7", Answer(body=DONE))
    api.answers(
        "GET /runs/7/changes", Answer(body={"items": [], "total": 4, "fields": CHANGES["fields"]})
    )

    ended = jobhunt("reextract", "--company", "acme")

    assert ended.code == 0
    assert api.asked[0].body == {
        "force": False,
        "trigger": "cli",
        "reextract": True,
        "companies": ["acme"],
    }
    assert [line.split() for line in ended.out.splitlines()[:3]] == [
        ["field", "changed"],
        ["salary", "4"],
        ["language", "1"],
    ]
    assert ended.out.splitlines()[-1].endswith("5 pages read, 4 postings changed")


def test_companies_whose_pages_are_not_read_are_named(api: FakeApi, jobhunt: Jobhunt) -> None:
    stale = {"code": "error", "message": "no worker was heard of"}
    bolt = company("bolt", "partial", error=NOT_LISTED)
    broken = company("cog", "error", error=stale)
    api.answers("POST /start", STARTED)
    api.answers("GET /runs/7", Answer(body=run(7, "error", ACME, bolt, broken)))
    api.answers("GET /runs/7/changes", Answer(body={"items": [], "total": 0, "fields": {}}))

    ended = jobhunt("reextract")

    assert ended.out.splitlines()[:2] == [
        "bolt: it has no stored page to read",
        "cog: no worker was heard of",
    ]


def test_as_json_it_gives_the_run_and_its_changes(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /start", STARTED)
    api.answers("GET /runs/7", Answer(body=DONE))
    api.answers(
        "GET /runs/7/changes", Answer(body={"items": [], "total": 4, "fields": CHANGES["fields"]})
    )

    answer = json.loads(jobhunt("reextract", "--json").out)

    assert answer == {"run": DONE, "changes": CHANGES}


def test_without_watching_it_names_the_run(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /start", STARTED)

    assert jobhunt("reextract", "--no-watch").out == "run 7 started: jobhunt watch 7\n"


def test_while_a_run_is_active_it_is_refused(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /start", problem(409, "Conflict", "run 6 of demo is active", run_id=6))

    ended = jobhunt("reextract")

    assert ended.code == 1
    assert "run 6" in ended.err
