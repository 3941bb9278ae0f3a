"""Pay as sources state it: amounts, currency and period, never converted and never guessed.

``$`` alone is a dollar of some country, so its currency stays unknown. A period is read from words
beside the amounts; one that is none of ours (every two weeks, twice a month) stays unknown, with
the raw text kept.
"""

import math
import re
from collections.abc import Sequence

from include.core.models import PayPeriod, Salary
from include.core.text import one_line

_PERIOD_WORDS = {
    PayPeriod.HOUR: "hour hours hourly hr hrs h stunde std heure ora hora uur",
    PayPeriod.DAY: "day daily tag tagessatz jour día giorno",
    PayPeriod.WEEK: "week weekly wk woche semaine semana",
    PayPeriod.MONTH: "month monthly mo mth monat mois mes mese maand mensuel monatlich",
    PayPeriod.YEAR: "year yearly annual annually yr yrs jahr jährlich annum año anno jaar",
}
_PERIODS = {word: period for period, words in _PERIOD_WORDS.items() for word in words.split()}
_OTHER_PERIODS = frozenset({
    "bi", "semi", "biweekly", "bimonthly", "semimonthly", "fortnight", "fortnightly", "one",
    "once", "quarter",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_MULTIPLE = re.compile(r"(?P<count>\d+(?:\.\d+)?)\s+(?:hour|day|week|month|year)s?\b")
_PER_ANNUM = re.compile(r"\bp\.\s?a\b\.?|(?:\bpar |/\s?)an\b")

_CODES = {
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK",
    "HUF", "RON", "BGN", "INR", "JPY", "CNY", "HKD", "SGD", "TWD", "KRW", "THB", "MYR", "IDR",
    "PHP", "VND", "AED", "SAR", "ILS", "TRY", "ZAR", "EGP", "NGN", "KES", "BRL", "MXN", "ARS",
    "CLP", "COP", "PEN", "UAH",
}  # fmt: skip
_MARKS = {
    "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "R$": "BRL", "€": "EUR", "£": "GBP", "₹": "INR", "zł": "PLN",
    "₪": "ILS", "₩": "KRW", "$": None, "¥": None, "kr": None,
} | {code: code for code in _CODES}  # fmt: skip
_MARK = "(?:" + "|".join(re.escape(mark) for mark in sorted(_MARKS, key=len, reverse=True)) + ")"
_AMOUNT = (
    r"(?:\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d))(?:\s?[kK]\b)?"
)
_PAY = re.compile(
    rf"(?<![\w.,])(?P<before>{_MARK}(?:\s?{_MARK})?)?\s?(?P<low>{_AMOUNT})\s?(?P<between>{_MARK})?"
    rf"(?:\s?(?:-|–|—|to|bis|à|al?)\s?(?P<inner>{_MARK}(?:\s?{_MARK})?)?\s?(?P<high>{_AMOUNT})\s?(?P<after>{_MARK})?)?"
    r"(?!\s?(?:m|mm|mn|million|millions|b|bn|billion|%)(?!\w))"
)
_ABOUT_PAY = re.compile(
    r"\b(?:salary|salaries|pay|compensation|wage|rate|remuneration|gehalt|lohn|vergütung|salaire|"
    r"rémunération|salario|retribuzione|stipendio|salaris)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^)]*\)")


def pay_period(text: str | None) -> PayPeriod | None:
    """The one period that ``text`` names: ``1 YEAR``, ``per-hour-wage``, ``Annual Salary:``."""
    lowered = _PER_ANNUM.sub("annum", (text or "").lower())
    multiple = _MULTIPLE.search(lowered)
    words = _WORD.findall(lowered)
    if (multiple and float(multiple["count"]) != 1) or _OTHER_PERIODS.intersection(words):
        return None
    found = {_PERIODS[word] for word in words if word in _PERIODS}
    return found.pop() if len(found) == 1 else None


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
    known = code if re.fullmatch("[A-Z]{3}", code) else None
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


def salary_in(text: str, *, about_pay: bool = False) -> Salary | None:
    """The one amount or range of pay that ``text`` states.

    Prose counts only in lines with a word for pay; ``about_pay`` says that all of ``text`` is
    such (the value of a "Salary:" label). Two different amounts are none.
    """
    found: dict[tuple[float | None, ...], Salary] = {}
    for line in text.splitlines():
        if not (about_pay or _ABOUT_PAY.search(line)):
            continue
        bare = _ASIDE.sub(" ", line)
        for match in _PAY.finditer(bare):
            read = _read(match, bare)
            if read:
                found.setdefault((read.min, read.max), read)
    return found.popitem()[1] if len(found) == 1 else None


def _read(match: re.Match[str], line: str) -> Salary | None:
    around = (match[name] or "" for name in ("before", "between", "inner", "after"))
    marks: list[str] = re.findall(_MARK, " ".join(around))
    if not marks:
        return None
    low_text, high_text = match["low"], match["high"]
    low, high = _amount(low_text), _amount(high_text) if high_text else None
    if high and high_text.lower().endswith("k") and not low_text.lower().endswith("k"):
        low = low * 1000 if low < 1000 else low  # "$120-150K"
    codes = {code for mark in marks if (code := _MARKS[mark])}
    return salary(
        low=low,
        high=high,
        currency=codes.pop() if len(codes) == 1 else None,
        period=pay_period(line),
        raw=line,
        origin="text",
    )


def _amount(text: str) -> float:
    thousands = text.lower().endswith("k")
    digits = re.sub(r"[^\d.,]", "", text)
    head, mark, tail = re.match(r"(.*?)(?:([.,])(\d{1,2}))?$", digits).groups()  # type: ignore[union-attr] # matches all
    number = float(re.sub(r"\D", "", head) + (f".{tail}" if mark else ""))
    return number * 1000 if thousands else number


def _stated(amount: float | None) -> float | None:
    return amount if amount and amount > 0 and math.isfinite(amount) else None


def _span(low: float | None, high: float | None) -> str:
    shown = [f"{amount:,.2f}".removesuffix(".00") for amount in (low, high) if amount]
    return " – ".join(dict.fromkeys(shown))
