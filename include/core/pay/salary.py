"""Make a ``Salary`` from the amounts, currency and period that sources state, without guessing."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from include.core.formats.text import one_line
from include.core.models import PayPeriod, Salary
from include.core.pay.currencies import is_code, local_currency
from include.core.places.countries import country_of_locale, country_of_site

_MIN_AMOUNTS = {PayPeriod.YEAR: 500, PayPeriod.MONTH: 50}
"""The lowest plausible amount of pay, in any currency, by period."""
_MAX_AMOUNTS = {PayPeriod.HOUR: 2_000, PayPeriod.DAY: 20_000, PayPeriod.WEEK: 100_000}
"""The highest plausible amount of pay, by period. It does not apply to ``_SMALL_UNITS``."""
_SMALL_UNITS = frozenset({
    "JPY", "KRW", "VND", "IDR", "HUF", "CLP", "COP", "INR", "ISK", "NGN", "ARS", "PKR", "LKR",
    "RSD", "PHP", "THB", "TWD", "CZK", "RUB", "KES", "UAH", "BDT",
})  # fmt: skip
"""Currencies whose unit is worth so little that plausible pay can exceed ``_MAX_AMOUNTS``."""
_PENSION_SCHEMES = re.compile(
    r"(?P<AU>\bsuper(?:annuation)?\b)|(?P<NZ>\bkiwisaver\b)|(?P<US>\b401\s?\(?k\b)|"
    r"(?P<CA>\brrsp\b)|(?P<SG>\bcpf\b)|(?P<HK>\bmpf\b)",
    re.IGNORECASE,
)
"""A pattern of names of pension schemes that only one country has.

The name of each group is the code of the country.
"""
_COUNTRIES_OF_LANGUAGES = {
    "sv": "SE", "no": "NO", "nb": "NO", "nn": "NO", "da": "DK", "is": "IS", "ja": "JP",
}  # fmt: skip
"""The country whose currency a shared mark such as ``kr`` means, by the language of the posting."""
_IN_CHINA = re.compile(r"\d(?:万|千|[kK])(?:/[月年]|·\d\d薪)|\d万")
"""A pattern of amounts as they are written in mainland China, where the currency is left out."""
_MAX_RANGE_RATIO = 15
"""The highest plausible ratio of the upper end to the lower end of one job's pay."""


def salary(
    *,
    low: float | None,
    high: float | None,
    currency: str | None,
    period: PayPeriod | None,
    raw: str | None = None,
    origin: str,
) -> Salary | None:
    """Return the pay that the stated numbers describe; None if there is no amount.

    An amount of zero means "not stated". If ``low`` is above ``high``, the pay has no amounts, only
    its raw text. Amounts are not converted.

    Args:
        low: the lower end; None if it is unknown.
        high: the upper end; None if it is unknown.
        currency: the ISO 4217 code, in any case. Any other text is ignored.
        period: the time for which the amounts are paid; None if it is unknown.
        raw: the pay as the source writes it. If None, it is made from the numbers.
        origin: where the pay was read: ``structured`` (a field of the source's API), ``jsonld``
            (data for machines in the page) or ``text`` (text for readers).
    """
    low, high = _positive_or_none(low), _positive_or_none(high)
    if low is None and high is None:
        return None
    code = (currency or "").strip().upper()
    raw = raw or " ".join(filter(None, (code, _span(low, high), period and f"per {period}")))
    if low is not None and high is not None and low > high:
        low = high = None
    known_currency = code if is_code(code) else None
    return Salary(
        raw=one_line(raw), min=low, max=high, currency=known_currency, period=period, origin=origin
    )


def widest(ranges: Sequence[Salary | None]) -> Salary | None:
    """Combine the ranges of one job into one range, from its lowest to its highest amount.

    A job may have one range for each place or level. If the currencies or periods of the ranges
    differ, the result has only their raw texts. Return None if there is no range.
    """
    known_ranges = [each for each in ranges if each]
    if len(known_ranges) < 2:
        return known_ranges[0] if known_ranges else None
    first = known_ranges[0]
    raw = "; ".join(dict.fromkeys(each.raw for each in known_ranges))
    if any((each.currency, each.period) != (first.currency, first.period) for each in known_ranges):
        return Salary(raw=raw, origin=first.origin)
    return Salary(
        raw=raw,
        min=min((each.min for each in known_ranges if each.min is not None), default=None),
        max=max((each.max for each in known_ranges if each.max is not None), default=None),
        currency=first.currency,
        period=first.period,
        origin=first.origin,
    )


def is_plausible(pay: Salary) -> bool:
    """Return whether pay that was read from text is plausible as the pay of one person.

    It is plausible if its ends are close enough to each other, and if they are neither too low nor
    too high for the period.
    """
    ends = [end for end in (pay.min, pay.max) if end is not None]
    if not ends or max(ends) > _MAX_RANGE_RATIO * min(ends):
        return False
    if pay.period is None:
        return True
    if min(ends) < _MIN_AMOUNTS.get(pay.period, 0):
        return False
    return pay.currency in _SMALL_UNITS or max(ends) <= _MAX_AMOUNTS.get(pay.period, math.inf)


def in_local_currency(
    pay: Salary | None,
    countries: Sequence[str | None],
    *,
    site: str | None = None,
    locale: str | None = None,
    language: str | None = None,
) -> Salary | None:
    """Add the local currency to ``pay`` if it states only a shared mark such as ``$`` or ``kr``.

    The local currency follows from the countries of the job's places. If no place has a country,
    the country follows from the top-level domain of ``site``, or else from a pension scheme that
    the text of the pay names, or else from ``locale``, or else from the language. If
    all known countries are China, or none is known, amounts in a Chinese text that are written as
    in mainland China are in yuan, even without a mark.

    Args:
        pay: the pay. If it has a currency, it is returned unchanged.
        countries: the country code of each of the job's places. It is None for a place whose
            country is unknown.
        site: the URL of the posting; None if it is unknown.
        locale: the language tag of the page, such as ``en-ZA``; None if it is unknown.
        language: the code of the posting's language; None if it is unknown.
    """
    if pay is None or pay.currency is not None:
        return pay
    if not any(countries):
        scheme = _PENSION_SCHEMES.search(pay.raw)
        country = (
            (country_of_site(site) if site else None)
            or (scheme.lastgroup if scheme else None)
            or country_of_locale(locale)
            or _COUNTRIES_OF_LANGUAGES.get(language or "")
        )
        countries = [country]
    if {None, "CN"}.issuperset(countries) and language == "zh" and _IN_CHINA.search(pay.raw):
        return replace(pay, currency="CNY")
    return replace(pay, currency=local_currency(pay.raw, countries))


def _positive_or_none(amount: float | None) -> float | None:
    return amount if amount and amount > 0 and math.isfinite(amount) else None


def _span(low: float | None, high: float | None) -> str:
    texts = [f"{amount:,.2f}".removesuffix(".00") for amount in (low, high) if amount]
    return " – ".join(dict.fromkeys(texts))
