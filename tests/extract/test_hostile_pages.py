import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from include.errors import PageGone, ParseError
from include.extract import fingerprint_input, read_posting
from include.fetch.meta_refresh import refresh_target
from include.pipeline.pages.page_results import MAX_SIZE_IN_WORKER
from include.pipeline.pages.read_page import PageReader
from include.pipeline.pages.reader_pool import PAGE_BUDGET, Budget, ReaderPool
from include.settings import Settings
from tests.extract.hostile import KINDS, TEXT
from tests.extract.pages import job, jsonld, page


def test_very_deep_nesting_is_refused_in_bounded_time() -> None:
    started = time.process_time()

    for html in ("<div>" * 100_000 + "deep", "<font>" * 100_000, "<b><p>" * 50_000):
        for read in (fingerprint_input, read_posting):
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


def _read_all(kind: str, size: int) -> None:
    """Read a hostile page as a worker does. The reader may refuse the page."""
    body = KINDS[kind](size)
    refresh_target("https://acme.example/jobs/1", body)
    with suppress(ParseError, PageGone):
        reader = PageReader("html", page(body))
        reader.fingerprint()
        reader.posting()


@pytest.fixture(scope="module")
def small_budget() -> Iterator[ReaderPool]:
    with ReaderPool(size=1, budget=Budget(seconds=2.0, memory=256 << 20)) as pool:
        yield pool


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_page_that_the_worker_reads_itself_costs_little(
    small_budget: ReaderPool, kind: str
) -> None:
    small_budget.call(_read_all, kind, MAX_SIZE_IN_WORKER)


@pytest.fixture(scope="module")
def page_budget() -> Iterator[ReaderPool]:
    with ReaderPool(size=1) as pool:
        yield pool


@pytest.mark.fuzz
@pytest.mark.parametrize("size", [1 << 20, Settings.model_fields["page_max_bytes"].default])
@pytest.mark.parametrize("kind", KINDS)
def test_a_large_hostile_page_is_read_or_over_budget(
    page_budget: ReaderPool, kind: str, size: int
) -> None:
    with suppress(ParseError):  # the page is over budget
        page_budget.call(_read_all, kind, size)
    assert page_budget.call(read_posting, page(f"<h1>Cook</h1><p>{TEXT}</p>")).title == "Cook"


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
