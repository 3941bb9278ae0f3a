"""The pace of requests to each upstream host, kept in Postgres for all workers together.

The pace is a virtual schedule (the generic cell rate algorithm, ITU-T I.371): each reservation
moves a host's next free moment on. The slots are session advisory locks, which end with their
connection, so that a killed worker gives its own back.
"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, extract, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from include.db.tables import hosts


def reserve(connection: Connection, host: str, requests: int, rate: float) -> float:
    """Takes the host's next ``requests`` moments, 1/``rate`` seconds apart.

    Returns:
        Seconds from now until the first of them; 0 when it is now.
    """
    span = literal(timedelta(seconds=requests / rate))
    now = func.clock_timestamp()
    end = insert(hosts).values(host=host, next_request_at=now + span)
    end = end.on_conflict_do_update(
        index_elements=["host"],
        set_={"next_request_at": func.greatest(hosts.c.next_request_at, now) + span},
    ).returning(extract("epoch", hosts.c.next_request_at - span - now))
    return max(0.0, float(connection.scalar(end) or 0))


def try_slot(connection: Connection, host: str, slots: Collection[int]) -> int | None:
    """One of the host's ``slots``, held until given back or the session ends; None while all are
    taken. Slots that this very session holds must not be asked for: locks are re-entrant."""
    for slot in sorted(slots):
        if connection.scalar(select(func.pg_try_advisory_lock(_key(host, slot)))):
            return slot
    return None


def give_back(connection: Connection, host: str, slot: int) -> None:
    connection.execute(select(func.pg_advisory_unlock(_key(host, slot))))


def _key(host: str, slot: int) -> ColumnElement[int]:
    return func.hashtextextended(literal(f"{host}#{slot}"), 0)
