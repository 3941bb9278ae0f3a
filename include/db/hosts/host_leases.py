"""Share the leases and states of hosts among all workers through Postgres (ADR 26).

A lease is a session advisory lock, so it ends with the worker's session. Only the worker that holds
a host's lease reads and writes the host's row. Each worker that waits for the lease holds a second
advisory lock of the host in shared mode. The lease holder tests this second lock to find out
whether any worker waits. No row has to be written for this.
"""

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict

from sqlalchemy import Connection, Engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.expression import TextClause, bindparam

from include.core.hosts.host_state import HostState
from include.db.records import to_record

SESSION_TIMEOUT = "30s"
"""The time without a statement after which Postgres ends a worker's session, which frees its
leases. A worker that sends no statement for so long is frozen, or its machine has failed."""


class HostLeases:
    """The implementation of ``fetch.limits.limiter.LeaseStore``, for one worker."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        """The worker's connection, in autocommit mode. Other code may use the connection between
        the calls of these methods."""
        self._waiting_for: set[str] = set()

    def take(self, hosts: Collection[str]) -> dict[str, HostState]:
        """Take the free leases of ``hosts``. Return the states of the hosts whose lease was free.

        ``hosts`` must not contain hosts whose lease this worker holds, because an advisory lock
        that is taken twice must also be released twice.
        """
        taken_hosts = self._select_hosts(_LOCK, hosts) if hosts else set[str]()
        self._announce(set(hosts) - taken_hosts)
        if not taken_hosts:
            return {}
        # The states are read by a separate statement, because its snapshot must be newer than the
        # lock.
        rows = self.connection.execute(_READ, {"hosts": list(taken_hosts)}).mappings()
        states = {row["host"]: to_record(HostState, row) for row in rows}
        self.connection.execute(_MARK_AS_LEASED, {"hosts": list(taken_hosts)})
        return {host: states.get(host, HostState()) for host in taken_hosts}

    def contended(self, hosts: Collection[str]) -> set[str]:
        """Return those of ``hosts`` whose leases other workers wait for.

        This worker holds the leases of all ``hosts``.
        """
        return self._select_hosts(_CONTENDED, hosts)

    def save(self, states: Mapping[str, HostState]) -> None:
        """Store the states of leased hosts. Times are in seconds from now."""
        rows = [{"host": host, **asdict(state)} for host, state in states.items()]
        self.connection.execute(_SAVE, {"states": rows})

    def release(self, states: Mapping[str, HostState]) -> None:
        """Store the states of leased hosts, and give up the leases."""
        self.save(states)
        self.connection.execute(_UNLOCK, {"hosts": list(states)})

    def _announce(self, waiting_for: set[str]) -> None:
        """Announce to the other workers which hosts this worker waits for."""
        if no_longer_needed := self._waiting_for - waiting_for:
            self.connection.execute(_RETRACT, {"hosts": list(no_longer_needed)})
            self._waiting_for -= no_longer_needed
        if new := waiting_for - self._waiting_for:
            self._waiting_for |= self._select_hosts(_ANNOUNCE, new)

    def _select_hosts(self, statement: TextClause, hosts: Collection[str]) -> set[str]:
        """Return those of ``hosts`` that the statement selects."""
        return set(self.connection.scalars(statement, {"hosts": list(hosts)}))


@contextmanager
def host_leases(engine: Engine) -> Generator[HostLeases]:
    """Yield the ``HostLeases`` of one worker, which has a database session of its own."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        connection.execute(text(f"SET idle_session_timeout = '{SESSION_TIMEOUT}'"))
        yield HostLeases(connection)


_HOSTS = "unnest(CAST(:hosts AS text[])) AS host"
_LEASE = "hashtextextended('host lease ' || host, 0)"
_WAITING = "hashtextextended('host wanted ' || host, 0)"
_LOCK = text(f"SELECT host FROM {_HOSTS} WHERE pg_try_advisory_lock({_LEASE})")
_UNLOCK = text(f"SELECT pg_advisory_unlock({_LEASE}) FROM {_HOSTS}")
_ANNOUNCE = text(f"SELECT host FROM {_HOSTS} WHERE pg_try_advisory_lock_shared({_WAITING})")
_RETRACT = text(f"SELECT pg_advisory_unlock_shared({_WAITING}) FROM {_HOSTS}")
# A worker that waits for a lease holds the lock in shared mode, so the lock cannot be taken
# exclusively. If it can be taken, it is released at once, and pg_advisory_unlock returns true.
_CONTENDED = text(f"""
    SELECT host FROM {_HOSTS}
    WHERE CASE WHEN pg_try_advisory_lock({_WAITING}) THEN NOT pg_advisory_unlock({_WAITING})
               ELSE true END
""")
_READ = text("""
    SELECT host, rate, failures, failure_code,
        extract(epoch FROM next_request_at - clock_timestamp())::float8 AS next_send,
        extract(epoch FROM failing_since - clock_timestamp())::float8 AS failing_since,
        extract(epoch FROM failed_at - clock_timestamp())::float8 AS failed_at,
        extract(epoch FROM not_before - clock_timestamp())::float8 AS blocked_until
    FROM hosts WHERE host = ANY(:hosts)
""")
_MARK_AS_LEASED = text(f"""
    INSERT INTO hosts (host, next_request_at) SELECT host, NULL FROM {_HOSTS}
    ON CONFLICT (host) DO UPDATE SET next_request_at = NULL
""")
_SAVE = text("""
    UPDATE hosts AS h SET
        next_request_at = clock_timestamp() + s.next_send * interval '1 second',
        rate = s.rate, failures = s.failures, failure_code = s.failure_code,
        failing_since = clock_timestamp() + s.failing_since * interval '1 second',
        failed_at = clock_timestamp() + s.failed_at * interval '1 second',
        not_before = clock_timestamp() + s.blocked_until * interval '1 second'
    FROM jsonb_to_recordset(:states) AS s(
        host text, next_send float8, rate float8, failures int, failure_code text,
        failing_since float8, failed_at float8, blocked_until float8
    )
    WHERE h.host = s.host
""").bindparams(bindparam("states", type_=JSONB))
