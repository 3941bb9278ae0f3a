"""Compute the hash of a board's config, and decide whether the board is private.

A board is identified by its source and this hash.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from include.core.hosts.private_hosts import parse_private_hosts


def config_sha256(config: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of ``config`` as compact JSON with sorted keys."""
    canonical = json.dumps(config, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def is_private(config: Mapping[str, Any], private_hosts: Collection[str]) -> bool:
    """Return whether the board that has this config is private: only its followers see its jobs.

    Args:
        config: the config in canonical form.
        private_hosts: the hosts that may have a private IP address, in the forms of
            ``PrivateHost.parse``. Boards at any other host count as public, because requests to
            private addresses are refused.
    """
    if "base_url" in config:
        return True
    address = str(config.get("url") or f"//{config.get('host', '')}")
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return True
    return any(host == private.host for private in parse_private_hosts(private_hosts))
