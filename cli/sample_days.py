"""The sample career sites as the demo uses them: which day it is, the next one, and what a run
should find on it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpx

from cli.errors import CommandError
from cli.outcome import Figures
from local.career_sites import changes

_SEED = 7
"""The sites' own default."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What changed on a day for one who last looked the day before."""

    by_company: Mapping[str, Figures]
    gone: int
    """Still listed, but their pages are not there any more; among the expired."""

    @property
    def total(self) -> Figures:
        return sum(self.by_company.values(), start=Figures())


class SampleSites:
    def __init__(self, url: str):
        self._url = url

    def day(self) -> int:
        return self._ask("GET", "day")

    def turn_to(self, day: int) -> None:
        self._ask("PUT", "day", {"day": day})

    def requests(self) -> int:
        """Return how many requests for listings and pages the sites have had so far."""
        return self._ask("GET", "requests", field="total")

    def _ask(
        self, method: str, path: str, body: dict[str, int] | None = None, *, field: str = "day"
    ) -> int:
        try:
            answer = httpx.request(method, f"{self._url}/{path}", json=body, trust_env=False)
            return int(answer.raise_for_status().json()[field])
        except httpx.HTTPError as error:
            raise CommandError(f"the sample career sites at {self._url}: {error}") from None


def expected_on(day: int) -> Expected:
    """``day`` is at least 2."""
    change = changes(_SEED, day - 1, day)
    new, edited = _by_company(change.added), _by_company(change.edited)
    unchanged, removed = _by_company(change.unchanged), _by_company(change.removed)
    gone = _by_company(change.gone)
    slugs = new.keys() | edited.keys() | unchanged.keys() | removed.keys() | gone.keys()
    return Expected(
        by_company={
            slug: Figures(
                listed=new[slug] + edited[slug] + unchanged[slug] + gone[slug],
                new=new[slug],
                changed=edited[slug],
                unchanged=unchanged[slug],
                expired=removed[slug] + gone[slug],
            )
            for slug in slugs
        },
        gone=gone.total(),
    )


def _by_company(postings: Iterable[tuple[str, str]]) -> Counter[str]:
    return Counter(slug for slug, _ in postings)
