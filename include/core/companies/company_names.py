"""Make the names of companies that users see, and slugs from these names."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from include.core.search_facts import fold

_TENANT_KEYS = ("company", "account", "agency", "board", "site", "tenant")
_OPAQUE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[\d.]+|[A-Z]{2,3}_\d+|[A-Z]{3}\d{4}[A-Z0-9]*",
    re.IGNORECASE,
)
"""Names that contain no information about the company.

They are GUIDs, hashes, numbers, and names such as Oracle's ``CX_1`` and UltiPro's ``TEC1006TESER``.
"""
_GENERIC = frozenset({"career", "careers", "job", "jobs", "apply", "join", "work", "hiring", "www"})
_GENERIC_NAMES = re.compile(
    r"(?:(?:external|internal|global|careers?|jobs?|board|sites?|portal|candidate)[ _-]?)*",
    re.IGNORECASE,
)
_GUID_AT_END = re.compile(r"-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_SHARED_HOSTS = frozenset({"careers.pageuppeople.com"})
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})
_TITLE_PARTS = re.compile(r" ?[|–—·:] | - | @ | (?:at|bei|chez|en|hos|på|with) ")
_MAX_SLUG = 90
_MAX_NAME = 60
_MIN_CONTAINED = 4
"""The minimum length of a name that may match as a part of another name. A shorter name matches
only an equal one."""


def display_name(source: str, config: Mapping[str, Any]) -> str:
    """Return the name of a board's company as its config states it.

    The name is the first tenant name that is neither opaque nor a word such as "careers". If there
    is none, it is the first label of the board's host that is not generic, or else the name of the
    source. The host is not used if it is a vendor's, because companies share it.
    """
    names = [without_guid(str(config[key])) for key in _TENANT_KEYS if config.get(key)]
    readable = [name for name in names if not is_opaque(name)]
    if readable:
        return unquote(readable[0])
    host = str(config.get("host") or "")
    try:
        host = host or urlsplit(str(config.get("url") or config.get("base_url") or "")).hostname
    except ValueError:
        host = None
    named = site_label(host) if host and not is_shared(host) else None
    return named or next(iter(names), source)


def is_opaque(name: str) -> bool:
    """Return whether a tenant's name says nothing about the company."""
    name = name.strip()
    return bool(_OPAQUE.fullmatch(name) or _GENERIC_NAMES.fullmatch(name))


def without_guid(name: str) -> str:
    """Return a tenant's name without the GUID at its end, as in ``acme-3ecffcba-…``."""
    return _GUID_AT_END.sub("", name)


def is_shared(host: str) -> bool:
    """Return whether many companies share the vendor's host, and their boards differ by a number in
    the path."""
    return host in _SHARED_HOSTS


def site_label(host: str) -> str:
    """Return the first label of the host that is not generic.

    An example is ``acme`` for ``careers.acme.example``. Return the whole host if it has no such
    label.
    """
    return next((part for part in host.split(".") if part not in _GENERIC), host)


def domain_of(host: str) -> str:
    """Return the registered domain of the host.

    It is the last two labels, or three if the last two are those of a country (``co.uk``,
    ``com.au``).
    """
    labels = host.split(".")
    is_country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if is_country else -2 :])


def agree(name: str, other: str) -> bool:
    """Return whether two names seem to be names of one company.

    They are compared without case, accents, spaces and punctuation. One must contain the other and
    be at most three times as long.
    """
    shorter, longer = sorted((_letters(name), _letters(other)), key=len)
    if len(shorter) < _MIN_CONTAINED:
        return shorter == longer != ""
    return shorter in longer and len(longer) <= 3 * len(shorter)


def name_from_title(title: str | None, label: str) -> str | None:
    """Return the part of a page's title that is the company's name, or None.

    It is the shortest part between separators, or after "at", that agrees with ``label``, such as
    the label of the site's host.
    """
    parts = [part.strip() for part in _TITLE_PARTS.split(title or "")]
    agreeing = [part for part in parts if 1 < len(part) <= _MAX_NAME and agree(part, label)]
    return min(agreeing, key=len, default=None)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


def slug_of(name: str) -> str:
    """Return ``name`` as a slug: lower case, with hyphens between its words.

    The slug is ``company`` if nothing of the name can be part of one.
    """
    return re.sub("[^a-z0-9]+", "-", fold(name)).strip("-")[:_MAX_SLUG].rstrip("-") or "company"
