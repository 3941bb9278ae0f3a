"""Tests that the OpenAPI document is complete, and that the running API conforms to it."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from sqlalchemy import Engine

from api.examples import RESPONSE_EXAMPLES
from include.settings import RateLimit, Settings
from tests.api.conftest import RunningApi, make_token, run_api
from tests.api.fake_task_logs import FakeTaskLogs, with_airflow
from tests.api.listings import FakeListings
from tests.api.world import World

pytestmark = pytest.mark.integration

_UNLIMITED = RateLimit(count=1_000_000, unit="s")


@pytest.fixture
def generous(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "start_rate": _UNLIMITED,
            "dry_run_rate": _UNLIMITED,
            "ticket_rate": _UNLIMITED,
            "sse_max_lifetime": timedelta(milliseconds=50),
        }
    )


def offline(api: RunningApi) -> None:
    """Replace the API's listings by a fake, so that no test sends requests to real career sites."""
    fake = FakeListings({"acme": ["Cook", "Nurse"]})
    api.app.state.services = replace(api.app.state.services, listings=fake)
    api.app.state.services.imports.listings = fake


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


_MACHINES = ("/live", "/ready", "/metrics")
_RATE_LIMITED = ("/start", "/retry", "/ticket", "/dry-run", "/preview", "/companies/detect")


async def test_every_operation_is_documented_completely(api: RunningApi) -> None:
    document = api.app.openapi()
    found = list(operations(document))
    assert len(found) >= 22
    ids = Counter(operation["operationId"] for _, _, operation in found)
    assert set(ids.values()) == {1}
    for path, method, operation in found:
        assert operation["tags"], path
        assert operation["description"], (method, path)
        for status, answer in operation["responses"].items():
            if int(status) < 400 and status != "204":
                (content,) = answer["content"].values()
                assert content["schema"], (method, path, status)
                assert content["example"], (method, path, status)
        if body := operation.get("requestBody"):
            (content,) = body["content"].values()
            assert content["example"], (method, path)


async def test_each_example_has_every_field_of_the_answer_and_no_other(api: RunningApi) -> None:
    routes = {route.name: route for route in api.app.routes if isinstance(route, APIRoute)}
    for name, example in RESPONSE_EXAMPLES.items():
        model = routes[name].response_model
        if model is not None:
            answer = TypeAdapter(model)
            read = answer.validate_python(example, strict=False)
            assert answer.dump_python(read, mode="json", by_alias=True) == example, name


async def test_every_operation_declares_each_error_it_may_answer(api: RunningApi) -> None:
    document = api.app.openapi()
    for path, method, operation in operations(document):
        declared = {int(status) for status in operation["responses"] if int(status) >= 400}
        if path not in _MACHINES:
            assert declared >= {401, 403, 422, 503}, (method, path)
        if any(f"{{{name}}}" in path for name in ("run_id", "job_id")):
            assert 404 in declared, (method, path)
        if path.endswith(_RATE_LIMITED):
            assert 429 in declared, (method, path)
        for status in declared:
            (media_type, content), *others = operation["responses"][str(status)]["content"].items()
            assert (media_type, others) == ("application/problem+json", [])
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == status
    assert "Problem" in document["components"]["schemas"]


async def test_the_event_stream_is_declared_with_its_events_and_how_to_resume_it(
    api: RunningApi,
) -> None:
    operation = api.app.openapi()["paths"]["/api/ingestion/progress/{run_id}"]["get"]
    ((media_type, content),) = operation["responses"]["200"]["content"].items()
    assert media_type == "text/event-stream"
    names = content["schema"]["properties"]["event"]["enum"]
    assert names == ["status", "all_jobs", "update", "titles", "progress"]
    events = api.app.openapi()["components"]["schemas"]["StreamEvents"]["properties"]
    assert list(events) == names
    assert events["progress"] == {"$ref": "#/components/schemas/ProgressReport"}
    assert content["example"].endswith("\n\n")
    parameters = {parameter["name"] for parameter in operation["parameters"]}
    assert parameters == {"run_id", "token", "last_event_id", "Last-Event-ID"}


@pytest.mark.timeout(600)
async def test_answers_keep_to_the_document(
    engine: Engine, generous: Settings, world: World, tmp_path: Path
) -> None:
    """Let Schemathesis send valid and invalid requests.

    Their user has runs, jobs and companies.
    """
    first = world.ingesting_run("ada", "1", "2")
    world.flush(first, {"1": "ready", "2": "failed"})
    world.end(first)
    airflow = FakeTaskLogs()
    async with airflow.server() as server, run_api(with_airflow(generous, server)) as api:
        offline(api)
        command = [
            *("-m", "schemathesis.cli", "run", f"{api.url}/openapi.json"),
            *("--header", f"Authorization: Bearer {make_token()}"),
            *(
                "--phases",
                "examples,coverage,fuzzing",
                "--max-examples",
                "8",
                "--seed",
                "1",
                "--request-timeout",
                "10",
            ),
            # This check requires that every request of the schema succeeds. It is off, because a
            # schema cannot state some rules, such as that a run's companies must be followed.
            *("--exclude-checks", "positive_data_acceptance"),
            *("--no-color", "--suppress-health-check", "all"),
        ]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            report, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 0, report.decode()
