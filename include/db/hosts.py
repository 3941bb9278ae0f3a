"""The pace of requests to each upstream host, kept in Postgres for all workers together.

The pace is a virtual schedule (the generic cell rate algorithm, ITU-T I.371): each reservation
moves a host's next free moment on. The slots are session advisory locks, which end with their
connection, so that a killed worker gives its own back.

A host in trouble is asked less, by all: not before the moment it names (``Retry-After``); at half
the rate, which grows again with its answers (additive increase, multiplicative decrease); and after
``CIRCUIT`` failures in a row by one worker at a time, ever more seldom, until it answers (a circuit
breaker: open, half open, closed).
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Integer,
    Interval,
    Text,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from include.core.pace import Blocked, Moments, Setback
from include.db.tables import hosts

CIRCUIT = 5
"""Failures in a row that open a host's circuit."""
_MOST_DOUBLINGS = 4
"""Of the time that an open circuit cools: each try that fails doubles it."""
_TRIAL_SECONDS = 15.0
"""Until another worker may try, should the one that tries be killed."""
_PAUSE_SECONDS = 1.0
"""Of a host that asks for less and does not say how long to wait."""
_FORGOTTEN_AFTER = timedelta(minutes=10)
"""Failures that long ago say nothing of now."""
_GROWTH = 0.02
"""Of its full rate, that each answer gives back to a host."""
_SLOWEST = 1 / 60
"""Requests a second."""

_now = func.clock_timestamp()
_blocked = func.coalesce(hosts.c.not_before > _now, False)
_open = hosts.c.failures >= CIRCUIT
_recent = func.coalesce(hosts.c.failed_at > _now - _FORGOTTEN_AFTER, False)


def reserve(connection: Connection, host: str, requests: int, rate: float) -> Moments | Blocked:
    """Takes the host's next ``requests`` moments, 1/``rate`` seconds apart or more."""
    asked = {"name": host, "requests": requests, "most": rate}
    row = connection.execute(_TAKE, asked).one_or_none()
    if row is None:
        return _how_long(connection, host) or Blocked(wait=0.0)
    return Moments(
        wait=max(0.0, float(row.wait)),
        rate=row.rate,
        on_trial=row.on_trial,
        in_trouble=row.in_trouble,
    )


def _how_long(connection: Connection, host: str) -> Blocked | None:
    failing_for = case((_open, extract("epoch", _now - hosts.c.failing_since)), else_=0.0)
    query = select(
        extract("epoch", hosts.c.not_before - _now).label("wait"),
        failing_for.label("failing_for"),
        hosts.c.failure_code,
    ).where(hosts.c.host == host)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Blocked(
        wait=max(0.0, float(row.wait or 0)),
        failing_for=float(row.failing_for or 0),
        code=row.failure_code,
    )


def note_answers(connection: Connection, host: str, answers: int, rate: float) -> None:
    """The host has answered so often, of late: its circuit is closed, its rate grows."""
    grown = hosts.c.rate + literal(answers * _GROWTH * rate, Double)
    connection.execute(
        update(hosts)
        .where(hosts.c.host == host, or_(hosts.c.failures > 0, hosts.c.rate.is_not(None)))
        .values(
            failures=0,
            failing_since=None,
            failure_code=None,
            not_before=case((_open, None), else_=hosts.c.not_before),
            rate=case((grown < rate, grown)),
        )
    )


def note_setback(
    connection: Connection, host: str, setback: Setback, *, rate: float, cooling: float
) -> None:
    """The host has not answered, or has asked us to come less often.

    What many requests under way at once meet is one setback: it slows the host down once.

    Args:
        cooling: seconds until an open circuit is tried for the first time.
    """
    in_a_row = case((_recent, hosts.c.failures), else_=0)
    known = and_(_blocked, _recent, literal(not setback.on_trial))
    failures = case((and_(known, _open), hosts.c.failures), else_=in_a_row + 1)
    doublings = func.least(failures - CIRCUIT, _MOST_DOUBLINGS)
    cooled = case((failures >= CIRCUIT, cooling * func.power(2.0, doublings)), else_=0.0)
    told = setback.retry_after or (_PAUSE_SECONDS if setback.slow_down else 0.0)
    wait = func.greatest(cast(cooled, Double), literal(told, Double))
    own = func.coalesce(hosts.c.not_before, _now)
    until = _now + _seconds(wait)
    slower = func.greatest(func.least(hosts.c.rate, rate) / 2, _SLOWEST)
    connection.execute(insert(hosts).values(host=host).on_conflict_do_nothing())
    connection.execute(
        update(hosts)
        .where(hosts.c.host == host)
        .values(
            failures=failures,
            failure_code=setback.code,
            failing_since=case((in_a_row > 0, hosts.c.failing_since), else_=_now),
            failed_at=_now,
            # a worker that tried it out has its answer: what it had blocked is over
            not_before=until if setback.on_trial else func.greatest(own, until),
            rate=case((known, hosts.c.rate), else_=slower) if setback.slow_down else hosts.c.rate,
        )
    )


def how_long_blocked(connection: Connection, host: str) -> Blocked | None:
    """None while the host may be asked."""
    blocked = _how_long(connection, host)
    return blocked if blocked and blocked.wait > 0 else None


def try_slots(connection: Connection, host: str, slots: Collection[int], wanted: int) -> list[int]:
    """At most ``wanted`` of the host's ``slots``, held until given back or the session ends; none
    while all are taken. Slots that this very session holds must not be asked for: locks are
    re-entrant."""
    left, taken = sorted(slots), list[int]()
    while left and len(taken) < wanted:
        missing = wanted - len(taken)
        asked, left = left[:missing], left[missing:]
        taken += connection.scalars(_LOCK, {"name": host, "slots": asked})
    return taken


def give_back(connection: Connection, host: str, slots: Collection[int]) -> None:
    connection.execute(_UNLOCK, {"name": host, "slots": list(slots)})


def _seconds(number: ColumnElement[float] | float) -> ColumnElement[timedelta]:
    return func.make_interval(*[0] * 6, number, type_=Interval)


def _take() -> ReturningInsert[int, Any, bool, bool]:
    requests, most = bindparam("requests", type_=Double), bindparam("most", type_=Double)
    allowed = func.least(most, hosts.c.rate)
    span = _seconds(requests / allowed)
    return (
        insert(hosts)
        .values(host=bindparam("name"), next_request_at=_now + _seconds(requests / most))
        .on_conflict_do_update(
            index_elements=["host"],
            set_={
                "next_request_at": func.greatest(hosts.c.next_request_at, _now) + span,
                "not_before": case((_open, _now + timedelta(seconds=_TRIAL_SECONDS))),
            },
            where=~_blocked,
        )
        .returning(
            extract("epoch", hosts.c.next_request_at - span - _now).label("wait"),
            allowed.label("rate"),
            _open.label("on_trial"),
            or_(hosts.c.failures > 0, hosts.c.rate.is_not(None)).label("in_trouble"),
        )
    )


_slot = func.unnest(bindparam("slots", type_=ARRAY(Integer))).column_valued("slot")
_key = func.hashtextextended(
    bindparam("name", type_=Text) + "#" + cast(_slot, Text), 0, type_=BigInteger
)
# Asked for with each few pages: to make them anew would take longer than the asking.
_TAKE = _take()
_LOCK = select(_slot).where(func.pg_try_advisory_lock(_key))
_UNLOCK = select(func.pg_advisory_unlock(_key))
