"""Check a company's ``config``, and make its canonical form.

Two configs of one board have the same canonical form.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from include.core.formats.text import storable
from include.core.formats.urls import host_key, is_http, rebase, site_of
from include.errors import SettingError

EVERYWHERE = ("base_url", "render")
"""The keys that every source accepts. ``base_url`` is the URL to which requests are sent instead of
the source's own; ``render`` is true if a browser must render the pages."""

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ROOT_DOT = re.compile(r"(?<=\w)\.(?=:\d+$|$)")
"""A pattern that matches the dot at the end of a fully qualified host name."""

Reader = Callable[[Mapping[str, Any], str], Any]


@dataclass(frozen=True, kw_only=True)
class ConfigKeys:
    """The config keys of one source, with the function that reads each."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    readers: Mapping[str, Reader] = field(default_factory=dict[str, Reader])
    """The function that reads each key, such as ``host``, ``subdomain`` or ``web_address``. A key
    that is not in this mapping is read by ``text``. A reader returns equal results for all values
    that mean the same."""
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
    """The default of each optional key. A value that equals the default means the same as no
    value."""
    home: str | None = None
    """The URL to which all requests go, with the names of config keys in braces. The canonical form
    omits a ``base_url`` that equals this URL. None if requests go to several places."""
    overridden: tuple[str, ...] = ()
    """The keys that only name the host. They have no effect if there is a ``base_url``."""


def check_keys(config: Mapping[str, Any], keys: ConfigKeys) -> None:
    """Check the keys of ``config``.

    Raises SettingError, which names the first key that is missing, unknown or unusable.
    """
    for key in keys.required:
        text(config, key)
    known = (*keys.required, *keys.optional, *EVERYWHERE)
    for key in config:
        if key not in known:
            raise SettingError(
                f"config.{key}", f"unknown key; the known keys are {', '.join(known)}"
            )
    if not isinstance(config.get("render", False), bool):
        raise SettingError("config.render", "must be true or false")
    if "base_url" in config:
        _base_url(config)


def canonical(config: Mapping[str, Any], keys: ConfigKeys) -> dict[str, Any]:
    """Return the canonical form of ``config``, which must be usable.

    The canonical form is the same for all configs that list the same board in the same way.
    Everything that might change the listing is kept as it is: the case of a path, queries,
    patterns, selectors, expressions, languages, and names whose case may matter to the source.
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
            found |= _overridden_by(base, keys)
    return {key: found[key] for key in sorted(found) if found[key] != keys.defaults.get(key)}


def text(config: Mapping[str, Any], key: str) -> str:
    """Return the value without surrounding spaces.

    Raises SettingError if it is not a string, is blank or has characters that UTF-8 or Postgres
    refuse.
    """
    value = config.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SettingError(f"config.{key}", "is required" if value is None else "must be text")
    if storable(value) != value:
        raise SettingError(f"config.{key}", "has invisible characters; type it anew")
    return value.strip()


def name(config: Mapping[str, Any], key: str) -> str:
    """Return a board's or site's name, quoted as one segment of a URL's path.

    Raises SettingError if it is missing, has a slash or consists of dots.
    """
    value = text(config, key)
    if "/" in value or not value.strip("."):
        raise SettingError(
            f"config.{key}", "give only the name, as it stands in the site's address"
        )
    return quote(value, safe="")


def subdomain(config: Mapping[str, Any], key: str) -> str:
    """Return, in lower case, the subdomain under a source's own domain (``acme``, ``acme.na``).

    Raises SettingError if it is not a valid subdomain.
    """
    value = text(config, key)
    if not _SUBDOMAIN.fullmatch(value):
        raise SettingError(
            f"config.{key}", "give only the name, as it stands in the site's address"
        )
    return value.lower()


def host(config: Mapping[str, Any], key: str) -> str:
    """Return a host name in lower case, without a final dot.

    Raises SettingError if it is not a valid host name with at least two labels.
    """
    value = _ROOT_DOT.sub("", text(config, key))
    if not _HOST.fullmatch(value):
        raise SettingError(f"config.{key}", "give only the host, such as jobs.example.com")
    return value.lower()


def guid(config: Mapping[str, Any], key: str) -> str:
    """Return a GUID in lower case, because its case has no meaning.

    Raises SettingError if the value is not a GUID with hyphens.
    """
    value = text(config, key)
    if not _GUID.fullmatch(value):
        raise SettingError(
            f"config.{key}", "give only the GUID, as it stands in the site's address"
        )
    return value.lower()


def web_address(config: Mapping[str, Any], key: str) -> str:
    """Return an absolute http(s) URL with its scheme and host in canonical form.

    The canonical form has lower case and IDNA, and no default port and no final dot. Raises
    SettingError for anything else.
    """
    value = text(config, key)
    site = site_of(value)
    if not is_http(value) or re.search(r"\s", site):
        raise SettingError(f"config.{key}", "must be an absolute http(s) URL")
    parts, rest = urlsplit(value), value[len(site) :]
    userinfo = "".join(parts.netloc.rpartition("@")[:2])
    spelled = f"{parts.scheme}://{userinfo}{_ROOT_DOT.sub('', host_key(value))}"
    return spelled + (rest if rest.startswith("/") else f"/{rest}")


def based(config: Mapping[str, Any], url: str) -> str:
    """Return the URL to request for ``url``.

    If the config has a ``base_url``, this is ``url`` moved to the ``base_url``. Otherwise it is
    ``url`` itself. Raises SettingError if the ``base_url`` is unusable.
    """
    return rebase(url, _base_url(config)) if "base_url" in config else url


def _base_url(config: Mapping[str, Any]) -> str:
    """Return the ``base_url`` without a final slash. Raises SettingError if it is unusable."""
    address = web_address(config, "base_url")
    if re.search(r"\s", address):
        raise SettingError("config.base_url", "must not contain spaces")
    rebase("/", address)
    return address.rstrip("/?#")


def _overridden_by(base_url: str, keys: ConfigKeys) -> dict[str, Any]:
    """Return a value for each overridden key that can hold a host: the host of ``base_url``."""
    name = urlsplit(base_url).hostname
    found: dict[str, Any] = {}
    for key in keys.overridden:
        with suppress(SettingError):
            found[key] = keys.readers[key]({key: name}, key)
    return found
