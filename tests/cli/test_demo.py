"""The demo's story: told from two runs, and held against what the sample sites know."""

import json
from typing import Any

import pytest

from cli.demo import tell_story
from cli.outcome import Figures
from cli.sample_days import expected_on
from local.home import StackInfo
from tests.cli.fake_api import TOKEN, Answer, FakeApi, problem
from tests.cli.runs import company, counts, job, run

DAY = 3
NO_MORE = {"next_cursor": None}


def as_listed(slug: str, figures: Figures, **wrong: int) -> dict[str, Any]:
    """The company of a run that found these figures."""
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
    """By slug, what a right second run says of each company."""
    expected = expected_on(DAY + 1).by_company
    return {slug: as_listed(slug, figures) for slug, figures in expected.items()}


@pytest.fixture
def stack(api: FakeApi) -> StackInfo:
    api.answers("GET /day", Answer(body={"day": DAY}))
    api.answers("PUT /day", Answer(body={"day": DAY + 1}))
    started = [Answer(status=202, body={"run_id": number}) for number in (1, 2)]
    api.answers("POST /start", *started)
    api.answers("GET /runs/1", Answer(body=run(1, "finished", company("fernhollow"))))
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


def test_two_days_as_the_sites_have_them_end_well(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert tell_story(stack, as_json=False)

    out, told = capsys.readouterr()
    assert f"watch it in a browser: {stack.page_url}\n" in told
    assert stack.page_url in out
    total = expected_on(DAY + 1).total
    assert f"day 4 is as the sample sites say: {total.new} new, {total.changed} edited" in out
    assert f"0 → {total.unchanged}" in out
    (turned,) = (asked for asked in api.asked_for("/day") if asked.method == "PUT")
    assert turned.body == {"day": DAY + 1}


@pytest.mark.parametrize("wrong", ["ready", "expired", "skipped", "added", "failed", "total"])
def test_a_single_job_too_many_is_named_and_is_no_success(
    api: FakeApi,
    stack: StackInfo,
    right: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    wrong: str,
) -> None:
    right["heronworks"]["counts"][wrong] += 1
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert not tell_story(stack, as_json=False)

    out = capsys.readouterr().out
    assert "day 4 is not what the sample sites say" in out
    assert "heronworks: " in out


def test_a_failed_job_on_the_first_day_is_no_success(
    api: FakeApi, stack: StackInfo, right: dict[str, Any]
) -> None:
    failing = company("fernhollow", counts=counts(total=1, failed=1))
    api.answers("GET /runs/3", Answer(body=run(3, "finished", failing)))
    api.answers("GET /runs/3/jobs", Answer(body={"items": [job(1, "a", "failed")], **NO_MORE}))
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))
    api.replace("POST /start", Answer(body={"run_id": 3}), Answer(body={"run_id": 2}))

    assert not tell_story(stack, as_json=False)


def test_a_first_run_that_ends_in_error_leaves_the_day_as_it_is(
    api: FakeApi, stack: StackInfo
) -> None:
    api.replace("GET /runs/1", Answer(body=run(1, "error")))

    assert not tell_story(stack, as_json=False)
    assert {asked.method for asked in api.asked_for("/day")} == {"GET"}


def test_a_run_left_by_an_interrupted_demo_is_seen_to_its_end_first(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    active = problem(409, "Conflict", "run 9 is active", run_id=9)
    api.answers("GET /runs/9", Answer(body=run(9, "finished")))
    api.replace("POST /start", active, Answer(body={"run_id": 1}), Answer(body={"run_id": 2}))
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    assert tell_story(stack, as_json=False)
    assert "run 9 was started before" in capsys.readouterr().err


def test_json_tells_both_days(
    api: FakeApi, stack: StackInfo, right: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    api.answers("GET /runs/2", Answer(body=run(2, "finished", *right.values())))

    tell_story(stack, as_json=True)

    story = json.loads(capsys.readouterr().out)
    assert [day["day"] for day in story["days"]] == [DAY, DAY + 1]
    assert story["days"][1]["companies"]["heronworks"]["listed"] > 0
    assert story["differences"] == []
