"""Write the outcomes that a worker has collected for the jobs of its batch.

An UPDATE changes a job only if the outcome is allowed in the job's current state, and if the job
still belongs to the expected check. ``sweeps.fence`` makes sure that the sweep is still at the
worker's attempt.
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
    any_,
    bindparam,
    case,
    column,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.sql.dml import ReturningUpdate

from include.core.checking.fingerprint import Fingerprint
from include.core.checking.outcomes import (
    STATUS_OF_OUTCOME,
    Changed,
    Confirmed,
    Extracted,
    Failed,
    Gone,
    Outcome,
    Unchanged,
)
from include.core.fields.records import EXTRACTOR_VERSION, changed_fields
from include.core.runs.run_state import ENDED_JOBS, JOB_TRANSITIONS, JobStatus, jobs_before
from include.db.tables import CHANGED_XID, job_versions, jobs

_OutcomeTypes = tuple[type[Outcome], ...]
"""The types of the outcomes of one job, in the order in which they occurred."""


def write(
    connection: Connection,
    sweep_id: int,
    check_of: Mapping[int, int],
    outcomes: Iterable[Outcome],
) -> None:
    """Write the outcomes, in one UPDATE for all jobs that have the same sequence of outcomes.

    The changes of a posting since its previous extraction are inserted into the history of its
    versions.

    Args:
        check_of: the check that each job must still belong to, by job id.
        outcomes: the outcomes to write. Those of one job are in the order in which they occurred.
    """
    by_job = _by_job(outcomes)
    previous_postings = _previous_postings(connection, by_job)
    changes = _changes(previous_postings, by_job)
    rows_by_types = defaultdict[_OutcomeTypes, list[dict[str, Any]]](list)
    for job_id, job_outcomes in by_job.items():
        row: dict[str, Any] = {
            "job_id": job_id,
            "check_id": check_of[job_id],
            "changed": job_id in changes,
            "is_first": job_id not in previous_postings,
        }
        for outcome in job_outcomes:
            row |= _column_values(outcome)
        rows_by_types[tuple(map(type, job_outcomes))].append(row)
    versions: dict[int, int] = {}
    for outcome_types, rows in rows_by_types.items():
        updated = connection.execute(_update(outcome_types, tuple(rows[0])), {"rows": rows})
        versions |= {row.job_id: row.content_version for row in updated}
    history = [
        {
            "job_id": job_id,
            "version": versions[job_id],
            "sweep_id": sweep_id,
            "changes": job_changes,
        }
        for job_id, job_changes in changes.items()
        if job_id in versions  # Jobs that were not updated have no new version.
    ]
    if history:
        connection.execute(insert(job_versions).values(history).on_conflict_do_nothing())


def _by_job(outcomes: Iterable[Outcome]) -> dict[int, list[Outcome]]:
    """Return the outcomes by job id.

    Leave out an outcome if the job's previous outcome does not allow it.
    """
    by_job = defaultdict[int, list[Outcome]](list)
    for outcome in outcomes:
        job_outcomes = by_job[outcome.job_id]
        if job_outcomes:
            previous_status = STATUS_OF_OUTCOME[type(job_outcomes[-1])]
            if STATUS_OF_OUTCOME[type(outcome)] not in JOB_TRANSITIONS[previous_status]:
                continue
        job_outcomes.append(outcome)
    return by_job


def _column_values(outcome: Outcome) -> dict[str, Any]:
    """Return the values that the outcome writes, by column of ``jobs``."""
    match outcome:
        case Changed():
            # dataclasses.asdict() would copy every value and take fifty times as long as vars().
            row = vars(outcome) | _fingerprint(outcome.fingerprint)
            del row["fingerprint"]
            # The posting is marked as not current until the page is extracted, so that a lost
            # extraction is repeated.
            return row | {"posting_current": False}
        case Confirmed():
            return _reading_values(outcome) | {"posting_current": True}
        case Gone():
            return {
                "attempts": outcome.attempts,
                "error_message": outcome.message,
                "expire_reason": outcome.reason,
            }
        case Failed():
            return {
                "attempts": outcome.attempts,
                "error_code": outcome.code,
                "error_message": outcome.message,
            }
        case Extracted():
            return _reading_values(outcome) | {
                "posting": outcome.posting,
                "posting_current": True,
                "title": outcome.posting["title"],
                "location": outcome.location,
            }
        case _:
            return vars(outcome)


def _previous_postings(
    connection: Connection, by_job: Mapping[int, list[Outcome]]
) -> dict[int, Mapping[str, Any]]:
    """Return the previous posting of each job that has just been extracted, by job id."""
    extracted = [
        job_id for job_id, job_outcomes in by_job.items() if isinstance(job_outcomes[-1], Extracted)
    ]
    if not extracted:
        return {}
    return {
        row.job_id: row.posting
        for row in connection.execute(_PREVIOUS_POSTINGS, {"extracted": extracted})
    }


def _changes(
    previous_postings: Mapping[int, Mapping[str, Any]], by_job: Mapping[int, list[Outcome]]
) -> dict[int, dict[str, Any]]:
    """Return, by job id, the fields in which a posting differs from the previous extraction."""
    return {
        job_id: changes
        for job_id, job_outcomes in by_job.items()
        if isinstance(job_outcomes[-1], Extracted)
        and (changes := changed_fields(previous_postings.get(job_id), job_outcomes[-1].posting))
    }


@cache
def _update(outcome_types: _OutcomeTypes, columns: tuple[str, ...]) -> ReturningUpdate[int, int]:
    """Return the UPDATE for jobs that have outcomes of these types, in this order."""
    types = {name: jobs.c[name].type for name in columns if name not in _FLAGS}
    rows = (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(
            *(column(name, kind) for name, kind in types.items()),
            *(column(name, Boolean) for name in _FLAGS),
            name="written",
        )
        .render_derived(with_types=True)
    )
    statuses = [STATUS_OF_OUTCOME[outcome_type] for outcome_type in outcome_types]
    keys = ("job_id", "check_id")
    values: dict[str, Any] = {name: rows.c[name] for name in types if name not in keys}
    if not {Changed, Unchanged, Gone}.isdisjoint(outcome_types):
        values["crawled_at"] = func.now()
    if statuses[-1] is JobStatus.READY:
        is_new_version = rows.c.changed | rows.c.is_first
        values["updated_at"] = case((rows.c.changed, func.now()), else_=jobs.c.updated_at)
        values["content_version"] = jobs.c.content_version + case((is_new_version, 1), else_=0)
    if statuses[-1] is JobStatus.EXPIRED:
        values["expired_at"] = func.now()
    if statuses[-1] in ENDED_JOBS:
        values["settled_at"] = func.now()
    allowed_statuses = frozenset[JobStatus]().union(*map(jobs_before, statuses))
    return (
        update(jobs)
        .where(
            jobs.c.job_id == rows.c.job_id,
            jobs.c.check_id == rows.c.check_id,
            jobs.c.status.in_(allowed_statuses),
        )
        .values(status=statuses[-1], changed_xid=CHANGED_XID, **values)
        .returning(jobs.c.job_id, jobs.c.content_version)
    )


def _reading_values(outcome: Confirmed | Extracted) -> dict[str, Any]:
    """Return, by column, the versions of the extractor and template, and the page's fingerprint."""
    versions = {
        "extractor_version": EXTRACTOR_VERSION,
        "template_version": outcome.template_version,
    }
    return versions | (_fingerprint(outcome.fingerprint) if outcome.fingerprint else {})


def _fingerprint(fingerprint: Fingerprint) -> dict[str, Any]:
    """Return the values of a fingerprint by column.

    The SimHash is an unsigned number of 64 bits. It becomes a signed number, because a bigint of
    Postgres is signed.
    """
    simhash = fingerprint.simhash
    signed_simhash = simhash - 2**64 if simhash >= 2**63 else simhash
    return vars(fingerprint) | {"simhash": signed_simhash}


_FLAGS = ("changed", "is_first")
"""The values of a row that are no columns of ``jobs``."""
_PREVIOUS_POSTINGS = select(jobs.c.job_id, jobs.c.posting).where(
    jobs.c.job_id == any_(bindparam("extracted", type_=ARRAY(BigInteger))),
    jobs.c.posting.is_not(None),
)
