"""Tests of Factorial. The pages are built by hand like those in the tests of other crawlers."""

import pytest

from include.core.models import (
    EmploymentType,
    JobPosting,
    ListedJob,
    Location,
    Page,
    Workplace,
)
from include.errors import ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.base import ListingPage
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer

SITE = {"site": "acme"}
HOME = "https://acme.factorialhr.com"
ROW = """<li class='job-offer-item w-full' data-contract-type='indefinite'
    data-job-postings-url='{home}/job_posting/{name}' data-team-id='' role='button'>
    <div class="font-bold factorial__headingFontFamily">{title}<br/></div>
    <div class="text-gray-350 text-left"></div>
    <div class="text-gray-350 text-left">{cell}</div></li>"""


def row(name: str, *, title: str = "Night Cook", cell: str = "Hybrid", home: str = HOME) -> str:
    return ROW.format(name=name, title=title, cell=cell, home=home)


def office(*rows: str, named: str = "Barcelona") -> str:
    heading = f"<h3>{named}</h3>" if named else ""
    return f"<div data-target='job-filters.officeGroup'>{heading}<ul>{''.join(rows)}</ul></div>"


def page(*offices: str) -> bytes:
    filters = "<div data-controller='job-filters'>"
    return f"<html><body>{filters}{''.join(offices)}</div></body></html>\n".encode()


def read(body: bytes) -> ListingPage:
    return answer("factorial", SITE, body)


def only(body: bytes) -> ListedJob:
    (job,) = read(body).jobs
    return job


def test_one_request_asks_for_the_whole_site() -> None:
    posting = read(page(office(row("night-cook-298342"), row("nurse-2", title="Head Nurse")),
                      office(row("cook-3"), named="Lisbon")))  # fmt: skip

    assert adapter_for("factorial").first_request(SITE).url == f"{HOME}/"
    assert prove([posting]).complete
    assert [(job.external_id, job.title, job.location) for job in posting.jobs] == [
        ("298342", "Night Cook", "Barcelona"),
        ("2", "Head Nurse", "Barcelona"),
        ("3", "Night Cook", "Lisbon"),
    ]
    assert posting.jobs[0].url == f"{HOME}/job_posting/night-cook-298342"


def test_a_new_title_does_not_change_the_id_of_a_posting() -> None:
    before, after = only(page(office(row("cook-7")))), only(page(office(row("head-cook-7"))))

    assert before.external_id == after.external_id == "7"
    assert only(page(office(row("cook")))).external_id == "cook"


def test_the_embedded_page_and_a_custom_domain_have_the_same_postings() -> None:
    embedded = row("cook-7", home=f"{HOME}/embed")
    elsewhere = row("cook-7", home="https://careers.acme.example")

    for each in (embedded, elsewhere):
        assert only(page(office(each))) == only(page(office(row("cook-7"))))


def test_a_group_without_a_name_has_the_place_of_the_row() -> None:
    assert only(page(office(row("cook-7", cell="Remote"), named=""))).location == "Remote"
    assert only(page(row("cook-7", cell="Oslo"))).location == "Oslo"


def test_a_site_without_postings_is_complete() -> None:
    assert prove([read(page())]).complete


@pytest.mark.parametrize(
    "broken",
    [
        row("cook-7").replace("data-job-postings-url", "data-x"),
        row("cook-7").replace("/job_posting/", "/x/"),
        row("cook-7", title=" "),
    ],
)
def test_a_row_that_cannot_be_read_makes_the_listing_partial(broken: str) -> None:
    posting = read(page(office(broken, row("cook-8"))))

    assert [job.external_id for job in posting.jobs] == ["8"]
    assert posting.partial_reason == "a posting could not be read"


def test_a_page_that_is_cut_is_partial() -> None:
    whole = page(office(row("cook-7"), row("cook-8")))
    posting = read(whole[: whole.index(b"cook-8")])

    assert posting.partial_reason is not None
    assert "cut" in posting.partial_reason


def posting(text: str, *facts: str) -> JobPosting:
    listed = "".join(
        f"<li><svg></svg><span class='align-middle ml-2'>{x}</span></li>" for x in facts
    )
    markup = f"<html><a>Jobs</a><h1>Night Cook</h1><a>Apply now</a>{text}<ul>{listed}</ul></html>"
    url = f"{HOME}/job_posting/night-cook-7"
    return read_page("factorial", Page(url=url, body=markup.encode(), content_type="text/html"))


def test_a_posting_is_read_with_the_facts_beside_its_text() -> None:
    text = "<div class='styledText'><p>We cook.</p><ul><li>At night</li></ul></div>"
    found = posting(text, "Permanent", "Full time", "Hybrid (Barcelona, Spain)", "Kitchen")

    assert found.title == "Night Cook"
    assert found.locations == (
        Location(raw="Hybrid (Barcelona, Spain)", city="Barcelona", country="ES"),
    )
    assert found.workplace is Workplace.HYBRID
    assert found.employment_types == (EmploymentType.FULL_TIME,)
    assert found.description_text == "We cook.\n- At night"
    assert posting(text, "Permanent").locations == ()


def test_a_page_of_another_form_is_read_like_any_page() -> None:
    found = posting("<main><p>We cook at night for many people in the city.</p></main>")

    assert found.title == "Night Cook"
    assert "We cook at night" in found.description_text


@pytest.mark.parametrize("body", [b"<html><p>Nothing here.</p></html>", b"{}", b""])
def test_a_page_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        read(body)
