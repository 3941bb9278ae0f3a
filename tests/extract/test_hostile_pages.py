import time

import pytest

from include.errors import ParseError
from include.extract import read_posting, skim
from include.pipeline.pages.reader_pool import PAGE_BUDGET
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


_TEXT = "<h1>Cook</h1><main><p>" + "We cook for our guests every day. " * 20 + "</p></main>"
_HOSTILE = {
    "jsonld after a comment": "<script type='application/ld+json'>-->"
    + " " * 300_000
    + "x</script>",
    "spaces between comment ends": "<script type='application/ld+json'>"
    + "--> ; " * 50_000
    + "x</script>",
    "microdata with one name": "<div itemscope itemtype='http://schema.org/JobPosting'>"
    + "<i itemprop=skills>a</i>" * 12_000
    + "</div>",
    "assignments": "<script>" + "window.a={" * 30_000 + "😀</script>",
    "sums after a word": "<p>between " + "1$ and 2 " * 30_000 + "</p>",
    "sums": "<p>" + "pay $1 " * 30_000 + "</p>",
    "words before a sum": "<p>" + "up to " + " " * 30_000 + "$1</p>",
    "open angle brackets": "<p>" + "< " * 150_000 + "</p>",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("hostile", _HOSTILE.values(), ids=_HOSTILE)
def test_a_page_of_some_hundred_kilobytes_is_read_within_the_budget(hostile: str) -> None:
    began = time.process_time()
    read_posting(page(f"<body>{_TEXT}{hostile}</body>"))
    assert time.process_time() - began < PAGE_BUDGET.seconds


@pytest.mark.timeout(60)
def test_a_long_content_type_is_read_within_the_budget() -> None:
    began = time.process_time()
    content_type = "text/html; charset=" + " " * 200_000 + ";"
    assert read_posting(page(f"<body>{_TEXT}</body>", content_type)).title == "Cook"
    assert time.process_time() - began < PAGE_BUDGET.seconds


def test_objects_that_refer_to_each_other_are_read_in_time() -> None:
    things = [
        {"@id": f"#{number}", "@type": "Thing", "parts": [{"@id": f"#{n}"} for n in range(300)]}
        for number in range(300)
    ]
    posting = job(hiringOrganization={"@id": "#1"})

    assert read_posting(jsonld({"@graph": [posting, *things]})).title == "Sweeper"
