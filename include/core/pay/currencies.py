"""Recognise currencies in postings by ISO 4217 codes, symbols and names.

A *mark* is any of these. Some marks, such as ``$``, ``kr`` and ``¥``, are shared: several
currencies are written with them, so that the mark alone does not identify the currency. If all
places of a posting are in one country that uses the shared mark, the mark means the currency of
that country.
"""

import re
from collections.abc import Iterable

_CODES = {
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK",
    "HUF", "RON", "BGN", "INR", "JPY", "CNY", "HKD", "SGD", "TWD", "KRW", "THB", "MYR", "IDR",
    "PHP", "VND", "AED", "SAR", "QAR", "ILS", "TRY", "ZAR", "EGP", "NGN", "KES", "GHS", "BRL",
    "MXN", "ARS", "CLP", "COP", "PEN", "UAH", "RSD", "PKR", "BDT", "LKR",
    "NPR", "MDL", "RUB", "MAD", "GEL", "KZT", "TZS", "UGX", "ETB", "RWF", "ZMW", "XOF", "XAF",
    "TND", "DZD", "KWD", "BHD", "OMR", "JOD", "CRC", "UYU", "PYG", "BOB", "DOP", "GTQ", "AZN",
    "AMD", "BYN", "UZS", "MUR", "BWP", "NAD", "KHR", "MKD",
}  # fmt: skip
_MARKS: dict[str, str | None] = {
    "US$": "USD", "USD$": "USD", "$USD": "USD", "U$S": "USD", "CA$": "CAD", "CAD$": "CAD",
    "C$": "CAD", "AU$": "AUD", "AUD$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "S$": "SGD", "SG$": "SGD", "R$": "BRL", "MX$": "MXN", "NT$": "TWD", "RMB": "CNY", "€": "EUR",
    "Â£": "GBP", "â‚¬": "EUR", "RM": "MYR", "₦": "NGN", "₽": "RUB", "৳": "BDT",
    "Euros": "EUR", "euros": "EUR", "Euro": "EUR", "euro": "EUR", "eur": "EUR", "Eur": "EUR",
    "TEUR": "EUR", "T€": "EUR", "£": "GBP", "₹": "INR", "Rs.": None, "Rs": None, "zł": "PLN",
    "zl": "PLN", "PLN": "PLN", "Kč": "CZK", "Ft": "HUF", "₪": "ILS", "₩": "KRW", "₺": "TRY",
    "₱": "PHP", "₫": "VND", "₴": "UAH", "฿": "THB", "SFr.": "CHF", "Fr.": "CHF", "lei": None,
    "dollars": None, "$": None, "¥": None, "円": "JPY", "kr.": None, "kr": None, "Kr": None,
    "kronor": "SEK", "kroner": None, "zloty": "PLN", "złotych": "PLN", "korun": "CZK",
    "forint": "HUF", "TL": "TRY", "грн": "UAH", "гривень": "UAH", "руб": "RUB", "рублей": "RUB",
    "лв": "BGN", "VNĐ": "VND", "đồng": "VND", "đ": "VND", "Rp": "IDR", "Rupiah": "IDR",
    "NIS": "ILS", "ש״ח": "ILS", "ريال": None,
    "ر.س": "SAR", "درهم": None, "دينار": None, "บาท": "THB", "元": None, "원": "KRW",
    "人民币": "CNY", "₸": "KZT", "EURO": "EUR", "euroa": "EUR", "euron": "EUR", "eurot": "EUR",
    "eurų": "EUR", "eiro": "EUR", "evra": "EUR", "eura": "EUR", "eurů": "EUR", "ευρώ": "EUR",
    "евро": "EUR", "יורו": "EUR", "يورو": "EUR", "pounds": "GBP", "rupees": None,
    "Ksh": "KES", "KSh": "KES", "Kshs": "KES", "KShs": "KES", "KSH": "KES", "KSh.": "KES",
    "Ksh.": "KES", "Kshs.": "KES", "TSh": "TZS",
    "Tshs": "TZS", "UShs": "UGX", "USh": "UGX", "GH₵": "GHS", "₵": "GHS", "GHC": "GHS",
    "S/.": "PEN", "S/": "PEN", "soles": "PEN", "₡": "CRC", "₲": "PYG", "Bs.": "BOB", "RD$": "DOP",
    "Tk.": "BDT", "Tk": "BDT", "taka": "BDT", "₼": "AZN", "₾": "GEL", "reais": "BRL",
    "dinara": "RSD", "лева": "BGN", "гривні": "UAH", "рубля": "RUB", "FCFA": None, "F CFA": None,
    "CFA": None, "R": None, "N": None, "pesos": None,
    "جنيه مصري": "EGP", "جنيهًا مصريًا": "EGP", "ج.م": "EGP", "جنيه": None, "ريال سعودي": "SAR",
    "ريال قطري": "QAR", "ريال عماني": "OMR", "درهم إماراتي": "AED", "درهم اماراتي": "AED",
    "د.إ": "AED", "درهم مغربي": "MAD", "دينار كويتي": "KWD", "د.ك": "KWD", "دينار أردني": "JOD",
    "دينار بحريني": "BHD", "دينار تونسي": "TND", "دج": "DZD", "شيكل": "ILS", "שקל": "ILS",
    "שקלים": "ILS", "שח": "ILS", "ש\"ח": "ILS",
} | {code: code for code in _CODES}  # fmt: skip
_SHARED_MARKS = {
    "$": {"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD"}
    | dict.fromkeys(("UA", "GE", "AM", "AZ", "KZ", "UZ", "BY", "MD", "EC", "SV", "PR"), "USD"),
    "dollars": {"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD"},
    "kr": {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"},
    "¥": {"JP": "JPY", "CN": "CNY"},
    "Rs": {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR"},
    "lei": {"RO": "RON", "MD": "MDL"},
    "元": {"CN": "CNY", "TW": "TWD", "HK": "HKD"},
    "ريال": {"SA": "SAR", "QA": "QAR"},
    "درهم": {"AE": "AED", "MA": "MAD"},
    "جنيه": {"EG": "EGP"},
    "دينار": {"KW": "KWD", "BH": "BHD", "JO": "JOD", "TN": "TND", "DZ": "DZD"},
    "R": {"ZA": "ZAR"},
    "N": {"NG": "NGN"},
    "CFA": {
        "SN": "XOF",
        "CI": "XOF",
        "ML": "XOF",
        "BJ": "XOF",
        "TG": "XOF",
        "BF": "XOF",
        "NE": "XOF",
        "CM": "XAF",
        "GA": "XAF",
        "TD": "XAF",
        "CG": "XAF",
    },
    "pesos": {"MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP", "PH": "PHP"},
}
"""The currency code that a shared mark means in each country, by mark and country code.

The countries whose currency is a peso have no entry for ``$``, because their English postings use
``$`` for United States dollars. If the text is Spanish, ``local_currency`` reads ``$`` as
``pesos``.
"""
_SPANISH = re.compile(
    r"\b(?:mensual\w*|al mes|por mes|quincenal\w*|anual\w*|brut[oa]s?|net[oa]s?|líquid[oa]s?|"
    r"libres?|"
    r"sueldo|salario|pesos|por (?:hora|día)|diari[oa]s?)\b",
    re.IGNORECASE,
)
"""A pattern of Spanish words about pay, by which Spanish texts are recognised."""
_BEFORE_THOUSANDS = r"(?=\s?\d{1,3}(?:[ ,.\u00a0\u202f]\d{3}|k\b))"
"""A lookahead for a number of at least a thousand, with a separator or the unit ``k``.

Such a number must follow the marks ``R`` (rand) and ``N`` (naira). Without this condition, a single
letter would often be taken for a currency mark.
"""
_PESOS = frozenset({"MXN", "ARS", "CLP", "COP"})
"""The currencies that are written with ``$`` although they are not dollars."""


def _alternatives(*, of_letters: bool) -> str:
    """Return a pattern of the marks that begin with a letter, or of all other marks.

    The pattern tries the longest marks first. A mark that ends in a letter matches only if no
    letter follows it directly or after a hyphen. The marks ``R`` and ``N`` match only before a
    number of at least a thousand.
    """
    marks = sorted((mark for mark in _MARKS if _is_letter(mark[0]) is of_letters), key=len)
    ends = {mark: r"(?!-?[^\W\d_])" if _is_letter(mark[-1]) else "" for mark in marks}
    ends |= dict.fromkeys(("R", "N"), _BEFORE_THOUSANDS)
    return "|".join(re.escape(mark) + ends[mark] for mark in reversed(marks))


def _is_letter(character: str) -> bool:
    # East Asian names such as 円 count as symbols, because another character may stand directly
    # before them, as in 万円. Marks that begin with Â or â count as symbols, too. They are symbols
    # such as £ in a text that was decoded twice.
    return character.isalpha() and character not in "円元원人Ââ"


_FIRST_LETTERS = "".join(sorted({mark[0] for mark in _MARKS if _is_letter(mark[0])}))
MARK = (
    f"(?:{_alternatives(of_letters=False)}"
    rf"|(?<![^\W\d_])(?=[{_FIRST_LETTERS}])(?:{_alternatives(of_letters=True)}))"
)
"""A regular expression, without capturing groups, that matches any currency mark.

A mark made of letters must be a separate word, or stand directly beside digits ("50kr", "EUR50").
"""
_MARK = re.compile(MARK)


def currency_of(text: str) -> str | None:
    """Return the ISO 4217 code of the currency that the marks in ``text`` identify.

    Return None if the marks identify no currency, or several currencies.
    """
    codes = {code for mark in _MARK.findall(text) if (code := _MARKS[mark])}
    return codes.pop() if len(codes) == 1 else None


def fitting_currency(text: str, stated: str) -> str | None:
    """Return the currency code that the marks in ``text`` identify, or else ``stated`` if it fits.

    ``stated`` fits if each mark in the text may stand for it. If it does not fit, return None.

    Args:
        text: the text in which marks are searched for. If it is empty, ``stated`` fits.
        stated: the ISO 4217 code that the source states beside the text.
    """
    if code := currency_of(text):
        return code
    marks = {_shared_form(mark) for mark in _MARK.findall(text)}
    return stated if all(_may_mean(mark, stated) for mark in marks) else None


def _may_mean(mark: str, code: str) -> bool:
    if mark in ("$", "dollars"):
        return code.endswith("D") or code in _PESOS
    return code in _SHARED_MARKS.get(mark, {}).values()


def local_currency(text: str, countries: Iterable[str | None]) -> str | None:
    """Return the code of the currency that a shared mark in ``text`` means in a posting's country.

    Return None in each of these cases:

    - The posting's places are not all in one known country.
    - ``text`` has no mark, or marks of several kinds.
    - The country does not use the mark.

    Args:
        text: the text in which marks are searched for.
        countries: the country code of each of the posting's places. It is None for a place whose
            country is unknown.
    """
    countries_set = set(countries)
    marks = {_shared_form(mark) for mark in _MARK.findall(text)}
    if len(countries_set) != 1 or len(marks) != 1:
        return None
    mark, country = marks.pop(), next(iter(countries_set)) or ""
    if mark == "$" and country in ("MX", "AR", "CL", "CO") and _SPANISH.search(text):
        mark = "pesos"
    return _SHARED_MARKS.get(mark, {}).get(country)


def has_mark(text: str) -> bool:
    """Return whether ``text`` contains a currency mark."""
    return _MARK.search(text) is not None


def is_code(text: str) -> bool:
    """Return whether ``text`` has the form of an ISO 4217 code: three capital letters."""
    return re.fullmatch("[A-Z]{3}", text) is not None


def _shared_form(mark: str) -> str:
    if mark in ("FCFA", "F CFA"):
        return "CFA"
    if mark == "rupees":
        return "Rs"
    return "kr" if mark.casefold().rstrip(".") in ("kr", "kroner") else mark.rstrip(".")
