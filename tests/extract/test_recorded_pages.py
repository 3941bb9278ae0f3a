"""Tests of extraction from recorded pages. The expected values were read from them by hand."""

from datetime import UTC, datetime

import pytest

from include.core.models import EmploymentType, Page, PayPeriod
from include.errors import PageGone
from include.extract import fingerprint_input, read_posting
from tests.recorded import recorded


def recorded_page(name: str) -> Page:
    return Page(
        url=f"https://careers.example/{name}", body=recorded(name), content_type="text/html"
    )


def test_a_recorded_icims_page_is_read_from_its_json_ld() -> None:
    read = read_posting(recorded_page("icims/job_detail_rsp.html"))

    assert read.title == "Senior Product Manager"
    assert [place.raw for place in read.locations] == ["Austin, TX, US"]
    assert read.posted_at == datetime(2025, 12, 5, 5, tzinfo=UTC)
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    # The pay is read from the field for the currency, because the page states it there.
    assert read.salary is not None
    assert (read.salary.min, read.salary.max) == (190_000, 200_000)
    assert (read.salary.currency, read.salary.period) == ("USD", PayPeriod.YEAR)


def test_a_recorded_successfactors_page_is_read_from_its_microdata() -> None:
    read = read_posting(recorded_page("successfactors/job_detail_rsp.html"))

    assert (read.title, read.company) == ("Developer Associate", "SAP")
    assert read.locations[0].city == "Bangalore"
    assert read.posted_at == datetime(2026, 7, 13, tzinfo=UTC)
    assert read.posted_at_raw == "Mon Jul 13 00:00:00 UTC 2026"
    assert len(read.description_text) > 1_000


def test_a_recorded_notice_means_that_the_job_is_gone() -> None:
    with pytest.raises(PageGone):
        fingerprint_input(recorded_page("icims/job_detail_not_found_rsp.html"))


def test_a_recorded_error_page_means_that_the_job_is_gone() -> None:
    body = recorded("successfactors/job_detail_not_found_rsp.html")

    with pytest.raises(PageGone):
        fingerprint_input(
            Page(url="https://jobs.sap.com/errorpage/?errortype=Exception", body=body)
        )
