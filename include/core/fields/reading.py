"""Complete a posting, which is the last step of reading it from any source.

This step adds the description, fills empty fields from its text, and records how each field was
read.
"""

from dataclasses import replace
from typing import Any

from include.core.fields.language import language_of, primary_language
from include.core.fields.provenance import with_provenance
from include.core.formats.markup import Description, describe
from include.core.models import JobPosting, Salary, Workplace
from include.core.pay.pay_text import salary_in_prose
from include.core.pay.salary import in_local_currency
from include.core.places.locations import dollar_countries
from include.core.places.workplaces import (
    contradicts_remote,
    workplace_in_tags,
    workplace_in_title,
)

_TEXT = "text"


def complete(
    posting: JobPosting,
    html: str,
    *,
    method: str = "api",
    html_method: str | None = None,
    site: str | None = None,
    locale: str | None = None,
) -> JobPosting:
    """Add to ``posting`` its description, and the fields that only the description states.

    Args:
        posting: the posting without its description. A provenance that it already has for a field
            is kept.
        html: the HTML, or plain text, of the description.
        method: the provenance of the posting's fields, such as ``api``.
        html_method: the provenance of the description. If None, it is ``method``.
        site: the URL of a page of the career site. Its domain can show the country, from which the
            currency of the pay follows. If None, the URL of the posting is used.
        locale: the language tag of the page, such as ``en-ZA``. It can show the country, too.

    Raises:
        ParseError: ``describe`` cannot read the HTML.
    """
    return complete_with(
        posting,
        describe(html),
        method=method,
        description_method=html_method or method,
        site=site,
        locale=locale,
    )


def complete_with(
    posting: JobPosting,
    description: Description,
    *,
    method: str,
    description_method: str,
    site: str | None = None,
    locale: str | None = None,
) -> JobPosting:
    """Complete ``posting`` as ``complete`` does, but with a description that is already parsed."""
    described = {
        "description_html": description.html,
        "description_text": description.text,
        "requirements": description.requirements,
    }
    from_text = _read_from_text(posting, description.text, site or posting.url, locale)
    by_text = {name: _TEXT for name in from_text if not getattr(posting, name)}
    by_others = dict.fromkeys(described, description_method) | by_text
    return with_provenance(posting, method, methods=by_others, **described, **from_text)


def _read_from_text(
    posting: JobPosting, text: str, site: str | None, locale: str | None
) -> dict[str, Any]:
    """Return the posting's pay, workplace and language, by field name.

    What the source does not state is read from the title and the text.
    """
    pay = _pay(posting.salary, text)
    countries = dollar_countries(posting.locations)
    language = primary_language(posting.language) or language_of(text)
    return {
        "salary": in_local_currency(pay, countries, site=site, locale=locale, language=language),
        "workplace": _workplace(posting, text),
        "language": language,
    }


def _workplace(posting: JobPosting, text: str) -> Workplace | None:
    """Return the workplace that the source, the title or the text states.

    Return None if it is "remote" and the text contradicts that.
    """
    workplace = posting.workplace or workplace_in_title(posting.title) or workplace_in_tags(text)
    return None if workplace is Workplace.REMOTE and contradicts_remote(text) else workplace


def _pay(stated: Salary | None, text: str) -> Salary | None:
    """Return the pay that the source states, completed from the pay that the text states.

    - If the source states no pay, return the pay in the text.
    - If the stated pay has a period and a currency, or has no amounts, return it as it is.
    - If the stated pay is a single amount, and the pay in the text begins with that amount and has
      a currency and a period, return the pay in the text.
    - If both have the same amounts, fill the period and the currency that the stated pay lacks from
      the text.
    - Otherwise return the stated pay.
    """
    if stated is None:
        return salary_in_prose(text)
    has_amount = stated.min is not None or stated.max is not None
    if (stated.period and stated.currency) or not has_amount:
        return stated
    in_prose = salary_in_prose(text)
    if in_prose is None:
        return stated
    if in_prose.currency and in_prose.period and in_prose.min == stated.min == stated.max:
        return in_prose
    if (in_prose.min, in_prose.max) != (stated.min, stated.max):
        return stated
    return replace(
        stated,
        period=stated.period or in_prose.period,
        currency=stated.currency or in_prose.currency,
    )
