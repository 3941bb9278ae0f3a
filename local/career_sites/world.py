"""Hold the server's state.

It consists of the simulated day, the listings that fail, and the counts of requests.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable
from functools import cached_property
from pathlib import Path

from local.career_sites import sitemaps
from local.career_sites.employers import employers_of
from local.career_sites.pages import Page, job_page
from local.career_sites.postings import SamplePosting, truth
from local.state_files import write_private

_MAX_EDITIONS = 4


class Edition:
    """Everything that is published on one day under one base URL. Each body is created once."""

    def __init__(self, *, seed: int, day: int, scale: int, base_url: str) -> None:
        self.base_url = base_url
        self.postings = truth(seed, day, scale, base_url=base_url)
        self._documents: dict[Hashable, bytes] = {}
        self._pages: dict[str, Page] = {}

    @cached_property
    def by_path(self) -> dict[str, SamplePosting]:
        """The listed postings by the path of their page."""
        return {
            posting.path: posting
            for company_postings in self.postings.values()
            for posting in company_postings.values()
            if posting.listed
        }

    @cached_property
    def sitemaps(self) -> dict[str, bytes]:
        """The files of all sitemaps by their paths."""
        return {
            path: body
            for slug, employer in employers_of("sitemap").items()
            for path, body in sitemaps.documents(
                employer, list(self.postings[slug].values()), base_url=self.base_url
            ).items()
        }

    def document(self, key: Hashable, make: Callable[[], object]) -> bytes:
        """Return the JSON that is kept under ``key``.

        If there is none yet, the result of ``make`` is converted to JSON and kept.
        """
        if key not in self._documents:
            self._documents[key] = json.dumps(make(), ensure_ascii=False).encode()
        return self._documents[key]

    def job_page(self, posting: SamplePosting) -> Page:
        if posting.path not in self._pages:
            self._pages[posting.path] = job_page(posting, base_url=self.base_url)
        return self._pages[posting.path]


class World:
    """The state of the server. :meth:`set_day` switches to another day.

    If ``state`` is given, the day is kept in that file. The next process begins with this day.

    Raises:
        ValueError: the state file, which the message names, holds no valid day.
    """

    def __init__(self, *, seed: int, day: int, scale: int = 1, state: Path | None = None) -> None:
        self.seed = seed
        self.scale = scale
        self.listing_faults: dict[str, int] = {}
        """The HTTP status with which an employer's listing fails, by the employer's slug."""
        self.requests: Counter[str] = Counter()
        """The number of requests for each path."""
        self.served = 0
        """The number of all requests since the start. It is never reset."""
        self._state = state
        self._day = _read_day(state) if state and state.exists() else day
        self._failed_requests: set[tuple[int, str]] = set()
        self._editions: dict[str, Edition] = {}

    @property
    def day(self) -> int:
        return self._day

    def set_day(self, day: int) -> None:
        self._day = day
        self._editions.clear()
        if self._state:
            self._state.parent.mkdir(parents=True, exist_ok=True)
            write_private(self._state, json.dumps({"day": day}))

    def edition(self, base_url: str) -> Edition:
        if base_url not in self._editions:
            # The number of kept editions is limited, because a client can choose any base URL by
            # its Host header.
            if len(self._editions) == _MAX_EDITIONS:
                self._editions.clear()
            self._editions[base_url] = Edition(
                seed=self.seed, day=self.day, scale=self.scale, base_url=base_url
            )
        return self._editions[base_url]

    def fails_now(self, posting: SamplePosting) -> bool:
        """Return True if the request for the posting's page fails now.

        If the posting is one that fails once, its first request of a day fails.
        """
        request = (self.day, posting.path)
        if not posting.fails_once or request in self._failed_requests:
            return False
        self._failed_requests.add(request)
        return True


def _read_day(state: Path) -> int:
    try:
        day = json.loads(state.read_text())["day"]
    except (ValueError, KeyError, TypeError):
        day = None
    if not isinstance(day, int) or day < 1:
        raise ValueError(f"{state} holds no valid day: remove or correct the file")
    return day
