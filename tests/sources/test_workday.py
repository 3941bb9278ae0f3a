from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from include.core.models import EmploymentType, Workplace
from include.errors import PageGone, ParseError
from include.sources.base import Request
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import document, listing

HOST = "acme.wd5.myworkdayjobs.com"
SITE = {"host": HOST, "tenant": "acme", "site": "External"}
PAGE_SIZE = 20
CAP = 2_000
"""The maximum number of postings in a list."""
Serve = Callable[[Request], Any]


def item(number: int) -> dict[str, Any]:
    return {
        "title": f"Cook {number}",
        "externalPath": f"/job/Houston/Cook_R{number}",
        "locationsText": "Houston",
        "postedOn": "Posted Today",
        "bulletFields": [f"R{number}"],
    }


def site(count: int, facets: Sequence[tuple[str, Callable[[int], Sequence[str]]]] = ()) -> Serve:
    """Return a function that answers requests as a site of Workday with ``count`` postings does.

    A page has 20 postings, and only the first page has a total. A list has at most 2,000 postings.
    An offset of 2,000 or more begins at the first posting again.

    Args:
        facets: pairs of the name of a facet, and of a function that returns the values that a
            posting, given by its number, has of the facet.
    """
    values_of = dict(facets)

    @cache
    def chosen_for(applied: tuple[tuple[str, ...], ...]) -> Sequence[int]:
        """Return the numbers of the postings that match every facet in ``applied``.

        An item of ``applied`` is the name of a facet, followed by the values that were chosen in
        it. A posting matches if it has one of these values.
        """
        wanted = [(values_of[name], set(values)) for name, *values in applied]
        return [
            number
            for number in range(count)
            if not any(chosen.isdisjoint(values(number)) for values, chosen in wanted)
        ]

    def serve(request: Request) -> dict[str, Any]:
        body = request.json
        assert body is not None
        assert body["limit"] == PAGE_SIZE
        offset = body["offset"]

        def chosen_by(names: Sequence[str]) -> Sequence[int]:
            """Return the postings that match the values chosen in the facets ``names``."""
            return chosen_for(
                tuple((name, *body["appliedFacets"][name]) for name, _ in facets if name in names)
            )

        chosen = chosen_by(list(body["appliedFacets"]))
        shown = chosen[:CAP]
        start = offset
        if offset >= CAP and shown:
            start = offset % len(shown)
        return {
            "total": 0 if offset else len(shown),
            "jobPostings": [item(number) for number in shown[start : start + PAGE_SIZE]],
            "facets": offset == 0
            and [
                # A facet ignores the values that were chosen in it, so that it also counts its
                # other values, which users can add.
                _facet(
                    name, values, chosen_by([key for key in body["appliedFacets"] if key != name])
                )
                for name, values in facets
            ],
        }

    return serve


def _facet(
    name: str, values: Callable[[int], Sequence[str]], chosen: Sequence[int]
) -> dict[str, Any]:
    counts = Counter(value for number in chosen for value in values(number))
    return {
        "facetParameter": name,
        "values": [{"id": value, "count": count} for value, count in counts.items()],
    }


def by_family(number: int) -> list[str]:
    """Return the value of the facet "family" of a posting, which is one of five."""
    return [f"family-{number % 5}"]


def by_hours(number: int) -> list[str]:
    """Return the value of the facet "hours" of a posting. A tenth of the postings is part-time."""
    return ["full" if number % 10 else "part"]


@pytest.mark.parametrize("count", [0, 1, 20, 21, 1_999])
def test_a_list_below_the_cap_is_read_completely(count: int) -> None:
    read = listing("workday", SITE, site(count))

    assert read.complete, read.reason
    assert len(read.jobs) == count


@pytest.mark.parametrize("count", [2_000, 2_500])
def test_a_list_above_the_cap_is_complete_if_two_facets_agree(count: int) -> None:
    read = listing("workday", SITE, site(count, [("family", by_family), ("hours", by_hours)]))

    assert read.complete, read.reason
    assert {job.external_id for job in read.jobs} == {f"R{number}" for number in range(count)}


def test_a_value_above_the_cap_is_split_again_by_another_facet() -> None:
    """Read 2,400 postings, of which 2,200 have the same value of the facet "type"."""

    def by_type(number: int) -> list[str]:
        return ["regular" if number < 2_200 else "fixed"]

    facets = [("type", by_type), ("hours", by_hours), ("kind", lambda number: ["job"])]
    read = listing("workday", SITE, site(2_400, facets))

    assert read.complete, read.reason
    assert len(read.jobs) == 2_400


def test_a_value_that_no_facet_splits_below_the_cap_makes_the_listing_partial() -> None:
    # All postings but one are "regular". Of these, 2,250 are full-time.
    facets = [("type", lambda number: ["regular" if number else "fixed"]), ("hours", by_hours)]
    read = listing("workday", SITE, site(2_500, facets))

    assert CAP < len(read.jobs) < 2_500
    assert not read.complete


def test_a_list_above_the_cap_without_facets_is_partial() -> None:
    read = listing("workday", SITE, site(2_500))

    assert len(read.jobs) == CAP
    assert not read.complete


def test_a_list_above_the_cap_is_read_to_its_end_if_the_site_shows_it() -> None:
    def without_cap(request: Request) -> dict[str, Any]:
        body = request.json
        assert body is not None
        offset = body["offset"]
        numbers = range(2_105)[offset : offset + PAGE_SIZE]
        return {"total": 0 if offset else 2_105, "jobPostings": [item(each) for each in numbers]}

    read = listing("workday", SITE, without_cap)

    assert read.complete, read.reason
    assert len(read.jobs) == 2_105


def test_a_list_that_repeats_above_the_cap_is_partial_although_it_states_more() -> None:
    serve = site(2_500)

    def with_true_total(request: Request) -> dict[str, Any]:
        served = serve(request)
        return served | {"total": 2_500 if served["total"] else 0}

    assert not listing("workday", SITE, with_true_total).complete


def test_a_list_whose_facets_disagree_is_partial() -> None:
    def by_two_places(number: int) -> list[str]:
        return [f"place-{number % 7}", f"place-{number % 3}"]

    read = listing("workday", SITE, site(2_500, [("family", by_family), ("place", by_two_places)]))

    assert len(read.jobs) == 2_500
    assert not read.complete
    assert read.reason is not None
    assert "no two facets agree" in read.reason


def test_postings_without_a_value_of_the_facet_make_the_listing_partial() -> None:
    def by_family_with_gaps(number: int) -> list[str]:
        return by_family(number) if number % 100 != 1 else []

    facets = [
        ("family", by_family_with_gaps),
        ("hours", by_hours),
        ("type", lambda number: ["regular"]),
    ]
    read = listing("workday", SITE, site(2_500, facets))

    assert len(read.jobs) < 2_500
    assert not read.complete


def test_two_facets_of_one_group_do_not_prove_the_total() -> None:
    """Use two facets, country and town, that both omit the postings without a location."""

    def country(number: int) -> list[str]:
        return [f"country-{number % 5}"] if number % 50 != 49 else []

    def town(number: int) -> list[str]:
        return [f"town-{number % 9}"] if number % 50 != 49 else []

    serve = site(2_500, [("country", country), ("town", town)])

    def grouped(request: Request) -> dict[str, Any]:
        served = serve(request)
        group = {"facetParameter": "locationMainGroup", "values": served["facets"]}
        return served | {"facets": [group]}

    read = listing("workday", SITE, grouped)

    assert len(read.jobs) < 2_500
    assert not read.complete


def test_a_wrong_total_makes_the_listing_partial() -> None:
    def lying(request: Request) -> dict[str, Any]:
        served = site(50)(request)
        return served | {"total": 70 if served["total"] else 0}

    assert not listing("workday", SITE, lying).complete


def test_a_total_that_changes_between_pages_makes_the_listing_partial() -> None:
    def moving(request: Request) -> dict[str, Any]:
        served = site(50)(request)
        return served | {"total": 50 if served["total"] else 51}

    assert not listing("workday", SITE, moving).complete


def test_a_list_is_requested_by_post_and_a_posting_by_its_path() -> None:
    config = SITE | {"base_url": "http://127.0.0.1:1"}
    request = adapter_for("workday").first_request(config)
    job = answer("workday", config, site(1)(request)).jobs[0]

    assert (request.method, request.url) == (
        "POST",
        "http://127.0.0.1:1/wday/cxs/acme/External/jobs",
    )
    assert request.json == {"appliedFacets": {}, "limit": 20, "offset": 0, "searchText": ""}
    assert job.url == f"https://{HOST}/External/job/Houston/Cook_R0"
    assert job.page_url == "http://127.0.0.1:1/wday/cxs/acme/External/job/Houston/Cook_R0"


@pytest.mark.parametrize(
    ("path", "bullets", "expected"),
    [
        ("/job/Houston/Cook_R1", ["R1"], "R1"),
        ("/job/Houston/Cook_R1-2", ["R1"], "R1"),
        ("/job/Houston/Cook_JR-0001", ["JR-0001"], "JR-0001"),
        ("/job/Houston/Cook_R1", ["Houston", "R1"], "R1"),
        ("/job/Houston/Cook_R1", ["Houston"], "R1"),
        ("/job/Houston/Cook_R1", None, "R1"),
    ],
)
def test_the_external_id_is_the_requisition_s_number(
    path: str, bullets: list[str] | None, expected: str
) -> None:
    posting = item(1) | {"externalPath": path, "bulletFields": bullets}
    page = answer("workday", SITE, {"total": 1, "jobPostings": [posting]})

    assert page.jobs[0].external_id == expected


def test_a_number_of_locations_is_not_a_location() -> None:
    posting = item(1) | {"locationsText": "3 Locations"}

    assert answer("workday", SITE, {"total": 1, "jobPostings": [posting]}).jobs[0].location is None


def test_a_posting_without_its_path_makes_the_listing_partial() -> None:
    postings = [item(1), {"bulletFields": ["R2"]}]
    page = answer("workday", SITE, {"total": 2, "jobPostings": postings})

    assert [job.external_id for job in page.jobs] == ["R1"]
    assert page.partial_reason is not None


def detail(**changes: Any) -> dict[str, Any]:
    info = {
        "title": "Cook",
        "jobReqId": "R1",
        "jobDescription": "<p>What you need</p><ul><li>Salt</li></ul>",
        "location": "US, TX, Houston",
        "additionalLocations": ["Canada, Toronto", "US, CA, Remote"],
        "country": {"descriptor": "United States of America"},
        "postedOn": "Posted 30+ Days Ago",
        "startDate": "2026-04-24",
        "endDate": "2026-12-31",
        "timeType": "Full time",
        "remoteType": "Hybrid Work",
        "posted": True,
        "externalUrl": f"https://{HOST}/External/job/Houston/Cook_R1",
    }
    return {"jobPostingInfo": info | changes, "hiringOrganization": {"name": "Acme"}}


def test_a_posting_is_read_field_by_field() -> None:
    read = document("workday", detail())

    assert [(place.city, place.region, place.country) for place in read.locations] == [
        ("Houston", "TX", "US"),
        ("Toronto", None, "CA"),
        (None, "CA", "US"),
    ]
    assert read.workplace is Workplace.HYBRID
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert (read.external_id, read.company) == ("R1", "Acme")
    assert read.posted_at == datetime(2026, 4, 24, tzinfo=UTC)
    assert read.posted_at_raw == "2026-04-24"
    assert read.valid_through_raw == "2026-12-31"
    assert read.requirements == ("Salt",)


def test_a_relative_date_is_unknown() -> None:
    assert document("workday", detail(startDate=None)).posted_at is None


@pytest.mark.parametrize("gone", [{"errorCode": "S21", "httpStatus": 404}, detail(posted=False)])
def test_a_closed_or_missing_posting_is_gone(gone: dict[str, Any]) -> None:
    with pytest.raises(PageGone):
        document("workday", gone)


@pytest.mark.parametrize("content", ["{}", '{"jobPostingInfo": {}}', '{"httpStatus": 500}', "[]"])
def test_an_invalid_posting_is_an_error_and_not_gone(content: str) -> None:
    with pytest.raises(ParseError):
        document("workday", content)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"errorCode": "HTTP_422"}'])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("workday", SITE, body)


def test_recorded_lists_are_read() -> None:
    nvidia = answer("workday", SITE, recorded("workday/nvidia_jobs_rsp.json"))
    trend = answer("workday", SITE, recorded("workday/trendmicro_jobs_rsp.json"))

    assert (nvidia.total, len(nvidia.jobs), len(nvidia.follow)) == (27, 20, 1)
    assert len({job.external_id for job in nvidia.jobs}) == 20
    assert nvidia.jobs[0].external_id == "JR2020442"
    assert nvidia.jobs[0].title == "Software Golang Kubernetes Engineer"
    assert nvidia.jobs[0].location is None
    assert nvidia.jobs[6].location == "US, CA, Santa Clara"
    assert [job.external_id for job in trend.jobs] == [
        "R0006260",
        "R0009324",
        "R0009294",
        "R0007813",
        "R0007867",
    ]
    assert trend.jobs[0].title == "(Sr.) Backend Engineer"
    assert {job.location for job in trend.jobs} == {"Taipei"}


def test_recorded_postings_are_read_correctly() -> None:
    nvidia = document("workday", recorded("workday/nvidia_job_detail_rsp.json"))
    trend = document("workday", recorded("workday/trendmicro_job_detail_rsp.json"))

    assert (nvidia.external_id, nvidia.title) == (
        "JR2015916",
        "Senior Software Golang Kubernetes Engineer",
    )
    assert [(place.city, place.country) for place in nvidia.locations] == [
        ("Yokneam", "IL"),
        ("Raanana", "IL"),
        ("Tel Aviv", "IL"),
    ]
    assert nvidia.posted_at is not None
    assert nvidia.posted_at.date().isoformat() == "2026-04-24"
    assert (trend.external_id, trend.title) == ("R0006260", "(Sr.) Backend Engineer")
    assert [(place.raw, place.country) for place in trend.locations] == [("Taipei", "TW")]
    assert trend.posted_at is not None
    assert trend.posted_at.date().isoformat() == "2024-05-29"
    for read in (nvidia, trend):
        assert read.employment_types == (EmploymentType.FULL_TIME,)
        assert (read.workplace, read.salary) == (None, None)
