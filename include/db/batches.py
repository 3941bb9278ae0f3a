"""The jobs of one batch, as a worker takes them up (what it writes back: ``db.job_outcomes``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    select,
    true,
)

from include.core.fingerprint import Fingerprint
from include.core.run_state import JobStatus
from include.db.tables import COMPANY_OF_JOB, jobs, listed_jobs, run_companies

_LISTED = and_(
    listed_jobs.c.run_id == jobs.c.run_id,
    listed_jobs.c.company == jobs.c.company,
    listed_jobs.c.external_id == jobs.c.external_id,
)
_STORED = (
    *("raw_key", "content_sha256", "etag", "last_modified"),
    *("simhash", "text_sha256", "fields_sha256", "tokens", "feature_version"),
)
_CRAWLED_BY = (
    *("job_id", "location", "page_url", "host", "etag", "last_modified"),
    *("simhash", "text_sha256", "fields_sha256", "tokens", "feature_version", "posting_current"),
    *("modified", "crawled_modified", "crawled_at"),
)


class CrawlJob(NamedTuple):
    job_id: int
    source: str
    drawn: bool
    """Whether its company's pages need a browser."""
    location: str | None
    page_url: str
    host: str
    """Of its page, as manners count it; empty when that is not http or https."""
    inline: bool
    """The listing has carried the page (see ``inline_content``)."""
    etag: str | None
    last_modified: str | None
    fingerprint: Fingerprint | None
    """Of what was extracted last; None when there is nothing to compare with."""
    modified: str | None
    """When the page last changed, as the listing has it; and what it said at the last crawl."""
    crawled_modified: str | None
    crawled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FreshPage:
    """A page that another job's crawl has just stored."""

    raw_key: str
    content_sha256: str
    fingerprint: Fingerprint
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, kw_only=True)
class ExtractJob:
    job_id: int
    source: str
    location: str | None
    url: str
    raw_key: str
    posting: Mapping[str, Any] | None
    """As extracted before."""


def jobs_to_crawl(connection: Connection, run_id: int, batch: int) -> list[CrawlJob]:
    """Those a worker of this batch has yet to crawl, also after one that died."""
    rows = connection.execute(_TO_CRAWL, {"run": run_id, "dealt": batch}).mappings()
    return [_crawl_job(row) for row in rows]


def inline_content(connection: Connection, job_ids: Sequence[int]) -> dict[int, str]:
    """By job id, the pages that listings have carried."""
    query = (
        select(jobs.c.job_id, listed_jobs.c.content)
        .join_from(jobs, listed_jobs, _LISTED)
        .where(jobs.c.job_id.in_(job_ids))
    )
    return {row.job_id: row.content for row in connection.execute(query)}


def fresh_pages(
    connection: Connection, run_id: int, batch: int, fresh_for: timedelta
) -> dict[int, FreshPage]:
    """By job id, pages of this batch that were crawled for other jobs, of whatever user, no
    longer ago than that."""
    asked = {"run": run_id, "dealt": batch, "fresh_for": fresh_for}
    return {
        row["job_id"]: FreshPage(
            raw_key=row["raw_key"],
            content_sha256=row["content_sha256"],
            fingerprint=_fingerprint(row),
            etag=row["etag"],
            last_modified=row["last_modified"],
        )
        for row in connection.execute(_FRESH, asked).mappings()
    }


def jobs_to_extract(
    connection: Connection, run_id: int, batch: int, *, again: bool = False
) -> list[ExtractJob]:
    """Those whose page a crawl has just stored; ``again``: those that no worker of a run that
    reads stored pages has read yet."""
    rows = connection.execute(_TO_EXTRACT[again], {"run": run_id, "dealt": batch}).mappings()
    return [ExtractJob(**row) for row in rows]


def count_to_extract(
    connection: Connection, run_id: int, batch: int, *, again: bool = False
) -> int:
    """How many ``jobs_to_extract`` would find."""
    asked = {"run": run_id, "dealt": batch}
    return connection.execute(_LEFT_TO_EXTRACT[again], asked).scalar_one()


def _crawl_job(row: RowMapping) -> CrawlJob:
    comparable = row["posting_current"]
    return CrawlJob(
        job_id=row["job_id"],
        source=row["source"],
        drawn=bool(row["drawn"]),
        location=row["location"],
        page_url=row["page_url"],
        host=row["host"],
        inline=row["inline"],
        etag=row["etag"] if comparable else None,
        last_modified=row["last_modified"] if comparable else None,
        fingerprint=_fingerprint(row) if comparable else None,
        modified=row["modified"],
        crawled_modified=row["crawled_modified"] if comparable else None,
        crawled_at=row["crawled_at"],
    )


def _fingerprint(row: RowMapping) -> Fingerprint:
    return Fingerprint(
        fields_sha256=row["fields_sha256"],
        text_sha256=row["text_sha256"],
        simhash=row["simhash"] % 2**64,
        tokens=row["tokens"],
        feature_version=row["feature_version"],
    )


def _making_fresh() -> Select[*tuple[Any, ...]]:
    same = jobs.alias("same")
    newest = (
        select(*(same.c[name] for name in _STORED))
        .where(
            func.md5(same.c.page_url) == func.md5(jobs.c.page_url),
            same.c.page_url == jobs.c.page_url,
            same.c.job_id != jobs.c.job_id,
            same.c.raw_key.is_not(None),
            same.c.crawled_at > func.now() - bindparam("fresh_for", type_=Interval),
        )
        .order_by(same.c.crawled_at.desc())
        .limit(1)
        .lateral()
    )
    return (
        select(jobs.c.job_id, *(newest.c[name] for name in _STORED))
        .join_from(jobs, newest, true())
        .where(_IS_TO_CRAWL)
    )


def _waiting_in_batch(*states: JobStatus) -> ColumnElement[bool]:
    return and_(
        jobs.c.run_id == bindparam("run"),
        jobs.c.batch == bindparam("dealt"),
        jobs.c.status.in_(states),
    )


# Asked for with each batch: to make them anew would take longer than the asking.
_IS_TO_CRAWL = _waiting_in_batch(JobStatus.PENDING, JobStatus.CRAWLING)
_IS_TO_EXTRACT = {True: _IS_TO_CRAWL, False: _waiting_in_batch(JobStatus.EXTRACTING)}
"""By whether all stored pages of the run are read again."""
_TO_CRAWL = (
    select(
        *(jobs.c[name] for name in _CRAWLED_BY),
        run_companies.c.source,
        run_companies.c.config["render"].as_boolean().label("drawn"),
        listed_jobs.c.content.is_not(None).label("inline"),
    )
    .join_from(jobs, run_companies, COMPANY_OF_JOB)
    .outerjoin(listed_jobs, _LISTED)
    .where(_IS_TO_CRAWL)
    .order_by(jobs.c.job_id)
)
_FRESH = _making_fresh()
_EXTRACTED_BY = {**jobs.c, "source": run_companies.c.source}
_TO_EXTRACT = {
    again: select(*(_EXTRACTED_BY[field.name] for field in fields(ExtractJob)))
    .join_from(jobs, run_companies, COMPANY_OF_JOB)
    .where(waiting)
    .order_by(jobs.c.job_id)
    for again, waiting in _IS_TO_EXTRACT.items()
}
_LEFT_TO_EXTRACT = {
    again: select(func.count()).where(waiting) for again, waiting in _IS_TO_EXTRACT.items()
}
