"""Tests of the commands for dry runs, detection, retries, searches and tracking."""

import json

from tests.cli.conftest import Jobhunt
from tests.cli.fake_api import Answer, FakeApi, problem


def listing(status: str = "complete", error: str | None = None, *titles: str) -> dict[str, object]:
    jobs = [{"title": title, "external_id": title} for title in titles]
    complete = status == "complete"
    return {
        "status": status,
        "complete": complete,
        "count": len(jobs),
        "jobs": jobs,
        "error": error,
    }


def test_dry_run_shows_a_few_titles_of_each_company(api: FakeApi, jobhunt: Jobhunt) -> None:
    companies = {"acme": listing("complete", None, *"abcdefg"), "bolt": listing("partial", "cut")}
    api.answers("POST /dry-run", Answer(body={"companies": companies}))

    ended = jobhunt("dry-run", "--company", "acme", "--company", "bolt")

    assert ended.code == 0
    assert ended.out.splitlines() == [
        "acme: 7 postings, complete",
        *(f"  {title}" for title in "abcde"),
        "  and 2 more",
        "bolt: 0 postings, partial (cut)",
    ]
    assert api.asked[0].body == {"companies": ["acme", "bolt"]}


def test_a_dry_run_that_could_not_list_a_company_fails(api: FakeApi, jobhunt: Jobhunt) -> None:
    companies = {"acme": listing("error", "no such board")}
    api.answers("POST /dry-run", Answer(body={"companies": companies}))

    ended = jobhunt("dry-run", "--json")

    assert ended.code == 1
    assert json.loads(ended.out) == {"companies": companies}


def test_detect_says_how_to_follow_the_company(api: FakeApi, jobhunt: Jobhunt) -> None:
    found = {
        "source": "lever",
        "config": {"site": "acme inc"},
        "sample": ["Cook\x1b[2J"],
        "count": 4,
        "complete": False,
        "found_by": "the address itself",
        "confidence": "certain",
        "name": "Acme Inc",
    }
    api.answers("POST /companies/detect", Answer(body=found))

    ended = jobhunt("detect", "https://jobs.lever.co/acme")

    assert ended.out.splitlines() == [
        "Acme Inc: lever, at least 4 postings, certain, found by the address itself",
        "jobhunt companies add SLUG lever 'site=acme inc' --name 'Acme Inc'",
        "  Cook\N{REPLACEMENT CHARACTER}[2J",
    ]
    assert api.asked[0].body == {"url": "https://jobs.lever.co/acme"}


def test_detect_says_what_was_tried(api: FakeApi, jobhunt: Jobhunt) -> None:
    tried = ["https://acme.example/: it answers 404"]
    refused = problem(422, "Unprocessable Entity", "nothing lists postings", tried=tried)
    api.answers("POST /companies/detect", refused)

    ended = jobhunt("detect", "https://acme.example/")

    assert ended.code == 1
    assert ended.err.splitlines()[0] == "tried https://acme.example/: it answers 404"


def test_retry_starts_a_run_of_the_failed_jobs(api: FakeApi, jobhunt: Jobhunt) -> None:
    started = Answer(status=202, body={"run_id": 8})
    api.answers("POST /runs/7/retry", started, problem(409, "Conflict", "no job failed"))

    assert jobhunt("retry", "7").out == "run 8 started: jobhunt watch 8\n"
    assert jobhunt("retry", "7").code == 1


def test_jobs_are_searched_and_filtered(api: FakeApi, jobhunt: Jobhunt) -> None:
    job = {"job_id": 3, "company_name": "Acme", "state": "new", "title": "Cook", "location": None}
    tracked = job | {"tracking": {"state": "applied"}, "salary": {"raw": "€20"}}
    items = [job | {"tracking": None, "salary": None}, tracked]
    api.answers("GET /jobs", Answer(body={"items": items, "next_cursor": "x"}))

    ended = jobhunt(
        *("jobs", "cook", "--company", "acme", "--company", "bolt", "--country", "DE"),
        *("--pay-min", "40000", "--new", "--all", "--sort", "pay", "--limit", "2"),
    )

    assert [line.split() for line in ended.out.splitlines()[1:]] == [
        ["3", "Acme", "new", "Cook"],
        ["3", "Acme", "applied", "Cook", "€20"],
    ]
    assert api.asked[0].path == (
        "/jobs?limit=2&q=cook&company=acme&company=bolt&country=DE&pay_min=40000.0&new=true"
        "&scope=all&sort=pay"
    )


def test_only_known_states_are_asked_for(api: FakeApi, jobhunt: Jobhunt) -> None:
    for option in ("--status", "--tracking", "--sort"):
        assert jobhunt("jobs", option, "lost").code == 2
    assert not api.asked


def test_a_job_is_tracked(api: FakeApi, jobhunt: Jobhunt) -> None:
    tracking = {"state": "applied", "hidden": True, "note": "", "remind_at": None, "dates": {}}
    api.answers("PUT /jobs/3/tracking", Answer(body=tracking))

    ended = jobhunt("track", "3", "applied", "--hide", "--note", "called")

    assert ended.out == "job 3: applied, hidden\n"
    assert api.asked[0].body == {"state": "applied", "hidden": True, "note": "called"}
