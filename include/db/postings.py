"""Searching a user's postings, and reading one posting with its provenance and its changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from include.core.models import Workplace
from include.core.run_state import ACTIVE_RUNS, JobStatus
from include.db.progress import JobReport, job_report
from include.db.sql import quoted, statement
from include.db.views import STATUS


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of a posting from one content version to the next."""

    run_id: int | None
    """The user's run that showed the change; None for changes from before the user was first shown
    the posting."""
    changed_at: datetime
    changes: Mapping[str, Any]
    """The values before and after the change, by field: ``{field: [before, after]}``."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One job with its posting, its board, its stored page and its changes."""

    job: JobReport
    source: str
    config: Mapping[str, Any]
    """The config of its board."""
    checked_at: datetime | None
    """The end of the latest check that listed its board."""
    is_checked: bool
    """True if any user follows its board with ``enabled`` true, so that it is checked daily."""
    record: Mapping[str, Any] | None
    """The posting in the JSON form of ``core.records``; None until it is first extracted."""
    current: bool
    """True if ``record`` is current. False between a crawl that found a change and the extraction
    of that page."""
    expire_reason: str | None
    raw_key: str | None
    content_sha256: str | None
    fields_sha256: str | None
    text_sha256: str | None
    simhash: int | None
    """The fingerprint's SimHash as an unsigned 64-bit integer."""
    feature_version: int | None
    extractor_version: int | None
    """The value of ``core.records.EXTRACTOR_VERSION`` when the record was made."""
    versions: tuple[Change, ...]
    """The posting's changes, newest first."""


@dataclass(frozen=True, kw_only=True)
class RawPageRef:
    """The key of a raw page in the store, and the URL that it was fetched from."""

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
    """Return the postings of the companies that the user follows, newest first.

    A posting that the user follows under two slugs is returned twice. Both are on the same page, so
    a page may hold more than ``limit`` postings.

    Args:
        q: a query as for a web search engine. All words must occur; ``"a phrase"``, ``or`` and
            ``-without`` are allowed. The stems of the words are searched in the title, the company,
            the location and the beginning of the description.
        filtered: also return the postings that their company's filters leave out.
        before: the last job id of the previous page.
    """
    asked = {
        "user": user_id,
        "q": q,
        "company": company,
        "status": status,
        "workplace": workplace,
        "filtered": filtered,
        "before": before,
        "most": limit,
    }
    return [job_report(row) for row in connection.execute(_SEARCH, asked).mappings()]


def read_posting(connection: Connection, user_id: str, job_id: int) -> Posting | None:
    """Return the job with its posting if the user may see it; otherwise None.

    A user may see a job that they were shown before, or that belongs to a check which their active
    run rests on.
    """
    asked = {"user": user_id, "job": job_id}
    row = connection.execute(_READ, asked).mappings().one_or_none()
    if row is None:
        return None
    simhash = row["simhash"]
    checked_at = row["checked_at"]
    return Posting(
        job=job_report(row),
        source=row["source"],
        config=row["config"],
        checked_at=None if checked_at is None else checked_at.astimezone(UTC),
        is_checked=row["is_checked"],
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
        versions=_versions(connection, asked),
    )


def find_raw_page(connection: Connection, user_id: str, job_id: int) -> RawPageRef | None:
    """Return the place of the job's latest raw page.

    Returns None if no page was stored or the user may not see the job. The page itself may have
    been deleted since.
    """
    row = connection.execute(_RAW_PAGE, {"user": user_id, "job": job_id}).one_or_none()
    return RawPageRef(key=row.raw_key, url=row.page_url) if row and row.raw_key else None


def _versions(connection: Connection, asked: Mapping[str, Any]) -> tuple[Change, ...]:
    return tuple(
        Change(
            run_id=row["run_id"],
            changed_at=row["changed_at"].astimezone(UTC),
            changes=row["changes"],
        )
        for row in connection.execute(_VERSIONS, asked).mappings()
    )


_ACTIVE_RUNS = quoted(ACTIVE_RUNS)
_REPORTED = f"""
    j.job_id, j.external_id, j.title, j.location, j.url, {STATUS} AS status,
    j.error_code, j.error_message, j.attempts, j.last_seen_at, j.updated_at, j.expired_at,
    coalesce(u.first_seen_at, j.first_seen_at) AS first_seen_at
"""
_SHOWN = f"""
    SELECT shown.company FROM user_jobs AS shown
    WHERE shown.user_id = :user AND shown.job_id = j.job_id
    UNION
    SELECT f.company FROM ingestion_runs AS r
    CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
    WHERE r.user_id = :user AND r.status IN ({_ACTIVE_RUNS}) AND f.check_id = j.check_id
"""
"""A SELECT of the slugs under which the user was shown a job ``j``, or sees it in an active run."""
# The slug is the user's own name for the company, so the shared search index does not contain it.
_SEARCH = statement(
    f"""
    SELECT {_REPORTED}, u.company
    FROM user_jobs AS u
    JOIN jobs AS j ON j.job_id = u.job_id
    JOIN companies AS k
        ON k.user_id = u.user_id AND k.slug = u.company AND k.board_id = j.board_id
    LEFT JOIN job_texts AS t ON t.job_id = u.job_id
    WHERE u.user_id = :user
        AND (:filtered OR u.wanted)
        AND (CAST(:q AS text) IS NULL OR
            coalesce(t.search, '') || to_tsvector('jobhunt', u.company)
                @@ websearch_to_tsquery('jobhunt', :q))
        AND (CAST(:company AS text) IS NULL OR u.company = :company)
        AND (CAST(:status AS text) IS NULL OR {STATUS} = :status)
        AND (CAST(:workplace AS text) IS NULL OR j.posting ->> 'workplace' = :workplace)
        AND (CAST(:before AS bigint) IS NULL OR u.job_id < :before)
    ORDER BY u.job_id DESC
    FETCH FIRST :most ROWS WITH TIES
    """
)
_READ = statement(
    f"""
    SELECT {_REPORTED}, shown.company,
        b.source, b.config, b.checked_at, j.posting, j.posting_current,
        j.expire_reason, j.raw_key, j.content_sha256, j.fields_sha256, j.text_sha256, j.simhash,
        j.feature_version, j.extractor_version,
        EXISTS (
            SELECT FROM companies AS k WHERE k.board_id = j.board_id AND k.enabled
        ) AS is_checked
    FROM jobs AS j
    JOIN boards AS b ON b.board_id = j.board_id
    CROSS JOIN LATERAL ({_SHOWN}) AS shown
    LEFT JOIN user_jobs AS u
        ON u.user_id = :user AND u.job_id = j.job_id AND u.company = shown.company
    LEFT JOIN companies AS followed ON followed.user_id = :user AND followed.slug = shown.company
    WHERE j.job_id = :job
    ORDER BY followed.slug IS NULL, shown.company
    LIMIT 1
    """
)
_RAW_PAGE = statement(
    f"SELECT j.raw_key, j.page_url FROM jobs AS j WHERE j.job_id = :job AND EXISTS ({_SHOWN})"
)
_VERSIONS = statement(
    """
    SELECT v.changed_at, v.changes, (
        SELECT min(t.run_id) FROM user_jobs AS u
        JOIN ingestion_runs AS r ON r.user_id = u.user_id
        JOIN run_jobs AS t
            ON t.run_id = r.run_id AND t.company = u.company AND t.job_id = u.job_id
        WHERE u.user_id = :user AND u.job_id = v.job_id AND t.seen_version > 0
            AND t.seen_version < v.version AND v.version <= t.version
    ) AS run_id
    FROM job_versions AS v
    WHERE v.job_id = :job
    ORDER BY v.version DESC
    """
)
