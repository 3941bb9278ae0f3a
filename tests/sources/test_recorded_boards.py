"""Tests of adapters on recorded boards.

The expected values were read from the responses by hand.
"""

from include.core.models import EmploymentType, PayPeriod, Workplace
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer, posting


def test_a_recorded_greenhouse_board_is_listed_completely() -> None:
    listing = prove(
        [answer("greenhouse", {"board": "safariai"}, recorded("greenhouse/jobs_rsp.json"))]
    )

    assert listing.complete
    assert len(listing.jobs) == 7
    first = listing.jobs[0]
    assert first.external_id == "5019966007"
    assert first.title == "GTM and Business Operations Lead"
    assert first.location == "Miami"
    assert posting("greenhouse", first).posted_at_raw == "2026-01-09T14:59:08-05:00"


def test_a_recorded_greenhouse_job_is_read_with_pay_and_locations() -> None:
    content = recorded("greenhouse/job_detail_full_rsp.json").decode()
    read = adapter_for("greenhouse").parse_posting(content)

    assert read is not None
    assert (read.external_id, read.title) == ("4461450008", "Account Executive, AI Native")
    assert [place.raw for place in read.locations] == ["San Francisco, CA", "New York City, NY"]
    assert {place.country for place in read.locations} == {"US"}
    assert read.workplace is Workplace.ONSITE
    assert read.salary is not None
    assert (read.salary.min, read.salary.max) == (222_800, 290_000)
    assert (read.salary.currency, read.salary.period) == ("USD", PayPeriod.YEAR)
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2024-12-20T13:53:38-05:00"
    assert len(read.requirements) == 11
    assert "&amp;" not in read.description_text
    assert "<" not in read.description_text


def test_recorded_lever_postings_are_read_with_their_lists() -> None:
    listing = prove([answer("lever", {"site": "leverdemo"}, recorded("lever/postings_rsp.json"))])

    assert listing.complete
    assert [job.location for job in listing.jobs] == [
        "Arlington, TX",
        "Atlanta, Georgia",
        "Bombay, MH",
    ]
    reads = [posting("lever", job) for job in listing.jobs]
    assert reads[0].external_id == "33538a2f-d27d-4a96-8f05-fa4b0e4d940e"
    assert reads[0].title == "AbelsonTaylor Writer"
    assert reads[0].posted_at_raw == "1553186035299"
    assert reads[0].requirements == ("be smart", "be very smart")
    assert reads[0].employment_types == (EmploymentType.FULL_TIME,)
    assert [read.workplace for read in reads] == [Workplace.HYBRID, Workplace.HYBRID, None]
    assert [read.locations[0].country for read in reads] == ["US", "US", "IN"]


def test_a_recorded_ashby_board_is_read_with_pay() -> None:
    listing = prove(
        [answer("ashby", {"board": "browserbase"}, recorded("ashby/board_comp_rsp.json"))]
    )

    assert listing.complete
    reads = [posting("ashby", job) for job in listing.jobs]
    assert reads[0].external_id == "7724fbe3-6a27-4418-9705-2dcc40751a16"
    assert [place.raw for place in reads[0].locations] == ["San Francisco", "New York"]
    assert reads[0].posted_at_raw == "2025-08-25T20:13:34.942+00:00"
    assert {read.workplace for read in reads} == {Workplace.ONSITE}
    assert [read.salary and (read.salary.min, read.salary.max) for read in reads] == [
        (132_000, 330_000),
        (150_000, 175_000),
        (132_000, 358_000),
        None,
        (260_000, 310_000),
    ]


def test_a_recorded_ashby_board_with_nulls_is_read() -> None:
    payload = recorded("ashby/board_nulls_rsp.json")
    listing = prove([answer("ashby", {"board": "weaviate"}, payload)])

    assert [job.title for job in listing.jobs][:2] == [
        "Developer Marketing Manager",
        "Developer Advocate Intern",
    ]
    assert [posting("ashby", job).workplace for job in listing.jobs] == [
        Workplace.REMOTE,
        Workplace.REMOTE,
        None,
        None,
    ]
