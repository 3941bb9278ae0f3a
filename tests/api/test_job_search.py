"""Tests of searching, tracking and visiting over HTTP.

The search filters are tested in tests/integration.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.api.conftest import RunningApi
from tests.api.test_postings import ended_run, extract, found
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration
_PAY = {"raw": "€ 3,000", "min": 3000, "max": None, "currency": "EUR", "period": "MONTH"}
_BERLIN = {"raw": "Berlin", "city": "Berlin", "region": None, "country": "DE"}


def cursor_of(*fields: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()


async def listed(http: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await http.get("/jobs", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed_again(world: World, *external_ids: str, expired: bool = False) -> None:
    run_id = world.ingesting_run("ada", *external_ids)
    world.flush_all(run_id, "expired" if expired else "ready")
    world.end(run_id)


async def test_a_row_says_what_a_person_wants_to_know(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2")
    deadline = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    extract(
        engine,
        "1",
        title="Cook",
        company="Acme Corporation",
        salary=_PAY | {"from": "structured"},
        locations=[_BERLIN],
        workplace="hybrid",
        employment_types=["FULL_TIME"],
        posted_at="2026-03-01T00:00:00Z",
        valid_through=deadline,
    )
    extract(engine, "2", title="Baker")
    world.end(run_id)
    page = await listed(http, sort="pay")
    cook, baker = page["items"]
    assert (cook["title"], cook["company"], cook["company_name"], cook["followed"]) == (
        *("Cook", "acme", "Acme Corporation"),
        True,
    )
    assert cook["locations"] == [_BERLIN]
    assert (cook["workplace"], cook["employment_types"]) == ("hybrid", ["FULL_TIME"])
    yearly = {"min": 36_000, "max": None, "assumption": "12 months a year"}
    assert cook["salary"]["yearly"] == yearly
    assert cook["salary"]["from"] == "structured"
    assert cook["posted_at"] == "2026-03-01T00:00:00Z"
    assert datetime.fromisoformat(cook["valid_through"]) == datetime.fromisoformat(deadline)
    assert (cook["state"], cook["tracking"], cook["last_change"]) == ("new", None, None)
    assert (baker["salary"], baker["workplace"], baker["locations"]) == (None, None, [])
    assert baker["company_name"] == "acme"
    assert (page["count"], page["exact"], page["next_cursor"]) == (2, True, None)
    assert page["unknown"] == {"pay": 1, "place": 1, "posted_at": 1, "workplace": 1}
    assert page["facets"] == {
        "company": {"Acme Corporation": 1, "acme": 1},
        "country": {"DE": 1},
        "workplace": {"hybrid": 1},
        "employment_type": {"FULL_TIME": 1},
        "source": {"greenhouse": 2},
    }


async def test_several_values_of_a_filter_repeat_the_parameter(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    for external_id, workplace in (("1", "remote"), ("2", "hybrid"), ("3", "onsite")):
        extract(engine, external_id, workplace=workplace)
    world.end(run_id)
    assert await found(http, workplace=["remote", "onsite"]) == ["3", "1"]


async def test_times_are_durations_or_times(http: httpx.AsyncClient, world: World) -> None:
    ended_run(world, "1")
    now = datetime.now(UTC)
    for since in ("7d", "1h", (now - timedelta(hours=1)).isoformat(), "2026-01-01T00:00:00Z"):
        assert await found(http, seen_since=since) == ["1"]
    assert await found(http, seen_since=(now + timedelta(hours=1)).isoformat()) == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"colour": "red"}, "query.colour"),
        ({"before": "1"}, "query.before"),
        ({"pay_min": "much"}, "query.pay_min"),
        ({"country": "Germany"}, "query.country.0"),
        ({"posted_since": "yesterday"}, "query.posted_since"),
        ({"posted_since": "9999999d"}, "query.posted_since"),
        ({"posted_since": "99999999999999999d"}, "query.posted_since"),
        ({"posted_since": "1767225600"}, "query.posted_since"),
        ({"posted_since": "2026-01-01T00:00:00"}, "query.posted_since"),
        ({"sort": "luck"}, "query.sort"),
        ({"cursor": "x"}, "query.cursor"),
        ({"cursor": "WyJuZXdlc3QiXQ"}, "query.cursor"),
        ({"cursor": cursor_of("newest", 0, 10**30, 1)}, "query.cursor"),
        ({"cursor": cursor_of("newest", 0, 1, 2**63)}, "query.cursor"),
        ({"cursor": cursor_of("newest", 0, "a", 1)}, "query.cursor"),
        ({"sort": "company", "cursor": cursor_of("company", 0, "\0", 1)}, "query.cursor"),
        ({"q": "a\0b"}, "query.q"),
        ({"limit": "0"}, "query.limit"),
    ],
    ids=str,
)
async def test_an_unusable_parameter_is_refused_by_its_name(
    http: httpx.AsyncClient, query: dict[str, str], named: str
) -> None:
    answer = await http.get("/jobs", params=query)
    assert problem(answer) == (422, "invalid_request")
    assert named in [each["field"] for each in answer.json()["errors"]] or named in answer.text


@pytest.mark.parametrize("sort", ["relevance", "newest", "pay", "company"])
async def test_pages_of_each_order_are_whole_and_a_cursor_serves_its_own_order(
    http: httpx.AsyncClient, world: World, engine: Engine, sort: str
) -> None:
    run_id = world.ingesting_run("ada", *"1234567")
    for number in range(1, 8):
        pay = _PAY | {"min": 1000 * (number % 3 + 1), "from": "text"} if number % 2 else None
        extract(engine, str(number), salary=pay, company=f"Company {number % 3}")
    world.end(run_id)
    query: dict[str, Any] = {"sort": sort, "limit": 2, "q": "title"}
    whole = [job["external_id"] for job in (await listed(http, sort=sort, q="title"))["items"]]
    assert sorted(whole) == list("1234567")
    seen: list[str] = []
    page = await listed(http, **query)
    other = "newest" if sort == "company" else "company"
    wrong = await http.get("/jobs", params={"sort": other, "cursor": page["next_cursor"]})
    assert problem(wrong) == (422, "invalid_request")
    while True:
        assert page["count"] == 7
        seen += [job["external_id"] for job in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await listed(http, **query, cursor=page["next_cursor"])
    assert seen == whole


async def test_open_postings_are_listed_by_default_and_closed_ones_on_request(
    http: httpx.AsyncClient, world: World
) -> None:
    run_id = world.ingesting_run("ada", "1", "2")
    world.flush(run_id, {"1": "ready", "2": "expired"})
    world.end(run_id)
    assert await found(http) == ["1"]
    (closed,) = (await listed(http, open=False))["items"]
    assert (closed["external_id"], closed["state"]) == ("2", "closed")
    assert await found(http, open="any") == ["1", "2"]
    assert await found(http, status="expired") == ["2"]


async def test_a_visit_makes_what_was_shown_before_it_old(
    http: httpx.AsyncClient, world: World
) -> None:
    ended_run(world, "1")
    assert await found(http, new=True) == ["1"]
    assert (await http.post("/visits")).status_code == 200
    assert await found(http, new=True) == []
    (job,) = (await listed(http))["items"]
    assert job["state"] == "open"
    ended_run(world, "1", "2")
    assert await found(http, new=True) == ["2"]
    assert [job["state"] for job in (await listed(http))["items"]] == ["new", "open"]


async def test_a_posting_first_seen_by_others_is_new_until_the_user_was_shown_it(
    api: RunningApi, world: World
) -> None:
    async with api.client("bob") as bob:
        world.follow("bob")
        ended_run(world, "1")
        assert (await bob.post("/visits")).status_code == 200
        assert await found(bob) == []
        assert (await bob.post("/start")).status_code == 202
        assert await found(bob, new=True) == ["1"]


async def test_tracking_is_kept_and_filtered_by(http: httpx.AsyncClient, world: World) -> None:
    ended_run(world, "1", "2", "3")
    ids = {job["external_id"]: job["job_id"] for job in (await listed(http))["items"]}
    remind_at = "2030-01-01T09:00:00Z"
    kept = await http.put(
        f"/jobs/{ids['1']}/tracking",
        json={"state": "saved", "note": "ask Eve", "remind_at": remind_at},
    )
    assert kept.status_code == 200
    saved = kept.json()
    assert saved["dates"].keys() == {"saved"}
    applied = (await http.put(f"/jobs/{ids['1']}/tracking", json={"state": "applied"})).json()
    assert (applied["note"], applied["remind_at"], applied["hidden"]) == (
        *("ask Eve", remind_at),
        False,
    )
    assert applied["dates"].keys() == {"saved", "applied"}
    assert applied["dates"]["saved"] == saved["dates"]["saved"]
    await http.put(f"/jobs/{ids['2']}/tracking", json={"state": None, "hidden": True})
    (job,) = (await listed(http, tracking=["applied", "offered"]))["items"]
    assert (job["external_id"], job["tracking"]) == ("1", applied)
    assert (await http.get(f"/jobs/{ids['1']}")).json()["tracking"] == applied
    assert await found(http) == ["3", "1"]
    assert await found(http, hidden=True) == ["2"]
    assert await found(http, hidden="any") == ["3", "2", "1"]
    cleared = await http.put(
        f"/jobs/{ids['1']}/tracking", json={"state": None, "note": "", "remind_at": None}
    )
    assert (cleared.json()["state"], cleared.json()["note"]) == (None, "")
    for wrong in ({"state": "hired"}, {"hidden": "yes"}, {"color": "red"}, {"note": "\0"}):
        answer = await http.put(f"/jobs/{ids['1']}/tracking", json=wrong)
        assert problem(answer) == (422, "invalid_request")


async def test_tracking_outlives_relisting_unfollowing_and_another_reading(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    ended_run(world, "1", "2")
    ids = {job["external_id"]: job["job_id"] for job in (await listed(http))["items"]}
    await http.put(f"/jobs/{ids['1']}/tracking", json={"state": "applied", "note": "called"})
    await http.put(f"/jobs/{ids['2']}/tracking", json={"state": None, "hidden": True})
    before = (await listed(http, tracking="applied"))["items"][0]["tracking"]

    async def assert_kept() -> None:
        (job,) = (await listed(http, tracking="applied", open="any"))["items"]
        assert (job["job_id"], job["tracking"]) == (ids["1"], before)
        assert "2" not in await found(http, open="any"), "a hidden posting never returns"

    listed_again(world, "1", "2", expired=True)
    assert await found(http) == []
    await assert_kept()
    listed_again(world, "1", "2")
    assert await found(http) == ["1"]
    await assert_kept()
    extract(engine, "1", title="Chef")
    await assert_kept()
    assert (await http.delete("/companies/acme")).status_code == 204
    await assert_kept()
    assert await found(http) == ["1"], "a tracked posting stays in the list"


async def test_what_one_user_tracks_is_theirs_alone(api: RunningApi, world: World) -> None:
    ended_run(world, "1")
    async with api.client() as ada, api.client("bob") as bob:
        (job,) = (await listed(ada))["items"]
        await ada.put(f"/jobs/{job['job_id']}/tracking", json={"state": "saved", "hidden": True})
        (seen,) = (await listed(bob, scope="all"))["items"]
        assert seen["tracking"] is None
        assert (await bob.get(f"/jobs/{job['job_id']}")).json()["tracking"] is None


async def test_the_whole_catalogue_is_searched_and_a_company_followed_from_a_posting(
    api: RunningApi, world: World
) -> None:
    ended_run(world, "1")
    async with api.client("eve") as eve:
        assert await found(eve) == []
        (job,) = (await listed(eve, scope="all"))["items"]
        assert (job["company"], job["company_name"], job["followed"]) == ("acme", "acme", False)
        path = f"/jobs/{job['job_id']}"
        assert (await eve.get(path)).json()["followed"] is False
        answer = await eve.post(f"{path}/follow")
        assert (answer.status_code, answer.json()) == (201, {"slug": "acme"})
        assert problem(await eve.post(f"{path}/follow")) == (409, "company_exists")
        (company,) = (await eve.get("/companies")).json()["items"]
        assert (company["slug"], company["config"]) == ("acme", {"board": "acme"})
        assert (await eve.get(path)).json()["followed"] is True


async def test_a_private_board_is_for_its_followers(
    api: RunningApi, world: World, engine: Engine
) -> None:
    ended_run(world, "1")
    with engine.begin() as connection:
        connection.execute(text("UPDATE boards SET private = true"))
    async with api.client() as ada, api.client("eve") as eve:
        (job,) = (await listed(ada, scope="all"))["items"]
        assert await found(eve, scope="all") == []
        path = f"/jobs/{job['job_id']}"
        for answer in (
            await eve.get(path),
            await eve.post(f"{path}/follow"),
            await eve.put(f"{path}/tracking", json={"state": "saved"}),
        ):
            assert problem(answer) == (404, "not_found")
        world.follow("eve")
        assert await found(eve, scope="all") == ["1"]
        assert (await eve.put(f"{path}/tracking", json={"state": "saved"})).status_code == 200


async def test_a_posting_names_the_others_of_its_role_but_no_other_requisition(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    text_of = "You cook for {city}. " + "We offer a fair wage, training and long weekends. " * 5
    run_id = world.ingesting_run("ada", "1", "2", "3", "4", "5")
    stated = [
        ("1", "Berlin", "Acme", "R-1"),
        ("2", "Lyon", "Acme", "R-1"),
        ("3", "Porto", "Acme", "R-2"),
        ("4", "Rome", "Acme", None),
        ("5", "Oslo", "Temps & Co", None),
    ]
    for external_id, city, company, requisition in stated:
        extract(
            engine,
            external_id,
            title=f"Cook - {city}",
            company=company,
            requisition_id=requisition,
            locations=[_BERLIN | {"raw": city, "city": city}],
            description_text=text_of.format(city=city),
        )
    world.end(run_id)
    page = await listed(http)
    by_id = {job["external_id"]: job for job in page["items"]}
    ids = {job["job_id"]: external_id for external_id, job in by_id.items()}
    variants = {
        external_id: {ids[each["job_id"]]: each["is_copy"] for each in job["variants"]}
        for external_id, job in by_id.items()
    }
    assert variants["1"] == {"2": False, "4": False, "5": True}
    assert variants["3"] == {"4": False, "5": True}
    assert set(variants["5"].values()) == {True}
    assert all("1" not in variants[each] for each in ("1", "3"))
    detail = (await http.get(f"/jobs/{by_id['1']['job_id']}")).json()
    assert detail["variants"] == by_id["1"]["variants"]
    assert detail["relisted"] == 0
