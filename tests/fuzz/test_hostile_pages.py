"""Tests of hostile pages. A reader must read each page within a budget, or give it up."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from include.core.fields.template import Template, line_hash
from include.errors import PageGone, ParseError
from include.extract import read_posting
from include.extract.document import open_page
from include.fetch.meta_refresh import refresh_target
from include.pipeline.pages.page_results import MAX_SIZE_IN_WORKER
from include.pipeline.pages.read_page import PageReader
from include.pipeline.pages.reader_pool import Budget, ReaderPool
from include.settings import Settings
from tests.extract.hostile import KINDS, TEXT
from tests.extract.pages import page


def _read_all(kind: str, size: int, template: Template | None = None) -> None:
    """Read a hostile page as a worker does.

    The reader may refuse the page without failing the test.
    """
    body = KINDS[kind](size)
    refresh_target("https://acme.example/jobs/1", body)
    with suppress(ParseError, PageGone):
        reader = PageReader("html", page(body), template)
        reader.fingerprint()
        reader.posting()


def _template(kind: str, size: int) -> Template | None:
    """Return the template of a board whose pages share all lines of this page, except its text.

    If the page cannot be opened, return None.
    """
    with suppress(ParseError):
        blocks = open_page(page(KINDS[kind](size))).blocks()
        frame = blocks.lines - {line_hash(TEXT.strip())}
        weights = dict.fromkeys(frame, 3.0)
        return Template(version=1, pages=3.0, weights=weights, frame=frame, labels={"a": "salary"})
    return None


_SOME_OR_FUZZ = [
    kind if index % 4 == 1 else pytest.param(kind, marks=pytest.mark.fuzz)
    for index, kind in enumerate(KINDS)
]
"""All kinds of pages. ``make test`` reads every fourth, and ``make fuzz`` reads all.

``KINDS`` is ordered by the reader that a page is made for, so every reader gets some of its pages.
"""


@pytest.fixture(scope="module")
def small_budget() -> Iterator[ReaderPool]:
    with ReaderPool(size=1, budget=Budget(seconds=2.0, memory=256 << 20)) as pool:
        yield pool


@pytest.mark.parametrize("kind", _SOME_OR_FUZZ)
def test_a_hostile_page_that_the_worker_reads_itself_costs_little(
    small_budget: ReaderPool, kind: str
) -> None:
    small_budget.call(_read_all, kind, MAX_SIZE_IN_WORKER)
    template = small_budget.call(_template, kind, MAX_SIZE_IN_WORKER)
    small_budget.call(_read_all, kind, MAX_SIZE_IN_WORKER, template)


@pytest.fixture(scope="module")
def page_budget() -> Iterator[ReaderPool]:
    with ReaderPool(size=1) as pool:
        yield pool


@pytest.mark.parametrize(
    "kind",
    ["options", "options with attributes", "ampersands", "no-break spaces",
     "tables with tables in cells", "JSON-LD: a description of no-break spaces"],
)  # fmt: skip
def test_a_large_hostile_page_is_read(page_budget: ReaderPool, kind: str) -> None:
    page_budget.call(_read_all, kind, 1 << 20)


@pytest.mark.fuzz
@pytest.mark.parametrize("size", [1 << 20, Settings.model_fields["page_max_bytes"].default])
@pytest.mark.parametrize("kind", KINDS)
def test_a_large_hostile_page_is_read_or_over_budget(
    page_budget: ReaderPool, kind: str, size: int
) -> None:
    with suppress(ParseError):  # raised if reading the page takes more than the budget
        page_budget.call(_read_all, kind, size)
        page_budget.call(_read_all, kind, size, page_budget.call(_template, kind, size))
    assert page_budget.call(read_posting, page(f"<h1>Cook</h1><p>{TEXT}</p>")).title == "Cook"
