"""Divide texts that name several places into the names of single places, and locate each."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from include.core.fields.text_cache import cache_short_texts
from include.core.formats.text import one_line
from include.core.models import Location
from include.core.places.address_parts import (
    is_way_of_working,
    parts_of_place,
    without_ways_of_working,
)
from include.core.places.cities import is_city_name
from include.core.places.countries import country_code
from include.core.places.locations import locate
from include.core.places.name_kinds import (
    certain_country,
    city_name,
    ends_place,
    has_area_word,
    is_broad,
    is_state,
)

# The words in this pattern separate places only in lower case, because OR is also Oregon.
_SEPARATORS = re.compile(
    r"[;|\n•、／]|·(?!\s?[一-龥]{1,6}[区區县縣])|(?<=\s)(?:or|oder|ou|eller|lub|sau|nebo|alebo|"
    r"vagy|veya|tai|или|або|чи|ή|ili|"
    r"ali|või|"
    r"vai|arba|hoặc|atau|أو|או|o(?=\s[A-ZÁÉÍÓÚ]))(?=\s)"
)
_AND = re.compile(
    r"(?<=\s)(?:&|\+|and|und|et|y|e|en|och|og|și|ja|és|ve|и|та|і|και|dan|và|un|ir|ו|و)(?=\s)"
)
_AND_BETWEEN_CITIES = re.compile(r"(?<=\s)(?:a|i|u)(?=\s)")
"""A pattern of words for "and" that mean something else in another language.

They separate places only if the names of cities stand on both sides.
"""
_TRAVEL = re.compile(
    r" ?[,;(–-] ?(?:(?:with|including|plus|incl\.|avec|mit|con|com|met|med|s|z|из|"
    r"с)\s)?[^,;(]{0,30}?"
    r"\b(?:travel\w{0,8}|reise\w{0,8}|déplacements?|viajes?|viagens|trasferte|reizen|resor|rejser|"
    r"reiser|"
    r"wyjazd\w{0,8}|cestov\w{0,8}|utaz\w{0,8}|deplas\w{0,8}|ταξίδι\w{0,8}|"
    r"поїздк\w{0,8}|поездк\w{0,8}|seyahat\w{0,8}|matkust\w{0,8})\b",
    re.IGNORECASE,
)
"""A pattern of a remark about travel after a place: ``Leeds, with some travel to York``.

The text from the remark on is ignored.
"""
_POSTCODE_AND_CITY = re.compile(
    r"^(?:[A-Z]{1,2}-)?(?!20[0-3]\d )(?:\d{4,5}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}) "
    r"[^\W\d_a-z]|"
    r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2} [A-Z]|"
    r"[a-z],? (?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|(?:[A-Z]{2} )?[A-Z]\d[A-Z] ?\d[A-Z]\d|"
    r"[A-Z]{2} \d{5})$"
)
"""A pattern of a line with a postcode and a city, which is mostly the last line of an address."""
_MAX_ADDRESS_LINES = 3
_MAX_ADDRESS_LENGTH = 60
"""The maximum length, in characters, of a line of an address."""
_NOTE = "※"
"""The mark of a note after a place, in East Asian languages.

The rest of the line after the mark is ignored.
"""
_SLASH = re.compile(r"(?<=\s)/(?=\s)|(?<=[^\W\d]{3})/(?=[^\W\d]{3})")
_DASH = re.compile(r"(?<=\s)[-–—](?=\s)")
_SECOND_NAMES = (
    "labrador", "wear", "hove", "bute", "kinross", "galloway", "kashmir", "württemberg",
    "maidenhead", "wrekin", "chelsea", "fulham", "dagenham", "nevis", "caicos", "barbuda",
    "tobago", "herzegovina", "príncipe", "north east somerset", "león", "romagna", "worcester",
    "miquelon", "futuna", "the grenadines",
)  # fmt: skip
"""The parts after "and" in the names of single places, such as ``wear`` in Tyne and Wear."""
_NUMBER_OF_MORE_PLACES = re.compile(r"\+ ?\d{1,3}(?: .{1,30})?|\d{1,3}(?: [a-zà-ÿ]{2,20}){1,3}")
"""A pattern of a number of further places, whose names are not shown: ``3 more``."""
_ABBREVIATED_AREA = re.compile(r"[a-zž]{2,4}\. ")
"""A pattern of the beginning of the name of an area: ``jud. Cluj``, ``woj. mazowieckie``."""
_MAX_LISTED_LENGTH = 300
_NOT_ANOTHER_PLACE = re.compile(
    r"(?:surround|umgebung|umland|environs|alrededores|dintorni|omgeving|area|region|nearby|"
    r"travel)",
    re.IGNORECASE,
)
"""A pattern of words after "and" that do not begin another place: "Berlin und Umgebung"."""
_REMOTE_WITHIN = re.compile(r"remote\s+(?:(?:in|within|from|across)|[-–—])\s+", re.IGNORECASE)
_ADDRESS = re.compile(r"\d, \d{3,5}(?: \d{2})? (?P<city>\D+)$")
"""A pattern of the end of an address: a house number, a postcode and a city."""
_COMMAS = str.maketrans("،，", ",,")
_COUNTIES_NAMED_LIKE_CITIES = frozenset({
    "asturias", "cornwall", "durham", "essex", "kent", "murcia", "norfolk", "somerset", "suffolk",
    "surrey", "wales",
})  # fmt: skip
"""Names of regions that are also names of cities elsewhere.

Such a name at the end of an address does not show that the address is a list of cities.
"""


def place_names(text: str | None) -> tuple[str, ...]:
    """Return the names of the places in a location text, without repeats.

    Examples: ``Berlin; Paris or Remote`` and ``Berlin & Paris / Rome`` name three places each.
    ``Germany / Berlin`` names one place, because Germany is the country of Berlin.
    """
    plain = _without_remarks((text or "").translate(_COMMAS))
    texts = (text for part in _divided(_SEPARATORS, plain) for text in _split_places(part))
    unique_names = dict.fromkeys(name for text in texts if (name := one_line(text)))
    if len(unique_names) > 1:
        unique_names = dict.fromkeys(
            listed_name
            for name in unique_names
            if not _NUMBER_OF_MORE_PLACES.fullmatch(name)
            for listed_name in _names_in_list(name)
        )
    return _all_remote(tuple(unique_names))


def locations_in(text: str | None, *, country: str | None = None) -> tuple[Location, ...]:
    """Return the locations that a location text names, without repeats.

    If the text names several places, and each of them is only a name, each name is taken for a
    city. No name is taken for a city if one of them is a country or a state, or contains a word
    such as "region". A single name is not taken for a city, either, because it could be a region or
    another place.

    Args:
        text: the text, which names one place or several.
        country: the name or code of the country, if the source states it beside the text. It is
            used only if the text names one place.
    """
    locations = _locations_in(text or "")
    if country and len(locations) == 1:
        return (locate(locations[0].raw, country=country),)
    return locations


@cache_short_texts
def _locations_in(text: str) -> tuple[Location, ...]:
    locations = tuple(map(locate, place_names(text)))
    if len(locations) > 1 and all(map(_is_only_a_name, locations)):
        return tuple(replace(each, city=each.raw) for each in locations)
    return locations


def _is_only_a_name(location: Location) -> bool:
    return (
        location == Location(raw=location.raw)
        and "," not in location.raw
        and not _ABBREVIATED_AREA.match(location.raw)
        and city_name(location.raw) is not None
        and parts_of_place(location.raw) == [location.raw]
        and not has_area_word(location.raw)
        and certain_country(location.raw) is country_code(location.raw) is None
        and not is_state(location.raw)
    )


def _without_remarks(text: str) -> str:
    """Return the text without the notes after its lines and without a remark about travel."""
    text = "\n".join(line.partition(_NOTE)[0] for line in text.splitlines())
    remark = _TRAVEL.search(text)
    return (text[: remark.start()] if remark else text).rstrip(" ,")


def join_places(lines: Sequence[str]) -> str:
    """Return the text of lines that state one place or several, such as the lines of an address.

    Lines that each name a known city are several places. A semicolon separates them in the result.
    Otherwise the lines before the city, such as the name of the employer, are left out.
    """
    if all(is_city_name(locate(line).city or line) for line in lines):
        return "; ".join(lines)
    texts = [", ".join(lines[start:]) for start in range(min(len(lines), _MAX_ADDRESS_LINES + 1))]
    city = locate(texts[0]).city if len(texts) > 1 else None
    texts_with_city = (text for text in reversed(texts) if city and locate(text).city == city)
    return next(texts_with_city, ", ".join(lines))


def join_lines_below(value: str, below: Sequence[str]) -> str:
    """Return ``value`` together with the lines below that continue it, as the text of its places.

    If ``value`` is a known city, the known cities directly below it belong to it. Otherwise the
    lines below belong to it if one of the first three has a postcode and a city, as the last line
    of an address has.
    """
    if is_city_name(value):
        return join_places([value, *takewhile(is_city_name, below)])
    for count, line in enumerate(below[:_MAX_ADDRESS_LINES], 1):
        if len(line) > _MAX_ADDRESS_LENGTH or ":" in line:
            break
        if _POSTCODE_AND_CITY.search(line):
            return join_places([value, *below[:count]])
    return value


def _all_remote(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the places, and repeat "Remote in" of the first place before each further country.

    For example, ``Remote in the US`` and ``Canada`` become ``Remote in the US`` and ``Remote in
    Canada``. If one of the further places is not a country, return the places unchanged.
    """
    first, *further = names or ("",)
    remote = _REMOTE_WITHIN.match(first) if further else None
    if remote is None or any(each.city or not each.country for each in map(locate, further)):
        return names
    return (
        first,
        *(name if name.startswith(remote[0]) else remote[0] + name for name in further),
    )


def _names_in_list(text: str) -> list[str]:
    """Divide a text such as ``Berlin, Bonn`` at its commas, if each part is only a name.

    For example, such a text is the first part of the list ``Berlin, Bonn or Paris``. Any other text
    is not divided.
    """
    names = [name for name in map(str.strip, text.split(",")) if name]
    if all(_is_only_a_name(Location(raw=name)) for name in names):
        return names
    return [text]


def _divided(separator: re.Pattern[str], text: str) -> list[str]:
    """Divide ``text`` at the matches of ``separator`` that are outside of brackets."""
    parts: list[str] = []
    start = last = depth = 0
    for match in separator.finditer(text):
        before = text[last : match.start()]
        depth = max(0, depth + before.count("(") - before.count(")"))
        last = match.end()
        if depth == 0:
            parts.append(text[start : match.start()].strip())
            start = match.end()
    return [*parts, text[start:].strip()]


def _split_places(text: str) -> list[str]:
    """Divide ``text`` at separators that can also be a part of the name of a place, such as "and".

    A text of more than ``_MAX_LISTED_LENGTH`` characters is not divided.
    """
    if len(text) > _MAX_LISTED_LENGTH:
        return [text]
    if bracketed := _several_in_brackets(text):
        return bracketed
    for separator, divides in (
        (_AND, _is_list),
        (_AND_BETWEEN_CITIES, _are_cities),
        (_SLASH, _are_of_one_kind),
        (_DASH, _are_whole),
    ):
        parts = _divided(separator, text)
        if len(parts) > 1 and divides(parts):
            return [name for part in parts for name in _split_places(part)]
    return _by_commas(text)


def _several_in_brackets(text: str) -> list[str]:
    """Divide a text that names several countries in brackets after a way of working.

    For example, ``Remote (US or Canada)`` gives ``Remote (US)`` and ``Remote (Canada)``. The result
    is empty for other texts.
    """
    before, _, inside = text.partition("(")
    if not inside.endswith(")") or "(" in inside or without_ways_of_working(before).strip(" -"):
        return []
    names = place_names(inside[:-1])
    if len(names) < 2 or not all(locate(each).country for each in names):
        return []
    return [f"{before.strip()} ({each})".strip() for each in names]


def _is_list(parts: list[str]) -> bool:
    """Return whether the parts between words for "and" are separate places."""
    return (
        not is_way_of_working(parts[0])
        and all(part and not part[0].islower() for part in parts)
        and not any(
            part.casefold().startswith(_SECOND_NAMES) or _NOT_ANOTHER_PLACE.match(part)
            for part in parts[1:]
        )
    )


def _are_cities(parts: list[str]) -> bool:
    """Return whether each part is the name of a city, or an address that ends with a city."""
    return all(
        is_city_name(address["city"] if (address := _ADDRESS.search(part)) else part)
        for part in parts
    )


def _are_of_one_kind(parts: list[str]) -> bool:
    """Return whether the parts are separate places of one kind.

    Return True if all parts are countries or none is. If there are only two parts, a state counts
    as a country. Return False if a part is empty, or the first part is a way of working such as
    "remote". Parts that contain a comma are not compared.
    """
    is_country = is_broad if len(parts) == 2 else certain_country
    kinds = {bool(is_country(part)) for part in parts if "," not in part}
    return all(parts) and len(kinds) < 2 and not is_way_of_working(parts[0])


def _are_whole(parts: list[str]) -> bool:
    """Return whether each part ends with its country or state: ``Rome, IT - Bonn, DE``."""
    return all("," in part and ends_place(part.rpartition(",")[2].strip()) for part in parts)


def _by_commas(text: str) -> list[str]:
    """Divide a list of places at commas.

    It is a list in each of these cases:

    - All parts are different countries: ``Germany, Austria``.
    - At least three parts are different cities, and no part is anything else: ``Bonn, Jena, Ulm``.
      Two names could be a city and its region: ``Sabadell, Barcelona``.
    - Each place ends with its state or country: ``Austin, TX, Boston, MA``.

    Other texts are not divided.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return [text]
    if len(parts) > 2 and _are_different_cities(parts):
        return parts
    countries = set(takewhile(bool, map(_only_country, parts)))
    if len(parts) == len(countries):
        return parts
    groups: list[list[str]] = [[]]
    for part in parts:
        if ends_place(part) and not groups[-1] and len(groups) > 1:
            groups[-2].append(part)
        else:
            groups[-1].append(part)
            if ends_place(part):
                groups.append([])
    if groups[-1] or len(groups) < 3 or any(len(group) < 2 for group in groups[:-1]):
        return [text]
    return [", ".join(group) for group in groups[:-1]]


def _are_different_cities(names: list[str]) -> bool:
    """Return whether the names are different known cities, and the last one is not a region."""
    return (
        len(set(names)) == len(names)
        and all(map(is_city_name, names))
        and not any(is_broad(name) for name in names)
        and names[-1].casefold() not in _COUNTIES_NAMED_LIKE_CITIES
    )


def _only_country(name: str) -> str | None:
    """Return the country that ``name`` states; None if it also states a city or a region."""
    location = locate(name)
    return location.country if location.city is location.region is None else None
