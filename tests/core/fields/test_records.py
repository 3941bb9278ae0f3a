import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from include.core.fields.records import changed_fields, posting_to_json
from include.core.models import EmploymentType, JobPosting, Location, PayPeriod, Salary, Workplace

SALARY = Salary(
    raw="€2,000–2,400 a month",
    min=2000,
    max=2400,
    currency="EUR",
    period=PayPeriod.MONTH,
    origin="jsonld",
)


def posting(**fields: Any) -> JobPosting:
    return JobPosting(**{"title": "Baker", **fields})


def test_a_salary_has_its_origin() -> None:
    assert posting_to_json(posting(salary=SALARY))["salary"] == {
        "raw": "€2,000–2,400 a month",
        "min": 2000.0,
        "max": 2400.0,
        "currency": "EUR",
        "period": "MONTH",
        "from": "jsonld",
    }
    assert posting_to_json(posting())["salary"] is None


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 3, 1, 12, 30, tzinfo=UTC), "2026-03-01T12:30:00Z"),
        (
            datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=2))),
            "2026-03-01T12:30:00+02:00",
        ),
    ],
)
def test_times_are_rfc_3339(at: datetime, text: str) -> None:
    record = posting_to_json(posting(posted_at=at, updated_at=at, valid_through=at))
    assert [record[name] for name in ("posted_at", "updated_at", "valid_through")] == [text] * 3


def test_a_record_has_every_field_and_is_json() -> None:
    full = posting(
        locations=(Location(raw="Lyon, FR", city="Lyon", country="FR"),),
        workplace=Workplace.HYBRID,
        applicant_countries=("FR", "DE"),
        employment_types=(EmploymentType.FULL_TIME,),
        salary=SALARY,
        requirements=("an oven",),
        posted_at=datetime(2026, 3, 1, tzinfo=UTC),
        provenance={"title": "jsonld"},
    )
    record = posting_to_json(full)

    assert json.loads(json.dumps(record)) == record
    assert record.keys() == posting_to_json(posting()).keys() == vars(full).keys()
    assert record["locations"] == [
        {"raw": "Lyon, FR", "city": "Lyon", "region": None, "country": "FR"}
    ]
    assert record["workplace"] == "hybrid"
    assert record["employment_types"] == ["FULL_TIME"]
    assert record["provenance"] == {"title": "jsonld"}


def test_the_first_reading_changes_nothing() -> None:
    assert changed_fields(None, posting_to_json(posting())) == {}


def test_the_same_posting_read_twice_changes_nothing() -> None:
    record = json.loads(json.dumps(posting_to_json(posting(salary=SALARY, requirements=("oven",)))))
    now = posting_to_json(posting(salary=SALARY, requirements=("oven",)))
    assert changed_fields(record, now) == {}


def test_each_changed_field_has_its_old_and_new_value() -> None:
    before = posting_to_json(posting(salary=SALARY))
    after = posting_to_json(posting(title="Senior Baker", workplace=Workplace.REMOTE))
    assert changed_fields(before, after) == {
        "title": ["Baker", "Senior Baker"],
        "workplace": [None, "remote"],
        "salary": [before["salary"], None],
    }


def test_provenance_and_markup_are_not_changes() -> None:
    before = posting_to_json(posting(description_html="<p>Bread", provenance={"title": "api"}))
    after = posting_to_json(posting(description_html="<b>Bread", provenance={"title": "text"}))
    assert changed_fields(before, after) == {}


def test_a_field_that_an_old_record_lacks_is_compared_as_null() -> None:
    before = posting_to_json(posting())
    del before["team"], before["department"]
    after = posting_to_json(posting(team="Night shift"))
    assert changed_fields(before, after) == {"team": [None, "Night shift"]}
