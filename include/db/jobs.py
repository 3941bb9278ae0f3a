"""Jobs as a whole run changes them: upserted from its listings, expired, cut into batches."""

from collections.abc import Mapping

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from include.core.expiry import CompanyListing
from include.core.models import CompanyStatus
from include.core.run_state import ACTIVE_JOBS, JobStatus
from include.db.tables import COMPANY_OF_JOB, jobs, listed_jobs, run_companies


def upsert_listed(connection: Connection, run_id: int, user_id: str, version: int) -> int:
    """Makes every wanted listed job a pending job of this run, in one statement sorted by key.

    The title and location that an earlier extraction read stay until the next one. Jobs that
    this or a newer run already owns are left alone, so that a replay changes nothing.

    Returns:
        How many jobs were taken on.
    """
    listed = (
        select(
            literal(user_id),
            listed_jobs.c.company,
            listed_jobs.c.external_id,
            literal(run_id, BigInteger),
            literal(run_id, BigInteger),
            literal(version, BigInteger),
            listed_jobs.c.title,
            listed_jobs.c.location,
            listed_jobs.c.url,
            listed_jobs.c.page_url,
            listed_jobs.c.host,
            listed_jobs.c.modified,
        )
        .where(listed_jobs.c.run_id == run_id, listed_jobs.c.wanted)
        .order_by(listed_jobs.c.company, listed_jobs.c.external_id)
    )
    names = ["user_id", "company", "external_id", "run_id", "first_run_id", "version"]
    names += ["title", "location", "url", "page_url", "host", "modified"]
    statement = insert(jobs).from_select(names, listed)
    new = statement.excluded
    unread = jobs.c.posting.is_(None)
    statement = statement.on_conflict_do_update(
        index_elements=["user_id", "company", "external_id"],
        set_={
            "run_id": new.run_id,
            "status": JobStatus.PENDING,
            "version": new.version,
            "title": case((unread, new.title), else_=jobs.c.title),
            "location": case((unread, new.location), else_=jobs.c.location),
            "url": new.url,
            "page_url": new.page_url,
            "host": new.host,
            "modified": new.modified,
            "batch": null(),
            "wanted": true(),
            "missed": 0,
            "missed_run_id": null(),
            "error_code": null(),
            "error_message": null(),
            "attempts": 0,
            "last_seen_at": func.now(),
            "expired_at": null(),
            "expire_reason": null(),
        },
        where=jobs.c.run_id < new.run_id,
    )
    statement = statement.execution_options(preserve_rowcount=True)
    return connection.execute(statement).rowcount


def set_aside_unwanted(connection: Connection, run_id: int, user_id: str) -> None:
    """Notes of known open jobs that they were listed, and that the company's filters leave them
    out: whatever they were missed for before is void, so that only leaving the listing, or what
    their page says, ever ends them."""
    connection.execute(
        update(jobs)
        .where(
            listed_jobs.c.run_id == run_id,
            ~listed_jobs.c.wanted,
            jobs.c.user_id == user_id,
            jobs.c.company == listed_jobs.c.company,
            jobs.c.external_id == listed_jobs.c.external_id,
            jobs.c.run_id < run_id,
            jobs.c.status != JobStatus.EXPIRED,
        )
        .values(wanted=False, missed=0, missed_run_id=null(), last_seen_at=func.now())
    )


def complete_listings(connection: Connection, run_id: int, user_id: str) -> list[CompanyListing]:
    """The run's complete listings beside what was known before, in order of slug."""
    named = exists().where(
        listed_jobs.c.run_id == run_id,
        listed_jobs.c.company == jobs.c.company,
        listed_jobs.c.external_id == jobs.c.external_id,
    )
    known = and_(jobs.c.first_run_id < run_id, jobs.c.status != JobStatus.EXPIRED)
    query = (
        select(
            run_companies.c.company,
            run_companies.c.source,
            run_companies.c.listed,
            func.count(jobs.c.job_id).label("known"),
            func.count(jobs.c.job_id).filter(~named, jobs.c.run_id < run_id).label("missing"),
        )
        .outerjoin_from(
            run_companies,
            jobs,
            and_(jobs.c.user_id == user_id, jobs.c.company == run_companies.c.company, known),
        )
        .where(
            run_companies.c.run_id == run_id,
            # held: a verdict of this same run, before its task was tried again
            run_companies.c.status.in_([CompanyStatus.COMPLETE, CompanyStatus.HELD]),
        )
        .group_by(run_companies.c.company, run_companies.c.source, run_companies.c.listed)
        .order_by(run_companies.c.company)
    )
    return [CompanyListing(**row) for row in connection.execute(query).mappings()]


def expire_missing(
    connection: Connection,
    run_id: int,
    user_id: str,
    version: int,
    misses_needed: Mapping[str, int],
) -> dict[str, int]:
    """Counts a miss for every open job that its company's complete listing does not name, and
    expires those that were missed often enough, in one statement.

    Jobs that a newer run has seen are left alone; a replay counts nothing twice.

    Args:
        misses_needed: by slug; companies not named here expire nothing.

    Returns:
        By slug, how many jobs were missed but are kept for now (held).
    """
    verdict = (
        func.unnest(
            bindparam("slugs", list(misses_needed), ARRAY(Text)),
            bindparam("needed", list(misses_needed.values()), ARRAY(Integer)),
        )
        .table_valued(column("company", Text), column("needed", Integer), name="verdict")
        .render_derived()
    )
    named = exists().where(
        listed_jobs.c.run_id == run_id,
        listed_jobs.c.company == jobs.c.company,
        listed_jobs.c.external_id == jobs.c.external_id,
    )
    proved = jobs.c.missed + 1 >= verdict.c.needed
    statement = (
        update(jobs)
        .where(
            jobs.c.user_id == user_id,
            jobs.c.company == verdict.c.company,
            jobs.c.run_id < run_id,
            jobs.c.status != JobStatus.EXPIRED,
            or_(jobs.c.missed_run_id.is_(None), jobs.c.missed_run_id < run_id),
            ~named,
        )
        .values(
            missed=jobs.c.missed + 1,
            missed_run_id=run_id,
            status=case((proved, JobStatus.EXPIRED), else_=jobs.c.status),
            run_id=case((proved, run_id), else_=jobs.c.run_id),
            version=case((proved, version), else_=jobs.c.version),
            expired_at=case((proved, func.now()), else_=jobs.c.expired_at),
            expire_reason=case((proved, "unlisted"), else_=jobs.c.expire_reason),
            settled_at=case((proved, func.now()), else_=jobs.c.settled_at),
        )
    )
    connection.execute(statement)
    held = (
        select(jobs.c.company, func.count().label("kept"))
        .where(
            jobs.c.user_id == user_id,
            jobs.c.missed_run_id == run_id,
            jobs.c.status != JobStatus.EXPIRED,
        )
        .group_by(jobs.c.company)
    )
    return {row.company: row.kept for row in connection.execute(held)}


def count_unplanned(connection: Connection, run_id: int) -> int:
    """The run's jobs that are still to do."""
    query = select(func.count()).where(jobs.c.run_id == run_id, jobs.c.status.in_(ACTIVE_JOBS))
    return connection.scalar(query) or 0


def count_open_pages(connection: Connection, run_id: int) -> tuple[int, int]:
    """How many pages these are, which several jobs may share; and how many of them will probably
    not be read: of those, the server or the sitemap can tell that they are as they were."""
    tells = or_(
        jobs.c.etag.is_not(None),
        jobs.c.last_modified.is_not(None),
        jobs.c.modified == jobs.c.crawled_modified,
    )
    drawn = func.coalesce(run_companies.c.config["render"].as_boolean(), False)
    pages = func.count(jobs.c.page_url.distinct())
    query = (
        select(pages, pages.filter(jobs.c.posting_current, tells, ~drawn))
        .outerjoin_from(jobs, run_companies, COMPANY_OF_JOB)
        .where(jobs.c.run_id == run_id, jobs.c.status.in_(ACTIVE_JOBS))
    )
    open_pages, unread = connection.execute(query).one()
    return open_pages, unread


def assign_batches(connection: Connection, run_id: int, batches: int) -> None:
    """Deals the run's open jobs out to batches 0 … ``batches`` - 1, host by host: a big host
    spreads over all of them, and each batch holds several hosts. Jobs with the same page come to
    the same batch, which asks for it once; with no more batches than pages, none is empty."""
    turn = func.dense_rank().over(order_by=(jobs.c.host, jobs.c.page_url)) - 1
    dealt = (
        select(jobs.c.job_id, (turn % batches).label("batch"))
        .where(jobs.c.run_id == run_id, jobs.c.status.in_(ACTIVE_JOBS))
        .subquery("dealt")
    )
    connection.execute(
        update(jobs).where(jobs.c.job_id == dealt.c.job_id).values(batch=dealt.c.batch)
    )
