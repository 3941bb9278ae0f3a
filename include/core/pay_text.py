"""Pay in words: the value of a "Salary:" label, and the sentences of a description that state it.

Descriptions hold many sums that are no pay: bonuses, budgets, funding, revenue, insurance. So a
sum counts only where words lead to it: of those that stand before it in its sentence, or in the
heading above, the last must speak of pay; or those right behind it must. Several ranges of one
job (by place, by level) are one from the lowest to the highest; sums that contradict each other
are unknown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from include.core.currencies import currency_of
from include.core.models import PayPeriod, Salary
from include.core.money import Sum, holds_sum, sums_in
from include.core.pay_period import first_period, last_period, pay_period
from include.core.pay_words import About, topics
from include.core.salary import is_plausible, salary, widest

_ASIDE = re.compile(
    r"\([^)]{0,300}\)|,[^,$€£]{0,300}\b(?:exclud\w+|not includ\w+|exclusive of|in addition to|"
    r"not counting|before|plus|zzgl\.?|hors|sin incluir)\b[^,$€£]{0,300},"
)
"""What a sentence says by the way; a bracket only converts, or leaves out."""
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-ZÄÖÜÉÀÅØ¿])|;\s+")
_BROKEN_OFF = re.compile(
    r"[^\w\s'’/()-]|\d|\bplus\b|\band\b|\bund\b|\bet\b|\by\b|\bzzgl\b", re.IGNORECASE
)
_UP_TO = re.compile(
    r"\b(?:up to|max(?:imum)?\.?|bis(?: zu)?|jusqu['’]à|hasta|tot|fino a|upp till|opp til|do|até)"
    r"\s*:?\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:from|at least|min(?:imum|destens|d)?\.?(?: of)?|starting (?:at|from)|starts? at|ab|"
    r"à partir de|desde|a partir d[ei]|vanaf|från|fra|od)\s*:?\s*$",
    re.IGNORECASE,
)
_SOMETHING_ELSE = re.compile(
    r"(?:\b(?:and|plus|und|sowie|et|y|e|en|och|og)|[+&])\s+(?:an?\s+|up to\s+|the\s+)?$",
    re.IGNORECASE,
)
"""Before a single sum: what was spoken of ended, and another thing is told of."""
_OR_MORE = re.compile(r"\+|以上|\s?(?:and up\b|or more\b|upwards\b)")
_FACTS = re.compile(r"[|·•;]")
_PAID_BY = (PayPeriod.HOUR, PayPeriod.YEAR)
"""Behind a range that nothing else leads to ("US$12–16 an hour"), words of pay themselves; of a
single sum only where it is the least ("Starting at $21.50 per hour")."""
_LONGEST_HEADING = 100
_LINES_BELOW = 4
"""How far down a heading that speaks of pay holds, short lines between."""
_BEHIND = 40
"""Characters behind a sum in which its unit stands, or what it is."""
_BEFORE = 500
"""Characters before a sum in which words lead to it."""
_LONGEST_RAW = 300


def salary_in(text: str, *, currency: str | None = None) -> Salary | None:
    """The one pay that ``text``, all of it about pay, states, such as the value of a "Salary:"
    label. ``currency`` is what is stated beside it: a sum without a mark counts only with one, or
    where its size can be nothing but pay."""
    found = [
        each
        for line in text.splitlines()
        for each in _in_line(_ASIDE.sub(" ", line), heading="", about_pay=True, currency=currency)
    ]
    return _one_of(found)


def salary_in_prose(text: str) -> Salary | None:
    """The pay that a description, a line a block, states in its sentences."""
    return _one_of(list(_in_prose(text))) if holds_sum(text) else None


def _in_prose(text: str) -> Iterator[Salary]:
    heading, below = "", 0
    for line in text.splitlines():
        if holds_sum(line):
            yield from _in_line(_ASIDE.sub(" ", line), heading=heading)
            continue
        below += 1
        last = _SENTENCE.split(line)[-1] if line.endswith(":") else line
        if len(last) <= _LONGEST_HEADING and _speaks_of(last) == "pay":
            heading, below = last, 0
        elif below > _LINES_BELOW or len(line) > _LONGEST_HEADING or line.endswith(":"):
            heading = ""


@dataclass(frozen=True, kw_only=True)
class _Context:
    before: str
    own: str
    """The sum itself, with a unit that stands in it."""
    behind: str
    heading: str


def _in_line(
    line: str, *, heading: str, about_pay: bool = False, currency: str | None = None
) -> Iterator[Salary]:
    for sentence in _SENTENCE.split(line):
        last = 0
        for each in sums_in(sentence):
            context = _Context(
                before=sentence[max(0, each.start - _BEFORE) : each.start],
                own=sentence[each.start : each.end],
                behind=sentence[each.end : each.end + _BEHIND],
                heading=heading,
            )
            between = sentence[max(last, each.start - _BEFORE) : each.start]
            last = each.end
            if not about_pay and not (_is_money(each, context) and _is_pay(each, context)):
                continue
            if about_pay and _speaks_of(between) in ("no", "beside"):
                continue
            read = _read(each, context, sentence, currency=currency)
            if read:
                yield read
        heading = sentence if len(sentence) <= _LONGEST_HEADING else ""


def _is_money(found: Sum, context: _Context) -> bool:
    """By its currency; or, a range that can be nothing else, by a label ("Salary: 60k-80k")."""
    if found.marks:
        return True
    label = context.before.rstrip()
    return label.endswith(":") and found.high is not None and _speaks_of(label) == "pay"


def _is_pay(found: Sum, context: _Context) -> bool:
    behind = _BROKEN_OFF.split(context.behind, maxsplit=1)[0]
    if (said := _speaks_of(behind, first=True)) in ("no", "beside"):
        return False
    kinds = topics(context.before)
    if found.high is None and _SOMETHING_ELSE.search(context.before):
        return said == "pay"
    if not kinds:
        return (
            said == "pay"
            or (_speaks_of(context.heading) == "pay" and len(context.before) <= _LONGEST_HEADING)
            or (
                _stands_alone(found, context)
                and first_period(f"{context.own} {behind}") in _PAID_BY
            )
        )
    if kinds[-1] == "pay":
        return True
    # "The base salary, bonus and equity aside, is $120,000 - $150,000".
    return kinds[-1] == "beside" and found.high is not None and kinds[0] == "pay"


def _stands_alone(found: Sum, context: _Context) -> bool:
    """As a fact of its own: a range with nothing before it, or a least sum."""
    lead = _FACTS.split(context.before)[-1].removeprefix("- ").strip()
    return lead == "" if found.high is not None else _FROM.fullmatch(lead) is not None


def _speaks_of(text: str, *, first: bool = False) -> About | None:
    """By the last word that says so, or the first."""
    kinds = topics(text)
    return kinds[0 if first else -1] if kinds else None


def _read(found: Sum, context: _Context, sentence: str, *, currency: str | None) -> Salary | None:
    period = first_period(_BROKEN_OFF.split(context.behind, maxsplit=1)[0])
    period = period or last_period(context.before) or pay_period(sentence[:_BEFORE])
    period = period or pay_period(context.heading)
    low, high = _ends(found, context)
    if not found.marks and not _can_only_be_pay(low, high, period, stated=currency):
        return None
    code = currency_of(found.marks) or (currency if not found.marks else None)
    read = salary(
        low=low, high=high, currency=code, period=period, raw=sentence[:_LONGEST_RAW], origin="text"
    )
    return read if read and is_plausible(read) else None


def _ends(found: Sum, context: _Context) -> tuple[float | None, float | None]:
    if found.high is not None:
        return found.low, found.high
    # A sentence seems to end at "mind. EUR 3.000".
    leading = context.before if context.before.strip() else context.heading
    if _UP_TO.search(leading):
        return None, found.low
    if _FROM.search(leading) or _OR_MORE.match(context.behind):
        return found.low, None
    return found.low, found.low


def _can_only_be_pay(
    low: float | None, high: float | None, period: PayPeriod | None, *, stated: str | None
) -> bool:
    """Of sums without any mark: "45,000 - 55,000", and not "3-5 years" or "40 hours"."""
    smallest = min(end for end in (low, high) if end is not None)
    return bool(stated) or (smallest >= 1_000 and period is not None) or smallest >= 10_000


def _one_of(found: list[Salary]) -> Salary | None:
    distinct = {(each.min, each.max, each.currency, each.period): each for each in found}
    if len(distinct) == 1:
        return found[0]
    known = _agreeing(list(distinct.values()))
    ranges = [each for each in known if each.min != each.max]
    if len(ranges) == 1:
        return ranges[0]
    spanned = widest(ranges)
    return spanned if spanned and spanned.min and is_plausible(spanned) else None


def _agreeing(found: list[Salary]) -> list[Salary]:
    """Without those that state again, and less fully, what another one states."""
    ends = {(each.min, each.max) for each in found if each.currency and each.period}
    return [
        each
        for each in found
        if (each.currency and each.period) or (each.min, each.max) not in ends
    ]
