"""The API's transactions: repositories are plain functions of a connection, run in one."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    def __init__(self, engine: AsyncEngine):
        self._engine = engine
        self._snapshots = engine.execution_options(isolation_level="REPEATABLE READ")

    async def read(
        self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Everything that ``step`` reads is as of one moment."""
        async with self._snapshots.connect() as connection, connection.begin():
            return await connection.run_sync(step, *args, **kwargs)

    async def write(
        self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Commits unless ``step`` raises."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(step, *args, **kwargs)
