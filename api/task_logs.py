"""Merge the logs that Airflow keeps of a run's tasks into one log.

The lines of the newest attempt come first. Within an attempt, the lines are in order of time. A run
may have hundreds of task instances, and each has a log for each of its tries. Therefore the logs
are merged lazily. A log is read only if the start and the end of its try allow that it contains the
next line.
"""

import asyncio
import heapq
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from api.airflow import AirflowClient

_MAX_CONCURRENT_LOGS = 8
_PAGE_SIZE = 100
"""The number of items in each page that is requested.

By default Airflow returns no larger pages.
"""
_TIME_TOLERANCE = timedelta(seconds=5)
"""The tolerance for the times of log lines.

A line may lie by at most this time before the start or after the end of its try, as Airflow's
database states them.
"""
_FILES_GROUP = "::group::Log message source details"
_EARLIEST_TIME = datetime.min.replace(tzinfo=UTC)


class LogLine(BaseModel):
    at: datetime
    level: str
    task: str
    """The task's name. If the task is mapped, its index follows, as in ``crawl_pages[3]``."""
    attempt: int
    """The attempt of the run's sweep in which the line was logged."""
    message: str


class LogPage(BaseModel):
    items: list[LogLine]
    next_cursor: str | None
    """The cursor of the next page; None if there are no more lines yet."""


class DagRunOfAttempt(NamedTuple):
    attempt: int
    dag_run_id: str


class LogPlace(NamedTuple):
    """The place of a line among all lines of its run. Lines of later attempts come first."""

    attempt: int
    at: datetime
    task: str
    try_number: int
    line: int

    def encode(self) -> str:
        return urlsafe_b64encode(_PLACE.dump_json(self)).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "LogPlace":
        """Return the place that ``text`` encodes. Raise ValueError if it encodes none."""
        padding = "=" * (-len(text) % 4)  # makes the length a multiple of four
        try:
            return _PLACE.validate_json(urlsafe_b64decode(text + padding))
        except ValidationError as error:
            raise ValueError("is not a cursor of this route") from error


_PLACE = TypeAdapter(LogPlace)


class _Try(BaseModel):
    task_id: str
    map_index: int
    try_number: int
    start_date: datetime | None
    end_date: datetime | None

    @property
    def task(self) -> str:
        name = self.task_id.rpartition(".")[2]
        return name if self.map_index < 0 else f"{name}[{self.map_index}]"

    @property
    def began(self) -> datetime:
        return self.start_date or _EARLIEST_TIME


class _Tries(BaseModel):
    task_instances: list[_Try]


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    event: str
    timestamp: datetime | None = None
    level: str = "info"
    error_detail: list[dict[str, object]] | None = None


class _Log(BaseModel):
    content: list[_Message | str]


class _PlacedLine(NamedTuple):
    place: LogPlace
    line: LogLine


@dataclass(frozen=True)
class TaskLogs:
    """The logs of a run's tasks in Airflow.

    Raises:
        AirflowUnavailable, AirflowRefused: by every method, for the same reasons as in
            ``AirflowClient.trigger``.
    """

    airflow: AirflowClient

    async def page(
        self, dag_runs: Sequence[DagRunOfAttempt], *, after: LogPlace | None, limit: int
    ) -> LogPage:
        """Return the next page of log lines.

        Args:
            dag_runs: the run's DAG runs, newest attempt first.
            after: the place of the last line of the page before; None for the first page.
            limit: the maximum number of lines to return.
        """
        lines: list[_PlacedLine] = []
        for dag_run in dag_runs:
            if after is not None and dag_run.attempt > after.attempt:
                continue
            begin = after if after is not None and dag_run.attempt == after.attempt else None
            async for placed in self._lines(dag_run, begin):
                lines.append(placed)
                if len(lines) > limit:
                    cursor = lines[limit - 1].place.encode()
                    return LogPage(items=[each.line for each in lines[:limit]], next_cursor=cursor)
        return LogPage(items=[each.line for each in lines], next_cursor=None)

    async def _lines(
        self, dag_run: DagRunOfAttempt, after: LogPlace | None
    ) -> AsyncIterator[_PlacedLine]:
        """Yield the lines of a DAG run that come after the place ``after``, in order."""
        tries = await self._read_tries(dag_run)
        if after is not None:
            tries = [
                t for t in tries if t.end_date is None or t.end_date >= after.at - _TIME_TOLERANCE
            ]
        unread_tries = deque(sorted(tries, key=lambda each: each.began))
        read_lines: list[_PlacedLine] = []
        while unread_tries or read_lines:
            # Read more logs first if an unread try may have a line before all lines read so far.
            if unread_tries and (
                not read_lines or unread_tries[0].began - _TIME_TOLERANCE <= read_lines[0].place.at
            ):
                batch = [
                    unread_tries.popleft()
                    for _ in range(min(_MAX_CONCURRENT_LOGS, len(unread_tries)))
                ]
                logs = await asyncio.gather(*(self._read_log(dag_run, each) for each in batch))
                for placed in chain.from_iterable(logs):
                    if after is None or placed.place > after:
                        heapq.heappush(read_lines, placed)
                continue
            yield heapq.heappop(read_lines)

    async def _read_tries(self, dag_run: DagRunOfAttempt) -> list[_Try]:
        """Return all tries that have begun.

        The result is empty if there is no such DAG run (yet).
        """
        path = f"{quote(dag_run.dag_run_id, safe='')}/taskInstances"
        latest_tries: list[_Try] = []
        while True:
            window = {"limit": _PAGE_SIZE, "offset": len(latest_tries), "order_by": "id"}
            page = await self.airflow.read(path, _Tries, window)
            if page is None or not page.task_instances:
                break
            latest_tries += page.task_instances
        begun_tasks = [each for each in latest_tries if each.try_number and each.start_date]
        tries = {(each.task_id, each.map_index, each.try_number): each for each in begun_tasks}
        for repeated in (each for each in latest_tries if each.try_number > 1):
            index = "" if repeated.map_index < 0 else f"/{repeated.map_index}"
            history = await self.airflow.read(f"{path}/{repeated.task_id}{index}/tries", _Tries)
            for each in history.task_instances if history else ():
                tries.setdefault((each.task_id, each.map_index, each.try_number), each)
        return list(tries.values())

    async def _read_log(self, dag_run: DagRunOfAttempt, task_try: _Try) -> list[_PlacedLine]:
        """Return the lines that the task has logged in one try, each with its place."""
        path = (
            f"{quote(dag_run.dag_run_id, safe='')}/taskInstances/{task_try.task_id}"
            f"/logs/{task_try.try_number}"
        )
        log = await self.airflow.read(path, _Log, {"map_index": task_try.map_index})
        lines: list[_PlacedLine] = []
        at = task_try.began
        for number, message in _messages_of_task(log.content if log else ()):
            # A line without a time, or with an earlier one, gets the time of the line before it.
            if message.timestamp:
                at = max(at, message.timestamp.astimezone(UTC))
            lines.append(
                _PlacedLine(
                    LogPlace(dag_run.attempt, at, task_try.task, task_try.try_number, number),
                    LogLine(
                        at=at,
                        level=message.level,
                        task=task_try.task,
                        attempt=dag_run.attempt,
                        message=_message_text(message),
                    ),
                )
            )
        return lines


def _messages_of_task(content: Iterable[_Message | str]) -> Iterator[tuple[int, _Message]]:
    """Yield the line number and the message of each line that the task itself has logged.

    Airflow's group markers are left out. The group that names Airflow's log files is left out, too,
    because users must not see it.
    """
    in_files_group = False
    for number, line in enumerate(content):
        message = _Message(event=line) if isinstance(line, str) else line
        if message.event.startswith("::group::"):
            in_files_group = message.event == _FILES_GROUP
        elif message.event.startswith("::endgroup::"):
            in_files_group = False
        elif not in_files_group:
            yield number, message


def _message_text(message: _Message) -> str:
    errors = (
        f"{detail.get('exc_type')}: {detail.get('exc_value')}"
        for detail in message.error_detail or ()
    )
    return "\n".join((message.event, *errors))
