"""Define the dependencies of routes.

These are the services, the callers, the path and query parameters, and the rate limits.
"""

from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Annotated, Any, cast

from fastapi import Depends, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth import Caller
from api.problems import ApiError, not_found, out_of_scope, unauthorized
from api.rate_limits import RateLimiter, RateLimits
from api.services import Services
from include.db.run.progress import RunHead, read_head

LARGEST_ID = 2**63 - 1
bearer = HTTPBearer(auto_error=False, bearerFormat="JWT")


async def get_services(request: Request) -> Services:
    """Return the services of this process.

    The function is ``async`` because FastAPI would run a plain function in its thread pool.
    """
    return request.app.state.services


ApiServices = Annotated[Services, Depends(get_services)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
RunId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Cursor = Annotated[
    int | None, Query(ge=1, le=LARGEST_ID, description="`next_cursor` of the page before")
]


async def run_viewer(services: ApiServices, credentials: Credentials) -> Caller:
    """Return the caller, even if the caller's token allows reading only one run.

    Raises:
        ApiError: 401 if there is no token, or if it cannot be accepted.
    """
    if credentials is None:
        raise unauthorized("an Authorization header with a bearer token is needed")
    return await services.authenticator.verify(credentials.credentials)


RunViewer = Annotated[Caller, Depends(run_viewer)]
"""The caller of a route that only reads one run.

The route must call ``find_own_run``, which checks that the token allows reading this run.
"""


async def current_caller(viewer: RunViewer) -> Caller:
    """Return the caller.

    Raises:
        ApiError: 403 if the token only allows reading one run.
    """
    if viewer.only_run is not None:
        raise out_of_scope(viewer.only_run)
    return viewer


CurrentCaller = Annotated[Caller, Depends(current_caller)]
"""A caller whose token is not limited to one run."""


def rate_limit(
    choose: Callable[[RateLimits], RateLimiter],
    *,
    authenticate: Callable[..., Any] = current_caller,
) -> Any:
    """Return a dependency that answers 429 to a user who has sent too many requests.

    Args:
        choose: returns the rate limiter of the route.
        authenticate: the dependency by which the route authenticates its caller.
    """

    async def count_request(
        services: ApiServices, caller: Annotated[Caller, Depends(authenticate)]
    ) -> None:
        wait = choose(services.limits).take(caller.user_id)
        if wait:
            raise ApiError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_requests",
                f"too many requests; the next may come in {ceil(wait)} s",
                headers={"Retry-After": str(ceil(wait))},
            )

    return Depends(count_request)


async def find_own_run(services: Services, caller: Caller, run_id: int) -> RunHead:
    """Return the run's owner and status. Raise ApiError if ``check_owner`` refuses the caller."""
    head = await services.database.read(read_head, run_id)
    check_owner(caller, run_id, head.user_id if head else None)
    return cast("RunHead", head)  # If there is no such run, check_owner has raised.


def check_owner(caller: Caller, run_id: int, owner: str | None) -> None:
    """Check that the caller may read the run.

    Args:
        owner: the run's user; None if there is no such run.

    Raises:
        ApiError: 404 if the run belongs to another user or does not exist; the caller cannot
            distinguish the two. 403 if the token allows reading only another run.
    """
    if caller.only_run not in (None, run_id):
        raise out_of_scope(caller.only_run)
    if owner != caller.user_id:
        raise not_found("run")
