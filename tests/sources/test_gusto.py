"""Tests of Gusto. The pages are built by hand like the recorded ones."""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Page, PayPeriod, Workplace
from include.errors import ListingError, ParseError, SettingError
from include.pipeline.pages.read_page import read_page
from include.sources.base import Request
from include.sources.completeness import prove
from include.sources.paging import number_in
from include.sources.registry import adapter_for
from tests.sources.answers import answer
from tests.sources.boards import listing
from tests.sources.configs import GUID

BOARD = {"board": f"acme-robotics-{GUID}"}
PAGE_SIZE = 25
NO_POSITIONS = '<div><h3 class="text-lg">There are no open positions currently</h3></div>'


def posting_id(number: int) -> str:
    return f"dc55dd36-ff48-49d3-9904-{number:012d}"


def row(number: int, *, title: str = "Night Cook", place: str = "Austin, TX") -> str:
    # The quotation mark after the second icon's class is missing, as it is on real pages.
    return f"""<li><a class="block" href="/postings/acme-night-cook-{posting_id(number)}">
        <h3 class="text-lg">{title}</h3>
        <p class="flex"><svg class="h-5"><path d="M1z"/></svg> {place} <br> Remote <br></p>
        <p class="flex"><svg class="h-5 width="16"></svg>$15 - $18 per hour &middot; Full time</p>
        </a></li>"""


def board(*rows: str, of: str = BOARD["board"]) -> str:
    canonical = f'<link rel="canonical" href="https://jobs.gusto.com/boards/{of}">'
    body = f"<ul>{''.join(rows)}</ul>" if rows else NO_POSITIONS
    return f"<html><head>{canonical}</head><body>{body}</body></html>"


def pages(count: int) -> Callable[[Request], Any]:
    """Return a function that answers requests for the pages of a board of ``count`` postings."""

    def serve(request: Request) -> Any:
        page = number_in(request, "page")
        assert request.url == f"https://jobs.gusto.com/boards/{BOARD['board']}?page={page}"
        start = (page - 1) * PAGE_SIZE
        return board(*map(row, range(count)[start : start + PAGE_SIZE]))

    return serve


@pytest.mark.parametrize("count", [0, 1, 24, 25, 26, 60])
def test_pages_are_read_until_one_is_not_full(count: int) -> None:
    result = listing("gusto", BOARD, pages(count))

    assert (len(result.jobs), result.complete) == (count, True)


def test_a_row_is_read() -> None:
    (job,) = answer("gusto", BOARD, board(row(7)).encode()).jobs

    assert (job.external_id, job.title) == (posting_id(7), "Night Cook")
    assert job.url == f"https://jobs.gusto.com/postings/acme-night-cook-{posting_id(7)}"
    assert job.location == "Austin, TX; Remote"


def test_a_page_of_another_board_is_an_error() -> None:
    renamed = f"acme-inc-{GUID}"
    assert answer("gusto", BOARD, board(row(1), of=renamed).encode()).jobs
    with pytest.raises(ParseError, match="another board"):
        answer(
            "gusto", BOARD, board(row(1), of="other-ed3a1ae2-cd0f-4b68-b4bb-e8b4e52a3f73").encode()
        )


def test_a_later_page_that_is_refused_is_partial() -> None:
    def refusing(request: Request) -> Any:
        if number_in(request, "page") == 2:
            raise ListingError("answered with status 403")
        return pages(60)(request)

    assert not listing("gusto", BOARD, refusing).complete


@pytest.mark.parametrize(
    "body",
    [
        board(row(1), row(2, title=" ")),
        board(row(1), row(2).replace("/postings/acme", "/postings/acme/applicants")),
        board(row(1), row(2)).removesuffix("</html>"),
    ],
)
def test_a_page_that_is_cut_or_cannot_be_read_is_partial(body: str) -> None:
    assert not prove([answer("gusto", BOARD, body.encode())]).complete


@pytest.mark.parametrize("body", [b"<title>Just a moment...</title>", b"{}", b""])
def test_a_page_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("gusto", BOARD, body)


PAGE = """<html><body><h1><span>Acme Robotics</span><span>Night Cook</span>
    <span>{facts}</span><span><a href="https://acme.example">Company website</a></span></h1>
    <div><p>We are hiring a cook.</p></div>
    <div><h3>About Acme Robotics</h3><div><div class="rich-text-container">We build robots.</div>
    </div></div>
    <div><h3>Description</h3><div><div class="rich-text-container">{text}</div></div></div>
    <div><h4>Salary</h4><p class="mt-4">$15 - $18 per hour</p></div></body></html>"""


def read(facts: str, text: str = "<ul><li>Cook at night.</li></ul>") -> JobPosting:
    body = PAGE.format(facts=facts, text=text).encode()
    return read_page("gusto", Page(url="https://jobs.gusto.com/postings/x", body=body))


def test_a_posting_is_read_field_by_field() -> None:
    posting = read("San Marcos, TX · Miami, FL · Full time")

    assert (posting.company, posting.title) == ("Acme Robotics", "Night Cook")
    assert [(place.raw, place.country) for place in posting.locations] == [
        ("San Marcos, TX", "US"),
        ("Miami, FL", "US"),
    ]
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max) == (15, 18)
    assert (posting.salary.currency, posting.salary.period) == ("USD", PayPeriod.HOUR)
    assert posting.description_text == "We are hiring a cook.\n- Cook at night."
    assert posting.posted_at is None


def test_a_summary_that_only_repeats_the_text_is_left_out() -> None:
    posting = read("Remote · Part time", text="<p>We are hiring a cook. At night.</p>")

    assert posting.description_text == "We are hiring a cook. At night."
    assert posting.workplace is Workplace.REMOTE


@pytest.mark.parametrize("name", ["acme", f"{GUID}-acme", f"a/{GUID}"])
def test_an_unusable_board_name_is_refused(name: str) -> None:
    with pytest.raises(SettingError):
        adapter_for("gusto").first_request({"board": name})
