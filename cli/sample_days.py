"""Control the simulated day of the sample career sites, and compute what a run should find."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpx

from cli.errors import CommandError
from cli.outcome import Figures
from include.tls import tls_context
from local.career_sites import changes

_SEED = 7
"""The seed of the sample sites. It must equal the default of ``local.career_sites``."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The changes that a run on one day should find.

    They are the changes since the day before. The previous run must have been on that day.
    """

    by_company: Mapping[str, Figures]
    gone: int
    """The number of postings that are still listed, but whose pages are gone.

    ``by_company`` counts them as expired, too.
    """

    @property
    def total(self) -> Figures:
        return sum(self.by_company.values(), start=Figures())


class SampleSites:
    """The control interface of the sample career sites at ``url``.

    Every method raises CommandError if the sites do not answer.
    """

    def __init__(self, url: str):
        self._url = url

    def day(self) -> int:
        return self._request_number("GET", "day")

    def set_day(self, day: int) -> None:
        """Switch the sites to the simulated ``day``."""
        self._request_number("PUT", "day", {"day": day})

    def requests(self) -> int:
        """Return the number of requests for listings and pages that the sites have received."""
        return self._request_number("GET", "requests", field="total")

    def _request_number(
        self, method: str, path: str, body: dict[str, int] | None = None, *, field: str = "day"
    ) -> int:
        try:
            response = httpx.request(
                method, f"{self._url}/{path}", json=body, trust_env=False, verify=tls_context()
            )
            return int(response.raise_for_status().json()[field])
        except httpx.HTTPError as error:
            raise CommandError(f"the sample career sites at {self._url}: {error}") from None


def expected_on(day: int) -> Expected:
    """Return what a run on ``day`` should find.

    ``day`` must be at least 2, because the first day (1) has no day before it.
    """
    changes_of_day = changes(_SEED, day - 1, day)
    new, edited = _count_by_company(changes_of_day.added), _count_by_company(changes_of_day.edited)
    unchanged_by_company, removed_by_company = (
        _count_by_company(changes_of_day.unchanged),
        _count_by_company(changes_of_day.removed),
    )
    gone = _count_by_company(changes_of_day.gone)
    slugs = (
        new.keys()
        | edited.keys()
        | unchanged_by_company.keys()
        | removed_by_company.keys()
        | gone.keys()
    )
    return Expected(
        by_company={
            slug: Figures(
                listed=new[slug] + edited[slug] + unchanged_by_company[slug] + gone[slug],
                new=new[slug],
                changed=edited[slug],
                unchanged=unchanged_by_company[slug],
                expired=removed_by_company[slug] + gone[slug],
            )
            for slug in slugs
        },
        gone=gone.total(),
    )


def _count_by_company(postings: Iterable[tuple[str, str]]) -> Counter[str]:
    return Counter(slug for slug, _ in postings)
