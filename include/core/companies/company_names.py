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
"""A pattern of tenant names that do not identify a company.

Such names are GUIDs, hashes, numbers, and codes such as Oracle's ``CX_1`` and UltiPro's
``TEC1006TESER``.
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
_MAX_SLUG_LENGTH = 90
_MAX_NAME_LENGTH = 60
_MIN_CONTAINED = 4
"""The minimum length, in characters, of a name that agrees with a longer name which contains it.

A shorter name agrees only with an equal name.
"""


def display_name(source: str, config: Mapping[str, Any]) -> str:
    """Return a name for a board's company, made from the board's config.

    A tenant name is a value of the config by which the source identifies the company. It is opaque
    if it is an id such as ``a1b2c3``. These names are tried in this order:

    1. the first tenant name that is neither opaque nor a generic word such as "careers";
    2. the first part of the board's host name that is not generic, unless the host is shared (see
       ``is_shared``);
    3. the first tenant name, even if it is opaque or generic;
    4. the name of the source.
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
    host_label = site_label(host) if host and not is_shared(host) else None
    return host_label or next(iter(names), source)


def is_opaque(name: str) -> bool:
    """Return whether a tenant's name, such as a GUID or "careers", does not identify a company."""
    name = name.strip()
    return bool(_OPAQUE.fullmatch(name) or _GENERIC_NAMES.fullmatch(name))


def without_guid(name: str) -> str:
    """Return a tenant's name without a GUID at its end: ``acme`` for ``acme-3ecffcba-…``."""
    return _GUID_AT_END.sub("", name)


def is_shared(host: str) -> bool:
    """Return whether the host is a vendor's that many companies share.

    The boards on such a host differ by a number in the path.
    """
    return host in _SHARED_HOSTS


def site_label(host: str) -> str:
    """Return the first label of the host that is not generic.

    Generic labels are words such as ``careers``: the result for ``careers.acme.example`` is
    ``acme``. If all labels are generic, return the whole host.
    """
    return next((part for part in host.split(".") if part not in _GENERIC), host)


def domain_of(host: str) -> str:
    """Return the registered domain of the host.

    The registered domain is the last two labels of the host. It is the last three labels if the
    last two are the ending under which a country registers companies, such as ``co.uk`` or
    ``com.au``.
    """
    labels = host.split(".")
    is_country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if is_country else -2 :])


def agree(name: str, other: str) -> bool:
    """Return whether two names probably belong to one company.

    The names are compared without case, accents, spaces and punctuation. They agree if the longer
    name contains the shorter one and is at most three times as long. A name of fewer than
    ``_MIN_CONTAINED`` letters agrees only with an equal name.
    """
    shorter, longer = sorted((_letters(name), _letters(other)), key=len)
    if len(shorter) < _MIN_CONTAINED:
        return shorter == longer != ""
    return shorter in longer and len(longer) <= 3 * len(shorter)


def name_from_title(title: str | None, label: str) -> str | None:
    """Return the part of a page's title that is the company's name; None if no part is.

    The title is split at separators such as "|", and at words such as "at". The result is the
    shortest part that agrees with ``label``, which is for example the result of ``site_label``.
    """
    parts = [part.strip() for part in _TITLE_PARTS.split(title or "")]
    agreeing = [part for part in parts if 1 < len(part) <= _MAX_NAME_LENGTH and agree(part, label)]
    return min(agreeing, key=len, default=None)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


def slug_of(name: str) -> str:
    """Return ``name`` as a slug: lower case, with hyphens between its words.

    If the name has no letters from a to z and no digits, the slug is ``company``.
    """
    return (
        re.sub("[^a-z0-9]+", "-", fold(name)).strip("-")[:_MAX_SLUG_LENGTH].rstrip("-") or "company"
    )
