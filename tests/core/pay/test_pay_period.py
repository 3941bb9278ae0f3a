import pytest

from include.core.models import PayPeriod as Period
from include.core.pay.pay_period import first_period, last_period, pay_period


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
        ("Tagessatz", Period.DAY),
        ("brut annuel", Period.YEAR),
        ("al mes", Period.MONTH),
        ("al año", Period.YEAR),
        ("bruto per maand", Period.MONTH),
        ("/månad", Period.MONTH),
        ("miesięcznie", Period.MONTH),
        ("RAL", Period.YEAR),
        ("TJM", Period.DAY),
        ("p/h", Period.HOUR),
        ("12 LPA", Period.YEAR),
        ("an hourly rate", Period.HOUR),
        ("a full-time day job in an office", Period.DAY),
        ("hrubá hodinová mzda", Period.HOUR),
        ("месечно", Period.MONTH),
        ("в год", Period.YEAR),
        ("/год", Period.HOUR),
        ("kr./md.", Period.MONTH),
        ("월급은", Period.MONTH),
        ("im 2. Jahr", None),
        ("37,5 Stunden pro Woche", None),
        ("35 h / semaine", None),
        (None, None),
    ],
)
def test_a_period_is_read_if_exactly_one_is_named(
    text: str | None, expected: Period | None
) -> None:
    assert pay_period(text) is expected


def test_the_first_or_last_of_several_periods_can_be_read() -> None:
    assert first_period("per hour, 40 hours a week") is Period.HOUR
    assert last_period("Paid every month, the hourly rate is") is Period.HOUR
    assert first_period("and a broom") is None
