"""What every reader of a posting does at the end, whatever it read it from: adds the description,
takes from its text what no field states, and notes how each field was found.
"""

from dataclasses import replace
from typing import Any

from include.core.language import language_of, primary_language
from include.core.markup import Description, describe
from include.core.models import JobPosting, Salary
from include.core.pay_text import salary_in_prose
from include.core.provenance import credit
from include.core.salary import in_local_currency
from include.core.workplaces import workplace_in_tags, workplace_in_title

_TEXT = "text"


def complete(
    posting: JobPosting, html: str, *, method: str = "api", html_method: str | None = None
) -> JobPosting:
    """``posting``, read by ``method``, with the description that ``html`` holds, read by
    ``html_method`` where that is another. A field already credited stays as it is."""
    return complete_with(
        posting, describe(html), method=method, description_method=html_method or method
    )


def complete_with(
    posting: JobPosting, description: Description, *, method: str, description_method: str
) -> JobPosting:
    """As ``complete``, where the description has been made already."""
    described = {
        "description_html": description.html,
        "description_text": description.text,
        "requirements": description.requirements,
    }
    told = _told(posting, description.text)
    by_text = {name: _TEXT for name in told if not getattr(posting, name)}
    by_others = dict.fromkeys(described, description_method) | by_text
    return credit(posting, method, but=by_others, **described, **told)


def _told(posting: JobPosting, text: str) -> dict[str, Any]:
    """The fields for which a posting's own text stands in."""
    pay = _pay(posting.salary, text)
    return {
        "salary": in_local_currency(pay, [place.country for place in posting.locations]),
        "workplace": posting.workplace
        or workplace_in_title(posting.title)
        or workplace_in_tags(text),
        "language": primary_language(posting.language) or language_of(text),
    }


def _pay(stated: Salary | None, text: str) -> Salary | None:
    """As its fields state it, with the period and the currency that the text gives for the same
    pay."""
    if stated and ((stated.period and stated.currency) or stated.min is stated.max is None):
        return stated
    found = salary_in_prose(text)
    if stated is None or found is None:
        return stated or found
    if (found.min, found.max) != (stated.min, stated.max):
        return stated
    return replace(
        stated,
        period=stated.period or found.period,
        currency=stated.currency or found.currency,
    )
