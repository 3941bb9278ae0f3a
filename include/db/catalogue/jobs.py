"""Change all jobs of a sweep at once.

The statements here upsert jobs from the sweep's listings, expire jobs, and divide jobs among
batches. A page is only requested if there is a reason. There is a reason if the job is new or was
listed again after it expired, if the job's row in the listing has changed, if the last reading
failed, if the next reading is due, or if the check is forced. All other jobs are skipped here,
without a request (ADR 16).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from include.core.checking.batches import PageGroup
from include.core.checking.expiry import PAGE_REASONS, BoardListing
from include.core.models import CheckKind, CompanyStatus
from include.core.runs.run_state import ACTIVE_JOBS, CheckStatus, JobStatus
from include.db.sql import sql_literals, statement


def upsert_listed(
    connection: Connection,
    sweep_id: int,
    reread_after: timedelta,
    *,
    ended_by_deadline: Collection[str],
) -> None:
    """Store every listed posting as a job of its check.

    A job becomes pending if it is to be read. If it is not to be read, the job becomes expired if
    its page stated earlier that it is closed or if its deadline has passed, and skipped otherwise.

    Jobs that belong to this check or to a newer check are not changed, so a repeated call has no
    effect. A title and a location that were extracted earlier stay until the next extraction.

    Args:
        reread_after: the period within which each page is read again. Each job is due once in each
            period, at a time that the hash of its id determines. With 0, every page is read in
            every check.
        ended_by_deadline: the sources whose postings expire when their deadline has passed.
    """
    params = {
        "sweep": sweep_id,
        "reread": reread_after.total_seconds(),
        "ended_by_deadline": list(ended_by_deadline),
    }
    connection.execute(_UPDATE_KNOWN, params)
    connection.execute(_INSERT_NEW, params)
    connection.execute(_STORE_LISTED_IDS, params)


def take_on_failed(connection: Connection, sweep_id: int) -> None:
    """Assign the failed jobs to the sweep's retries of their boards, and make the jobs pending."""
    connection.execute(_TAKE_ON_FAILED, {"sweep": sweep_id})
    connection.execute(_STORE_TAKEN_IDS, {"sweep": sweep_id, "kind": CheckKind.RETRY})


def take_on_stored(connection: Connection, sweep_id: int, keep_for: timedelta) -> None:
    """Assign the jobs that have a stored page to the sweep's re-extractions of their boards.

    The assigned jobs become pending.

    Jobs whose latest crawl failed are not changed, because reading their older page would hide the
    failure. The ``reason`` of each check states how many pages are read again, and how many jobs
    have no readable stored page.

    Args:
        keep_for: the time for which the store keeps pages. Jobs whose page is older are not
            changed.
    """
    connection.execute(_TAKE_ON_STORED, {"sweep": sweep_id, "keep_for": keep_for})
    connection.execute(_STORE_TAKEN_IDS, {"sweep": sweep_id, "kind": CheckKind.REEXTRACT})


def complete_listings(connection: Connection, sweep_id: int) -> list[BoardListing]:
    """Return the sweep's complete and held listings, in order of check id.

    Each returned listing has the number of jobs that were known before, and the number of these
    jobs that the listing misses.
    """
    rows = connection.execute(_COMPLETE, {"sweep": sweep_id}).mappings()
    return [BoardListing(**row) for row in rows]


def expire_missing(
    connection: Connection,
    misses_needed: Mapping[int, int],
    confirm_after: timedelta,
) -> dict[int, int]:
    """Record which open jobs complete listings miss, and expire the jobs that are proved gone.

    If two misses are needed, the check that misses the job again must have begun at least
    ``confirm_after`` after the check that missed it first. A repeated call changes nothing.

    Args:
        misses_needed: the number of misses that prove an expiry, 1 or 2, by check id. Checks that
            are missing in this mapping expire nothing.

    Returns:
        The number of missing jobs that are kept for now (held), by check id.
    """
    params = {
        "checks": list(misses_needed),
        "needed": list(misses_needed.values()),
        "confirm": confirm_after,
    }
    connection.execute(_EXPIRE, params)
    return {row.check_id: row.kept for row in connection.execute(_COUNT_KEPT, params)}


def group_pages(
    connection: Connection, check_ids: Sequence[int], inline_size: int
) -> list[PageGroup]:
    """Return the pages that the checks' unread jobs need, in groups for ``assign_batches``.

    The pages of a host are one group. Jobs whose content came with the listing need no request, so
    they are in groups of ``inline_size``. A page counts as probably unchanged if it has a known
    validator (``ETag`` or ``Last-Modified``). Jobs of one board that share a page are in the same
    group.
    """
    params = {"checks": list(check_ids), "inline_size": inline_size}
    return [PageGroup(*row) for row in connection.execute(_GROUP_PAGES, params)]


def assign_batches(
    connection: Connection, check_ids: Sequence[int], inline_size: int, batches: Mapping[str, int]
) -> None:
    """Store the batch of each unread job of the checks.

    Args:
        inline_size: the same number as for ``group_pages``.
        batches: the number of the batch of each group, by the group's name.
    """
    params = {
        "checks": list(check_ids),
        "inline_size": inline_size,
        "names": list(batches),
        "numbers": list(batches.values()),
    }
    connection.execute(_ASSIGN, params)


def read_batches(connection: Connection, check_ids: Sequence[int]) -> list[int]:
    """Return the numbers of the batches that contain unread jobs of the checks."""
    return list(connection.execute(_BATCHES, {"checks": list(check_ids)}).scalars())


_ACTIVE = sql_literals(ACTIVE_JOBS)
# A check whose listing did not fail, and whose listed postings are not stored as jobs yet.
_IS_TO_UPSERT = f"""
    c.sweep_id = :sweep AND c.kind = '{CheckKind.LIST}' AND c.status = '{CheckStatus.LISTING}'
    AND c.listing <> '{CompanyStatus.ERROR}' AND c.jobs_xid IS NULL
"""
# The hash of a job's id shifts the beginning of the job's periods by a fraction of a period. The
# job is due if it was last crawled in an earlier period.
_IS_DUE = """
    CASE WHEN CAST(:reread AS double precision) = 0 THEN true ELSE
        floor(extract(epoch FROM now()) / :reread + (hashint8extended(j.job_id, 0) & 1023) / 1024.0)
        > floor(extract(epoch FROM j.crawled_at) / :reread
            + (hashint8extended(j.job_id, 0) & 1023) / 1024.0)
    END
"""
_PAGE_REASONS = sql_literals(PAGE_REASONS)
# A deadline at midnight includes the whole day, as in ``core.checking.expiry.is_past``.
_IS_PAST_DEADLINE = """
    (j.posting ->> 'valid_through')::timestamptz
    + CASE WHEN ((j.posting ->> 'valid_through')::timestamptz AT TIME ZONE 'UTC')::time = '00:00'
        THEN interval '1 day' ELSE interval '0' END
    < now()
"""
_UPDATE_KNOWN = statement(
    f"""
    UPDATE jobs AS j
    SET check_id = l.check_id,
        status = l.status,
        changed_xid = pg_current_xact_id(),
        batch = NULL,
        title = CASE WHEN j.posting IS NULL THEN l.title ELSE j.title END,
        location = CASE WHEN j.posting IS NULL THEN l.location ELSE j.location END,
        listed_title = l.title, listed_location = l.location,
        url = l.url, page_url = l.page_url, host = l.host,
        row_sha256 = CASE WHEN l.status = '{JobStatus.PENDING}' OR NOT l.has_reason
            THEN l.row_sha256 END,
        facts = l.facts, inline = l.inline, wanted = l.wanted,
        missed_since = NULL,
        relisted = j.relisted
            + CASE WHEN j.status = '{JobStatus.EXPIRED}' AND j.expire_reason = 'unlisted'
                AND l.status <> '{JobStatus.EXPIRED}' THEN 1 ELSE 0 END,
        error_code = NULL,
        error_message = CASE WHEN l.status = '{JobStatus.EXPIRED}' THEN j.error_message END,
        attempts = 0,
        last_seen_at = now(),
        expired_at = CASE WHEN l.status = '{JobStatus.EXPIRED}' THEN
            CASE WHEN j.status = '{JobStatus.EXPIRED}' THEN j.expired_at ELSE now() END END,
        expire_reason = CASE WHEN l.status = '{JobStatus.EXPIRED}' THEN
            CASE WHEN j.status = '{JobStatus.EXPIRED}' THEN j.expire_reason ELSE 'deadline' END END,
        settled_at = CASE WHEN l.status = '{JobStatus.PENDING}' THEN j.settled_at ELSE now() END
    FROM (
        SELECT c.check_id, j.job_id, l.*, l.content IS NOT NULL AS inline, reason.has_reason,
            CASE
                WHEN (l.wanted OR l.content IS NOT NULL) AND reason.has_reason
                    THEN '{JobStatus.PENDING}'
                WHEN j.status = '{JobStatus.EXPIRED}' AND j.expire_reason IN ({_PAGE_REASONS})
                    THEN '{JobStatus.EXPIRED}'
                WHEN b.source = ANY(:ended_by_deadline) AND {_IS_PAST_DEADLINE}
                    THEN '{JobStatus.EXPIRED}'
                ELSE '{JobStatus.SKIPPED}'
            END AS status
        FROM checks AS c
        JOIN boards AS b ON b.board_id = c.board_id
        JOIN listed_jobs AS l ON l.board_id = c.board_id
        JOIN jobs AS j ON j.board_id = l.board_id AND j.external_id = l.external_id
        CROSS JOIN LATERAL (
            SELECT coalesce(
                c.force
                    OR j.row_sha256 IS DISTINCT FROM l.row_sha256
                    OR j.inline <> (l.content IS NOT NULL)
                    OR j.status IN ({_ACTIVE}, '{JobStatus.FAILED}')
                    OR j.expire_reason = 'unlisted'
                    OR NOT (j.posting_current OR j.status = '{JobStatus.EXPIRED}')
                    OR (l.content IS NULL AND (l.modified_until >= j.crawled_at OR {_IS_DUE}))
                    OR :reread = 0,
                false
            ) AS has_reason
        ) AS reason
        WHERE {_IS_TO_UPSERT} AND j.check_id < c.check_id
    ) AS l
    WHERE j.job_id = l.job_id
    """
)
_INSERT_NEW = statement(
    f"""
    INSERT INTO jobs (
        board_id, external_id, check_id, status, title, location, listed_title, listed_location,
        url, page_url, host, row_sha256, facts, inline, wanted, settled_at
    )
    SELECT l.board_id, l.external_id, c.check_id,
        CASE WHEN l.wanted OR l.content IS NOT NULL
            THEN '{JobStatus.PENDING}' ELSE '{JobStatus.SKIPPED}' END,
        l.title, l.location, l.title, l.location, l.url, l.page_url, l.host, l.row_sha256,
        l.facts, l.content IS NOT NULL, l.wanted,
        CASE WHEN NOT l.wanted AND l.content IS NULL THEN now() END
    FROM checks AS c
    JOIN listed_jobs AS l ON l.board_id = c.board_id
    WHERE {_IS_TO_UPSERT}
    ORDER BY l.board_id, l.external_id
    ON CONFLICT (board_id, external_id) DO NOTHING
    """
)
_STORE_LISTED_IDS = statement(
    f"""
    UPDATE checks AS c
    SET job_ids = coalesce(
            (SELECT array_agg(job_id ORDER BY job_id) FROM jobs WHERE jobs.check_id = c.check_id),
            '{{}}'
        ),
        jobs_xid = pg_current_xact_id(), changed_xid = pg_current_xact_id()
    WHERE {_IS_TO_UPSERT}
    """
)
_SET_TAKEN = f"""
    check_id = c.check_id, status = '{JobStatus.PENDING}', changed_xid = pg_current_xact_id(),
    batch = NULL, error_code = NULL, error_message = NULL, attempts = 0
"""
_TAKE_ON_FAILED = statement(
    f"""
    UPDATE jobs AS j SET {_SET_TAKEN}
    FROM checks AS c
    WHERE c.sweep_id = :sweep AND c.kind = '{CheckKind.RETRY}'
        AND c.status = '{CheckStatus.LISTING}'
        AND j.board_id = c.board_id AND j.check_id < c.check_id
        AND j.status = '{JobStatus.FAILED}'
    """
)
_TAKE_ON_STORED = statement(
    f"""
    UPDATE jobs AS j SET {_SET_TAKEN}
    FROM checks AS c
    WHERE c.sweep_id = :sweep AND c.kind = '{CheckKind.REEXTRACT}'
        AND c.status = '{CheckStatus.LISTING}'
        AND j.board_id = c.board_id AND j.check_id < c.check_id
        AND j.raw_key IS NOT NULL AND j.status <> '{JobStatus.EXPIRED}'
        AND NOT (j.status = '{JobStatus.FAILED}' AND j.posting_current)
        AND split_part(j.raw_key, '/', 2)::bigint IN (
            SELECT sweep_id FROM sweeps WHERE created_at > now() - CAST(:keep_for AS interval)
        )
    """
)
_STORE_TAKEN_IDS = statement(
    f"""
    UPDATE checks AS c
    SET job_ids = taken.ids, listed = cardinality(taken.ids), listing = '{CompanyStatus.PARTIAL}',
        reason = CASE WHEN c.kind = '{CheckKind.RETRY}'
            THEN 'only the postings whose last reading failed'
            ELSE 'nothing was listed: ' || cardinality(taken.ids) || ' stored pages are read again'
                || CASE WHEN taken.others > 0
                    THEN '; ' || taken.others || ' other postings have no usable stored page'
                    ELSE '' END
        END,
        jobs_xid = pg_current_xact_id(), changed_xid = pg_current_xact_id()
    FROM (
        SELECT c.check_id, count(*) FILTER (WHERE j.check_id < c.check_id) AS others,
            coalesce(
                array_agg(j.job_id ORDER BY j.job_id) FILTER (WHERE j.check_id = c.check_id), '{{}}'
            ) AS ids
        FROM checks AS c
        LEFT JOIN jobs AS j ON j.board_id = c.board_id AND j.status <> '{JobStatus.EXPIRED}'
            AND (j.wanted OR j.check_id = c.check_id)
        WHERE c.sweep_id = :sweep AND c.kind = :kind AND c.status = '{CheckStatus.LISTING}'
            AND c.jobs_xid IS NULL
        GROUP BY c.check_id
    ) AS taken
    WHERE c.check_id = taken.check_id
    """
)
# Held listings are included, because an earlier try of the task may have marked a complete listing
# as ``held``.
_COMPLETE = statement(
    f"""
    SELECT c.check_id, b.source, c.listed, count(j.job_id) AS known,
        count(j.job_id) FILTER (WHERE j.check_id < c.check_id) AS missing
    FROM checks AS c
    JOIN boards AS b USING (board_id)
    LEFT JOIN jobs AS j ON j.board_id = c.board_id AND j.status <> '{JobStatus.EXPIRED}'
        AND j.first_seen_at < c.started_at
    WHERE c.sweep_id = :sweep AND c.status = '{CheckStatus.LISTING}'
        AND c.kind = '{CheckKind.LIST}'
        AND c.listing IN ('{CompanyStatus.COMPLETE}', '{CompanyStatus.HELD}')
    GROUP BY c.check_id, b.source
    ORDER BY c.check_id
    """
)
_VERDICT = "unnest(:checks, :needed) AS verdict(check_id, needed)"
_EXPIRE = statement(
    f"""
    UPDATE jobs AS j
    SET missed_since = coalesce(j.missed_since, v.started_at),
        status = CASE WHEN v.proved THEN '{JobStatus.EXPIRED}' ELSE j.status END,
        check_id = CASE WHEN v.proved THEN v.check_id ELSE j.check_id END,
        changed_xid = CASE WHEN v.proved THEN pg_current_xact_id() ELSE j.changed_xid END,
        expired_at = CASE WHEN v.proved THEN now() ELSE j.expired_at END,
        expire_reason = CASE WHEN v.proved THEN 'unlisted' ELSE j.expire_reason END,
        settled_at = CASE WHEN v.proved THEN now() ELSE j.settled_at END
    FROM (
        SELECT j.job_id, c.check_id, c.started_at,
            verdict.needed = 1 OR coalesce(
                j.missed_since < c.started_at
                    AND c.started_at >= j.missed_since + CAST(:confirm AS interval),
                false
            ) AS proved
        FROM {_VERDICT}
        JOIN checks AS c USING (check_id)
        JOIN jobs AS j ON j.board_id = c.board_id AND j.check_id < c.check_id
        WHERE j.status <> '{JobStatus.EXPIRED}'
    ) AS v
    WHERE j.job_id = v.job_id
    """
)
_COUNT_KEPT = statement(
    f"""
    SELECT c.check_id, count(*) AS kept
    FROM {_VERDICT}
    JOIN checks AS c USING (check_id)
    JOIN jobs AS j ON j.board_id = c.board_id AND j.check_id < c.check_id
    WHERE j.status <> '{JobStatus.EXPIRED}'
    GROUP BY c.check_id
    """
)
_GROUPED = f"""
    SELECT j.*, CASE WHEN j.inline
        THEN 'inline ' || (
            dense_rank() OVER (PARTITION BY j.inline ORDER BY j.board_id, j.page_url) - 1
        ) / :inline_size
        ELSE 'host ' || j.host
    END AS name
    FROM jobs AS j
    WHERE j.check_id = ANY(:checks) AND j.status IN ({_ACTIVE})
"""
_GROUP_PAGES = statement(
    f"""
    SELECT name, count(*), count(*) FILTER (WHERE is_likely_unchanged) FROM (
        SELECT j.name, bool_and(
            j.posting_current AND (j.etag IS NOT NULL OR j.last_modified IS NOT NULL)
                AND NOT c.force AND c.kind = '{CheckKind.LIST}'
                AND NOT coalesce((b.config ->> 'render')::boolean, false)
        ) AS is_likely_unchanged
        FROM ({_GROUPED}) AS j
        JOIN checks AS c USING (check_id)
        JOIN boards AS b ON b.board_id = c.board_id
        GROUP BY j.name, j.board_id, j.page_url
    ) AS pages
    GROUP BY name ORDER BY name
    """
)
_ASSIGN = statement(
    f"""
    UPDATE jobs AS j SET batch = packed.batch
    FROM ({_GROUPED}) AS grouped
    JOIN unnest(:names, :numbers) AS packed (name, batch) USING (name)
    WHERE j.job_id = grouped.job_id
    """
)
_BATCHES = statement(
    f"""
    SELECT DISTINCT batch FROM jobs
    WHERE check_id = ANY(:checks) AND status IN ({_ACTIVE}) AND batch IS NOT NULL ORDER BY batch
    """
)
