"""Read a posting from a page without structured data.

The heading is the title, the lines with labels are the facts, and the main text without the title
is the description.
"""

from collections.abc import Mapping

from include.core.dates import moment
from include.core.employment import employment_types
from include.core.locations import locations_in, place
from include.core.markup import describe
from include.core.models import JobPosting, Location
from include.core.pay_text import salary_in
from include.core.reading import complete_with
from include.core.workplaces import workplace_at_the_top, workplace_in, workplace_of
from include.errors import ParseError
from include.extract.document import Document
from include.extract.labels import labelled

_METHOD = "text"


def read(document: Document, *, title: str | None) -> JobPosting:
    """Return the posting.

    Raise ParseError if there is no title, or if the HTML is nested more than 1,000 levels deep.

    Args:
        document: the opened page.
        title: the title of the posting; None if nothing on the page can be it.
    """
    if title is None:
        raise ParseError("the page has neither structured data nor a heading")
    description = describe(document.main_html())
    facts = labelled(description.text.splitlines())
    locations = _locations(facts)
    employment = facts.get("employment_type")
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
        or workplace_at_the_top(description.text.splitlines()),
        employment_types=employment_types(employment),
        employment_type_raw=employment,
        salary=salary_in(facts.get("salary", "")),
        posted_at=moment(posted),
        posted_at_raw=posted,
        valid_through=moment(closing),
        valid_through_raw=closing,
    )
    return complete_with(posting, description, method=_METHOD, description_method=_METHOD)


def _locations(facts: Mapping[str, str]) -> tuple[Location, ...]:
    """Return the labelled places, or the place whose city, region and country are labelled."""
    named = locations_in(facts.get("location"))
    if named or "city" not in facts:
        return named
    found = place(city=facts["city"], region=facts.get("region"), country=facts.get("country"))
    return (found,) if found else ()
