"""Apply followers' filters to the jobs of the checks that their runs rest on (ADR 18).

The filters of each follower are applied to the facts that the listing states about a job. The
current filters are used, not those at the start of the run. Followers without filters are skipped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from include.core.filtering.filters import wants
from include.core.models import CheckKind, Company, JobPosting, ListedJob, Location, Workplace
from include.core.runs.run_state import JobStatus
from include.db.records import to_record
from include.db.sql import statement


class LeftOutJob(NamedTuple):
    """A job that a run does not show, because the job does not pass the follower's filters."""

    run_id: int
    company: str
    job_id: int


@dataclass(frozen=True, kw_only=True)
class RunCompany:
    """A company of a run, and its filters."""

    run_id: int
    check_id: int
    company: Company
    """The company and its filters. Its config is empty."""


@dataclass(frozen=True, kw_only=True)
class ListedFacts:
    """The facts in a board's listing about one job, to which filters are applied."""

    job_id: int
    job: ListedJob
    posting: JobPosting | None
    """The locations and workplace that the listing states; None if it states neither."""


def find_left_out(
    connection: Connection, run_ids: Collection[int], check_ids: Collection[int]
) -> list[LeftOutJob]:
    """Return the jobs that the followers' filters leave out of the runs.

    The runs rest on the checks. The filters of a run are those of the run's user.
    """
    run_companies = _read_companies(connection, run_ids, check_ids)
    facts_by_check = _listed_jobs_by_check(connection, {each.check_id for each in run_companies})
    return [
        LeftOutJob(run_company.run_id, run_company.company.slug, facts.job_id)
        for run_company in run_companies
        for facts in facts_by_check.get(run_company.check_id, ())
        if not wants(run_company.company, facts.job, facts.posting)
    ]


def left_out_parameters(left_out: Collection[LeftOutJob]) -> dict[str, list[Any]]:
    """Return three array parameters: the run, the company and the id of each job to leave out."""
    return {
        "left_runs": [each.run_id for each in left_out],
        "left_companies": [each.company for each in left_out],
        "left_jobs": [each.job_id for each in left_out],
    }


def companies_with_unread_jobs(
    connection: Connection, run_ids: Collection[int], check_ids: Collection[int]
) -> list[tuple[int, str]]:
    """Return the run ids and slugs of the companies whose check left a wanted job unread.

    A job is wanted if it passes the company's filters. The check did not read the posting,
    because at the time of the listing the job passed the filters of no follower. Since then, the
    user has begun to follow the board or has changed the filters. A disabled company is not
    returned, because another check would not read jobs for it either.
    """
    unread_jobs = _listed_jobs_by_check(connection, check_ids, only_unread=True)
    if not unread_jobs:
        return []
    run_companies = _read_companies(connection, run_ids, unread_jobs.keys(), only_enabled=True)
    return [
        (each.run_id, each.company.slug)
        for each in run_companies
        if _wants_any(each.company, unread_jobs[each.check_id])
    ]


def checks_with_unread_jobs(
    connection: Connection, companies_by_check: Mapping[int, Sequence[Company]]
) -> set[int]:
    """Return the ids of the checks that left unread a job that passes a company's filters.

    Args:
        companies_by_check: the companies that would use each check, by check id.
    """
    unread_jobs = _listed_jobs_by_check(connection, companies_by_check.keys(), only_unread=True)
    return {
        check_id
        for check_id, jobs in unread_jobs.items()
        if any(_wants_any(company, jobs) for company in companies_by_check[check_id])
    }


def _wants_any(company: Company, jobs: Iterable[ListedFacts]) -> bool:
    """Return whether at least one of the jobs passes the company's filters."""
    return any(wants(company, facts.job, facts.posting) for facts in jobs)


def _read_companies(
    connection: Connection,
    run_ids: Collection[int],
    check_ids: Collection[int],
    *,
    only_enabled: bool = False,
) -> list[RunCompany]:
    """Return the companies of the runs that rest on the checks.

    Args:
        only_enabled: return all enabled companies, instead of all companies that have filters.
    """
    params = {"runs": list(run_ids), "checks": list(check_ids), "enabled": only_enabled}
    return [
        to_record(RunCompany, row, company={**row, "slug": row["company"], "config": {}})
        for row in connection.execute(_COMPANIES, params).mappings()
    ]


def _listed_jobs_by_check(
    connection: Connection, check_ids: Collection[int], *, only_unread: bool = False
) -> dict[int, list[ListedFacts]]:
    """Return the facts that the listing of each check states about its jobs, by check id.

    Args:
        only_unread: return only jobs that the check did not read, because they passed no follower's
            filters.
    """
    if not check_ids:
        return {}
    by_check: dict[int, list[ListedFacts]] = {}
    params = {"checks": list(check_ids), "all": not only_unread}
    for row in connection.execute(_FACTS, params).mappings():
        job = ListedJob(
            external_id="", title=row["listed_title"], url="", location=row["listed_location"]
        )
        posting = _listed_posting(row["listed_title"], row["locations"], row["workplace"])
        facts = ListedFacts(job_id=row["job_id"], job=job, posting=posting)
        by_check.setdefault(row["check_id"], []).append(facts)
    return by_check


def _listed_posting(
    title: str, locations: Sequence[Mapping[str, Any]] | None, workplace: str | None
) -> JobPosting | None:
    """Return a posting that has only these facts.

    Return None if the listing states neither locations nor a workplace.
    """
    if locations is None and workplace is None:
        return None
    return JobPosting(
        title=title,
        locations=tuple(Location(**each) for each in locations or ()),
        workplace=Workplace(workplace) if workplace else None,
    )


_COMPANIES = statement(
    """
    SELECT r.run_id, f.company, f.check_id, b.source, k.include_titles, k.exclude_titles,
        k.include_locations, k.exclude_locations, k.workplaces
    FROM ingestion_runs AS r
    CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
    JOIN companies AS k ON k.user_id = r.user_id AND k.slug = f.company
    JOIN checks AS c ON c.check_id = f.check_id
    JOIN boards AS b ON b.board_id = c.board_id
    WHERE r.run_id = ANY(:runs) AND f.check_id = ANY(:checks)
        AND CASE WHEN :enabled THEN k.enabled ELSE cardinality(
            k.include_titles || k.exclude_titles || k.include_locations || k.exclude_locations
            || k.workplaces
        ) > 0 END
    """
)
# If the listing contains the posting itself, the facts are taken from the extracted posting,
# because it was made from the listing.
_FACTS = statement(
    f"""
    SELECT job_id, check_id, listed_title, listed_location,
        coalesce(facts -> 'locations', CASE WHEN inline THEN posting -> 'locations' END)
            AS locations,
        coalesce(facts ->> 'workplace', CASE WHEN inline THEN posting ->> 'workplace' END)
            AS workplace
    FROM jobs
    WHERE check_id = ANY(:checks) AND expire_reason IS DISTINCT FROM 'unlisted'
        AND (:all OR (
            status = '{JobStatus.SKIPPED}' AND NOT wanted
            AND (content_version = 0 OR row_sha256 IS NULL)
            AND check_id IN (SELECT check_id FROM checks WHERE kind = '{CheckKind.LIST}')
        ))
    ORDER BY job_id
    """
)
