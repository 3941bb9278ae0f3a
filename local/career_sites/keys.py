"""Give the routes access to the application's state."""

from aiohttp import web

from local.career_sites.world import Edition, World

WORLD = web.AppKey("world", World)


def edition_of(request: web.Request) -> Edition:
    """Return the edition of the current day.

    Its links lead to the host that the client addressed.
    """
    return request.app[WORLD].edition(f"{request.scheme}://{request.host}")


def faulty_listing(request: web.Request, slug: str) -> web.Response | None:
    """Return an error response if the employer's listing is set to fail, and otherwise None."""
    status = request.app[WORLD].listing_faults.get(slug)
    if status is None:
        return None
    headers = {"Retry-After": "1"} if status in {429, 503} else None
    return web.Response(text="This listing fails on purpose.\n", status=status, headers=headers)
