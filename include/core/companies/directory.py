"""Define a board of the directory, which finds public boards by the name of their company."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.core.companies.boards import config_sha256
from include.core.search_facts import company_key

_WITHOUT_APOSTROPHES = str.maketrans("", "", "'’")


@dataclass(frozen=True, kw_only=True)
class KnownBoard:
    """A public board, and the company whose postings it lists."""

    name: str
    source: str
    config: Mapping[str, Any]
    """The config in canonical form."""

    @property
    def key(self) -> tuple[str, str]:
        """Return the pair that identifies the board: its source and the hash of its config."""
        return self.source, config_sha256(self.config)


def directory_key(name: str) -> str:
    """Return the key by which a search in the directory compares names of companies.

    Case, accents and apostrophes make no difference: the key of ``L'Oréal`` is ``loreal``.
    """
    return company_key(name).translate(_WITHOUT_APOSTROPHES).strip()
