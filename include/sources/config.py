"""Functions that check a company's ``config`` and make its canonical form.

All configs that identify the same board have the same canonical form.
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
"""The keys that every source accepts. ``base_url`` is a URL to which requests are sent instead of
the source's own URL. ``render`` is true if a browser must render the pages of the board."""

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ROOT_DOT = re.compile(r"(?<=\w)\.(?=:\d+$|$)")
"""A pattern that matches the dot at the end of a fully qualified host name, also before a port."""

Reader = Callable[[Mapping[str, Any], str], Any]


@dataclass(frozen=True, kw_only=True)
class ConfigKeys:
    """The config keys of one source, and how their values are read."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    readers: Mapping[str, Reader] = field(default_factory=dict[str, Reader])
    """The function that checks the value of each key and returns its canonical form, such as
    ``host``, ``subdomain`` or ``web_address``. If a key is not in this mapping, ``text`` reads
    it."""
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
    """The value that an optional key has if a config lacks it. The canonical form omits a key whose
    value equals its default."""
    home: str | None = None
    """The URL to which all requests go, such as ``https://{site}.example.com``. A name in braces
    stands for the value of that config key. The canonical form omits a ``base_url`` that equals
    this URL. None if requests go to several hosts."""
    overridden: tuple[str, ...] = ()
    """The keys whose values only determine the host. If there is a ``base_url``, these keys have no
    effect, because the ``base_url`` replaces the host."""


def check_keys(config: Mapping[str, Any], keys: ConfigKeys) -> None:
    """Check the keys of ``config``.

    Raises SettingError, which names the first key that is missing, unknown or unusable.
    """
    for key in keys.required:
        text(config, key)
    known_keys = (*keys.required, *keys.optional, *EVERYWHERE)
    for key in config:
        if key not in known_keys:
            raise SettingError(
                f"config.{key}", f"unknown key; the known keys are {', '.join(known_keys)}"
            )
    if not isinstance(config.get("render", False), bool):
        raise SettingError("config.render", "must be true or false")
    if "base_url" in config:
        _base_url(config)


def canonical(config: Mapping[str, Any], keys: ConfigKeys) -> dict[str, Any]:
    """Return the canonical form of ``config``, which must be usable.

    The canonical form is the same for all configs that list the same board in the same way. A
    change that might change the listing is not made. Therefore these are kept as they are: the case
    of a path, queries, patterns, selectors, expressions, languages, and names whose case may matter
    to the source.
    """
    values = {
        key: keys.readers.get(key, text)(config, key) for key in config if key not in EVERYWHERE
    }
    if config.get("render"):
        values["render"] = True
    if "base_url" in config:
        base = _base_url(config)
        home = keys.home and keys.home.format_map(values)
        if home is None or rebase(home, base) != home:
            values["base_url"] = base
            values |= _overridden_by(base, keys)
    return {key: values[key] for key in sorted(values) if values[key] != keys.defaults.get(key)}


def text(config: Mapping[str, Any], key: str) -> str:
    """Return the value of ``key`` without surrounding spaces.

    Raises SettingError if the value is missing, is not a string, is blank, or has characters that
    UTF-8 or Postgres refuse.
    """
    value = config.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SettingError(f"config.{key}", "is required" if value is None else "must be text")
    if storable(value) != value:
        raise SettingError(f"config.{key}", "has invisible characters; type it anew")
    return value.strip()


def name(config: Mapping[str, Any], key: str) -> str:
    """Return the name of a board or site, percent-encoded as one segment of a URL's path.

    Raises the same error as ``plain_name``.
    """
    return quote(plain_name(config, key), safe="")


def plain_name(config: Mapping[str, Any], key: str) -> str:
    """Return the name of a board or site as it stands in the config.

    Raises SettingError if the name is missing, has a slash, or consists only of dots.
    """
    value = text(config, key)
    if "/" in value or not value.strip("."):
        raise SettingError(
            f"config.{key}", "give only the name, as it stands in the site's address"
        )
    return value


def subdomain(config: Mapping[str, Any], key: str) -> str:
    """Return the subdomain of a source's own domain in lower case, such as ``acme`` or ``acme.na``.

    Raises SettingError if the value is not a valid subdomain.
    """
    value = text(config, key)
    if not _SUBDOMAIN.fullmatch(value):
        raise SettingError(
            f"config.{key}", "give only the name, as it stands in the site's address"
        )
    return value.lower()


def host(config: Mapping[str, Any], key: str) -> str:
    """Return a host name in lower case and without a final dot.

    Raises SettingError if the value is not a valid host name of at least two labels.
    """
    value = _ROOT_DOT.sub("", text(config, key))
    if not _HOST.fullmatch(value):
        raise SettingError(f"config.{key}", "give only the host, such as jobs.example.com")
    return value.lower()


def guid(config: Mapping[str, Any], key: str) -> str:
    """Return a GUID in lower case. The case of a GUID has no meaning.

    Raises SettingError if the value is not a GUID written with hyphens.
    """
    value = text(config, key)
    if not _GUID.fullmatch(value):
        raise SettingError(
            f"config.{key}", "give only the GUID, as it stands in the site's address"
        )
    return value.lower()


def web_address(config: Mapping[str, Any], key: str) -> str:
    """Return an absolute http(s) URL whose scheme and host are in canonical form.

    In canonical form, the scheme and the host are in lower case, the host is in IDNA and has no
    final dot, and a default port is omitted. Raises SettingError if the value is not an absolute
    http(s) URL.
    """
    value = text(config, key)
    site = site_of(value)
    if not is_http(value) or re.search(r"\s", site):
        raise SettingError(f"config.{key}", "must be an absolute http(s) URL")
    parts, rest = urlsplit(value), value[len(site) :]
    userinfo = "".join(parts.netloc.rpartition("@")[:2])
    origin = f"{parts.scheme}://{userinfo}{_ROOT_DOT.sub('', host_key(value))}"
    return origin + (rest if rest.startswith("/") else f"/{rest}")


def based(config: Mapping[str, Any], url: str) -> str:
    """Return the URL to which the request for ``url`` is sent.

    If the config has a ``base_url``, the result has the scheme and host of the ``base_url``, and
    the path of the ``base_url`` before the path of ``url``. Otherwise the result is ``url`` itself.
    Raises SettingError if the ``base_url`` is unusable.
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
    """Return the new values of the overridden keys, each of which is the host of ``base_url``.

    Keys that accept no host name are left out.
    """
    base_host = urlsplit(base_url).hostname
    overridden: dict[str, Any] = {}
    for key in keys.overridden:
        with suppress(SettingError):
            overridden[key] = keys.readers[key]({key: base_host}, key)
    return overridden
