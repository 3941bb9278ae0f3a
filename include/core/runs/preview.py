"""Predict from a listing which jobs a run would find to be new, changed or gone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from include.core.models import ListedJob

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class KnownJob:
    """A job that earlier runs found.

    The job is either open, or closed because its page said so. A closed job may still be listed.
    """

    job: ListedJob
    """The job as users see it. Its title is the one that its page states."""
    listed_title: str
    """The job's title in the latest stored listing, which may differ from the title on its page."""
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Retitled:
    """A job that the listing names under another title than before."""

    job: ListedJob
    before: str
    """The job's title in the latest stored listing."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    new: tuple[ListedJob, ...]
    retitled: tuple[Retitled, ...]
    """The jobs that the listing names under another title than before.

    Other changes of jobs are not found, because a preview does not fetch their pages.
    """
    gone: tuple[ListedJob, ...]
    """The jobs that are open and that the listing does not name.

    This is empty if the listing is not complete, because the missing jobs may still be open.
    """
    unchanged: int
    """The number of jobs that the listing names under the same title as before."""


def preview(
    listed: Iterable[ListedJob], known: Mapping[str, KnownJob], *, complete: bool
) -> Preview:
    """Compare the jobs of a listing with the known jobs, and return the differences.

    Args:
        listed: the jobs of the listing.
        known: the jobs of earlier runs, by external id.
        complete: whether the listing is proved to name all open postings.
    """
    listed_by_id = {job.external_id: job for job in listed}
    both = [(job, known[id_]) for id_, job in listed_by_id.items() if id_ in known]
    retitled = tuple(
        Retitled(job=job, before=before.listed_title)
        for job, before in both
        if _words(job.title) != _words(before.listed_title)
    )
    unlisted = (each.job for id_, each in known.items() if each.is_open and id_ not in listed_by_id)
    return Preview(
        new=tuple(job for id_, job in listed_by_id.items() if id_ not in known),
        retitled=retitled,
        gone=tuple(unlisted) if complete else (),
        unchanged=len(both) - len(retitled),
    )


def _words(title: str) -> list[str]:
    """Return the words of a title, by which titles are compared.

    Differences in spaces, case and punctuation between two listings are not changes of the title.
    """
    return _WORD.findall(title.casefold())
