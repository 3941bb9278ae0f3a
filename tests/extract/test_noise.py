"""Tests of leaving out what surrounds a posting on its page."""

import pytest

from include.extract import read_posting
from tests.extract.pages import page

PROSE = "<p>We sweep the streets of this town by night and by day, and we do it well. </p>" * 5


def text_of(body: str) -> str:
    return read_posting(page(f"<body>{body}</body>")).description_text


@pytest.mark.parametrize(
    "heading",
    [
        "Similar jobs", "More roles at Acme", "Weitere offene Stellen", "Nos autres offres",
        "Otras ofertas de empleo", "Altre posizioni aperte", "Outras vagas", "Andere vacatures",
        "Zobacz inne nasze oferty", "Další volná místa", "Fler lediga jobb hos oss",
        "Lignende stillinger", "Muita avoimia työpaikkoja", "Hasonló állások", "Joburi recente",
        "Σχετικές θέσεις", "Diğer açık pozisyonlar", "Інші вакансії", "その他の募集",
        "다른 채용 공고",
        "Szukamy także", "Hľadáme aj", "Wir suchen auch", "Siehe auch", "Voir aussi", "Læs også",
        "See also", "Was this page helpful?", "Hjälpte sidan dig?", "Czy ta strona była pomocna?",
        "其他职位", "وظائف أخرى", "משרות נוספות", "Việc làm tương tự", "Lowongan lainnya",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "others",
    [
        "<section><h3>{}</h3><div><p>Baker, Bonn</p></div></section>",
        "<h3>{}</h3><p>Baker, Bonn</p><p>Cook, Jena</p>",
        "<div><div class='box-title'>{}</div><ul><li>Baker, Bonn</li></ul></div>",
    ],
)
def test_other_postings_below_a_heading_are_left_out(heading: str, others: str) -> None:
    text = text_of(f"<main><h1>Sweeper</h1>{PROSE}{others.format(heading)}</main>")

    assert "by night" in text
    assert "Baker" not in text


def test_blocks_of_links_are_left_out() -> None:
    links = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Shoes", "Hats", "Bags"))
    text = text_of(f"<div><ul>{links}</ul></div><h1>Sweeper</h1><div>{PROSE}</div>")

    assert "Hats" not in text
    assert "by night" in text


def test_a_link_inside_a_sentence_stays() -> None:
    sentence = "<p>Our <a href='/values'>values</a> guide what we do at each hour of the day.</p>"

    assert "Our values guide" in text_of(f"<h1>Sweeper</h1>{PROSE}{sentence}")
    assert "jobs@acme" in text_of(
        f"<h1>Sweeper</h1>{PROSE}<p><a href='mailto:jobs@acme.example'>jobs@acme.example</a></p>"
    )


@pytest.mark.parametrize(
    "form",
    [
        "<div><h2>Send us your letter</h2><form><label>Your name</label><input></form></div>",
        "<section><h2>Send us your letter</h2><input type='email'><button>Go</button></section>",
    ],
)
def test_a_form_is_left_out_with_its_heading(form: str) -> None:
    text = text_of(f"<main><h1>Sweeper</h1>{PROSE}{form}</main>")

    assert "letter" not in text
    assert "by night" in text


def test_a_form_around_the_whole_page_is_read() -> None:
    text = text_of(f"<form method='post'><h1>Sweeper</h1>{PROSE}</form>")

    assert "by night" in text


@pytest.mark.parametrize(
    "asking",
    [
        "We use cookies to count our visitors.", "Vi använder kakor på vår webbplats.",
        "Sitemizde çerezler kullanılmaktadır.", "Az oldal sütiket használ.",
        "当サイトはクッキーを使用します。",
    ],
)  # fmt: skip
def test_a_box_that_asks_for_consent_in_its_text_is_left_out(asking: str) -> None:
    box = f"<div class='b7'><p>{asking}</p><button>OK</button></div>"

    assert asking not in text_of(f"<h1>Sweeper</h1>{PROSE}{box}")


def test_a_posting_about_cookies_is_read() -> None:
    assert "bake cookies" in text_of(f"<h1>Baker</h1>{PROSE}<p>You bake cookies and cake.</p>")


def test_short_lines_before_the_title_are_left_out_and_sentences_stay() -> None:
    before = "<p>Back to our jobs</p><p>Acme has swept the streets of four towns for more than a "
    before += "hundred years, and is a family business.</p>"
    text = text_of(f"<main>{before}<h1>Sweeper</h1>{PROSE}</main>")

    assert "Back" not in text
    assert "family business" in text
