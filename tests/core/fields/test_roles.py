"""Tests that variants of a posting have the same role key, and different roles different keys."""

from typing import Any

import pytest

from include.core.fields.roles import role_key

TEXT = (
    "You lead a team of {n} people in {city}. You plan the shifts, order the goods and talk with "
    "our customers in {country} every day. We offer training, a bonus and a fair wage. Apply with "
    "your name and a few words about you, and tell us when you could begin to work with us."
)
PLACES = (
    ("Berlin", "Germany", "DE"),
    ("New York", "United States", "US"),
    ("San Sebastián", "Spain", "ES"),
    ("Lyon", "France", "FR"),
)
TITLES = (
    "Shift Lead",
    "Shift Lead (m/f/d)",
    "Shift Lead - {city}",
    "{city}: shift lead",
    "Shift Lead, {city}, {country}",
    "SHIFT LEAD | {city}",
)


def key(title: str, city: str, country: str, code: str, text: str = TEXT) -> int | None:
    """Return the role key of a variant of a posting, whose title and text name this place."""
    names = {"city": city, "country": country}
    record: dict[str, Any] = {
        "locations": [{"raw": f"{city}, {country}", "city": city, "region": None, "country": code}],
        "description_text": text.format(n=len(city), **names),
    }
    return role_key(record, title=title.format(**names), location=f"{city}, {country}")


def test_at_least_95_percent_of_labelled_copies_have_the_same_key() -> None:
    original = key(TITLES[0], *PLACES[0])
    copies = [key(title, *place) for title in TITLES for place in PLACES]
    assert original is not None
    assert copies.count(original) >= 0.95 * len(copies)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Senior Shift Lead", TEXT),
        ("Store Manager", TEXT),
        ("Shift Lead", TEXT.replace("order the goods", "keep the books")),
        ("Shift Lead", TEXT + " You work at night."),
    ],
)
def test_other_titles_and_other_texts_are_other_roles(title: str, text: str) -> None:
    assert key(title, *PLACES[0], text) != key("Shift Lead", *PLACES[0])


def test_short_and_unread_texts_are_compared_with_none() -> None:
    assert key("Shift Lead", *PLACES[0], "Come and work with us in {city}.") is None
    assert role_key(None, title="Shift Lead", location="Berlin") is None
