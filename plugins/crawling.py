"""Make the clients with which tasks list boards and crawl pages. The settings configure them."""

import logging

from include.fetch.clients import Clients
from include.pipeline.crawl_pages import CrawlTools
from include.settings import get_settings
from plugins.connections import raw_pages

_log = logging.getLogger(__name__)


def clients() -> Clients:
    """Return the clients that fetch listings and pages.

    Log a warning if the requests would not tell site owners whom to contact.
    """
    settings = get_settings()
    if not (settings.contact or settings.user_agent):
        _log.warning(
            "JOBHUNT_CONTACT is not set: site owners cannot find out whose crawler this is"
        )
    return Clients.of(settings)


def crawl_tools() -> CrawlTools:
    """Return the clients and settings for a crawl."""
    return CrawlTools(
        clients=clients(),
        raw_pages=raw_pages(),
        simhash_threshold=get_settings().simhash_threshold,
    )
