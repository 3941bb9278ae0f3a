"""Store imports: lists of companies that users asked to follow at once, and their entries.

To resolve an entry is to find the board of the entry's company. A process claims an entry before it
resolves the entry. If the process dies, the claim expires, and any process may claim the entry
again.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from include.core.companies.company_lists import ListedCompany
from include.core.models import EntryStatus
from include.db.records import to_record
from include.db.sql import statement
from include.db.tables import import_entries, imports, users
from include.errors import ImportActive

MAX_TRIES = 3
"""The maximum number of times that an entry is claimed. After that, nobody tries to resolve the
entry, because it may be the reason why the processes die."""


@dataclass(frozen=True, kw_only=True)
class ClaimedEntry:
    """An entry that this process has claimed."""

    import_id: int
    position: int
    user_id: str
    listed: ListedCompany


@dataclass(frozen=True, kw_only=True)
class EntryResult:
    """The result of resolving an entry."""

    status: EntryStatus
    company: str | None = None
    """The slug of the company that the user follows."""
    reason: str | None = None
    """How the board was found, or why it was not found or is ambiguous."""
    choices: Sequence[Mapping[str, Any]] = ()
    """The boards that the entry may mean, each with ``name``, ``source`` and ``config``."""


@dataclass(frozen=True, kw_only=True)
class EntryReport:
    """One entry of an import in the form of the API."""

    name: str | None
    address: str | None
    status: EntryStatus
    company: str | None
    """The slug of the company that the user follows."""
    reason: str | None
    """How the board was found, or why it was not found or is ambiguous."""
    choices: list[dict[str, Any]]
    """The boards that the entry may mean, each with ``name``, ``source`` and ``config``."""


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """An import and its progress."""

    import_id: int
    created_at: datetime
    finished: bool
    """True if no entry is waiting."""
    counts: dict[str, int]
    """The number of entries in each status, by the name of the status. ``total`` is the number of
    all entries."""
    entries: list[EntryReport]


def add_import(connection: Connection, user_id: str, entries: Sequence[ListedCompany]) -> int:
    """Insert an import, and return its id. The user must exist.

    If the user's unfinished import has the same entries, its id is returned instead. The user's
    earlier imports are deleted.

    Raises:
        ImportActive: the user has an unfinished import of other entries.
    """
    # Lock the user's row, so that concurrent requests of one user wait for each other.
    connection.execute(select(users).where(users.c.user_id == user_id).with_for_update())
    text = json.dumps([astuple(entry) for entry in entries])
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    select_waiting = select(imports.c.import_id, imports.c.entries_sha256).where(
        imports.c.user_id == user_id,
        select(import_entries)
        .where(
            import_entries.c.import_id == imports.c.import_id,
            import_entries.c.status == EntryStatus.WAITING,
        )
        .exists(),
    )
    waiting_import = connection.execute(select_waiting).one_or_none()
    if waiting_import is not None:
        if waiting_import.entries_sha256 == sha256:
            return waiting_import.import_id
        raise ImportActive(user_id, waiting_import.import_id)
    connection.execute(delete(imports).where(imports.c.user_id == user_id))
    insert_import = insert(imports).values(user_id=user_id, entries_sha256=sha256)
    import_id = connection.execute(insert_import.returning(imports.c.import_id)).scalar_one()
    connection.execute(
        insert(import_entries),
        [
            {"import_id": import_id, "position": position, **vars(entry)}
            for position, entry in enumerate(entries)
        ],
    )
    return import_id


def claim_entry(connection: Connection, *, seconds: float) -> ClaimedEntry | None:
    """Claim a waiting entry that no process is resolving, or return None.

    Imports take turns, so that a long import does not delay a short one.

    Args:
        seconds: the time after which another process may claim the entry.
    """
    params = {"seconds": seconds, "tries": MAX_TRIES}
    row = connection.execute(_CLAIM, params).mappings().one_or_none()
    return None if row is None else to_record(ClaimedEntry, row, listed=dict(row))


def set_result(connection: Connection, entry: ClaimedEntry, result: EntryResult) -> bool:
    """Record the entry's result. Return False if another process has recorded one already."""
    updated = connection.execute(
        update(import_entries)
        .where(
            import_entries.c.import_id == entry.import_id,
            import_entries.c.position == entry.position,
            import_entries.c.status == EntryStatus.WAITING,
        )
        .values(**vars(result), claimed_until=None)
    )
    return updated.rowcount > 0


def read_import(connection: Connection, user_id: str, import_id: int) -> ImportReport | None:
    """Return the import, or None if the user has no import with this id."""
    select_import = select(imports).where(
        imports.c.import_id == import_id, imports.c.user_id == user_id
    )
    import_row = connection.execute(select_import).mappings().one_or_none()
    if import_row is None:
        return None
    rows = connection.execute(
        select(import_entries)
        .where(import_entries.c.import_id == import_id)
        .order_by(import_entries.c.position)
    ).mappings()
    entries = [to_record(EntryReport, row) for row in rows]
    counts = {status.value: 0 for status in EntryStatus}
    for entry in entries:
        counts[entry.status] += 1
    return to_record(
        ImportReport,
        import_row,
        finished=counts[EntryStatus.WAITING] == 0,
        counts={"total": len(entries), **counts},
        entries=entries,
    )


def give_up_lost_entries(connection: Connection) -> None:
    """Mark those entries as not found whose last claim expired after ``MAX_TRIES`` claims."""
    connection.execute(
        update(import_entries)
        .where(
            import_entries.c.status == EntryStatus.WAITING,
            import_entries.c.tries >= MAX_TRIES,
            import_entries.c.claimed_until < func.now(),
        )
        .values(
            status=EntryStatus.NOT_FOUND,
            reason=f"it could not be resolved in {MAX_TRIES} tries; add it by itself",
        )
    )


_CLAIM = statement(
    f"""
    UPDATE import_entries AS e
    SET claimed_until = now() + make_interval(secs => :seconds), tries = e.tries + 1
    FROM (
        SELECT import_id, position FROM import_entries
        WHERE status = '{EntryStatus.WAITING}' AND tries < :tries
            AND coalesce(claimed_until, '-infinity') < now()
        ORDER BY position, import_id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    ) AS next, imports AS i
    WHERE e.import_id = next.import_id AND e.position = next.position
        AND i.import_id = e.import_id
    RETURNING e.import_id, e.position, e.name, e.address, i.user_id
    """
)
