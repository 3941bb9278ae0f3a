"""Serve the APIs of Greenhouse, Lever and Ashby. Their paths do not collide."""

from aiohttp import web

from local.career_sites import ashby, greenhouse, lever
from local.career_sites.employers import employers_of
from local.career_sites.keys import edition_of, faulty_listing
from local.career_sites.postings import SamplePosting

routes = web.RouteTableDef()


@routes.get("/v1/boards/{slug}/jobs")
async def greenhouse_board(request: web.Request) -> web.Response:
    slug = request.match_info["slug"]
    if slug not in employers_of("greenhouse"):
        return web.json_response(greenhouse.UNKNOWN_BOARD, status=404)
    if fault := faulty_listing(request, slug):
        return fault
    edition = edition_of(request)
    content, pay = _is_true(request, "content"), _is_true(request, "pay_transparency")
    return _json(
        edition.document(
            (slug, content, pay),
            lambda: greenhouse.board(
                list(edition.postings[slug].values()),
                base_url=edition.base_url,
                content=content,
                pay_transparency=pay,
            ),
        )
    )


@routes.get("/v1/boards/{slug}/jobs/{id}")
async def greenhouse_job(request: web.Request) -> web.Response:
    slug = request.match_info["slug"]
    posting = _find_posting(request, "greenhouse")
    if posting is None:
        return web.json_response(greenhouse.UNKNOWN_JOB, status=404)
    edition, pay = edition_of(request), _is_true(request, "pay_transparency")
    return _json(
        edition.document(
            (slug, posting.external_id, pay),
            lambda: greenhouse.job(posting, base_url=edition.base_url, pay_transparency=pay),
        )
    )


@routes.get("/v0/postings/{slug}")
async def lever_postings(request: web.Request) -> web.Response:
    slug = request.match_info["slug"]
    if slug not in employers_of("lever"):
        return web.json_response(lever.NOT_FOUND, status=404)
    if fault := faulty_listing(request, slug):
        return fault
    try:
        skip = int(request.query.get("skip", "0"))
        limit = int(request.query.get("limit", str(lever.DEFAULT_LIMIT)))
    except ValueError:
        skip = limit = -1
    if skip < 0 or limit < 0:
        return web.json_response({"ok": False, "error": "Invalid skip or limit"}, status=400)
    edition = edition_of(request)
    return _json(
        edition.document(
            (slug, skip, limit),
            lambda: [
                lever.posting(sample, base_url=edition.base_url)
                for sample in list(edition.postings[slug].values())[skip : skip + limit]
            ],
        )
    )


@routes.get("/v0/postings/{slug}/{id}")
async def lever_posting(request: web.Request) -> web.Response:
    posting = _find_posting(request, "lever")
    if posting is None:
        return web.json_response(lever.NOT_FOUND, status=404)
    edition = edition_of(request)
    return _json(
        edition.document(
            (posting.slug, posting.external_id),
            lambda: lever.posting(posting, base_url=edition.base_url),
        )
    )


@routes.get("/posting-api/job-board/{slug}")
async def ashby_board(request: web.Request) -> web.Response:
    slug = request.match_info["slug"]
    if slug not in employers_of("ashby"):
        return web.Response(text="Not Found", status=404)
    if fault := faulty_listing(request, slug):
        return fault
    edition, pay = edition_of(request), _is_true(request, "includeCompensation")
    return _json(
        edition.document(
            (slug, pay),
            lambda: ashby.board(
                list(edition.postings[slug].values()),
                base_url=edition.base_url,
                include_compensation=pay,
            ),
        )
    )


def _find_posting(request: web.Request, source: str) -> SamplePosting | None:
    slug = request.match_info["slug"]
    if slug not in employers_of(source):
        return None
    return edition_of(request).postings[slug].get(request.match_info["id"])


def _is_true(request: web.Request, parameter: str) -> bool:
    return request.query.get(parameter) == "true"


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json", charset="utf-8")
