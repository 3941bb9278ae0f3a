"""What every route needs of the application it runs in."""

from aiohttp import web

from local.career_sites.world import Edition, World

WORLD = web.AppKey("world", World)


def edition_of(request: web.Request) -> Edition:
    """Today's edition, whose links lead to the host that the client asked."""
    return request.app[WORLD].edition(f"{request.scheme}://{request.host}")


def faulty_listing(request: web.Request, slug: str) -> web.Response | None:
    """The answer of an employer whose listing was told to fail."""
    status = request.app[WORLD].listing_faults.get(slug)
    if status is None:
        return None
    headers = {"Retry-After": "1"} if status in {429, 503} else None
    return web.Response(text="This listing fails on purpose.\n", status=status, headers=headers)
