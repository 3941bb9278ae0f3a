"""Run the sample career sites and other web servers in a thread of the test's process."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import web

from local.career_sites.server import create_app
from local.career_sites.world import World

SEED = 7


@dataclass(frozen=True, kw_only=True)
class Sites:
    url: str
    world: World
    """The state of the sites. A test can set their day and ``listing_faults``."""

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")


@contextmanager
def running_sites(day: int = 1) -> Generator[Sites]:
    world = World(seed=SEED, day=day)
    with serving(create_app(world)) as url:
        yield Sites(url=url, world=world)


@contextmanager
def serving(app: web.Application) -> Generator[str]:
    """Serve ``app`` in a thread that has its own event loop, and yield the URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    try:
        host, port = asyncio.run_coroutine_threadsafe(_listen(runner), loop).result()
        yield f"http://{host}:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(runner: web.AppRunner) -> tuple[str, int]:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner.addresses[0]
