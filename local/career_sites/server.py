"""Create the web application of the sample career sites. It counts its requests."""

from aiohttp import web
from aiohttp.typedefs import Handler

from local.career_sites import boards, control, sites
from local.career_sites.keys import WORLD
from local.career_sites.world import World


def create_app(world: World) -> web.Application:
    app = web.Application(middlewares=[_count_request])
    app[WORLD] = world
    for routes in (control.routes, boards.routes, sites.routes):
        app.add_routes(routes)
    return app


@web.middleware
async def _count_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path not in control.PATHS:
        world = request.app[WORLD]
        world.served += 1
        world.requests[request.path] += 1
    return await handler(request)
