"""A company's ``config``: the keys that its source knows, its canonical form, and the values and
URLs read from it."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from include.core.urls import host_key, is_http, rebase, site_of
from include.errors import SettingError

EVERYWHERE = ("base_url", "render")
"""Keys that every source takes: where to send its requests instead, and whether its pages need a
browser."""

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+", re.IGNORECASE)
_ROOT_DOT = re.compile(r"(?<=\w)\.(?=:\d+$|$)")
"""A pattern for the dot that may end a fully qualified host name."""

Reader = Callable[[Mapping[str, Any], str], Any]


@dataclass(frozen=True, kw_only=True)
class ConfigKeys:
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    readers: Mapping[str, Reader] = field(default_factory=dict[str, Reader])
    """The function that reads each key (``host``, ``subdomain``, ``web_address``); ``text`` for a
    key that is not named. It returns equal results for all values that mean the same."""
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
    """Values that mean the same as leaving the key out."""
    home: str | None = None
    """The URL that all requests go to, with the config's values in braces. A ``base_url`` that
    means the same is left out. None if requests go to several places."""
    overridden: tuple[str, ...] = ()
    """Keys that only name the host, so that they mean nothing beside a ``base_url``."""


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
        _base_url(config)


def canonical(config: Mapping[str, Any], keys: ConfigKeys) -> dict[str, Any]:
    """Return the canonical form of ``config``, which must be usable.

    It is the same for all configs that list the same board in the same way. What might change the
    listing stays as it is: the case of a path, queries, patterns, selectors, expressions,
    languages, and names whose case may matter to the source.
    """
    found = {
        key: keys.readers.get(key, text)(config, key) for key in config if key not in EVERYWHERE
    }
    if config.get("render"):
        found["render"] = True
    if "base_url" in config:
        base = _base_url(config)
        home = keys.home and keys.home.format_map(found)
        if home is None or rebase(home, base) != home:
            found["base_url"] = base
            found |= _host_alone(base, keys)
    return {key: found[key] for key in sorted(found) if found[key] != keys.defaults.get(key)}


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
    value = _ROOT_DOT.sub("", text(config, key))
    if not _HOST.fullmatch(value):
        raise SettingError(f"config.{key}", "give the host alone, such as jobs.example.com")
    return value.lower()


def web_address(config: Mapping[str, Any], key: str) -> str:
    """Return an absolute http(s) URL with its scheme and host in canonical form (lower case, IDNA,
    no default port, no final dot). Raises SettingError for anything else."""
    value = text(config, key)
    site = site_of(value)
    if not is_http(value) or re.search(r"\s", site):
        raise SettingError(f"config.{key}", "must be an absolute http(s) URL")
    parts, rest = urlsplit(value), value[len(site) :]
    userinfo = "".join(parts.netloc.rpartition("@")[:2])
    spelled = f"{parts.scheme}://{userinfo}{_ROOT_DOT.sub('', host_key(value))}"
    return spelled + (rest if rest.startswith("/") else f"/{rest}")


def based(config: Mapping[str, Any], url: str) -> str:
    """Where a request for ``url`` goes: there, or to the config's ``base_url``."""
    return rebase(url, _base_url(config)) if "base_url" in config else url


def _base_url(config: Mapping[str, Any]) -> str:
    """Return the ``base_url`` without a final slash. Raises SettingError if it is unusable."""
    address = web_address(config, "base_url")
    if re.search(r"\s", address):
        raise SettingError("config.base_url", "must not hold spaces")
    rebase("/", address)
    return address.rstrip("/?#")


def _host_alone(base_url: str, keys: ConfigKeys) -> dict[str, Any]:
    """Return the host of ``base_url`` as the value of each overridden key that can hold it."""
    name = urlsplit(base_url).hostname
    found: dict[str, Any] = {}
    for key in keys.overridden:
        with suppress(SettingError):
            found[key] = keys.readers[key]({key: name}, key)
    return found
