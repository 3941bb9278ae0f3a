"""Engines on psycopg 3: sync in tasks, async in the API."""

from typing import Any

from pydantic_core import to_json
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_CONNECT = {
    "connect_timeout": 10,
    "application_name": "jobhunt",
    # A server that is gone without a word is noticed in half a minute, not in two hours.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    # A worker that froze in a flush holds its run's row: recovery must not wait for it for ever.
    "options": "-c idle_in_transaction_session_timeout=60s",
}


def make_engine(url: str) -> Engine:
    """A small pool: a task uses one connection, at most two; only that which lists companies has
    use for more. None overflows: to connect costs more than most statements do."""
    return create_engine(
        psycopg_url(url),
        pool_size=4,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args=_CONNECT,
        json_serializer=_json,
        use_native_hstore=False,  # each new connection would ask whether there are any
    )


def make_async_engine(url: str) -> AsyncEngine:
    return create_async_engine(
        psycopg_url(url), pool_size=5, max_overflow=10, pool_pre_ping=True, connect_args=_CONNECT
    )


def make_unpooled_async_engine(url: str) -> AsyncEngine:
    """A connection is a session here: closing it frees the advisory locks it holds."""
    return create_async_engine(psycopg_url(url), poolclass=NullPool, connect_args=_CONNECT)


def psycopg_url(url: str) -> URL:
    """``url`` with the psycopg 3 driver, whatever driver or alias it names."""
    return make_url(url).set(drivername="postgresql+psycopg")


def _json(value: Any) -> str:
    """A posting's in a quarter of the standard library's time."""
    return to_json(value).decode()
