import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from include.core.fields.template import Template, line_hash
from include.errors import PageGone, ParseError
from include.extract import fingerprint_input, read_posting
from include.extract.document import open_page
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


def _read_all(kind: str, size: int, template: Template | None = None) -> None:
    """Read a hostile page as a worker does. The reader may refuse the page."""
    body = KINDS[kind](size)
    refresh_target("https://acme.example/jobs/1", body)
    with suppress(ParseError, PageGone):
        reader = PageReader("html", page(body), template)
        reader.fingerprint()
        reader.posting()


def _template(kind: str, size: int) -> Template | None:
    """Return the template of a board whose pages share all lines of this kind of page.

    Return None if the page cannot be opened.
    """
    with suppress(ParseError):
        blocks = open_page(page(KINDS[kind](size))).blocks()
        frame = blocks.lines - {line_hash(TEXT.strip())}
        weights = dict.fromkeys(frame, 3.0)
        return Template(version=1, pages=3.0, weights=weights, frame=frame, labels={"a": "salary"})
    return None


@pytest.fixture(scope="module")
def small_budget() -> Iterator[ReaderPool]:
    with ReaderPool(size=1, budget=Budget(seconds=2.0, memory=256 << 20)) as pool:
        yield pool


@pytest.mark.integration
@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.integration
@pytest.mark.parametrize(
    "kind",
    ["options", "options with attributes", "ampersands", "no-break spaces",
     "tables with tables in cells", "JSON-LD: a description of no-break spaces"],
)  # fmt: skip
def test_a_large_hostile_page_is_read(page_budget: ReaderPool, kind: str) -> None:
    page_budget.call(_read_all, kind, 1 << 20)


def test_a_template_is_learned_from_a_part_of_a_long_page() -> None:
    blocks = fingerprint_input(
        page("<h1>Cook</h1>" + "".join(f"<p>{number}" for number in range(20_000)))
    ).blocks

    assert blocks is not None
    assert len(blocks.lines) < 6_000


def test_the_texts_of_many_options_are_not_read() -> None:
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


@pytest.mark.fuzz
@pytest.mark.parametrize("size", [1 << 20, Settings.model_fields["page_max_bytes"].default])
@pytest.mark.parametrize("kind", KINDS)
def test_a_large_hostile_page_is_read_or_over_budget(
    page_budget: ReaderPool, kind: str, size: int
) -> None:
    with suppress(ParseError):  # raised if the page is over budget
        page_budget.call(_read_all, kind, size)
        page_budget.call(_read_all, kind, size, page_budget.call(_template, kind, size))
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
