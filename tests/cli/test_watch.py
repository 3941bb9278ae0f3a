"""Tests of watching a run to its end, over stable and unstable connections."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Jobhunt
from tests.cli.fake_api import Answer, FakeApi, Stream, event, problem
from tests.cli.runs import company, counts, job, run

QUICK = "retry: 10\n\n"
HALF = company("acme", counts=counts(total=4, pending=2, ready=2, added=4))
DONE = company("acme", counts=counts(total=4, ready=4, added=4))


def progress(number: int, *companies: dict, status: str = "ingesting", **some: object) -> str:
    document = run(7, status, *companies)
    data = {name: document[name] for name in ("status", "counts", "elapsed_seconds", "companies")}
    return event("progress", {**data, "eta_seconds": None, **some}, number=number)


@pytest.fixture
def watched(api: FakeApi) -> FakeApi:
    """Let the API show run 7 as pending in its first response, and then as finished."""
    api.answers(
        "GET /runs/7", Answer(body=run(7, "pending")), Answer(body=run(7, "finished", DONE))
    )
    return api


@pytest.mark.parametrize(("status", "code"), [("finished", 0), ("error", 1), ("aborted", 3)])
def test_exit_code_tells_how_the_run_ended(
    api: FakeApi, jobhunt: Jobhunt, status: str, code: int
) -> None:
    api.answers("GET /runs/7", Answer(body=run(7, "pending")), Answer(body=run(7, status, DONE)))
    api.answers("GET /progress/7", Stream(text=event("status", status, number=1)))

    ended = jobhunt("watch", "7")

    assert ended.code == code
    assert f"run 7 {status} in 12.3 s" in ended.out


def test_a_run_that_has_ended_is_summed_up_at_once(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("GET /runs/7", Answer(body=run(7, "finished", DONE)))

    assert jobhunt("watch", "7").code == 0
    assert not api.asked_for("/progress/7")


def adopted(slug: str, minutes: int) -> dict[str, object]:
    """Return a company whose check was adopted and ended this many minutes ago."""
    checked_at = datetime.now(UTC) - timedelta(minutes=minutes, seconds=20)
    found = counts(total=4, ready=4, added=4)
    return company(slug, counts=found, adopted=True, checked_at=checked_at.isoformat())


def test_companies_that_were_checked_before_the_run_are_named_with_their_age(
    api: FakeApi, jobhunt: Jobhunt
) -> None:
    some = run(7, "finished", adopted("acme", 4), company("bolt"))
    api.answers("GET /runs/7", Answer(body=some))

    acme, bolt = jobhunt("watch", "7").out.splitlines()[1:3]

    assert acme.rstrip().endswith("checked 4 min ago")
    assert "checked" not in bolt


@pytest.mark.parametrize(
    ("companies", "said"),
    [
        ([adopted("acme", 4), company("bolt")], "1 of 2 companies had been checked before"),
        ([adopted("acme", 4), adopted("bolt", 9)], "all 2 companies had been checked before"),
    ],
)
def test_a_run_that_used_earlier_checks_says_how_to_check_now(
    api: FakeApi, jobhunt: Jobhunt, companies: list[dict[str, object]], said: str
) -> None:
    api.answers("GET /runs/7", Answer(body=run(7, "finished", *companies)))

    out = jobhunt("watch", "7").out

    assert said in out
    assert "jobhunt ingest --max-age 0 checks them now" in out


def test_a_run_that_checked_all_itself_says_nothing_of_earlier_checks(
    api: FakeApi, jobhunt: Jobhunt
) -> None:
    api.answers("GET /runs/7", Answer(body=run(7, "finished", DONE)))

    assert "--max-age" not in jobhunt("watch", "7").out


def test_a_cut_connection_resumes_after_the_last_whole_event(
    watched: FakeApi, jobhunt: Jobhunt
) -> None:
    torn = "id: 3\nevent: status\ndata: aborted\n"
    watched.answers(
        "GET /progress/7",
        Stream(text=QUICK + event("status", "initializing", number=1), cut=True),
        Stream(text=QUICK + progress(2, HALF) + torn, cut=True),
        Stream(text=QUICK + event("status", "finished", number=4)),
    )

    ended = jobhunt("watch", "7")

    assert ended.code == 0
    resumed_from = [
        asked.headers.get("Last-Event-ID") for asked in watched.asked_for("/progress/7")
    ]
    assert resumed_from == [None, "1", "2"]


def test_a_stream_that_the_server_rotates_is_opened_again(
    watched: FakeApi, jobhunt: Jobhunt
) -> None:
    rotations = [Stream(text=QUICK + progress(number, HALF)) for number in range(1, 20)]
    last = Stream(text=event("status", "finished", number=20))
    watched.answers("GET /progress/7", *rotations, last)

    assert jobhunt("watch", "7").code == 0
    assert watched.asked_for("/progress/7")[-1].headers["Last-Event-ID"] == "19"


def test_a_token_that_stops_being_valid_ends_the_watching(
    watched: FakeApi, jobhunt: Jobhunt
) -> None:
    watched.answers(
        "GET /progress/7",
        Stream(text=QUICK + event("status", "initializing", number=1)),
        problem(401, "Unauthorized", "the token has expired"),
    )

    ended = jobhunt("watch", "7")

    assert ended.code == 1
    assert "Unauthorized: the token has expired" in ended.err


def test_unknown_events_change_nothing(watched: FakeApi, jobhunt: Jobhunt) -> None:
    text = event("all_jobs", {"acme": []}, number=1) + event("news", "hello", number=2)
    watched.answers("GET /progress/7", Stream(text=text + event("status", "finished", number=3)))

    assert jobhunt("watch", "7").code == 0


def test_lines_away_from_a_terminal_say_each_thing_once(watched: FakeApi, jobhunt: Jobhunt) -> None:
    watched.answers(
        "GET /progress/7",
        Stream(text=progress(1, HALF) * 5 + event("status", "finished", number=2)),
    )

    ended = jobhunt("watch", "7")

    assert ended.err.splitlines() == ["   12 s  pending: waiting for Airflow to begin"]
    assert "\x1b" not in ended.out + ended.err


def test_json_is_the_run_as_the_api_has_it(watched: FakeApi, jobhunt: Jobhunt) -> None:
    watched.answers("GET /progress/7", Stream(text=event("status", "finished", number=1)))

    assert json.loads(jobhunt("watch", "7", "--json").out) == run(7, "finished", DONE)


def test_figures_tell_new_from_changed_though_some_new_ones_failed_or_were_gone(
    api: FakeApi, jobhunt: Jobhunt
) -> None:
    acme = company("acme", counts=counts(total=9, ready=4, skipped=3, failed=1, expired=3, added=4))
    api.answers("GET /runs/7", Answer(body=run(7, "finished", acme)))
    new = {"first_seen_at": "2026-03-02T08:00:05Z"}
    failed = job(1, "acme", "failed", error={"code": "http_4xx", "message": "403"}, **new)
    expired = [
        job(2, "acme", "expired"),
        job(3, "acme", "expired"),
        job(4, "acme", "expired", **new),
    ]
    api.answers(
        "GET /runs/7/jobs",
        Answer(body={"items": [failed], "next_cursor": None}),
        Answer(body={"items": expired[:2], "next_cursor": "more"}),
        Answer(body={"items": expired[2:], "next_cursor": None}),
    )

    ended = jobhunt("watch", "7")

    assert ended.out.splitlines()[1].split() == ["acme", "9", "4", "2", "3", "3", "1"]
    assert "failed: acme · Job 1 · http_4xx: 403 · https://jobs.example/1" in ended.out


def test_many_failures_are_summed_up_by_their_reasons(api: FakeApi, jobhunt: Jobhunt) -> None:
    acme = company("acme", counts=counts(total=30, failed=30))
    reasons = {"timeout": 29, "http_5xx": 1}
    api.answers("GET /runs/7", Answer(body=run(7, "finished", acme, failures=reasons)))
    slow = {"error": {"code": "timeout", "message": "silent"}}
    failed = [job(number, "acme", "failed", **slow) for number in range(30)]
    api.answers("GET /runs/7/jobs", Answer(body={"items": failed, "next_cursor": None}))

    out = jobhunt("watch", "7").out

    assert "failed: 29 timeout, 1 http_5xx\n" in out
    assert "timeout: The whole response did not arrive in time.\n" in out
    assert out.count("timeout: silent") == 20
    assert "and 10 more failed jobs" in out


def test_a_title_can_not_command_the_terminal(api: FakeApi, jobhunt: Jobhunt) -> None:
    acme = company("acme", counts=counts(total=1, failed=1))
    api.answers("GET /runs/7", Answer(body=run(7, "finished", acme)))
    hostile = job(1, "acme", "failed", title="\x1b]0;owned\x07[red]Nurse[/nope]")
    api.answers("GET /runs/7/jobs", Answer(body={"items": [hostile], "next_cursor": None}))

    ended = jobhunt("watch", "7")

    assert ended.code == 0
    assert "]0;owned" in ended.out
    assert not {"\x1b", "\x07"} & set(ended.out)
    assert "[red]Nurse[/nope]" in ended.out


UNSAFE = [
    *map(chr, (0x00, 0x07, 0x1B, 0x7F, 0x80, 0x9B, 0x9D, 0x9F, 0x2028)),
    *("\N{RIGHT-TO-LEFT OVERRIDE}", "\N{LEFT-TO-RIGHT ISOLATE}", "\N{ARABIC LETTER MARK}"),
]


@pytest.mark.parametrize("command", ["watch 7", "jobs", "jobs --json"])
def test_no_output_holds_a_character_that_a_terminal_obeys(
    api: FakeApi, jobhunt: Jobhunt, command: str
) -> None:
    acme = company("acme", counts=counts(total=1, failed=1))
    title = f"Zoë{''.join(UNSAFE)}Müller"
    shown = {"company_name": "Acme", "state": "open", "tracking": None, "salary": None}
    found = {"items": [job(1, "acme", "failed", title=title, **shown)], "next_cursor": None}
    api.answers("GET /runs/7", Answer(body=run(7, "finished", acme)))
    api.answers("GET /runs/7/jobs", Answer(body=found))
    api.answers("GET /jobs", Answer(body=found))

    ended = jobhunt(*command.split())

    assert "Zoë" in ended.out
    assert not set(UNSAFE) & set(ended.out + ended.err)
    if "--json" in command:
        assert [each["title"] for each in json.loads(ended.out)] == [title]


@pytest.mark.parametrize("status", ["held", "partial", "error"])
def test_a_listing_that_can_not_be_relied_on_is_named(
    api: FakeApi, jobhunt: Jobhunt, status: str
) -> None:
    acme = company("acme", status, error={"code": "listing", "message": "answered 500"})
    api.answers("GET /runs/7", Answer(body=run(7, "finished", acme)))

    assert f"acme: listing {status}" in jobhunt("watch", "7").out
