"""A user's postings: found by their words, shown one by one with where they come from and what
changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from include.core.models import Workplace
from include.core.run_state import JobStatus
from include.db.progress import JobReport, job_report
from include.db.tables import (
    COMPANY_OF_JOB,
    companies,
    job_texts,
    job_versions,
    jobs,
    run_companies,
)

_CONFIGURATION: ColumnElement[Any] = literal_column("'jobhunt'::regconfig")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One earlier reading of a posting, and what the next one found different."""

    run_id: int
    changed_at: datetime
    changes: Mapping[str, Any]
    """``{field: [before, after]}``."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """All that is known of one job."""

    job: JobReport
    source: str | None
    """With ``config``: of the company when it was last listed; None when neither a run nor the
    user knows it any more."""
    config: Mapping[str, Any]
    record: Mapping[str, Any] | None
    """As ``core.records`` makes it; None until it is first extracted."""
    current: bool
    """False between a crawl that found a change and its extraction."""
    expire_reason: str | None
    raw_key: str | None
    content_sha256: str | None
    fields_sha256: str | None
    text_sha256: str | None
    simhash: int | None
    """Unsigned, 64 bits."""
    feature_version: int | None
    extractor_version: int | None
    """``core.records.EXTRACTOR_VERSION`` when the record was made."""
    versions: tuple[Change, ...]
    """Newest first."""


@dataclass(frozen=True, kw_only=True)
class RawPageRef:
    key: str
    url: str


def search_postings(
    connection: Connection,
    user_id: str,
    *,
    q: str | None = None,
    company: str | None = None,
    status: JobStatus | None = None,
    workplace: Workplace | None = None,
    filtered: bool = False,
    before: int | None = None,
    limit: int,
) -> list[JobReport]:
    """Newest first; ``before`` is the last job id of the previous page.

    Args:
        q: words as people type them into a search engine: all of them, ``"a phrase"``, ``or``,
            ``-without``; found in title, company, location and description, by their stems.
        filtered: also those that their company's filters leave out.
    """
    query = select(jobs).where(jobs.c.user_id == user_id)
    if q is not None:
        wanted = func.websearch_to_tsquery(_CONFIGURATION, q)
        query = query.join_from(jobs, job_texts, job_texts.c.job_id == jobs.c.job_id)
        query = query.where(job_texts.c.search.bool_op("@@")(wanted))
    if not filtered:
        query = query.where(jobs.c.wanted)
    if company is not None:
        query = query.where(jobs.c.company == company)
    if status is not None:
        query = query.where(jobs.c.status == status)
    if workplace is not None:
        query = query.where(jobs.c.posting["workplace"].astext == workplace)
    if before is not None:
        query = query.where(jobs.c.job_id < before)
    query = query.order_by(jobs.c.job_id.desc()).limit(limit)
    return [job_report(row) for row in connection.execute(query).mappings()]


def read_posting(connection: Connection, user_id: str, job_id: int) -> Posting | None:
    """None also when it is another user's."""
    followed = (companies.c.user_id == jobs.c.user_id) & (companies.c.slug == jobs.c.company)
    query = (
        select(
            jobs,
            func.coalesce(run_companies.c.source, companies.c.source).label("source"),
            func.coalesce(run_companies.c.config, companies.c.config).label("config"),
        )
        .outerjoin_from(jobs, run_companies, COMPANY_OF_JOB)
        .outerjoin(companies, followed)
        .where(jobs.c.user_id == user_id, jobs.c.job_id == job_id)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    simhash = row["simhash"]
    return Posting(
        job=job_report(row),
        source=row["source"],
        config=row["config"] or {},
        record=row["posting"],
        current=row["posting_current"],
        expire_reason=row["expire_reason"] if row["status"] == JobStatus.EXPIRED else None,
        raw_key=row["raw_key"],
        content_sha256=row["content_sha256"],
        fields_sha256=row["fields_sha256"],
        text_sha256=row["text_sha256"],
        simhash=None if simhash is None else simhash % 2**64,
        feature_version=row["feature_version"],
        extractor_version=row["extractor_version"],
        versions=_versions(connection, job_id),
    )


def find_raw_page(connection: Connection, user_id: str, job_id: int) -> RawPageRef | None:
    """Where the page that was last stored for the job lies, or lay."""
    query = select(jobs.c.raw_key, jobs.c.page_url).where(
        jobs.c.user_id == user_id, jobs.c.job_id == job_id
    )
    row = connection.execute(query).one_or_none()
    return RawPageRef(key=row.raw_key, url=row.page_url) if row and row.raw_key else None


def _versions(connection: Connection, job_id: int) -> tuple[Change, ...]:
    query = (
        select(job_versions)
        .where(job_versions.c.job_id == job_id)
        .order_by(job_versions.c.run_id.desc())
    )
    return tuple(
        Change(
            run_id=row["run_id"],
            changed_at=row["changed_at"].astimezone(UTC),
            changes=row["changes"],
        )
        for row in connection.execute(query).mappings()
    )
