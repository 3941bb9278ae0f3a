"""Define candidates. A candidate is a board to which a URL or a page may belong."""

import json
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import urlsplit

from include.core.companies.company_names import is_shared, site_label, without_guid

_NAMING_KEYS = (
    "company", "account", "agency", "board", "client", "site", "tenant", "portal", "domain",
    "query",
)  # fmt: skip
"""The config keys whose values may be names of a company."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """The source and the config of a board that may be the wanted board."""

    source: str
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def identity(self) -> str:
        """A string that is the same for equal candidates.

        It serves as the key of a candidate in dictionaries, because a candidate is not hashable.
        """
        return f"{self.source} {json.dumps(self.config, sort_keys=True)}"

    def at(self, base_url: str) -> Self:
        """Return a copy of this candidate whose requests go to ``base_url``."""
        return replace(self, config={**self.config, "base_url": base_url})

    def __str__(self) -> str:
        settings = " ".join(f"{key}={value}" for key, value in self.config.items())
        return f"{self.source} {settings}"


def tenant_names(candidate: Candidate) -> tuple[str, ...]:
    """Return the names by which the config of a board may identify its company.

    These are the values of keys such as ``company`` and ``tenant``, and the label of the board's
    host, such as ``acme`` for ``careers.acme.example``. If several companies share the host, the
    first part of the board's path is used instead of the label. If the config is empty, the source
    has only one board, and the result is the name of the source.
    """
    if not candidate.config.keys() - {"base_url"}:
        return (candidate.source,)
    values = (str(candidate.config[key]) for key in _NAMING_KEYS if candidate.config.get(key))
    names = [without_guid(name) for name in values]
    url = urlsplit(str(candidate.config.get("url", "")))
    host = candidate.config.get("host") or url.hostname
    if host and is_shared(host):
        return (*names, url.path.strip("/").partition("/")[0])
    return (*names, site_label(host)) if host else tuple(names)
