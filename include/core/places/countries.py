"""Recognise countries by name or code, and return them as ISO 3166-1 alpha-2 codes.

The names are in the languages of career sites (``_LANGUAGES``). They come from CLDR through the
package Babel. ``_EXTRA_NAMES`` contains further names, which people write and CLDR does not have.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from babel import Locale
from babel.core import get_global

from include.core.fields.text_cache import cache_short_texts

_LANGUAGES = (
    "en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "pl", "cs", "fi", "sk", "hu",
    "ro", "el", "bg", "uk", "ru", "tr", "he", "ar", "vi", "id", "ja", "ko", "zh",
)  # fmt: skip
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
_EXTRA_NAMES = {
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "u.s.": "US", "u.s.a.": "US",
    "united states of america": "US", "the united states": "US", "the netherlands": "NL",
    "holland": "NL", "czech republic": "CZ", "turkey": "TR", "republic of ireland": "IE",
    "hong kong": "HK", "macau": "MO", "uae": "AE", "republic of korea": "KR", "korea": "KR",
    "viet nam": "VN", "україні": "UA", "украине": "UA", "росії": "RU", "россии": "RU",
    "польщі": "PL", "польше": "PL", "polsce": "PL", "казахстане": "KZ", "česku": "CZ", "čr": "CZ",
    "slovensku": "SK", "suomessa": "FI", "españa (península)": "ES", "българия": "BG",
    "україна": "UA", "беларуси": "BY", "méxico": "MX", "brasil": "BR", "russian federation": "RU",
    "people's republic of china": "CN",
}  # fmt: skip

_CODES_OF_DOMAINS = {"UK": "GB", "EDU": "US", "GOV": "US", "MIL": "US"}
_STATES = (
    "alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho "
    "illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan "
    "minnesota mississippi missouri montana nebraska nevada new_hampshire new_jersey new_mexico "
    "new_york north_carolina north_dakota ohio oklahoma oregon pennsylvania rhode_island "
    "south_carolina south_dakota tennessee texas utah vermont virginia washington west_virginia "
    "wisconsin wyoming"
)
"""The names of the states of the USA.

Georgia is left out, because it is also the name of a country.
"""
_PROVINCES = (
    "alberta british_columbia manitoba new_brunswick newfoundland_and_labrador nova_scotia ontario "
    "prince_edward_island quebec québec saskatchewan"
)
_AUSTRALIAN_STATES = (
    "australian_capital_territory new_south_wales northern_territory queensland south_australia "
    "tasmania western_australia"
)
_INDIAN_STATES = (
    "andhra_pradesh arunachal_pradesh assam bihar chhattisgarh gujarat haryana himachal_pradesh "
    "jharkhand karnataka kerala madhya_pradesh maharashtra manipur meghalaya mizoram nagaland "
    "odisha rajasthan sikkim tamil_nadu telangana tripura uttar_pradesh uttarakhand west_bengal"
)
_SOUTH_AFRICAN_PROVINCES = (
    "eastern_cape gauteng kwazulu-natal kwazulu_natal limpopo mpumalanga northern_cape western_cape"
)
REGIONS = {
    name.replace("_", " "): country
    for country, names in (
        ("US", _STATES),
        ("CA", _PROVINCES),
        ("AU", _AUSTRALIAN_STATES),
        ("IN", _INDIAN_STATES),
        ("ZA", _SOUTH_AFRICAN_PROVINCES),
    )
    for name in names.split()
}
"""The country code of each state or province, by its casefolded name.

States and provinces that have an ambiguous name, such as Victoria and Punjab, are left out.
"""


def country_code(text: str | None) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of the country that ``text`` names; None if it names none.

    Args:
        text: the name of a country, or its code of two or three letters, in any case.
    """
    return _code_of(text) if text else None


@cache_short_texts
def _code_of(text: str) -> str | None:
    name = text.strip().casefold().replace(" and ", " & ")
    return _EXTRA_NAMES.get(name) or next(
        (names[name] for names in _lookups() if name in names), None
    )


def country_of_site(url: str) -> str | None:
    """Return the country code of the URL's top-level domain; None for a domain such as ``com``."""
    domain = (urlsplit(url).hostname or "").rpartition(".")[2].upper()
    code = _CODES_OF_DOMAINS.get(domain, domain)
    return code if code in _countries() else None


def country_of_locale(tag: str | None) -> str | None:
    """Return the country code in a language tag: ``ZA`` for ``en-ZA`` (BCP 47).

    Return None if the tag names no country. Return None for ``en-US``, too, because the templates
    of sites often state it by default.
    """
    language, *subtags = (tag or "").strip().upper().replace("_", "-").split("-")
    code = next((subtag for subtag in subtags if subtag in _countries()), None)
    return None if (language, code) == ("EN", "US") else code


def country_name(code: str | None) -> str | None:
    """Return the English name of the country that has this alpha-2 code; None if it is unknown."""
    return _territories("en").get(code) if code else None


def _lookups() -> Iterator[Mapping[str, str]]:
    """Yield the mappings from names to codes in which a name is looked up, in this order.

    The first mapping contains codes. Each further mapping contains the names in one language.
    English is the first language, because most names are English. A mapping is made only when it is
    needed, because loading a language takes about 10 ms.
    """
    yield _codes()
    yield from map(_names_in, _LANGUAGES)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    countries = _countries()
    codes = {code.casefold(): code for code in countries}
    for alias, current in _aliases().items():
        if len(alias) == 3 and alias.isalpha() and len(current) == 1 and current[0] in countries:
            codes[alias.casefold()] = current[0]
    return codes


@lru_cache
def _names_in(language: str) -> dict[str, str]:
    territories = _territories(language)
    names: dict[str, str] = {}
    for code in _countries() & territories.keys():
        names.setdefault(territories[code].casefold(), code)
    return names


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    codes = {code for code in _territories("en") if len(code) == 2 and code.isalpha()}
    return frozenset(codes - _NOT_COUNTRIES)


def _territories(language: str) -> Mapping[str, str]:
    return cast("Mapping[str, str]", Locale(language).territories)


def _aliases() -> Mapping[str, list[str]]:
    """Return the current codes of territories, by outdated or alternative code, such as ``DEU``."""
    return cast("Mapping[str, list[str]]", get_global("territory_aliases"))
