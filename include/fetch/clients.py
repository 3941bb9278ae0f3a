"""Make the HTTP clients and the browser from the settings, for tasks and for the API."""

from dataclasses import dataclass
from typing import Self

from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.limits.retrying_fetcher import MAX_TRIES
from include.fetch.options import FetchOptions
from include.fetch.pages import PageFetcher
from include.fetch.render import Browser
from include.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Clients(FetchOptions):
    """The options of all clients and the limits for each host, with methods that make clients."""

    politeness: PolitenessPolicy
    chromium: str = ""
    """The path of Chromium. If it is empty, ``Browser`` looks for one."""
    listing_tries: int = MAX_TRIES
    """The maximum number of tries of one request of a listing."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the options and limits that the settings state."""
        return cls(
            guard=AddressGuard(settings.allowed_private_hosts),
            user_agent=settings.sent_user_agent,
            deadline=settings.fetch_deadline.total_seconds(),
            max_bytes=settings.page_max_bytes,
            politeness=PolitenessPolicy(
                rate_of=settings.host_rate.of,
                concurrency=settings.host_concurrency,
                max_wait=settings.host_max_wait.total_seconds(),
            ),
            proxy=settings.proxy,
            chromium=settings.chromium,
        )

    def for_pages(self) -> PageFetcher:
        """Return a new client for pages, listings and robots.txt, for use in one event loop."""
        return PageFetcher(self)

    def browser(self) -> Browser:
        """Return a new browser that is not started yet."""
        return Browser(self, executable=self.chromium)
