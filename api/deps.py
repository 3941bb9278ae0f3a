"""What route functions ask for."""

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
from include.db.progress import RunHead, read_head

LARGEST_ID = 2**63 - 1
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT")


async def get_services(request: Request) -> Services:
    """``async`` keeps it out of FastAPI's thread pool."""
    return request.app.state.services


ApiServices = Annotated[Services, Depends(get_services)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
RunId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Cursor = Annotated[
    int | None, Query(ge=1, le=LARGEST_ID, description="`next_cursor` of the page before")
]


async def run_viewer(services: ApiServices, credentials: Credentials) -> Caller:
    if credentials is None:
        raise unauthorized("an Authorization header with a bearer token is needed")
    return await services.authenticator.verify(credentials.credentials)


RunViewer = Annotated[Caller, Depends(run_viewer)]
"""For routes that only show the run of ``find_own_run``."""


async def current_caller(viewer: RunViewer) -> Caller:
    if viewer.only_run is not None:
        raise out_of_scope(viewer.only_run)
    return viewer


CurrentCaller = Annotated[Caller, Depends(current_caller)]
"""Not one whose token is for a single run."""


def limited(
    choose: Callable[[RateLimits], RateLimiter], *, who: Callable[..., Any] = current_caller
) -> Any:
    """For a route's ``dependencies``: 429 for a user who asks too often.

    Args:
        who: lets in those that the route lets in.
    """

    async def take(services: ApiServices, caller: Annotated[Caller, Depends(who)]) -> None:
        wait = choose(services.limits).take(caller.user_id)
        if wait:
            raise ApiError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_requests",
                f"too many requests; the next may come in {ceil(wait)} s",
                headers={"Retry-After": str(ceil(wait))},
            )

    return Depends(take)


async def find_own_run(services: Services, caller: Caller, run_id: int) -> RunHead:
    """Raises ApiError as ``check_owner`` does."""
    head = await services.database.read(read_head, run_id)
    check_owner(caller, run_id, head.user_id if head else None)
    return cast("RunHead", head)


def check_owner(caller: Caller, run_id: int, owner: str | None) -> None:
    """Raises ApiError 404 for a run of someone else as for none; 403 where the token is for
    another run.

    Args:
        owner: of the run; None when there is none.
    """
    if caller.only_run not in (None, run_id):
        raise out_of_scope(caller.only_run)
    if owner != caller.user_id:
        raise not_found("run")
