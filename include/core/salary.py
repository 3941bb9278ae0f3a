"""Pay as sources state it: amounts, currency and period, never converted and never guessed."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from include.core.currencies import is_code, local_currency
from include.core.models import PayPeriod, Salary
from include.core.text import one_line

_LEAST = {PayPeriod.YEAR: 500, PayPeriod.MONTH: 50}
_MOST = {PayPeriod.HOUR: 2_000, PayPeriod.DAY: 20_000, PayPeriod.WEEK: 100_000}
_SMALL_UNITS = frozenset({
    "JPY", "KRW", "VND", "IDR", "HUF", "CLP", "COP", "INR", "ISK", "NGN", "ARS", "PKR", "LKR",
    "RSD", "PHP", "THB", "TWD", "CZK", "RUB", "KES", "UAH", "BDT",
})  # fmt: skip
"""Currencies in which an hour is paid with what others pay for a month."""
_WIDEST = 15
"""How many times its lowest end the highest of one job's pay may be."""


def salary(
    *,
    low: float | None,
    high: float | None,
    currency: str | None,
    period: PayPeriod | None,
    raw: str | None = None,
    origin: str,
) -> Salary | None:
    """From a source's own numbers; null without any. Zero means "not stated", and a range that
    contradicts itself keeps its raw text alone."""
    low, high = _stated(low), _stated(high)
    if low is None and high is None:
        return None
    code = (currency or "").strip().upper()
    raw = raw or " ".join(filter(None, (code, _span(low, high), period and f"per {period}")))
    if low is not None and high is not None and low > high:
        low = high = None
    known = code if is_code(code) else None
    return Salary(
        raw=one_line(raw), min=low, max=high, currency=known, period=period, origin=origin
    )


def widest(ranges: Sequence[Salary | None]) -> Salary | None:
    """Of one job's several ranges (by place, by level): from the lowest to the highest, where
    currency and period agree; otherwise their raw texts alone."""
    stated = [each for each in ranges if each]
    if len(stated) < 2:
        return stated[0] if stated else None
    first = stated[0]
    raw = "; ".join(dict.fromkeys(each.raw for each in stated))
    if any((each.currency, each.period) != (first.currency, first.period) for each in stated):
        return Salary(raw=raw, origin=first.origin)
    return Salary(
        raw=raw,
        min=min((each.min for each in stated if each.min is not None), default=None),
        max=max((each.max for each in stated if each.max is not None), default=None),
        currency=first.currency,
        period=first.period,
        origin=first.origin,
    )


def is_plausible(read: Salary) -> bool:
    """Whether what was read from text can be the pay of one person for its period."""
    ends = [end for end in (read.min, read.max) if end is not None]
    if not ends or max(ends) > _WIDEST * min(ends):
        return False
    if read.period is None:
        return True
    if min(ends) < _LEAST.get(read.period, 0):
        return False
    return read.currency in _SMALL_UNITS or max(ends) <= _MOST.get(read.period, math.inf)


def in_local_currency(read: Salary | None, countries: Iterable[str | None]) -> Salary | None:
    """``read`` with a bare ``$`` or ``kr`` settled by the one country the job is in."""
    if read is None or read.currency is not None:
        return read
    return replace(read, currency=local_currency(read.raw, countries))


def _stated(amount: float | None) -> float | None:
    return amount if amount and amount > 0 and math.isfinite(amount) else None


def _span(low: float | None, high: float | None) -> str:
    shown = [f"{amount:,.2f}".removesuffix(".00") for amount in (low, high) if amount]
    return " – ".join(dict.fromkeys(shown))
