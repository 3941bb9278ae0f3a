"""Send a progress stream as an HTTP response.

The code uses no library, because it runs for every event of every stream (ADR 9). One task sends,
and another task waits for the client to disconnect. Neither makes a timer for each event.
"""

import asyncio
import logging
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.auth import Caller
from api.problems import ApiError, problem_response
from api.stream import events
from api.stream.clock import StreamClock, StreamTiming
from api.stream.hub import ProgressHub, TooManyStreams
from api.stream.subscription import Subscription

_log = logging.getLogger(__name__)
_RETRY_AFTER_SECONDS = 5


class ProgressResponse(Response):
    """The response that streams the events of one run."""

    media_type = "text/event-stream"

    def __init__(
        self,
        hub: ProgressHub,
        run_id: int,
        caller: Caller,
        *,
        last_id: int | None,
        timing: StreamTiming,
    ):
        self._hub = hub
        self._run_id = run_id
        self._caller = caller
        self._last_id = last_id
        self._timing = timing
        # Response.__init__ is not called, because it would set a body.
        self.status_code = HTTPStatus.OK
        self.background = None
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self._hub.admitted(self._caller.user_id):
                await self._stream(receive, send)
        except TooManyStreams as error:
            await problem_response(_refusal(error))(scope, receive, send)

    async def _stream(self, receive: Receive, send: Send) -> None:
        with self._hub.subscribed(self._run_id, self._last_id) as (run, stream):
            clock = StreamClock(run, stream, self._caller, self._timing)
            disconnect_task = asyncio.create_task(_end_on_disconnect(receive, stream))
            try:
                async with asyncio.timeout(None) as timeout:
                    clock.start(timeout)
                    head = {"status": self.status_code, "headers": self.raw_headers}
                    await send({"type": "http.response.start", **head})
                    await send(_body_message(events.retry()))
                    while (content := await stream.take()) is not None:
                        clock.begin_send()
                        await send(_body_message(content))
                        # This frees the memory of the sent events while the stream waits.
                        del content
                        clock.end_send()
                    await send(_body_message(b"", more=False))
            except TimeoutError:
                _log.info("stream_stalled", extra={"run_id": self._run_id})
            finally:
                clock.stop()
                disconnect_task.cancel()


async def _end_on_disconnect(receive: Receive, stream: Subscription) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


def _body_message(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _refusal(error: TooManyStreams) -> ApiError:
    headers = {"Retry-After": str(_RETRY_AFTER_SECONDS)}
    if error.of_user:
        detail = "you have as many progress streams open as one user may"
        return ApiError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_streams", detail, headers=headers)
    detail = "this server has as many progress streams open as it may"
    return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "no_stream_left", detail, headers=headers)
