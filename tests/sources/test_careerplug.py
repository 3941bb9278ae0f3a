"""Tests of CareerPlug. The pages are built by hand from those that public crawlers recorded."""

import json
from collections.abc import Callable
from html import escape
from typing import Any

import pytest

from include.core.models import EmploymentType, Page, PayPeriod, Workplace
from include.errors import ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

SITE = {"site": "acme"}
PAGE_SIZE = 30
CARD = """<div><a aria-label="{title} in South Burlington, VT" href="/jobs/{id}"><div class="row">
    <div class="job-title"><span class="name">{title}</span></div><div class="job-location"><div>
    <span class='job-row-title hidden-md'>Location:</span> VT-South Burlington-05403 </div></div>
    <div class="job-post-date"><span class='job-row-title'>Post Date:</span> 06-15-26</div>
    </div></a></div>"""


def title(number: int) -> str:
    return f"Cook & Baker {number}"


def markup(name: str) -> dict[str, Any]:
    return {
        "@type": "JobPosting",
        "title": name,
        "description": "<p>We cook.</p>",
        "datePosted": "2026-06-15T12:34:07+00:00",
        "employmentType": "FULL_TIME",
        "jobLocationType": "TELECOMMUTE",
        "hiringOrganization": {"@type": "Organization", "name": "Acme"},
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "USD",
            "value": {"@type": "QuantitativeValue", "value": 50000, "unitText": "YEAR"},
        },
    }


def page(numbers: range, *, current: int = 1, is_last: bool = True) -> str:
    """Return the page number ``current`` of a list, with a card for each posting in ``numbers``."""
    cards = "".join(CARD.format(id=each, title=escape(title(each))) for each in numbers)
    items = [{"@type": "ListItem", "item": markup(title(each))} for each in numbers]
    script = json.dumps({"@type": "ItemList", "itemListElement": items})
    following = (
        '<span class="next_page disabled">next</span>'
        if is_last
        else f'<a class="next_page" rel="next" href="/jobs?page={current + 1}">next</a>'
    )
    return (
        f'<html><script type="application/ld+json">{script}</script><div id="job_table">{cards}'
        f'</div><div class="pagination"><em class="current">{current}</em>{following}</div></html>'
    )


def site(count: int, *, repeats_first_page: bool = False) -> Callable[[Request], str]:
    """Return a function that answers requests as a site with ``count`` postings does."""

    def serve(request: Request) -> str:
        assert request.url.startswith("https://acme.careerplug.com/jobs?page=")
        number = 1 if repeats_first_page else number_in(request, "page")
        end = number * PAGE_SIZE
        numbers = range(count)[end - PAGE_SIZE : end]
        return page(numbers, current=number, is_last=end >= count)

    return serve


@pytest.mark.parametrize("count", [1, 30, 31, 95])
def test_a_site_is_read_to_its_last_page(count: int) -> None:
    result = listing("careerplug", SITE, site(count))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


def test_a_site_that_repeats_its_first_page_is_partial_and_not_asked_forever() -> None:
    result = listing("careerplug", SITE, site(95, repeats_first_page=True))

    assert (len(result.jobs), result.reason) == (30, "the response for page 2 is not that page")


def test_a_card_has_the_text_of_its_posting() -> None:
    (job,) = listing("careerplug", SITE, site(1)).jobs
    read = posting("careerplug", job)

    assert (job.external_id, job.title) == ("0", "Cook & Baker 0")
    assert (job.location, job.url) == (
        "VT-South Burlington-05403",
        "https://acme.careerplug.com/jobs/0",
    )
    assert (read.external_id, read.title, read.url) == ("0", "Cook & Baker 0", job.url)
    assert (read.company, read.description_text) == ("Acme", "We cook.")
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.workplace is Workplace.REMOTE
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2026-06-15T12:34:07+00:00"
    assert read.salary is not None
    assert (read.salary.min, read.salary.currency, read.salary.period) == (
        50_000, "USD", PayPeriod.YEAR,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@type", "@kind"),
        ('"title": "Cook & Baker 1"', '"title": "Nurse"'),
        ("ListItem", "JobPosting"),
        ("ld+json", "json"),
    ],
)
def test_texts_that_may_belong_to_other_cards_are_not_used(old: str, new: str) -> None:
    result = answer("careerplug", SITE, page(range(2)).replace(old, new).encode())

    assert [(job.title, job.content) for job in result.jobs] == [(title(0), None), (title(1), None)]
    assert result.partial_reason is None


def test_a_changed_text_changes_the_hash_of_the_row() -> None:
    before, after = (
        answer("careerplug", SITE, text.encode()).jobs[0].row_sha256
        for text in (page(range(1)), page(range(1)).replace("We cook", "We bake"))
    )

    assert before != after


def test_a_site_with_one_posting_redirects_to_its_form() -> None:
    """Check that the page to which the list redirects is read as a list of one posting."""
    url = "https://acme.careerplug.com/jobs/3479286/apps/new"
    form = b"<html><h1 class='job-name'>Cook</h1></html>"
    result = listing("careerplug", SITE, lambda _: Page(url=url, body=form))

    assert [(job.external_id, job.title) for job in result.jobs] == [("3479286", "Cook")]
    assert (result.jobs[0].url, result.complete) == (
        "https://acme.careerplug.com/jobs/3479286",
        True,
    )
    with pytest.raises(ParseError):
        listing("careerplug", SITE, lambda _: Page(url=url, body=b"<h1>Sign in</h1>"))


@pytest.mark.parametrize(
    "text",
    [
        page(range(3)).removesuffix("</html>"),
        page(range(3)).replace('class="job-title"', "", 1),
        page(range(0)),
    ],
)
def test_a_page_that_shows_that_something_is_missing_is_partial(text: str) -> None:
    result = answer("careerplug", SITE, text.encode())

    assert result.partial_reason
    assert result.follow == ()


@pytest.mark.parametrize("body", [b"<form action='/users/sign_in'></form>", b"", b"[]"])
def test_a_page_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("careerplug", SITE, body)
