"""The rate limiter that all workers share, on its own database connection (see ``db.hosts``)."""

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from include.core.pace import Blocked, Moments, Setback, WantedMoments, WantedSlots
from include.db import hosts


class SqlPace:
    """The implementation of ``fetch.politeness.Pace`` in Postgres."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        """The connection of the limiter, usable between its calls. Each statement is a transaction
        of its own."""

    def reserve(self, wanted: Mapping[str, WantedMoments]) -> Mapping[str, Moments | Blocked]:
        return hosts.reserve(self.connection, wanted)

    def note_answers(self, host: str, answers: int, rate: float) -> None:
        hosts.note_answers(self.connection, host, answers, rate)

    def note_setback(self, host: str, setback: Setback, *, rate: float, cooling: float) -> None:
        hosts.note_setback(self.connection, host, setback, rate=rate, cooling=cooling)

    def how_long_blocked(self, host: str) -> Blocked | None:
        return hosts.how_long_blocked(self.connection, host)

    def try_slots(self, wanted: Mapping[str, WantedSlots]) -> Mapping[str, Collection[int]]:
        return hosts.try_slots(self.connection, wanted)

    def give_back(self, slots: Mapping[str, Collection[int]]) -> None:
        hosts.give_back(self.connection, slots)


@contextmanager
def shared_pace(engine: Engine) -> Generator[SqlPace]:
    """Yield a rate limiter for one thread or event loop.

    Slots that were not given back are freed when the block or the process ends.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        yield SqlPace(connection)
