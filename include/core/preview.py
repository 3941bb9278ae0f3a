"""What a run would find new, changed and gone, as far as a listing alone can tell."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from include.core.models import ListedJob

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Retitled:
    job: ListedJob
    before: str
    """The title it is known by."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    new: tuple[ListedJob, ...]
    retitled: tuple[Retitled, ...]
    """Other changes show only on the pages, which are not fetched for a preview."""
    gone: tuple[ListedJob, ...]
    """Empty when the listing is not complete: what is missing there may well be open."""
    unchanged: int
    """Listed under the title they are known by."""


def preview(
    listed: Iterable[ListedJob], known: Mapping[str, ListedJob], *, complete: bool
) -> Preview:
    """
    Args:
        known: the open postings of earlier runs, by external id.
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
    """Spaces, case and signs differ between a listing and its pages without meaning anything; a
    sitemap's titles, which are made of addresses, have none of them."""
    return _WORD.findall(title.casefold())
