"""What tasks fetch with, as the settings say."""

from typing import TypedDict

from include.fetch.guard import AddressGuard
from include.fetch.politeness import Manners
from include.settings import get_settings


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
