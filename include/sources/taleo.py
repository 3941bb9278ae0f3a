"""The adapter of Oracle Taleo Enterprise.

Its career sections are at {company}.taleo.net/careersection/{section}. The adapter requests the
search that the pages of a section call. Oracle does not document this search. A request needs the
header ``tz`` and the number of the section's portal. The first request of a listing is the page of
the section, which states this number. Without the number, and for a section that was closed, the
search responds with ``careerSectionUnAvailable``. ``pageNo`` counts the pages of results from 1.
Each page states the total in ``totalCount``. A page may have fewer postings than ``pageSize``
although more follow. In some sections, ``totalCount`` counts a posting once for each of its
languages. The listings of such sections are always partial.

The employer chooses the columns of a row. ``linkedColumn`` is the number of the column that holds
the title. ``locationsColumns`` lists the numbers of the columns that hold places. Such a column is
a JSON list or a text. Texts contain HTML entities. The number in a posting's address is
``contestNo``.

A posting is a web page. Some pages have JSON-LD, whose description may be percent-encoded. The
other pages hold the posting in a string for their script, in which ``!|!`` separates the fields.
The title is the field before the ``contestNo``. The fields that begin with ``!*!`` hold
percent-encoded HTML. The other fields differ by employer and are not read.

These facts are from other crawlers' code.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from include.core.fields import schema_posting
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject, number_of, read_json, text_of
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host, name
from include.sources.json_ld import job_postings
from include.sources.paging import next_start
from include.sources.records import listing_page, reason_if_unproved

_PORTAL = re.compile(r"\bportal(?:No|Id)?[\"']?\s*[=:]\s*[\"']?(\d+)")
_SEARCH = "/careersection/rest/jobboard/searchjobs"
_HEADERS = {"tz": "GMT+00:00", "tzname": "UTC", "X-Requested-With": "XMLHttpRequest"}
_PAGE_SIZE = 25
_FIELD_SEPARATOR = "!|!"
_ENCODED_HTML = re.compile(r"!\*!(%3C[^!\"'<>]+)", re.IGNORECASE)


class Taleo:
    source = "taleo"
    facts = SourceFacts(lists_by_api=True)
    config_keys = ConfigKeys(
        required=("host", "section"), readers={"host": host}, home="https://{host}"
    )
    volatile_keys = ("hotJob", "addedToJobCart", "alreadyAppliedOn", "toReApply", "draft")
    """Four keys about the person who searches, and ``hotJob``, which only marks a row in the
    list."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_section(config)}/jobsearch.ftl?lang=en"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if request.json is None:  # the response is the section's page
            return _first_page(config, response)
        answer = JsonObject.of(response.json(), "the search")
        if answer.flag("careerSectionUnAvailable"):
            raise ParseError("Taleo says that the career section is unavailable")
        total, page = answer.number("pagingData", "totalCount"), int(request.json["pageNo"])
        size = int(answer.number("pagingData", "pageSize") or _PAGE_SIZE)
        received = len(answer.values("requisitionList"))
        next_offset = next_start((page - 1) * size, received=received, total=total)
        return listing_page(
            answer.raw("requisitionList"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=() if next_offset is None else [_search(request.url, page=page + 1)],
            partial_reason=reason_if_unproved(total, empty_is_proof=False),
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        """Return the posting in the page's JSON-LD, or else in the string for the page's script.

        Return None if the page has neither.
        """
        number = next(iter(parse_qs(urlsplit(page.url).query).get("job", [])), None)
        for markup in job_postings(page.html()):
            posting = schema_posting.read(markup, heading=None)
            html = _decoded_html(schema_posting.description_of(markup))
            completed_posting = replace(posting, external_id=number, url=page.url)
            return complete(completed_posting, html, method="jsonld")
        number_field = f"{_FIELD_SEPARATOR}{number}{_FIELD_SEPARATOR}"
        fields_before, separator, fields_after = page.text().partition(number_field)
        title = unescape(_without_escapes(fields_before.rpartition(_FIELD_SEPARATOR)[2])).strip()
        if number is None or not (separator and title):
            return None
        return complete(
            JobPosting(title=title, external_id=number, url=page.url),
            "\n".join(_decoded_html(text) for text in _ENCODED_HTML.findall(fields_after)),
            method="html",
        )


def _first_page(config: Mapping[str, Any], response: Response) -> ListingPage:
    """Return a listing page that has only the request for the first page of results.

    ``response`` is the page of the section, which states the number that the request needs.
    """
    portal = _PORTAL.search(response.text())
    if portal is None:
        raise ParseError(f"{response.url} is not the page of an open career section")
    url = f"https://{host(config, 'host')}{_SEARCH}?lang=en&portal={portal[1]}"
    return ListingPage(follow=(_search(based(config, url), page=1),))


def _section(config: Mapping[str, Any]) -> str:
    return f"https://{host(config, 'host')}/careersection/{name(config, 'section')}"


def _search(url: str, *, page: int) -> Request:
    no_filters: dict[str, Any] = {"searchFilterSelections": []}
    return Request(
        url=url,
        method="POST",
        headers=_HEADERS,
        json={
            "multilineEnabled": False,
            "sortingSelection": {"sortBySelectionParam": "3", "ascendingSortingOrder": "false"},
            "fieldData": {"fields": {"KEYWORD": "", "LOCATION": ""}, "valid": True},
            "filterSelectionParam": no_filters,
            "advancedSearchFiltersSelectionParam": no_filters,
            "pageNo": page,
        },
    )


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    number = job.text("contestNo") or job.need("jobId")
    title = _column(job, job.number("linkedColumn") or 0)
    if not title:
        raise ParseError("no title")
    url = f"{_section(config)}/jobdetail.ftl?job={quote(number, safe='')}&lang=en"
    page_url = based(config, url)
    places = [_places(_column(job, column_number)) for column_number in _place_columns(job)]
    return ListedJob(
        external_id=number,
        title=title,
        url=url,
        location="; ".join(filter(None, places)) or None,
        page_url=page_url if page_url != url else None,
    )


def _place_columns(job: JsonObject) -> list[float]:
    """Return the numbers of the columns that hold places.

    If ``locationsColumns`` states none, these are the columns that hold a JSON list.
    """
    stated_numbers = map(number_of, job.values("locationsColumns"))
    numbers = [number for number in stated_numbers if number is not None]
    if numbers:
        return numbers
    all_numbers = range(len(job.values("column")))
    return [number for number in all_numbers if _column(job, number).startswith("[")]


def _column(job: JsonObject, number: float) -> str:
    """Return the text of a column, or an empty text if the row has no such column."""
    columns = job.values("column")
    text = columns[int(number)] if 0 <= number < len(columns) else None
    return unescape(text).strip() if isinstance(text, str) else ""


def _places(text: str) -> str:
    """Return the places in a column as one text. The column is a JSON list or a text."""
    if not text.startswith("["):
        return text
    try:
        return "; ".join(filter(None, map(text_of, read_json(text))))
    except ParseError:
        return text


def _decoded_html(text: str) -> str:
    """Return a text of HTML, percent-decoded if it contains ``%3C`` (an encoded ``<``)."""
    return _without_escapes(text) if "%3C" in text.upper() else text


def _without_escapes(text: str) -> str:
    """Return a text after decoding its percent-encoding and Taleo's own escape of colons."""
    return unquote(text.replace("%5C:", ":"))
