import time

import pytest

from include.errors import ParseError
from include.extract import read_posting, skim
from tests.extract.pages import job, jsonld, page


def test_very_deep_nesting_is_refused_in_bounded_time() -> None:
    started = time.process_time()

    for html in ("<div>" * 100_000 + "deep", "<font>" * 100_000, "<b><p>" * 50_000):
        for read in (skim, read_posting):
            with pytest.raises(ParseError):
                read(page(f"<body><h1>Sweeper</h1>{html}</body>"))

    assert time.process_time() - started < 10


def test_nul_characters_are_removed_from_all_fields() -> None:
    posting = read_posting(jsonld(job(title="Sweep\x00er", description="<p>a\x00b \ud83d</p>")))

    assert posting.title == "Sweeper"
    assert posting.description_text == "ab"


def test_scripts_are_removed_from_a_description() -> None:
    posting = read_posting(jsonld(job(description="<p>Hi</p><script>x()<\\/script><img src=x>")))

    assert posting.description_html == "<p>Hi</p>"
