"""Tell whether a name is that of a country, a state, a region or a city."""

import re

from include.core.places.countries import REGIONS, country_code

STATE_LETTERS = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ",
    "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT",
    "VA", "WA", "WV", "WI", "WY", "DC",
})  # fmt: skip
PROVINCE_LETTERS = frozenset({
    "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
})  # fmt: skip
REGION_LETTERS = {"US": STATE_LETTERS, "CA": PROVINCE_LETTERS}
_UNAMBIGUOUS_CODES = frozenset({
    "AE", "AT", "AU", "BE", "CH", "CZ", "DK", "ES", "FI", "FR", "GB", "HK", "IE", "IT", "JP", "KR",
    "NL", "NO", "NZ", "PL", "PT", "SE", "SG", "UK", "US",
})  # fmt: skip
"""The country codes that can only mean a country when they stand after a city.

Codes such as MH and HR are left out, because they also mean Maharashtra and Haryana.
"""
STATES_NAMED_LIKE_CITIES = frozenset({"new york", "washington"})
"""The states of the USA that have the same name as a city.

A text that has only such a name does not tell whether the state or the city is meant.
"""
_NOT_CITIES = frozenset({
    "europe", "emea", "apac", "latam", "amer", "americas", "north america", "south america",
    "latin america", "asia", "asia pacific", "africa", "oceania", "middle east", "eu", "dach",
    "nordics", "benelux", "european union", "worldwide", "global", "anywhere", "nationwide",
    "international", "multiple locations", "multiple", "various", "various locations", "flexible",
    "home", "virtual", "field", "field based", "headquarters", "hq", "head office", "office",
    "distributed", "statewide", "other", "any",
})  # fmt: skip
_AREA_WORDS = re.compile(
    r"\b(?:area|region|regional|bay|county|state|coast|east|eastern|west|western|north|northern|"
    r"south|southern|central|metro|greater|valley|district|province|midlands|time|zone|team|"
    r"offices?|sites?|locations?|all|any|branch|store|campus)\b|\d",
    re.IGNORECASE,
)
"""A pattern of words in names that are not names of cities: "Bay Area", "Northern Region".

A single name that contains one of these words is not taken for a city.
"""
_AMBIGUOUS_NAMES = frozenset({"georgia", "jersey"})
"""Names of countries that do not determine the country.

They often mean an American state (Georgia, New Jersey).
"""


def certain_country(text: str) -> str | None:
    """Return the country that ``text`` names by an unambiguous name or code, or else None."""
    return country_code(text) if text in _UNAMBIGUOUS_CODES else country_by_name(text)


def country_by_name(text: str) -> str | None:
    """Return the country that ``text`` names by its name or three-letter code.

    Return None for a name in ``_AMBIGUOUS_NAMES``, and for a code of two letters.
    """
    if len(text) == 2 or text.casefold() in _AMBIGUOUS_NAMES:
        return None
    return country_code(text)


def country_of_region(region: str) -> str | None:
    """Return the country to which a state or province belongs; None if ``region`` is neither."""
    for country, letters in REGION_LETTERS.items():
        if region in letters:
            return country
    return REGIONS.get(region.casefold())


def is_state(name: str) -> bool:
    """Return whether ``name`` is the name of a state or province, or its letters (USA, Canada)."""
    letters = REGION_LETTERS.values()
    return name.casefold() in REGIONS or any(name in each for each in letters)


def is_region(name: str, country: str) -> bool:
    """Return whether ``name`` is a state or province of ``country``, and not also a city."""
    letters = REGION_LETTERS.get(country, frozenset())
    return name in letters or (
        REGIONS.get(name.casefold()) == country and name.casefold() not in STATES_NAMED_LIKE_CITIES
    )


def is_broad(name: str) -> bool:
    """Return whether ``name`` is a country or a state, and not also the name of a city."""
    return name.casefold() not in STATES_NAMED_LIKE_CITIES and (
        certain_country(name) is not None or is_state(name)
    )


def ends_place(part: str) -> bool:
    """Return whether ``part`` is the last part of a place: a country or letters of a state."""
    return part in STATE_LETTERS or part in PROVINCE_LETTERS or certain_country(part) is not None


def city_name(name: str) -> str | None:
    """Return the name of a city; None for a general word such as "worldwide"."""
    return None if name.casefold() in _NOT_CITIES else name


def has_area_word(name: str) -> bool:
    """Return whether ``name`` has a digit or a word such as "region", so that it is not a city."""
    return _AREA_WORDS.search(name) is not None
