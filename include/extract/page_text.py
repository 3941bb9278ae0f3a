"""A posting read from a page that carries no structured data, by BeautifulSoup.

The heading is its title, labelled lines its facts, the rest of the main text its description.
"""

from bs4 import BeautifulSoup, Tag

from include.core.dates import moment
from include.core.employment import employment_types
from include.core.locations import locate, places
from include.core.markup import describe
from include.core.models import JobPosting
from include.core.pay_text import salary_in
from include.core.reading import complete_with
from include.core.workplaces import workplace_in, workplace_of
from include.errors import ParseError
from include.extract.document import AROUND, SHORTEST_MAIN, UNREAD, Document
from include.extract.labels import labelled

_METHOD = "text"


def read(document: Document) -> JobPosting:
    """Raises ParseError when nothing on the page can be its title."""
    title = document.title
    if title is None:
        raise ParseError("the page has neither structured data nor a heading")
    description = describe(main_html(document.html))
    facts = labelled(description.text.splitlines())
    named = places(facts.get("location"))
    employment = facts.get("employment_type")
    posted, closing = facts.get("posted_at"), facts.get("valid_through")
    posting = JobPosting(
        title=title,
        requisition_id=facts.get("requisition_id"),
        company=document.attribute('meta[property="og:site_name"]', "content"),
        department=facts.get("department"),
        team=facts.get("team"),
        locations=tuple(locate(place) for place in named),
        workplace=workplace_of(facts.get("workplace")) or workplace_in(named),
        employment_types=employment_types(employment),
        employment_type_raw=employment,
        salary=salary_in(facts.get("salary", "")),
        posted_at=moment(posted),
        posted_at_raw=posted,
        valid_through=moment(closing),
        valid_through_raw=closing,
    )
    return complete_with(posting, description, method=_METHOD, description_method=_METHOD)


def main_html(html: str) -> str:
    """Of the main element, or of the body without what stands around."""
    soup = BeautifulSoup(html, "lxml")
    for node in soup.select(UNREAD):
        node.decompose()
    for node in (*soup.select("main, [role=main]"), *soup.select("article")):
        if len(node.get_text(strip=True)) > SHORTEST_MAIN:
            return _without(node, AROUND.replace("header, ", ""))
    return _without(soup.body, AROUND) if soup.body else ""


def _without(node: Tag, around: str) -> str:
    for part in node.select(f"{around}, h1"):
        if not part.decomposed:
            part.decompose()
    return node.decode_contents()
