"""Read a posting from a page without structured data.

The heading is the title, the lines with labels are the facts, and the main text without the title
is the description.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import islice

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types, is_employment_type
from include.core.fields.reading import complete_with
from include.core.formats.markup import describe
from include.core.models import JobPosting, Location
from include.core.pay.pay_text import salary_in
from include.core.places.locations import locations_in, place
from include.core.places.workplaces import (
    items_at_the_top,
    workplace_among_items,
    workplace_in,
    workplace_of,
)
from include.errors import ParseError
from include.extract.document import Document
from include.extract.labels import labelled

_METHOD = "text"
_BETWEEN_FACTS = re.compile(r"[|·•]")
_MAX_FACT_LINES = 40
_MAX_FACT_LENGTH = 120


def read(document: Document, *, title: str | None, known: Mapping[str, str]) -> JobPosting:
    """Return the posting.

    Raise ParseError if there is no title, or if the HTML is nested more than 1,000 levels deep.

    Args:
        document: the opened page.
        title: the title of the posting; None if nothing on the page can be it.
        known: raw values that the page's tables and icons state, by field of the posting.
    """
    if title is None:
        raise ParseError("the page has neither structured data nor a heading")
    description = describe(document.main_html())
    lines = description.text.splitlines()
    facts = {**known, **labelled(lines)}
    items = items_at_the_top(lines)
    locations = _locations(facts) or _locations_beside_facts(lines)
    employment = (
        facts.get("employment_type") or ", ".join(filter(is_employment_type, items)) or None
    )
    posted, closing = facts.get("posted_at"), facts.get("valid_through")
    posting = JobPosting(
        title=title,
        requisition_id=facts.get("requisition_id"),
        company=document.attribute('meta[property="og:site_name"]', "content"),
        department=facts.get("department"),
        team=facts.get("team"),
        locations=locations,
        workplace=workplace_of(facts.get("workplace"))
        or workplace_in([each.raw for each in locations])
        or workplace_among_items(items),
        employment_types=employment_types(employment),
        employment_type_raw=employment,
        salary=salary_in(facts.get("salary", "")),
        posted_at=parse_time(posted),
        posted_at_raw=posted,
        valid_through=parse_time(closing),
        valid_through_raw=closing,
    )
    return complete_with(
        posting, description, method=_METHOD, description_method=_METHOD, site=document.url
    )


def _locations_beside_facts(lines: Iterable[str]) -> tuple[Location, ...]:
    """Return the places in lines such as ``Berlin, Germany · Full-time · Hybrid``.

    A text is a place only if it names a country beside a city, and a workplace or an employment
    type is on the same line, because other names (the department) are there, too.
    """
    for line in islice(lines, _MAX_FACT_LINES):
        if len(line) > _MAX_FACT_LENGTH:
            continue
        parts = [part.strip() for part in _BETWEEN_FACTS.split(line.removeprefix("- "))]
        if workplace_among_items(parts) or any(map(is_employment_type, parts)):
            found = (place for part in parts for place in locations_in(part))
            return tuple(place for place in found if place.city and place.country)
    return ()


def _locations(facts: Mapping[str, str]) -> tuple[Location, ...]:
    """Return the labelled places, or the place whose city, region and country are labelled."""
    named = locations_in(facts.get("location"))
    if named or "city" not in facts:
        return named
    found = place(city=facts["city"], region=facts.get("region"), country=facts.get("country"))
    return (found,) if found else ()
