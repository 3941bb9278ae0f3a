from dataclasses import replace
from datetime import UTC, datetime

import pytest

from include.core.models import EmploymentType, PayPeriod, Workplace
from include.errors import ParseError
from include.extract import fingerprint_input, read_posting
from tests.extract.pages import page

PROSE = "We sweep the streets of this town by night and by day, and we do it well. " * 5


def plain(*, views: int = 17, pay: str = "€30,000 – €35,000 a year", prose: str = PROSE) -> str:
    return f"""<!doctype html><html lang="en-GB"><head><title>Sweeper | Acme</title>
<meta property="og:site_name" content="Acme"><link rel="canonical" href="https://acme.example/1">
<script>window.t = {views}</script></head><body data-t="{views}">
<header><h1>Acme careers</h1><p>Banner {views}</p><nav><a>Jobs</a></nav></header>
<main><header><h1>Street  Sweeper</h1></header>
<p><strong>Location:</strong> Bremen, Germany; Jena, Germany</p>
<dl><dt>Employment type</dt><dd>Part-time</dd><dt>Workplace</dt><dd>Hybrid</dd></dl>
<p>Salary: {pay}</p><p>Posted: 5 March 2026</p>
<p>{prose}</p><h2>What you bring</h2><ul><li>You bring a broom</li></ul>
<noscript>{views}</noscript></main>
<aside>{views} people viewed this job. Location: Anywhere</aside>
<footer>Rendered at {views}</footer></body></html>"""


def test_a_page_without_structured_data_is_read_by_its_heading_labels_and_text() -> None:
    read = read_posting(page(plain()))

    assert read.title == "Street Sweeper"
    assert [(place.city, place.country) for place in read.locations] == [
        ("Bremen", "DE"),
        ("Jena", "DE"),
    ]
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.workplace is Workplace.HYBRID
    assert read.salary is not None
    assert (read.salary.min, read.salary.max) == (30_000, 35_000)
    assert (read.salary.period, read.salary.origin) == (PayPeriod.YEAR, "text")
    assert read.posted_at == datetime(2026, 3, 5, tzinfo=UTC)
    assert (read.company, read.language) == ("Acme", "en")
    assert read.canonical_url == "https://acme.example/1"
    assert read.requirements == ("You bring a broom",)
    assert read.provenance["title"] == "text"
    assert read.provenance["canonical_url"] == "html"
    assert "viewed" not in read.description_text
    assert "Street Sweeper" not in read.description_text


def test_noise_around_the_main_text_does_not_change_a_fingerprint() -> None:
    seen_17_times, seen_18_times = (fingerprint_input(page(plain(views=n))) for n in (17, 18))

    assert seen_17_times.fields == seen_18_times.fields
    assert seen_17_times.text == seen_18_times.text


def test_a_changed_label_changes_the_fields_of_a_fingerprint_and_an_edit_changes_its_text() -> None:
    before = fingerprint_input(page(plain()))

    assert fingerprint_input(page(plain(pay="€31,000 – €35,000 a year"))).fields != before.fields
    assert fingerprint_input(page(plain(prose=PROSE + "By bus."))).text != before.text
    assert before.fields["title"] == "Street Sweeper"
    assert before.fields["location"] == "Bremen, Germany; Jena, Germany"
    assert before.fields["employment_type"] == "Part-time"


def test_a_relative_date_does_not_change_the_fields_of_a_fingerprint() -> None:
    def posted(text: str) -> str:
        return plain().replace("5 March 2026", text)

    assert (
        fingerprint_input(page(posted("3 days ago"))).fields
        == fingerprint_input(page(posted("4 days ago"))).fields
    )
    assert (
        fingerprint_input(page(posted("6 March 2026"))).fields
        != fingerprint_input(page(plain())).fields
    )


def test_an_almost_empty_main_element_is_ignored() -> None:
    html = f"<body><main><h1>Sweeper</h1></main><div><p>{PROSE}</p></div></body>"

    assert "by night" in fingerprint_input(page(html)).text
    assert "by night" in read_posting(page(html)).description_text


def test_a_page_without_a_heading_has_its_og_title() -> None:
    html = f'<head><meta property="og:title" content="Sweeper"></head><body><p>{PROSE}</p></body>'

    assert read_posting(page(html)).title == "Sweeper"


def test_a_page_without_any_title_is_an_error() -> None:
    with pytest.raises(ParseError) as refused:
        read_posting(page(f"<body><p>{PROSE}</p></body>"))

    assert refused.value.code == "parse"


@pytest.mark.parametrize(
    "html",
    [
        "",
        "  \n",
        "<html><body></body></html>",
        '<html><head><title>Jobs</title></head><body><div id="root"></div>'
        "<script>render()</script><noscript>Enable it</noscript></body></html>",
    ],
)
def test_a_page_without_visible_text_is_empty(html: str) -> None:
    for read in (fingerprint_input, read_posting):
        with pytest.raises(ParseError) as refused:
            read(page(html))
        assert refused.value.code == "empty"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "text/html"),
        (b"\xff\xd8\xff\xe0JFIF", "text/html"),
        (b"PK\x03\x04....", None),
        (b"<html>", "application/pdf"),
        (b"{}", "application/json"),
    ],
)
def test_a_response_that_is_not_html_is_refused(body: bytes, content_type: str | None) -> None:
    for read in (fingerprint_input, read_posting):
        with pytest.raises(ParseError) as refused:
            read(page(body, content_type))
        assert refused.value.code == "not_html"


def test_hidden_and_nested_navigation_is_removed() -> None:
    nested = "<nav><div hidden><nav><aside>x</aside></nav></div></nav>" * 50

    assert (
        "x"
        not in fingerprint_input(
            page(f"<body>{nested}<h1>Sweeper</h1><p>{PROSE}</p></body>")
        ).text.split()
    )


def test_a_location_is_joined_from_parts_with_separate_labels() -> None:
    facts = "<dl><dt>Country/Region:</dt><dd>Germany</dd><dt>City:</dt><dd>Bremen</dd></dl>"
    read = read_posting(page(f"<body><h1>Sweeper</h1>{facts}<p>{PROSE}</p></body>"))

    assert [(place.raw, place.country) for place in read.locations] == [("Bremen, Germany", "DE")]
    alone = facts.replace("City", "Visit us")
    assert read_posting(page(f"<body><h1>Sweeper</h1>{alone}<p>{PROSE}</p></body>")).locations == ()


def test_pay_of_a_label_gets_its_currency_from_the_same_amounts_in_the_text() -> None:
    html = "<body><h1>Sweeper</h1><p>Salary: {}</p><p>40 hours a week | US$12–16 an hour</p></body>"
    equal = read_posting(page(html.format("$12 to $16 Hour"))).salary
    different = read_posting(page(html.format("$20 Hour"))).salary

    assert equal is not None
    assert (equal.min, equal.max, equal.currency) == (12, 16, "USD")
    assert different is not None
    assert (different.min, different.currency) == (20, None)


def test_a_workplace_is_read_from_the_short_lines_above_the_text() -> None:
    html = f"<body><h1>Sweeper</h1><ul><li>Remote</li><li>Full-time</li></ul><p>{PROSE}</p></body>"

    assert read_posting(page(html)).workplace is Workplace.REMOTE


@pytest.mark.parametrize(
    ("fact", "currency"),
    [("4.100 lei net/lună", "RON"), ("Full-time | 4.100 lei net/lună + tips", "RON")],
)
def test_pay_among_the_facts_has_the_currency_of_the_site(fact: str, currency: str) -> None:
    body = f"<main><h1>Sweeper</h1><p>{fact}</p><p>{PROSE}</p></main>"

    read = read_posting(replace(page(body), url="https://brooms.example.ro/jobs/1")).salary

    assert read
    assert (read.min, read.currency, read.period) == (4_100, currency, PayPeriod.MONTH)


def test_pay_gets_its_currency_from_the_language_tag_of_the_page() -> None:
    html = f'<html lang="en-ZA"><main><h1>Sweeper</h1><p>Pay: R9 000 a month</p><p>{PROSE}</p>'

    read = read_posting(page(html)).salary

    assert read
    assert (read.min, read.currency) == (9_000, "ZAR")


@pytest.mark.parametrize(
    "sentence",
    ["Vale-refeição de R$ 41,00 por dia, plano de saúde.", "Rooms are €120 a week."],
)
def test_other_money_in_sentences_is_no_pay(sentence: str) -> None:
    assert (
        read_posting(page(f"<main><h1>Sweeper</h1><p>{sentence}</p><p>{PROSE}</p></main>")).salary
        is None
    )


def test_facts_before_the_title_are_read() -> None:
    facts = "<i>Design</i><i>Full time</i><i>Remoto (Argentina)</i>"
    body = f"<main><p>{facts}</p><h1>Diseñadora</h1><p>{PROSE}</p></main>"

    read = read_posting(page(body))

    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.workplace is Workplace.REMOTE
    assert [place.country for place in read.locations] == ["AR"]


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@type": "WebPage", "isPartOf": {"@id": "/"},'
        '"datePublished": "2026-11-04T09:00:00Z"}</script>',
        "<p><a href='/a'><time class='entry-date' datetime='2026-11-04'>4.11.</time></a></p>",
        "<p class=meta>By Ann | <span class=published>4 Nov 2026</span> | <a href='/b'>All</a></p>",
    ],
)
def test_the_date_of_an_article_is_that_of_the_posting(head: str) -> None:
    read = read_posting(page(f"{head}<main><h1>Sweeper</h1><p>{PROSE}</p></main>"))

    assert read.posted_at
    assert read.posted_at.date().isoformat() == "2026-11-04"


@pytest.mark.parametrize(
    ("label", "value"),
    [("Πού", "Χανιά"), ("Vestiging", "Zwolle"), ("Kunta", "Oulu"), ("Месторабота", "Бургас")],
)
def test_labels_of_places_are_known_in_many_languages(label: str, value: str) -> None:
    body = f"<main><h1>Sweeper</h1><table><tr><th>{label}<td>: {value}</table><p>{PROSE}</p></main>"

    assert [place.raw for place in read_posting(page(body)).locations] == [value]


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ("CDI | 35h | Nantes (44)", "Nantes (44)"),
        ("Joinville/SC - Presencial", "Joinville/SC"),
        ("Reno, NV | Full Time - 2nd shift", "Reno, NV"),
        ("Blenheim, Marlborough | Seasonal, in summer", "Blenheim, Marlborough"),
        ("Remote (US) | Full-time", "Remote (US)"),
    ],
)
def test_places_beside_other_facts_are_read(facts: str, place: str) -> None:
    read = read_posting(page(f"<main><h1>Sweeper</h1><p>{facts}</p><p>{PROSE}</p></main>"))

    assert [found.raw for found in read.locations] == [place]


def test_a_label_with_a_final_sigma_is_known() -> None:
    body = f"<main><h1>Sweeper</h1><p>Ημερομηνία δημοσίευσης: 2026-11-09</p><p>{PROSE}</p></main>"

    assert read_posting(page(body)).posted_at == datetime(2026, 11, 9, tzinfo=UTC)
