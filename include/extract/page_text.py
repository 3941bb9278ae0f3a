"""Read a posting from a page without structured data, with BeautifulSoup.

The heading is the title, the lines with labels are the facts, and the main text without the title
is the description.
"""

from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag

from include.core.dates import moment
from include.core.employment import employment_types
from include.core.locations import locations_in, place
from include.core.markup import describe
from include.core.models import JobPosting, Location
from include.core.pay_text import salary_in
from include.core.reading import complete_with
from include.core.text import one_line
from include.core.workplaces import workplace_at_the_top, workplace_in, workplace_of
from include.errors import ParseError
from include.extract.document import AROUND, SHORTEST_MAIN, UNREAD, Document
from include.extract.labels import labelled
from include.extract.title import HEADINGS

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
    description = describe(main_html(document.html, title=title))
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


def main_html(html: str, *, title: str | None) -> str:
    """Return the HTML of the main element, or of the body.

    The elements around the main text, the title and every ``h1`` are left out.
    """
    soup = BeautifulSoup(html, "lxml")
    for node in soup.select(UNREAD):
        node.decompose()
    for node in (*soup.select("main, [role=main]"), *soup.select("article")):
        if len(node.get_text(strip=True)) > SHORTEST_MAIN:
            return _without(node, AROUND.replace("header, ", ""), title)
    return _without(soup.body, AROUND, title) if soup.body else ""


def _without(node: Tag, around: str, title: str | None) -> str:
    named = [each for each in node.select(HEADINGS) if one_line(each.get_text(" ")) == title]
    beside = [
        part for part in node.select(around) if not any(part in each.parents for each in named)
    ]
    for part in (*beside, *node.select("h1"), *named):
        if not part.decomposed:
            part.decompose()
    return node.decode_contents()
