"""The adapter of Zoho Recruit.

Career sites are at {company}.zohorecruit.com, .eu or .in, or on an employer's host. The page
``/jobs/Careers`` of a site holds the postings as JSON in a hidden field, ``<input id="jobs">``. It
has no paging and states no total. Some sites show at most 50 postings, and others at most 750.
Therefore a listing is partial if its number of postings is a multiple of 50, because it may be cut.
Some sites also leave out other postings. Therefore Zoho is a fragile source
(``core.checking.expiry``). A page without the field is an error. It is the response of a site
without postings, of an unknown site, and of a host that limits requests.

On many sites, the list has no descriptions. Then the posting's page is read, which holds the whole
posting in a script (``jobs = JSON.parse('…')``). The page of a posting that is gone says that the
posting is gone. ``Date_Opened`` is a date, or a time in seconds or milliseconds. ``City`` may name
several cities. ``Salary`` is free text. Flags may be booleans, numbers or texts.
"""

import re
from collections.abc import Mapping
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject, objects_of, read_json, values_of
from include.core.models import JobPosting, ListedJob, Location, Workplace
from include.core.pay.pay_text import salary_in
from include.core.places.locations import location_from_parts
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host
from include.sources.records import listing_page

_SHOWN_MULTIPLE = 50
_TRUE_TEXTS = frozenset({"1", "1.0", "on", "true", "yes"})
_FALSE_TEXTS = frozenset({"0", "0.0", "off", "false", "no"})
_SCRIPT = re.compile(r"\bjobs\s*=\s*JSON\.parse\('((?:[^'\\]|\\.)*)'\)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NO_PLACES = frozenset({"", ".", "-", "--"})


class Zoho:
    source = "zoho"
    facts = SourceFacts(is_fragile=True)
    config_keys = ConfigKeys(
        required=("host",), readers={"host": host}, home="https://{host}", overridden=("host",)
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, _careers(config)))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        field = response.html().css_first("input#jobs")
        if field is None:
            raise ParseError(f"{response.url} is not a career site with postings")
        jobs = read_json(field.attributes.get("value") or "")
        return listing_page(
            jobs,
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            partial_reason=_reason_if_cut_off(len(values_of(jobs))),
        )

    def parse_posting(self, content: str) -> JobPosting:
        return _posting(JsonObject.parse(content))

    def parse_page(self, page: Response) -> JobPosting | None:
        script = _SCRIPT.search(page.text())
        if script is None:
            return None
        postings = objects_of(read_json(_javascript_string(script[1]), strict=False))
        if not postings:
            return None
        return _posting(JsonObject({**postings[0].raw(), "url": page.url}))


def _careers(config: Mapping[str, Any]) -> str:
    return f"https://{host(config, 'host')}/jobs/Careers"


def _reason_if_cut_off(count: int) -> str | None:
    """Return the reason why a list of this length must count as partial, or None.

    Sites that show only some of their postings show a multiple of 50. An empty list is no proof
    that the site has no postings, either.
    """
    if count % _SHOWN_MULTIPLE == 0:
        return f"the site may show only {count} of its postings"
    return None


def _javascript_string(literal: str) -> str:
    """Return the value of a JavaScript string from the text between its quotes.

    A character beyond U+FFFF has two escapes, one for each surrogate of its UTF-16 form. The
    conversion to UTF-16 and back joins the two surrogates to one character.
    """
    with_surrogates = _ESCAPE.sub(_escaped_character, literal)
    return with_surrogates.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped_character(escape: re.Match[str]) -> str:
    """Return the character or the surrogate that an escape in a string of JavaScript means."""
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _CONTROLS.get(escape[3], escape[3])


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob | None:
    is_withdrawn = False in (_flag(job, "Publish"), _flag(job, "Keep_on_Career_Site"))
    if _flag(job, "Is_Locked") or is_withdrawn:
        return None
    url = f"{_careers(config)}/{job.need('id')}"
    page_url = based(config, url)
    has_description = bool(job.html("Job_Description").strip())
    return ListedJob(
        external_id=job.need("id"),
        title=_title(job),
        url=url,
        location="; ".join(location.raw for location in _locations(job)) or None,
        page_url=page_url if page_url != url else None,
        content=JsonObject({**job.raw(), "url": url}).dump() if has_description else None,
    )


def _posting(job: JsonObject) -> JobPosting:
    employment = job.text("Job_Type")
    return complete(
        JobPosting(
            title=_title(job),
            external_id=job.need("id"),
            url=job.text("url"),
            locations=_locations(job),
            workplace=Workplace.REMOTE if _flag(job, "Remote_Job") else None,
            employment_types=employment_types(employment),
            employment_type_raw=employment,
            salary=salary_in(job.text("Salary") or "", currency=job.text("Currency")),
            posted_at=parse_time(job.text("Date_Opened")),
            posted_at_raw=job.text("Date_Opened"),
        ),
        job.html("Job_Description"),
    )


def _title(job: JsonObject) -> str:
    return job.text("Posting_Title") or job.need("Job_Opening_Name")


def _flag(job: JsonObject, key: str) -> bool | None:
    """Return the value of a flag of any type, or None if the flag is not stated."""
    text = str(job.raw(key)).casefold()
    if text in _TRUE_TEXTS:
        return True
    return False if text in _FALSE_TEXTS else None


def _locations(job: JsonObject) -> tuple[Location, ...]:
    state, country = (_place_name(job.text(key)) for key in ("State", "Country"))
    parts = (job.text("City") or "").split(",")
    cities = [city for part in parts if (city := _place_name(part))]
    locations = (
        location_from_parts(city=city, region=state, country=country) for city in cities or [None]
    )
    return tuple(dict.fromkeys(location for location in locations if location))


def _place_name(text: str | None) -> str | None:
    """Return the name of a place, or None if the text is a placeholder."""
    name = (text or "").strip()
    return None if name in _NO_PLACES else name
