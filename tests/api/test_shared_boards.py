"""Tests of shared boards: who adopts a check, who awaits one, and what each user sees of it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, func, select, text, update

from include.core.runs.run_state import RunStatus
from include.db.tables import checks, outbox, sweeps
from tests.api.conftest import RunningApi
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration

ACME: dict[str, Any] = {"source": "greenhouse", "config": {"board": "acme"}}


def checked(world: World, *external_ids: str, user: str = "ada") -> int:
    """Carry out a run of ``user`` on the board of acme that reads these jobs."""
    run_id = world.ingesting_run(user, *external_ids)
    world.flush_all(run_id, "ready")
    world.end(run_id)
    return run_id


def set_back(engine: Engine, **ago: float) -> None:
    """Move the end of every check into the past by this time."""
    with engine.begin() as connection:
        ended = checks.c.finished_at - timedelta(**ago)
        connection.execute(update(checks).values(finished_at=ended))


def asked_of_airflow(engine: Engine) -> int:
    """Return how many DAG runs were requested from Airflow so far."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(outbox)) or 0


async def start(http: httpx.AsyncClient, **body: object) -> int:
    answer = await http.post("/start", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["run_id"]


async def shown(http: httpx.AsyncClient, run_id: int) -> dict[str, Any]:
    answer = await http.get(f"/runs/{run_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_run_that_adopts_every_check_has_ended_at_once_without_a_dag_run(
    api: RunningApi, world: World, engine: Engine
) -> None:
    earlier = checked(world, "1", "2")
    world.follow("bob")
    request_count = asked_of_airflow(engine)
    async with api.client("ada") as ada, api.client("bob") as bob:
        again, new = await start(ada), await start(bob)
        of_ada, of_bob = await shown(ada, again), await shown(bob, new)
        (company,) = (await bob.get("/companies")).json()["items"]
    assert asked_of_airflow(engine) == request_count
    with engine.connect() as connection:
        assert list(connection.scalars(select(sweeps.c.sweep_id))) == [earlier]
    for run in (of_ada, of_bob):
        assert (run["status"], run["error"], run["waiting_for"]) == ("finished", None, None)
        assert run["started_at"] is not None
        assert run["finished_at"] is not None
        (adopted,) = run["companies"]
        assert (adopted["status"], adopted["listed"], adopted["adopted"]) == ("complete", 2, True)
        assert adopted["checked_at"] == company["checked_at"] < run["created_at"]
    counted = ("total", "ready", "skipped", "added")
    assert [of_ada["counts"][name] for name in counted] == [2, 0, 2, 0]
    assert [of_bob["counts"][name] for name in counted] == [2, 2, 0, 2]


async def test_a_max_age_of_0_has_every_board_checked_now(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    checked(world, "1")
    request_count = asked_of_airflow(engine)
    run = await shown(http, await start(http, max_age=0))
    assert asked_of_airflow(engine) == request_count + 1
    (company,) = run["companies"]
    assert (run["status"], company["status"]) == ("pending", "waiting")
    assert (company["adopted"], company["checked_at"]) == (False, None)


@pytest.mark.parametrize(
    ("minutes", "body", "adopts"),
    [
        (9, {}, True),
        (11, {}, False),
        (9, {"max_age": 8 * 60}, False),
        (59, {"max_age": 3600}, True),
        (61, {"max_age": 3600.5}, False),
        (1, {"force": True}, False),
        (1, {"reextract": True}, False),
    ],
)
async def test_a_check_is_adopted_if_it_ended_no_longer_ago_than_asked_for(
    http: httpx.AsyncClient,
    world: World,
    engine: Engine,
    minutes: int,
    body: dict[str, object],
    adopts: bool,
) -> None:
    checked(world, "1")
    set_back(engine, minutes=minutes)
    run = await shown(http, await start(http, **body))
    assert run["companies"][0]["adopted"] is adopts
    assert run["status"] == ("finished" if adopts else "pending")


async def test_only_what_is_not_fresh_is_checked(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    checked(world, "1")
    world.follow("ada", "acme", "bolt")
    run_id = await start(http)
    adopted, waiting = (await shown(http, run_id))["companies"]
    assert (adopted["company"], adopted["adopted"]) == ("acme", True)
    assert (waiting["company"], waiting["adopted"], waiting["status"]) == ("bolt", False, "waiting")
    with engine.connect() as connection:
        of_sweep = select(func.count()).where(checks.c.sweep_id == run_id)
        assert connection.scalar(of_sweep) == 1


@pytest.mark.parametrize(
    "odd", ["-1", "-0.001", "1e10", '"soon"', '"5"', "true", "[]", "NaN", "Infinity"]
)
async def test_a_max_age_that_is_none_is_refused_by_field(
    http: httpx.AsyncClient, world: World, odd: str
) -> None:
    world.follow()
    body = f'{{"max_age": {odd}}}'.encode()
    answer = await http.post("/start", content=body, headers={"Content-Type": "application/json"})
    assert problem(answer) == (422, "invalid_request")
    assert [error["field"] for error in answer.json()["errors"]] == ["body.max_age"]
    assert (await http.get("/history")).json()["items"] == []


async def test_a_second_user_waits_for_the_check_that_goes_on_and_sees_the_same(
    api: RunningApi, world: World, engine: Engine
) -> None:
    world.follow("ada")
    world.follow("bob")
    async with api.client("ada") as ada, api.client("bob") as bob:
        first = await start(ada)
        world.initialize(first)
        world.list_jobs(first, "1", "2", "3")
        world.ingest(first)
        world.flush(first, {"1": "ready"})
        second = await start(bob)
        assert asked_of_airflow(engine) == 1, "nobody checks the board a second time"
        at_once = await shown(bob, second)
        assert (at_once["status"], at_once["attempt"]) == ("ingesting", 1)
        assert at_once["companies"][0]["adopted"] is False
        assert at_once["counts"] == (await shown(ada, first))["counts"]
        assert at_once["counts"]["ready"] == 1
        world.flush(first, {"2": "crawling", "3": "failed"})
        counts = [(await shown(http, run))["counts"] for http, run in ((ada, first), (bob, second))]
        assert counts[0] == counts[1]
        assert (counts[0]["crawling"], counts[0]["failed"]) == (1, 1)
        world.flush(first, {"2": "ready"})
        world.end(first)
        ended = [await shown(http, run) for http, run in ((ada, first), (bob, second))]
    assert [run["status"] for run in ended] == ["finished", "finished"]
    assert ended[0]["counts"] == ended[1]["counts"]
    assert world.states(first) == world.states(second)
    assert world.states(second) == {"acme": {"1": "ready", "2": "ready", "3": "failed"}}


async def test_an_abort_costs_others_who_wait_for_the_check_nothing(
    api: RunningApi, world: World, engine: Engine
) -> None:
    """Check that an abort does not cancel a check that another user awaits."""
    world.follow("ada", "acme", "bolt")
    world.follow("bob", "acme")
    async with api.client("ada") as ada, api.client("bob") as bob:
        first = await start(ada)
        world.initialize(first)
        world.list_jobs(first, "1", "2")
        world.list_jobs(first, "3", company="bolt")
        world.ingest(first)
        second = await start(bob)
        assert (await ada.post(f"/runs/{first}/abort")).status_code == 202
        assert await statuses(engine) == {"acme": "reading", "bolt": "cancelled"}
        with engine.connect() as connection:
            assert connection.scalar(select(sweeps.c.status)) == "active", "bob's check goes on"
        aborted = await shown(ada, first)
        assert aborted["status"] == "aborted"
        assert aborted["failures"] == {"aborted": 3}
        assert (await shown(bob, second))["status"] == "ingesting"
        world.flush(second, {"1": "ready", "2": "ready"})
        world.end(second)
        run = await shown(bob, second)
        assert (run["status"], run["counts"]["ready"], run["error"]) == ("finished", 2, None)
        assert (await shown(ada, first))["counts"] == aborted["counts"]


async def test_an_abort_of_the_one_who_came_second_leaves_the_check_to_the_first(
    api: RunningApi, world: World, engine: Engine
) -> None:
    world.follow("bob")
    first = world.ingesting_run("ada", "1")
    async with api.client("bob") as bob:
        second = await start(bob)
        assert (await bob.post(f"/runs/{second}/abort")).status_code == 202
    assert await statuses(engine) == {"acme": "reading"}
    world.flush(first, {"1": "ready"})
    world.end(first)
    assert world.states(first) == {"acme": {"1": "ready"}}


async def test_the_last_one_to_abort_ends_the_check_and_its_sweep(
    api: RunningApi, world: World, engine: Engine
) -> None:
    world.follow("bob")
    first = world.ingesting_run("ada", "1")
    async with api.client("ada") as ada, api.client("bob") as bob:
        second = await start(bob)
        for http, run_id in ((ada, first), (bob, second)):
            assert (await http.post(f"/runs/{run_id}/abort")).status_code == 202
    assert await statuses(engine) == {"acme": "cancelled"}
    with engine.connect() as connection:
        assert connection.scalar(select(sweeps.c.status)) == "cancelled"


async def statuses(engine: Engine) -> dict[str, str]:
    """Return the status of the check of each board, by the board's name."""
    query = text(
        "SELECT b.config ->> 'board', c.status FROM checks c JOIN boards b USING (board_id)"
    )
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


async def test_a_sweep_that_is_given_up_ends_the_runs_of_all_who_wait_and_says_of_what(
    api: RunningApi, world: World
) -> None:
    world.follow("bob")
    first = world.ingesting_run("ada", "1")
    async with api.client("bob") as bob:
        second = await start(bob)
        world.end(first, RunStatus.ERROR)
        run = await shown(bob, second)
    assert (run["status"], run["error"]["code"]) == ("error", "stale")
    assert "acme" in run["error"]["message"]
    (company,) = run["companies"]
    assert (company["status"], company["error"]["code"]) == ("error", "error")


async def test_companies_say_when_their_board_was_checked_whoever_asked_for_it(
    api: RunningApi, world: World
) -> None:
    world.follow("ada", "acme", "bolt")
    world.follow("bob", "acme")
    async with api.client("ada") as ada, api.client("bob") as bob:
        for company in (await bob.get("/companies")).json()["items"]:
            assert company["checked_at"] is None
        run_id = world.ingesting_run("bob", "1")
        assert (await bob.get("/companies")).json()["items"][0]["checked_at"] is None
        world.flush_all(run_id, "ready")
        world.end(run_id)
        (acme, bolt) = (await ada.get("/companies")).json()["items"]
        assert acme["checked_at"] == (await shown(bob, run_id))["companies"][0]["checked_at"]
        assert acme["checked_at"].endswith("Z")
        assert bolt["checked_at"] is None


async def test_a_check_that_failed_leaves_the_time_of_the_last_good_one(
    http: httpx.AsyncClient, world: World
) -> None:
    checked(world, "1")
    (before,) = (await http.get("/companies")).json()["items"]
    run_id = world.ingesting_run("ada", "1")
    world.end(run_id, RunStatus.ERROR)
    (after,) = (await http.get("/companies")).json()["items"]
    assert after["checked_at"] == before["checked_at"]


async def test_a_board_is_on_the_schedule_while_anybody_follows_it_enabled(
    api: RunningApi, world: World
) -> None:
    async def schedule(http: httpx.AsyncClient) -> str | None:
        (company,) = (await http.get("/companies")).json()["items"]
        return company["schedule"]

    async with api.client("ada") as ada, api.client("bob") as bob:
        await ada.put("/companies/acme", json=ACME)
        assert await schedule(ada) == "0 5 * * *"
        off = await ada.put("/companies/acme", json=ACME | {"enabled": False})
        assert off.json()["schedule"] is None
        assert await schedule(ada) is None
        await bob.put("/companies/mine", json=ACME)
        assert await schedule(ada) == await schedule(bob) == "0 5 * * *"
        await bob.delete("/companies/mine")
        assert await schedule(ada) is None


@pytest.mark.parametrize(
    ("source", "config", "canonical"),
    [
        ("greenhouse", {"board": " acme "}, {"board": "acme"}),
        (
            "greenhouse",
            {"board": "acme", "base_url": "HTTPS://Boards.Example:443/", "render": False},
            {"board": "acme", "base_url": "https://boards.example"},
        ),
        (
            "sitemap",
            {"url": "HTTPS://Jobs.Example:443/Sitemap.xml"},
            {"url": "https://jobs.example/Sitemap.xml"},
        ),
    ],
)
async def test_a_config_comes_back_in_canonical_form(
    http: httpx.AsyncClient,
    engine: Engine,
    source: str,
    config: dict[str, object],
    canonical: dict[str, object],
) -> None:
    """Check that an equal config is returned for all spellings, because they are one board."""
    for slug, spelling in (("one", config), ("two", canonical)):
        body = {"slug": slug, "source": source, "config": spelling}
        made = await http.post("/companies", json=body)
        assert made.json()["config"] == canonical
        put = await http.put(f"/companies/{slug}", json={"source": source, "config": spelling})
        assert put.json()["config"] == canonical
    listed = (await http.get("/companies")).json()["items"]
    assert [company["config"] for company in listed] == [canonical, canonical]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM boards")) == 1


async def pages(http: httpx.AsyncClient, path: str, **query: object) -> list[list[tuple[str, str]]]:
    """Read all pages of a list.

    For each page, return the company and the external id of its items.
    """
    found: list[list[tuple[str, str]]] = []
    cursor: str | None = None
    while True:
        page_query = query | ({"cursor": cursor} if cursor else {})
        answer = await http.get(path, params=page_query)
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
        found.append([(job["company"], job["external_id"]) for job in items])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_a_run_of_a_board_followed_under_two_slugs_lists_its_jobs_under_both(
    http: httpx.AsyncClient, world: World, limit: int
) -> None:
    for slug in ("acme", "again"):
        await http.put(f"/companies/{slug}", json=ACME)
    run_id = await start(http)
    world.initialize(run_id)
    world.list_jobs(run_id, "1", "2", "3")
    world.ingest(run_id)
    both = [(slug, external_id) for external_id in "123" for slug in ("acme", "again")]

    async def assert_whole(path: str, expected: list[tuple[str, str]]) -> None:
        found = await pages(http, path, limit=limit)
        items = [item for page in found for item in page]
        assert sorted(items) == sorted(expected)
        assert [external_id for _, external_id in items] == [each for _, each in expected]
        assert all(found[:-1]), "only the last page may be empty"

    await assert_whole(f"/runs/{run_id}/jobs", both)
    world.flush_all(run_id, "ready")
    world.end(run_id)
    await assert_whole(f"/runs/{run_id}/jobs", both)
    await assert_whole("/jobs", [("acme", external_id) for external_id in "321"])
    run = await shown(http, run_id)
    assert [(each["company"], each["counts"]["ready"]) for each in run["companies"]] == [
        ("acme", 3),
        ("again", 3),
    ]
    assert run["counts"]["total"] == 6
    again = await start(http)
    await assert_whole(f"/runs/{again}/jobs", both)


async def test_unfollowing_hides_postings_and_following_again_brings_them_back_with_their_history(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = checked(world, "1", "2")
    with engine.begin() as connection:
        long_ago = text("UPDATE user_jobs SET first_seen_at = now() - interval '30 days'")
        connection.execute(long_ago)
    before = (await http.get("/jobs")).json()["items"]
    assert [job["external_id"] for job in before] == ["2", "1"]
    assert (await http.delete("/companies/acme")).status_code == 204
    assert (await http.get("/jobs")).json()["items"] == []
    assert (await http.get("/jobs", params={"q": "title", "filtered": True})).json()["items"] == []
    assert len((await http.get(f"/runs/{run_id}/jobs")).json()["items"]) == 2, "history stays"
    assert (await http.get(f"/jobs/{before[0]['job_id']}")).status_code == 200
    await http.put("/companies/acme", json=ACME)
    assert (await http.get("/jobs")).json()["items"] == before
    run = await shown(http, await start(http))
    assert (run["counts"]["added"], run["counts"]["skipped"]) == (0, 2)
    assert (await http.get("/jobs")).json()["items"] == before
