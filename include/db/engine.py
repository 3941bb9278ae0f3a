"""Make SQLAlchemy engines on psycopg 3.

Tasks use synchronous engines. The API uses asynchronous engines.
"""

from typing import Any

from pydantic_core import to_json
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_CONNECT = {
    "connect_timeout": 10,
    "application_name": "jobhunt",
    # Detect within half a minute that a server has disappeared without closing its connections.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    # End the transaction of a worker that hangs while it writes outcomes, because the transaction's
    # lock on the sweep's row would block recovery.
    "options": "-c idle_in_transaction_session_timeout=60s",
}


def make_engine(url: str) -> Engine:
    """Return an engine that has a small pool.

    Most tasks use one or two connections. Only the task that lists boards can use more. The pool
    does not overflow, because making a connection takes longer than most statements.
    """
    return create_engine(
        psycopg_url(url),
        pool_size=4,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args=_CONNECT,
        json_serializer=_json,
        use_native_hstore=False,  # otherwise each new connection queries whether hstore exists
    )


def make_async_engine(url: str) -> AsyncEngine:
    """Return an async engine that has a pool."""
    return create_async_engine(
        psycopg_url(url), pool_size=5, max_overflow=10, pool_pre_ping=True, connect_args=_CONNECT
    )


def make_unpooled_async_engine(url: str) -> AsyncEngine:
    """Return an async engine without a pool.

    Closing a connection of this engine ends the database session, and so frees the session's
    advisory locks.
    """
    return create_async_engine(psycopg_url(url), poolclass=NullPool, connect_args=_CONNECT)


def psycopg_url(url: str) -> URL:
    """Return ``url`` with the psycopg 3 driver, whatever driver or alias it names."""
    return make_url(url).set(drivername="postgresql+psycopg")


def _json(value: Any) -> str:
    """Return ``value`` as JSON. This takes a quarter of the time of the module json."""
    return to_json(value).decode()
