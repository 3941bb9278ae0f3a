"""The task of a crawler under test.

The process of the crawler reads the task from stdin as one line of JSON.
"""

import json
import sys
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Task:
    """The pages that a crawler reads, and the database and bucket to which it writes."""

    database_url: str
    s3_endpoint: str
    s3_bucket: str
    s3_access_key: str
    s3_secret_key: str
    s3_region: str
    site_url: str
    paths: list[str]
    at_once: int = 32
    """The highest number of concurrent requests."""
    profile: str = ""
    """The file to which our crawler writes a profile (cProfile). If empty, it writes none."""

    @property
    def urls(self) -> list[str]:
        return [self.site_url + path for path in self.paths]

    @property
    def host(self) -> str:
        return self.site_url.removeprefix("http://")

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def read_task() -> Task:
    """Return the task that stdin holds as JSON."""
    return Task(**json.load(sys.stdin))
