"""What each command asks of the API, and what it says when that goes wrong."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Jobhunt
from tests.cli.fake_api import Answer, FakeApi, Stream, event, problem
from tests.cli.runs import company, counts, run


def test_without_a_stack_the_person_is_told_how_to_start_one(home: Path, jobhunt: Jobhunt) -> None:
    ended = jobhunt("ingest")

    assert ended.code == 4
    assert f"no stack is running in {home}: start one with `make up`" in ended.err


def test_a_url_without_a_token_is_a_usage_error(
    jobhunt: Jobhunt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBHUNT_API_URL", "http://127.0.0.1:9")

    assert jobhunt("history").code == 2


def test_an_api_that_does_not_answer_is_a_lost_connection(
    jobhunt: Jobhunt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBHUNT_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("JOBHUNT_TOKEN", "some")

    ended = jobhunt("history")

    assert ended.code == 4
    assert "Traceback" not in ended.err


def test_a_setting_that_can_not_be_used_is_a_usage_error(
    jobhunt: Jobhunt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBHUNT_API_PORT", "many")

    ended = jobhunt("history")

    assert ended.code == 2
    assert "JOBHUNT_API_PORT" in ended.err


def test_an_unknown_option_is_a_usage_error(jobhunt: Jobhunt) -> None:
    assert jobhunt("ingest", "--sideways").code == 2


def test_ingest_starts_a_run_of_the_named_companies(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /start", Answer(status=202, body={"run_id": 7, "status": "pending"}))

    ended = jobhunt("ingest", "--company", "acme", "--company", "globex", "--force")

    assert (ended.code, ended.out) == (0, "run 7 started: jobhunt watch 7\n")
    (asked,) = api.asked
    assert asked.body == {"companies": ["acme", "globex"], "force": True, "trigger": "cli"}
    assert asked.headers["Idempotency-Key"]


def test_ingest_may_stay_until_the_end(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /start", Answer(status=202, body={"run_id": 7, "status": "pending"}))
    api.answers("GET /runs/7", Answer(body=run(7, "pending")), Answer(body=run(7, "aborted")))
    api.answers("GET /progress/7", Stream(text=event("status", "aborted", number=1)))

    assert jobhunt("ingest", "--watch").code == 3


def test_a_refusal_is_shown_by_its_title_and_detail(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /start", problem(409, "A run is active", "run 6 is ingesting", run_id=6))

    ended = jobhunt("ingest")

    assert (ended.code, ended.err) == (1, "jobhunt: A run is active: run 6 is ingesting\n")


def test_a_refusal_that_is_no_problem_document_is_shown_all_the_same(
    api: FakeApi, jobhunt: Jobhunt
) -> None:
    api.answers("GET /history", Answer(status=502, body=["a proxy's page"]))

    assert jobhunt("history").err == "jobhunt: Bad Gateway\n"


def test_a_wrong_token_is_refused(
    api: FakeApi, jobhunt: Jobhunt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBHUNT_TOKEN", "someone-else")

    assert jobhunt("history").code == 1


def test_history_shows_a_line_a_run(api: FakeApi, jobhunt: Jobhunt) -> None:
    acme = company("acme", counts=counts(total=5, ready=2, skipped=3, added=1))
    items = [run(8, "ingesting", acme), run(7, "finished", acme)]
    api.answers("GET /history", Answer(body={"items": items, "next_cursor": None}))

    ended = jobhunt("history")

    first, second = ended.out.splitlines()[1:]
    assert first.split()[:3] == ["8", "ingesting", "api"]
    assert second.split()[-6:] == ["5", "1", "2", "3", "0", "0"]


def test_history_goes_no_further_than_asked(api: FakeApi, jobhunt: Jobhunt) -> None:
    more = Answer(body={"items": [run(8), run(7)], "next_cursor": "more"})
    api.answers("GET /history", more)

    ended = jobhunt("history", "--limit", "3", "--json")

    assert [document["run_id"] for document in json.loads(ended.out)] == [8, 7, 8]
    assert len(api.asked) == 2


def test_abort_asks_for_it(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /runs/7/abort", Answer(status=202))

    assert jobhunt("abort", "7").out == "run 7 aborted\n"


def test_companies_are_added_with_settings_of_any_type(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /companies", Answer(status=201, body={}))

    ended = jobhunt(
        *("companies", "add", "acme", "greenhouse", "board=007", "render:=true"),
        *("--include-title", "nurse", "--exclude-title", "head of"),
        *("--include-location", "Oslo", "--exclude-location", "Bergen", "--workplace", "hybrid"),
    )

    assert ended.code == 0
    (asked,) = api.asked
    assert asked.body == {
        "slug": "acme",
        "source": "greenhouse",
        "config": {"board": "007", "render": True},
        "include_titles": ["nurse"],
        "exclude_titles": ["head of"],
        "include_locations": ["Oslo"],
        "exclude_locations": ["Bergen"],
        "workplaces": ["hybrid"],
        "enabled": True,
    }


@pytest.mark.parametrize("wrong", ["board", "=acme", ":=1", "render:=yes"])
def test_a_setting_that_is_none_is_a_usage_error(
    api: FakeApi, jobhunt: Jobhunt, wrong: str
) -> None:
    assert jobhunt("companies", "add", "acme", "greenhouse", wrong).code == 2
    assert not api.asked


def test_companies_are_listed_and_removed(api: FakeApi, jobhunt: Jobhunt) -> None:
    acme = {"slug": "acme", "source": "greenhouse", "config": {"board": "a", "render": True}}
    api.answers("GET /companies", Answer(body={"items": [acme], "next_cursor": None}))
    api.answers("DELETE /companies/acme", Answer(status=204))

    listed = jobhunt("companies", "list")
    removed = jobhunt("companies", "remove", "acme")

    assert listed.out.splitlines()[1].split() == ["acme", "greenhouse", "board=a", "render:=true"]
    assert removed.out == "no longer following acme\n"
