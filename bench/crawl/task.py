"""What a crawler under test is to do, as it is handed to its process: one line of JSON."""

import json
import sys
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Task:
    database_url: str
    s3_endpoint: str
    s3_bucket: str
    s3_access_key: str
    s3_secret_key: str
    s3_region: str
    site_url: str
    paths: list[str]
    at_once: int = 32
    profile: str = ""
    """Where ours writes its profile (cProfile), if it is to."""

    @property
    def urls(self) -> list[str]:
        return [self.site_url + path for path in self.paths]

    @property
    def host(self) -> str:
        return self.site_url.removeprefix("http://")

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def read_task() -> Task:
    return Task(**json.load(sys.stdin))
