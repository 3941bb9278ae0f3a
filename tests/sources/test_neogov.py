"""Tests of NEOGOV. The feeds are built by hand like those in the tests of other crawlers."""

from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Location, PayPeriod, Salary
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.records import MAYBE_UNKNOWN
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting

AGENCY = {"agency": "iowa"}
BOM = b"\xef\xbb\xbf"
NAMESPACE = "http://www.neogov.com/namespaces/JobListing"
FIELDS = {
    "jobId": "5376469",
    "jobNumberSingle": "26-01234",
    "department": "Kitchens",
    "division": "Night",
    "jobType": "Full time",
    "location": "Des Moines - 50319",
    "state": "IA",
    "minimumSalary": "22.50",
    "maximumSalary": "33.00",
    "salaryCurrency": "USD",
    "salaryInterval": "Hour",
    "advertiseToDateTimeUTC": "Wed, 22 Jul 2026 07:59:00:0",
    "examplesofduties": "<![CDATA[<ul><li>Cook</li></ul>]]>",
    "qualifications": "Graduation from high school.",
}


def feed(*items: dict[str, Any], namespace: str = NAMESPACE) -> bytes:
    rows = "".join(
        "<item><title>Night Cook</title>"
        f"<link>https://www.governmentjobs.com/careers/iowa/jobs/{row['jobId']}</link>"
        "<description><![CDATA[<p>We cook &amp; serve.</p>]]></description>"
        "<pubDate>Fri, 12 Jun 2026 22:11:53 GMT</pubDate>"
        + "".join(f"<joblisting:{key}>{text}</joblisting:{key}>" for key, text in row.items())
        + "<!-- end --></item>"
        for row in items
    )
    start = '<?xml version="1.0" encoding="utf-8"?>'
    channel = f"<channel><title>State of Iowa, IA</title>{rows}</channel>"
    return f'{start}<rss version="2.0" xmlns:joblisting="{namespace}">{channel}</rss>'.encode()


def read(**changes: str) -> JobPosting:
    return posting("neogov", answer("neogov", AGENCY, feed(FIELDS | changes)).jobs[0])


@pytest.mark.parametrize("start", [b"", BOM])
@pytest.mark.parametrize("namespace", [NAMESPACE, "https://www.schooljobs.com"])
def test_one_request_asks_for_the_whole_feed(start: bytes, namespace: str) -> None:
    body = start + feed(FIELDS, FIELDS | {"jobId": "2"}, namespace=namespace)
    page = answer("neogov", AGENCY, body)
    request = adapter_for("neogov").first_request({"agency": "iowa & co"})

    assert request.url == (
        "https://www.governmentjobs.com/SearchEngine/JobsFeed?agency=iowa%20%26%20co"
    )
    assert prove([page]).complete
    assert [(job.external_id, job.title, job.location) for job in page.jobs] == [
        ("5376469", "Night Cook", "Des Moines - 50319, IA"),
        ("2", "Night Cook", "Des Moines - 50319, IA"),
    ]
    assert page.jobs[0].url == "https://www.governmentjobs.com/careers/iowa/jobs/5376469"


def test_a_posting_is_read_field_by_field() -> None:
    posting = read()

    assert (posting.external_id, posting.requisition_id) == ("5376469", "26-01234")
    assert (posting.department, posting.team) == ("Kitchens", "Night")
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert posting.salary == Salary(
        raw="USD 22.50 – 33 per HOUR", min=22.5, max=33, currency="USD", period=PayPeriod.HOUR,
        origin="structured",
    )  # fmt: skip
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-06-12T22:11:53+00:00"
    assert posting.valid_through is not None
    assert posting.valid_through.isoformat() == "2026-07-22T07:59:00+00:00"
    assert posting.description_text == (
        "We cook & serve.\nExamples of Duties\n- Cook\nQualifications\nGraduation from high school."
    )


def test_the_state_completes_the_place() -> None:
    assert read(location="Las Vegas", state="NV").locations == (
        Location(raw="Las Vegas, NV", city="Las Vegas", region="NV", country="US"),
    )
    assert read(location="NV", state="NV").locations[0].raw == "NV"
    assert read(location="", state="").locations == ()


def test_amounts_may_have_commas_or_be_texts() -> None:
    yearly = read(minimumSalary="50,000", maximumSalary="$62,400.00", salaryInterval="Year").salary

    assert yearly is not None
    assert (yearly.min, yearly.max, yearly.period) == (50_000, 62_400, PayPeriod.YEAR)
    assert read(minimumSalary="See Position Description", maximumSalary="").salary is None


@pytest.mark.parametrize("interval", ["Biweekly", "Semi-Monthly", ""])
def test_an_interval_that_is_not_a_pay_period_is_unknown(interval: str) -> None:
    found = read(salaryInterval=interval).salary

    assert found is not None
    assert found.period is None


@pytest.mark.parametrize("stated", ["Continuous", ""])
def test_a_posting_may_have_no_deadline(stated: str) -> None:
    assert read(advertiseToDateTimeUTC=stated).valid_through is None


def test_an_empty_feed_may_be_that_of_an_unknown_agency() -> None:
    assert answer("neogov", AGENCY, feed()).partial_reason == MAYBE_UNKNOWN


def test_a_posting_that_cannot_be_read_makes_the_feed_partial() -> None:
    body = feed(FIELDS, FIELDS | {"jobId": "2"}).replace(b"iowa/jobs/2<", b"x<")
    body = body.replace(b"https://www.governmentjobs.com/careers/x", b"javascript:x")
    page = answer("neogov", AGENCY, body)

    assert ([job.external_id for job in page.jobs], prove([page]).complete) == (["5376469"], False)


@pytest.mark.parametrize(
    "body",
    [b"<html><body>Agency not found</body></html>", b"{}", feed(FIELDS)[:-30], b"<rss></rss>"],
)
def test_a_response_that_is_not_a_feed_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("neogov", AGENCY, body)
