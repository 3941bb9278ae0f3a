import asyncio
from collections.abc import Collection

import pytest

from include.fetch.rounds import Rounds


class Calls:
    """Each waits until it may end, and fails if it is told to."""

    def __init__(self) -> None:
        self.made: list[set[str]] = []
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.fail_first = False
        self.rounds = Rounds(self.call, asyncio.Lock())

    async def call(self, names: Collection[str]) -> None:
        self.made.append(set(names))
        self.has_begun.set()
        await self.may_end.wait()
        if self.fail_first and len(self.made) == 1:
            raise OSError


async def test_all_who_ask_before_a_call_has_begun_are_asked_for_together() -> None:
    calls = Calls()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        for name in ("a", "b"):
            tasks.create_task(calls.rounds.ask(name))
        await calls.has_begun.wait()
        for name in ("b", "b", "c"):
            tasks.create_task(calls.rounds.ask(name))
        await asyncio.sleep(0)
        tasks.create_task(calls.rounds.ask("d"))
        await asyncio.sleep(0)
        calls.may_end.set()

    assert calls.made == [{"a", "b"}, {"b", "c", "d"}]


async def test_an_answer_is_of_a_call_that_began_after_the_question() -> None:
    calls = Calls()
    first = asyncio.create_task(calls.rounds.ask("a"))
    await calls.has_begun.wait()
    second = asyncio.create_task(calls.rounds.ask("a"))
    await asyncio.sleep(0)
    calls.may_end.set()
    await asyncio.gather(first, second)

    assert calls.made == [{"a"}, {"a"}]


@pytest.mark.parametrize("ends", ["fails", "is cancelled"])
async def test_a_call_that_comes_to_nothing_is_made_anew_for_the_others(ends: str) -> None:
    calls = Calls()
    one_call = asyncio.Lock()
    calls.rounds = Rounds(calls.call, one_call)
    await one_call.acquire()
    asking = [asyncio.create_task(calls.rounds.ask(name)) for name in ("a", "b", "c")]
    await asyncio.sleep(0)
    one_call.release()
    await asyncio.sleep(0)
    assert calls.made == [{"a", "b", "c"}]
    calls.fail_first = ends == "fails"
    if ends == "is cancelled":
        asking[0].cancel()
        await asyncio.sleep(0)
    calls.may_end.set()
    ended = await asyncio.gather(*asking, return_exceptions=True)

    assert isinstance(ended[0], OSError if ends == "fails" else asyncio.CancelledError)
    assert ended[1:] == [None, None]
    assert calls.made == [{"a", "b", "c"}, {"a", "b", "c"}]
