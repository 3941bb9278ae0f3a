"""What tasks fetch with, as the settings say."""

from typing import TypedDict

from include.fetch.guard import AddressGuard
from include.fetch.pages import PageFetcher
from include.fetch.politeness import Manners
from include.pipeline.crawl_pages import CrawlTools
from include.settings import get_settings
from plugins.connections import raw_pages


class FetchOptions(TypedDict):
    guard: AddressGuard
    user_agent: str
    deadline: float
    max_bytes: int


def fetch_options() -> FetchOptions:
    settings = get_settings()
    return FetchOptions(
        guard=AddressGuard(settings.allowed_private_hosts),
        user_agent=settings.user_agent,
        deadline=settings.fetch_deadline.total_seconds(),
        max_bytes=settings.page_max_bytes,
    )


def manners() -> Manners:
    settings = get_settings()
    return Manners(rate_of=settings.host_rate.of, concurrency=settings.host_concurrency)


def crawl_tools() -> CrawlTools:
    return CrawlTools(
        fetcher=PageFetcher(**fetch_options()),
        raw_pages=raw_pages(),
        manners=manners(),
        simhash_threshold=get_settings().simhash_threshold,
    )
