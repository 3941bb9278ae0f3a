"""Read the pay of a schema.org JobPosting: ``baseSalary``, or else ``estimatedSalary``.

Pages state the pay in many forms:

- a MonetaryAmount with a QuantitativeValue, or an array of them
- numbers as text that contains separators of thousands (``"60,000-80,000"``)
- a bare number or a text
- the unit as a UN/CEFACT code or as a word
- the symbol of a currency instead of its code
- the whole pay as text in the field ``salaryCurrency`` (iCIMS)
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from include.core.fields.text_cache import cache_short_texts
from include.core.formats.json_object import JsonObject
from include.core.models import PayPeriod, Salary
from include.core.pay.currencies import currency_of, is_code
from include.core.pay.money import number_of
from include.core.pay.pay_period import pay_period
from include.core.pay.pay_text import salary_in
from include.core.pay.salary import salary, widest

_UNIT_CODES = {
    "HUR": PayPeriod.HOUR, "DAY": PayPeriod.DAY, "WEE": PayPeriod.WEEK, "MON": PayPeriod.MONTH,
    "ANN": PayPeriod.YEAR,
}  # fmt: skip
_MAX_PAYS = 1_000
"""The maximum number of pays that are read from one field of a JobPosting."""
_NOT_IN_NUMBERS = re.compile(r"[^\d.,'’ kK]")
_PLAIN_NUMBER = re.compile(r"\s*+[\d.,'’ \u00a0]*\d\s?[kK]?\s*")


def schema_pay(posting: JsonObject) -> Salary | None:
    """Return the pay that a JobPosting states; None if it states no pay."""
    salary_currency = posting.text("salaryCurrency")
    for key in ("baseSalary", "estimatedSalary"):
        values = posting.values(key)[:_MAX_PAYS]
        pay = widest([_pay(value, salary_currency) for value in values])
        if pay:
            return pay
    return salary_in(salary_currency) if salary_currency and not is_code(salary_currency) else None


def _pay(value: Any, salary_currency: str | None) -> Salary | None:
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value):
        return salary_in(value, currency=_code(salary_currency))
    if isinstance(value, dict):
        amount = JsonObject(cast("dict[str, Any]", value))
    else:
        amount = JsonObject({"value": value})
    return widest([_quantity(amount, each, salary_currency) for each in _quantities(amount)])


def _quantities(amount: JsonObject) -> Iterator[JsonObject]:
    nested = amount.objects("value")[:_MAX_PAYS]
    yield from nested or (amount,)


def _quantity(
    amount: JsonObject, quantity: JsonObject, salary_currency: str | None
) -> Salary | None:
    code = next(
        (
            code
            for text in (
                amount.text("currency"),
                quantity.text("currency"),
                amount.text("priceCurrency"),
                salary_currency,
            )
            if (code := _code(text))
        ),
        None,
    )
    period = _period(quantity) or _period(amount)
    low, high = _ends(quantity)
    if low is high is None:
        low, high = _ends(amount)
    if low is None and high is None:
        text = quantity.text("value") or quantity.text("price")
        if text and not _PLAIN_NUMBER.fullmatch(text):
            pay = salary_in(text, currency=code)
            return pay and replace(pay, period=pay.period or period)
        low = high = number_of(text) if text else None
    return salary(low=low, high=high, currency=code, period=period, origin="jsonld")


def _ends(of: JsonObject) -> tuple[float | None, float | None]:
    return _number(of, "minValue", "minPrice"), _number(of, "maxValue", "maxPrice")


def _number(quantity: JsonObject, *keys: str) -> float | None:
    for key in keys:
        text = quantity.text(key)
        if text and _PLAIN_NUMBER.fullmatch(amount := _NOT_IN_NUMBERS.sub("", text)):
            return number_of(amount)
    return None


def _period(of: JsonObject) -> PayPeriod | None:
    code, unit = of.text("unitCode"), of.text("unitText")
    return (_unit(unit) if unit else None) or (_UNIT_CODES.get(code.upper()) if code else None)


@cache_short_texts
def _unit(text: str) -> PayPeriod | None:
    return _UNIT_CODES.get(text.upper()) or pay_period(text)


def _code(text: str | None) -> str | None:
    """Return the ISO 4217 code of the currency that ``text`` states; None if it states none.

    ``text`` may be the code, in any case, or a symbol.
    """
    return _currency(text) if text else None


@cache_short_texts
def _currency(text: str) -> str | None:
    code = text.strip().upper()
    return code if is_code(code) else currency_of(text)
