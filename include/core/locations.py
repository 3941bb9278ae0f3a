"""Places and ways of working, as postings write them.

Conservative: "San Francisco, CA" may be California or Canada to a reader who knows only the text,
so its country stays unknown unless a field of the source settles it.
"""

import re
from collections.abc import Sequence

from include.core.countries import country_code
from include.core.models import Location, Workplace
from include.core.text import one_line

# "or" in lower case only: OR is Oregon.
_SEPARATORS = re.compile(r"\s*[;|\n•]\s*|\s+or\s+")
_REMOTE = re.compile(
    r"\b(?:remote|home[ -]?office|telecommut(?:e|ing)|télétravail)\b", re.IGNORECASE
)
_HYBRID = re.compile(r"\bhybrid[e]?\b", re.IGNORECASE)
_ONSITE = re.compile(r"\b(?:on[ -]?site|in[ -]?office|in[ -]?person|vor ort)\b", re.IGNORECASE)
_NOISE = re.compile(r"\b(?:fully|100%|remote|hybrid|on-?site|only|based)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[()\[\]]\s*|\s+[-–—/]\s+")
_POSTCODE = re.compile(r"\d")
_STATES = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ",
    "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT",
    "VA", "WA", "WV", "WI", "WY", "DC",
})  # fmt: skip
_PROVINCES = frozenset({
    "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
})  # fmt: skip
_REGIONS = {"US": _STATES, "CA": _PROVINCES}
_PLAIN_CODES = frozenset({
    "AE", "AT", "AU", "BE", "CH", "CZ", "DK", "ES", "FI", "FR", "GB", "HK", "IE", "IT", "JP", "KR",
    "NL", "NO", "NZ", "PL", "PT", "SE", "SG", "UK", "US",
})  # fmt: skip
"""Codes that people write after a city and that mean nothing but the country there (MH is also
Maharashtra, HR also Haryana)."""
_TWO_MEANINGS = frozenset({"georgia", "jersey"})


def places(text: str | None) -> tuple[str, ...]:
    """The places one location text names: ``Berlin; Paris or Remote`` are three."""
    found = (one_line(part) for part in _SEPARATORS.split(text or ""))
    return tuple(dict.fromkeys(part for part in found if part))


def locate(raw: str, *, country: str | None = None) -> Location:
    """What ``raw`` settles, with the ``country`` (name or code) its source states beside it."""
    stated = country_code(country)
    bare = _NOISE.sub("", _BRACKETS.sub(",", raw))
    pieces = (piece.strip(" ,-–") for piece in bare.split(","))
    parts = _country_last([part for part in pieces if part and not _POSTCODE.search(part)])
    if not parts:
        return Location(raw=raw, country=stated)
    if len(parts) == 1:
        return Location(raw=raw, country=stated or _alone(parts[0]))
    *rest, last = parts
    found = country_code(last) if len(rest) > 1 else _alone(last)
    if found and (stated is None or stated == found):
        if len(rest) == 1 and rest[0] in _REGIONS.get(found, ()):
            return Location(raw=raw, region=rest[0], country=found)
        region = rest[1] if len(rest) > 1 else None
        return Location(raw=raw, city=rest[0], region=region, country=found)
    return _within(raw, rest[0], last, stated)


def place(
    *,
    city: str | None,
    region: str | None,
    country: str | None,
    code: str | None = None,
    raw: str | None = None,
) -> Location | None:
    """A place whose parts the source states one by one; null without any. ``code`` is the
    country's, where the source states both, and ``raw`` how it writes the whole."""
    country = country or code
    stated = list(dict.fromkeys(part for part in (city, region, country) if part))
    if not (raw or stated):
        return None
    return Location(
        raw=raw or ", ".join(stated),
        city=city,
        region=region,
        country=country_code(code) or country_code(country),
    )


def workplace_of(label: str | None) -> Workplace | None:
    """What a label such as ``OnSite`` or ``Remote - Europe`` says; two answers are none."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label or "").replace("_", " ")
    patterns = {
        Workplace.REMOTE: _REMOTE,
        Workplace.HYBRID: _HYBRID,
        Workplace.ONSITE: _ONSITE,
    }
    found = [kind for kind, pattern in patterns.items() if pattern.search(spaced)]
    return found[0] if len(found) == 1 else None


def workplace_in(named: Sequence[str]) -> Workplace | None:
    """What all of a posting's places say alike ("Miami or Remote" leaves it open)."""
    found = {workplace_of(place) for place in named}
    return found.pop() if len(found) == 1 else None


def workplace_among(
    *, remote: bool | None, hybrid: bool | None, onsite: bool | None = None
) -> Workplace | None:
    """The one that a source's flags say; several leave it open, as does none."""
    flags = {Workplace.REMOTE: remote, Workplace.HYBRID: hybrid, Workplace.ONSITE: onsite}
    said = [kind for kind, flag in flags.items() if flag]
    return said[0] if len(said) == 1 else None


def _country_last(parts: list[str]) -> list[str]:
    """``US, CA, Santa Clara`` from the smallest to the largest, as other texts are."""
    if len(parts) < 2 or _alone(parts[0]) is None or _alone(parts[-1]):
        return parts
    return parts[::-1]


def _within(raw: str, city: str, region: str, stated: str | None) -> Location:
    """A city and its region: a state's letters settle the country where they are no country's."""
    if stated is None and country_code(region) is None:
        if region in _STATES:
            stated = "US"
        elif region in _PROVINCES:
            stated = "CA"
    settled = stated is not None or not (region.isupper() and len(region) == 2)
    return Location(raw=raw, city=city, region=region if settled else None, country=stated)


def _alone(text: str) -> str | None:
    return country_code(text) if text in _PLAIN_CODES else _unmistakable(text)


def _unmistakable(text: str) -> str | None:
    """The country whose name ``text`` is, unless an American state has that name too."""
    if len(text) == 2 or text.casefold() in _TWO_MEANINGS:
        return None
    return country_code(text)
