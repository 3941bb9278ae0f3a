import pytest

from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer

SITE = {"site": "acme"}


def row(code: str, title: str, place: str = "Oslo", department: str = "") -> str:
    return (
        f'<tr id="row_job_20260201103000_{code}" class="resumator_even_row"><td>'
        f'<a class="job_title_link" href="/apply/jobs/details/{code}?&">{title}</a><br />'
        f'<span class="resumator_department">{department}</span></td><td>{place}</td></tr>'
    )


def card(code: str) -> str:
    return f'<div class="jobs_row"><a href="/apply/jobs/details/{code}?&">Job</a></div>'


def board(*rows: str, cards: str = "", end: str = "</table>") -> bytes:
    """Return a page in the form that other crawlers describe, because no page is recorded."""
    header = "<tr><th>Job</th><th>Location</th></tr>"
    table = f'<table id="jobs_table" class="menu_table">{header}{"".join(rows)}{end}'
    return f'<html><div id="job_listings_wrapper">{table}{cards}</div></html>'.encode()


def test_one_table_has_all_postings() -> None:
    request = adapter_for("jazzhr").first_request(SITE)
    rows = (
        row("oVX1rAxJJi", "Cook &amp; Baker", "charlotte, NC", "Kitchen"),
        row("b-2", "Nurse", ""),
    )
    page = answer("jazzhr", SITE, board(*rows, cards=card("oVX1rAxJJi") + card("b-2")))

    assert request.url == "https://acme.applytojob.com/apply/jobs"
    assert prove([page]).complete
    assert [(job.external_id, job.title, job.location) for job in page.jobs] == [
        ("oVX1rAxJJi", "Cook & Baker", "charlotte, NC"),
        ("b-2", "Nurse", None),
    ]
    assert page.jobs[0].url == "https://acme.applytojob.com/apply/jobs/details/oVX1rAxJJi"


def test_a_department_is_part_of_the_row_s_hash() -> None:
    one, other = (
        answer("jazzhr", SITE, board(row("a1", "Cook", department=name))).jobs[0]
        for name in ("Kitchen", "Bar")
    )

    assert one.row_sha256 != other.row_sha256


def test_a_board_without_openings_is_complete() -> None:
    for rows in ((), ('<tr><td colspan="2">There are no openings.</td></tr>',)):
        listing = prove([answer("jazzhr", SITE, board(*rows))])
        assert (listing.jobs, listing.complete) == ((), True)


def test_a_posting_outside_the_table_makes_the_listing_partial() -> None:
    """Read a page as a redesign might change it: one posting is not in the table."""
    page = answer("jazzhr", SITE, board(row("a1", "Cook"), cards=card("a1") + card("b2")))

    assert prove([page]).reason == "the source states 2 postings, 1 were listed"


def test_a_posting_without_a_title_makes_the_listing_partial() -> None:
    page = answer("jazzhr", SITE, board(row("a1", "Cook"), row("b2", " ")))

    assert not prove([page]).complete


def test_a_posting_with_another_kind_of_link_makes_the_listing_partial() -> None:
    other = row("b2", "Nurse").replace("/apply/jobs/details/b2", "/apply/b2/Nurse")
    page = answer("jazzhr", SITE, board(row("a1", "Cook"), other))

    assert prove([page]).reason == "a posting could not be read"


def test_a_cut_table_makes_the_listing_partial() -> None:
    page = answer("jazzhr", SITE, board(row("a1", "Cook"), end=""))

    assert [job.external_id for job in page.jobs] == ["a1"]
    assert page.partial_reason == "the list of postings is cut"


@pytest.mark.parametrize(
    "page",
    [
        "<title>JazzHR - Inactive Career Page</title><h1>This page is inactive</h1>",
        "<title>JazzHR: Recruiting software</title><a href='/apply/jobs/details/a1'>Demo</a>",
        "<title>Just a moment...</title>",
    ],
)
def test_a_page_without_the_table_is_an_error(page: str) -> None:
    with pytest.raises(ParseError, match="is not a list of postings"):
        answer("jazzhr", SITE, page.encode())
