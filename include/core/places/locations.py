"""Parse the text of one place, as postings write it (ADR 35).

If neither the text nor a separate field of the source determines the country, it stays unknown. For
example, the text "San Francisco, CA" alone does not tell whether CA means California or Canada.
"""

import re
from collections.abc import Sequence
from itertools import dropwhile

from include.core.models import Location
from include.core.places.address_parts import begins_with_postcode, is_no_place, parts_of_place
from include.core.places.cities import is_city_name
from include.core.places.countries import REGIONS, country_code
from include.core.places.name_kinds import (
    STATE_LETTERS,
    STATES_NAMED_LIKE_CITIES,
    certain_country,
    city_name,
    country_of_region,
    has_area_word,
    is_region,
)

_STREET_AND_NUMBER = re.compile(
    r"(?:^|, ?)(?:[^\W\d_]{2,20}\.? ){0,2}[^\W\d_]{4,30}\.? \d{1,4}[a-zA-Z]?(?:,|$)"
)
"""A pattern of a street with its house number. A single name beside it is a city."""
_POSTCODE_BEFORE_NAME = re.compile(r"\b\d{4,5} ([^\W\d_]+)")
_EAST_ASIAN = {
    "JP": re.compile(
        r"(?P<region>北海道|東京都|京都府|大阪府|"
        r"[一-龥]{2,3}県)\s?(?P<city>[一-龥ぁ-んァ-ヶ]{1,6}?[市区町村])"
    ),
    "KR": re.compile(
        r"(?P<region>[가-힣]{2,6}(?:특별시|광역시|특별자치[시도]|도)|서울|경기|인천|부산|대구|"
        r"대전|광주|울산|세종|강원|충북|충남|전북|전남|경북|경남|제주)"
        r"시?\s(?P<city>[가-힣]{1,5}[시군구])"
    ),
    "CN": re.compile(r"(?P<region>[一-龥]{2,3}省|[一-龥]{2,6}自治区)\s?(?P<city>[一-龥]{2,4}?市)"),
    "TW": re.compile(
        r"(?P<city>[臺台新桃高基嘉][一-龥]市|[一-龥]{2}縣)(?P<region>[一-龥]{1,3}[區鄉鎮市])"
    ),
}
"""Patterns of the region and the city in an address of East Asia, by country code.

They are needed because most of these addresses begin with the largest part, unlike others.
"""
_EAST_ASIAN_CITY = re.compile(r"(?:^|[\s:：（(])(?P<city>[一-龥]{2,3}市)(?=[一-龥]{1,4}[区區])")
"""A pattern of a city before its district, which is written alike in China, Japan and Taiwan."""
_AUSTRALIAN = re.compile(
    r"(?:^|, )(?P<city>[A-Z][^\d,]{0,40}?),? (?P<state>(?:NSW|VIC|QLD|TAS)(?=(?: \d{4})?$)|"
    r"(?:WA|SA|NT|ACT)(?= \d{4}$))"
)
"""A pattern of a city and a state of Australia.

``WA``, ``SA``, ``NT`` and ``ACT`` count only before a postcode, because elsewhere these letters can
have other meanings.
"""
_FRENCH_DEPARTMENT = re.compile(r"^[^\d(]+ \(\d{2}\)$")
_FACILITY = (
    r"(?:Werk|Standort|Niederlassung|Filiale|Büro|Campus|Zentrale|Hauptsitz|Klinik(?:um)?|"
    r"Region|Raum|"
    r"Großraum|Gemeinde|(?:Stabilimento|Sede|Ufficio|Filiale|Negozio|Punto vendita) d[ie]|Sede en|"
    r"(?:Site|Agence|Siège|Usine|Magasin|Ville|Mairie|Commune) d(?:e |['’])|(?:Oficina|Tienda|"
    r"Centro|"
    r"Planta|Delegación) (?:de|en)|(?:Loja|Fábrica|Escritório|Clínica) d[eoa]|Vestiging|Kantoor|"
    r"Locatie|Oddział|Biuro|Zakład|Kontor|Head Office|HQ|City of|Town of|Municipality of|Obec|"
    r"TP\.|Thành phố|Kota|м\.|г\.|гр\.|місто|город|град|עיר|Kab\.|Kabupaten|Tỉnh|Sede|Filial)"
)
_BEFORE_NAME = re.compile(rf"^{_FACILITY}[ ,:]*(?:(?:in|i|w|v|na|à|en|te|på|din)\s+)?(?=[^\W\d_])")
_AFTER_NAME = re.compile(
    r" (?:kommun\w{0,2}|kunta|[IVX]{1,5}\. kerület|(?:[Hh]ead |[Mm]ain |[Rr]egional )?[Oo]ffice|"
    r"HQ|[Hh]eadquarters|[Pp]lant|[Ss]ite|[Cc]ampus|[Ss]tore|"
    r"[Bb]ranch|[Cc]ity [Cc]entre|Organize Sanayi Bölgesi|OSB|[Ff]abrikası|[Ff]abrika|telephely|"
    r"gyár)$"
)
"""A pattern of words such as "office" after the name of a city.

``_BEFORE_NAME`` is a pattern of such words before the name.
"""
_ZIP = re.compile(r"\b([A-Z]{2}),? (\d{3})\d{2}(?:-\d{4})?\b")
_ZIP_PREFIXES = {
    "DE": (197, 199), "ID": (832, 838), "IL": (600, 629), "LA": (700, 714), "MA": (10, 27),
    "ME": (39, 49), "MN": (550, 567), "NC": (270, 289), "SD": (570, 577),
}  # fmt: skip
"""The range of the first three digits of the ZIP codes of some states, by the state's two letters.

A state is listed if its letters are also the code of a country that has five-digit postcodes: ``DE
19901`` may be in Delaware or in Germany. The digits show which of them is meant. The source is list
L002 on pe.usps.com.
"""
_OTHER_DOLLARS = frozenset({"CA", "CO", "AR"})
_CONTINENTS = frozenset({
    "europe", "asia", "africa", "oceania", "north america", "south america", "latin america",
    "emea", "apac", "amer",
})  # fmt: skip


def locate(raw: str, *, country: str | None = None) -> Location:
    """Return the location that ``raw`` names. The fields that the text does not determine are None.

    Args:
        raw: the text of one place.
        country: the name or code of the country, if the source states it beside the text.
    """
    stated = country_code(country) or _country_of_zip(raw)
    if location := _in_east_asia(raw, stated) or _in_australia(raw, stated):
        return location
    all_parts = parts_of_place(raw)
    name_parts = list(dropwhile(is_no_place, all_parts)) or all_parts[-1:]
    facility = len(name_parts) < len(all_parts)
    parts = [_BEFORE_NAME.sub("", part) for part in name_parts]
    if not parts:
        return Location(raw=raw, country=stated)
    if len(parts) == 1:
        location = _locate_one_part(raw, parts[0], stated)
        after_postcode = _POSTCODE_BEFORE_NAME.search(raw)
        name = _AFTER_NAME.sub("", parts[0])
        is_city = (
            facility
            or name != parts[0]
            or parts != all_parts
            or _BEFORE_NAME.match(raw)
            or _FRENCH_DEPARTMENT.search(raw)
            or ("," in raw and is_city_name(name))
            or (after_postcode and after_postcode[1] in name)
            or _STREET_AND_NUMBER.search(raw)
        )
        if location == Location(raw=raw) and is_city and not has_area_word(name):
            return Location(raw=raw, city=city_name(name))
        return location
    *rest, last = parts
    code = country_code(last) if len(rest) > 1 else certain_country(last)
    if code and stated in (None, code):
        if len(rest) == 1 and is_region(rest[0], code):
            return Location(raw=raw, region=rest[0], country=code)
        at = next((at for at, name in enumerate(rest) if at and is_region(name, code)), 1)
        region = rest[at] if len(rest) > 1 else None
        return Location(raw=raw, city=city_name(rest[at - 1]), region=region, country=code)
    return _locate_city_and_region(raw, rest[0], last, stated)


def _in_australia(raw: str, stated_country: str | None) -> Location | None:
    """Return the place of an address such as ``Sydney NSW 2000``; None if it is not Australian."""
    match = _AUSTRALIAN.search(raw)
    if match is None or stated_country not in (None, "AU"):
        return None
    return Location(raw=raw, city=match["city"], region=match["state"], country="AU")


def location_of_address(street: str, country: str | None) -> Location | None:
    """Return the place of an address that a source states in its field for the street.

    Return None if the text is only a street.

    The text is more than a street if it has a postcode before a city, or characters other than
    ASCII.

    Args:
        street: an address such as ``Rue Haute 24, 63300 Thiers, France``.
        country: the name or code of the country, if the source states it beside the street.
    """
    is_whole = not street.isascii() or any(
        begins_with_postcode(part.strip()) for part in street.split(",")
    )
    located = locate(street, country=country) if is_whole else None
    if located is None or located.city is None:
        return None
    return location_from_parts(
        city=located.city, region=located.region, country=country or located.country
    )


def _in_east_asia(raw: str, stated_country: str | None) -> Location | None:
    """Return the place of an address in China, Japan, Korea or Taiwan; None for other texts."""
    if raw.isascii():
        return None
    for country, pattern in _EAST_ASIAN.items():
        if match := pattern.search(raw):
            return Location(
                raw=raw,
                city=match["city"],
                region=match["region"],
                country=stated_country or country,
            )
    match = _EAST_ASIAN_CITY.search(raw)
    return Location(raw=raw, city=match["city"], country=stated_country) if match else None


def location_from_parts(
    *,
    city: str | None,
    region: str | None,
    country: str | None,
    code: str | None = None,
    raw: str | None = None,
) -> Location | None:
    """Make a location from the parts that a source states separately; None if it states no part.

    Args:
        city: the name of the city.
        region: the name of the region, or its letters, such as ``CA``.
        country: the name or code of the country.
        code: the code of the country, if the source states both its name and its code.
        raw: the whole place as the source writes it. If None, it is made from the parts.
    """
    country = country or code
    country_code_of_place = country_code(code) or country_code(country)
    if country and len(country) == 2:
        country = country.upper()
    names = list(dict.fromkeys(part for part in (city, region, country) if part))
    if not (raw or names):
        return None
    if region and (
        region.casefold() in _CONTINENTS
        or country_code(region) == country_code_of_place is not None
    ):
        region = None
    return Location(
        raw=raw or ", ".join(names), city=city, region=region, country=country_code_of_place
    )


def dollar_countries(locations: Sequence[Location]) -> list[str | None]:
    """Return the countries of the locations, by which the currency of ``$`` is decided.

    If all locations end with letters of American states, such as ``Boston, MA`` and ``Boulder,
    CO``, return only US. At least one of the states must have letters other than CA, CO and AR,
    because these are also codes of other countries that use ``$``.
    """
    states = [each.raw.rpartition(", ")[2] for each in locations]
    certain = any(state in STATE_LETTERS - _OTHER_DOLLARS for state in states)
    if certain and STATE_LETTERS.issuperset(states):
        return ["US"]
    return [each.country for each in locations]


def _country_of_zip(raw: str) -> str | None:
    """Return US if ``raw`` has the letters of a state and a ZIP code of that state; else None."""
    match = _ZIP.search(raw)
    if match is None or match[1] not in STATE_LETTERS:
        return None
    low, high = _ZIP_PREFIXES.get(match[1], (0, 999))
    return "US" if low <= int(match[2]) <= high else None


def _locate_one_part(raw: str, name: str, stated_country: str | None) -> Location:
    """Return the location of a text that has only one part.

    The part may be a country or a state. Any other part is taken for a city only if
    ``stated_country`` is not None, which means that the source states the country.
    """
    country_of_name = certain_country(name)
    if country_of_name and stated_country in (None, country_of_name):
        return Location(raw=raw, country=country_of_name)
    region = REGIONS.get(name.casefold())
    if region and stated_country in (None, region):
        unambiguous_name = None if name.casefold() in STATES_NAMED_LIKE_CITIES else name
        return Location(raw=raw, region=unambiguous_name, country=region)
    return Location(
        raw=raw, city=city_name(name) if stated_country else None, country=stated_country
    )


def _locate_city_and_region(
    raw: str, city: str, region: str, stated_country: str | None
) -> Location:
    """Return the location of a text that has a city and a region.

    If ``stated_country`` is None, the region determines the country. It does not if its name or
    letters are also those of a country.
    """
    if stated_country is None and country_code(region) is None:
        stated_country = country_of_region(region)
    if stated_country is None and REGIONS.get(city.casefold()) == region:
        return Location(raw=raw)  # "Ontario, CA" may be a city or a province
    is_certain = stated_country is not None or not (region.isupper() and len(region) == 2)
    return Location(
        raw=raw, city=city_name(city), region=region if is_certain else None, country=stated_country
    )
