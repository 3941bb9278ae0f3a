"""Tests of reading facts from elements that are marked by a class or by the name of an icon."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from include.extract.named import labelled_icons, named_values


def values(html: str) -> dict[str, str]:
    root = LexborHTMLParser(html).root
    assert root is not None
    return named_values(root)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<li class='job-location'>Jena</li>", {"location": "Jena"}),
        ("<span class='jobLocation'>Jena</span>", {"location": "Jena"}),
        ("<li><i class='fa fa-map-marker-alt'></i> Jena</li>", {"location": "Jena"}),
        ("<p><svg><use href='#icon-pin'></use></svg><b>Jena</b></p>", {"location": "Jena"}),
        ("<li class='type'>Teilzeit</li>", {"employment_type": "Teilzeit"}),
        ("<li><i class='icon-clock'></i>Full-time</li>", {"employment_type": "Full-time"}),
        ("<div class='salary'>€ 3.000 per month</div>", {"salary": "€ 3.000 per month"}),
        (
            "<li class='date-posted'><time datetime='2026-05-12'>3 days ago</time></li>",
            {"posted_at": "2026-05-12"},
        ),
        (
            "<p><span><i class='icon-pin'></i> Jena</span>"
            "<span><i class='icon-pin'></i> Gera</span>"
            "<span><i class='icon-clock'></i> Full-time</span></p>",
            {"location": "Jena; Gera", "employment_type": "Full-time"},
        ),
        (
            "<p><i class='icon-pin'></i> Jena &nbsp; <i class='icon-clock'></i> Full-time</p>",
            {"location": "Jena", "employment_type": "Full-time"},
        ),
        (
            "<div><p class='location'>Jena</p></div><ul><li><p class='location'>Gera</p></li></ul>",
            {"location": "Jena"},
        ),
        ("<span class='city'>Praha 5</span>", {"location": "Praha 5"}),
        ("<span class='city'>București, Sector 2</span>", {"location": "București, Sector 2"}),
    ],
)  # fmt: skip
def test_a_named_value_is_read(html: str, expected: dict[str, str]) -> None:
    assert values(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<div class='location'>Home > Jobs > Sweeper</div>",
        "<li class='location'>12 Broom Street 4</li>",
        "<li class='location'>Location</li>",
        "<p class='location'>We are close to the station.</p>",
        "<li class='type'>Night shift</li>",
        "<li class='salary'>By agreement</li>",
        "<footer><i class='icon-pin'></i></footer>",
    ],
)
def test_a_text_that_cannot_be_the_value_is_not_read(html: str) -> None:
    assert values(html) == {}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b><mat-icon>place</mat-icon>A-07743 Jena</b>", {"location": "A-07743 Jena"}),
        (
            "<p><span class='material-icons'>location_on</span> Jena</p>"
            "<p><span class='material-icons'>schedule</span> Teilzeit</p>",
            {"location": "Jena", "employment_type": "Teilzeit"},
        ),
        (
            "<p><i class='material-symbols-outlined'>location_on</i> Jena "
            "<i class='material-symbols-outlined'>payments</i> € 3.000 per month</p>",
            {"location": "Jena", "salary": "€ 3.000 per month"},
        ),
        ("<p><mat-icon>schedule</mat-icon>10:30</p>", {}),
        ("<p><mat-icon>place</mat-icon></p>", {}),
        ("<p><mat-icon>place</mat-icon>We are close to the station.</p>", {}),
    ],
)  # fmt: skip
def test_the_text_of_an_icon_may_be_its_name(html: str, expected: dict[str, str]) -> None:
    root = LexborHTMLParser(html).root
    assert root is not None

    assert labelled_icons(root) == expected
