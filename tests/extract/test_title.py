"""Tests of finding the title of the posting on a page."""

from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser

from include.errors import ParseError
from include.extract import fingerprint_input, read_posting
from include.extract.title import find_title
from tests.extract.pages import page

PROSE = "<p>We sweep the streets of this town by night and by day, and we do it well. </p>" * 5


@pytest.mark.parametrize(
    ("head", "body"),
    [
        # Cases in which the h1 is the name of the site, and the h2 is the title.
        (
            '<meta property="og:title" content="Sweeper"><title>Sweeper - 31 - Acme</title>',
            "<header><h1>Acme</h1></header><main><h2>Sweeper</h2></main>",
        ),
        (
            '<meta property="og:site_name" content="Acme"><title>Sweeper | Acme</title>',
            "<main><h1>Acme</h1></main><h2>Sweeper</h2>",
        ),
        # Cases without an h1.
        (
            "<title>Acme Careers - Sweeper</title>"
            '<meta property="og:title" content="Acme is looking for Sweeper.">',
            "<h2>Sweeper</h2><h3>Description</h3>",
        ),
        ("<title>Sweeper</title>", "<h3>Sweeper</h3>"),
        (
            '<meta property="og:title" content="Acme jobs"><title>Acme jobs | Sweeper</title>',
            "<h4>Sweeper</h4><h4>Tasks</h4>",
        ),
        ("", "<span>Job Title:</span><span itemprop='title'>Sweeper</span>"),
        # A case in which the h1 is inside the header, but is not the name of the site.
        (
            '<title>Remote Sweeper at Acme - Board</title><meta property="og:title" '
            'content="Remote Sweeper at Acme">',
            "<header><h1>Sweeper</h1><h2>Acme</h2></header><h4>Baker</h4>",
        ),
        # A case in which related jobs follow the posting.
        ("<title>Sweeper | Acme</title>", "<h1>Sweeper</h1><h2>More jobs</h2><h1>Baker</h1>"),
    ],
)
def test_the_heading_that_matches_the_page_s_name_is_the_title(head: str, body: str) -> None:
    title = find_title(LexborHTMLParser(f"<head>{head}</head><body>{body}</body>"))

    assert title is not None
    assert title.text == "Sweeper"


def test_a_header_with_the_title_is_part_of_the_posting() -> None:
    html = (
        "<head><title>Sweeper | Acme</title></head><body><header><nav>Jobs</nav>"
        f"<h1>Sweeper</h1><p>Location(s)</p><p>Bremen</p></header>{PROSE}</body>"
    )

    assert [place.raw for place in read_posting(page(html)).locations] == ["Bremen"]
    assert fingerprint_input(page(html)).fields["location"] == "Bremen"


def test_a_header_without_the_title_is_not_part_of_the_posting() -> None:
    html = (
        "<head><title>Sweeper | Acme</title></head><body><header><h2>Acme</h2>"
        f"<p>Location: Bonn</p></header><h1>Sweeper</h1>{PROSE}</body>"
    )

    assert read_posting(page(html)).locations == ()


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<span class='cap'>S</span>enior Mechanic", "Senior Mechanic"),
        ("Fahrrad<wbr>mecha&shy;niker", "Fahrradmechaniker"),
        ("C<sup>++</sup> Developer", "C++ Developer"),
        ("Kaufmann<em>/-frau</em>", "Kaufmann/-frau"),
        ("<b>Senior</b> <i>Mechanic</i>, bikes", "Senior Mechanic, bikes"),
        ("Mechanic<br>Bremen", "Mechanic Bremen"),
        ("<div>Mechanic</div><div>Bremen</div>", "Mechanic Bremen"),
        ("<span>Mechanic</span><span>Bremen</span>", "Mechanic Bremen"),
    ],
)
def test_tags_in_a_title_divide_words_as_a_browser_shows_them(heading: str, title: str) -> None:
    shown = page(f"<body><main><h1>{heading}</h1>{PROSE}</main></body>")

    read = read_posting(shown)

    assert read.title == title
    assert read.description_text.startswith("We sweep")


@pytest.mark.parametrize(
    "box",
    [
        "<div class='cookie-consent'>",
        "<div id='onetrust-banner-sdk' role='region'>",
        "<div id='usercentrics-root'>",
        "<div aria-label='Cookie banner'>",
    ],
)
def test_a_box_that_asks_for_consent_is_neither_title_nor_text(box: str) -> None:
    consent_box = f"{box}<h1>Your privacy</h1><p>We use cookies.</p></div>"
    posting = f"<h1>Sweeper</h1>{PROSE}"
    for body in (consent_box + posting, posting + consent_box):
        read = read_posting(page(f"<body>{body}</body>"))

        assert (read.title, "cookies" in read.description_text) == ("Sweeper", False)


def test_a_page_that_is_named_like_a_consent_box_is_read() -> None:
    body = f"<body class='cookies-ok'><div id='consent-app'><h1>Sweeper</h1>{PROSE}</div></body>"

    assert read_posting(page(body)).title == "Sweeper"


def test_a_title_whose_link_has_an_invalid_address_is_read() -> None:
    source = f'<body><main><h1><a href="http://[x">Sweeper</a></h1>{PROSE}</main></body>'

    assert read_posting(page(source)).title == "Sweeper"


@pytest.mark.parametrize(
    "section", ["İnsan Kaynakları", "Careers", "Offres d’emploi", "Volná místa", "採用情報"]
)
def test_the_name_of_the_section_is_not_the_title(section: str) -> None:
    read = read_posting(
        page(
            f"<head><title>Acme | {section} | Sweeper</title></head>"
            f"<body><h1>{section}</h1><main><h2>Sweeper</h2>{PROSE}</main></body>"
        )
    )

    assert read.title == "Sweeper"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Sweeper - (26003417)", "Sweeper"),
        ("Sweeper (ID: 417388)", "Sweeper"),
        ("Sweeper (2027)", "Sweeper (2027)"),
        ("Sweeper 26003417", "Sweeper 26003417"),
    ],
)
def test_the_number_of_the_posting_is_no_part_of_its_title(heading: str, title: str) -> None:
    posting = read_posting(page(f"<body><h1>{heading}</h1>{PROSE}</body>"))

    assert posting.title == title
    assert heading not in posting.description_text


@pytest.mark.parametrize(
    ("head", "body"),
    [
        # The logo is a link to the home page, inside of the heading or around it.
        (
            "<title>Sweepers wanted | Acme</title>",
            "<header><h1><a href='/'>Acme</a></h1></header><h2>Sweeper</h2>",
        ),
        (
            "<title>Sweepers wanted | Acme</title>",
            "<div><a href='https://acme.example/en/'><h1>Acme</h1></a></div><h2>Sweeper</h2>",
        ),
        # The h1 is a slogan.
        (
            "<title>Sweeper | Acme</title>",
            "<main><h1>Your future starts here</h1><h2>Sweeper</h2></main>",
        ),
        ("<title>Ad 31 | Acme</title>", "<main><h1>Sweeper</h1><h2>Acme</h2></main>"),
        # There is no heading.
        ("<title>Sweeper - Acme Ltd</title>", "<p><b>Sweeper</b></p><p><b>Tasks</b></p>"),
        ("<title>Sweeper | Acme</title>", "<table><tr><th>Sweeper</th></tr></table>"),
    ],
)
def test_neither_a_logo_nor_a_slogan_is_the_title(head: str, body: str) -> None:
    posting = read_posting(page(f"<head>{head}</head><body>{body}{PROSE}</body>"))

    assert posting.title == "Sweeper"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        # The title is in an element that is no heading, and only sections have headings.
        (
            "<title>Sweeper | Acme</title>",
            "<div class='name'>Sweeper</div><h2>Main tasks</h2>{}<h2>Contact</h2>",
        ),
        (
            "<title>Job: Sweeper – Acme</title>",
            "<table><tr><td><h3>News</h3></td><td><span><b>Sweeper</b></span>{}</td></tr></table>",
        ),
        # The name of the page contains an inflected form of the title, and the class of an element
        # says that the element is the title.
        (
            "<title>Konkurs na stanowisko zamiatacza ulic miejskich - Acme</title>",
            "<div class='tytul'>Zamiatacz ulic miejskich</div>{}<h4>Metryka dokumentu</h4>",
        ),
        # The page is named after a section of the site, and the class of an element says that the
        # element is the title.
        ("<title>招聘详情-Acme</title>", "<p class='zp_title'>Sweeper</p>{}<h3>公司简介</h3>"),
        ("<title>Acme</title>", "<p class='job-name'>Sweeper</p>{}<h2>About us</h2>"),
        ("<title>Acme</title>", "<div role='heading' aria-level='1'>Sweeper</div>{}<h4>Who?</h4>"),
        # The address of the page states the title.
        (
            "<title>Rust officiële webstek</title>",
            "<div><h1>Acme officiële webstek</h1></div><h2>Wegenveger nacht</h2>{}<h2>Weer</h2>",
        ),
        # A section of the site is named like the page, and is an entry of its menu.
        ("<title>Banen – Rust</title>", "<ul><li>Banen</li></ul><h3>Sweeper</h3>{}<h4>Taak</h4>"),
        # Only a row states the title.
        (
            "<title>Acme</title>",
            "<table><tr><td>Stanowisko:</td><td>Sweeper</td></tr></table>{}<h4>Info</h4>",
        ),
    ],
)
def test_the_title_is_found_where_no_h1_states_it(head: str, body: str) -> None:
    html = f"<head>{head}</head><body>{body.format(PROSE)}</body>"
    shown = replace(page(html), url="https://acme.example/jobs/31-wegenveger-nacht")

    title = read_posting(shown).title

    assert title in ("Sweeper", "Zamiatacz ulic miejskich", "Wegenveger nacht")


@pytest.mark.parametrize(
    "body",
    [
        "{}<h2>About us</h2>",  # The heading is below the text.
        "<h2>Tasks</h2>{}<h2>Profile</h2>",  # Several headings have the same level.
        "<h2>Your contact:</h2>{}",
        "<h3 class='card-title'>Baker</h3>{}<h3 class='card-title'>Cook</h3>",
    ],
)
def test_the_heading_of_a_section_is_never_the_title(body: str) -> None:
    with pytest.raises(ParseError, match="neither structured data nor a heading"):
        read_posting(page(f"<body>{body.format(PROSE)}</body>"))


def test_a_title_that_is_no_heading_is_not_repeated_in_the_text() -> None:
    html = (
        "<head><title>Sweeper | Acme</title></head><body><p>Back to our jobs</p>"
        f"<div><p class='name'>Sweeper</p>{PROSE}</div></body>"
    )

    text = read_posting(page(html)).description_text

    assert text.startswith("We sweep")
    assert "Sweeper" not in text
