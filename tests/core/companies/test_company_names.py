"""Tests of reading company names from configs, hosts and page titles, and of comparing them."""

import pytest

from include.core.companies.company_names import (
    agree,
    display_name,
    domain_of,
    is_opaque,
    name_from_title,
    slug_of,
)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"board": "acme"}, "acme"),
        ({"host": "acme.wd5.myworkdayjobs.com", "tenant": "acme", "site": "External"}, "acme"),
        ({"host": "ebcd.fa.us2.oraclecloud.com", "site": "CX_1"}, "ebcd"),
        ({"url": "https://careers.acme.example/sitemap.xml"}, "acme"),
        ({"board": "acme-inc-3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"}, "acme-inc"),
        ({"agency": "acme"}, "acme"),
        ({"board": "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"}, "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"),
        ({"url": "https://careers.pageuppeople.com/541/cw/en"}, "source"),
        ({"url": "http://[broken"}, "source"),
        ({}, "source"),
    ],
    ids=str,
)
def test_a_company_has_the_readable_name_of_its_config(config: dict[str, str], name: str) -> None:
    assert display_name("source", config) == name


@pytest.mark.parametrize(
    ("name", "other", "agreed"),
    [
        ("acme", "Acme Inc.", True),
        ("société-générale", "SocieteGenerale", True),
        ("acme", "globex", False),
        ("app", "apple", False),
        ("ibm", "IBM", True),
        ("acme", "the very long name of a firm with acme in it", False),
        ("", "", False),
    ],
)
def test_names_agree_if_one_holds_the_other(name: str, other: str, agreed: bool) -> None:
    assert agree(name, other) is agree(other, name) is agreed


@pytest.mark.parametrize(
    "name", ["CX_1", "External", "careers", "Global Careers Site", "30.005", "TEC1006TESER", ""]
)
def test_names_that_say_nothing_are_opaque(name: str) -> None:
    assert is_opaque(name)


def test_names_of_companies_are_not_opaque() -> None:
    assert not any(map(is_opaque, ("acme", "External Affairs Ltd", "careersource", "3M")))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Careers at Acme Clinics | Jobs", "Acme Clinics"),
        ("Acme – Night Cook", "Acme"),
        ("Jobs", None),
        ("", None),
        (None, None),
    ],
)
def test_the_name_is_the_part_of_a_title_that_agrees_with_the_host(
    title: str | None, name: str | None
) -> None:
    assert name_from_title(title, "acme") == name


def test_a_registered_domain_of_a_country_has_three_labels() -> None:
    assert domain_of("jobs.acme.co.uk") == "acme.co.uk"
    assert domain_of("jobs.acme.example") == "acme.example"
    assert domain_of("acme.de") == "acme.de"


def test_a_slug_has_the_letters_of_the_name() -> None:
    assert slug_of("Ácme & Sons, Inc.") == "acme-sons-inc"
    assert slug_of("株式会社") == "company"
