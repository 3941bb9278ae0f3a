"""Run a fake of the part of Airflow's REST API that we use. Tests can make its responses fail."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from aiohttp.test_utils import TestServer

Fault = Literal["503", "lost answer", "lost request", "400", "401", "404"]


@dataclass
class FakeAirflow:
    dag_runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    """The faults of the next requests that trigger a DAG run, in order."""
    failed: list[str] = field(default_factory=list)
    happened: list[tuple[Literal["triggered", "failed"], str]] = field(default_factory=list)
    logins: int = 0
    triggered: asyncio.Event = field(default_factory=asyncio.Event)

    def server(self, port: int | None = None) -> TestServer:
        app = web.Application()
        base = "/api/v2/dags/ingest_jobs/dagRuns"
        app.router.add_post("/auth/token", self._log_in)
        app.router.add_post(base, self._trigger)
        app.router.add_get(base + "/{id}", self._get)
        app.router.add_patch(base + "/{id}", self._patch)
        return TestServer(app, port=port)

    async def _log_in(self, request: web.Request) -> web.Response:
        login = await request.json()
        if login != {"username": "admin", "password": "secret"}:
            return web.json_response({"detail": "no"}, status=401)
        self.logins += 1
        return web.json_response({"access_token": f"token {self.logins}"}, status=201)

    def _refused(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") != f"Bearer token {self.logins}"

    async def _trigger(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.posts.append(body)
        fault = self.faults.popleft() if self.faults else None
        if fault == "lost request":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault in ("503", "400", "404"):
            return web.json_response({"detail": "as asked for"}, status=int(fault))
        if fault == "401":
            self.logins += 1
        if self._refused(request):
            return web.json_response({"detail": "who?"}, status=401)
        if body.get("logical_date", "absent") is not None:
            return web.json_response({"detail": "logical_date"}, status=422)
        if body["dag_run_id"] in self.dag_runs:
            return web.json_response({"detail": "opaque"}, status=409)
        self.dag_runs[body["dag_run_id"]] = body["conf"]
        self.happened.append(("triggered", body["dag_run_id"]))
        self.triggered.set()
        if fault == "lost answer":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"dag_run_id": body["dag_run_id"]})

    async def _get(self, request: web.Request) -> web.Response:
        conf = self.dag_runs.get(request.match_info["id"])
        if conf is None:
            return web.json_response({"detail": "none"}, status=404)
        return web.json_response({"dag_run_id": request.match_info["id"], "conf": conf})

    async def _patch(self, request: web.Request) -> web.Response:
        assert await request.json() == {"state": "failed"}
        if request.match_info["id"] not in self.dag_runs:
            return web.json_response({"detail": "none"}, status=404)
        self.failed.append(request.match_info["id"])
        self.happened.append(("failed", request.match_info["id"]))
        return web.json_response({"state": "failed"})
