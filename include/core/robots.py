"""A robots.txt as workers hand it on."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RobotsText:
    rules: str = ""
    """Its text; empty where there is none."""
    error_code: str | None = None
    """Why its origin can't be crawled, when it is out of reach; its pages' outcome."""
    error_message: str | None = None
