"""Tests that pages which take readers much time or memory are refused or read within limits."""

import time

import pytest

from include.errors import ParseError
from include.extract import fingerprint_input, read_posting
from include.pipeline.pages.reader_pool import PAGE_BUDGET
from tests.extract.hostile import TEXT
from tests.extract.pages import job, jsonld, page


def test_very_deep_nesting_is_refused_in_bounded_time() -> None:
    began = time.process_time()

    for html in ("<div>" * 100_000 + "deep", "<font>" * 100_000, "<b><p>" * 50_000):
        for read in (fingerprint_input, read_posting):
            with pytest.raises(ParseError):
                read(page(f"<body><h1>Sweeper</h1>{html}</body>"))

    assert time.process_time() - began < 10


@pytest.mark.parametrize("tag", ["<p{}>", "<body{}>", "</p{}>", "<script{}>", "<!-- <p> --><p{}>"])
def test_an_element_with_very_many_attributes_is_refused(tag: str) -> None:
    for attribute in (" a{}", " a{}='>'", "/a{}", ' a{}="<br>"'):
        attributes = "".join(attribute.format(number) for number in range(10_000))
        with pytest.raises(ParseError, match="attributes"):
            read_posting(page(f"<h1>Cook</h1><p>{TEXT}</p>{tag.format(attributes)}"))


def test_long_scripts_comments_and_values_do_not_count_as_attributes() -> None:
    words = "if i <n then " + "a b " * 20_000
    for html in (
        f"<script>{words}</script>",
        f"<STYLE>{words}</STYLE>",
        f"<!-- {words} -->",
        f"<div data-page='{words}'></div>",
        f'<div data-page="{words}"></div>',
    ):
        assert read_posting(page(f"<h1>Cook</h1><p>{TEXT}</p>{html}")).title == "Cook"


def test_nul_characters_are_removed_from_all_fields() -> None:
    posting = read_posting(jsonld(job(title="Sweep\x00er", description="<p>a\x00b \ud83d</p>")))

    assert posting.title == "Sweeper"
    assert posting.description_text == "ab"


def test_scripts_are_removed_from_a_description() -> None:
    posting = read_posting(jsonld(job(description="<p>Hi</p><script>x()<\\/script><img src=x>")))

    assert posting.description_html == "<p>Hi</p>"


def test_a_template_is_learned_from_a_part_of_a_long_page() -> None:
    blocks = fingerprint_input(
        page("<h1>Cook</h1>" + "".join(f"<p>{number}" for number in range(20_000)))
    ).blocks

    assert blocks is not None
    assert len(blocks.lines) < 6_000


def test_the_texts_of_very_many_options_are_not_read() -> None:
    options = "<OPTION value='>'>Mars</option>" * 2_000
    html = f"<h1>Cook</h1><select>{options}</select><p>{TEXT}</p>"

    assert read_posting(page(html)).description_text == TEXT.strip()


def test_a_description_has_a_maximum_length() -> None:
    for text in ("a " * 500_000, "&amp;" * 200_000, "\u00a0b" * 200_000, "<p>a</p>" * 100_000):
        posting = read_posting(jsonld(job(description=text)))
        assert 10_000 < len(posting.description_html) <= 600_000


def test_embedded_images_and_styles_do_not_count_as_description() -> None:
    image = f"<img class='a' src='data:image/png;base64,{'a' * 600_000}'>"

    assert (
        read_posting(jsonld(job(description=f"{image}<p>We cook."))).description_text == "We cook."
    )


@pytest.mark.timeout(60)
def test_a_long_content_type_is_read_within_the_budget() -> None:
    began = time.process_time()
    content_type = "text/html; charset=" + " " * 200_000 + ";"
    assert read_posting(page(f"<h1>Cook</h1><p>{TEXT}</p>", content_type)).title == "Cook"
    assert time.process_time() - began < PAGE_BUDGET.seconds


def test_objects_that_refer_to_each_other_are_read_in_time() -> None:
    things = [
        {"@id": f"#{number}", "@type": "Thing", "parts": [{"@id": f"#{n}"} for n in range(300)]}
        for number in range(300)
    ]
    posting = job(hiringOrganization={"@id": "#1"})

    assert read_posting(jsonld({"@graph": [posting, *things]})).title == "Sweeper"
