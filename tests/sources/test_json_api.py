from collections.abc import Mapping
from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Workplace
from include.errors import ParseError
from include.sources.base import Request
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

FIELDS = {
    "external_id": "id",
    "title": "attributes.name",
    "url": "join('/', ['/jobs', to_string(id)])",
    "location": "offices[].city",
}
API: Mapping[str, Any] = {
    "url": "https://acme.example/api/jobs",
    "jobs": "data[?state=='open']",
    "fields": FIELDS,
}


def job(number: int = 7, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "state": "open",
        "attributes": {"name": "Cook"},
        "offices": [{"city": "Bonn, Germany"}, {"city": "Lyon, France"}],
    } | changes


def test_expressions_find_the_postings_and_their_fields() -> None:
    page = answer("json", API, {"data": [job(), job(8, state="closed")]})

    (listed,) = page.jobs
    assert (listed.external_id, listed.title) == ("7", "Cook")
    assert listed.url == "https://acme.example/jobs/7"
    assert listed.location == "Bonn, Germany; Lyon, France"
    assert (listed.page_url, listed.content) == (None, None)
    assert page.partial_reason is None


def test_a_posting_with_a_description_is_read_from_its_fields() -> None:
    fields = FIELDS | {
        "description": "html",
        "workplace": "mode",
        "employment_type": "types",
        "posted_at": "created",
        "department": "team",
        "salary_min": "pay[0]",
        "salary_max": "pay[1]",
        "salary_currency": "'EUR'",
        "salary_period": "'year'",
    }
    source = job(
        html="<p>Cook.</p>",
        mode="hybrid",
        types=["Full time", "Internship"],
        created=1783900800,
        team="Kitchen",
        pay=["40000", 50_000],
    )
    read = posting("json", answer("json", API | {"fields": fields}, {"data": [source]}).jobs[0])

    assert read.url == "https://acme.example/jobs/7"
    assert read.locations == (
        Location(raw="Bonn, Germany", city="Bonn", country="DE"),
        Location(raw="Lyon, France", city="Lyon", country="FR"),
    )
    assert read.workplace is Workplace.HYBRID
    assert read.employment_types == (EmploymentType.FULL_TIME, EmploymentType.INTERN)
    assert read.posted_at is not None
    assert read.posted_at.date().isoformat() == "2026-07-13"
    assert read.salary is not None
    assert (read.salary.min, read.salary.max) == (40_000, 50_000)
    assert (read.salary.currency, read.salary.period) == ("EUR", PayPeriod.YEAR)
    assert (read.department, read.description_text) == ("Kitchen", "Cook.")


def test_pay_is_read_from_text_and_null_is_unknown() -> None:
    fields = FIELDS | {"description": "html", "salary": "pay"}

    def read(**changes: Any) -> Any:
        page = answer("json", API | {"fields": fields}, {"data": [job(**changes)]})
        return posting("json", page.jobs[0])

    assert read(pay="€40k - €50k per year").salary.max == 50_000
    assert (read().salary, read().description_text) == (None, "")


def test_a_stated_total_decides_whether_the_listing_is_complete() -> None:
    config = API | {"total": "meta.count"}

    assert listing("json", config, lambda _: {"data": [job()], "meta": {"count": 1}}).complete
    assert listing("json", config, lambda _: {"data": [], "meta": {"count": 0}}).complete
    assert not listing("json", config, lambda _: {"data": [job()], "meta": {"count": 9}}).complete
    assert not listing("json", config, lambda _: {"data": [job()]}).complete


def test_an_empty_response_without_a_total_is_partial() -> None:
    assert listing("json", API, lambda _: {"data": [job()]}).complete
    assert not listing("json", API, lambda _: {"data": []}).complete


@pytest.mark.parametrize("following", ["?page={}", "https://acme.example/api/jobs?page={}"])
@pytest.mark.parametrize("pages", [1, 2, 125])
def test_next_pages_are_followed_to_the_last(pages: int, following: str) -> None:
    def serve(request: Request) -> Any:
        page = int(request.url.partition("?page=")[2] or 1)
        links = {"next": following.format(page + 1)} if page < pages else {}
        return {"data": [job(page)], "links": links}

    result = listing("json", API | {"next": "links.next"}, serve)

    assert result.complete
    assert len(result.jobs) == pages


def test_a_posting_without_a_required_field_makes_the_listing_partial() -> None:
    page = answer("json", API, {"data": [job(), job(8, attributes=None)]})

    assert [listed.external_id for listed in page.jobs] == ["7"]
    assert page.partial_reason == "posting 2 could not be read: no `title`"


def test_an_expression_that_fails_on_the_response_is_an_error() -> None:
    config = API | {"jobs": "sort_by(data, &id)"}

    assert adapter_for("json").first_request(config)
    with pytest.raises(ParseError, match="jobs"):
        answer("json", config, {"data": [{"id": 1}, {"id": "b"}]})


@pytest.mark.parametrize("body", [b"<html>", {"data": None}, {"data": {}}, []])
def test_a_response_without_a_list_is_an_error(body: Any) -> None:
    with pytest.raises(ParseError):
        answer("json", API | {"jobs": "data"}, body)
