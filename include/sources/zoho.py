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
from include.core.formats.json_object import JsonObject, read_json
from include.core.models import JobPosting, ListedJob, Location, Workplace
from include.core.pay.pay_text import salary_in
from include.core.places.locations import place
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host
from include.sources.records import listing_page

_CAP = 50
_TRUE = frozenset({"1", "1.0", "on", "true", "yes"})
_FALSE = frozenset({"0", "0.0", "off", "false", "no"})
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
        shown = len(JsonObject({"": jobs}).values(""))
        return listing_page(
            jobs,
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            partial_reason=None
            if shown % _CAP
            else f"the site may show only {shown} of its postings",
        )

    def parse_posting(self, content: str) -> JobPosting:
        return _posting(JsonObject.parse(content))

    def parse_page(self, page: Response) -> JobPosting | None:
        found = _SCRIPT.search(page.text())
        if found is None:
            return None
        halves = _ESCAPE.sub(_unescaped, found[1])
        text = halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        jobs = JsonObject({"": read_json(text, strict=False)})
        posting = next(iter(jobs.objects("")), None)
        return _posting(JsonObject({**posting.raw(), "url": page.url})) if posting else None


def _careers(config: Mapping[str, Any]) -> str:
    return f"https://{host(config, 'host')}/jobs/Careers"


def _unescaped(escape: re.Match[str]) -> str:
    """Return the character for which an escape in a JavaScript string stands.

    A character above U+FFFF consists of two escapes, one for each UTF-16 surrogate. This function
    returns one surrogate for each.
    """
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _CONTROLS.get(escape[3], escape[3])


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob | None:
    if _flag(job, "Is_Locked") or False in (
        _flag(job, "Publish"),
        _flag(job, "Keep_on_Career_Site"),
    ):
        return None
    url = f"{_careers(config)}/{job.need('id')}"
    page_url = based(config, url)
    inline = bool(job.html("Job_Description").strip())
    return ListedJob(
        external_id=job.need("id"),
        title=_title(job),
        url=url,
        location="; ".join(location.raw for location in _locations(job)) or None,
        page_url=page_url if page_url != url else None,
        content=JsonObject({**job.raw(), "url": url}).dump() if inline else None,
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
    stated = str(job.raw(key)).casefold()
    return True if stated in _TRUE else False if stated in _FALSE else None


def _locations(job: JsonObject) -> tuple[Location, ...]:
    state, country = (_named(job.text(key)) for key in ("State", "Country"))
    cities = [city for part in (job.text("City") or "").split(",") if (city := _named(part))]
    found = (place(city=city, region=state, country=country) for city in cities or [None])
    return tuple(dict.fromkeys(location for location in found if location))


def _named(text: str | None) -> str | None:
    return None if (text or "").strip() in _NO_PLACES else (text or "").strip()
