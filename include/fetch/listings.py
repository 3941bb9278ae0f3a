"""Fetches listings with requests. Boards answer slowly, in few and large documents, and one that
fails costs a company its run, so patience matters here and speed does not.
"""

import socket
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPException
from threading import Timer
from time import monotonic
from typing import Any, Self, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import (
    HTTPConnectionPool,
    HTTPResponse,
    HTTPSConnectionPool,
    PoolManager,
    Retry,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import TimeoutError as UrllibTimeout
from urllib3.util.connection import create_connection

from include.core.models import Page
from include.errors import ListingError
from include.fetch.guard import AddressGuard

_RETRY = Retry(
    total=3,
    backoff_factor=0.5,
    backoff_jitter=0.5,
    status_forcelist=(408, 429, 500, 502, 503, 504),
    allowed_methods=None,
    raise_on_status=False,
    retry_after_max=60,
)
_CHUNK = 64 * 1024


def _addresses(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class ListingClient:
    """A context manager around one session; not for several threads.

    Args:
        deadline: seconds until an answer begins, of each try, and again until it ends.
        max_bytes: of one answer after decompression.
        retry: what is tried again until an answer begins, and when.
        resolve: the addresses of a name; raises OSError.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        deadline: float,
        max_bytes: int,
        retry: Retry = _RETRY,
        resolve: Callable[[str], Sequence[str]] = _addresses,
    ) -> None:
        self._guard = guard
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = user_agent
        adapter = _GuardedAdapter(guard, retry, resolve)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def send(
        self,
        url: str,
        *,
        method: str = "GET",
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """The answer to one request, tried again where that may help.

        Raises:
            ListingError: no answer, a refusal or too much of it; says which.
            FetchError: ``blocked_address``.
        """
        try:
            with self._session.request(
                method,
                url,
                json=json,
                headers=headers,
                timeout=self._deadline,
                stream=True,
            ) as answer:
                if not answer.ok:
                    raise ListingError(_refusal(answer), code=_code(answer.status_code))
                return Page(
                    url=answer.url,
                    body=self._body(answer),
                    content_type=answer.headers.get("Content-Type"),
                    headers={name.lower(): value for name, value in answer.headers.items()},
                )
        except TimeoutError as error:
            raise ListingError(f"{url} did not end in time", code="timeout") from error
        except requests.RequestException as error:
            raise _listing_error(url, error) from error

    def _body(self, answer: requests.Response) -> bytes:
        body = bytearray()
        with _ending(cast("HTTPResponse", answer.raw).shutdown, after=self._deadline):
            for chunk in answer.iter_content(_CHUNK):
                body += cast("bytes", chunk)
                if len(body) > self._max_bytes:
                    raise ListingError(f"over {self._max_bytes} bytes", code="too_large")
        return bytes(body)


class _GuardedAdapter(HTTPAdapter):
    """Checks the URL of every hop, and connects only to addresses that were checked."""

    def __init__(
        self, guard: AddressGuard, retry: Retry, resolve: Callable[[str], Sequence[str]]
    ) -> None:
        self._guard = guard
        self._resolve = resolve
        super().__init__(max_retries=retry)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager = cast("PoolManager", self.poolmanager)
        manager.pool_classes_by_scheme = _guarded_pools(self._guard, self._resolve)

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        self._guard.check_url(request.url or "")
        return super().send(request, *args, **kwargs)


def _guarded_pools(
    guard: AddressGuard, resolve: Callable[[str], Sequence[str]]
) -> dict[str, type[HTTPConnectionPool]]:
    class Connected(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            addresses = resolve(self.host)
            guard.check_addresses(self.host, self.port, addresses)
            *others, last = addresses
            for address in others:
                with suppress(OSError):
                    return create_connection((address, self.port), self.timeout)
            return create_connection((last, self.port), self.timeout)

        def getresponse(self) -> HTTPResponse:
            end = partial(self.sock.shutdown, socket.SHUT_RDWR)
            with _ending(end, after=cast("float", self.timeout)):
                return super().getresponse()

    class SecurelyConnected(Connected, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connected  # pyright: ignore[reportAssignmentType] # urllib3's stub is off

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecurelyConnected  # pyright: ignore[reportAssignmentType] # as above

    return {"http": Pool, "https": SecurePool}


@contextmanager
def _ending(end: Callable[[], Any], *, after: float) -> Generator[None]:
    """Ends what blocks the block when it is over time and raises TimeoutError. A socket's own
    timeout begins anew with each byte."""

    def over() -> None:
        with suppress(OSError, RuntimeError):  # it was closed just then
            end()

    due = monotonic() + after
    watchdog = Timer(after, over)
    watchdog.start()
    try:
        yield
    except (OSError, HTTPException) as error:
        if monotonic() >= due:
            raise TimeoutError from error
        raise
    finally:
        watchdog.cancel()
    if monotonic() >= due:
        raise TimeoutError  # the end looked like the answer's


def _listing_error(url: str, error: requests.RequestException) -> ListingError:
    # requests wraps what ended the last try, and calls a timeout a ConnectionError then
    cause = getattr(error.args[0] if error.args else None, "reason", error)
    match cause:
        case requests.Timeout() | UrllibTimeout():
            return ListingError(f"{url} did not answer in time", code="timeout")
        case requests.TooManyRedirects():
            code = "redirect"
        case requests.exceptions.InvalidURL() | requests.exceptions.InvalidSchema():
            code = "blocked_address"
        case _:
            code = "tls" if isinstance(error, requests.exceptions.SSLError) else "connect"
    return ListingError(f"{url}: {error}", code=code)


def _code(status: int) -> str:
    if status == 429:
        return "rate_limited"
    return "not_found" if status in (404, 410) else f"http_{status // 100}xx"


def _refusal(answer: requests.Response) -> str:
    if answer.status_code in (404, 410):
        return f"no such board: {answer.url} answers {answer.status_code}"
    return f"{answer.url} answers {answer.status_code}"
