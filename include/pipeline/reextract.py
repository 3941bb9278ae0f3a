"""What is written of stored pages that are read again, by what reads pages now: nothing is listed
or fetched, and nothing expires but what its own page says is over.
"""

from collections.abc import Iterator

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


def read_again(job: ExtractJob, outcome: Outcome) -> Iterator[Outcome]:
    """Yield what is written of a page that an earlier check stored, and led to ``outcome`` now.

    A job whose page has gone from the store meanwhile stays as it was.
    """
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
