import pytest

from include.core.models import PayPeriod as Period
from include.core.models import Salary
from include.core.pay.salary import in_local_currency, is_plausible, salary, widest


def test_zero_is_unknown_and_a_contradiction_keeps_only_its_raw_text() -> None:
    def read(low: float | None, high: float | None) -> Salary | None:
        return salary(low=low, high=high, currency="EUR", period=None, origin="structured")

    assert read(0, None) is None
    assert read(None, float("inf")) is None
    assert read(0, 50_000) == Salary(
        raw="EUR 50,000", max=50_000, currency="EUR", origin="structured"
    )
    contradiction = read(9, 5)
    assert contradiction is not None
    assert (contradiction.min, contradiction.max) == (None, None)
    assert contradiction.raw == "EUR 9 – 5"


def test_several_ranges_are_joined_from_the_lowest_to_the_highest() -> None:
    first = Salary(raw="a", min=10, max=20, currency="EUR", origin="structured")
    second = Salary(raw="b", min=15, max=30, currency="EUR", origin="structured")
    pounds = Salary(raw="c", min=8, max=9, currency="GBP", origin="structured")

    assert widest([]) is None
    assert widest([None, first]) == first
    spanned = Salary(raw="a; b", min=10, max=30, currency="EUR", origin="structured")
    assert widest([first, second]) == spanned
    assert widest([first, pounds]) == Salary(raw="a; c", origin="structured")


@pytest.mark.parametrize(
    ("raw", "countries", "expected"),
    [
        ("$50,000", ["US"], "USD"),
        ("$50,000", ["US", "US"], "USD"),
        ("$50,000", ["CA"], "CAD"),
        ("35 000 kr", ["SE"], "SEK"),
        ("¥6,000,000", ["JP"], "JPY"),
        ("$50,000", ["US", "CA"], None),
        ("$50,000", ["US", None], None),
        ("$50,000", ["MX"], None),
        ("$50,000", [], None),
        ("50,000", ["US"], None),
    ],
)
def test_an_ambiguous_currency_sign_is_read_by_the_only_country_of_the_job(
    raw: str, countries: list[str | None], expected: str | None
) -> None:
    read = in_local_currency(Salary(raw=raw, min=1, max=1, origin="text"), countries)

    assert read is not None
    assert read.currency == expected


@pytest.mark.parametrize(
    ("site", "countries", "expected"),
    [
        ("https://careers.acme.ca/1", [], "CAD"),
        ("https://careers.acme.ca/1", [None], "CAD"),
        ("https://jobs.acme.com.au/1", [None], "AUD"),
        ("https://careers.acme.ca/1", ["US"], "USD"),
        ("https://careers.acme.ca/1", ["US", None], None),
        ("https://careers.acme.co/1", [None], None),
        ("https://careers.acme.com/1", [None], None),
        ("https://acme.example/1", [], None),
    ],
)
def test_the_country_of_the_site_counts_where_the_place_says_nothing(
    site: str, countries: list[str | None], expected: str | None
) -> None:
    stated = Salary(raw="$50,000", min=1, max=1, origin="text")

    read = in_local_currency(stated, countries, site=site)

    assert read is not None
    assert read.currency == expected


def test_a_stated_currency_is_kept() -> None:
    stated = Salary(raw="$1", min=1, max=1, currency="CAD", origin="text")

    assert in_local_currency(stated, ["US"]) == stated
    assert in_local_currency(None, ["US"]) is None


@pytest.mark.parametrize(
    ("low", "high", "currency", "period", "expected"),
    [
        (50_000, 60_000, "USD", Period.YEAR, True),
        (15, 18, "USD", Period.HOUR, True),
        (3, 5, None, Period.YEAR, False),
        (50_000, 60_000, "USD", Period.HOUR, False),
        (5_000, 6_000, "HUF", Period.HOUR, True),
        (20, 50_000, "USD", None, False),
        (None, None, "USD", None, False),
    ],
)
def test_unrealistic_pay_is_implausible(
    low: float | None,
    high: float | None,
    currency: str | None,
    period: Period | None,
    expected: bool,
) -> None:
    read = Salary(raw="", min=low, max=high, currency=currency, period=period, origin="text")

    assert is_plausible(read) is expected


@pytest.mark.parametrize(
    ("raw", "locale", "countries", "expected"),
    [
        ("R48 000 per month", "en-ZA", [None], "ZAR"),
        ("8000元/月", "zh-Hans-CN", [None], "CNY"),
        ("$30 an hour", "fr_CA", [], "CAD"),
        ("Rs. 40,000 per month", "en-in", [None], "INR"),
        ("$30 an hour", "en-AU", ["CA"], "CAD"),
        ("$30 an hour", "en-US", [None], None),
        ("$30 an hour", "en", [None], None),
        ("8000元/月", "zh", [None], None),
    ],
)
def test_the_country_in_the_language_tag_of_a_page_counts_where_the_place_says_nothing(
    raw: str, locale: str, countries: list[str | None], expected: str | None
) -> None:
    read = in_local_currency(Salary(raw=raw, min=1, max=1, origin="text"), countries, locale=locale)

    assert read is not None
    assert read.currency == expected
