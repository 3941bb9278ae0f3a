"""What came of a batch's jobs, as a worker writes it back with each flush.

A write is guarded by the job's state and the run that owns it; by the run's attempt through
``runs.touch``, which gives the version to stamp.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Connection,
    Update,
    any_,
    bindparam,
    case,
    column,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from include.core.outcomes import (
    STATES,
    Changed,
    Confirmed,
    Extracted,
    Failed,
    Gone,
    Outcome,
    Unchanged,
)
from include.core.records import EXTRACTOR_VERSION, changed_fields
from include.core.run_state import ENDED_JOBS, JOB_TRANSITIONS, JobStatus, jobs_before
from include.db.tables import job_versions, jobs

_Way = tuple[type[Outcome], ...]
"""What one job came to, one after the other."""


def write(connection: Connection, run_id: int, version: int, outcomes: Iterable[Outcome]) -> None:
    """All that came to the same takes one UPDATE: it goes through its states at once. Also keeps
    what changed since the extraction before as the job's version history.

    Args:
        outcomes: of each job in the order in which they came.
    """
    by_job = _by_job(outcomes)
    changes = _changes(connection, by_job)
    rows = defaultdict[_Way, list[dict[str, Any]]](list)
    for job_id, came in by_job.items():
        row: dict[str, Any] = {"job_id": job_id, "changed": job_id in changes}
        for outcome in came:
            row |= _written(outcome)
        rows[tuple(map(type, came))].append(row)
    for way, of_way in rows.items():
        asked = {"owner": run_id, "stamp": version, "rows": of_way}
        connection.execute(_update(way, tuple(of_way[0])), asked)
    if changes:
        history = insert(job_versions).values(
            [{"job_id": job_id, "run_id": run_id, "changes": c} for job_id, c in changes.items()]
        )
        connection.execute(history.on_conflict_do_nothing())


def _by_job(outcomes: Iterable[Outcome]) -> dict[int, list[Outcome]]:
    """Without those that can't follow what a job came to before."""
    by_job = defaultdict[int, list[Outcome]](list)
    for outcome in outcomes:
        came = by_job[outcome.job_id]
        if not came or STATES[type(outcome)] in JOB_TRANSITIONS[STATES[type(came[-1])]]:
            came.append(outcome)
    return by_job


def _written(outcome: Outcome) -> dict[str, Any]:
    """By column of ``jobs``."""
    match outcome:
        case Changed():
            # asdict() copies what it finds, at fifty times the time
            row = vars(outcome) | vars(outcome.fingerprint)
            del row["fingerprint"]
            row["simhash"] = _signed(outcome.fingerprint.simhash)
            # not current until it is extracted, so that a lost extraction is made up for
            return row | {"posting_current": False}
        case Confirmed():
            return {"extractor_version": EXTRACTOR_VERSION}
        case Gone():
            return {
                "attempts": outcome.attempts,
                "error_message": outcome.message,
                "expire_reason": "gone",
            }
        case Failed():
            return {
                "attempts": outcome.attempts,
                "error_code": outcome.code,
                "error_message": outcome.message,
            }
        case Extracted():
            return {
                "posting": outcome.posting,
                "posting_current": True,
                "extractor_version": EXTRACTOR_VERSION,
                "title": outcome.posting["title"],
                "location": outcome.location,
            }
        case _:
            return vars(outcome)


def _changes(
    connection: Connection, by_job: Mapping[int, list[Outcome]]
) -> dict[int, dict[str, Any]]:
    """By job id, of the postings that say something else than before."""
    postings = {
        job_id: came[-1].posting
        for job_id, came in by_job.items()
        if isinstance(came[-1], Extracted)
    }
    if not postings:
        return {}
    rows = connection.execute(_BEFORE, {"extracted": list(postings)})
    before = {row.job_id: row.posting for row in rows}
    return {
        job_id: changes
        for job_id, posting in postings.items()
        if (changes := changed_fields(before.get(job_id), posting))
    }


@cache
def _update(way: _Way, columns: tuple[str, ...]) -> Update:
    types = {name: jobs.c[name].type for name in columns if name != "changed"}
    rows = (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(
            *(column(name, kind) for name, kind in types.items()),
            column("changed", Boolean),
            name="written",
        )
        .render_derived(with_types=True)
    )
    states = [STATES[kind] for kind in way]
    values: dict[str, Any] = {name: rows.c[name] for name in types if name != "job_id"}
    if Changed in way or Unchanged in way:
        values |= {"crawled_at": func.now(), "crawled_modified": jobs.c.modified}
    if states[-1] is JobStatus.READY:
        values["updated_at"] = case((rows.c.changed, func.now()), else_=jobs.c.updated_at)
    if states[-1] is JobStatus.EXPIRED:
        values["expired_at"] = func.now()
    if states[-1] in ENDED_JOBS:
        values["settled_at"] = func.now()
    before = frozenset[JobStatus]().union(*map(jobs_before, states))
    return (
        update(jobs)
        .where(
            jobs.c.job_id == rows.c.job_id,
            jobs.c.run_id == bindparam("owner"),
            jobs.c.status.in_(before),
        )
        .values(status=states[-1], version=bindparam("stamp"), **values)
    )


def _signed(simhash: int) -> int:
    """As a Postgres bigint holds 64 bits."""
    return simhash - 2**64 if simhash >= 2**63 else simhash


_BEFORE = select(jobs.c.job_id, jobs.c.posting).where(
    jobs.c.job_id == any_(bindparam("extracted", type_=ARRAY(BigInteger))),
    jobs.c.posting.is_not(None),
)
