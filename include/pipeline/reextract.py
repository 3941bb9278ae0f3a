"""A run that reads stored pages again, by what reads pages now: nothing is listed or fetched, and
nothing expires but what its own page says is over.

It is a run like any other, with its fence, batches, recovery and progress: while another run of
the user is active it is refused, and while it is active so are others.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from include.core.models import CompanyStatus
from include.core.outcomes import (
    Confirmed,
    Extracted,
    Failed,
    LeftAlone,
    Outcome,
    Reopened,
    Started,
)
from include.db.batches import ExtractJob
from include.db.run_companies import set_company
from include.db.runs import Run, notify
from include.db.stored_pages import adopt_stored, count_stored
from include.raw_pages import KEPT


def take_on_stored(connection: Connection, run: Run, version: int) -> int:
    """Makes every job of the run's companies whose page is still stored a pending job of the run;
    how many. Its companies say how many there are, and of how many jobs no page is kept.

    Nothing of it counts as a listing.
    """
    count = adopt_stored(connection, run.run_id, run.user_id, version, kept=KEPT)
    for company in count_stored(connection, run.run_id, run.user_id):
        left = f", those of {company.without} others are not kept" if company.without else ""
        reason = f"nothing was listed: {company.stored} stored pages are read again{left}"
        set_company(
            connection,
            run.run_id,
            company.slug,
            CompanyStatus.PARTIAL,
            listed=company.stored,
            error=reason,
        )
    notify(connection, run.run_id)
    return count


def read_again(job: ExtractJob, outcome: Outcome) -> Iterator[Outcome]:
    """What is written of a page that was stored before this run, and led to ``outcome`` now. A job
    whose page has gone from the store meanwhile stays as it was."""
    yield Started(job_id=job.job_id)
    match outcome:
        case Failed(code="page_aged_out"):
            yield LeftAlone(job_id=job.job_id)
        case Extracted() if outcome.posting == job.posting:
            yield Confirmed(job_id=job.job_id)
        case Extracted():
            yield Reopened(job_id=job.job_id)
            yield outcome
        case _:
            yield outcome
