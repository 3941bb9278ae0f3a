"""Tests of removing the parts of a page that do not belong to the posting.

In most tests, the parts that must be removed contain "Baker", and the parts that must stay contain
"by night" or "at dawn".
"""

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
        "Muut avoimet tehtävät", "이 공고를 본 구직자가 함께 본 공고", "看过该职位的人还看了",
        "People also viewed", "지원자 통계", "Bewertungen unserer Bewerber", "Dette sier kundene",
        "Quick links", "新着情報", "Trova il negozio più vicino",
        "Lees ook", "Lire aussi", "Jobs near this store", "Гарячі вакансії",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "others",
    [
        "<section><h3>{}</h3><div><p>Baker, Bonn</p></div></section>",
        "<h3>{}</h3><p>Baker, Bonn</p><p>Cook, Jena</p>",
        "<div><div class='box-title'>{}</div><ul><li>Baker, Bonn</li></ul></div>",
        "<div><b>{}</b><p>Baker, Bonn</p><p>Cook, Jena</p></div>",
    ],
)
def test_other_postings_below_a_heading_are_left_out(heading: str, others: str) -> None:
    text = text_of(f"<main><h1>Sweeper</h1>{PROSE}{others.format(heading)}</main>")

    assert "by night" in text
    assert "Baker" not in text


@pytest.mark.parametrize(
    "heading",
    ["Фото офісу", "Galerie photos", "先輩社員の声", "Testimonianze"],
)
def test_boxes_about_the_company_and_its_staff_are_left_out(heading: str) -> None:
    box = f"<section><h3>{heading}</h3><p>Ann Baker</p></section>"

    assert "Baker" not in text_of(f"<main><h1>Sweeper</h1>{PROSE}{box}</main>")


@pytest.mark.parametrize(
    "part",
    [
        "<ul><li><b>News</b> that you write at dawn</li><li><b>Brooms</b> of birch</li></ul>",
        "<div><p><b>News</b> that you write at dawn</p></div>",
        "<div><p><b>Your colleagues</b></p><p>Twelve sweepers start at dawn.</p></div>",
        "<section><h3>Our offices</h3><p>You may start at dawn in Bonn or Jena.</p></section>",
    ],
)
def test_parts_of_the_posting_with_bold_words_are_kept(part: str) -> None:
    assert "at dawn" in text_of(f"<main><h1>Sweeper</h1>{PROSE}{part}</main>")


@pytest.mark.parametrize(
    "names", ["swiper reasons", "owl-carousel", "slick-slider", "splide", "company-rating"]
)
def test_carousels_and_ratings_are_left_out(names: str) -> None:
    box = f"<div class='{names}'><div><h4>Bread</h4><p>A Baker visits us.</p></div></div>"

    text = text_of(f"<main><h1>Sweeper</h1><div>{PROSE}{box}<p>We start at dawn.</p></div></main>")

    assert "Baker" not in text
    assert "at dawn" in text


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
        "<div><h3>Your letter</h3><label>CV<input type='file'></label><i>One letter</i></div>",
        "<fieldset><legend>Your letter</legend><label>Name <input></label></fieldset>",
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
    "sentence",
    [
        "We use cookies to count our visitors.", "Vi använder kakor på vår webbplats.",
        "Sitemizde çerezler kullanılmaktadır.", "Az oldal sütiket használ.",
        "当サイトはクッキーを使用します。",
    ],
)  # fmt: skip
def test_a_box_that_asks_for_consent_in_its_text_is_left_out(sentence: str) -> None:
    box = f"<div class='b7'><p>{sentence}</p><button>OK</button></div>"

    assert sentence not in text_of(f"<h1>Sweeper</h1>{PROSE}{box}")


def test_a_posting_about_cookies_is_read() -> None:
    assert "bake cookies" in text_of(f"<h1>Baker</h1>{PROSE}<p>You bake cookies and cake.</p>")


def test_short_lines_before_the_title_are_left_out_and_sentences_stay() -> None:
    before = "<p>Back to our jobs</p><p>Acme has swept the streets of four towns for more than a "
    before += "hundred years, and is a family business.</p>"
    text = text_of(f"<main>{before}<h1>Sweeper</h1>{PROSE}</main>")

    assert "Back" not in text
    assert "family business" in text


@pytest.mark.parametrize(
    "others",
    [
        "<div class='footerpanel'>Head office, Baker Street</div>",
        "<div id='foot'>Head office, Baker Street</div>",
        "<div class='recent'><h3>What's new</h3><table><tr><td>Baker</td></tr></table></div>",
        "<div id='others'><p>Baker, Bonn</p></div>",
        "<section data-automation-id='sidebar'><p>Meet our Bakers</p></section>",
        "<div>Share this page: <a>Baker</a> <a>Facebook</a> <a>Copy the link</a></div>",
        "</main><footer>Acme</footer><div><p>Baker Street, beds and sofas</p></div>",
    ],
)
def test_parts_of_the_site_around_the_posting_are_left_out(others: str) -> None:
    text = text_of(f"<main><h1>Sweeper</h1>{PROSE}{others}")

    assert "by night" in text
    assert "Baker" not in text


def test_a_footer_of_an_article_does_not_end_the_page() -> None:
    article = "<article><h2>Team</h2><footer>Ours</footer></article><p>We sweep at night.</p>"

    assert "We sweep at night." in text_of(f"<h1>Sweeper</h1>{PROSE}{article}")


def test_an_anchor_with_a_name_is_no_link() -> None:
    assert "What you do" in text_of(f"<h1>Sweeper</h1><p><a name='a'>What you do</a></p>{PROSE}")


@pytest.mark.parametrize(
    "fact",
    [
        "<dl><dt>Location</dt><dd><a href='/in/bonn'>Bonn, Germany</a></dd></dl>",
        "<p>Location: <a href='/in/bonn'>Bonn, Germany</a></p>",
        "<p><span class='location'><a href='/in/bonn'>Bonn, Germany</a></span> in the city</p>",
        "<ul><li><i class='icon-pin'></i><a href='/in/bonn'>Bonn, Germany</a></li></ul>",
    ],
)
def test_a_fact_that_links_to_other_postings_is_read(fact: str) -> None:
    posting = read_posting(page(f"<body><h1>Sweeper</h1>{fact}{PROSE}</body>"))

    assert [each.city for each in posting.locations] == ["Bonn"]


def test_links_to_the_next_posting_are_no_facts() -> None:
    cells = "<tr><th>Next posting</th><td><a href='/2'>Baker, Bonn</a></td></tr>"

    assert "Baker" not in text_of(f"<h1>Sweeper</h1>{PROSE}<table>{cells}</table>")


@pytest.mark.parametrize(
    "footer",
    [
        "<div><p>Acme Ltd, Baker Street</p><p>© 2026 Acme</p></div>",
        "<div><p>© 2026 Acme</p><div>Follow our Baker</div></div><div>Baker's dozen</div>",
        "<p>Copyright 2026 Baker. All rights reserved.</p>",
        "<p>Baker, All Rights Reserved</p>",
        "<p>(c)2026 Baker</p>",
        "<table><tr><td><font>&copy; Baker</font></td></tr></table>",
    ],
)
def test_a_part_that_states_the_copyright_is_a_footer(footer: str) -> None:
    text = text_of(f"<div><div><h1>Sweeper</h1>{PROSE}</div>{footer}</div>")

    assert "by night" in text
    assert "Baker" not in text


@pytest.mark.parametrize(
    "after",
    [
        "<section><h2>Ann's story</h2><p>Baker and friend.</p></section>",
        "<div><h4>Beware of fraud!</h4><p>A Baker never asks for money.</p></div>",
        "<p>Start your free trial of the Baker.</p>",
    ],
)
def test_parts_after_other_postings_are_left_out(after: str) -> None:
    others = "<section><h2>Other jobs</h2><p>Cook</p></section>"
    text = text_of(f"<main><div><h1>Sweeper</h1>{PROSE}</div>{others}{after}</main>")

    assert "by night" in text
    assert "Baker" not in text


@pytest.mark.parametrize(
    "posting",
    [
        f"<h1>Sweeper</h1><div><div><h3>Similar jobs</h3><p>Cook</p></div><div>{PROSE}</div></div>",
        f"<h1>Sweeper</h1><div>{PROSE}</div><div><div><h3>Similar jobs</h3><p>Cook</p></div>"
        "<div><dl><dt>Shift</dt><dd>by night</dd></dl></div></div>",
        f"<h1>Sweeper</h1><div>{PROSE}</div><div><h3>Similar jobs</h3><p>Cook</p></div>"
        "<p>Write by night to <a href='mailto:a@acme.example'>Ann</a></p>",
    ],
)
def test_parts_of_the_posting_after_other_postings_stay(posting: str) -> None:
    text = text_of(posting)

    assert text.count("by night") == posting.count("by night")
    assert "Cook" not in text


@pytest.mark.parametrize(
    "card",
    [
        "<h4>Baker</h4><p>Bonn</p><a href='/2'>View</a>",
        "<h4><a href='/2'>Baker</a></h4><p>Bonn</p>",
    ],
)
def test_neighbouring_cards_with_a_link_are_other_postings(card: str) -> None:
    cards = f"<div class='c'>{card}</div>" * 3

    assert "Baker" not in text_of(f"<h1>Sweeper</h1>{PROSE}<section>{cards}</section>")


@pytest.mark.parametrize(
    "box",
    [
        "<div><p>We respect the privacy of each Baker.</p><button>Accept all</button></div>",
        "<div><p>Baker misst.</p><span role='button'>Alle akzeptieren</span></div>",
        "<div><p>Baker uses cookies to count its visitors.</p></div>",
        "<p>Share with a Baker: <a href='#'>Facebook</a> · <a href='#'>X</a></p>",
        "<div><p>Tell a Baker</p><a href='https://x.example/sharer'><i></i></a></div>",
        "<p>Baker, <a href='/login'>log in</a> to apply.</p>",
        "<section><p>“The Baker looked after us well.”</p><p>Ann, Bonn</p></section>",
        "<figure><blockquote>The Baker is good.</blockquote><figcaption>Ann</figcaption></figure>",
        "<div class='pill w-condition-invisible'>Baker</div>",
        "<div><h2>Apply as Baker</h2><div><label>Name</label><input></div></div>",
    ],
)
def test_boxes_are_recognised_by_their_content(box: str) -> None:
    text = text_of(f"<div><h1>Sweeper</h1>{PROSE}</div>{box}")

    assert "by night" in text
    assert "Baker" not in text


def test_facts_beside_buttons_to_share_are_read() -> None:
    facts = "<div><span>Bonn, Germany</span><span>Full-time</span><a href='/sharer'>Share</a></div>"
    posting = read_posting(page(f"<body><div><h1>Sweeper</h1></div>{facts}{PROSE}</body>"))

    assert [each.city for each in posting.locations] == ["Bonn"]


def test_text_that_only_small_screens_hide_is_read() -> None:
    assert "at dawn" in text_of(f"<h1>Sweeper</h1>{PROSE}<p class='hidden md:block'>at dawn</p>")


@pytest.mark.parametrize(
    "part",
    [
        "<figure><img src='a.jpg'><figcaption>The yard at dawn</figcaption></figure>",
        "<p>“We sweep each street of this town.” This is what we do at dawn, and at night.</p>",
    ],
)
def test_pictures_and_quoted_mottos_are_read(part: str) -> None:
    assert "at dawn" in text_of(f"<h1>Sweeper</h1>{PROSE}{part}")


@pytest.mark.parametrize(
    "part",
    [
        f"<div class='hidden'>{PROSE}<p>We start at dawn.</p></div>",
        f"<div><h3>Tasks</h3>{PROSE}<p>at dawn</p><a href='/a'>More</a></div>" * 2,
        f"<p>“We sweep each street of this town.”</p><div>{PROSE}<p>We start at dawn.</p></div>",
        f"<div><div>{PROSE}<p>We start at dawn.</p>We obey © rules of the town.</div></div>",
    ],
)
def test_long_parts_stay(part: str) -> None:
    assert "at dawn" in text_of(f"<main><h1>Sweeper</h1>{PROSE}{part}</main>")


def test_a_description_of_the_company_after_other_postings_stays() -> None:
    company = "<section><h3>About us</h3><p>Founded in 1902</p><p>74 people at dawn</p></section>"
    others = "<section><h3>Similar jobs</h3><p>Cook</p></section>"

    assert "at dawn" in text_of(f"<h1>Sweeper</h1>{PROSE}{others}{company}")


NEWS = "<p>Our bakers won a prize in the capital this week.</p>"


@pytest.mark.parametrize(
    "html",
    [
        # The title and most of the text are in one element, and the rest stands outside of it.
        "<div class='a'><h1>Sweeper</h1>{text}</div><div class='b'><h3>Prizes</h3>{news}</div>",
        "<table><tr><td>{news}</td><td><h1>Sweeper</h1>{text}</td></tr><tr><td>{news}</td></tr></table>",
        "<main><section><h1>Sweeper</h1><div>{text}</div></section><p>{news}</p></main>",
        # Either the text has no headings, or its headings are of another level than the heading of
        # the box after it.
        "<div><h1>Sweeper</h1></div><div>{text}</div><div><h3>Prizes</h3>{news}</div>",
        "<h1>Sweeper</h1><div><h3>Tasks</h3>{text}</div><div><h2>Prizes</h2>{news}</div>",
        "<h1>Sweeper</h1><div>{text}</div><div><h4>Prizes</h4></div><div>{news}</div>",
    ],
)
def test_short_boxes_after_the_posting_are_left_out(html: str) -> None:
    text = text_of(html.format(text=PROSE, news=NEWS))

    assert "by night" in text
    assert "bakers" not in text


@pytest.mark.parametrize(
    "html",
    [
        # The box beside the text has a list without links.
        "<div><h1>Sweeper</h1>{text}</div><div><h3>We offer</h3>{offer}</div>",
        "<h1>Sweeper</h1><div>{text}</div><div><h3>We offer</h3>{offer}</div>",
        # The sections have the same level.
        "<h1>Sweeper</h1><div><h3>Tasks</h3>{text}</div><div><h3>Offer</h3>Thirty free days</div>",
        "<h1>Sweeper</h1><h2>Tasks</h2><div>{text}</div><div><h2>Offer</h2>Thirty free days</div>",
        # The element with the title contains only a small part of the text.
        "<div><h1>Sweeper</h1><p>We sweep all streets.</p></div><div>{text}</div>{offer}",
    ],
)
def test_sections_of_the_posting_beside_its_text_stay(html: str) -> None:
    offer = "<ul><li>Thirty free days of leave</li><li>A broom of your own choice</li></ul>"
    text = text_of(html.format(text=PROSE, offer=offer))

    assert "by night" in text
    assert "Thirty free days" in text


def test_a_box_with_a_form_may_explain_it_at_some_length() -> None:
    hint = (
        "<p>" + "Please fill in each field that has a star, or send us your letter. " * 3 + "</p>"
    )
    form = f"<div><h2>Apply</h2>{hint}<form><label>Name<input></label></form></div>"

    assert "letter" not in text_of(f"<main><h1>Sweeper</h1>{PROSE}{form}</main>")


@pytest.mark.parametrize("name", ["map", "leaflet-control", "job-map"])
def test_the_copyright_of_a_map_does_not_end_the_page(name: str) -> None:
    place = (
        "<section><h2>Place of work</h2><p>We meet at dawn.</p>"
        f"<div class='{name}'><span>© contributors</span></div></section>"
    )

    assert "at dawn" in text_of(f"<main><h1>Sweeper</h1>{PROSE}{place}</main>")
