"""Read several postings for a list, or one posting, its provenance and its changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection, RowMapping

from include.core.models import EmploymentType, Location, PayPeriod, Workplace
from include.core.pay.yearly_pay import YearlyPay, yearly_pay
from include.core.runs.run_state import ACTIVE_RUNS, JobStatus
from include.db.records import to_record
from include.db.run.progress import JobReport, job_report
from include.db.sql import sql_literals, statement
from include.db.user.tracking import Tracking, tracking_of
from include.db.views import STATUS


class PostingState(StrEnum):
    """The state of a posting for one user."""

    NEW = "new"
    """The posting is open, and was first shown to the user after their last visit."""
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class LastChange:
    """The latest change of a posting."""

    changed_at: datetime
    fields: Sequence[str]
    """The names of the fields that changed."""


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
class StoredPosting:
    """A job with its posting, its board, its stored page and its changes."""

    job: JobReport
    company_name: str
    """The name that the user gave the company, or else the employer's name as the posting states
    it, or else the employer's name at the source."""
    followed: bool
    """True if the user follows the posting's board."""
    state: PostingState
    tracking: Tracking | None
    source: str
    config: Mapping[str, Any]
    """The config of the posting's board."""
    checked_at: datetime | None
    """The end of the latest check that listed the posting's board."""
    is_checked: bool
    """True if the posting's board is checked daily, because some user follows it with ``enabled``
    true."""
    record: Mapping[str, Any] | None
    """The posting in the JSON form of ``core.fields.records``; None until it is first extracted."""
    current: bool
    """True if ``record`` is current. ``record`` is not current from a crawl that found a change
    until the changed page is extracted."""
    expire_reason: str | None
    raw_key: str | None
    content_sha256: str | None
    fields_sha256: str | None
    text_sha256: str | None
    simhash: int | None
    """The fingerprint's SimHash as an unsigned 64-bit integer."""
    feature_version: int | None
    relisted: int
    """The number of times that the job was listed again after it had expired."""
    extractor_version: int | None
    """The value of ``core.fields.records.EXTRACTOR_VERSION`` when the record was made."""
    versions: tuple[Change, ...]
    """The posting's changes, newest first."""


@dataclass(frozen=True, kw_only=True)
class RawPageRef:
    """The key of a raw page in the store, and the URL that it was fetched from."""

    key: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ComparableSalary:
    """The pay that a posting states, and the same pay for a year."""

    raw: str
    min: float | None
    max: float | None
    currency: str | None
    """The currency's ISO 4217 code."""
    period: PayPeriod | None
    origin: Annotated[str, Field(alias="from")]
    """The origin of the salary: ``structured`` (a field of the source's API), ``jsonld`` (data for
    machines in the page) or ``text`` (text for readers)."""
    yearly: YearlyPay | None
    """The pay for a year of full-time work; None if its period is unknown."""


def comparable_salary(salary: Mapping[str, Any]) -> ComparableSalary:
    """Return the salary from its JSON form in ``core.fields.records``."""
    return to_record(ComparableSalary, salary, yearly=yearly_pay(salary))


@dataclass(frozen=True, kw_only=True)
class FoundPosting(JobReport):
    """A posting in a list.

    Its ``company`` is the slug under which the user was shown the posting or follows the posting's
    board, or else the company's name.
    """

    company_name: str
    """The name that the user gave the company, or else the employer's name as the posting states
    it, or else the employer's name at the source."""
    followed: bool
    """True if the user follows the posting's board."""
    source: str
    locations: Sequence[Location]
    workplace: Workplace | None
    applicant_countries: Sequence[str]
    """The ISO 3166-1 codes of the countries from which remote work is allowed."""
    employment_types: Sequence[EmploymentType]
    language: str | None
    salary: ComparableSalary | None
    posted_at: datetime | None
    valid_through: datetime | None
    """The deadline for applications."""
    state: PostingState
    tracking: Tracking | None
    last_change: LastChange | None


def read_found(connection: Connection, user_id: str, job_ids: Sequence[int]) -> list[FoundPosting]:
    """Return these postings in the form that lists show, in the order of ``job_ids``."""
    rows = connection.execute(_READ_FOUND, {"user": user_id, "ids": job_ids}).mappings()
    return [_found_posting(row) for row in rows]


def _found_posting(row: RowMapping) -> FoundPosting:
    """Return the posting in a row of ``_READ_FOUND``.

    ``job_report`` makes the fields of ``JobReport``. The fields that are not named in this function
    get the values of the columns that have the same names.
    """
    job_fields = vars(job_report(row))
    last_change = None
    if row["changed_at"] is not None:
        last_change = to_record(LastChange, row, fields=row["changed_fields"])
    return to_record(
        FoundPosting,
        row,
        **job_fields,
        locations=row["locations"] or (),
        applicant_countries=row["applicant_countries"] or (),
        employment_types=row["employment_types"] or (),
        salary=comparable_salary(row["salary"]) if row["salary"] else None,
        tracking=tracking_of(row),
        last_change=last_change,
    )


def may_see(connection: Connection, user_id: str, job_id: int, *, all_public: bool) -> bool:
    """Return whether the user may see the job, according to the rules of ``read_posting``."""
    params = {"user": user_id, "job": job_id, "all_public": all_public}
    return connection.scalar(_MAY_SEE, params) is not None


def read_posting(
    connection: Connection, user_id: str, job_id: int, *, all_public: bool
) -> StoredPosting | None:
    """Return the job and its posting if the user may see the job; otherwise None.

    A user may see a job that they were shown before or keep track of, or that belongs to a check of
    their active run.

    Args:
        all_public: also let the user see the jobs of boards that they follow or that are not
            private.
    """
    params = {"user": user_id, "job": job_id, "all_public": all_public}
    row = connection.execute(_READ_ONE, params).mappings().one_or_none()
    if row is None:
        return None
    simhash = row["simhash"]
    return to_record(
        StoredPosting,
        row,
        job=job_report(row),
        tracking=tracking_of(row),
        record=row["posting"],
        current=row["posting_current"],
        expire_reason=row["expire_reason"] if row["status"] == JobStatus.EXPIRED else None,
        simhash=None if simhash is None else simhash % 2**64,  # stored as a signed integer
        versions=_versions(connection, params),
    )


def find_raw_page(connection: Connection, user_id: str, job_id: int) -> RawPageRef | None:
    """Return the key and the URL of the job's latest raw page.

    Return None if no page was stored or the user may not see the job. The page itself may have been
    deleted from the store already.
    """
    row = connection.execute(_RAW_PAGE, {"user": user_id, "job": job_id}).one_or_none()
    return RawPageRef(key=row.raw_key, url=row.page_url) if row and row.raw_key else None


def _versions(connection: Connection, params: Mapping[str, Any]) -> tuple[Change, ...]:
    rows = connection.execute(_VERSIONS, params).mappings()
    return tuple(to_record(Change, row) for row in rows)


_ACTIVE_RUNS = sql_literals(ACTIVE_RUNS)
_REPORT_COLUMNS = f"""
    j.job_id, j.external_id, j.title, j.location, j.url, {STATUS} AS status,
    j.error_code, j.error_message, j.attempts, j.last_seen_at, j.updated_at, j.expired_at,
    j.first_seen_at
"""
_SELECT_SLUGS = f"""
    SELECT shown.company FROM user_jobs AS shown
    WHERE shown.user_id = :user AND shown.job_id = j.job_id
    UNION
    SELECT f.company FROM ingestion_runs AS r
    CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
    WHERE r.user_id = :user AND r.status IN ({_ACTIVE_RUNS}) AND f.check_id = j.check_id
"""
"""A SELECT of the slugs under which the user was shown a job ``j``, or sees the job in an active
run."""
_STATE = f"""
    CASE
        WHEN j.status = '{JobStatus.EXPIRED}' THEN '{PostingState.CLOSED}'
        WHEN coalesce(u.first_seen_at, j.first_seen_at)
            <= (SELECT visited_at FROM users WHERE user_id = :user) THEN '{PostingState.OPEN}'
        ELSE '{PostingState.NEW}'
    END
"""
_READ_FOUND = statement(
    f"""
    SELECT {_REPORT_COLUMNS}, coalesce(u.slug, k.slug, p.company) AS company,
        coalesce(k.name, p.company) AS company_name,
        k.slug IS NOT NULL AS followed, b.source,
        r.*, t.state AS tracking_state, t.hidden, t.note, t.remind_at, t.dates,
        v.changed_at, v.fields AS changed_fields,
        {_STATE} AS state
    FROM unnest(:ids) WITH ORDINALITY AS asked(job_id, place)
    JOIN jobs AS j USING (job_id)
    JOIN postings AS p USING (job_id)
    JOIN boards AS b ON b.board_id = j.board_id
    LEFT JOIN LATERAL jsonb_to_record(j.posting) AS r(
        locations jsonb, workplace text, applicant_countries jsonb, employment_types jsonb,
        language text, salary jsonb, posted_at timestamptz, valid_through timestamptz
    ) ON true
    LEFT JOIN LATERAL (
        SELECT shown.*, followed.slug FROM user_jobs AS shown
        LEFT JOIN companies AS followed ON followed.user_id = shown.user_id
            AND followed.slug = shown.company AND followed.board_id = j.board_id
        WHERE shown.user_id = :user AND shown.job_id = j.job_id
        ORDER BY followed.slug IS NULL, shown.company
        LIMIT 1
    ) AS u ON true
    LEFT JOIN LATERAL (
        SELECT slug, name FROM companies WHERE user_id = :user AND board_id = j.board_id
        ORDER BY slug LIMIT 1
    ) AS k ON true
    LEFT JOIN tracked_jobs AS t ON t.user_id = :user AND t.job_id = j.job_id
    LEFT JOIN LATERAL (
        SELECT changed_at, ARRAY(SELECT jsonb_object_keys(changes)) AS fields
        FROM job_versions WHERE job_id = j.job_id
        ORDER BY version DESC LIMIT 1
    ) AS v ON true
    ORDER BY asked.place
    """
)
VISIBLE = f"""
    (
        EXISTS ({_SELECT_SLUGS})
        OR EXISTS (SELECT FROM tracked_jobs AS t WHERE t.user_id = :user AND t.job_id = j.job_id)
        OR (:all_public AND (NOT b.private OR EXISTS (
            SELECT FROM companies AS k WHERE k.user_id = :user AND k.board_id = j.board_id
        )))
    )
"""
"""An SQL condition on a job ``j`` and its board ``b``, which is true if the user may see the job
(see ``read_posting``)."""
_MAY_SEE = statement(
    f"""
    SELECT j.job_id FROM jobs AS j JOIN boards AS b USING (board_id)
    WHERE j.job_id = :job AND {VISIBLE}
    """
)
_READ_ONE = statement(
    f"""
    SELECT {_REPORT_COLUMNS}, coalesce(shown.company, k.slug, p.company, b.source) AS company,
        coalesce(k.name, p.company, b.source) AS company_name, {_STATE} AS state,
        k.slug IS NOT NULL AS followed,
        t.state AS tracking_state, t.hidden, t.note, t.remind_at, t.dates,
        b.source, b.config, b.checked_at, j.posting, j.posting_current,
        j.expire_reason, j.raw_key, j.content_sha256, j.fields_sha256, j.text_sha256, j.simhash,
        j.feature_version, j.extractor_version, j.relisted,
        EXISTS (
            SELECT FROM companies AS k WHERE k.board_id = j.board_id AND k.enabled
        ) AS is_checked
    FROM jobs AS j
    JOIN boards AS b ON b.board_id = j.board_id
    LEFT JOIN postings AS p ON p.job_id = j.job_id
    LEFT JOIN LATERAL ({_SELECT_SLUGS}) AS shown ON true
    LEFT JOIN user_jobs AS u
        ON u.user_id = :user AND u.job_id = j.job_id AND u.company = shown.company
    LEFT JOIN LATERAL (
        SELECT slug, name FROM companies WHERE user_id = :user AND board_id = j.board_id
        ORDER BY slug LIMIT 1
    ) AS k ON true
    LEFT JOIN tracked_jobs AS t ON t.user_id = :user AND t.job_id = j.job_id
    LEFT JOIN companies AS followed ON followed.user_id = :user AND followed.slug = shown.company
    WHERE j.job_id = :job AND {VISIBLE}
    ORDER BY followed.slug IS NULL, shown.company
    LIMIT 1
    """
)
_RAW_PAGE = statement(
    f"""
    SELECT j.raw_key, j.page_url FROM jobs AS j
    WHERE j.job_id = :job AND EXISTS ({_SELECT_SLUGS})
    """
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
