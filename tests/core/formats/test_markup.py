import time

import pytest

from include.core.formats.markup import (
    describe,
    requirements,
    sanitise,
    section,
    text_of_html,
    unescaped,
)
from include.errors import ParseError


def test_text_has_one_line_for_each_block_and_marks_list_items() -> None:
    read = describe(
        "<div><h2>What  you\n bring</h2><p>A <b>bo</b>ld<br>line</p>"
        "<ul><li><p>Tea &amp; biscuits</p></li><li>Patience<ul><li>much</li></ul></li></ul></div>"
        "<table><tr><td>Pay</td><td>fair</td></tr></table>"
    )

    assert read.text.splitlines() == [
        "What you bring",
        "A bold",
        "line",
        "- Tea & biscuits",
        "- Patience",
        "- much",
        "Pay fair",
    ]


def test_unsafe_html_is_removed() -> None:
    html = sanitise(
        '<p onclick="x()">Hi<script>alert(1)</script><img src=x onerror=y>'
        '<a href="javascript:x">a</a><a href="https://example.com">b</a></p>'
    )

    assert "script" not in html
    assert "onclick" not in html
    assert "<img" not in html
    assert html.endswith(
        '<a href="https://example.com" rel="noopener noreferrer nofollow">b</a></p>'
    )


def test_plain_text_keeps_its_lines_and_special_characters() -> None:
    read = describe("Pay > average & growing\n\nRequirements:\n- Patience")

    assert read.text == "Pay > average & growing\nRequirements:\n- Patience"
    assert read.html.startswith("Pay &gt; average &amp; growing<br>")


@pytest.mark.parametrize(
    "heading", ["Requirements", "What you’ll need:", "Ihr Profil", "About You:"]
)
def test_requirements_are_the_items_below_their_heading(heading: str) -> None:
    text = f"Duties\n- Sweep\n{heading}\n- Patience\n* A broom\n- Patience\nBenefits\n- Cake"

    assert requirements(text) == ("Patience", "A broom")


def test_a_long_sentence_is_not_a_heading() -> None:
    text = "We have many requirements " + "and tell you all of them " * 5 + "\n- Not one of them"

    assert requirements(text) == ()


def test_escaped_html_is_unescaped_once_or_twice_and_html_is_left_alone() -> None:
    assert unescaped("&lt;p&gt;R&amp;amp;D&lt;/p&gt;") == "<p>R&amp;D</p>"
    assert unescaped("&amp;lt;p&amp;gt;Tea") == "<p>Tea"
    assert unescaped("&lt;p&gt;&amp;lt;b&amp;gt;") == "<p>&lt;b&gt;"
    assert unescaped("<p>&lt;p&gt; is a tag</p>") == "<p>&lt;p&gt; is a tag</p>"
    assert unescaped("R&amp;D") == "R&amp;D"


def test_characters_that_can_not_be_stored_are_dropped() -> None:
    read = describe("<p>a\x00b\ud83dc</p>")

    assert read.text == "abc"
    assert "\x00" not in read.html


def test_list_items_without_a_list_get_one() -> None:
    assert section("Duties", "<li>Sweep</li>") == "<h3>Duties</h3><ul><li>Sweep</li></ul>"
    assert section(None, "<p>x</p>") == "<p>x</p>"


def test_words_come_in_reading_order() -> None:
    assert text_of_html("<p>one <b>two</b></p><p>three &amp; four</p>").split() == [
        "one", "two", "three", "&", "four",
    ]  # fmt: skip
    assert text_of_html("a &amp; b") == "a & b"


def test_html_nested_too_deeply_is_refused_in_bounded_time() -> None:
    started = time.monotonic()

    for html in ("<div>" * 100_000, "</p>" * 20_000 + "<b>" * 20_000):
        with pytest.raises(ParseError):
            describe(html)

    assert time.monotonic() - started < 2


def test_many_void_elements_are_not_deep_nesting() -> None:
    assert describe("<p>line<br><img>" * 3_000).text.count("line") == 3_000
