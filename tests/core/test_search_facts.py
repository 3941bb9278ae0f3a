"""Tests of the search facts, which are the values by which postings are searched."""

import pytest

from include.core.companies.boards import is_private
from include.core.fields.records import posting_to_json
from include.core.models import EmploymentType, JobPosting, Location, PayPeriod, Salary, Workplace
from include.core.pay.yearly_pay import yearly_pay
from include.core.search_facts import search_facts


def test_a_posting_has_a_tag_for_each_value_and_each_unknown_field() -> None:
    posting = JobPosting(
        title="Cook",
        company="Café Élan",
        language="de",
        locations=(Location(raw="x", city="St. Gallen", country="CH"), Location(raw="Remote")),
        applicant_countries=("DE",),
        workplace=Workplace.REMOTE,
        employment_types=(EmploymentType.PART_TIME,),
        salary=Salary(raw="20", min=20, currency="CHF", period=PayPeriod.HOUR, origin="text"),
    )
    facts = search_facts(posting_to_json(posting), location=None, source="lever", config={})
    assert (facts.company, facts.company_key) == ("Café Élan", "cafe elan")
    assert facts.places == "st gallen 0 switzerland 0 germany 0"
    assert set(facts.tags) == {
        *("company:cafe elan", "source:lever", "country:CH", "country:DE", "workplace:remote"),
        *("employment_type:PART_TIME", "language:de", "unknown:posted_at"),
    }
    assert (facts.pay, facts.currency) == (20 * 2_080, "CHF")  # the hours of a year


def test_a_posting_that_is_not_read_yet_has_the_place_of_its_listing() -> None:
    facts = search_facts(
        None, location="Berlin, Germany", source="html", config={"url": "https://jobs.example/all"}
    )
    assert facts.company == "jobs.example"
    assert {"country:DE", "unknown:pay", "unknown:workplace", "unknown:posted_at"} < set(facts.tags)
    assert facts.places == "berlin 0 germany 0"


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"board": "acme"}, "acme"),
        ({"account": "acme"}, "acme"),
        ({"host": "acme.example", "site": "careers"}, "careers"),
        ({"host": "acme.example"}, "acme.example"),
        ({"url": "http://[broken"}, "source"),
        ({}, "source"),
    ],
    ids=str,
)
def test_a_company_without_a_name_has_the_one_of_its_board(
    config: dict[str, str], name: str
) -> None:
    assert search_facts(None, location=None, source="source", config=config).company == name


@pytest.mark.parametrize(
    ("low", "high", "period", "yearly"),
    [
        (20.5, 30, "HOUR", (42_640, 62_400)),
        (100, None, "DAY", (26_000, None)),
        (None, 1_000, "WEEK", (None, 52_000)),
        (3_000, 4_000, "MONTH", (36_000, 48_000)),
        (50_000, 60_000, "YEAR", (50_000, 60_000)),
        (50_000, 60_000, None, None),
        (None, None, "YEAR", None),
    ],
)
def test_pay_is_compared_by_the_year(
    low: float | None, high: float | None, period: str | None, yearly: object
) -> None:
    pay = yearly_pay({"min": low, "max": high, "period": period})
    assert (pay and (pay.min, pay.max)) == yearly


@pytest.mark.parametrize(
    ("config", "private"),
    [
        ({"board": "acme"}, False),
        ({"board": "acme", "base_url": "http://127.0.0.1:8090"}, True),
        ({"url": "http://127.0.0.1:8090/sitemap.xml"}, True),
        ({"url": "https://INTRANET.corp/jobs"}, True),
        ({"url": "https://intranet.corp.example/jobs"}, False),
        ({"host": "intranet.corp"}, True),
        ({"url": "http://[fd00::1]/jobs"}, True),
        ({"url": "http://[fd00::2]/jobs"}, True),
        ({"url": "http://[fd00::3]/jobs"}, True),
        ({"url": "http://[fd00::4]/jobs"}, False),
        ({"url": "http://[broken"}, True),
    ],
    ids=str,
)
def test_a_board_at_a_private_host_is_private(config: dict[str, str], private: bool) -> None:
    """Check boards against the private hosts that the operator allows, with or without a port."""
    hosts = ("127.0.0.1:8090", "Intranet.corp", "[fd00::1]", "[fd00::2]:8080", "fd00::3", "::1")
    assert is_private(config, hosts) is private
