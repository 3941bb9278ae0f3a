"""The adapter of Gupy, whose career pages are at {site}.gupy.io.

Gupy is the most used applicant tracking system of Brazil. Its public API is only for employers.
Therefore the adapter reads web pages. The front page of a site holds all postings in the JSON of
its script ``__NEXT_DATA__``, without paging and without a total. Therefore the listing is complete
if this JSON is whole. There is no such page for an unknown site. The front pages of large employers
have about 5 MB.

The page of a posting has a script of the same name, which holds the posting. The text consists of
``description``, ``responsibilities``, ``prerequisites`` and ``relevantExperiences``. If the script
holds no posting, ``extract`` reads the page as any other web page. ``jobType`` is the kind of
contract, such as ``vacancy_type_effective``. It does not state the hours.

These facts are from other crawlers' code.
"""

from collections.abc import Mapping
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_of
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import listing_page

_SCRIPT = r"<script id=\"__NEXT_DATA__\"[^>]*>\s*"
_SECTIONS = (
    (None, "description"),
    ("Responsabilidades e atribuições", "responsibilities"),
    ("Requisitos e qualificações", "prerequisites"),
    ("Informações adicionais", "relevantExperiences"),
)


class Gupy:
    source = "gupy"
    facts = SourceFacts()
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.gupy.io",
        overridden=("site",),
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_site(config)}/"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        return listing_page(
            _props(response).raw("jobs"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        job = _props(page).raw("job") if "__NEXT_DATA__" in page.text() else None
        return _posting(JsonObject.of(job, "the posting"), page.url) if job else None


def _site(config: Mapping[str, Any]) -> str:
    return f"https://{subdomain(config, 'site')}.gupy.io"


def _props(page: Response) -> JsonObject:
    """Return the object ``pageProps`` in the JSON of the page's script ``__NEXT_DATA__``."""
    script = JsonObject.of(page.json_after(_SCRIPT), "the page's script")
    return JsonObject.of(script.raw("props", "pageProps"), "the page's properties")


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    posting_id = job.need("id")
    url = f"{_site(config)}/jobs/{posting_id}"
    page_url = based(config, url)
    address = ("city", "state", "country")
    places = filter(None, (job.text("workplace", "address", part) for part in address))
    return ListedJob(
        external_id=posting_id,
        title=job.need("title"),
        url=url,
        location=", ".join(places) or None,
        page_url=page_url if page_url != url else None,
    )


def _posting(job: JsonObject, url: str) -> JobPosting:
    html = "\n".join(
        section(title, job.html(key)) for title, key in _SECTIONS if job.html(key).strip()
    )
    contract, location = job.text("jobType"), _location(job)
    return complete(
        JobPosting(
            title=job.need("name"),
            external_id=job.need("id"),
            requisition_id=job.text("code"),
            url=url,
            company=job.text("careerPage", "name"),
            locations=(location,) if location else (),
            workplace=workplace_of(job.text("workplaceType")),
            employment_types=employment_types(contract),
            employment_type_raw=contract,
            posted_at=parse_time(job.text("publishedAt")),
            posted_at_raw=job.text("publishedAt"),
            valid_through=parse_time(job.text("expiresAt")),
            valid_through_raw=job.text("expiresAt"),
        ),
        html,
    )


def _location(job: JsonObject) -> Location | None:
    return location_from_parts(
        city=job.text("addressCity"),
        region=job.text("addressState"),
        country=job.text("addressCountry"),
        code=job.text("addressCountryShortName"),
    )
