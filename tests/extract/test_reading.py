import gc

import pytest

from include.core.models import Page
from include.extract import fingerprint_input, open_reading, read_posting
from tests.extract.pages import DESCRIPTION, job, jsonld, page

WORDS = "We sweep the streets of this town by night and by day. " * 10


pages = pytest.mark.parametrize(
    "page",
    [
        jsonld(job()),
        jsonld(job(description=None), around=f"<main><h1>Sweeper</h1><p>{WORDS}</p></main>"),
        page(f"<h1>Acme</h1><main><h1>Sweeper</h1><p>Location: Bremen</p><p>{WORDS}</p></main>"),
        page(
            '<div itemscope itemtype="https://schema.org/JobPosting"><h1 itemprop="title">Sweeper'
            f'</h1><div itemprop="description">{DESCRIPTION}</div></div>'
        ),
    ],
    ids=["json-ld", "json-ld without a description", "plain", "microdata"],
)


@pages
def test_a_page_opened_once_gives_the_same_fingerprint_and_posting(page: Page) -> None:
    reading = open_reading(page)
    assert (reading.fingerprint_input(), reading.posting()) == (
        fingerprint_input(page),
        read_posting(page),
    )


@pages
def test_the_memory_of_a_read_page_is_freed_without_the_garbage_collector(page: Page) -> None:
    """A parsed page is large, and the garbage collector runs too seldom to free it in time."""
    read_posting(page)  # Modules that are loaded on first use create cycles.
    gc.collect()
    gc.disable()
    try:
        read_posting(page)
        assert gc.collect() == 0
    finally:
        gc.enable()
