"""Convert pay to pay for a year (``salary.yearly`` in the API), so that pay can be compared.

A year has 52 weeks of five days of eight hours. It has 12 monthly salaries, unless the posting
states another number, as is usual in Austria, Italy, Spain and Portugal. The amounts stay in the
stated currency.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.core.models import PayPeriod

YEARLY_FACTORS: Mapping[PayPeriod, int] = {
    PayPeriod.HOUR: 2080,
    PayPeriod.DAY: 260,
    PayPeriod.WEEK: 52,
    PayPeriod.MONTH: 12,
    PayPeriod.YEAR: 1,
}
"""The number of times that each period is paid in a year of full-time work, by period."""
_ASSUMPTIONS: Mapping[PayPeriod, str] = {
    PayPeriod.HOUR: "2,080 hours a year (52 weeks of 40 hours)",
    PayPeriod.DAY: "260 days a year (52 weeks of 5 days)",
    PayPeriod.WEEK: "52 weeks a year",
    PayPeriod.MONTH: "12 months a year",
}
_NUMBER_WORDS = {
    13: "thirteen dreizehn tredici trece treze treize dertien",
    14: "fourteen vierzehn quattordici catorce quatorze veertien",
    15: "fifteen fünfzehn quindici quince quinze vijftien",
}
_NUMBERS = {word: number for number, words in _NUMBER_WORDS.items() for word in words.split()}
_COUNT = rf"(?:1[2-6]|{'|'.join(_NUMBERS)})"
SALARIES = re.compile(
    rf"(?<![\w.,])(?:(?P<times>[x×*]\s?{_COUNT}|{_COUNT}\s?[x×]|{_COUNT}\s?mal|{_COUNT}\s?薪)"
    r"(?![\w.,]\d|\w)|"
    rf"{_COUNT}\s(?:(?:monthly|gross|month)\s)?(?:salaries|salary payments|payments|instal?ments|"
    r"(?:monats|brutto)?gehälter\w?|monatslöhne\w?|monatsbezüge\w?|mensilità|mensualità|"
    r"mensualidades|pagas|salários|mensualités|maandsalarissen)(?!\w)|"
    rf"(?:sur|on|over)\s{_COUNT}\s(?:mois|months)(?!\w)|"
    r"13(?:th|\.|ème|e|[ªº])\s?(?:month|salary|monats\w{1,10}|gehalt|mois|maand|mensilità|salário|"
    r"paga)(?!\w))",
    re.IGNORECASE,
)
"""A pattern of a text that states the number of monthly salaries in a year: "14 salaries".

The group ``times`` matches only if the number is written as a multiplication: "14 x".
"""


@dataclass(frozen=True, kw_only=True)
class YearlyPay:
    """Pay for a year of full-time work, in whole units of the stated currency."""

    min: int | None
    max: int | None
    assumption: str | None
    """The assumption by which the pay was converted, such as "52 weeks a year".

    If None, the pay is stated for a year.
    """

    @property
    def highest(self) -> int | None:
        return self.min if self.max is None else self.max


def yearly_pay(salary: Mapping[str, Any] | None) -> YearlyPay | None:
    """Convert a salary to pay for a year; None if its amounts or its period are unknown.

    Args:
        salary: a salary in the JSON form of ``core.fields.records``; None if it is unknown.
    """
    low, high = (salary or {}).get("min"), (salary or {}).get("max")
    if salary is None or salary.get("period") is None or not (low or high):
        return None
    period = PayPeriod(salary["period"])
    factor, assumption = YEARLY_FACTORS[period], _ASSUMPTIONS.get(period)
    if period is PayPeriod.MONTH and (match := SALARIES.search(salary.get("raw") or "")):
        factor = _count(match[0])
        assumption = f"{factor} salaries a year, as stated"
    return YearlyPay(
        min=low and round(low * factor), max=high and round(high * factor), assumption=assumption
    )


def _count(count_text: str) -> int:
    digits = re.search(r"\d+", count_text)
    if digits:
        return int(digits[0])
    return next(number for word, number in _NUMBERS.items() if word in count_text.casefold())
