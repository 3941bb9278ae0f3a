"""Identify a board by its source and the hash of its config in canonical form."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def config_sha256(config: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of ``config`` as compact JSON with sorted keys."""
    canonical = json.dumps(config, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
