"""Run the API as a process of its own, as the stack does."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from api.app import BASE
from local.api import api_service
from local.ports import free_port
from tests.api.conftest import SECRET, make_token

_START_SECONDS = 120
"""The maximum time in seconds in which the API must start.

It is long, because the machine may be busy.
"""


@dataclass(frozen=True, kw_only=True)
class ApiProcess:
    port: int
    process: asyncio.subprocess.Process
    log: Path

    def client(self, user: str = "ada") -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}{BASE}",
            headers={"Authorization": f"Bearer {make_token(user)}"},
            timeout=60,
            trust_env=False,
            # The server closes a connection that is idle for 5 s. A request that is sent at that
            # moment would fail, so the client closes the connection earlier.
            limits=httpx.Limits(keepalive_expiry=2),
        )


@asynccontextmanager
async def api_process(
    database_url: str, log: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[ApiProcess]:
    """Run the API in its own process during the block.

    The block may stop the process. If it still runs when the block ends, it is killed.
    """
    port = free_port()
    service = api_service(
        port=port,
        env={
            "JOBHUNT_DATABASE_URL": database_url,
            "JOBHUNT_JWT_SECRET": SECRET,
            **(settings or {}),
        },
        prepare=lambda say: None,
        project=Path(__file__).parents[2],
        log=log,
    )
    command = service.command
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command.argv, env={"PYTHONPATH": "", **command.env}, cwd=command.cwd, stderr=output
        )
    try:
        await _answering(port)
        yield ApiProcess(port=port, process=process, log=log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _answering(port: int) -> None:
    async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                await http.get(f"http://127.0.0.1:{port}/live")
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
            else:
                return
