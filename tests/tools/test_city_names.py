import gzip

from include.core.places.cities import FILE
from tools.city_names import city_names, read_cities


def city(name: str, *others: str, population: int = 5_000) -> dict[str, object]:
    return {"name": name, "alternatenames": others, "population": population}


def test_only_names_that_people_write_are_listed() -> None:
    large = city(
        "Leeds", "LBA", "lidsi", "Лидс", "LD", "Leeds (England)", "లీడ్స్", population=200_000
    )
    assert city_names([large, city("Bonn", "Bonna"), city("Paris 11e"), city("Åre")]) == [
        "bonn", "leeds", "åre", "лидс",
    ]  # fmt: skip


def test_the_shipped_list_is_what_the_tool_makes() -> None:
    assert gzip.decompress(FILE.read_bytes()).decode().split("\n") == city_names(read_cities())
