from collections.abc import Callable
from math import ceil

import pytest

from include.errors import ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from include.sources.registry import adapter_for, facts_of
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import listing

PORTAL = {"site": "acme"}
PAGE_SIZE = 20
FORM = '<form id="searchForm"></form>'
PAGE_OF = '<h2 class="iCIMS_SubHeader iCIMS_SubHeader_Jobs">Search Results Page {} of {}</h2>'
NAVIGATION = """<div class="iCIMS_PagingBatch"><a href="?pr=0">1</a>
<a class="selected" href="#"><span class="sr-only">Page</span> {}
<span class="sr-only">of {} , Current Page</span></a></div>"""

BATCH = '<div class="iCIMS_PagingBatch">Page {} of {}</div>'


def card(number: int, *, tag: str = "li", heading: str = "h3") -> str:
    return f"""<{tag} class="row iCIMS_JobCardItem"><div>
      <span class="sr-only field-label">Job Locations</span><span> US-TX-Austin </span></div>
      <a class="iCIMS_Anchor" href="/jobs/{number}/cook%2c-night/job?in_iframe=1&x=2">
      <span class="sr-only field-label">Title</span><{heading}> Cook {number}</{heading}></a>
      </{tag}>"""


def portal(cards: str, stated: str = PAGE_OF.format(1, 1)) -> str:
    return f'{FORM}{stated}<ul class="container-fluid iCIMS_JobsTable">{cards}</ul>'


def site(count: int, *, stated: str = PAGE_OF, wraps_at: int = 1_000) -> Callable[[Request], str]:
    """Return a function that answers requests as a portal with ``count`` postings does.

    Args:
        stated: the markup by which a page states its number and the number of pages.
        wraps_at: the number of pages after which the first page is shown again.
    """

    def serve(request: Request) -> str:
        assert "in_iframe=1" in request.url
        page = number_in(request, "pr") % wraps_at
        start = page * PAGE_SIZE
        cards = "".join(card(number) for number in range(count)[start : start + PAGE_SIZE])
        return portal(cards, stated.format(page + 1, ceil(count / PAGE_SIZE)))

    return serve


@pytest.mark.parametrize("count", [1, 20, 21])
@pytest.mark.parametrize("stated", [PAGE_OF, PAGE_OF.replace("of", "von"), NAVIGATION, BATCH])
def test_a_portal_is_read_to_its_last_page(count: int, stated: str) -> None:
    result = listing("icims", PORTAL, site(count, stated=stated))

    assert result.complete
    assert len(result.jobs) == count


def test_a_large_portal_is_read_completely() -> None:
    result = listing("icims", PORTAL, site(2_500))

    assert result.complete
    assert len(result.jobs) == 2_500


def test_a_page_with_the_wrong_number_makes_the_listing_partial() -> None:
    result = listing("icims", PORTAL, site(100, wraps_at=2))

    assert not result.complete
    assert result.reason == "the response for page 3 does not state that it is page 3"
    assert len(result.jobs) == 40


@pytest.mark.parametrize(
    "page",
    [
        portal("", PAGE_OF.format(1, 3)),
        portal(card(1) + "<li>Loading</li>"),
        portal(card(1), '<div class="iCIMS_PagingBatch"><a href="?pr=1">next</a></div>'),
        portal(card(1), '<link rel="next" href="?pr=1">'),
    ],
)
def test_a_listing_without_proof_is_partial(page: str) -> None:
    assert not listing("icims", PORTAL, lambda _: page).complete


def test_a_single_page_is_complete_without_a_page_number() -> None:
    assert listing("icims", PORTAL, lambda _: portal(card(1), "")).complete


def test_only_a_page_with_the_search_form_is_an_empty_portal() -> None:
    empty = listing("icims", PORTAL, lambda _: FORM)

    assert (empty.jobs, empty.complete) == ((), True)
    with pytest.raises(ParseError):
        answer("icims", PORTAL, b"<h1>Please wait while we check your browser</h1>")


@pytest.mark.parametrize("tag", ["li", "div"])
@pytest.mark.parametrize("heading", ["h2", "h3"])
def test_a_card_has_the_urls_of_the_page_and_of_its_frame(tag: str, heading: str) -> None:
    config = PORTAL | {"base_url": "http://127.0.0.1:9"}
    body = portal(card(7, tag=tag, heading=heading)).encode()

    job = answer("icims", config, body).jobs[0]

    assert (job.external_id, job.title, job.location) == ("7", "Cook 7", "US-TX-Austin")
    assert job.url == "http://127.0.0.1:9/jobs/7/cook%2c-night/job"
    assert job.page_url == f"{job.url}?in_iframe=1"


def test_icims_is_a_fragile_source() -> None:
    assert facts_of("icims").is_fragile


def test_postings_are_web_pages() -> None:
    assert adapter_for("icims").parse_posting("{}") is None


def test_a_recorded_portal_is_read_completely() -> None:
    body = recorded("icims/search_rsp.html").decode()

    result = listing("icims", {"site": "buspatrol"}, lambda _: body)

    assert result.complete
    assert [job.external_id for job in result.jobs] == ["1977", "1925", "1922"]
    assert [job.location for job in result.jobs] == ["US-TX-Austin", "US-VA-Lorton", "US-TX-Austin"]
    assert result.jobs[0].title == "Senior Product Manager"
    assert result.jobs[0].url == (
        "https://careers-buspatrol.icims.com/jobs/1977/senior-product-manager/job"
    )
