"""The clients with which tasks fetch pages, made from the settings."""

import logging
from typing import TypedDict

from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.pages import PageFetcher
from include.fetch.render import Browser
from include.pipeline.crawl_pages import CrawlTools
from include.settings import get_settings
from plugins.connections import raw_pages

_log = logging.getLogger(__name__)


class FetchOptions(TypedDict):
    """The options that all fetching clients share."""

    guard: AddressGuard
    user_agent: str
    deadline: float
    max_bytes: int


def fetch_options() -> FetchOptions:
    """Return the options that the settings state."""
    settings = get_settings()
    if not (settings.contact or settings.user_agent):
        _log.warning(
            "JOBHUNT_CONTACT is not set: site owners cannot find out whose crawler this is"
        )
    return FetchOptions(
        guard=AddressGuard(settings.allowed_private_hosts),
        user_agent=settings.sent_user_agent,
        deadline=settings.fetch_deadline.total_seconds(),
        max_bytes=settings.page_max_bytes,
    )


def politeness() -> PolitenessPolicy:
    """Return the politeness policy that the settings state."""
    settings = get_settings()
    return PolitenessPolicy(
        rate_of=settings.host_rate.of,
        concurrency=settings.host_concurrency,
        max_wait=settings.host_patience.total_seconds(),
    )


def new_browser() -> Browser:
    """Return a browser that is not started yet."""
    return Browser(**fetch_options(), executable=get_settings().chromium)


def crawl_tools() -> CrawlTools:
    """Return the clients and settings for a crawl."""
    settings = get_settings()
    return CrawlTools(
        fetcher=PageFetcher(**fetch_options(), proxy=settings.proxy),
        browser=new_browser(),
        raw_pages=raw_pages(),
        politeness=politeness(),
        simhash_threshold=settings.simhash_threshold,
    )
