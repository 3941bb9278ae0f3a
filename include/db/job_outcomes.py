"""What came of a batch's jobs, as a worker writes it back with each flush.

A write is guarded by the job's state and the run that owns it; by the run's attempt through
``runs.touch``, which gives the version to stamp.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, TableValuedAlias, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from include.core.outcomes import (
    Changed,
    Confirmed,
    Extracted,
    Failed,
    Gone,
    Reopened,
    Started,
    Unchanged,
)
from include.core.records import EXTRACTOR_VERSION, changed_fields
from include.core.run_state import ENDED_JOBS, JobStatus, jobs_before
from include.db.tables import job_versions, jobs

_CRAWLED = {"crawled_at": func.now(), "crawled_modified": jobs.c.modified}


def write_started(
    connection: Connection, run_id: int, version: int, outcomes: Sequence[Started]
) -> None:
    _write(connection, run_id, version, JobStatus.CRAWLING, _rows(outcomes))


def write_changed(
    connection: Connection, run_id: int, version: int, outcomes: Sequence[Changed]
) -> None:
    """The posting is not current until it is extracted, so a lost extraction is made up for."""
    rows = _rows(outcomes)
    for row, outcome in zip(rows, outcomes, strict=True):
        del row["fingerprint"]
        row |= vars(outcome.fingerprint) | {"posting_current": False}
        row["simhash"] = _signed(outcome.fingerprint.simhash)
    _write(connection, run_id, version, JobStatus.EXTRACTING, rows, **_CRAWLED)


def write_unchanged(
    connection: Connection, run_id: int, version: int, outcomes: Sequence[Unchanged]
) -> None:
    looked = [outcome for outcome in outcomes if outcome.looked]
    rows = _rows(looked)
    for row in rows:
        del row["looked"]
    _write(connection, run_id, version, JobStatus.SKIPPED, rows, **_CRAWLED)
    unseen = [{"job_id": o.job_id} for o in outcomes if not o.looked]
    _write(connection, run_id, version, JobStatus.SKIPPED, unseen)


def write_reopened(
    connection: Connection, run_id: int, version: int, outcomes: Sequence[Reopened]
) -> None:
    _write(connection, run_id, version, JobStatus.EXTRACTING, _rows(outcomes))


def write_confirmed(
    connection: Connection, run_id: int, version: int, outcomes: Sequence[Confirmed]
) -> None:
    rows = [{"job_id": o.job_id, "extractor_version": EXTRACTOR_VERSION} for o in outcomes]
    _write(connection, run_id, version, JobStatus.SKIPPED, rows)


def write_gone(connection: Connection, run_id: int, version: int, outcomes: Sequence[Gone]) -> None:
    rows = [
        {
            "job_id": outcome.job_id,
            "attempts": outcome.attempts,
            "error_message": outcome.message,
            "expire_reason": "gone",
        }
        for outcome in outcomes
    ]
    _write(connection, run_id, version, JobStatus.EXPIRED, rows, expired_at=func.now())


def write_failed(
    connection: Connection, run_id: int, version: int, outcomes: Sequence[Failed]
) -> None:
    rows = [
        {
            "job_id": outcome.job_id,
            "attempts": outcome.attempts,
            "error_code": outcome.code,
            "error_message": outcome.message,
        }
        for outcome in outcomes
    ]
    _write(connection, run_id, version, JobStatus.FAILED, rows)


def write_extracted(
    connection: Connection, run_id: int, version: int, outcomes: Sequence[Extracted]
) -> None:
    """Also keeps what changed since the extraction before as the job's version history."""
    changes = _changes(connection, outcomes)
    changed = [outcome for outcome in outcomes if outcome.job_id in changes]
    same = [outcome for outcome in outcomes if outcome.job_id not in changes]
    _write(connection, run_id, version, JobStatus.READY, _postings(same))
    _write(connection, run_id, version, JobStatus.READY, _postings(changed), updated_at=func.now())
    if changes:
        history = insert(job_versions).values(
            [{"job_id": job_id, "run_id": run_id, "changes": c} for job_id, c in changes.items()]
        )
        connection.execute(history.on_conflict_do_nothing())


def _changes(connection: Connection, outcomes: Sequence[Extracted]) -> dict[int, dict[str, Any]]:
    """By job id, of the postings that say something else than before."""
    query = select(jobs.c.job_id, jobs.c.posting).where(
        jobs.c.job_id.in_([outcome.job_id for outcome in outcomes]), jobs.c.posting.is_not(None)
    )
    before = {row.job_id: row.posting for row in connection.execute(query)}
    return {
        outcome.job_id: changes
        for outcome in outcomes
        if (changes := changed_fields(before.get(outcome.job_id), outcome.posting))
    }


def _postings(outcomes: Iterable[Extracted]) -> list[dict[str, Any]]:
    return [
        {
            "job_id": outcome.job_id,
            "posting": outcome.posting,
            "posting_current": True,
            "extractor_version": EXTRACTOR_VERSION,
            "title": outcome.posting["title"],
            "location": outcome.location,
        }
        for outcome in outcomes
    ]


def _rows(outcomes: Iterable[Started | Changed | Unchanged | Reopened]) -> list[dict[str, Any]]:
    # asdict() copies what it finds, at fifty times the time
    return [vars(outcome).copy() for outcome in outcomes]


def _write(
    connection: Connection,
    run_id: int,
    version: int,
    status: JobStatus,
    rows: list[dict[str, Any]],
    **also: Any,
) -> None:
    """One UPDATE for all ``rows``, each a ``job_id`` and columns of ``jobs``."""
    if not rows:
        return
    source = _recordset(rows)
    written = {name: source.c[name] for name in rows[0] if name != "job_id"}
    if status in ENDED_JOBS:
        also["settled_at"] = func.now()
    connection.execute(
        update(jobs)
        .where(
            jobs.c.job_id == source.c.job_id,
            jobs.c.run_id == run_id,
            jobs.c.status.in_(jobs_before(status)),
        )
        .values(status=status, version=version, **written, **also)
    )


def _recordset(rows: list[dict[str, Any]]) -> TableValuedAlias:
    columns = [column(name, jobs.c[name].type) for name in rows[0]]
    return (
        func.jsonb_to_recordset(literal(rows, JSONB))
        .table_valued(*columns, name="written")
        .render_derived(with_types=True)
    )


def _signed(simhash: int) -> int:
    """As a Postgres bigint holds 64 bits."""
    return simhash - 2**64 if simhash >= 2**63 else simhash
