import pytest

from include.core.places.cities import is_city_name
from include.core.places.places_in_prose import places_in_prose


@pytest.mark.parametrize(
    ("text", "language", "raw"),
    [
        ("You work in our office in Leeds.", "en", "Leeds"),
        ("Für unser Werk in Hemer suchen wir dich.", "de", "Hemer"),
        ("da inserire presso la sede di Correggio (RE).", "it", "Correggio (RE)"),
        ("Le poste est basé à Saint-Aubin.", "fr", "Saint-Aubin"),
        ("Căutăm colegi pentru magazinul nostru din Sibiu.", "ro", "Sibiu"),
        ("Στα γραφεία μας στην Πάτρα", "el", "Πάτρα"),
        ("Bekerja di kantor kami di Bandung.", "id", "Bandung"),
        ("Our office in Leeds works with our office in York.", "en", None),
        ("We opened our office in January 2020.", "en", None),
        ("You will be based at our Bristol office.", "en", "Bristol"),
        ("You will work with our Marketing office.", "en", None),
        ("Das Kantonsspital Rheintal in Altstätten sucht dich.", "de", "Altstätten"),
        ("In unserer Krippe „Wasserflöhe“ in Bremen-Walle", "de", "Bremen-Walle"),
        ("Broom AS holder til i Ålesund og har 14 ansatte.", "no", "Ålesund"),
        ("We swept the office in two hours.", "en", None),
    ],
)
def test_the_only_place_of_work_in_the_sentences_is_read(
    text: str, language: str, raw: str | None
) -> None:
    assert [place.raw for place in places_in_prose(text, language)] == ([raw] if raw else [])


def test_names_of_cities_are_known_in_many_languages() -> None:
    assert all(map(is_city_name, ["München", "Munich", "上海", "Labuan Bajo", "JENA"]))
    assert not any(map(is_city_name, ["Marketing", "Sales", "Produktion", ""]))


def test_a_name_may_contain_an_elided_article() -> None:
    found = places_in_prose("Siamo una piccola osteria a Trezzo sull'Adda.", "it")

    assert [each.raw for each in found] == ["Trezzo sull'Adda"]
