import pytest

from include.core.models import PayPeriod as Period
from include.core.models import Salary
from include.core.salary import pay_period, salary, salary_in, widest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 YEAR", Period.YEAR),
        ("per-year-salary", Period.YEAR),
        ("per-hour-wage", Period.HOUR),
        ("Annual Salary:", Period.YEAR),
        ("Hourly Rate:", Period.HOUR),
        ("p.a.", Period.YEAR),
        ("par an", Period.YEAR),
        ("/Day", Period.DAY),
        ("pro Monat", Period.MONTH),
        ("WEEK", Period.WEEK),
        ("2 WEEK", None),
        ("0.5 MONTH", None),
        ("bi-week-salary", None),
        ("one-time", None),
        ("NONE", None),
        ("an hourly rate, paid every month", None),
        (None, None),
    ],
)
def test_a_period_is_the_one_that_is_named(text: str | None, expected: Period | None) -> None:
    assert pay_period(text) is expected


@pytest.mark.parametrize(
    ("text", "low", "high", "currency", "period"),
    [
        ("$222,800 — $290,000 USD", 222_800, 290_000, "USD", None),
        ("USD $190,000.00 - USD $200,000.00 /Yr.", 190_000, 200_000, "USD", Period.YEAR),
        ("$132K – $330K", 132_000, 330_000, None, None),
        ("£40k-£50k", 40_000, 50_000, "GBP", None),
        ("C$120-150K", 120_000, 150_000, "CAD", None),
        ("€21.50 – €25.75 per hour", 21.5, 25.75, "EUR", Period.HOUR),
        ("45.000 - 55.000 € brutto pro Jahr", 45_000, 55_000, "EUR", Period.YEAR),
        ("12,00,000 to 15,00,000 INR", 1_200_000, 1_500_000, "INR", None),
        ("CHF 120'000", 120_000, None, "CHF", None),
        ("40 000 zł", 40_000, None, "PLN", None),
        ("£45,000 per annum", 45_000, None, "GBP", Period.YEAR),
        ("$300 - $425/Day ($21.43 - $30.35 per hour)", 300, 425, None, Period.DAY),
    ],
)
def test_pay_is_read_from_the_value_of_a_pay_label(
    text: str, low: float, high: float | None, currency: str | None, period: Period | None
) -> None:
    read = salary_in(text, about_pay=True)

    assert read is not None
    assert (read.min, read.max, read.currency, read.period) == (low, high, currency, period)
    assert read.origin == "text"


@pytest.mark.parametrize(
    "text",
    [
        "Competitive",
        "Depends on experience (3-5 years)",
        "40 hours",
        "$10M - $20M",
        "€5 million",
        "10% bonus",
        "£20,000 in Leeds and £30,000 in London",
    ],
)
def test_what_states_no_single_pay_is_unknown(text: str) -> None:
    assert salary_in(text, about_pay=True) is None


def test_in_prose_only_lines_about_pay_count() -> None:
    prose = "We raised $40,000 for the shelter.\nThe salary is €50,000 - €60,000 a year.\nOur team."

    read = salary_in(prose)

    assert read is not None
    assert (read.min, read.max, read.period) == (50_000, 60_000, Period.YEAR)
    assert salary_in("We raised $40,000 for the shelter.") is None


def test_zero_is_not_stated_and_a_contradiction_keeps_its_raw_text_alone() -> None:
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


def test_several_ranges_of_one_job_span_from_lowest_to_highest() -> None:
    first = Salary(raw="a", min=10, max=20, currency="EUR", origin="structured")
    second = Salary(raw="b", min=15, max=30, currency="EUR", origin="structured")
    pounds = Salary(raw="c", min=8, max=9, currency="GBP", origin="structured")

    assert widest([]) is None
    assert widest([None, first]) == first
    spanned = Salary(raw="a; b", min=10, max=30, currency="EUR", origin="structured")
    assert widest([first, second]) == spanned
    assert widest([first, pounds]) == Salary(raw="a; c", origin="structured")
