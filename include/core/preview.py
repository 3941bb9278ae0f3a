"""Predict which jobs a run would find new, changed and gone, as far as a listing shows it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from include.core.models import ListedJob

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Retitled:
    job: ListedJob
    before: str
    """The title under which the job is known."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    new: tuple[ListedJob, ...]
    retitled: tuple[Retitled, ...]
    """The jobs whose title changed.

    Other changes show only on the pages, which are not fetched for a preview.
    """
    gone: tuple[ListedJob, ...]
    """The known jobs that are not listed.

    Empty if the listing is not complete, because the missing jobs may still be open.
    """
    unchanged: int
    """The number of listed jobs that are known under the same title."""


def preview(
    listed: Iterable[ListedJob], known: Mapping[str, ListedJob], *, complete: bool
) -> Preview:
    """Return how the listed jobs differ from the known ones.

    Args:
        listed: the jobs of the listing.
        known: the open postings of earlier runs, by external id.
        complete: whether the listing is complete.
    """
    wanted = {job.external_id: job for job in listed}
    both = [(job, known[id_]) for id_, job in wanted.items() if id_ in known]
    retitled = tuple(
        Retitled(job=job, before=before.title)
        for job, before in both
        if _words(job.title) != _words(before.title)
    )
    return Preview(
        new=tuple(job for id_, job in wanted.items() if id_ not in known),
        retitled=retitled,
        gone=tuple(job for id_, job in known.items() if id_ not in wanted) if complete else (),
        unchanged=len(both) - len(retitled),
    )


def _words(title: str) -> list[str]:
    """Return the words of a title, to compare it.

    Spaces, case and punctuation may differ between a listing and its pages without any meaning. The
    titles of a sitemap are made from addresses, which have none of them.
    """
    return _WORD.findall(title.casefold())
