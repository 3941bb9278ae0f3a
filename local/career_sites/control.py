"""Serve the requests that control and observe the server. The server does not count them."""

import json

from aiohttp import web

from local.career_sites.employers import BY_SLUG
from local.career_sites.keys import WORLD

routes = web.RouteTableDef()

PATHS = frozenset({"/health", "/day", "/faults", "/requests"})


@routes.get("/health")
async def health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


@routes.get("/day")
async def read_day(request: web.Request) -> web.Response:
    return web.json_response({"day": request.app[WORLD].day})


@routes.put("/day")
async def set_day(request: web.Request) -> web.Response:
    day = (await _read_object(request)).get("day")
    if type(day) is not int or day < 1:
        raise web.HTTPBadRequest(text='Send {"day": n} with n of at least 1.\n')
    request.app[WORLD].set_day(day)
    return web.json_response({"day": day})


@routes.get("/faults")
async def read_faults(request: web.Request) -> web.Response:
    return web.json_response({"listings": request.app[WORLD].listing_faults})


@routes.put("/faults")
async def set_faults(request: web.Request) -> web.Response:
    """Replace all listing faults. ``{"listings": {}}`` or ``{}`` ends them."""
    listings = (await _read_object(request)).get("listings", {})
    if not isinstance(listings, dict) or not all(
        slug in BY_SLUG and type(status) is int and 400 <= status <= 599
        for slug, status in listings.items()
    ):
        raise web.HTTPBadRequest(text='Send {"listings": {"<slug>": <status from 400 to 599>}}.\n')
    request.app[WORLD].listing_faults = listings
    return web.json_response({"listings": listings})


@routes.get("/requests")
async def read_requests(request: web.Request) -> web.Response:
    counts = request.app[WORLD].requests
    return web.json_response({"total": counts.total(), "paths": dict(counts)})


@routes.delete("/requests")
async def clear_requests(request: web.Request) -> web.Response:
    request.app[WORLD].requests.clear()
    return web.Response(status=204)


async def _read_object(request: web.Request) -> dict[str, object]:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="Send a JSON object.\n")
    return body
