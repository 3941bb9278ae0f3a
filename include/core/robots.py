"""A robots.txt as workers hand it on."""

from dataclasses import dataclass

from include.failure_codes import FailureCode


@dataclass(frozen=True, kw_only=True)
class RobotsText:
    rules: str = ""
    """Its text; empty where there is none."""
    error_code: FailureCode | None = None
    """Why its origin can't be crawled, when it is out of reach; its pages' outcome."""
    error_message: str | None = None
