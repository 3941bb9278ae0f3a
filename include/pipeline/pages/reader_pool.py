"""Read untrusted pages in child processes, which have a budget of processor time and memory.

Parsers in C hold Python's global interpreter lock, and neither a thread nor a signal handler can
end them. A page is therefore read in another process. The kernel ends that process when the
process's timer expires, and gives the process no more memory than the budget allows. If a page
exceeds the budget, the caller gets an error, and the next page is read in a new process (ADR 34).

The child processes are forked from a template process. The template process is forked when the pool
is made. Make the pool before you start threads, if possible. The child processes share the memory
of the template process, which has all modules and data loaded.
"""

import asyncio
import gc
import os
import pickle
import resource
import signal
import socket
import sys
from collections import Counter, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Semaphore
from typing import Any, Never, Protocol, Self, TypeVar, TypeVarTuple, cast

from include.errors import ParseError
from include.failure_codes import FailureCode
from include.pipeline.pages.warm_up import warm_up

R = TypeVar("R")
Ts = TypeVarTuple("Ts")

_WALL_FACTOR = 20
"""The maximum time of a call by the clock, as a multiple of its maximum processor time. This limit
ends a process that waits forever, because such a process uses no processor time."""
_MAX_RESULT_BYTES = 128 * 1024 * 1024
_MAX_KEPT_BYTES = 64 * 1024 * 1024
"""The growth of a process's memory in bytes after which the process is replaced. A process may keep
memory that no call needs any more."""
_MAX_FAILURES_OF_A_BOARD = 3
"""The number of pages of a board that may exceed the budget. After that, no further page of the
board is read."""
_MAX_CALLS_PER_MESSAGE = 8
_NICENESS = 5
_OOM_SCORE_ADJ = "1000"
"""The value of Linux's ``oom_score_adj`` that makes the kernel kill this process before others."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The resources of one call."""

    seconds: float
    """The maximum processor time in seconds, in user mode and in the kernel together."""
    memory: int
    """The maximum memory in bytes, in addition to the memory of the template process. Only Linux
    enforces this limit."""


PAGE_BUDGET = Budget(seconds=10.0, memory=1024 * 1024 * 1024)


class Reader(Protocol):
    """An object that reads untrusted pages. A ``ReaderPool`` reads them within a budget."""

    def call(self, function: Callable[[*Ts], R], *args: *Ts) -> R:
        """Return the result of ``function``.

        The function must be pure and at the top level of a module.
        """
        ...


class ReaderPool:
    """A pool of child processes that call functions within a budget. Use it as a context manager.

    A function must be at the top level of a module, and be pure. Its arguments, its result and its
    errors are pickled.
    """

    def __init__(self, size: int = 2, budget: Budget = PAGE_BUDGET) -> None:
        """Fork the template process.

        Args:
            size: the maximum number of child processes that work at the same time.
            budget: the budget of each call.
        """
        self._budget = budget
        self._free_slots = Semaphore(size)
        self._idle_connections: list[Connection] = []
        self._waiting = deque[_Call]()
        self._size = size
        self._active_tasks = 0
        self._tasks = set[asyncio.Task[None]]()
        self._failures = Counter[int]()
        self._template_socket, child_end = socket.socketpair()
        self._template_pid = os.fork()
        if self._template_pid == 0:
            _run_child(child_end.fileno(), lambda: _fork_on_request(child_end, budget))
        child_end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes. No call may be in progress."""
        for connection in self._idle_connections:
            connection.close()
        self._template_socket.close()
        os.waitpid(self._template_pid, 0)

    def call(self, function: Callable[[*Ts], R], *args: *Ts) -> R:
        """Call the function in a child process, and return its result.

        Wait while ``size`` calls are in progress.

        Do not call this in the thread of an event loop, because it blocks the thread.

        Raises:
            ParseError: ``over_budget`` if the call exceeds its budget or ends its process.
            Exception: the error of the function.
        """
        with self._free_slots:
            with self._connection() as connection:
                connection.send([(function, args)])
                answers, is_last = connection.recv()
            self._give_back(connection, is_last=is_last)
        ((result, error),) = answers
        if error is not None:
            raise error
        return result

    async def read(self, board: int, function: Callable[[*Ts], R], *args: *Ts) -> R:
        """Do the same as ``call`` for a page of a board, but without blocking the event loop.

        Args:
            board: the id of the page's board. After three calls over budget, all further calls for
                that board fail at once, so that one site cannot occupy the pool.
        """
        call = _Call(board, function, args, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if self._active_tasks < self._size:
            self._active_tasks += 1
            task = asyncio.create_task(self._run_waiting())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await call.answer

    async def _run_waiting(self) -> None:
        try:
            while self._waiting:
                await self._run(self._next_calls())
        finally:
            self._active_tasks -= 1

    def _next_calls(self) -> "list[_Call]":
        """Remove from the queue the calls that one process makes next, and return them.

        The calls are sent to the process together, because this costs less than sending them one by
        one. A call is sent alone if an earlier call of its board was over budget, or if a process
        ended while it made this call and others.
        """
        calls: list[_Call] = []
        while self._waiting and len(calls) < _MAX_CALLS_PER_MESSAGE:
            if calls and (self._must_be_alone(self._waiting[0]) or self._must_be_alone(calls[0])):
                break
            call = self._waiting.popleft()
            if call.answer.done():
                continue
            if self._failures[call.board] >= _MAX_FAILURES_OF_A_BOARD:
                call.answer.set_exception(
                    ParseError(
                        f"{self._failures[call.board]} other pages of this board were over budget",
                        code=FailureCode.OVER_BUDGET,
                    )
                )
            else:
                calls.append(call)
        return calls

    def _must_be_alone(self, call: "_Call") -> bool:
        return call.is_alone or self._failures[call.board] > 0

    async def _run(self, calls: "list[_Call]") -> None:
        """Make the calls in one process, and set their answers.

        If the process dies during several calls, it is unknown which of them was over budget. Then
        put all of them back into the queue, to be made one at a time.
        """
        if not calls:
            return
        try:
            with self._connection() as connection:
                connection.send([(call.function, call.args) for call in calls])
                await _wait_until_readable(connection)
                answers, is_last = connection.recv()
        # Every caller must get an answer, whatever error occurs.
        except Exception as error:
            is_over_budget = isinstance(error, ParseError)
            if is_over_budget and len(calls) > 1:
                for call in calls:
                    call.is_alone = True
                self._waiting.extendleft(reversed(calls))
                return
            for call in calls:
                if is_over_budget:
                    self._failures[call.board] += 1
                _set_answer(call.answer, error=error)
            return
        self._give_back(connection, is_last=is_last)
        for call, (result, error) in zip(calls, answers, strict=True):
            _set_answer(call.answer, result, error=error)

    @contextmanager
    def _connection(self) -> Generator[Connection]:
        """Yield a connection to a process. If the block raises an error, the process is ended.

        Raises:
            ParseError: ``over_budget`` if the process has ended.
        """
        connection = self._take_idle_connection() or self._connect_to_new_process()
        try:
            yield connection
        except (EOFError, OSError):
            connection.close()
            raise ParseError(
                f"reading it takes more than {self._budget.seconds:g} s of processor time or"
                f" {self._budget.memory >> 20} MiB of memory",
                code=FailureCode.OVER_BUDGET,
            ) from None
        except BaseException:
            connection.close()
            raise

    def _give_back(self, connection: Connection, *, is_last: bool) -> None:
        if is_last:
            connection.close()
        else:
            self._idle_connections.append(connection)

    def _take_idle_connection(self) -> Connection | None:
        while self._idle_connections:
            connection = self._idle_connections.pop()
            if not connection.poll():
                return connection
            # poll() is true at the end of file: the process was killed while it was idle.
            connection.close()
        return None

    def _connect_to_new_process(self) -> Connection:
        parent_end, child_end = Pipe()
        with child_end:
            socket.send_fds(self._template_socket, [b"."], [child_end.fileno()])
        return cast("Connection", parent_end)


@dataclass(eq=False)
class _Call:
    """A call that waits for a process."""

    board: int
    function: Callable[..., Any]
    args: tuple[Any, ...]
    answer: asyncio.Future[Any]
    is_alone: bool = False
    """True if the call must be made alone, because a process ended while it made this call and
    others."""


def _set_answer(
    answer: asyncio.Future[Any], result: Any = None, *, error: Exception | None
) -> None:
    """Set the answer of a call, unless the caller has been cancelled."""
    if answer.done():
        return
    if error is None:
        answer.set_result(result)
    else:
        answer.set_exception(error)


async def _wait_until_readable(connection: Connection) -> None:
    """Wait until the process has answered or ended."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection.fileno(), readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection.fileno())


def _run_child(kept_fd: int, work: Callable[[], None]) -> Never:
    """Run ``work`` in a process that was just forked, and end the process.

    All files except ``kept_fd`` and the standard files are closed first.
    """
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
        for number in (signal.SIGTERM, signal.SIGPROF, signal.SIGALRM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.closerange(3, kept_fd)
        os.closerange(kept_fd + 1, os.sysconf("SC_OPEN_MAX"))
        work()
        status = 0
    finally:
        os._exit(status)


def _fork_on_request(requests: socket.socket, budget: Budget) -> None:
    """Fork a process for each connection that arrives, until the parent closes ``requests``."""
    os.nice(_NICENESS)
    gc.freeze()  # otherwise garbage collection would copy the memory shared with the parent
    has_warmed_up = False
    while received := socket.recv_fds(requests, 1, 1)[1]:
        if not has_warmed_up:
            warm_up()
            gc.freeze()  # otherwise garbage collection would copy the memory shared with children
            has_warmed_up = True
        (connection,) = received
        if os.fork() == 0:
            _run_child(connection, lambda fd=connection: _serve_calls(Connection(fd), budget))
        os.close(connection)
        _reap_children(os.WNOHANG)
    _reap_children(0)


def _reap_children(options: int) -> None:
    """Collect the child processes that have ended.

    The kernel then adds the children's processor time to the times of this process.
    """
    with suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


def _serve_calls(pipe: Connection, budget: Budget) -> None:
    """Make the calls that arrive, until the parent closes the pipe or memory runs short.

    An exception, such as MemoryError, ends the process and thereby the call.
    """
    _limit_memory(budget.memory)
    max_peak_memory = _peak_memory() + _MAX_KEPT_BYTES
    keeps_too_much = False
    with suppress(EOFError):
        while not keeps_too_much:
            keeps_too_much = _run_calls(pipe, budget, max_peak_memory)


def _run_calls(pipe: Connection, budget: Budget, max_peak_memory: int) -> bool:
    """Make the calls of one message, and return whether they are the last ones of this process.

    The calls are the last ones if the peak of the process's memory is above ``max_peak_memory``
    bytes. This is a separate function so that the calls' values are freed before the next message
    arrives.

    Raises:
        EOFError: the parent has closed the connection.
    """
    answers: list[tuple[Any, Exception | None]] = []
    for function, args in pipe.recv():
        signal.setitimer(signal.ITIMER_PROF, budget.seconds)
        signal.setitimer(signal.ITIMER_REAL, budget.seconds * _WALL_FACTOR)
        try:
            answers.append((function(*args), None))
        except MemoryError:
            raise
        except Exception as error:
            answers.append((None, picklable(error)))
    # Replace the process if it has grown, because memory that it keeps would reduce the budget of
    # later calls.
    is_last = _peak_memory() > max_peak_memory
    message = pickle.dumps((answers, is_last))
    if len(message) > _MAX_RESULT_BYTES:
        raise MemoryError
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.setitimer(signal.ITIMER_PROF, 0)
    pipe.send_bytes(message)
    return is_last


def _limit_memory(memory: int) -> None:
    """Limit the address space to its current size and ``memory`` more bytes."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + memory, hard))
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE_ADJ)


def _peak_memory() -> int:
    """Return the highest resident memory of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def picklable(error: Exception) -> Exception:
    """Return the error, or a ParseError with the error's text if the error cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 # this process made the bytes
    except Exception:  # pickling runs code of the error's class, which may raise anything
        return ParseError(f"{type(error).__name__}: {error}")
    return error
