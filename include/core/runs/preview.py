"""Predict from a listing which jobs a run would find new, changed and gone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from include.core.models import ListedJob

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class KnownJob:
    """A job of earlier runs.

    The job is open, or it was closed because its page said so although it is still listed.
    """

    job: ListedJob
    """The job as users see it, with the title that its page states."""
    listed_title: str
    """The title in the latest listing. The page may state another title."""
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Retitled:
    """A job whose title in the listing changed."""

    job: ListedJob
    before: str
    """The title in the latest listing that was stored."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    new: tuple[ListedJob, ...]
    retitled: tuple[Retitled, ...]
    """The jobs whose title in the listing changed.

    Other changes show only on the pages, which are not fetched for a preview.
    """
    gone: tuple[ListedJob, ...]
    """The open jobs that are not listed.

    There are none if the listing is not complete, because the missing jobs may still be open.
    """
    unchanged: int
    """The number of listed jobs that were listed under the same title before."""


def preview(
    listed: Iterable[ListedJob], known: Mapping[str, KnownJob], *, complete: bool
) -> Preview:
    """Return how the listed jobs differ from the known ones.

    Args:
        listed: the jobs of the listing.
        known: the jobs of earlier runs, by external id.
        complete: whether the listing is complete.
    """
    wanted = {job.external_id: job for job in listed}
    both = [(job, known[id_]) for id_, job in wanted.items() if id_ in known]
    retitled = tuple(
        Retitled(job=job, before=before.listed_title)
        for job, before in both
        if _words(job.title) != _words(before.listed_title)
    )
    unlisted = (each.job for id_, each in known.items() if each.is_open and id_ not in wanted)
    return Preview(
        new=tuple(job for id_, job in wanted.items() if id_ not in known),
        retitled=retitled,
        gone=tuple(unlisted) if complete else (),
        unchanged=len(both) - len(retitled),
    )


def _words(title: str) -> list[str]:
    """Return the words of a title, to compare it.

    Spaces, case and punctuation may differ between two listings without any meaning.
    """
    return _WORD.findall(title.casefold())
