"""Tests of HERP Careers. One response is recorded, and others are built like this one."""

from typing import Any

import pytest

from include.core.models import EmploymentType, PayPeriod, Salary, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer, posting

ACME = {"company": "acme"}


def job(**changes: Any) -> dict[str, Any]:
    return {
        "id": "12p0uk-hrFac",
        "name": " 調理師",
        "title": "",
        "companyName": "株式会社アクメ",
        "companyIsApplicationEnabled": True,
        "isApplicable": True,
        "summary": "料理を作ります。\n<毎日>",
        "requiredSkills": "・経験",
        "jobLocations": [{"prefName": "東京都", "cityName": "品川区"}],
        "jobRemoteworkType": None,
        "jobEmploymentTypeIds": ["FULL_TIME"],
        "formOfEmployment": "正社員",
        "salary": {"text": "年収550〜900万", "minimum": 5500000, "maximum": 9000000,
                   "period": "ANNUAL"},
    } | changes  # fmt: skip


def company(*jobs: dict[str, Any]) -> dict[str, Any]:
    return {"company": {"companyName": "株式会社アクメ", "jobs": list(jobs)}, "statusCode": 200}


def read(**changes: Any) -> Any:
    return posting("herp", answer("herp", ACME, company(job(**changes))).jobs[0])


def test_one_request_asks_for_the_whole_company() -> None:
    page = answer("herp", ACME, company(job(), job(id="2")))

    assert adapter_for("herp").first_request(ACME).url == (
        "https://herp.careers/careers/api/v1/companies/acme"
    )
    assert prove([page]).complete
    assert [(each.external_id, each.title, each.location) for each in page.jobs] == [
        ("12p0uk-hrFac", "調理師", "東京都品川区"),
        ("2", "調理師", "東京都品川区"),
    ]


def test_a_job_is_read_field_by_field() -> None:
    posting = read()

    assert [(at.raw, at.city, at.region, at.country) for at in posting.locations] == [
        ("東京都品川区", "品川区", "東京都", "JP")
    ]
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert (posting.company, posting.workplace) == ("株式会社アクメ", None)
    assert posting.description_text == "仕事概要\n料理を作ります。\n<毎日>\n必須スキル\n・経験"
    assert posting.salary == Salary(
        raw="年収550〜900万",
        min=5_500_000,
        max=9_000_000,
        currency="JPY",
        period=PayPeriod.YEAR,
        origin="structured",
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("FULL_REMOTEWORK", Workplace.REMOTE), ("HYBRID_REMOTEWORK", Workplace.HYBRID), ("X", None)],
)
def test_the_workplace_is_the_kind_of_remote_work(kind: str, expected: Any) -> None:
    assert read(jobRemoteworkType=kind).workplace is expected


def test_a_job_without_applications_is_not_listed() -> None:
    page = answer("herp", ACME, company(job(), job(id="2", isApplicable=False)))

    assert [each.external_id for each in page.jobs] == ["12p0uk-hrFac"]
    assert prove([page]).complete


def test_the_address_is_where_the_company_takes_applications() -> None:
    own = job(companyIsApplicationEnabled=False)
    urls = [answer("herp", ACME, company(each)).jobs[0].url for each in (job(), own)]

    assert urls == [
        "https://herp.careers/careers/companies/acme/jobs/12p0uk-hrFac",
        "https://herp.careers/v1/acme/12p0uk-hrFac",
    ]


def test_a_recorded_company_is_complete() -> None:
    page = answer("herp", {"company": "resmahr"}, recorded("herp/company_sparse_rsp.json"))

    assert (len(page.jobs), prove([page]).complete) == (7, True)
    assert page.jobs[1].location is None
    assert posting("herp", page.jobs[1]).employment_types == (EmploymentType.CONTRACTOR,)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"company": {}}', b'{"company": {"j'])
def test_a_response_that_is_not_a_company_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("herp", ACME, body)
