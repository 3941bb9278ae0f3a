"""Define a candidate: a board to which a URL or a page may belong."""

import json
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlsplit

from include.core.companies.company_names import is_shared, site_label, without_guid

_NAMING_KEYS = (
    "company", "account", "agency", "board", "client", "site", "tenant", "portal", "domain",
    "query",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A source and config with which the wanted postings can perhaps be listed."""

    source: str
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def identity(self) -> str:
        """Return a string that is the same for equal candidates (a candidate is not hashable)."""
        return f"{self.source} {json.dumps(self.config, sort_keys=True)}"

    def at(self, base_url: str) -> Self:
        """Return the same board with all requests sent to ``base_url``."""
        return replace(self, config={**self.config, "base_url": base_url})

    def __str__(self) -> str:
        settings = " ".join(f"{key}={value}" for key, value in self.config.items())
        return f"{self.source} {settings}"


def tenant_names(candidate: Candidate) -> tuple[str, ...]:
    """Return the names that the config of a board gives its company.

    They are the names of the tenant, and the label of the board's host. If companies share the
    host, the first part of the board's path is used instead of the label. A source that needs no
    config has one board, and is named after the company of that board.
    """
    if not candidate.config.keys() - {"base_url"}:
        return (candidate.source,)
    stated = (str(candidate.config[key]) for key in _NAMING_KEYS if candidate.config.get(key))
    names = [without_guid(name) for name in stated]
    url = urlsplit(str(candidate.config.get("url", "")))
    host = candidate.config.get("host") or url.hostname
    if host and is_shared(host):
        return (*names, url.path.strip("/").partition("/")[0])
    return (*names, site_label(host)) if host else tuple(names)
