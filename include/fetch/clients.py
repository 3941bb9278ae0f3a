"""Making the HTTP clients and the browser from the settings, both for tasks and for the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from pydantic import SecretStr
from urllib3 import Retry

from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.listings import RETRY, ListingClient
from include.fetch.pages import PageFetcher
from include.fetch.render import Browser
from include.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Clients:
    """A factory of clients. It holds the options of all clients and the limits for each host."""

    guard: AddressGuard
    user_agent: str
    deadline: float
    """The seconds that one request may take."""
    max_bytes: int
    """The maximum size of a response, both before and after decoding."""
    politeness: PolitenessPolicy
    proxy: SecretStr | None = None
    chromium: str = ""
    """The path of Chromium. If it is empty, ``Browser`` looks for one."""
    retry: Retry = RETRY
    """The retry policy for the requests of listings."""
    on_listing_client: Callable[[ListingClient], None] = lambda client: None
    """A function that is called with each new client for listings."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the factory with the options from the settings."""
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

    def for_listing(self) -> ListingClient:
        """Return a new client for one listing."""
        client = ListingClient(
            self.guard,
            user_agent=self.user_agent,
            deadline=self.deadline,
            max_bytes=self.max_bytes,
            retry=self.retry,
            proxy=self.proxy,
        )
        self.on_listing_client(client)
        return client

    def for_pages(self) -> PageFetcher:
        """Return a new client for pages and robots.txt, which belongs to one event loop."""
        return PageFetcher(
            self.guard,
            user_agent=self.user_agent,
            deadline=self.deadline,
            max_bytes=self.max_bytes,
            proxy=self.proxy,
        )

    def browser(self) -> Browser:
        """Return a new browser that is not started yet. It does not use the proxy."""
        return Browser(
            self.guard,
            user_agent=self.user_agent,
            deadline=self.deadline,
            max_bytes=self.max_bytes,
            executable=self.chromium,
        )
