"""Serve the throughput of a run over its duration."""

from http import HTTPStatus

from fastapi import APIRouter

from api.deps import ApiServices, RunId, RunViewer, find_own_run
from api.problems import declared
from include.db.run.throughput import Throughput, read_throughput

router = APIRouter(tags=["runs"], responses=declared(HTTPStatus.NOT_FOUND))


@router.get("/runs/{run_id}/throughput")
async def run_throughput(run_id: RunId, services: ApiServices, caller: RunViewer) -> Throughput:
    """Return the throughput of an ended run. For an active run, ``steps`` is empty."""
    await find_own_run(services, caller, run_id)
    return await services.database.read(read_throughput, run_id)
