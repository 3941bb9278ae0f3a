"""Tests of runs, companies and their errors over HTTP."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from include.core.runs.run_state import RunStatus
from include.failure_codes import FailureCode
from tests.api.conftest import RunningApi
from tests.api.world import World

pytestmark = pytest.mark.integration


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["detail"]
    return answer.status_code, document["type"].removeprefix("urn:jobhunt:problem:")


async def test_start_answers_with_a_pending_run(http: httpx.AsyncClient, world: World) -> None:
    world.follow()
    answer = await http.post("/start", json={"companies": ["acme"], "force": True})
    assert answer.status_code == 202
    run_id = answer.json()["run_id"]
    assert answer.json() == {
        "run_id": run_id,
        "status": "pending",
        "progress_url": f"/api/ingestion/progress/{run_id}",
    }


async def test_fifty_starts_at_once_make_one_run(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    world.follow()
    answers = await asyncio.gather(*(http.post("/start") for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {202: 1, 409: 49}
    (started,) = [answer.json()["run_id"] for answer in answers if answer.status_code == 202]
    for answer in answers:
        assert answer.json()["run_id"] == started
        if answer.status_code == 409:
            assert problem(answer) == (409, "run_active")


async def test_a_start_that_is_refused_takes_no_run_s_number(
    http: httpx.AsyncClient, world: World
) -> None:
    world.follow()
    first = (await http.post("/start")).json()["run_id"]
    for _ in range(3):
        assert (await http.post("/start")).status_code == 409
    world.end(first, RunStatus.ABORTED)
    assert (await http.post("/start")).json()["run_id"] == first + 1


async def test_start_names_what_it_can_not_use(http: httpx.AsyncClient, world: World) -> None:
    assert problem(await http.post("/start")) == (422, "no_companies")
    world.follow("ada", "acme")
    unknown = await http.post("/start", json={"companies": ["acme", "nope"]})
    assert problem(unknown) == (422, "unknown_companies")
    assert unknown.json()["companies"] == ["nope"]
    odd = await http.post("/start", json={"force": "perhaps", "other": 1})
    assert problem(odd) == (422, "invalid_request")
    assert {error["field"] for error in odd.json()["errors"]} == {"body.force", "body.other"}
    no_text = await http.post("/start", content=b'"\xff"')
    assert problem(no_text) == (422, "invalid_request")
    broken = await http.post("/start", content=b"{", headers={"Content-Type": "application/json"})
    assert problem(broken) == (422, "invalid_request")


async def test_a_run_is_shown_as_promised(http: httpx.AsyncClient, world: World) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3", "4", "5")
    world.flush(run_id, {"1": "ready", "2": "crawling", "4": "failed", "5": "expired"})
    answer = await http.get(f"/runs/{run_id}")
    run = answer.json()
    assert run == (await http.get(f"/runs/{run_id}/progress")).json() | {
        "elapsed_seconds": run["elapsed_seconds"]
    }
    counts = {"total": 5, "pending": 1, "crawling": 1, "extracting": 0, "ready": 1}
    counts |= {"skipped": 0, "failed": 1, "expired": 1, "added": 5}
    times = ("created_at", "started_at", "last_heartbeat")
    for name in times:
        assert run[name].endswith("Z")
        assert datetime.fromisoformat(run[name])
    assert {key: run[key] for key in run if key not in (*times, "elapsed_seconds")} == {
        "run_id": run_id,
        "user_id": "ada",
        "status": "ingesting",
        "trigger": "api",
        "attempt": 1,
        "recoveries": 0,
        "finished_at": None,
        "counts": counts,
        "failures": {"unknown": 1},
        "gone": 1,
        "companies": [
            {
                "company": "acme",
                "source": "greenhouse",
                "status": "complete",
                "listed": 5,
                "counts": counts,
                "failures": {"unknown": 1},
                "gone": 1,
                "error": None,
                "checked_at": None,
                "adopted": False,
            }
        ],
        "has_problems": False,
        "error": None,
        "waiting_for": None,
        "sla_misses": [],
        "dag_run_id": f"ingest__{run_id}__1",
        "airflow_url": None,
    }
    assert run["elapsed_seconds"] > 0


async def test_an_ended_run_keeps_its_counts_and_jobs(
    http: httpx.AsyncClient, world: World
) -> None:
    first = world.ingesting_run("ada", "1", "2")
    world.flush(first, {"1": "ready", "2": "ready"})
    world.end(first)
    second = world.ingesting_run("ada", "1", "2")
    world.flush(second, {"1": "failed"})
    run = (await http.get(f"/runs/{first}")).json()
    assert (run["status"], run["counts"]["ready"], run["counts"]["added"]) == ("finished", 2, 2)
    assert run["finished_at"] is not None
    assert run["companies"][0]["counts"]["ready"] == 2
    assert run["has_problems"] is False
    jobs = (await http.get(f"/runs/{first}/jobs")).json()["items"]
    assert [(job["external_id"], job["status"]) for job in jobs] == [("1", "ready"), ("2", "ready")]
    live = (await http.get(f"/runs/{second}/jobs", params={"status": "pending"})).json()["items"]
    assert [job["external_id"] for job in live] == ["2"]
    assert live[0]["url"] == "https://example.test/2"
    world.flush(second, {"2": "ready"})
    world.end(second)
    assert (await http.get(f"/runs/{second}")).json()["has_problems"] is True
    for run_id, new in ((first, ["1", "2"]), (second, [])):
        added = (await http.get(f"/runs/{run_id}/jobs", params={"added": True})).json()["items"]
        assert [job["external_id"] for job in added] == new


async def test_a_failed_job_says_why(http: httpx.AsyncClient, world: World, engine: Engine) -> None:
    run_id = world.ingesting_run("ada", "1", "2")
    world.flush(run_id, {"1": "failed"})
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE jobs SET error_code = 'timeout', error_message = 'too slow', attempts = 3")
        )
    jobs = (await http.get(f"/runs/{run_id}/jobs")).json()["items"]
    assert [job["error"] for job in jobs] == [
        {
            "code": "timeout",
            "message": "too slow",
            "meaning": FailureCode.TIMEOUT.meaning,
            "attempts": 3,
        },
        None,
    ]


async def test_the_jobs_behind_each_number_of_a_run_are_found(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    shown = world.ingesting_run("ada", *"12")
    world.flush_all(shown, "ready")
    world.end(shown)
    run_id = world.ingesting_run("ada", *"1345")
    world.flush(run_id, {"1": "ready", "3": "failed", "4": "failed"})
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET error_code = 'timeout' WHERE external_id = '3'"))
        connection.execute(
            text(
                "UPDATE jobs SET status = 'expired', expire_reason = 'unlisted', expired_at = now()"
                " WHERE external_id = '2'"
            )
        )

    async def ids(**query: Any) -> set[str]:
        answer = await http.get(f"/runs/{run_id}/jobs", params=query)
        assert answer.status_code == 200, answer.text
        return {job["external_id"] for job in answer.json()["items"]}

    assert await ids(error="timeout") == {"3"}
    assert await ids(error=["timeout", "unknown"]) == {"3", "4"}
    assert (await ids(listed=True), await ids(listed=False)) == (set("1345"), {"2"})
    world.end(run_id, RunStatus.ABORTED)
    run = (await http.get(f"/runs/{run_id}")).json()
    assert run["failures"] == {"aborted": 1, "timeout": 1, "unknown": 1}
    assert await ids(error="aborted") == {"5"}
    assert await ids(error=["timeout", "unknown"]) == {"3", "4"}
    assert await ids() == set("12345")
    assert len(await ids(listed=True)) == run["counts"]["total"] == 4
    assert problem(await http.get(f"/runs/{run_id}/jobs", params={"error": "lost"}))[0] == 422


async def test_history_is_filtered_before_it_is_cut_into_pages(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    runs = [world.run("ada", "acme"), 0, 0]
    world.end(runs[0], RunStatus.ABORTED)
    runs[1] = world.run("ada", "acme", "globex")
    world.end(runs[1], RunStatus.ABORTED)
    runs[2] = world.ingesting_run("ada", "1")
    with engine.begin() as connection:
        cli = text("UPDATE ingestion_runs SET trigger = 'cli' WHERE run_id = :run")
        connection.execute(cli, {"run": runs[0]})

    async def found(**query: Any) -> list[int]:
        answer = await http.get("/history", params=query)
        return [run["run_id"] for run in answer.json()["items"]]

    assert await found(limit=1, status="aborted") == [runs[1]]
    assert await found(status="ingesting") == [runs[2]]
    assert await found(limit=1, trigger="cli") == [runs[0]]
    assert await found(company="globex", status="aborted") == [runs[1]]
    assert await found(company="nobody") == []
    for wrong in ({"status": "lost"}, {"trigger": "luck"}, {"company": ""}):
        assert problem(await http.get("/history", params=wrong))[0] == 422


async def test_pages_of_jobs_and_history_neither_repeat_nor_skip(
    http: httpx.AsyncClient, world: World
) -> None:
    runs: list[int] = []
    for _ in range(3):
        run_id = world.ingesting_run("ada", *map(str, range(5)))
        world.end(run_id, RunStatus.ABORTED)
        runs.append(run_id)

    async def pages(
        path: str,
        field: str,
        *,
        between: Callable[[int], None] = lambda page: None,
        **query: int | str,
    ) -> list[list[object]]:
        found: list[list[object]] = []
        cursor = None
        while True:
            page_query = query | ({"cursor": cursor} if cursor else {})
            page = (await http.get(path, params=page_query)).json()
            found.append([item[field] for item in page["items"]])
            cursor = page["next_cursor"]
            if cursor is None:
                return found
            between(len(found) - 1)

    jobs = await pages(f"/runs/{runs[0]}/jobs", "external_id", limit=2)
    assert jobs == [["0", "1"], ["2", "3"], ["4"]]
    assert await pages("/history", "run_id", limit=2) == [[runs[2], runs[1]], [runs[0]]]
    assert await pages("/history", "run_id", limit=3) == [runs[::-1]]
    assert await pages("/history", "run_id", limit=2, status="aborted", company="acme") == [
        *([runs[2], runs[1]], [runs[0]])
    ]

    live = world.ingesting_run("ada", *map(str, range(5)))
    world.flush(live, {"0": "ready"})

    def flush(page: int) -> None:
        """Change a job of the page that was just read, so that it no longer matches the query."""
        world.flush(live, {str(2 * page + 1): "ready"})

    pending = await pages(
        f"/runs/{live}/jobs", "external_id", between=flush, limit=2, status="pending"
    )
    assert pending == [["1", "2"], ["3", "4"]]

    def start_another(page: int) -> None:
        world.end(live if page == 0 else started[-1], RunStatus.ABORTED)
        started.append(world.ingesting_run("ada"))

    started: list[int] = []
    old = [live, *runs[::-1]]
    assert await pages("/history", "run_id", between=start_another, limit=2) == [old[:2], old[2:]]
    for query in ({"limit": 0}, {"limit": 1001}, {"cursor": "x"}, {"status": "lost"}):
        assert problem(await http.get(f"/runs/{runs[0]}/jobs", params=query))[0] == 422


@pytest.mark.parametrize("ended", [RunStatus.FINISHED, RunStatus.ERROR, RunStatus.ABORTED])
async def test_a_run_that_has_ended_can_not_be_aborted(
    http: httpx.AsyncClient, world: World, ended: RunStatus
) -> None:
    run_id = world.ingesting_run("ada", "1")
    world.flush(run_id, {"1": "ready"})
    world.end(run_id, ended)
    before = (await http.get(f"/runs/{run_id}")).json()
    for action in ("abort", "reset"):
        assert problem(await http.post(f"/runs/{run_id}/{action}")) == (409, "run_ended")
    assert (await http.get(f"/runs/{run_id}")).json() == before


async def test_abort_ends_a_run_once(http: httpx.AsyncClient, world: World) -> None:
    run_id = world.ingesting_run("ada", "1")
    aborted = await http.post(f"/runs/{run_id}/abort")
    assert (aborted.status_code, aborted.json()) == (202, {"run_id": run_id, "status": "aborted"})
    assert problem(await http.post(f"/runs/{run_id}/abort")) == (409, "run_ended")
    assert problem(await http.post(f"/runs/{run_id}/reset")) == (409, "run_ended")
    jobs = (await http.get(f"/runs/{run_id}/jobs")).json()["items"]
    assert [job["error"]["code"] for job in jobs] == ["aborted"]
    assert (await http.post("/start")).status_code == 202


async def test_every_route_but_the_machines_wants_a_token(api: RunningApi, world: World) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as nobody:
        openapi = (await nobody.get("/openapi.json")).json()
        for path, methods in openapi["paths"].items():
            if path in ("/live", "/ready", "/metrics"):
                continue
            for method, operation in methods.items():
                url = re.sub("{[a-z]+_id}", "1", path).replace("{slug}", "acme")
                answer = await nobody.request(method, url, json={})
                assert problem(answer) == (401, "unauthorized"), (method, path)
                assert answer.headers["www-authenticate"].startswith("Bearer")
                declared = operation["responses"]["401"]["content"]
                assert list(declared) == ["application/problem+json"]
        events = openapi["paths"]["/api/ingestion/progress/{run_id}"]["get"]["responses"]["200"]
        assert list(events["content"]) == ["text/event-stream"]
        full_token = await nobody.get("/api/ingestion/history", params={"token": "x.y.z"})
        assert full_token.status_code == 401


async def test_unknown_paths_and_methods_are_problems(api: RunningApi) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as http:
        assert problem(await http.get("/nowhere")) == (404, "not_found")
        wrong = await http.delete("/api/ingestion/start")
        assert problem(wrong) == (405, "method_not_allowed")
        assert wrong.headers["allow"] == "POST"
        neighbours = await http.patch("/api/ingestion/companies/acme")
        assert neighbours.headers["allow"] == "DELETE, PUT"
        assert (await http.get("/docs")).status_code == 200


async def test_companies_are_followed_changed_and_left(http: httpx.AsyncClient) -> None:
    acme = {"slug": "acme", "source": "greenhouse", "config": {"board": "acme"}}
    made = await http.post("/companies", json=acme)
    assert made.status_code == 201
    lists = ("include_titles", "exclude_titles", "include_locations", "exclude_locations")
    settings = (
        acme | {name: [] for name in (*lists, "workplaces")} | {"enabled": True, "name": None}
    )
    health: dict[str, object] = {"open": 0, "new": 0}
    health |= {"listing": None, "problem": None, "failing_since": None}
    shown = settings | {"checked_at": None, "schedule": "0 5 * * *", "health": health}
    shown |= {"display_name": "acme"}
    assert made.json() == shown
    assert problem(await http.post("/companies", json=acme)) == (409, "company_exists")
    changed = shown | {
        "enabled": False,
        "name": "Acme Corporation",
        "display_name": "Acme Corporation",
        "exclude_titles": ["intern"],
        "include_locations": ["Germany", "/^remote/"],
        "exclude_locations": ["Bonn"],
        "workplaces": ["remote", "hybrid"],
        "schedule": None,
    }
    body = {key: changed[key] for key in settings if key != "slug"}
    assert (await http.put("/companies/acme", json=body)).json() == changed
    assert (await http.put("/companies/acme", json=body | {"slug": "acme"})).json() == changed
    other = await http.put("/companies/acme", json=body | {"slug": "bolt"})
    assert [error["field"] for error in other.json()["errors"]] == ["body.slug"]
    assert (await http.get("/companies")).json()["items"] == [changed]
    assert (await http.delete("/companies/acme")).status_code == 204
    assert problem(await http.delete("/companies/acme")) == (404, "not_found")
    assert (await http.get("/companies")).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"config": {}}, "body.config.board"),
        ({"config": {"board": "a", "bored": 1}}, "body.config.bored"),
        ({"source": "carrier pigeon"}, "body.source"),
        ({"exclude_titles": ["/(/"]}, "body.exclude_titles"),
        ({"include_locations": ["/[/"]}, "body.include_locations"),
        ({"exclude_locations": [" "]}, "body.exclude_locations"),
        ({"workplaces": ["moon"]}, "body.workplaces.0"),
        ({"slug": "not a slug"}, "body.slug"),
        ({"config": {"board": "\x00"}}, "body.config"),
        ({"include_titles": ["\x00"]}, "body.include_titles.0"),
    ],
)
async def test_a_company_that_can_not_be_listed_is_refused_by_field(
    http: httpx.AsyncClient, change: dict[str, object], field: str
) -> None:
    body = {"slug": "acme", "source": "greenhouse", "config": {"board": "acme"}} | change
    answer = await http.post("/companies", json=body)
    assert problem(answer) == (422, "invalid_request")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
