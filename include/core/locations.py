"""Places and ways of working, as postings write them.

Conservative: "San Francisco, CA" may be California or Canada to a reader who knows only the text,
so its country stays unknown unless a field of the source settles it.
"""

import re

from include.core.countries import REGIONS, country_code
from include.core.models import Location
from include.core.text import one_line

# "or" in lower case only: OR is Oregon.
_SEPARATORS = re.compile(r"\s*[;|\n•]\s*|\s+or\s+")
_NOISE = re.compile(
    r"\b(?:fully|100%|remote(?: locations?)?|hybrid|on-?site|only|based)\b", re.IGNORECASE
)
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
_REGION_LETTERS = {"US": _STATES, "CA": _PROVINCES}
_PLAIN_CODES = frozenset({
    "AE", "AT", "AU", "BE", "CH", "CZ", "DK", "ES", "FI", "FR", "GB", "HK", "IE", "IT", "JP", "KR",
    "NL", "NO", "NZ", "PL", "PT", "SE", "SG", "UK", "US",
})  # fmt: skip
"""Codes that people write after a city and that mean nothing but the country there (MH is also
Maharashtra, HR also Haryana)."""
_CITIES_TOO = frozenset({"new york", "washington"})
"""Of a state that is named alone, no one knows whether its city is meant."""
_NO_CITY = frozenset({
    "europe", "emea", "apac", "latam", "amer", "americas", "north america", "south america",
    "latin america", "asia", "asia pacific", "africa", "oceania", "middle east", "eu", "dach",
    "nordics", "benelux", "european union", "worldwide", "global", "anywhere", "nationwide",
    "international", "multiple locations", "multiple", "various", "various locations", "flexible",
    "home", "virtual", "field", "field based", "headquarters", "hq", "head office", "office",
    "distributed", "statewide", "other", "any",
})  # fmt: skip
_CONTINENTS = frozenset({
    "europe", "asia", "africa", "oceania", "north america", "south america", "latin america",
    "emea", "apac", "amer",
})  # fmt: skip
_CODED = re.compile(r"([A-Z]{2,3})[-.]([A-Z]{2})?-?([^-].*)")
"""``US-CA-Menlo Park``, ``IND.Bengaluru``: as Workday's customers name their places."""
_TWO_MEANINGS = frozenset({"georgia", "jersey"})


def places(text: str | None) -> tuple[str, ...]:
    """The places one location text names: ``Berlin; Paris or Remote`` are three."""
    found = (one_line(part) for part in _SEPARATORS.split(text or ""))
    return tuple(dict.fromkeys(part for part in found if part))


def locate(raw: str, *, country: str | None = None) -> Location:
    """What ``raw`` settles, with the ``country`` (name or code) its source states beside it."""
    stated = country_code(country)
    parts = _parts(raw)
    if not parts:
        return Location(raw=raw, country=stated)
    if len(parts) == 1:
        return _lone(raw, parts[0], stated)
    *rest, last = parts
    found = country_code(last) if len(rest) > 1 else _alone(last)
    if found and (stated is None or stated == found):
        if len(rest) == 1 and _is_region(rest[0], found):
            return Location(raw=raw, region=rest[0], country=found)
        region = rest[1] if len(rest) > 1 else None
        return Location(raw=raw, city=_city(rest[0]), region=region, country=found)
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
    settled = country_code(code) or country_code(country)
    if country and len(country) == 2:
        country = country.upper()
    stated = list(dict.fromkeys(part for part in (city, region, country) if part))
    if not (raw or stated):
        return None
    if region and (region.casefold() in _CONTINENTS or country_code(region) == settled is not None):
        region = None
    return Location(raw=raw or ", ".join(stated), city=city, region=region, country=settled)


def _parts(raw: str) -> list[str]:
    """From the smallest to the largest, without postcodes and ways of working."""
    coded = _CODED.fullmatch(raw)
    text = ",".join(coded.groups(default="")) if coded and country_code(coded[1]) else raw
    bare = _NOISE.sub("", _BRACKETS.sub(",", text))
    pieces = (piece.strip(" ,-–") for piece in bare.split(","))
    return _country_last([part for part in pieces if part and not _POSTCODE.search(part)])


def _country_last(parts: list[str]) -> list[str]:
    """``US, CA, Santa Clara`` and ``Texas - Austin`` from the smallest to the largest, as other
    texts are."""
    if len(parts) < 2 or _alone(parts[-1]):
        return parts
    state_first = len(parts) == 2 and parts[0].casefold() in REGIONS and not _is_state(parts[1])
    return parts[::-1] if state_first or _alone(parts[0]) else parts


def _is_state(name: str) -> bool:
    """Or a province."""
    letters = _REGION_LETTERS.values()
    return name.casefold() in REGIONS or any(name in each for each in letters)


def _lone(raw: str, name: str, stated: str | None) -> Location:
    """A country, a state, or, where the source states the country beside it, a city."""
    found = _alone(name)
    if found and stated in (None, found):
        return Location(raw=raw, country=found)
    region = REGIONS.get(name.casefold())
    if region and stated in (None, region):
        named = None if name.casefold() in _CITIES_TOO else name
        return Location(raw=raw, region=named, country=region)
    return Location(raw=raw, city=_city(name) if stated else None, country=stated)


def _within(raw: str, city: str, region: str, stated: str | None) -> Location:
    """A city and its region, whose name or letters settle the country where no country has
    them."""
    if stated is None and country_code(region) is None:
        stated = _country_of_region(region)
    settled = stated is not None or not (region.isupper() and len(region) == 2)
    return Location(raw=raw, city=_city(city), region=region if settled else None, country=stated)


def _country_of_region(region: str) -> str | None:
    for country, letters in _REGION_LETTERS.items():
        if region in letters:
            return country
    return REGIONS.get(region.casefold())


def _is_region(name: str, country: str) -> bool:
    letters = _REGION_LETTERS.get(country, frozenset())
    return name in letters or (
        REGIONS.get(name.casefold()) == country and name.casefold() not in _CITIES_TOO
    )


def _city(name: str) -> str | None:
    return None if name.casefold() in _NO_CITY else name


def _alone(text: str) -> str | None:
    return country_code(text) if text in _PLAIN_CODES else _unmistakable(text)


def _unmistakable(text: str) -> str | None:
    """The country whose name ``text`` is, unless an American state has that name too."""
    if len(text) == 2 or text.casefold() in _TWO_MEANINGS:
        return None
    return country_code(text)
