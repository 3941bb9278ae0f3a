"""Tests of the processes that read pages within a budget. A process that exceeds it is replaced."""

import asyncio
import os
import re
from collections.abc import Iterator

import psutil
import pytest
from selectolax.lexbor import LexborHTMLParser

from include.errors import FetchError, ParseError, SettingError
from include.failure_codes import FailureCode
from include.pipeline.pages.reader_pool import Budget, ReaderPool
from tests.local.waiting import eventually

pytestmark = pytest.mark.integration

_DEEP = "<div>" * 900 + "<a>"
_SLOW_SELECTOR = "b div div div a"


@pytest.fixture
def pool(warm: None) -> Iterator[ReaderPool]:
    with ReaderPool(2, Budget(seconds=0.3, memory=256 << 20)) as pool:
        yield pool


def links(html: str, selector: str) -> int:
    """Return the number of matches.

    C code evaluates the selector, and holds the GIL all the time.
    """
    return len(LexborHTMLParser(html).css(selector))


def backtrack() -> object:
    return re.match(r"(x+x+)+y", "x" * 60)


def allocate() -> int:
    return len(bytearray(1 << 30))


def many_objects() -> int:
    return len([str(number) for number in range(50_000_000)])


def large_result() -> bytes:
    return bytes(200 << 20)


def crash() -> None:
    os.abort()


def refuse(error: Exception) -> None:
    raise error


class Unpicklable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def refuse_oddly() -> None:
    raise Unpicklable(1, 2)


def process_id() -> int:
    return os.getpid()


def test_a_call_runs_in_another_process_which_is_used_again(pool: ReaderPool) -> None:
    first = pool.call(process_id)
    assert first != os.getpid()
    assert pool.call(process_id) == first
    assert pool.call(links, "<a><a>", "a") == 2


@pytest.mark.parametrize("function", [backtrack, allocate, many_objects, large_result, crash])
def test_a_call_over_budget_fails_and_the_next_one_gets_a_new_process(
    pool: ReaderPool, function: object
) -> None:
    first = pool.call(process_id)
    with pytest.raises(ParseError, match="processor time") as failure:
        pool.call(function)  # pyright: ignore[reportArgumentType]
    assert failure.value.code is FailureCode.OVER_BUDGET
    assert pool.call(process_id) != first


def test_c_code_that_keeps_the_gil_stops_neither_the_loop_nor_other_calls(
    pool: ReaderPool,
) -> None:
    async def read() -> tuple[int, list[BaseException | int]]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        slow = pool.read(1, links, _DEEP, _SLOW_SELECTOR)
        others = (pool.read(2, links, "<a>", "a") for _ in range(20))
        found = await asyncio.gather(slow, *others, return_exceptions=True)
        ticking.cancel()
        return ticks, found

    ticks, (slow, *others) = asyncio.run(read())
    assert isinstance(slow, ParseError)
    assert slow.code is FailureCode.OVER_BUDGET
    assert others == [1] * 20
    assert ticks >= 5


def test_a_board_with_three_pages_over_budget_is_read_no_further(pool: ReaderPool) -> None:
    async def read() -> list[BaseException | int]:
        hostile = (pool.read(1, links, _DEEP, _SLOW_SELECTOR) for _ in range(40))
        return await asyncio.gather(
            *hostile, pool.read(2, links, "<a>", "a"), return_exceptions=True
        )

    *hostile, other = asyncio.run(read())
    assert other == 1
    assert {getattr(each, "code", None) for each in hostile} == {FailureCode.OVER_BUDGET}
    assert sum("other pages of this board" in str(each) for each in hostile) >= 36


def test_an_error_of_the_function_is_raised_as_it_was(pool: ReaderPool) -> None:
    for error in (
        ParseError("no title"),
        ParseError("a PDF", code=FailureCode.NOT_HTML),
        SettingError("config.jobs", "is required"),
        FetchError("late", code=FailureCode.TIMEOUT, status=504, retry_after=3.0),
        KeyError("jobs"),
    ):
        with pytest.raises(type(error)) as raised:
            pool.call(refuse, error)
        assert raised.value.args == error.args
        assert vars(raised.value) == vars(error)


def test_an_error_that_cannot_be_pickled_is_told_in_words(pool: ReaderPool) -> None:
    with pytest.raises(ParseError, match="Unpicklable: 1 and 2"):
        pool.call(refuse_oddly)


def test_a_process_that_died_while_idle_fails_no_call(pool: ReaderPool) -> None:
    first = pool.call(process_id)
    os.kill(first, 9)
    eventually(lambda: _has_ended(first))
    assert pool.call(process_id) != first


def test_calls_that_were_made_together_with_one_over_budget_are_made_again(
    pool: ReaderPool,
) -> None:
    async def read() -> list[BaseException | int]:
        calls = [pool.read(n, links, "<a>" * n, "a") for n in range(1, 20)]
        calls.insert(5, pool.read(99, links, _DEEP, _SLOW_SELECTOR))
        return await asyncio.gather(*calls, return_exceptions=True)

    found = asyncio.run(read())
    assert isinstance(found.pop(5), ParseError)
    assert found == list(range(1, 20))


def test_a_cancelled_call_leaves_the_pool_usable(pool: ReaderPool) -> None:
    async def read() -> int:
        task = asyncio.create_task(pool.read(1, links, _DEEP, _SLOW_SELECTOR))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await pool.read(2, links, "<a>", "a")

    assert asyncio.run(read()) == 1


def test_the_processes_end_with_the_pool() -> None:
    with ReaderPool(1) as pool:
        child = pool.call(process_id)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_the_processes_end_with_their_parent() -> None:
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        pool = ReaderPool(1)
        os.write(writing, str(pool.call(process_id)).encode())
        os._exit(0)  # ends the process as abruptly as a kill would
    os.waitpid(parent, 0)
    child = int(os.read(reading, 100))
    eventually(lambda: _has_ended(child))


def _has_ended(process: int) -> bool:
    return not psutil.pid_exists(process) or psutil.Process(process).status() == "zombie"
