"""Tests of reading the lists of companies that users import."""

import pytest

from include.core.companies.company_lists import ListedCompany, read_companies, read_entries
from include.errors import ParseError


def entries(document: str) -> list[tuple[str | None, str | None]]:
    return [(each.name, each.address) for each in read_companies(document)]


ACME = ("Acme", "https://jobs.lever.co/acme")


@pytest.mark.parametrize(
    "line",
    [
        "Acme https://jobs.lever.co/acme",
        "- Acme: https://jobs.lever.co/acme",
        "1. Acme – jobs.lever.co/acme",
        "* [Acme](https://jobs.lever.co/acme)",
        "https://jobs.lever.co/acme Acme",
        "Acme\thttps://jobs.lever.co/acme",
    ],
)
def test_a_line_names_a_company_and_its_address_in_any_order(line: str) -> None:
    assert entries(line) == [ACME]


@pytest.mark.parametrize(
    "document",
    [
        "company,url\r\nAcme,https://jobs.lever.co/acme\r\n",
        "Website;Name\nhttps://jobs.lever.co/acme;Acme",
        '"Name","Careers page"\n"Acme","jobs.lever.co/acme"',
        "Acme,Oslo,https://jobs.lever.co/acme",
    ],
)
def test_a_csv_file_is_read_with_and_without_a_header(document: str) -> None:
    assert entries(document) == [ACME]


def test_a_quoted_field_may_have_a_comma() -> None:
    assert entries('"Acme, Inc.",jobs.lever.co/acme') == [
        ("Acme, Inc.", "https://jobs.lever.co/acme")
    ]


def test_an_opml_file_is_read_with_its_folders() -> None:
    document = """<?xml version="1.0"?><opml version="2.0"><body><outline text="Jobs">
        <outline text="Acme" htmlUrl="https://jobs.lever.co/acme" xmlUrl="https://x.test/rss"/>
        <outline text="Other Ltd"/></outline></body></opml>"""
    assert entries(document) == [ACME, ("Other Ltd", None)]


def test_lines_without_an_address_are_names_and_blank_ones_nothing() -> None:
    assert entries("\ufeffAcme\n\n  \nOther & Sons\nAcme\n") == [
        ("Acme", None),
        ("Other & Sons", None),
    ]


def test_entries_of_the_api_are_read_like_lines() -> None:
    assert read_entries(["Acme, https://jobs.lever.co/acme?a=1,2", "ada@acme.com"]) == (
        ListedCompany(name="Acme", address="https://jobs.lever.co/acme?a=1,2"),
        ListedCompany(name="ada@acme.com", address=None),
    )


def test_broken_opml_is_an_error() -> None:
    with pytest.raises(ParseError):
        read_companies("<opml><body>")


@pytest.mark.parametrize(
    "document",
    [
        "Company Name,Careers URL\nAcme,https://jobs.lever.co/acme",
        "company_name;career_page_url;notes\nAcme;https://jobs.lever.co/acme;good",
        "id,name,url\n1,Acme,https://jobs.lever.co/acme",
        "Notes\tJob board\tEmployer\ngood\thttps://jobs.lever.co/acme\tAcme",
        '"Website","Organisation"\n"https://jobs.lever.co/acme","Acme"',
    ],
)
def test_the_name_is_in_the_column_whose_title_says_so(document: str) -> None:
    assert read_companies(document) == (
        ListedCompany(name="Acme", address="https://jobs.lever.co/acme"),
    )


def test_a_first_row_with_one_word_of_a_title_is_a_company() -> None:
    assert [company.name for company in read_companies("Company,Paris\nAcme,Oslo")] == [
        "Company",
        "Acme",
    ]
