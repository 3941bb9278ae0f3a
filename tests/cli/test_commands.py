"""Tests of the requests that each command sends, and of its messages when a request fails."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from include import __version__
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


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("90", 90), ("10m", 600), ("2h", 7200)])
def test_ingest_says_how_old_a_check_may_be(
    api: FakeApi, jobhunt: Jobhunt, text: str, seconds: int
) -> None:
    api.answers("POST /start", Answer(status=202, body={"run_id": 7, "status": "pending"}))

    assert jobhunt("ingest", "--max-age", text).code == 0
    (asked,) = api.asked
    assert asked.body == {"force": False, "trigger": "cli", "max_age": seconds}


@pytest.mark.parametrize("text", ["soon", "-1", "", "9" * 30])
def test_an_age_that_is_no_duration_is_a_usage_error(
    api: FakeApi, jobhunt: Jobhunt, text: str
) -> None:
    ended = jobhunt("ingest", "--max-age", text)

    assert ended.code == 2
    assert "--max-age" in ended.err
    assert not api.asked


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
    acme = {"slug": "acme", "source": "greenhouse", "config": {"board": "007"}}
    api.answers("POST /companies", Answer(status=201, body=acme))

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
        "name": None,
        "include_titles": ["nurse"],
        "exclude_titles": ["head of"],
        "include_locations": ["Oslo"],
        "exclude_locations": ["Bergen"],
        "workplaces": ["hybrid"],
        "enabled": True,
    }


@pytest.mark.parametrize("wrong", ["board", "=acme", ":=1", "render:=yes"])
def test_an_invalid_assignment_is_a_usage_error(api: FakeApi, jobhunt: Jobhunt, wrong: str) -> None:
    assert jobhunt("companies", "add", "acme", "greenhouse", wrong).code == 2
    assert not api.asked


def test_a_company_that_was_added_is_told_as_the_server_keeps_it(
    api: FakeApi, jobhunt: Jobhunt
) -> None:
    company = {"slug": "acme", "source": "greenhouse", "config": {"board": "acme"}}
    api.answers("POST /companies", Answer(status=201, body=company))

    ended = jobhunt("companies", "add", "acme", "greenhouse", "board=Acme", "--json")

    assert json.loads(ended.out)["config"] == {"board": "acme"}


def test_a_company_is_added_by_its_url_alone(api: FakeApi, jobhunt: Jobhunt) -> None:
    config = {"board": "acme"}
    found = {"source": "greenhouse", "config": config, "sample": [], "count": 3, "complete": True}
    added = {"slug": "acme-ltd", "source": "greenhouse", "config": config}
    api.answers(
        "POST /companies/detect", Answer(body=found | {"found_by": "its address", "name": "Acme"})
    )
    api.answers("POST /companies", Answer(status=201, body=added))
    ended = jobhunt("companies", "add", "https://acme.example/jobs", "--name", "Acme Ltd.")
    assert (ended.code, ended.out) == (0, "following acme-ltd\n")
    body = api.asked[-1].body
    assert (body["slug"], body["name"], body["config"]) == ("acme-ltd", "Acme Ltd.", config)


def test_a_company_is_paused_and_resumed(api: FakeApi, jobhunt: Jobhunt) -> None:
    acme = {"slug": "acme", "source": "greenhouse", "config": {}, "exclude_titles": ["intern"]}
    api.answers("GET /companies", Answer(body={"items": [acme], "next_cursor": None}))
    api.answers("PUT /companies/acme", Answer(body=acme))
    for command, enabled in (("pause", False), ("resume", True)):
        assert jobhunt("companies", command, "acme").code == 0
        body = api.asked[-1].body
        assert (body["enabled"], body["exclude_titles"]) == (enabled, ["intern"])
    assert jobhunt("companies", "pause", "bolt").code == 2
    paused = jobhunt("companies", "pause", "acme", "--json")
    assert json.loads(paused.out) == {"slug": "acme", "enabled": False}


def test_every_command_has_the_option_json() -> None:
    def commands(group: Any) -> Iterator[Any]:
        for each in group.commands.values():
            yield from commands(each) if hasattr(each, "commands") else (each,)

    for command in commands(get_command(app)):
        assert "--json" in [name for option in command.params for name in option.opts], command.name


def test_the_version_is_printed_without_a_command(jobhunt: Jobhunt) -> None:
    ended = jobhunt("--version")
    assert (ended.code, ended.out) == (0, f"jobhunt {__version__}\n")


def test_companies_are_listed_with_their_checks(api: FakeApi, jobhunt: Jobhunt) -> None:
    checked_at = (datetime.now(UTC) - timedelta(minutes=3, seconds=30)).isoformat()
    companies = [
        {
            "slug": "acme",
            "source": "greenhouse",
            "config": {"board": "a", "render": True},
            "checked_at": checked_at,
            "schedule": "0 5 * * *",
        },
        {"slug": "bolt", "source": "lever", "config": {}, "schedule": "0 */6 * * *"},
        {"slug": "cog", "source": "lever", "config": {}, "enabled": False},
    ]
    api.answers("GET /companies", Answer(body={"items": companies, "next_cursor": None}))

    listed = jobhunt("companies", "list")
    acme, bolt, cog = json.loads(jobhunt("companies", "list", "--json").out)

    assert [" ".join(line.split()) for line in listed.out.splitlines()[1:]] == [
        "acme greenhouse 3 min ago daily at 05:00 UTC board=a render:=true",
        "bolt lever never 0 */6 * * * (cron, UTC)",
        "cog lever (off) never not checked",
    ]
    assert datetime.fromisoformat(acme["checked_at"]) == datetime.fromisoformat(checked_at)
    assert (bolt["schedule"], cog["schedule"]) == ("0 */6 * * *", None)


def test_a_company_is_removed(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("DELETE /companies/acme", Answer(status=204))

    assert jobhunt("companies", "remove", "acme").out == "no longer following acme\n"
