"""Tests of reading other fields of a schema.org JobPosting, in the forms that real pages use."""

from datetime import UTC, datetime
from typing import Any

import pytest

from include.core.fields.schema_posting import read
from include.core.formats.json_object import JsonObject
from include.core.models import EmploymentType, JobPosting, Workplace
from include.errors import ParseError


def posting(**fields: Any) -> JobPosting:
    return read(JsonObject({"title": "Sweeper", **fields}), heading=None)


def address(**parts: Any) -> dict[str, Any]:
    return {"@type": "Place", "address": {"@type": "PostalAddress", **parts}}


@pytest.mark.parametrize(
    ("place", "raw", "city", "region", "country"),
    [
        (
            address(addressLocality="Bremen", addressRegion="HB", addressCountry="DE"),
            "Bremen, HB, DE", "Bremen", "HB", "DE",
        ),
        (
            address(addressLocality="Bremen", addressCountry={"name": "Germany"}),
            "Bremen, Germany", "Bremen", None, "DE",
        ),
        (
            address(addressLocality="Lyon", addressCountry=["France"]),
            "Lyon, France", "Lyon", None, "FR",
        ),
        (
            address(addressLocality="Austin, TX, United States"),
            "Austin, TX, United States", "Austin", "TX", "US",
        ),
        (
            address(addressLocality="Graz", addressRegion="N/A", addressCountry="at"),
            "Graz, AT", "Graz", None, "AT",
        ),
        (
            address(addressLocality="Singapore", addressRegion="Singapore", addressCountry="SG"),
            "Singapore, SG", "Singapore", None, "SG",
        ),
        (address(streetAddress="Toronto, Ontario"), "Toronto, Ontario", "Toronto", "Ontario", "CA"),
        ({"name": "Leeds, United Kingdom"}, "Leeds, United Kingdom", "Leeds", None, "GB"),
        ({"address": "Porto, Portugal"}, "Porto, Portugal", "Porto", None, "PT"),
        ("Gent, Belgium", "Gent, Belgium", "Gent", None, "BE"),
    ],
)  # fmt: skip
def test_a_location_is_read_in_every_known_form(
    place: Any, raw: str, city: str | None, region: str | None, country: str | None
) -> None:
    (found,) = posting(jobLocation=place).locations

    assert (found.raw, found.city, found.region, found.country) == (raw, city, region, country)


@pytest.mark.parametrize(
    "place", [None, [], {}, "", "N/A", address(), address(addressLocality="-")]
)
def test_a_placeholder_is_not_a_location(place: Any) -> None:
    assert posting(jobLocation=place).locations == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("TELECOMMUTE", Workplace.REMOTE),
        (["TELECOMMUTE"], Workplace.REMOTE),
        ("Telecommute", Workplace.REMOTE),
        ("Hybrid", Workplace.HYBRID),
        ("ON-SITE", Workplace.ONSITE),
        ("", None),
        (None, None),
    ],
)
def test_the_location_type_is_the_workplace(kind: Any, expected: Workplace | None) -> None:
    assert posting(jobLocationType=kind).workplace is expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("FULL_TIME", (EmploymentType.FULL_TIME,)),
        ("FULL_TIME, PART_TIME", (EmploymentType.FULL_TIME, EmploymentType.PART_TIME)),
        (["Full-time", "CONTRACTOR"], (EmploymentType.FULL_TIME, EmploymentType.CONTRACTOR)),
        ("Vollzeit", (EmploymentType.FULL_TIME,)),
        ("Permanent contract", ()),
        (None, ()),
    ],
)
def test_employment_is_read_in_every_known_form(
    stated: Any, expected: tuple[EmploymentType, ...]
) -> None:
    assert posting(employmentType=stated).employment_types == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"@type": "PropertyValue", "name": "Acme", "value": 7167985}, "7167985"),
        ({"@type": "PropertyValue", "value": "R-1"}, "R-1"),
        ("R-2", "R-2"),
        ([{"value": None}, {"value": "R-3"}], "R-3"),
        ({"@type": "PropertyValue", "name": "Acme"}, None),
    ],
)
def test_an_identifier_is_read_in_every_known_form(stated: Any, expected: str | None) -> None:
    assert posting(identifier=stated).external_id == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Cook &amp; Waiter", "Cook & Waiter"),
        ("Cook &amp;amp; Waiter", "Cook & Waiter"),
        ("<b>Cook</b>\n (m/w/d)", "Cook (m/w/d)"),
        ("C<T> Developer", "C<T> Developer"),
    ],
)
def test_a_title_is_plain_text(title: str, expected: str) -> None:
    assert read(JsonObject({"title": title}), heading=None).title == expected


def test_a_title_is_never_a_placeholder() -> None:
    assert read(JsonObject({"title": "N/A"}), heading="Sweeper").title == "Sweeper"
    with pytest.raises(ParseError):
        read(JsonObject({}), heading=None)


def test_a_location_may_have_several_addresses_or_cities() -> None:
    two = {"address": [{"addressLocality": "Rome"}, {"addressLocality": "Milan"}]}
    place = {"address": {"addressLocality": ["Rome", "Milan"], "addressCountry": "IT"}}

    assert [each.raw for each in posting(jobLocation=two).locations] == ["Rome", "Milan"]
    assert [each.raw for each in posting(jobLocation=place).locations] == ["Rome, IT", "Milan, IT"]


def test_a_whole_address_may_be_in_the_street() -> None:
    at = {"address": {"streetAddress": "24 Rue Haute, 63300 Thiers", "addressCountry": "FR"}}
    bare = {"address": {"streetAddress": "24 Rue Haute", "addressCountry": "FR"}}

    assert [each.raw for each in posting(jobLocation=at).locations] == ["Thiers, FR"]
    assert [each.raw for each in posting(jobLocation=bare).locations] == ["FR"]


@pytest.mark.parametrize(
    ("company", "raw"), [("Broom Works A/S", "Herning"), ("Other A/S", "Broom Works, Herning")]
)
def test_the_company_is_no_part_of_a_place(company: str, raw: str) -> None:
    stated = posting(
        hiringOrganization={"name": company}, jobLocation={"name": "Broom Works, Herning"}
    )

    assert [each.raw for each in stated.locations] == [raw]


def test_a_date_may_be_stated_twice() -> None:
    found = posting(datePosted=["Thu Nov 12 00:00:00 UTC 2026", "Thu Nov 12 00:00:00 UTC 2026"])

    assert found.posted_at == datetime(2026, 11, 12, tzinfo=UTC)
