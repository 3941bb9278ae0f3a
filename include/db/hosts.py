"""The pace of requests to each upstream host, kept in Postgres for all workers together.

The pace is a virtual schedule (the generic cell rate algorithm, ITU-T I.371): each reservation
moves a host's next free moment on. The slots are session advisory locks, which end with their
connection, so that a killed worker gives its own back.

A host in trouble is asked less, by all: not before the moment it names (``Retry-After``); at half
the rate, which grows again with its answers (additive increase, multiplicative decrease); and after
``CIRCUIT`` failures in a row by one worker at a time, ever more seldom, until it answers (a circuit
breaker: open, half open, closed).
"""

from collections.abc import Collection, Mapping, Sequence
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
    column,
    extract,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

from include.core.pace import Blocked, Moments, Setback, WantedMoments, WantedSlots
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
_SECOND = literal_column("interval '1 second'", Interval)
_blocked = func.coalesce(hosts.c.not_before > _now, False)
_open = hosts.c.failures >= CIRCUIT
_recent = func.coalesce(hosts.c.failed_at > _now - _FORGOTTEN_AFTER, False)


def reserve(
    connection: Connection, wanted: Mapping[str, WantedMoments]
) -> dict[str, Moments | Blocked]:
    """Takes each host's next moments, 1/``rate`` seconds apart or more."""
    answers: dict[str, Moments | Blocked] = {**_take(connection, wanted)}
    if left := wanted.keys() - answers.keys():
        answers |= (known := _how_long(connection, left))
        if new := left - known.keys():
            add = insert(hosts).on_conflict_do_nothing()
            connection.execute(add, [{"host": host} for host in sorted(new)])
            answers |= dict.fromkeys(new, Blocked(wait=0.0))
            answers |= _take(connection, {host: wanted[host] for host in new})
    return answers


def _take(connection: Connection, wanted: Mapping[str, WantedMoments]) -> dict[str, Moments]:
    """Of the hosts that are known and not blocked."""
    asked = {
        "names": list(wanted),
        "counts": [each.count for each in wanted.values()],
        "rates": [float(each.rate) for each in wanted.values()],
    }
    return {
        row.host: Moments(
            wait=max(0.0, float(row.wait)),
            rate=row.rate,
            on_trial=row.on_trial,
            in_trouble=row.in_trouble,
        )
        for row in connection.execute(_TAKE, asked)
    }


def _how_long(connection: Connection, names: Collection[str]) -> dict[str, Blocked]:
    """Of the hosts that are known."""
    failing_for = case((_open, extract("epoch", _now - hosts.c.failing_since)), else_=0.0)
    query = select(
        hosts.c.host,
        extract("epoch", hosts.c.not_before - _now).label("wait"),
        failing_for.label("failing_for"),
        hosts.c.failure_code,
    ).where(hosts.c.host.in_(names))
    return {
        row.host: Blocked(
            wait=max(0.0, float(row.wait or 0)),
            failing_for=float(row.failing_for or 0),
            code=row.failure_code,
        )
        for row in connection.execute(query)
    }


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
    blocked = _how_long(connection, [host]).get(host)
    return blocked if blocked and blocked.wait > 0 else None


def try_slots(connection: Connection, wanted: Mapping[str, WantedSlots]) -> dict[str, list[int]]:
    """Of each host, those of its slots that are free and now held, until given back or the session
    ends. Slots that this very session holds must not be asked for: locks are re-entrant."""
    taken: dict[str, list[int]] = {host: [] for host in wanted}
    left = {host: sorted(each.slots) for host, each in wanted.items()}
    while True:
        asked: list[tuple[str, int]] = []
        for host, each in wanted.items():
            missing = each.count - len(taken[host])
            asked += [(host, slot) for slot in left[host][:missing]]
            del left[host][:missing]
        if not asked:
            return taken
        for host, slot in connection.execute(_LOCK, _pairs(asked)):
            taken[host].append(slot)


def give_back(connection: Connection, slots: Mapping[str, Collection[int]]) -> None:
    held = [(host, slot) for host, each in slots.items() for slot in each]
    connection.execute(_UNLOCK, _pairs(held))


def _pairs(slots: Sequence[tuple[str, int]]) -> dict[str, list[str] | list[int]]:
    return {"names": [host for host, _ in slots], "slots": [slot for _, slot in slots]}


def _seconds(number: ColumnElement[float]) -> ColumnElement[timedelta]:
    return type_coerce(number * _SECOND, Interval)


def _taking() -> ReturningUpdate[str, Any, float, bool, bool]:
    wanted = _rows("wanted", names=Text, counts=Integer, rates=Double)
    # Locked in one order: two workers that ask for the same hosts do not wait for each other.
    locked = (
        select(hosts.c.host, wanted.c.counts, wanted.c.rates)
        .join_from(hosts, wanted, hosts.c.host == wanted.c.names)
        .order_by(hosts.c.host)
        .with_for_update(of=hosts)
        .cte("locked")
    )
    allowed = func.least(locked.c.rates, hosts.c.rate, type_=Double)
    span = _seconds(locked.c.counts / allowed)
    return (
        update(hosts)
        .where(hosts.c.host == locked.c.host, ~_blocked)
        .values(
            next_request_at=func.greatest(hosts.c.next_request_at, _now) + span,
            not_before=case((_open, _now + timedelta(seconds=_TRIAL_SECONDS))),
        )
        .returning(
            hosts.c.host,
            extract("epoch", hosts.c.next_request_at - span - _now).label("wait"),
            allowed.label("rate"),
            _open.label("on_trial"),
            or_(hosts.c.failures > 0, hosts.c.rate.is_not(None)).label("in_trouble"),
        )
    )


def _rows(name: str, **columns: type[TypeEngine[Any]]) -> TableValuedAlias:
    """Arrays, bound by the names of their columns, side by side."""
    arrays = [bindparam(each, type_=ARRAY(kind)) for each, kind in columns.items()]
    as_columns = [column(each, kind) for each, kind in columns.items()]
    return func.unnest(*arrays).table_valued(*as_columns, name=name).render_derived()


_slots = _rows("slots", names=Text, slots=Integer)
_key = func.hashtextextended(_slots.c.names + "#" + cast(_slots.c.slots, Text), 0, type_=BigInteger)
# Asked for with each few pages: to make them anew would take longer than the asking.
_TAKE = _taking()
_LOCK = select(_slots.c.names, _slots.c.slots).where(func.pg_try_advisory_lock(_key))
_UNLOCK = select(func.pg_advisory_unlock(_key))
