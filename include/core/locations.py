"""Parse places as postings write them.

A country that the text does not settle stays unknown. "San Francisco, CA", for example, could be in
California or in Canada if one has only the text. Its country stays unknown, unless the source
states it in a separate field.
"""

import re

from include.core.countries import REGIONS, country_code
from include.core.models import Location
from include.core.text import one_line

# "or" separates places only in lower case, because OR is Oregon.
_SEPARATORS = re.compile(r"\s*[;|\n•]\s*|\s+or\s+")
_WAYS_OF_WORKING = re.compile(
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
_UNAMBIGUOUS_CODES = frozenset({
    "AE", "AT", "AU", "BE", "CH", "CZ", "DK", "ES", "FI", "FR", "GB", "HK", "IE", "IT", "JP", "KR",
    "NL", "NO", "NZ", "PL", "PT", "SE", "SG", "UK", "US",
})  # fmt: skip
"""Country codes that people write after a city and that mean only the country there.

Codes such as MH and HR are left out, because they also mean Maharashtra and Haryana.
"""
_STATES_NAMED_LIKE_CITIES = frozenset({"new york", "washington"})
"""States that have a city of the same name.

If a text has only such a name, it is unclear whether the state or the city is meant.
"""
_NOT_CITIES = frozenset({
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
_WORKDAY_PLACE = re.compile(r"([A-Z]{2,3})[-.]([A-Z]{2})?-?([^-].*)")
"""A place as customers of Workday name it: ``US-CA-Menlo Park``, ``IND.Bengaluru``."""
_AMBIGUOUS_NAMES = frozenset({"georgia", "jersey"})
"""Names of countries that often mean an American state (Georgia, New Jersey)."""


def places(text: str | None) -> tuple[str, ...]:
    """Return the places that a location text names, each once.

    ``Berlin; Paris or Remote`` names three places.
    """
    found = (one_line(part) for part in _SEPARATORS.split(text or ""))
    return tuple(dict.fromkeys(part for part in found if part))


def locate(raw: str, *, country: str | None = None) -> Location:
    """Return the location that ``raw`` names. What the text does not settle is None.

    Args:
        raw: the text of one place.
        country: the name or code of the country, if the source states it beside the text.
    """
    stated = country_code(country)
    parts = _parts(raw)
    if not parts:
        return Location(raw=raw, country=stated)
    if len(parts) == 1:
        return _locate_one_part(raw, parts[0], stated)
    *rest, last = parts
    found = country_code(last) if len(rest) > 1 else _certain_country(last)
    if found and (stated is None or stated == found):
        if len(rest) == 1 and _is_region(rest[0], found):
            return Location(raw=raw, region=rest[0], country=found)
        region = rest[1] if len(rest) > 1 else None
        return Location(raw=raw, city=_city(rest[0]), region=region, country=found)
    return _locate_city_and_region(raw, rest[0], last, stated)


def place(
    *,
    city: str | None,
    region: str | None,
    country: str | None,
    code: str | None = None,
    raw: str | None = None,
) -> Location | None:
    """Return a location whose parts the source states separately; None if it states no part.

    Args:
        city: the name of the city.
        region: the name or letters of the region.
        country: the name or code of the country.
        code: the code of the country, if the source states both its name and its code.
        raw: the whole place as the source writes it.
    """
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
    """Return the parts of a place from the smallest to the largest.

    Postcodes and words for ways of working (remote, hybrid) are left out.
    """
    coded = _WORKDAY_PLACE.fullmatch(raw)
    text = ",".join(coded.groups(default="")) if coded and country_code(coded[1]) else raw
    bare = _WAYS_OF_WORKING.sub("", _BRACKETS.sub(",", text))
    pieces = (piece.strip(" ,-–") for piece in bare.split(","))
    return _country_last([part for part in pieces if part and not _POSTCODE.search(part)])


def _country_last(parts: list[str]) -> list[str]:
    """Reverse the parts of texts that begin with the country or the state.

    Examples are ``US, CA, Santa Clara`` and ``Texas - Austin``. Other texts begin with the city.
    """
    if len(parts) < 2 or _certain_country(parts[-1]):
        return parts
    state_first = len(parts) == 2 and parts[0].casefold() in REGIONS and not _is_state(parts[1])
    return parts[::-1] if state_first or _certain_country(parts[0]) else parts


def _is_state(name: str) -> bool:
    """Return whether ``name`` is the name or the letters of a state or province."""
    letters = _REGION_LETTERS.values()
    return name.casefold() in REGIONS or any(name in each for each in letters)


def _locate_one_part(raw: str, name: str, stated: str | None) -> Location:
    """Return the location of a text that has only one part.

    The part is a country, a state or, if the source states the country beside the text, a city.
    """
    found = _certain_country(name)
    if found and stated in (None, found):
        return Location(raw=raw, country=found)
    region = REGIONS.get(name.casefold())
    if region and stated in (None, region):
        named = None if name.casefold() in _STATES_NAMED_LIKE_CITIES else name
        return Location(raw=raw, region=named, country=region)
    return Location(raw=raw, city=_city(name) if stated else None, country=stated)


def _locate_city_and_region(raw: str, city: str, region: str, stated: str | None) -> Location:
    """Return the location of a city and its region.

    The name or letters of the region settle the country, unless they also mean a country.
    """
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
        REGIONS.get(name.casefold()) == country and name.casefold() not in _STATES_NAMED_LIKE_CITIES
    )


def _city(name: str) -> str | None:
    return None if name.casefold() in _NOT_CITIES else name


def _certain_country(text: str) -> str | None:
    """Return the country that ``text`` certainly names, by its name or by a code."""
    return country_code(text) if text in _UNAMBIGUOUS_CODES else _country_by_name(text)


def _country_by_name(text: str) -> str | None:
    """Return the country that ``text`` names, without codes of two letters.

    None if the name often means an American state.
    """
    if len(text) == 2 or text.casefold() in _AMBIGUOUS_NAMES:
        return None
    return country_code(text)
