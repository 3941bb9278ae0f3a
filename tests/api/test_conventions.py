"""Tests of the rules for all routes: problem responses, strict headers, limits, keys, metrics."""

import asyncio
import base64
import hashlib
import json
import logging
import re
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, func, select, text, update
from uvicorn.logging import TRACE_LOG_LEVEL

from api.rate_limits import RateLimiter
from include.core.runs.run_state import RunStatus
from include.db.tables import checks, idempotency_keys, outbox, sweeps
from include.settings import RateLimit, Settings
from tests.api.conftest import RunningApi, run_api
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


async def test_the_same_key_gets_the_same_answer_and_one_run(
    http: httpx.AsyncClient, world: World
) -> None:
    world.follow()
    key = {"Idempotency-Key": "key-1"}
    answers = await asyncio.gather(*(http.post("/start", headers=key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    run_id = answers[0].json()["run_id"]
    await http.post(f"/runs/{run_id}/abort")
    again = await http.post("/start", headers=key, json={"force": False})
    assert (again.status_code, again.json()) == (202, answers[0].json())
    assert len((await http.get("/history")).json()["items"]) == 1


async def test_a_key_with_another_body_is_refused(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    world.follow("ada")
    world.follow("bob")
    key = {"Idempotency-Key": "key-1"}
    assert (await http.post("/start", headers=key)).status_code == 202
    other = await http.post("/start", headers=key, json={"force": True})
    assert problem(other) == (422, "idempotency_key_reused")
    async with api.client("bob") as bob:
        assert (await bob.post("/start", headers=key, json={"force": True})).status_code == 202
    for wrong in ("", "a b", "x" * 256):
        refused = await http.post("/start", headers={"Idempotency-Key": wrong})
        assert problem(refused) == (422, "invalid_request")


async def test_a_key_is_forgotten_after_a_day(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    world.follow()
    key = {"Idempotency-Key": "key-1"}
    first = (await http.post("/start", headers=key)).json()["run_id"]
    world.end(first, RunStatus.ABORTED)

    async def hours_later(hours: int) -> int:
        made_at = func.now() - timedelta(hours=hours)
        with engine.begin() as connection:
            connection.execute(update(idempotency_keys).values(created_at=made_at))
        return (await http.post("/start", headers=key)).json()["run_id"]

    assert await hours_later(23) == first
    assert await hours_later(25) == first + 1


async def test_a_refused_start_keeps_no_key(http: httpx.AsyncClient, world: World) -> None:
    key = {"Idempotency-Key": "key-1"}
    assert problem(await http.post("/start", headers=key)) == (422, "no_companies")
    world.follow()
    assert (await http.post("/start", headers=key)).status_code == 202


def test_a_period_s_requests_may_come_at_once_and_then_one_an_interval() -> None:
    now = 100.0
    limiter = RateLimiter(RateLimit(count=3, unit="m"), clock=lambda: now)
    assert [limiter.take("ada") for _ in range(3)] == [0, 0, 0]
    assert limiter.take("ada") == pytest.approx(20)
    assert limiter.take("bob") == 0
    now += 19.9
    assert limiter.take("ada") == pytest.approx(0.1)
    now += 0.1
    assert limiter.take("ada") == 0
    assert limiter.take("ada") == pytest.approx(20)


@pytest.mark.parametrize(
    ("setting", "path"),
    [
        ("start_rate", "/start"),
        ("start_rate", "/runs/1/retry"),
        ("dry_run_rate", "/dry-run"),
        ("dry_run_rate", "/preview"),
        ("dry_run_rate", "/companies/detect"),
        ("ticket_rate", "/runs/1/ticket"),
    ],
)
async def test_too_many_requests_get_429_with_a_retry_after(
    engine: Engine, settings: Settings, world: World, setting: str, path: str
) -> None:
    once = settings.model_copy(update={setting: RateLimit(count=1, unit="m")})
    body = {"url": "https://nowhere.example"} if "detect" in path else None
    async with run_api(once) as api, api.client() as ada, api.client("bob") as bob:
        first = await ada.post(path, json=body and {"url": "no address"})
        assert first.status_code in (404, 422)
        second = await ada.post(path, json=body)
        assert problem(second) == (429, "too_many_requests")
        assert 0 < int(second.headers.get("retry-after", 0)) <= 60
        other = await bob.post(path, json=body and {"url": "no address"})
        assert other.status_code != 429
        assert (await ada.get("/history")).status_code == 200


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://app.example", True),
        ("https://app.example.evil.test", False),
        ("http://app.example", False),
        ("null", False),
    ],
)
async def test_only_listed_origins_may_call(
    engine: Engine, settings: Settings, origin: str, allowed: bool
) -> None:
    changed_settings = settings.model_copy(update={"cors_origins": ("https://app.example",)})
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asks |= {"Access-Control-Request-Headers": "authorization,idempotency-key"}
    async with run_api(changed_settings) as api, api.client() as http:
        preflight = await http.options("/start", headers=asks)
        answer = await http.get("/history", headers={"Origin": origin})
    assert preflight.is_success is allowed
    if not allowed:
        assert problem(preflight) == (400, "preflight_refused")
    for response in (preflight, answer):
        assert (response.headers.get("access-control-allow-origin") == origin) is allowed
        assert "access-control-allow-credentials" not in response.headers


async def test_without_a_list_no_origin_may_call(http: httpx.AsyncClient) -> None:
    answer = await http.get("/history", headers={"Origin": "https://app.example"})
    assert "access-control-allow-origin" not in answer.headers


def break_down(app: FastAPI) -> None:
    async def broken() -> None:
        raise RuntimeError("as asked for")

    app.add_api_route("/broken", broken)


async def test_every_answer_is_strict_with_browsers(api: RunningApi) -> None:
    break_down(api.app)
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as http:
        for path in ("/live", "/docs", "/nowhere", "/api/ingestion/history", "/broken"):
            headers = (await http.get(path)).headers
            assert headers.get("x-content-type-options") == "nosniff", path
            assert headers["x-frame-options"] == "DENY", path
            assert headers["referrer-policy"] == "no-referrer", path
            assert headers["x-request-id"], path
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy


async def test_the_docs_run_their_own_scripts_and_need_no_other_server(api: RunningApi) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as http:
        page = await http.get("/docs")
        (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy = page.headers["content-security-policy"]
        assert f"script-src 'self' 'sha256-{digest}';" in policy
        assert "http" not in policy
        addresses = re.findall(r'(?:src|href)="([^"]+)', page.text)
        assert {address.rpartition(".")[2] for address in addresses} == {"js", "css", "png"}
        for address in addresses:
            assert address.startswith("/docs/")
            assert (await http.get(address)).status_code == 200


async def test_a_fault_of_ours_is_a_problem_and_logged_with_its_request(
    engine: Engine, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    async with run_api(settings) as api, api.client() as http:
        break_down(api.app)
        answer = await http.get(f"{api.url}/broken", headers={"X-Request-ID": "request-9"})
    assert problem(answer) == (500, "internal")
    assert "as asked for" not in answer.text
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if "{" in line]
    (fault,) = [line for line in lines if line["event"] == "request_failed"]
    assert fault["request_id"] == "request-9"
    assert "RuntimeError: as asked for" in fault["exception"]


async def test_no_log_level_of_uvicorn_logs_a_query(
    engine: Engine,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in ("uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        monkeypatch.setattr(logging.getLogger(name), "level", TRACE_LOG_LEVEL)
    async with run_api(settings) as api, api.client() as http:
        for path in ("/progress/1", "/history", "/nowhere"):
            await http.get(path, params={"token": "canary"}, headers={"A": "canary"})
    logged = capfd.readouterr()
    assert '"path": "/api/ingestion/progress/1"' in logged.err
    assert "canary" not in logged.err + logged.out


async def test_a_request_s_id_reaches_the_dag_run_s_conf(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    world.follow()
    await http.post("/start", headers={"X-Request-ID": "request-7"})
    with engine.connect() as connection:
        conf = connection.scalar(select(outbox.c.conf))
    assert conf["request_id"] == "request-7"
    assert not re.search("secret|password|token", json.dumps(conf))


async def test_the_metrics_show_runs_and_jobs(
    api: RunningApi, http: httpx.AsyncClient, world: World, engine: Engine
) -> None:

    def ingesting_run(user: str, slug: str, *external_ids: str) -> int:
        run_id = world.run(user, slug)
        world.initialize(run_id)
        world.list_jobs(run_id, *external_ids, company=slug)
        world.ingest(run_id)
        return run_id

    run_id = ingesting_run("ada", "acme", "1", "2")
    world.flush(run_id, {"1": "ready", "2": "failed"})
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET error_code = 'timeout' WHERE external_id = '2'"))
        connection.execute(update(sweeps).values(recoveries=2))
        connection.execute(update(checks).values(listing="held"))
        connection.execute(update(outbox).values(done_at=func.now()))
    ended = ingesting_run("eve", "bolt", "1", "2", "3", "4")
    world.flush(ended, {"1": "ready", "2": "expired"})
    world.flush(ended, {"3": "failed"})
    world.end(ended, RunStatus.ABORTED)
    long_ago = ingesting_run("old", "cobalt", "1")
    world.end(long_ago, RunStatus.ERROR)
    with engine.begin() as connection:
        a_day_ago = "UPDATE ingestion_runs SET finished_at = now() - interval '25 hours'"
        connection.execute(text(f"{a_day_ago} WHERE run_id = :r"), {"r": long_ago})
        connection.execute(update(outbox).values(done_at=func.now()))
    world.follow("bob", "dune")
    async with api.client("bob") as bob:
        await bob.post("/start")
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as scraper:
        answer = await scraper.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = set(answer.text.splitlines())
    assert lines >= {
        "jobhunt_database_up 1.0",
        'jobhunt_runs{status="ingesting"} 1.0',
        'jobhunt_runs{status="pending"} 1.0',
        'jobhunt_jobs{error="timeout",status="failed"} 1.0',
        'jobhunt_jobs{error="",status="ready"} 2.0',
        'jobhunt_recent_outcomes{error="",status="ready"} 1.0',
        'jobhunt_recent_outcomes{error="",status="expired"} 1.0',
        'jobhunt_recent_outcomes{error="",status="skipped"} 0.0',
        'jobhunt_recent_outcomes{error="unknown",status="failed"} 1.0',
        'jobhunt_recent_outcomes{error="aborted",status="failed"} 1.0',
        "jobhunt_dispatcher_backlog 1.0",
        "jobhunt_recoveries 2.0",
        "jobhunt_listings_held 1.0",
        "jobhunt_streams_open 0.0",
    }
    assert not [line for line in lines if "recent" in line and "unfinished" in line]
    for name in ("jobhunt_stream_resyncs_total", "jobhunt_stream_delivery_seconds_bucket"):
        assert name in answer.text
    assert 'route="/api/ingestion/start",status="202"' in answer.text
    names = Counter(re.findall(r"^# TYPE (\S+)", answer.text, re.MULTILINE))
    assert set(names.values()) == {1}


async def test_metrics_answer_without_the_database(api: RunningApi, engine: Engine) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as scraper:
        with engine.begin() as connection:
            connection.execute(text("LOCK jobs IN ACCESS EXCLUSIVE MODE"))
            async with asyncio.timeout(2):
                answer = await scraper.get("/metrics")
    assert answer.status_code == 200
    assert "jobhunt_database_up 0.0" in answer.text
