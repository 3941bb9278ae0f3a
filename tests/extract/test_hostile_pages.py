import time

import pytest

from include.errors import ParseError
from include.extract import read_posting, skim
from tests.extract.pages import job, jsonld, page


def test_nesting_a_hundred_thousand_deep_ends_in_bounded_time() -> None:
    started = time.process_time()

    for html in ("<div>" * 100_000 + "deep", "<font>" * 100_000, "<b><p>" * 50_000):
        for read in (skim, read_posting):
            with pytest.raises(ParseError):
                read(page(f"<body><h1>Sweeper</h1>{html}</body>"))

    assert time.process_time() - started < 10


def test_nul_in_a_page_reaches_no_field() -> None:
    posting = read_posting(jsonld(job(title="Sweep\x00er", description="<p>a\x00b \ud83d</p>")))

    assert posting.title == "Sweeper"
    assert posting.description_text == "ab"


def test_scripts_do_not_survive_in_a_description() -> None:
    posting = read_posting(jsonld(job(description="<p>Hi</p><script>x()<\\/script><img src=x>")))

    assert posting.description_html == "<p>Hi</p>"
