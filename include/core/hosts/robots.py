"""Define the record of a robots.txt. One worker fetches it for all workers."""

from dataclasses import dataclass

from include.failure_codes import FailureCode


@dataclass(frozen=True, kw_only=True)
class RobotsText:
    rules: str = ""
    """The text of the robots.txt; empty if the origin has none, or if it could not be read."""
    error_code: FailureCode | None = None
    """The error code of the origin's pages if the robots.txt could not be read; otherwise None.

    The pages of such an origin are not crawled.
    """
    error_message: str | None = None
