"""Tests of Taleo Business Edition.

The pages are built by hand from those that crawlers recorded.
"""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from include.core.models import Page
from include.errors import PageGone, ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.base import Request
from tests.sources.answers import answer
from tests.sources.boards import listing
from tests.sources.configs import TALEO_BUSINESS

BASE = "https://phh.tbe.taleo.net/phh03/ats/careers/v2"
PAGE_SIZE = 10
VIEW = f"{BASE}/viewRequisition?org=ACME&cws=37&rid="


def row(number: int, *texts: str, org: str = "ACME", title: str = "Cook") -> str:
    link = f"{BASE}/viewRequisition?org={org}&cws=37&rid={number}"
    shown = "".join(f'<div tabindex="0" >{text}</div>' for text in texts or ("Chantilly, VA",))
    return f"""<div class="oracletaleocwsv2-accordion-head-info">
        <h4 class="oracletaleocwsv2-head-title"><a href="{link}"
        class="viewJobLink">{title}</a></h4>
        {shown}</div><div class="oracletaleocwsv2-btn-grouped"><a href="{link}">View</a></div>"""


def page(rows: str, *, following: int | None = None, total: int | None = None) -> str:
    stated = "" if total is None else f'<span class="oracletaleocwsv2-panel-number">{total}</span>'
    more = f"/phh03/ats/careers/v2/searchResults?next&rowFrom={following}&act=null&currentTime=17"
    link = "" if following is None else f'<a href="{more}" class="jscroll-next">next</a>'
    return f'<html><div class="oracletaleocwsv2-content">{stated}{rows}{link}</div></html>'


def site(
    count: int, *, stated: int | None = None, links: bool = True, session: bool = True
) -> Callable[[Request], str]:
    """Return a function that answers requests as a site with ``count`` postings does.

    Args:
        stated: the total that each page states; None to state no total.
        links: True to link each page to the next one.
        session: False to send an empty page in place of every later page, as if the session of
            the search were lost.
    """

    def serve(request: Request) -> str:
        parts = urlsplit(request.url)
        parameters = parse_qs(parts.query)
        assert (parts.netloc, parts.path) == (
            "phh.tbe.taleo.net",
            "/phh03/ats/careers/v2/searchResults",
        )
        if "rowFrom" in parameters and not session:
            return "\n"
        start = int(parameters.get("rowFrom", ["0"])[0])
        end = start + PAGE_SIZE
        numbers = range(count)[start:end]
        following = end if links and end < count else None
        return page("".join(map(row, numbers)), following=following, total=stated)

    return serve


@pytest.mark.parametrize("count", [1, 10, 11, 123])
def test_a_site_is_read_to_the_page_without_a_next_one(count: int) -> None:
    result = listing("taleo_business", TALEO_BUSINESS, site(count))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


@pytest.mark.parametrize("count", [1, 10, 11, 123])
def test_a_site_that_states_its_total_is_read_to_it_also_without_links(count: int) -> None:
    serve = site(count, stated=count, links=False)
    result = listing("taleo_business", TALEO_BUSINESS, serve)

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


@pytest.mark.parametrize(
    "serve", [site(25, stated=26), site(25, stated=24), site(25, session=False)]
)
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], str]) -> None:
    result = listing("taleo_business", TALEO_BUSINESS, serve)

    assert result.jobs
    assert not result.complete


def test_a_site_that_repeats_its_first_page_is_partial_and_not_asked_forever() -> None:
    def serve(_: Request) -> str:
        return page("".join(map(row, range(10))), following=10)

    result = listing("taleo_business", TALEO_BUSINESS, serve)
    assert (len(result.jobs), result.reason) == (
        10,
        "the link to the next page leads to another one",
    )


@pytest.mark.parametrize(
    ("texts", "location"),
    [
        (("Chantilly, VA",), "Chantilly, VA"),
        (("", "Brown Thomas, Dublin", "7770"), "Brown Thomas, Dublin"),
        (("Pasadena, CA", "Fulltime Regular", "Legal"), None),
        (("627 - IT", "Issaquah &#40;Seattle&#41;, WA"), None),
        ((" ",), None),
    ],
)
def test_a_row_names_a_place_only_if_it_has_one_text(
    texts: tuple[str, ...], location: str | None
) -> None:
    text = page(row(3001, *texts, title="Cook &amp; Baker"))
    (job,) = answer("taleo_business", TALEO_BUSINESS, text.encode()).jobs

    assert (job.external_id, job.title, job.location) == ("3001", "Cook & Baker", location)
    assert job.url == f"{VIEW}3001"


def test_a_posting_of_another_company_is_not_listed_and_leaves_the_list_partial() -> None:
    text = page(row(1, org="acme") + row(2, org="OTHER"))
    result = answer("taleo_business", TALEO_BUSINESS, text.encode())

    assert [job.external_id for job in result.jobs] == ["1"]
    assert result.partial_reason == "a posting could not be read"


def test_a_first_page_that_is_cut_is_partial() -> None:
    text = page(row(1)).removesuffix("</html>")

    assert answer("taleo_business", TALEO_BUSINESS, text.encode()).partial_reason == (
        "the page is cut"
    )


def test_a_company_that_moved_is_followed_to_its_new_host() -> None:
    moved = page(row(1).replace("phh", "phe"), following=10).replace("/phh03", "/phe01")

    def serve(request: Request) -> Page:
        new_url = "https://phe.tbe.taleo.net/phe01/ats/careers/v2/searchResults?org=ACME&cws=37"
        if "rowFrom" not in request.url:
            return Page(url=new_url, body=moved.encode())
        assert request.url.startswith("https://phe.tbe.taleo.net/phe01/")
        return Page(url=f"{new_url}&rowFrom=10", body=page(row(2)).encode())

    result = listing("taleo_business", TALEO_BUSINESS, serve)
    assert (len(result.jobs), result.complete) == (2, True)
    assert result.jobs[0].url.startswith("https://phe.tbe.taleo.net/phe")


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"[]", b"\n"])
def test_a_page_that_is_not_a_search_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("taleo_business", TALEO_BUSINESS, body)


def test_a_posting_is_read_from_its_json_ld() -> None:
    body = b"""<html><script type="application/ld+json">{"@type": "JobPosting", "title": "Cook",
        "datePosted": "Thu Jul 02 00:00:00 GMT 2026", "description": "<p>We cook.</p>",
        "hiringOrganization": {"name": "Acme"}, "jobLocation": {"address": {
        "addressLocality": "Issaquah", "addressRegion": "WA", "addressCountry": "US"}}}</script>
        <p>Unlike a job that is no longer available, this one is open.</p></html>"""
    read = read_page("taleo_business", Page(url=f"{VIEW}1", body=body, content_type="text/html"))

    assert (read.title, read.company, read.description_text) == ("Cook", "Acme", "We cook.")
    assert [(at.city, at.region, at.country) for at in read.locations] == [("Issaquah", "WA", "US")]
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2026-07-02T00:00:00+00:00"


def test_the_page_of_a_posting_that_is_gone_says_so() -> None:
    body = b"""<html><span class='text-danger'>This job has moved or is no longer available. Please
        search our <a href='#'>current job openings</a>.</span></html>"""

    with pytest.raises(PageGone):
        read_page("taleo_business", Page(url=f"{VIEW}1", body=body, content_type="text/html"))
