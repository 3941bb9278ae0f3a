"""Serve the progress stream of a run, and the tickets that open it."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from api.auth import Caller
from api.deps import (
    ApiServices,
    Credentials,
    RunId,
    RunViewer,
    check_owner,
    find_own_run,
    rate_limit,
    run_viewer,
)
from api.problems import declared, unauthorized
from api.schemas import Ticket
from api.services import Services
from api.stream.events import StreamEvents
from api.stream.response import ProgressResponse
from api.stream.view import has_received_end
from include.db.user.stream_tickets import TicketHolder, put_ticket, take_ticket

router = APIRouter(tags=["progress"], responses=declared(HTTPStatus.NOT_FOUND))
_TICKET_LIFETIME = timedelta(seconds=60)
_RECONNECT_WINDOW = timedelta(seconds=60)
"""The time after the end of a stream within which the stream's ticket can resume it."""
_EVENT_SCHEMA = {
    "description": "One event. The `data` of a `status` event is one word. The `data` of other"
    " events is JSON. The schema `StreamEvents` defines the `data` of each event.",
    "type": "object",
    "properties": {
        "event": {"enum": list(StreamEvents.model_fields)},
        "data": {"type": "string"},
        "id": {"type": "string"},
    },
    "required": ["event", "data"],
}
_EXAMPLE_EVENT = 'id: 42\nevent: update\ndata: {"acme":{"4711":"ready"}}\n\n'


@router.get(
    "/progress/{run_id}",
    name="progress",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events: "
            + ", ".join(f"`{name}`" for name in StreamEvents.model_fields),
            "content": {"text/event-stream": {"schema": _EVENT_SCHEMA, "example": _EXAMPLE_EVENT}},
        },
        204: {"description": "The run has ended, and the client has received its last event."},
        **declared(HTTPStatus.TOO_MANY_REQUESTS),
    },
)
async def progress(
    run_id: RunId,
    services: ApiServices,
    credentials: Credentials,
    token: Annotated[
        str | None,
        Query(
            description="A ticket or a JWT, for clients that cannot send an Authorization header"
        ),
    ] = None,
    last_event_id: Annotated[str | None, Query()] = None,
    last_event_id_header: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> Response:
    """Stream the run's events until it ends.

    After a lost connection, ``Last-Event-ID`` resumes the stream. It then sends only what has
    changed since that event. Clients that cannot send the header use ``last_event_id`` in the
    query. If that event was the run's last event, the response is 204, which tells a browser's
    EventSource not to reconnect.
    """
    last_id = _parse_event_id(last_event_id_header or last_event_id or "")
    bearer = credentials.credentials if credentials else token
    caller = await _authenticate(services, bearer, run_id, resumes=last_id is not None)
    head = await services.hub.head_of(run_id)
    check_owner(caller, run_id, head.user_id if head else None)
    if head and last_id is not None and has_received_end(head, last_id):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return ProgressResponse(services.hub, run_id, caller, last_id=last_id, timing=services.timing)


@router.post(
    "/runs/{run_id}/ticket",
    dependencies=[rate_limit(lambda limits: limits.ticket, authenticate=run_viewer)],
    responses=declared(HTTPStatus.TOO_MANY_REQUESTS),
)
async def ticket(run_id: RunId, services: ApiServices, caller: RunViewer) -> Ticket:
    """Return a ticket that opens the run's stream once within ``expires_in`` seconds.

    The client sends it as ``token`` in the query. The same ticket opens the stream again if the
    client also sends ``Last-Event-ID``, as a browser's EventSource does by itself.
    """
    await find_own_run(services, caller, run_id)
    secret = secrets.token_urlsafe(32)
    lifetime = min(_TICKET_LIFETIME, caller.expires_at - datetime.now(UTC))
    holder = TicketHolder(user_id=caller.user_id, token_expires_at=caller.expires_at)
    await services.database.write(put_ticket, _digest(secret), run_id, holder, lifetime)
    return Ticket(ticket=secret, expires_in=max(0, int(lifetime.total_seconds())))


async def _authenticate(
    services: Services, token: str | None, run_id: int, *, resumes: bool
) -> Caller:
    if not token:
        raise unauthorized("a bearer token or a ticket is needed")
    if "." in token:  # A JWT has dots, and a ticket has none.
        return await services.authenticator.verify(token)
    holder = await services.database.write(
        take_ticket,
        _digest(token),
        run_id,
        resumes=resumes,
        resumable_for=services.timing.lifetime + _RECONNECT_WINDOW,
    )
    if holder is None:
        raise unauthorized("the ticket is unknown, used or expired")
    return Caller(user_id=holder.user_id, expires_at=holder.token_expires_at)


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _parse_event_id(event_id: str) -> int | None:
    """Return the event id as a number; None unless it is a number of at most 19 digits."""
    if not (event_id.isascii() and event_id.isdecimal() and len(event_id) < 20):
        return None
    return int(event_id)
