"""Define the record of a robots.txt, which one worker fetches for all workers."""

from dataclasses import dataclass

from include.failure_codes import FailureCode


@dataclass(frozen=True, kw_only=True)
class RobotsText:
    rules: str = ""
    """The text of the robots.txt. It is empty if the origin has none or if reading it failed."""
    error_code: FailureCode | None = None
    """The failure code of all pages of the origin if reading the robots.txt failed; otherwise None.

    If reading it failed, the pages of the origin are not crawled.
    """
    error_message: str | None = None
