"""Store the notes and states that users give to postings, and the times of users' visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Text, cast, func, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from include.core.models import TrackingState
from include.db.records import to_record
from include.db.tables import tracked_jobs, users


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """A user's notes on one posting."""

    state: TrackingState | None
    hidden: bool
    """True if the user does not want to see the posting again."""
    note: str
    remind_at: datetime | None
    dates: Mapping[TrackingState, datetime]
    """The time at which the user last put the posting into each state."""


def put_tracking(
    connection: Connection, user_id: str, job_id: int, changes: Mapping[str, Any]
) -> Tracking:
    """Change the user's notes on a job that they may see, and return the notes.

    Args:
        changes: the new values of ``state``, ``hidden``, ``note`` and ``remind_at``. Values that
            are left out stay as they are.
    """
    state = changes.get("state")
    dates = func.jsonb_build_object(cast(state, Text), func.now()) if state else cast({}, JSONB)
    insert_notes = insert(tracked_jobs).values(
        user_id=user_id, job_id=job_id, dates=dates, **changes
    )
    upsert = insert_notes.on_conflict_do_update(
        index_elements=["user_id", "job_id"],
        set_={
            **changes,
            "dates": tracked_jobs.c.dates + insert_notes.excluded.dates,
            "updated_at": func.now(),
        },
    )
    table = tracked_jobs.c
    columns = (table.state.label("tracking_state"), table.hidden, table.note, table.remind_at)
    row = connection.execute(upsert.returning(*columns, table.dates)).mappings().one()
    return _tracking(row)


def tracking_of(row: RowMapping) -> Tracking | None:
    """Return the notes in a row that has the columns of ``tracked_jobs``.

    Return None if the row has no notes.
    """
    return None if row["hidden"] is None else _tracking(row)


def record_visit(connection: Connection, user_id: str) -> datetime:
    """Record that the user has seen all postings shown to them so far.

    Return the current time.
    """
    record = update(users).where(users.c.user_id == user_id).values(visited_at=func.now())
    return connection.execute(record.returning(users.c.visited_at)).scalar_one().astimezone(UTC)


def _tracking(row: RowMapping) -> Tracking:
    dates = {
        state: datetime.fromisoformat(at).astimezone(UTC) for state, at in row["dates"].items()
    }
    return to_record(Tracking, row, state=row["tracking_state"], dates=dates)
