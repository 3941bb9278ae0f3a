"""What an address or a page may be a board of."""

import json
from dataclasses import dataclass, field, replace
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Candidate:
    source: str
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def identity(self) -> str:
        """Equal for equal candidates, and hashable."""
        return f"{self.source} {json.dumps(self.config, sort_keys=True)}"

    def at(self, base_url: str) -> Self:
        """The same board, asked for at ``base_url``."""
        return replace(self, config={**self.config, "base_url": base_url})

    def __str__(self) -> str:
        settings = " ".join(f"{key}={value}" for key, value in self.config.items())
        return f"{self.source} {settings}"
