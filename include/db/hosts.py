"""The pace of requests to each upstream host, kept in Postgres for all workers together.

The pace is a virtual schedule (the generic cell rate algorithm, ITU-T I.371): each reservation
moves a host's next free send time on. The slots are session advisory locks. They end with their
connection, so a killed worker gives its slots back.

All workers send fewer requests to a host in trouble:

- none before the time that the host names (``Retry-After``);
- then at half the rate, which grows again with each answer (additive increase, multiplicative
  decrease);
- after ``CIRCUIT`` failures in a row, one worker at a time tries the host, less and less often,
  until it answers (a circuit breaker: open, half-open, closed).
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
"""How often the time for which a circuit stays open is doubled at most; each failed try doubles it
once."""
_TRIAL_SECONDS = 15.0
"""The time after which another worker may try a half-open host, in case the first was killed."""
_PAUSE_SECONDS = 1.0
"""The pause for a host that asks for fewer requests without saying how long to wait."""
_FORGOTTEN_AFTER = timedelta(minutes=10)
"""The time after which a failure no longer counts."""
_GROWTH = 0.02
"""The share of its full rate that a slowed host regains with each answer."""
_SLOWEST = 1 / 60
"""The lowest rate, in requests a second."""

_now = func.clock_timestamp()
_SECOND = literal_column("interval '1 second'", Interval)
_blocked = func.coalesce(hosts.c.not_before > _now, False)
_open = hosts.c.failures >= CIRCUIT
_recent = func.coalesce(hosts.c.failed_at > _now - _FORGOTTEN_AFTER, False)


def reserve(
    connection: Connection, wanted: Mapping[str, WantedMoments]
) -> dict[str, Moments | Blocked]:
    """Reserve each host's next send times, at least 1/``rate`` seconds apart."""
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
    """Reserve send times of those hosts that are in the table and not blocked."""
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
    """Return how long each host is blocked, for the hosts that are in the table."""
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
    """Record that the host has answered ``answers`` requests: close its circuit, raise its rate."""
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
    """Record that the host has not answered, or has asked for fewer requests.

    If many requests under way at the same time meet the same failure, it slows the host down once.

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
            # the try of the half-open host has ended, and with it the block on other workers
            not_before=until if setback.on_trial else func.greatest(own, until),
            rate=case((known, hosts.c.rate), else_=slower) if setback.slow_down else hosts.c.rate,
        )
    )


def how_long_blocked(connection: Connection, host: str) -> Blocked | None:
    """Return how long the host is blocked; None if it may be sent requests."""
    blocked = _how_long(connection, [host]).get(host)
    return blocked if blocked and blocked.wait > 0 else None


def try_slots(connection: Connection, wanted: Mapping[str, WantedSlots]) -> dict[str, list[int]]:
    """Take free slots of each host, and return those that were taken.

    They are held until they are given back or the session ends. The caller must not ask for slots
    that this session holds already, because advisory locks are re-entrant.
    """
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
    """Free slots that this session holds."""
    held = [(host, slot) for host, each in slots.items() for slot in each]
    connection.execute(_UNLOCK, _pairs(held))


def _pairs(slots: Sequence[tuple[str, int]]) -> dict[str, list[str] | list[int]]:
    return {"names": [host for host, _ in slots], "slots": [slot for _, slot in slots]}


def _seconds(number: ColumnElement[float]) -> ColumnElement[timedelta]:
    return type_coerce(number * _SECOND, Interval)


def _taking() -> ReturningUpdate[str, Any, float, bool, bool]:
    wanted = _rows("wanted", names=Text, counts=Integer, rates=Double)
    # Rows are locked in one order, so that two workers with the same hosts cannot deadlock.
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
    """Return a table of parallel array parameters, each named as its column."""
    arrays = [bindparam(each, type_=ARRAY(kind)) for each, kind in columns.items()]
    as_columns = [column(each, kind) for each, kind in columns.items()]
    return func.unnest(*arrays).table_valued(*as_columns, name=name).render_derived()


_slots = _rows("slots", names=Text, slots=Integer)
_key = func.hashtextextended(_slots.c.names + "#" + cast(_slots.c.slots, Text), 0, type_=BigInteger)
# Built once, because building a statement takes longer than executing it.
_TAKE = _taking()
_LOCK = select(_slots.c.names, _slots.c.slots).where(func.pg_try_advisory_lock(_key))
_UNLOCK = select(func.pg_advisory_unlock(_key))
