"""Run the API's database transactions.

The functions of ``include.db`` take a connection. ``Database`` runs such a function in a
transaction of its own.
"""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    def __init__(self, engine: AsyncEngine):
        self._engine = engine
        self._snapshot_engine = engine.execution_options(isolation_level="REPEATABLE READ")

    async def read(
        self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``step`` in a REPEATABLE READ transaction, and return its result.

        All that ``step`` reads comes from one snapshot of the database.
        """
        async with self._snapshot_engine.connect() as connection, connection.begin():
            return await connection.run_sync(step, *args, **kwargs)

    async def write(
        self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``step`` in a transaction, and return its result.

        The transaction is committed unless ``step`` raises.
        """
        async with self._engine.begin() as connection:
            return await connection.run_sync(step, *args, **kwargs)
