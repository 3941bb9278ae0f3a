"""Connections: to whom they are made, how long they are kept, and when they are not trusted."""

import asyncio
import gc
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from include.fetch import connections
from include.fetch.connections import AddressInfo
from include.fetch.guard import AddressGuard
from include.fetch.pages import PageFetcher
from tests.fetch.answers import HEAD, HTML, MIB
from tests.fetch.certificates import Authority
from tests.fetch.fault_server import FaultServer, redirect, reply, then_close, then_silence
from tests.fetch.fetching import DEADLINE, KnownNames, fault, make_fetcher


async def test_a_certificate_that_we_trust_is_enough_and_its_connection_is_kept(
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path)
    with FaultServer(tls=authority.shown("good")) as server:
        fetcher = PageFetcher(
            AddressGuard([server.host]),
            user_agent="Tester/1.0",
            deadline=5,
            max_bytes=MIB,
            tls=authority.context,
        )
        async with fetcher:
            url = server.at("/", reply(HTML))
            pages = [(await fetcher.fetch(url)).page for _ in range(2)]
    assert [page and page.body for page in pages] == [HTML, HTML]
    assert [asked.connection for asked in server.asked] == [1, 1]


async def test_all_connections_are_closed_in_the_end(server: FaultServer) -> None:
    async with make_fetcher(server.host, deadline=DEADLINE) as fetcher:
        await asyncio.gather(*(fetcher.fetch(server.at("/", reply(HTML))) for _ in range(3)))
        await fault(fetcher, server.at("/never", then_silence(b"")))
    gc.collect()  # what is still open would warn, which is an error


async def test_whoever_is_cancelled_at_any_step_leaves_nothing_to_wait_for(
    server: FaultServer,
) -> None:
    url, steps, done = server.at("/", reply(HTML)), 0, False
    while not done:
        async with asyncio.timeout(10), make_fetcher(server.host) as fetcher:
            asking = asyncio.create_task(fetcher.fetch(url))
            for _ in range(steps):
                await asyncio.sleep(0)
            done = asking.done()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        steps += 1
    gc.collect()  # as above


async def test_a_host_that_answers_soon_is_asked_over_few_connections(
    server: FaultServer, fetcher: PageFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_SOON", 60.0)
    url = server.at("/", reply(HTML))
    await asyncio.gather(*(fetcher.fetch(url) for _ in range(20)))
    assert {asked.connection for asked in server.asked} == {1, 2, 3, 4}


async def test_a_host_that_takes_its_time_is_asked_over_as_many_as_are_wanted(
    server: FaultServer,
) -> None:
    silent = server.at("/", then_silence(b""))
    async with make_fetcher(server.host, deadline=DEADLINE) as fetcher:
        await asyncio.gather(*(fault(fetcher, silent) for _ in range(6)))
    assert {asked.connection for asked in server.asked} == {1, 2, 3, 4, 5, 6}


async def test_a_connection_that_is_no_longer_waited_for_is_kept_for_the_next() -> None:
    pool, kept = connections._Pool(), connections._Connection(set())
    pool.opening = 4
    waiting = asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    pool.put(kept)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await pool.take() is kept


async def test_a_connection_that_was_idle_for_long_is_not_used_again(
    server: FaultServer, fetcher: PageFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.at("/", reply(HTML))
    await fetcher.fetch(url)
    monkeypatch.setattr(connections, "_KEPT_SECONDS", 0.0)
    await fetcher.fetch(url)
    assert [asked.connection for asked in server.asked] == [1, 2]


async def test_a_connection_that_its_server_means_to_close_is_not_used_again(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    url = server.at("/", reply(HTML, connection="close"))
    await fetcher.fetch(url)
    await fetcher.fetch(url)
    assert [asked.connection for asked in server.asked] == [1, 2]


async def test_an_answer_that_breaks_off_on_a_kept_connection_is_not_asked_for_at_once(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    await fetcher.fetch(server.at("/", reply(HTML)))
    error = await fault(fetcher, server.at("/broken", then_close(HEAD)))
    assert error.code == "protocol"
    assert server.paths() == ["/", "/broken"]


async def test_a_timeout_says_whether_there_was_a_connection(server: FaultServer) -> None:
    class Slow(KnownNames):
        async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
            return await asyncio.get_running_loop().create_future()

    silent = server.at("/never", then_silence(b""))
    async with make_fetcher(server.host, deadline=DEADLINE, resolver=Slow()) as fetcher:
        assert (await fault(fetcher, silent)).connected
        await fetcher.fetch(server.at("/", reply(HTML)))
        assert (await fault(fetcher, silent)).connected, "nor on a kept connection"
        assert not (await fault(fetcher, "http://careers.example/")).connected


async def test_what_a_server_says_unasked_is_no_answer_to_the_next_request(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    was_read, was_said = threading.Event(), threading.Event()

    async def talkative(writer: asyncio.StreamWriter) -> None:
        await reply(HTML)(writer)
        await writer.drain()
        await asyncio.to_thread(was_read.wait, 5)
        await reply(b"<h1>Of another</h1>")(writer)
        await writer.drain()
        was_said.set()

    url = server.at("/", talkative, reply(HTML))
    await fetcher.fetch(url)
    was_read.set()
    assert await asyncio.to_thread(was_said.wait, 5)
    await asyncio.sleep(0)  # the event loop has seen it by the end of its round
    page = (await fetcher.fetch(url)).page
    assert page is not None
    assert page.body == HTML
    assert [asked.connection for asked in server.asked] == [1, 2]


async def test_where_one_address_does_not_answer_the_next_is_tried(server: FaultServer) -> None:
    names = KnownNames(**{"careers.corp": ["127.0.0.9", "127.0.0.1"]})
    server.at("/", reply(HTML))
    async with make_fetcher("careers.corp", resolver=names) as fetcher:
        assert (await fetcher.fetch(f"http://careers.corp:{server.port}/")).page


async def test_a_name_is_asked_for_once_by_all(server: FaultServer) -> None:
    asked: list[str] = []

    class Counting(KnownNames):
        async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
            asked.append(host)
            await asyncio.sleep(0)
            return await super().__call__(host, port)

    names = Counting(**{"careers.corp": ["127.0.0.1"]})
    server.at("/", reply(HTML))
    url = f"http://careers.corp:{server.port}/"
    async with make_fetcher("careers.corp", resolver=names) as fetcher:
        await asyncio.gather(*(fetcher.fetch(url) for _ in range(3)))
        await fetcher.fetch(url)
    assert asked == ["careers.corp"]


async def test_a_cookie_for_secure_connections_does_not_go_over_others(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    server.at("/end", reply(HTML))
    start = reply(status=302, location="/end", set_cookie="seen=1; Path=/; Secure")
    await fetcher.fetch(server.at("/", start))
    assert server.asked[-1].headers.get("cookie") is None


async def test_a_fragment_is_not_sent_and_a_host_is_named_with_its_port(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    server.at("/jobs?a=b", reply(HTML))
    await fetcher.fetch(server.at("/", redirect("/jobs?a=b#apply")))
    assert server.paths() == ["/", "/jobs?a=b"]
    assert server.asked[-1].headers["host"] == server.host
