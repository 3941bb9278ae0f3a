"""The API's database transactions.

The functions of ``include.db`` take a connection. ``Database`` runs such a function in a
transaction of its own.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from api.user_slots import UserSlots

P = ParamSpec("P")
T = TypeVar("T")
acting_user: ContextVar[str | None] = ContextVar("acting_user", default=None)
"""The user whose request the current task answers; None for streams and background tasks."""
_AT_ONCE_FOR_ONE_USER = 4
"""The number of transactions of one user at the same time. The pool has 15 connections, so that
several users with slow queries leave some for the others."""


class Database:
    def __init__(self, engine: AsyncEngine):
        self._engine = engine
        self._slots = UserSlots(_AT_ONCE_FOR_ONE_USER)
        self._snapshots = engine.execution_options(isolation_level="REPEATABLE READ")

    async def read(
        self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``step`` in a REPEATABLE READ transaction, and return its result.

        All that it reads comes from one snapshot of the database.
        """
        async with self._slot(), self._snapshots.connect() as connection, connection.begin():
            return await connection.run_sync(step, *args, **kwargs)

    async def write(
        self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``step`` in a transaction, commit it unless ``step`` raises, and return its
        result."""
        async with self._slot(), self._engine.begin() as connection:
            return await connection.run_sync(step, *args, **kwargs)

    @asynccontextmanager
    async def _slot(self) -> AsyncGenerator[None]:
        """Occupy one of the acting user's places while the block runs."""
        user_id = acting_user.get()
        if user_id is None:
            yield
        else:
            async with self._slots.of(user_id):
                yield
