"""A company's ``config``: the keys its source knows, and requests made from them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from include.core.urls import is_http, rebase
from include.errors import SettingError

EVERYWHERE = ("base_url", "render")
"""Keys that every source takes: where to send its requests instead, and whether its pages need a
browser."""

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ConfigKeys:
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


def check_keys(config: Mapping[str, Any], keys: ConfigKeys) -> None:
    """Raises SettingError naming the first key that is missing, unknown or unusable."""
    for key in keys.required:
        text(config, key)
    known = (*keys.required, *keys.optional, *EVERYWHERE)
    for key in config:
        if key not in known:
            raise SettingError(f"config.{key}", f"unknown key; known are {', '.join(known)}")
    if not isinstance(config.get("render", False), bool):
        raise SettingError("config.render", "must be true or false")
    if "base_url" in config:
        rebase("/", text(config, "base_url"))


def text(config: Mapping[str, Any], key: str) -> str:
    """A value that must be a text with something in it; raises SettingError."""
    value = config.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SettingError(f"config.{key}", "is required" if value is None else "must be a text")
    return value.strip()


def name(config: Mapping[str, Any], key: str) -> str:
    """A board's or site's name, quoted as one segment of a URL's path; raises SettingError."""
    value = text(config, key)
    if "/" in value or not value.strip("."):
        raise SettingError(f"config.{key}", "give the name alone, as the site's address has it")
    return quote(value, safe="")


def subdomain(config: Mapping[str, Any], key: str) -> str:
    """What stands before a source's own domain (``acme``, ``acme.na``); raises SettingError."""
    value = text(config, key)
    if not _SUBDOMAIN.fullmatch(value):
        raise SettingError(f"config.{key}", "give the name alone, as the site's address has it")
    return value.lower()


def host(config: Mapping[str, Any], key: str) -> str:
    """A host's name, of which a URL is made; raises SettingError."""
    value = text(config, key)
    if not _HOST.fullmatch(value):
        raise SettingError(f"config.{key}", "give the host alone, such as jobs.example.com")
    return value.lower()


def web_address(config: Mapping[str, Any], key: str) -> str:
    """An absolute http(s) URL; raises SettingError."""
    value = text(config, key)
    if not is_http(value):
        raise SettingError(f"config.{key}", "must be an absolute http(s) URL")
    return value


def based(config: Mapping[str, Any], url: str) -> str:
    """Where a request for ``url`` goes: there, or to the config's ``base_url``."""
    return rebase(url, text(config, "base_url")) if "base_url" in config else url
