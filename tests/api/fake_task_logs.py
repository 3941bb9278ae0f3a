"""Run a fake of Airflow's REST API for task instances and their logs.

The fake accepts requests for DAG runs, but does not keep these.
"""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from include.settings import Settings


@dataclass
class FakeTaskLogs:
    tries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The tries of task instances, by the id of their DAG run.

    The key ``log`` of a try has its log lines.
    """
    read: list[str] = field(default_factory=list)
    """The logs that were requested, as ``task[index]/try``."""

    def log(self, dag_run: str, task: str, *lines: tuple[str, str], **about: Any) -> None:
        """Add a try of a task.

        Each of ``lines`` is a pair: a time and an event. ``about`` replaces fields.
        """
        log = [{"timestamp": at, "event": event, "level": "info"} for at, event in lines]
        one = {"task_id": task, "map_index": -1, "try_number": 1, "end_date": None}
        one |= {"start_date": lines[0][0], "log": log} | about
        self.tries.setdefault(dag_run, []).append(one)

    def server(self) -> TestServer:
        app = web.Application()
        runs = "/api/v2/dags/ingest_jobs/dagRuns"
        instances = runs + "/{run}/taskInstances"
        app.router.add_post("/auth/token", self._log_in)
        app.router.add_post(runs, self._take)
        app.router.add_patch(runs + "/{run}", self._take)
        app.router.add_get(instances, self._instances)
        app.router.add_get(instances + "/{task}/tries", self._tries)
        app.router.add_get(instances + "/{task}/{index}/tries", self._tries)
        app.router.add_get(instances + "/{task}/logs/{try}", self._log)
        return TestServer(app)

    async def _log_in(self, _request: web.Request) -> web.Response:
        return web.json_response({"access_token": "token"}, status=201)

    async def _take(self, _request: web.Request) -> web.Response:
        return web.json_response({})

    async def _instances(self, request: web.Request) -> web.Response:
        if request.match_info["run"] not in self.tries:
            return web.json_response({"detail": "none"}, status=404)
        latest: dict[tuple[str, int], dict[str, Any]] = {}
        for one in self.tries[request.match_info["run"]]:
            key = (one["task_id"], one["map_index"])
            if key not in latest or latest[key]["try_number"] < one["try_number"]:
                latest[key] = one
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        return web.json_response({"task_instances": list(latest.values())[offset : offset + limit]})

    async def _tries(self, request: web.Request) -> web.Response:
        index = int(request.match_info.get("index", -1))
        return web.json_response(
            {
                "task_instances": [
                    one
                    for one in self.tries[request.match_info["run"]]
                    if (one["task_id"], one["map_index"]) == (request.match_info["task"], index)
                ]
            }
        )

    async def _log(self, request: web.Request) -> web.Response:
        task, number = request.match_info["task"], int(request.match_info["try"])
        index = int(request.query["map_index"])
        self.read.append(f"{task}[{index}]/{number}")
        for one in self.tries[request.match_info["run"]]:
            if (one["task_id"], one["map_index"], one["try_number"]) == (task, index, number):
                return web.json_response({"content": one["log"], "continuation_token": None})
        return web.json_response({"detail": "none"}, status=404)


def with_airflow(settings: Settings, server: TestServer) -> Settings:
    login = {"airflow_user": "admin", "airflow_password": SecretStr("secret")}
    return settings.model_copy(update={"airflow_url": str(server.make_url("/")), **login})
