"""Read pay from text: the value of a label such as "Salary:", or the sentences of a description.

ADR 13 explains the reasons for these rules.

A sum in a description counts only if the words around it say that it is pay. The reason is that
descriptions contain many other sums: bonuses, budgets, funding, revenue, insurance.

``core.pay.pay_words`` lists words that have a topic, such as "salary" and "budget". The last of
these words before the sum, in the same sentence or in the heading above, must be about pay. If none
stands before the sum, the first of these words directly after the sum must be about pay.

A posting may state several ranges, for example one for each place or level. They are combined into
one range from the lowest to the highest amount. If the sums contradict each other, the pay is
unknown.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from include.core.models import PayPeriod, Salary
from include.core.pay.currencies import MARK, currency_of, fitting_currency
from include.core.pay.money import Sum, holds_sum, sums_in
from include.core.pay.pay_period import first_period, last_period, pay_period
from include.core.pay.pay_words import About, topics
from include.core.pay.salary import is_plausible, salary, widest
from include.core.pay.yearly_pay import SALARIES

_NOT_READ = re.compile(
    r"\([^)]{0,300}\)|,(?!\d)[^,$€£]{0,300}\b(?:exclud\w+|not includ\w+|exclusive of|"
    r"in addition to|"
    r"not counting|before|plus|zzgl\.?|hors|sin incluir)\b[^,$€£]{0,300},"
)
"""A pattern of the parts of a line that are ignored.

These parts are texts in brackets, and clauses between commas that say what the sum does not
include. Texts in brackets mostly convert the sum to another unit, or say what it does not include.
If all sums of the line are in these parts, nothing is ignored.
"""
_FORINT = re.compile(r"brutt|nett|forint|fizet|bér|/\s?(?:h|ó)", re.IGNORECASE)
"""A pattern of words near a sum which show that ``Ft`` means forint and not feet."""
_WITHOUT_BRACKETS = str.maketrans("()", "  ")
_SENTENCE = re.compile(r"(?<=[.!?;])(?<!\s\d\.)\s+(?=[A-ZÄÖÜÉÀÅØ¿])|;\s+")
"""A pattern of the end of a sentence.

A dot after a single digit does not end a sentence, because it belongs to an ordinal: ``im 1.
Jahr``.
"""
_END_OF_SUM = re.compile(
    r"[^\w\s'’/()-]|\d|\bplus\b|\band\b|\bund\b|\bet\b|\by\b|\bzzgl\b", re.IGNORECASE
)
"""A pattern of the character or word at which the text that belongs to a sum ends."""
_UP_TO = re.compile(
    r"\b(?:up to|max(?:imum)?\.?|bis(?: zu)?|jusqu['’]à|hasta|tot|fino a|upp till|opp til|do|até)"
    r"\s*+:?\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:from|at least|min(?:imum|destens|d)?\.?(?: of)?|starting (?:at|from)|starts? at|ab|"
    r"starting (?:salary|pay|wage|rate)(?: of| is)?|einstiegs(?:gehalt|lohn)(?: von| ab)?|"
    r"mindest(?:gehalt|lohn|entgelt)(?: von| beträgt)?|salaire de départ(?: de)?|"
    r"salario (?:inicial|de entrada)(?: de)?|startl(?:ön|ønn|øn)|aanvangssalaris(?: van)?|"
    r"à partir de|desde|a partir d[ei]|vanaf|från|fra|od|від|от|από|mulai(?: dari)?|từ|"
    r"من)\s*+:?\s*$",
    re.IGNORECASE,
)
_NEW_TOPIC = re.compile(
    r"(?:\b(?:and|plus|und|sowie|et|y|e|en|och|og)|[+&])\s+(?:an?\s+|up to\s+|the\s+)?$",
    re.IGNORECASE,
)
"""A pattern of words directly before a single amount that begin a new topic: "and", "plus an".

After such words, only a word about pay behind the amount shows that it is pay.
"""
_OR_MORE = re.compile(
    r"\+|以上|起|이상|から|[〜～~](?!\s?\d)|\s?(?:and up\b|or more\b|upwards\b|alkaen\b)"
)
_OVERPAYMENT = re.compile(r"(?<!keine )über(?:be)?zahlung", re.IGNORECASE)
"""A pattern of an Austrian word which says that the employer may pay more than is stated.

Austrian postings state the legal minimum. The pay then has no upper end.
"""
_PERIOD_IN_BRACKETS = re.compile(r"\(([^()\d]{2,30})\)")
"""A pattern of a text in brackets that may be a period: ``(Monthly)``, ``(gross per month)``."""
_MULTIPLIED_SUM = re.compile(rf"\s?(?:{MARK}\s?)?\d")
"""A pattern of another sum after a number of salaries: ``€60,000 (12 x €5,000)``."""
_FACTS = re.compile(r"[|·•;]")
_PAY_PERIODS = (PayPeriod.HOUR, PayPeriod.YEAR)
"""The periods that show that a sum is pay even if no word before the sum has a topic.

They show this only for a range ("US$12–16 an hour") and for a minimum ("Starting at $21.50 per
hour").
"""
_MAX_HEADING_LENGTH = 100
_MAX_LINES_BELOW = 4
"""The maximum number of short lines between a heading about pay and a sum below it.

If there are more, the heading does not apply to the sum.
"""
_CHARACTERS_AFTER = 40
"""The number of characters after a sum that are searched for its period and its topic."""
_CHARACTERS_BEFORE = 500
"""The number of characters before a sum that are searched for its period and its topic."""
_MAX_RAW_LENGTH = 300
_MAX_SUMS = 300
"""The maximum number of sums of a text that are read. Reading one takes about a millisecond."""


def salary_in(text: str, *, currency: str | None = None) -> Salary | None:
    """Return the pay in a text that is only about pay, such as the value of the label "Salary:".

    Return None if the text states no pay, or if its sums contradict each other. A sum without a
    currency mark counts only if ``currency`` is given, or if the sum is large enough to be pay (see
    ``_can_only_be_pay``).

    Args:
        text: the text, in one or several lines.
        currency: the ISO 4217 code that the source states beside the text; None if none.
    """
    sums_left = iter(range(_MAX_SUMS))
    salaries = [
        each
        for line in text.splitlines()
        for each in _with_salaries(
            line, _in_line(_read_part(line), sums_left, about_pay=True, currency=currency)
        )
    ]
    return _combined(salaries)


def salary_in_prose(text: str) -> Salary | None:
    """Return the pay that the sentences of a description state; None if it is unknown.

    Args:
        text: the description, in which each block is one line.
    """
    return _combined(list(_in_prose(text))) if holds_sum(text) else None


def _in_prose(text: str) -> Iterator[Salary]:
    heading, below = "", 0
    sums_left = iter(range(_MAX_SUMS))
    for line in text.splitlines():
        if holds_sum(line):
            yield from _with_salaries(line, _in_line(_read_part(line), sums_left, heading=heading))
            continue
        below += 1
        last = _SENTENCE.split(line)[-1] if line.endswith(":") else line
        if len(last) <= _MAX_HEADING_LENGTH and _topic(last) == "pay":
            heading, below = last, 0
        elif below > _MAX_LINES_BELOW or len(line) > _MAX_HEADING_LENGTH or line.endswith(":"):
            heading = ""


def _with_salaries(line: str, salaries: Iterable[Salary]) -> Iterator[Salary]:
    """Complete each pay by the period and the number of monthly salaries that ``line`` states.

    A pay without a period gets the period that is stated in brackets. If it still has none, and the
    line multiplies the pay by a number of monthly salaries in a year ("14 x"), its period is a
    month. The number of monthly salaries is added to the raw text of each pay.
    """
    match = SALARIES.search(line)
    bracketed = _PERIOD_IN_BRACKETS.findall(line)
    stated_periods = {pay_period(text) for text in bracketed if _topic(text) in (None, "pay")} - {
        None
    }
    for each in salaries:
        if (
            each.period is None
            and len(stated_periods) == 1
            and is_plausible(completed := replace(each, period=next(iter(stated_periods))))
        ):
            each = completed
        if match is None:
            yield each
            continue
        raw = each.raw if match[0] in each.raw else f"{each.raw} ({match[0]})"
        is_monthly = match["times"] and not _MULTIPLIED_SUM.match(line, match.end())
        period = each.period or (PayPeriod.MONTH if is_monthly else None)
        yield replace(each, raw=raw, period=period)


def _read_part(line: str) -> str:
    """Return the line without the parts that ``_NOT_READ`` matches.

    If only these parts contain a sum, return the whole line, in which spaces replace the brackets.
    """
    outside = _NOT_READ.sub(" ", line)
    return outside if holds_sum(outside) else line.translate(_WITHOUT_BRACKETS)


@dataclass(frozen=True, kw_only=True)
class _Context:
    before: str
    own: str
    """The text of the sum itself, which may contain a period ("$20/hour - $25/hour")."""
    behind: str
    heading: str


def _in_line(
    line: str,
    remaining: Iterator[int],
    *,
    heading: str = "",
    about_pay: bool = False,
    currency: str | None = None,
) -> Iterator[Salary]:
    """Yield each pay that a line states.

    Args:
        remaining: an iterator that yields one item for each sum that may still be read. It is
            shared by all lines of the text, and bounds the number of sums that are read.
        heading: the heading above the line. If empty, there is none.
        about_pay: whether the whole line is only about pay.
        currency: the ISO 4217 code that the source states beside the text; None if none.
    """
    for sentence in _SENTENCE.split(line):
        last = 0
        for each, _ in zip(sums_in(sentence), remaining, strict=False):
            context = _Context(
                before=sentence[max(0, each.start - _CHARACTERS_BEFORE) : each.start],
                own=sentence[each.start : each.end],
                behind=sentence[each.end : each.end + _CHARACTERS_AFTER],
                heading=heading,
            )
            between = sentence[max(last, each.start - _CHARACTERS_BEFORE) : each.start]
            last = each.end
            if not about_pay and not (_is_money(each, context) and _is_pay(each, context)):
                continue
            if about_pay and _topic(between) in ("no", "beside"):
                continue
            pay = _salary_of(each, context, sentence, currency=currency)
            if pay:
                yield pay
        heading = sentence if len(sentence) <= _MAX_HEADING_LENGTH else ""


def _is_money(amount: Sum, context: _Context) -> bool:
    """Return whether a sum is an amount of money, and not another number such as a number of hours.

    A sum is money if it has a currency mark, or if it is a range directly after a label that is
    about pay ("Salary: 60k-80k").
    """
    if amount.marks:
        return amount.marks.strip() != "Ft" or bool(
            _FORINT.search(f"{context.before} {context.behind}")
        )
    label = context.before.rstrip()
    return label.endswith(":") and amount.high is not None and _topic(label) == "pay"


def _is_pay(amount: Sum, context: _Context) -> bool:
    behind = _END_OF_SUM.split(context.behind, maxsplit=1)[0]
    if (topic_behind := _topic(behind, first=True)) in ("no", "beside"):
        return False
    kinds = topics(context.before)
    if amount.high is None and _NEW_TOPIC.search(context.before):
        return topic_behind == "pay"
    if not kinds:
        is_near_heading = len(context.before) <= _MAX_HEADING_LENGTH
        if topic_behind == "pay" or (is_near_heading and _topic(context.heading) == "pay"):
            return True
        period = first_period(f"{context.own} {behind}")
        return period in _PAY_PERIODS and _is_separate_fact(amount, context)
    if kinds[-1] == "pay":
        return True
    # A range is pay if the sentence begins with pay and then only names additions to pay: "The base
    # salary, bonus and equity aside, is $120,000 - $150,000".
    return kinds[-1] == "beside" and amount.high is not None and kinds[0] == "pay"


def _is_separate_fact(amount: Sum, context: _Context) -> bool:
    """Return whether a sum is a separate fact, without a sentence around it.

    It is one if it is a range with no text before it, or if only words such as "from" stand before
    it. A separator such as "|" ends the text of the fact before.
    """
    lead = _FACTS.split(context.before)[-1].removeprefix("- ").strip()
    return lead == "" if amount.high is not None else _FROM.fullmatch(lead) is not None


def _topic(text: str, *, first: bool = False) -> About | None:
    """Return the topic of the last word in ``text`` that has a topic; None if no word has a topic.

    If ``first`` is true, return the topic of the first of these words instead.
    """
    kinds = topics(text)
    return kinds[0 if first else -1] if kinds else None


def _salary_of(
    amount: Sum, context: _Context, sentence: str, *, currency: str | None
) -> Salary | None:
    period = first_period(_END_OF_SUM.split(context.behind, maxsplit=1)[0])
    period = period or last_period(context.before) or pay_period(sentence[:_CHARACTERS_BEFORE])
    period = period or pay_period(context.heading)
    if period is None and not amount.marks and (times := SALARIES.search(sentence)):
        period = PayPeriod.MONTH if times["times"] else None
    low, high = _ends(amount, context)
    if low == high and _OVERPAYMENT.search(sentence):
        high = None
    if not amount.marks and not _can_only_be_pay(low, high, period, stated=currency):
        return None
    code = fitting_currency(amount.marks, currency) if currency else currency_of(amount.marks)
    pay = salary(
        low=low,
        high=high,
        currency=code,
        period=period,
        raw=sentence[:_MAX_RAW_LENGTH],
        origin="text",
    )
    return pay if pay and is_plausible(pay) else None


def _ends(amount: Sum, context: _Context) -> tuple[float | None, float | None]:
    if amount.high is not None:
        return amount.low, amount.high
    # If no text stands before the sum, the words before it are in the heading. For example,
    # ``_SENTENCE`` divides "mind. EUR 3.000" after "mind.", as if a sentence ended there.
    leading = context.before if context.before.strip() else context.heading
    if _UP_TO.search(leading):
        return None, amount.low
    if _FROM.search(leading) or _OR_MORE.match(context.behind):
        return amount.low, None
    return amount.low, amount.low


def _can_only_be_pay(
    low: float | None, high: float | None, period: PayPeriod | None, *, stated: str | None
) -> bool:
    """Return whether amounts without a currency mark are certainly pay.

    They are if the source states the currency, or if the lower amount is at least 10,000, or at
    least 1,000 and has a period. For example, "45,000 - 55,000" is pay, but "3-5 years" and "40
    hours" are not.
    """
    smallest = min(end for end in (low, high) if end is not None)
    return bool(stated) or (smallest >= 1_000 and period is not None) or smallest >= 10_000


def _combined(salaries: list[Salary]) -> Salary | None:
    """Combine all pays in ``salaries`` into one.

    The result is the only pay, or else the only range, or else a range that covers all ranges.
    Return None if ``salaries`` is empty, or if its pays contradict each other.
    """
    distinct = {(each.min, each.max, each.currency, each.period): each for each in salaries}
    if len(distinct) == 1:
        return salaries[0]
    ranges = [each for each in _without_repeats(list(distinct.values())) if each.min != each.max]
    if len(ranges) == 1:
        return ranges[0]
    spanned = widest(ranges)
    return spanned if spanned and spanned.min and is_plausible(spanned) else None


def _without_repeats(salaries: list[Salary]) -> list[Salary]:
    """Return ``salaries`` without pays that repeat the amounts of another pay in less detail.

    A pay has less detail if it lacks a currency or a period and the other pay has both.
    """
    ends = {(each.min, each.max) for each in salaries if each.currency and each.period}
    return [
        each
        for each in salaries
        if (each.currency and each.period) or (each.min, each.max) not in ends
    ]
