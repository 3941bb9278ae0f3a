from typing import Any

import pytest

from include.core.models import EmploymentType, Location, Workplace
from include.errors import PageGone, ParseError
from include.sources.base import Request
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import document, listing

ACCOUNT = {"account": "acme"}
PAGE_SIZE = 10
ATHENS = {"city": "Athens", "region": "Attica", "country": "Greece", "countryCode": "GR"}


def item(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "shortcode": f"A{number}",
        "title": f"Cook {number}",
        "location": ATHENS,
        "locations": [ATHENS | {"hidden": False}],
        "remote": False,
        "workplace": "on_site",
        "type": "full",
        "state": "published",
        "published": "2026-07-14T00:00:00.000Z",
        "department": ["Kitchen", "Hot"],
        "language": "en",
        "description": "<p>Cook.</p>",
        "requirements": "<ul><li>Kind</li></ul>",
        "benefits": "<ul><li>Soup</li></ul>",
    } | changes


def board(count: int, *, total: int | None = None) -> Any:
    """Return a function that answers requests as an account with ``count`` jobs does.

    The token of a page is the number of its first job. Each response states the total ``total``;
    None for ``count``.
    """

    def serve(request: Request) -> dict[str, Any]:
        assert request.method == "POST"
        start = int((request.json or {}).get("token", "0"))
        end = start + PAGE_SIZE
        page = {
            "total": count if total is None else total,
            "results": [item(number) for number in range(count)[start:end]],
        }
        return page | {"nextPage": str(end)} if end < count else page

    return serve


@pytest.mark.parametrize("count", [0, 10, 11, 2_500])
def test_a_list_is_paged_by_tokens(count: int) -> None:
    read = listing("workable", ACCOUNT, board(count))

    assert read.complete, read.reason
    assert [job.external_id for job in read.jobs] == [f"A{n}" for n in range(count)]


def test_a_list_whose_tokens_end_early_is_partial() -> None:
    assert not listing("workable", ACCOUNT, board(20, total=29)).complete


def test_a_repeated_token_ends_the_listing_as_partial() -> None:
    def circling(request: Request) -> dict[str, Any]:
        return {"total": 29, "results": [item(n) for n in range(10)], "nextPage": "again"}

    assert not listing("workable", ACCOUNT, circling).complete


def test_a_list_without_a_total_is_partial() -> None:
    assert not prove([answer("workable", ACCOUNT, {"results": [item()]})]).complete


def test_a_job_has_the_urls_of_its_page_and_its_document() -> None:
    config = ACCOUNT | {"base_url": "http://127.0.0.1:1"}
    request = adapter_for("workable").first_request(config)
    job = answer("workable", config, {"total": 1, "results": [item()]}).jobs[0]

    assert (request.method, request.json) == ("POST", {"query": ""})
    assert request.url == "http://127.0.0.1:1/api/v3/accounts/acme/jobs"
    assert job.url == "https://apply.workable.com/acme/j/A1/"
    assert job.page_url == "http://127.0.0.1:1/api/v2/accounts/acme/jobs/A1"
    assert job.location == "Athens, Attica, Greece"


def test_a_job_is_read_field_by_field() -> None:
    read = document("workable", item())

    assert read.locations == (
        Location(raw="Athens, Attica, Greece", city="Athens", region="Attica", country="GR"),
    )
    assert (read.workplace, read.department) == (Workplace.ONSITE, "Kitchen")
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.employment_type_raw == "full"
    assert read.description_text == "Cook.\nRequirements\n- Kind\nBenefits\n- Soup"
    assert read.requirements == ("Kind",)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("part", (EmploymentType.PART_TIME,)),
        ("contract", (EmploymentType.CONTRACTOR,)),
        ("temporary", (EmploymentType.TEMPORARY,)),
        ("internship", (EmploymentType.INTERN,)),
        ("other", (EmploymentType.OTHER,)),
        (None, ()),
    ],
)
def test_employment_types_are_read_from_workable_s_values(
    stated: str | None, expected: tuple[EmploymentType, ...]
) -> None:
    assert document("workable", item(type=stated)).employment_types == expected


@pytest.mark.parametrize(
    ("workplace", "remote", "expected"),
    [
        ("hybrid", True, Workplace.HYBRID),
        (None, True, Workplace.REMOTE),
        (None, False, None),
        (None, None, None),
    ],
)
def test_the_workplace_takes_precedence_over_the_remote_flag(
    workplace: str | None, remote: bool | None, expected: Workplace | None
) -> None:
    assert document("workable", item(workplace=workplace, remote=remote)).workplace is expected


def test_hidden_locations_are_left_out_if_others_are_shown() -> None:
    hidden = ATHENS | {"city": "Patras", "hidden": True}
    read = document("workable", item(locations=[hidden, ATHENS]))

    assert [place.city for place in read.locations] == ["Athens"]


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_a_closed_job_is_gone(state: str) -> None:
    with pytest.raises(PageGone):
        document("workable", item(state=state))


@pytest.mark.parametrize("body", [b"Not Found", b"[]", b"{}"])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("workable", ACCOUNT, body)


def test_recorded_pages_are_read_correctly() -> None:
    first = answer("workable", ACCOUNT, recorded("workable/jobs_rsp.json"))
    second = answer("workable", ACCOUNT, recorded("workable/jobs_page2_rsp.json"))

    assert (first.total, second.total) == (29, 29)
    assert first.follow[0].json == {"query": "", "token": "WzE3ODEwNDk2MDAwMDAsNTg0NDk1Nl0="}
    assert [page.jobs[0].external_id for page in (first, second)] == ["264C395E51", "9D3D73F77D"]
    assert first.jobs[0].title == "Senior Performance Marketing Strategist"
    assert first.jobs[0].location == "Athens, Attica, Greece"
    assert second.jobs[0].location == "Emeryville, California, United States"
    assert second.jobs[0].title == "Operations Partner (Flexible Contract - Emeryville)"
    assert len({job.external_id for page in (first, second) for job in page.jobs}) == 20
    assert not prove([first, second]).complete


def test_a_recorded_job_is_read_correctly() -> None:
    read = document("workable", recorded("workable/job_detail_rsp.json"))

    assert (read.external_id, read.title) == ("B02DA69C8F", "Senior Software Engineer, iOS")
    assert [(place.city, place.region, place.country) for place in read.locations] == [
        ("Athens", "Attica", "GR")
    ]
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2026-07-14T00:00:00+00:00"
    assert read.workplace is Workplace.REMOTE
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.salary is None
    assert len(read.description_text) > 1_000


def row(**changes: Any) -> dict[str, Any]:
    """Return a row of the list that companies embed in their websites."""
    return {
        "shortcode": "A1",
        "title": "Cook",
        "employment_type": "Part-time",
        "telecommuting": False,
        "workplace_type": "hybrid",
        "published_on": "2026-07-13",
        "country": "Greece",
        "state": "Attica",
        "city": "Athens",
        "locations": [ATHENS],
        "description": "<p><strong>Pay:</strong></p><ul><li>€23.00 - €26.00 an hour</li></ul>",
    } | changes


def test_the_embedded_list_is_complete_and_has_one_row_for_each_location() -> None:
    spain = {"country": "Spain", "countryCode": "ES", "city": "", "region": None}
    page = answer("workable", ACCOUNT, {"name": "Acme", "jobs": [row(), row(locations=[spain])]})

    assert prove([page]).complete
    (job,) = page.jobs
    assert (job.external_id, job.location) == ("A1", "Athens, Attica, Greece; Spain")
    assert job.page_url is None
    assert job.content is not None
    read = document("workable", job.content.encode())
    assert [place.country for place in read.locations] == ["GR", "ES"]
    assert read.workplace is Workplace.HYBRID
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.posted_at_raw == "2026-07-13"
    assert read.salary is not None
    assert (read.salary.min, read.salary.currency, read.salary.period) == (23, "EUR", "HOUR")


def test_a_row_without_locations_has_its_own_location() -> None:
    read = document("workable", row(locations=[], workplace_type="", telecommuting=True))

    assert [place.raw for place in read.locations] == ["Athens, Attica, Greece"]
    assert read.workplace is Workplace.REMOTE
