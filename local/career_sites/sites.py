"""Serve the career pages: sitemaps, job pages, and the other pages of each site."""

from datetime import UTC, datetime
from email.utils import format_datetime
from zlib import crc32

from aiohttp import web

from local.career_sites.content import Employer
from local.career_sites.employers import BY_SLUG
from local.career_sites.keys import WORLD, edition_of, faulty_listing
from local.career_sites.pages import Noise, Page, front_page, link_page, text_page
from local.career_sites.postings import SamplePosting
from local.career_sites.sitemaps import STORIES

ROBOTS = "User-agent: *\nAllow: /\nDisallow: /private/\n"

routes = web.RouteTableDef()


@routes.get("/robots.txt")
async def robots(_request: web.Request) -> web.Response:
    return web.Response(text=ROBOTS)


@routes.get("/")
async def front(request: web.Request) -> web.Response:
    postings = edition_of(request).postings
    counts = {
        slug: sum(posting.listed for posting in company_postings.values())
        for slug, company_postings in postings.items()
    }
    return _html(front_page(counts))


@routes.get("/{slug}/{file:sitemap[a-z0-9.-]*}")
async def sitemap(request: web.Request) -> web.Response:
    body = edition_of(request).sitemaps.get(request.path)
    if body is None:
        raise web.HTTPNotFound
    if fault := faulty_listing(request, request.match_info["slug"]):
        return fault
    is_gzip = request.path.endswith(".gz")
    return web.Response(
        body=body, content_type="application/gzip" if is_gzip else "application/xml"
    )


@routes.get(r"/{slug}/jobs/{page:[a-z0-9-]+-\d+}")
async def site_job(request: web.Request) -> web.Response:
    posting = edition_of(request).by_path.get(request.path)
    if posting is None or posting.gone:
        return _no_such_job(request)
    if request.app[WORLD].fails_now(posting):
        return web.Response(text="Something went wrong on our side.\n", status=500)
    validators = _validators(posting)
    if _is_current(request, posting, validators):
        return web.Response(status=304, headers=validators)
    page = edition_of(request).job_page(posting)
    return _html(page.render(_noise(request)), validators)


@routes.get("/{slug}/about")
async def about(request: web.Request) -> web.Response:
    employer = _employer(request)
    page = text_page(employer, title=f"About {employer.name}", paragraphs=employer.about)
    return _page_response(request, page)


@routes.get("/{slug}/blog/{story}")
async def blog(request: web.Request) -> web.Response:
    story = STORIES.get(request.match_info["story"])
    if story is None:
        raise web.HTTPNotFound
    title, text = story
    return _page_response(request, text_page(_employer(request), title=title, paragraphs=(text,)))


@routes.get("/{slug}/")
@routes.get("/{slug}/jobs/")
async def jobs(request: web.Request) -> web.Response:
    employer = _employer(request)
    links = [
        (posting.path, f"{posting.title} ({', '.join(posting.locations)})")
        for posting in edition_of(request).postings[employer.slug].values()
        if posting.listed
    ]
    return _page_response(request, link_page(employer, title="Open positions", links=links))


@routes.get("/{slug}/{id:[0-9a-f-]{8,}}")
async def hosted_job(request: web.Request) -> web.Response:
    """Return the page of a job, to which the listings of Greenhouse, Lever and Ashby link."""
    posting = edition_of(request).by_path.get(request.path)
    if posting is None:
        raise web.HTTPNotFound
    return _page_response(request, edition_of(request).job_page(posting))


def _employer(request: web.Request) -> Employer:
    employer = BY_SLUG.get(request.match_info["slug"])
    if employer is None:
        raise web.HTTPNotFound
    return employer


def _no_such_job(request: web.Request) -> web.Response:
    # The path decides the status, so that it is the same on every request.
    status = 410 if crc32(request.path.encode()) % 4 == 0 else 404
    return web.Response(text="There is no such job.\n", status=status)


def _validators(posting: SamplePosting) -> dict[str, str]:
    """Return the validators of a page as headers.

    A third of the pages has ``ETag`` and ``Last-Modified``. A third has only ``Last-Modified``, and
    a third has neither. Pages of employers without structured data have neither. The tag is weak,
    because it identifies the posting and not the noise around it.
    """
    kind = posting.number % 3
    if kind == 2 or not posting.employer.structured:
        return {}
    headers = {"Last-Modified": format_datetime(posting.updated_at, usegmt=True)}
    if kind == 0:
        content = f"{posting.title}{posting.employment_type}{posting.salary}{posting.text}"
        headers["ETag"] = f'W/"{posting.number:x}-{crc32(content.encode()):08x}"'
    return headers


def _is_current(request: web.Request, posting: SamplePosting, validators: dict[str, str]) -> bool:
    """Return True if the client's copy is current, so that the response must be 304.

    If the request has both conditions, only ``If-None-Match`` counts (RFC 9110, section 13.2.2).
    """
    if request.if_none_match is not None:
        tags = {f'W/"{tag.value}"' for tag in request.if_none_match}
        return validators.get("ETag") in tags
    since = request.if_modified_since
    return since is not None and bool(validators) and posting.updated_at <= since


def _noise(request: web.Request) -> Noise:
    return Noise(served=request.app[WORLD].served, at=datetime.now(UTC))


def _page_response(request: web.Request, page: Page) -> web.Response:
    return _html(page.render(_noise(request)))


def _html(body: bytes, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)
