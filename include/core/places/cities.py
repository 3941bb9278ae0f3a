"""Recognise the names of cities. A name shows that a text is a place, but not in which country.

``city_names.txt.gz`` contains the names of all cities that have at least 5,000 inhabitants. For
cities that have at least 200,000 inhabitants, it also contains their names in other languages. Each
line is one casefolded name. The names come from GeoNames (geonames.org, CC BY 4.0). ``make
city-names`` makes the file (``tools.city_names``).
"""

import gzip
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("city_names.txt.gz")
_OTHER_WORDS = frozenset({
    "sales", "mobile", "bar", "central", "metro", "union", "university", "march", "young", "energy",
    "data", "media", "hospital", "care", "home", "office", "student", "senior", "service", "talent",
    "reception", "college", "north", "south", "east", "west", "center", "centre", "logistics",
})  # fmt: skip
"""Names of cities that are not recognised, because they are also common words."""


def is_city_name(name: str) -> bool:
    """Return whether a city has this name, in any case, and the name is not in ``_OTHER_WORDS``."""
    folded = name.casefold()
    return folded in _names() and folded not in _OTHER_WORDS


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(gzip.decompress(FILE.read_bytes()).decode().split("\n"))
