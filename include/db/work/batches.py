"""Read the jobs of one batch. ``db.catalogue.job_outcomes`` writes the outcomes of the jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    RowMapping,
    and_,
    bindparam,
    func,
    select,
)

from include.core.checking.fingerprint import Fingerprint
from include.core.models import CheckKind
from include.core.runs.run_state import CheckStatus, JobStatus
from include.db.tables import board_templates, boards, checks, jobs, listed_jobs

_HAS_SAME_POSTING = and_(
    listed_jobs.c.board_id == jobs.c.board_id,
    listed_jobs.c.external_id == jobs.c.external_id,
)
_COLUMNS_TO_CRAWL = (
    *("job_id", "check_id", "board_id", "location", "page_url", "host", "inline"),
    *("etag", "last_modified", "posting_current"),
    *("simhash", "text_sha256", "fields_sha256", "tokens", "feature_version"),
    "template_version",
)


class CrawlJob(NamedTuple):
    """A job whose page is to be crawled."""

    job_id: int
    check_id: int
    board_id: int
    source: str
    rendered: bool
    """True if the board's pages need a browser."""
    force: bool
    """True if the page must be read even if it is unchanged."""
    location: str | None
    page_url: str
    host: str
    """The host for the rate limiter; empty if the URL is not http(s)."""
    inline: bool
    """True if the listing contains the posting itself (see ``inline_content``)."""
    etag: str | None
    last_modified: str | None
    deadline: datetime | None
    """The time until which the posting is open, according to its last reading; None if the posting
    states no such time."""
    fingerprint: Fingerprint | None
    """The fingerprint of the page that was extracted last. The new page is compared with it.

    The fingerprint is None if the new page must be read in any case. The new page must be read if
    no page was extracted yet, if a changed page was stored later and not extracted, or if the last
    page was read before its board had a template.
    """


@dataclass(frozen=True, kw_only=True)
class ExtractJob:
    """A job whose stored page is to be read."""

    job_id: int
    check_id: int
    board_id: int
    source: str
    is_reread: bool
    """True if the page was stored by an earlier check and is read again (re-extraction)."""
    location: str | None
    url: str
    raw_key: str
    posting: Mapping[str, Any] | None
    """The posting as it was extracted before; None before the first extraction."""


def jobs_to_crawl(connection: Connection, sweep_id: int, batch: int) -> list[CrawlJob]:
    """Return the jobs of the batch that are still to be crawled.

    Jobs whose crawl was interrupted are returned, too.
    """
    rows = connection.execute(_TO_CRAWL, {"sweep": sweep_id, "batch": batch}).mappings()
    return [_crawl_job(row) for row in rows]


def inline_content(connection: Connection, job_ids: Sequence[int]) -> dict[int, str]:
    """Return the postings that the listings of these jobs contain, by job id."""
    query = (
        select(jobs.c.job_id, listed_jobs.c.content)
        .join_from(jobs, listed_jobs, _HAS_SAME_POSTING)
        .where(jobs.c.job_id.in_(job_ids))
    )
    return {row.job_id: row.content for row in connection.execute(query)}


def jobs_to_extract(connection: Connection, sweep_id: int, batch: int) -> list[ExtractJob]:
    """Return the jobs of the batch that have a stored page which is not read yet."""
    rows = connection.execute(_TO_EXTRACT, {"sweep": sweep_id, "batch": batch}).mappings()
    return [ExtractJob(**row) for row in rows]


def count_to_extract(connection: Connection, sweep_id: int, batch: int) -> int:
    """Return how many jobs ``jobs_to_extract`` would return."""
    params = {"sweep": sweep_id, "batch": batch}
    return connection.execute(_COUNT_TO_EXTRACT, params).scalar_one()


def _crawl_job(row: RowMapping) -> CrawlJob:
    has_new_template = row["has_template"] and row["template_version"] == 0
    is_comparable = row["posting_current"] and not has_new_template
    return CrawlJob(
        job_id=row["job_id"],
        check_id=row["check_id"],
        board_id=row["board_id"],
        source=row["source"],
        rendered=bool(row["rendered"]),
        force=row["force"],
        location=row["location"],
        page_url=row["page_url"],
        host=row["host"],
        inline=row["inline"],
        etag=row["etag"] if is_comparable else None,
        last_modified=row["last_modified"] if is_comparable else None,
        deadline=row["deadline"],
        fingerprint=_fingerprint(row) if is_comparable else None,
    )


def _fingerprint(row: RowMapping) -> Fingerprint:
    return Fingerprint(
        fields_sha256=row["fields_sha256"],
        text_sha256=row["text_sha256"],
        simhash=row["simhash"] % 2**64,  # unsigned again, because a bigint of Postgres is signed
        tokens=row["tokens"],
        feature_version=row["feature_version"],
    )


_IS_IN_BATCH = (
    checks.c.sweep_id == bindparam("sweep"),
    checks.c.status == CheckStatus.READING,
    jobs.c.batch == bindparam("batch"),
)
_IS_UNCRAWLED = jobs.c.status.in_((JobStatus.PENDING, JobStatus.CRAWLING))
_IS_REREAD: ColumnElement[bool] = checks.c.kind == CheckKind.REEXTRACT
_IS_TO_EXTRACT = (jobs.c.status == JobStatus.EXTRACTING) | (_IS_REREAD & _IS_UNCRAWLED)
_IS_OF_CHECK = jobs.c.check_id == checks.c.check_id
# The statements are built once, because building a statement takes longer than executing it.
_TO_CRAWL = (
    select(
        *(jobs.c[name] for name in _COLUMNS_TO_CRAWL),
        checks.c.force,
        boards.c.source,
        boards.c.config["render"].as_boolean().label("rendered"),
        board_templates.c.board_id.is_not(None).label("has_template"),
        jobs.c.posting["valid_through"].as_string().cast(DateTime(timezone=True)).label("deadline"),
    )
    .join_from(checks, jobs, _IS_OF_CHECK)
    .join(boards, boards.c.board_id == checks.c.board_id)
    .outerjoin(board_templates, board_templates.c.board_id == checks.c.board_id)
    .where(*_IS_IN_BATCH, _IS_UNCRAWLED, ~_IS_REREAD)
    .order_by(jobs.c.job_id)
)
_COLUMNS_TO_EXTRACT = {
    **jobs.c,
    "source": boards.c.source,
    "is_reread": _IS_REREAD.label("is_reread"),
}
_TO_EXTRACT = (
    select(*(_COLUMNS_TO_EXTRACT[field.name] for field in fields(ExtractJob)))
    .join_from(checks, jobs, _IS_OF_CHECK)
    .join(boards, boards.c.board_id == checks.c.board_id)
    .where(*_IS_IN_BATCH, _IS_TO_EXTRACT)
    .order_by(jobs.c.job_id)
)
_COUNT_TO_EXTRACT = (
    select(func.count())
    .select_from(checks)
    .join(jobs, _IS_OF_CHECK)
    .where(*_IS_IN_BATCH, _IS_TO_EXTRACT)
)
