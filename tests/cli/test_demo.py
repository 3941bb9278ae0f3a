"""Tests of the report of the demo.

It compares two users' runs with the true changes of the sample sites.
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from cli.demo import demo_settings, run_demo
from cli.outcome import Figures
from cli.sample_days import expected_on
from include.settings import Settings
from local.home import StackInfo
from tests.cli.fake_api import SECOND_TOKEN, TOKEN, Answer, FakeApi, problem
from tests.cli.runs import company, counts, job, run

DAY = 3
FOUND = company("fernhollow", counts=counts(total=55, ready=55, added=55))
SHARED = 100
"""The id of the second user's run."""
NO_MORE = {"next_cursor": None}


def as_listed(slug: str, figures: Figures, **wrong: int) -> dict[str, Any]:
    """Return a company of a run that has these figures. ``wrong`` replaces some of the counts."""
    found = counts(
        total=figures.listed,
        ready=figures.new + figures.changed,
        skipped=figures.unchanged,
        expired=figures.expired,
        added=figures.new,
    )
    return company(slug, counts=found | wrong)


@pytest.fixture
def right() -> dict[str, dict[str, Any]]:
    """Return the companies of a correct run on the second day, by slug."""
    expected = expected_on(DAY + 1).by_company
    return {slug: as_listed(slug, figures) for slug, figures in expected.items()}


@pytest.fixture
def stack(api: FakeApi) -> StackInfo:
    api.answers("GET /day", Answer(body={"day": DAY}))
    api.answers("PUT /day", Answer(body={"day": DAY + 1}))
    api.answers("GET /requests", Answer(body={"total": 400, "paths": {}}))
    api.answers("POST /start", *(Answer(body={"run_id": number}) for number in (1, SHARED, 2)))
    api.answers("GET /runs/1", Answer(body=run(1, "finished", FOUND)))
    followed = {"slug": "fernhollow", "source": "sitemap", "config": {"url": "http://sites"}}
    checked = {"checked_at": "2026-03-02T08:00:00Z", "schedule": "0 5 * * *"}
    other = {"slug": "other", "source": "lever", "config": {}, "enabled": False}
    companies = {"items": [followed | checked, other], "next_cursor": None}
    api.answers("GET /companies", Answer(body=companies))
    api.answers("PUT /companies/fernhollow", Answer(body={}))
    shared = FOUND | {"adopted": True, "checked_at": "2026-03-02T08:00:00Z"}
    api.answers(f"GET /runs/{SHARED}", Answer(body=run(SHARED, "finished", shared)))
    api.answers("GET /runs/2/jobs", Answer(body={"items": [], **NO_MORE}))
    return StackInfo(
        api_url=api.url,
        page_url="http://127.0.0.1:8000/#token=a.b.c",
        airflow_url="",
        airflow_user="",
        airflow_password="",
        database_url="",
        s3_endpoint="",
        s3_bucket="",
        s3_access_key="",
        s3_secret_key="",
        demo_sites_url=api.url,
        user_id="demo",
        token=TOKEN,
        pids={},
    )


def tell(stack: StackInfo, *, as_json: bool = False) -> bool:
    return run_demo(stack, second_token=SECOND_TOKEN, as_json=as_json)


def test_two_days_as_the_sites_have_them_end_well(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert tell(stack)

    out, told = capsys.readouterr()
    assert f"watch it in a browser: {stack.page_url}\n" in told
    assert stack.page_url in out
    total = expected_on(DAY + 1).total
    assert f"day 4 is as the sample sites say: {total.new} new, {total.changed} edited" in out
    assert f"0 → {total.unchanged}" in out
    (turned,) = (asked for asked in api.asked_for("/day") if asked.method == "PUT")
    assert turned.body == {"day": DAY + 1}


@pytest.mark.parametrize("wrong", ["ready", "expired", "skipped", "added", "failed", "total"])
def test_the_demo_fails_and_names_a_single_job_too_many(
    api: FakeApi,
    stack: StackInfo,
    right: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    wrong: str,
) -> None:
    right["heronworks"]["counts"][wrong] += 1
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert not tell(stack)

    out = capsys.readouterr().out
    assert "day 4 is not what the sample sites say" in out
    assert "heronworks: " in out


def test_the_demo_fails_if_a_job_failed_on_the_first_day(
    api: FakeApi, stack: StackInfo, right: dict[str, Any]
) -> None:
    failing = company("fernhollow", counts=counts(total=1, failed=1))
    api.answers("GET /runs/3", Answer(body=run(3, "finished", failing)))
    api.answers("GET /runs/3/jobs", Answer(body={"items": [job(1, "a", "failed")], **NO_MORE}))
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))
    api.replace("POST /start", *(Answer(body={"run_id": number}) for number in (3, SHARED, 2)))

    assert not tell(stack)


def test_the_day_stays_if_the_first_run_ends_in_error(api: FakeApi, stack: StackInfo) -> None:
    api.replace("GET /runs/1", Answer(body=run(1, "error")))

    assert not tell(stack)
    assert {asked.method for asked in api.asked_for("/day")} == {"GET"}


def test_a_run_left_by_an_interrupted_demo_is_seen_to_its_end_first(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    active = problem(409, "Conflict", "run 9 is active", run_id=9)
    api.answers("GET /runs/9", Answer(body=run(9, "finished")))
    started = (Answer(body={"run_id": number}) for number in (1, SHARED, 2))
    api.replace("POST /start", active, *started)
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert tell(stack)
    assert "run 9 was started before" in capsys.readouterr().err


def test_the_second_user_follows_the_same_and_asks_no_site(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert tell(stack)

    (put,) = api.asked_for("/companies/fernhollow")
    assert put.headers["Authorization"] == f"Bearer {SECOND_TOKEN}"
    assert put.body["config"] == {"url": "http://sites"}
    assert not put.body.keys() & {"slug", "checked_at", "schedule"}
    first, shared, second = api.asked_for("/start")
    assert shared.headers["Authorization"] == f"Bearer {SECOND_TOKEN}"
    assert (shared.body["companies"], shared.body["max_age"]) == (["fernhollow"], 3600)
    assert (first.body["max_age"], second.body["max_age"]) == (0, 0)
    out = capsys.readouterr().out
    assert "A second user who follows the same companies: 55 postings, ready in 0." in out
    assert "no site was asked again" in out


@pytest.mark.parametrize(
    "wrong", [{"adopted": False}, {"counts": counts(total=54, ready=54, added=54)}]
)
def test_the_demo_fails_if_the_second_user_gets_other_postings(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    shared = FOUND | {"adopted": True} | wrong
    api.replace(f"GET /runs/{SHARED}", Answer(body=run(SHARED, "finished", shared)))
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert not tell(stack)


def test_the_demo_fails_if_a_site_gets_requests_for_the_second_user(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers = (Answer(body={"total": number, "paths": {}}) for number in (400, 402))
    api.replace("GET /requests", *answers)
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert not tell(stack)
    assert "the sites were asked again" in capsys.readouterr().out


def test_the_demo_reads_every_page_unless_the_user_set_reread_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("JOBHUNT_REREAD_AFTER", raising=False)
    assert demo_settings(Settings()).reread_after == timedelta(0)
    monkeypatch.setenv("JOBHUNT_REREAD_AFTER", "2h")
    assert demo_settings(Settings()).reread_after == timedelta(hours=2)


def test_json_tells_both_days(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    tell(stack, as_json=True)

    story = json.loads(capsys.readouterr().out)
    assert [day["day"] for day in story["days"]] == [DAY, DAY + 1]
    assert story["days"][1]["companies"]["heronworks"]["listed"] > 0
    assert story["differences"] == []
    assert story["second_user"]["run"]["run_id"] == SHARED
    assert story["second_user"]["requests"] == 0
