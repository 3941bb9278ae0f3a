"""Currencies as postings write them: ISO 4217 codes, symbols, and names.

``$``, ``kr`` and ``¥`` belong to several countries each, so alone they are no currency; where a
posting's places are all in one country that uses it, they are that country's.
"""

import re
from collections.abc import Iterable

_CODES = {
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK",
    "HUF", "RON", "BGN", "INR", "JPY", "CNY", "HKD", "SGD", "TWD", "KRW", "THB", "MYR", "IDR",
    "PHP", "VND", "AED", "SAR", "QAR", "ILS", "TRY", "ZAR", "EGP", "NGN", "KES", "GHS", "BRL",
    "MXN", "ARS", "CLP", "COP", "PEN", "UAH", "RSD", "PKR", "BDT", "LKR",
}  # fmt: skip
_MARKS: dict[str, str | None] = {
    "US$": "USD", "USD$": "USD", "$USD": "USD", "U$S": "USD", "CA$": "CAD", "CAD$": "CAD",
    "C$": "CAD", "AU$": "AUD", "AUD$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "S$": "SGD", "SG$": "SGD", "R$": "BRL", "MX$": "MXN", "NT$": "TWD", "RMB": "CNY", "€": "EUR",
    "Euros": "EUR", "euros": "EUR", "Euro": "EUR", "euro": "EUR", "eur": "EUR", "Eur": "EUR",
    "TEUR": "EUR", "T€": "EUR", "£": "GBP", "₹": "INR", "Rs.": "INR", "Rs": "INR", "zł": "PLN",
    "zl": "PLN", "PLN": "PLN", "Kč": "CZK", "Ft": "HUF", "₪": "ILS", "₩": "KRW", "₺": "TRY",
    "₱": "PHP", "₫": "VND", "₴": "UAH", "฿": "THB", "SFr.": "CHF", "Fr.": "CHF", "lei": "RON",
    "dollars": None, "$": None, "¥": None, "円": "JPY", "kr.": None, "kr": None, "Kr": None,
    "kronor": "SEK", "kroner": None,
} | {code: code for code in _CODES}  # fmt: skip
_SHARED = {
    "$": {"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD"},
    "dollars": {"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD"},
    "kr": {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"},
    "¥": {"JP": "JPY", "CN": "CNY"},
}
"""Not the peso's countries: their postings write ``$`` for United States dollars as well."""


def _alternatives(*, of_letters: bool) -> str:
    """The longest first; a mark that ends in a letter ends there."""
    marks = sorted((mark for mark in _MARKS if _is_letter(mark[0]) is of_letters), key=len)
    ends = {mark: r"(?![^\W\d_])" if _is_letter(mark[-1]) else "" for mark in marks}
    return "|".join(re.escape(mark) + ends[mark] for mark in reversed(marks))


def _is_letter(character: str) -> bool:
    return character.isalpha() and character != "円"


MARK = (
    f"(?:{_alternatives(of_letters=False)}"
    rf"|(?<![^\W\d_])(?=[A-Zdeklz])(?:{_alternatives(of_letters=True)}))"
)
"""A regular expression, without groups, for any currency mark. One of letters is a word of its
own, or clings to digits ("50kr", "EUR50")."""
_MARK = re.compile(MARK)


def currency_of(text: str) -> str | None:
    """The one currency that the marks in ``text`` settle."""
    codes = {code for mark in _MARK.findall(text) if (code := _MARKS[mark])}
    return codes.pop() if len(codes) == 1 else None


def local_currency(text: str, countries: Iterable[str | None]) -> str | None:
    """The currency that a shared mark in ``text`` means in the one country all of ``countries``
    are; null where they are several, or some are not known."""
    known = set(countries)
    marks = {_stem(mark) for mark in _MARK.findall(text)}
    if len(known) != 1 or len(marks) != 1:
        return None
    return _SHARED.get(marks.pop(), {}).get(next(iter(known)) or "")


def is_code(text: str) -> bool:
    """Whether ``text`` could be an ISO 4217 code."""
    return re.fullmatch("[A-Z]{3}", text) is not None


def _stem(mark: str) -> str:
    return "kr" if mark.casefold().rstrip(".") in ("kr", "kroner") else mark
