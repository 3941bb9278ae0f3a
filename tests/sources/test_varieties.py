"""Tests of fields in the forms that further boards use: nulls, missing keys and custom fields.

The forms are those of real boards, and the values are invented.
"""

from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Location, PayPeriod, Workplace
from tests.sources.boards import document

FULL_TIME = (EmploymentType.FULL_TIME,)


def pay(read: JobPosting) -> tuple[Any, ...] | None:
    """Return the minimum, the maximum, the currency and the period; None if there is no pay."""
    stated = read.salary
    return stated and (stated.min, stated.max, stated.currency, stated.period)


def greenhouse(**fields: Any) -> JobPosting:
    return document("greenhouse", {"id": 1, "title": "Baker", **fields})


def metadata(**named: Any) -> list[dict[str, Any]]:
    """Return custom fields with these names and values. An underscore in a name is a space."""
    return [{"name": name.replace("_", " "), "value": value} for name, value in named.items()]


def test_greenhouse_completes_a_place_with_a_workplace_from_its_office() -> None:
    read = greenhouse(
        location={"name": "Hybrid - London"},
        offices=[{"name": "Office - London", "location": "London, England, United Kingdom"}],
    )

    assert read.locations == (
        Location(raw="Hybrid - London", city="London", region="England", country="GB"),
    )
    assert read.workplace is Workplace.HYBRID


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (metadata(Workplace_Type="Hybrid"), Workplace.HYBRID),
        (metadata(Work_Arrangement=["On-site"]), Workplace.ONSITE),
        (metadata(Remote=True), Workplace.REMOTE),
        (metadata(Remote=False), None),
        (metadata(Workplace=None), None),
        (None, None),
    ],
)
def test_greenhouse_workplace_may_be_a_custom_field_of_any_name(
    fields: Any, expected: Workplace | None
) -> None:
    assert greenhouse(metadata=fields).workplace is expected


def test_greenhouse_hours_and_pay_may_be_custom_fields() -> None:
    pay_range = {
        "name": "Pay Transparency Range",
        "value_type": "currency_range",
        "value": {"unit": "USD", "min_value": "172800.0", "max_value": "297000.0"},
    }
    read = greenhouse(
        metadata=[
            pay_range,
            pay_range | {"name": "Bonus Range"},
            *metadata(Pay_Frequency="Annual", Employment_Type="Full-Time"),
        ]
    )

    assert pay(read) == (172_800, 297_000, "USD", PayPeriod.YEAR)
    assert read.employment_types == FULL_TIME


def test_greenhouse_pay_without_a_period_gets_it_from_the_text() -> None:
    ranges = [{"min_cents": 5900000, "max_cents": 7900000, "currency_type": "USD", "title": ""}]
    same_amounts = "&lt;p&gt;The yearly salary is $59,000 - $79,000.&lt;/p&gt;"
    other_amounts = "&lt;p&gt;The yearly salary is $60,000 - $79,000.&lt;/p&gt;"

    for text, period in ((same_amounts, PayPeriod.YEAR), (other_amounts, None)):
        read = greenhouse(pay_input_ranges=ranges, content=text)
        assert pay(read) == (59_000, 79_000, "USD", period)
        assert read.provenance["salary"] == "api"


def test_pay_that_is_only_in_the_description_has_the_origin_text() -> None:
    read = greenhouse(
        content="&lt;p&gt;The salary is £40,000 - £45,000 a year, plus a £500 bonus.&lt;/p&gt;"
    )

    assert pay(read) == (40_000, 45_000, "GBP", PayPeriod.YEAR)
    assert read.salary is not None
    assert (read.salary.origin, read.provenance["salary"]) == ("text", "text")


def test_lever_pay_may_be_text_and_the_text_may_be_in_new_fields() -> None:
    read = document(
        "lever",
        {
            "id": "a",
            "text": "Baker",
            "categories": {"location": "London", "allLocations": ["London", "Stockholm"]},
            "country": "GB",
            "opening": "<p>Who we are.</p>",
            "descriptionBody": "<p>What you do.</p>",
            "salaryDescription": "<p>£30,000 - £35,000 per year</p>",
            "createdAt": "1785000000000",
        },
    )

    assert pay(read) == (30_000, 35_000, "GBP", PayPeriod.YEAR)
    assert read.description_text.startswith("Who we are.\nWhat you do.")
    assert [(place.city, place.country) for place in read.locations] == [
        ("London", "GB"),
        (None, None),
    ]
    assert read.posted_at is not None


def test_lever_postings_may_lack_nearly_everything() -> None:
    read = document("lever", {"id": "a", "text": "Baker", "categories": {"team": "Bread"}})

    assert (read.locations, read.salary, read.posted_at, read.workplace) == ((), None, None, None)


@pytest.mark.parametrize(
    ("compensation", "expected"),
    [
        (
            {
                "summaryComponents": [],
                "compensationTiers": [
                    {
                        "components": [
                            {"compensationType": "EquityPercentage", "minValue": 1, "maxValue": 2},
                            {
                                "compensationType": "Salary",
                                "interval": "1 HOUR",
                                "currencyCode": "USD",
                                "minValue": 20,
                                "maxValue": 25,
                            },
                        ]
                    }
                ],
            },
            (20, 25, "USD", PayPeriod.HOUR),
        ),
        ({"scrapeableCompensationSalarySummary": "€50K - €60K"}, (50_000, 60_000, "EUR", None)),
        ({"scrapeableCompensationSalarySummary": "₹30L - ₹40L"}, (3e6, 4e6, "INR", None)),
        ({"compensationTierSummary": "£40K – £45K • Offers Equity"}, (40_000, 45_000, "GBP", None)),
        ({"compensationTierSummary": "Offers Equity"}, None),
        ({"compensationTierSummary": None, "summaryComponents": None}, None),
        (None, None),
    ],
)
def test_ashby_pay_is_read_from_the_first_part_that_states_it(
    compensation: Any, expected: tuple[Any, ...] | None
) -> None:
    read = document("ashby", {"id": "1", "title": "Baker", "compensation": compensation})

    assert pay(read) == expected


def test_ashby_workplace_is_read_from_the_location_if_nothing_else_states_it() -> None:
    job = {"id": "1", "title": "Baker", "location": "Remote - India", "isRemote": True}

    assert document("ashby", job).workplace is Workplace.REMOTE
    assert document("ashby", job | {"location": "Pune"}).workplace is None


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Office-based", Workplace.ONSITE),
        ("Hybrid (3 days)", Workplace.HYBRID),
        ("Remote", Workplace.REMOTE),
        ("Shift 2", None),
    ],
)
def test_smartrecruiters_workplace_may_be_a_custom_field(
    label: str, expected: Workplace | None
) -> None:
    read = document(
        "smartrecruiters",
        {
            "id": "1",
            "name": "Baker",
            "location": {"city": "Montréal", "country": "ca", "remote": False, "hybrid": False},
            "customField": [{"fieldLabel": "Work flexibility", "valueLabel": label}],
        },
    )

    assert read.workplace is expected
    assert [place.raw for place in read.locations] == ["Montréal, CA"]


@pytest.mark.parametrize(
    ("location", "city", "region", "country"),
    [
        ("US-CA-Menlo Park", "Menlo Park", "CA", "US"),
        ("IND.Bengaluru", "Bengaluru", None, "IN"),
        ("USA - TX - Austin", "Austin", "TX", "US"),
        ("Israel, Yokneam", "Yokneam", None, "IL"),
        ("Remote, United States", None, None, "US"),
    ],
)
def test_workday_locations_may_have_codes(
    location: str, city: str | None, region: str | None, country: str | None
) -> None:
    info = {"title": "Baker", "jobReqId": "R1", "location": location}
    read = document("workday", {"jobPostingInfo": info})

    (place,) = read.locations
    assert (place.city, place.region, place.country) == (city, region, country)


def test_workday_pay_is_only_in_the_text() -> None:
    text = "<p>The base salary range is 168,000 USD - 264,500 USD. You get equity, too.</p>"
    info = {
        "title": "Baker",
        "jobReqId": "R1",
        "jobDescription": text,
        "remoteType": "Fully Remote",
    }
    read = document("workday", {"jobPostingInfo": info})

    assert pay(read) == (168_000, 264_500, "USD", None)
    assert read.workplace is Workplace.REMOTE


def test_recruitee_offers_may_be_all_nulls() -> None:
    read = document(
        "recruitee",
        {
            "id": 1,
            "title": "Baker",
            "status": "published",
            "published_at": "2026-07-13 12:00:00 UTC",
            "description": None,
            "requirements": None,
            "location": None,
            "locations": [],
            "city": None,
            "country": None,
            "remote": False,
            "hybrid": False,
            "on_site": False,
            "employment_type_code": None,
            "salary": None,
        },
    )

    assert (read.locations, read.salary, read.workplace) == ((), None, None)
    assert read.posted_at_raw == "2026-07-13 12:00:00 UTC"


def test_a_recruitee_offer_is_read_in_full() -> None:
    place = {"name": "HQ", "city": "Utrecht", "state": "Utrecht", "country": "Netherlands"}
    read = document(
        "recruitee",
        {
            "id": 2,
            "title": "Baker",
            "locations": [place | {"country_code": "NL", "state_code": "UT"}],
            "hybrid": True,
            "remote": False,
            "on_site": False,
            "employment_type_code": "fulltime_permanent",
            "salary": {"min": "3750", "max": "5250", "period": "month", "currency": "EUR"},
        },
    )

    assert pay(read) == (3_750, 5_250, "EUR", PayPeriod.MONTH)
    assert read.workplace is Workplace.HYBRID
    assert read.employment_types == FULL_TIME
    assert [(at.city, at.country) for at in read.locations] == [("Utrecht", "NL")]


def test_a_personio_position_may_have_several_offices_and_schedules() -> None:
    read = document(
        "personio",
        "<position><id>1</id><name>Baker</name><office>Berlin,Remote</office>"
        "<additionalOffices><office>Wien</office></additionalOffices>"
        "<jobDescriptions><jobDescription><name>Profil</name>"
        "<value>Kein Abschluss n&amp;ouml;tig.</value></jobDescription></jobDescriptions>"
        "<employmentType>permanent</employmentType><schedule>full-or-part-time</schedule>"
        "<createdAt>2026-09-01T08:30:00+00:00</createdAt></position>",
    )

    assert [place.raw for place in read.locations] == ["Berlin", "Remote", "Wien"]
    assert read.employment_types == (EmploymentType.FULL_TIME, EmploymentType.PART_TIME)
    assert read.description_text == "Profil\nKein Abschluss nötig."


def test_a_continent_or_country_is_not_a_teamtailor_region() -> None:
    places = [
        {
            "address": {
                "addressLocality": "Aarhus",
                "addressRegion": "Europe",
                "addressCountry": "DK",
            }
        },
        {"address": {"addressLocality": "Lund", "addressRegion": "Sweden", "addressCountry": "SE"}},
    ]
    markup = {"jobLocation": places, "jobLocationType": "TELECOMMUTE"}
    read = document("teamtailor", {"id": "x", "title": "Baker", "_jobposting": markup})

    assert [(at.city, at.region, at.country) for at in read.locations] == [
        ("Aarhus", None, "DK"),
        ("Lund", None, "SE"),
    ]
    assert read.workplace is Workplace.REMOTE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$25.00 - $30.00 per hour", (25, 30, None, PayPeriod.HOUR)),
        ("80,000 - 95,000", (80_000, 95_000, None, None)),
        ("£32k", (32_000, 32_000, "GBP", None)),
        ("DOE", None),
        ("", None),
    ],
)
def test_bamboohr_pay_is_read_from_any_text(text: str, expected: tuple[Any, ...] | None) -> None:
    opening = {"jobOpeningName": "Baker", "compensation": text}
    read = document("bamboohr", {"result": {"jobOpening": opening}})

    assert pay(read) == expected


def test_rippling_workplace_is_read_from_the_locations() -> None:
    job = {
        "uuid": "1",
        "name": "Baker",
        "workLocations": ["Remote (New Jersey, US)", "Remote (Seattle, Washington, US)"],
        "payRangeDetails": [
            {"rangeStart": 20, "rangeEnd": 25, "currency": "USD", "frequency": "HOURLY"},
            {"rangeStart": 22, "rangeEnd": 30, "currency": "USD", "frequency": "HOURLY"},
        ],
    }
    read = document("rippling", job)

    assert [(at.city, at.region, at.country) for at in read.locations] == [
        (None, "New Jersey", "US"),
        ("Seattle", "Washington", "US"),
    ]
    assert read.workplace is Workplace.REMOTE
    assert pay(read) == (20, 30, "USD", PayPeriod.HOUR)


def test_workable_pay_has_no_period() -> None:
    salary = {"salary_from": 40000, "salary_to": 45000, "salary_currency": "eur"}
    read = document("workable", {"shortcode": "A", "title": "Baker", "salary": salary})

    assert pay(read) == (40_000, 45_000, "EUR", None)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Baker (Remote)", Workplace.REMOTE),
        ("Baker - Hybrid, Leeds", Workplace.HYBRID),
        ("Baker | On-site", Workplace.ONSITE),
        ("Baker (Remote or Hybrid)", None),
        ("Remote Sensing Engineer", None),
        ("Architect (Hybrid Cloud)", None),
        ("Baker", None),
    ],
)
def test_a_workplace_may_be_in_the_title(title: str, expected: Workplace | None) -> None:
    assert greenhouse(title=title).workplace is expected
