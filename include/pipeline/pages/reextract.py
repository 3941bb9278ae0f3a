"""Deciding the outcomes of a re-extraction (ADR 17).

In a re-extraction, the current extractors read stored pages again, with the current templates of
their boards. Nothing is listed or fetched. A job expires only if its own page says that the posting
is closed.
"""

from collections.abc import Iterator

from include.core.checking.outcomes import (
    Extracted,
    Failed,
    LeftUnchanged,
    Outcome,
    Reopened,
    Started,
)
from include.db.work.batches import ExtractJob
from include.failure_codes import FailureCode


def read_again(job: ExtractJob, outcome: Outcome) -> Iterator[Outcome]:
    """Yield the outcomes of a job for a page that an earlier check stored.

    If the page has been deleted from the store meanwhile, the job is left unchanged.

    Args:
        outcome: the result of reading the page now.
    """
    yield Started(job_id=job.job_id)
    match outcome:
        case Failed(code=FailureCode.PAGE_AGED_OUT):
            yield LeftUnchanged(job_id=job.job_id)
        case Extracted():
            yield Reopened(job_id=job.job_id)
            yield outcome
        case _:
            yield outcome
