"""Convert pay to the comparable yearly figure of ``salary.yearly``, in the currency it states.

A year has 52 weeks of five days of eight hours. Currencies are not converted.
"""

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
"""The number of each period in a year of full-time work."""


@dataclass(frozen=True, kw_only=True)
class YearlyPay:
    """Pay for a year of full-time work, in whole units of the stated currency."""

    min: int | None
    max: int | None

    @property
    def highest(self) -> int | None:
        return self.min if self.max is None else self.max


def yearly_pay(salary: Mapping[str, Any] | None) -> YearlyPay | None:
    """Return the pay for a year; None if the amounts or their period are unknown.

    Args:
        salary: a salary in the JSON form of ``core.records``.
    """
    low, high = (salary or {}).get("min"), (salary or {}).get("max")
    if salary is None or salary.get("period") is None or not (low or high):
        return None
    factor = YEARLY_FACTORS[PayPeriod(salary["period"])]
    return YearlyPay(min=low and round(low * factor), max=high and round(high * factor))
