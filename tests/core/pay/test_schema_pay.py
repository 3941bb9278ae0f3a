"""Tests of reading the pay of a schema.org JobPosting, in the forms that real pages use."""

from typing import Any

import pytest

from include.core.formats.json_object import JsonObject
from include.core.models import PayPeriod as Period
from include.core.pay.schema_pay import schema_pay


def amount(value: Any, **further: Any) -> dict[str, Any]:
    return {"baseSalary": {"@type": "MonetaryAmount", "currency": "EUR", "value": value, **further}}


def quantity(**parts: Any) -> dict[str, Any]:
    return {"@type": "QuantitativeValue", **parts}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (amount(quantity(minValue=1, maxValue=2, unitText="HOUR")), (1, 2, "EUR", Period.HOUR)),
        (
            amount(quantity(minValue="60,000", maxValue="80,000.00", unitText="YEAR")),
            (60_000, 80_000, "EUR", Period.YEAR),
        ),
        (amount(quantity(value=50_000, unitText="ANN")), (50_000, 50_000, "EUR", Period.YEAR)),
        (amount(quantity(value="2.500", unitCode="MON")), (2_500, 2_500, "EUR", Period.MONTH)),
        (
            amount(quantity(value="60,000-80,000", unitText="per year")),
            (60_000, 80_000, "EUR", Period.YEAR),
        ),
        (amount("€21.50 – €25.75 per hour"), (21.5, 25.75, "EUR", Period.HOUR)),
        (amount("$120,000+", currency="USD"), (120_000, None, "USD", None)),
        (amount("$50,000 - $60,000", currency="CAD"), (50_000, 60_000, "CAD", None)),
        (amount("From $25 per hour", currency="AUD"), (25, None, "AUD", Period.HOUR)),
        (amount("¥ 4,000,000", currency="JPY"), (4_000_000, 4_000_000, "JPY", None)),
        (amount("$50,000"), (50_000, 50_000, None, None)),
        (amount(45_000, unitText="Yearly"), (45_000, 45_000, "EUR", Period.YEAR)),
        (
            amount(quantity(unitText="HOUR"), minValue=20, maxValue=25),
            (20, 25, "EUR", Period.HOUR),
        ),
        (amount(quantity(unitText=""), currency=""), None),
        (
            amount([quantity(minValue=10, maxValue=20), quantity(minValue=15, maxValue=30)]),
            (10, 30, "EUR", None),
        ),
        (amount(quantity(minValue=0, maxValue=0, unitText="YEAR")), None),
        (amount(quantity(minValue=None, maxValue=None)), None),
        (amount(quantity(value="Competitive")), None),
        (
            {"baseSalary": {"currency": "£", "value": {"minValue": 9, "unitText": "hour"}}},
            (9, None, "GBP", Period.HOUR),
        ),
        (
            {"baseSalary": {"minPrice": 5, "maxPrice": 6, "priceCurrency": "usd"}},
            (5, 6, "USD", None),
        ),
        ({"baseSalary": 52_000, "salaryCurrency": "CHF"}, (52_000, 52_000, "CHF", None)),
        ({"baseSalary": "52000", "salaryCurrency": "CHF"}, (52_000, 52_000, "CHF", None)),
        ({"baseSalary": "45k - 55k", "salaryCurrency": "GBP"}, (45_000, 55_000, "GBP", None)),
        ({"baseSalary": "$40/hr"}, (40, 40, None, Period.HOUR)),
        ({"baseSalary": "Depends on experience (3-5 years)"}, None),
        (
            {"salaryCurrency": "USD $190,000 - $200,000 /Yr."},
            (190_000, 200_000, "USD", Period.YEAR),
        ),
        ({"salaryCurrency": "USD"}, None),
        (
            {"estimatedSalary": [{"currency": "USD", "minValue": 3, "maxValue": 4}]},
            (3, 4, "USD", None),
        ),
        ({}, None),
    ],
)
def test_pay_is_read_in_every_known_form(
    stated: dict[str, Any], expected: tuple[Any, ...] | None
) -> None:
    read = schema_pay(JsonObject(stated))

    assert (read and (read.min, read.max, read.currency, read.period)) == expected
