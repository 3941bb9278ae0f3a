"""A blocking HTTP client for listings, built on the library ``requests``.

A listing consists of a few large documents. If one of them fails, the board's whole check fails or
is incomplete. So requests are retried, and their speed matters less than that of page requests.

Everything that a server can prolong or enlarge has a limit. One deadline covers name lookup,
connecting, redirects, retries and the body. The bodies of redirects and errors are not read. But
``requests`` reads the bodies of redirects (psf/requests#5529), and urllib3 reads those of retried
responses, so this module follows redirects and retries itself.
"""

import math
import os
import socket
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from http.cookiejar import Cookie, DefaultCookiePolicy
from threading import Event, Thread, Timer
from time import monotonic
from typing import Any, Self, TypeVar, cast
from urllib.parse import urljoin, urlsplit

import requests
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.contrib.socks import SOCKSConnection, SOCKSProxyManager
from urllib3.exceptions import ConnectTimeoutError, HTTPError
from urllib3.exceptions import TimeoutError as UrllibTimeout
from urllib3.util.connection import create_connection

from include.core.formats.urls import origin_of
from include.core.models import Page
from include.errors import FetchError, ListingError
from include.failure_codes import FailureCode
from include.fetch.content_coding import ACCEPT_ENCODING, decode_steps
from include.fetch.guard import AddressGuard
from include.fetch.location import readable_location
from include.fetch.retry_after import parse_retry_after

RETRY = Retry(
    total=3,
    backoff_factor=0.5,
    backoff_jitter=0.5,
    status_forcelist=(408, 429, 500, 502, 503, 504),
    allowed_methods=None,
    raise_on_status=False,
)
"""The retry policy for a listing's requests. ``fetch.limits.retrying_fetcher`` retries pages."""
_MAX_REDIRECTS = 5
_MAX_COOKIES = 100
_MAX_COOKIE_LENGTH = 4096
_CHUNK = 64 * 1024
_KEEPS_METHOD = (307, 308)

T = TypeVar("T")


def _addresses(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label is empty or too long
        raise OSError(f"{host[:100]} is no name of a host: {error}") from error
    return [str(sockaddr[0]) for *_, sockaddr in found]


class ListingClient:
    """An HTTP client with one session. Leaving its context closes the session.

    Only ``abort`` may be called from another thread.

    Args:
        deadline: the seconds that one call of ``send`` may take.
        max_bytes: the maximum size of a body, both before and after decoding.
        retry: which responses and errors are retried, how often, and after how long.
        resolve: a function that returns the addresses of a name, or raises OSError.
        proxy: the URL of an HTTP, HTTPS or SOCKS5 proxy, which resolves the names itself.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        deadline: float,
        max_bytes: int,
        retry: Retry = RETRY,
        resolve: Callable[[str], Sequence[str]] = _addresses,
        proxy: SecretStr | None = None,
    ) -> None:
        self._guard = guard
        self._deadline = deadline
        self._until = math.inf
        self._max_bytes = max_bytes
        self._retry = retry
        self._aborted = False
        self._limit = _TimeLimit(0)
        self._session = _Session()
        self._session.trust_env = False
        if proxy:
            # With this scheme, the proxy resolves the names.
            url = proxy.get_secret_value().replace("socks5://", "socks5h://", 1)
            self._session.proxies = {"http": url, "https": url}
        self._session.cookies.set_policy(_CookieLengthPolicy())
        self._session.headers["User-Agent"] = user_agent
        self._session.headers["Accept-Encoding"] = ACCEPT_ENCODING
        adapter = _GuardedAdapter(guard, resolve, lambda: self._limit)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def end_by(self, until: float) -> None:
        """Set a time of the monotonic clock at which every request ends."""
        self._until = until

    def abort(self) -> None:
        """End the request under way, and make every later request fail."""
        self._aborted = True
        self._limit.end()

    def send(
        self,
        url: str,
        *,
        method: str = "GET",
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        on_hop: Callable[[str], None] = lambda url: None,
    ) -> Page:
        """Return the response to one request, after redirects and retries.

        Args:
            max_bytes: the maximum size of this response, if it is above the client's limit.
            on_hop: called with the URL of each redirect before it is followed. The time that this
                takes does not count towards the deadline of the request.

        Raises:
            ListingError: there was no response, or the response is an error or too large.
            FetchError: the URL is not allowed (``blocked_address``) or too long
                (``url_too_long``), or ``on_hop`` raised it.
        """
        request = requests.Request(method, url, json=json, headers=headers)
        self._limit = limit = _TimeLimit(min(self._deadline, self._until - monotonic()))
        if self._aborted:
            limit.end()
        with limit:
            try:
                with self._response(request, limit, on_hop) as response:
                    if not 200 <= response.status_code < 300:
                        raise ListingError(_refusal(response), code=_code(response.status_code))
                    page = Page(
                        url=response.url,
                        body=self._body(response, max(max_bytes or 0, self._max_bytes)),
                        content_type=response.headers.get("Content-Type"),
                        headers={name.lower(): text for name, text in response.headers.items()},
                    )
                limit.left()  # a body that the time limit has cut can look complete
            except (
                requests.RequestException,
                HTTPError,
                HTTPException,
                OSError,
                UnicodeError,  # a token of the source that cannot be sent as a header
            ) as error:
                if limit.is_over:
                    raise ListingError(
                        f"the response of {url} did not arrive in time", code=FailureCode.TIMEOUT
                    ) from error
                raise _listing_error(url, error) from error
        return page

    def _response(
        self, request: requests.Request, limit: "_TimeLimit", on_hop: Callable[[str], None]
    ) -> requests.Response:
        """Follow redirects and retries, and return the last response with its body unread."""
        retry, redirects = self._retry, 0
        while True:
            response, error = None, None
            try:
                response = self._send_once(request, limit)
            except requests.RequestException as raised:
                error = raised
            if limit.is_over and response is not None:
                response.close()
            limit.left()
            if response is not None and response.is_redirect:
                response.close()
                redirects += 1
                if redirects > _MAX_REDIRECTS:
                    message = f"{request.url} redirects more than {_MAX_REDIRECTS} times"
                    raise ListingError(message, code=FailureCode.REDIRECT)
                request = _redirected(request, response)
                self._guard.check_url(request.url)
                with limit.suspended(latest=self._until):
                    on_hop(request.url)
                continue
            wait, retry = _wait_and_retry(retry, request.method, response, error)
            if retry is None or not limit.sleep(wait):
                if response is not None:
                    return response
                raise cast("requests.RequestException", error)
            if response is not None:
                response.close()

    def _send_once(self, request: requests.Request, limit: "_TimeLimit") -> requests.Response:
        prepared = self._session.prepare_request(request)
        response = self._session.send(prepared, stream=True, timeout=limit.left())
        if len(self._session.cookies) > _MAX_COOKIES:
            self._session.cookies.clear()
        return response

    def _body(self, response: requests.Response, max_bytes: int) -> bytes:
        raw = cast("HTTPResponse", response.raw)
        body = bytearray()
        while chunk := raw.read1(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > max_bytes:
                message = f"{response.url} is larger than {max_bytes} bytes"
                raise ListingError(message, code=FailureCode.TOO_LARGE)
        encoding = response.headers.get("Content-Encoding", "")
        try:
            return b"".join(decode_steps(bytes(body), encoding, max_bytes=max_bytes))
        except FetchError as error:
            raise ListingError(f"{response.url}: {error.message}", code=error.code) from error


def _redirected(request: requests.Request, response: requests.Response) -> requests.Request:
    """Return the request that follows the redirect.

    Only 307 and 308 keep the method and the body. Another origin does not get the headers,
    because they may hold a token.
    """
    raw = response.headers["Location"].encode("latin-1")
    try:
        url = urljoin(response.url, readable_location(raw.decode("utf-8", "surrogateescape")))
    except ValueError as error:
        message = f"{response.url} redirects to an address that is not valid: {error}"
        raise ListingError(message, code=FailureCode.BLOCKED_ADDRESS) from error
    headers = request.headers if origin_of(url) == origin_of(response.url) else None
    if response.status_code in _KEEPS_METHOD:
        return requests.Request(request.method, url, json=request.json, headers=headers)
    method = "HEAD" if request.method == "HEAD" else "GET"
    return requests.Request(method, url, headers=headers)


class _TimeLimit:
    """A time limit for a block. When the time has passed, the block's current wait is ended.

    A socket timeout is not enough, because it starts again with each byte.
    """

    def __init__(self, seconds: float) -> None:
        self._until = monotonic() + seconds
        self._over = Event()
        self._cancel: Callable[[], None] = lambda: None
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self.end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._forget()

    @property
    def is_over(self) -> bool:
        return self._over.is_set() or monotonic() >= self._until

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError if no time is left."""
        if self.is_over:
            raise TimeoutError("the time limit has passed")
        return self._until - monotonic()

    def end(self) -> None:
        """End the time limit now, and with it the block's current wait."""
        self._over.set()
        self._cancel()

    @contextmanager
    def suspended(self, *, latest: float) -> Generator[None]:
        """Suspend the time limit while the block runs.

        Args:
            latest: the time of the monotonic clock at which the limit ends in any case.
        """
        left = self.left()
        self._timer.cancel()
        yield
        self._until = min(monotonic() + left, latest)
        self._timer = Timer(self._until - monotonic(), self.end)
        self._timer.daemon = True
        self._timer.start()

    def sleep(self, seconds: float) -> bool:
        """Sleep, and return True. If less time is left, return False at once.

        Return False, too, if the time limit is ended meanwhile.
        """
        if monotonic() + seconds >= self._until:
            return False
        return not self._over.wait(seconds)

    def watch(self, connected: socket.socket) -> None:
        """Shut this connection down when the time has passed, even if the socket was wrapped."""
        self._forget()
        self._socket = socket.socket(fileno=os.dup(connected.fileno()))
        self._on_end(partial(_shut_down, self._socket))

    def call(self, function: Callable[[], T]) -> T:
        """Call ``function`` in a new thread, and return its result.

        Raises:
            TimeoutError: the time passed first. The thread continues until ``function`` returns.
        """
        result = Future[T]()

        def work() -> None:
            with suppress(InvalidStateError):
                try:
                    result.set_result(function())
                except InvalidStateError:
                    raise
                except Exception as error:
                    result.set_exception(error)

        def give_up() -> None:
            with suppress(InvalidStateError):
                result.set_exception(TimeoutError("the time limit has passed"))

        Thread(target=work, daemon=True).start()
        self._on_end(give_up)
        return result.result()

    def _on_end(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        if self._over.is_set():
            cancel()

    def _forget(self) -> None:
        self._cancel = lambda: None
        if self._socket is not None:
            self._socket.close()


def _shut_down(connected: socket.socket) -> None:
    with suppress(OSError):  # the connection was closed just now
        connected.shutdown(socket.SHUT_RDWR)


class _Session(requests.Session):
    """A session that never follows redirects.

    ``allow_redirects=False`` is not enough, because ``requests`` reads the body of a redirect even
    then.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class _CookieLengthPolicy(DefaultCookiePolicy):
    """A policy that refuses cookies that are longer than browsers allow."""

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        length = len(cookie.name) + len(cookie.value or "")
        return length <= _MAX_COOKIE_LENGTH and super().set_ok(cookie, request)


class _GuardedAdapter(HTTPAdapter):
    """An adapter that checks the URL of every request, and connects only to checked addresses."""

    def __init__(
        self,
        guard: AddressGuard,
        resolve: Callable[[str], Sequence[str]],
        limit: Callable[[], _TimeLimit],
    ) -> None:
        self._guard = guard
        self._pools = _limited_pools(
            HTTPConnection, lambda made: _connect(made, guard, resolve, limit()), limit
        )
        self._socks_pools = _limited_pools(
            SOCKSConnection,
            lambda made: limit().call(partial(SOCKSConnection._new_conn, made)),  # pyright: ignore[reportPrivateUsage] # urllib3's classes override it, too
            limit,
        )
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        cast("PoolManager", self.poolmanager).pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        manager = cast("PoolManager", super().proxy_manager_for(proxy, **kwargs))
        is_socks = isinstance(manager, SOCKSProxyManager)
        manager.pool_classes_by_scheme = self._socks_pools if is_socks else self._pools
        return manager

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        self._guard.check_url(request.url or "")
        return super().send(request, *args, **kwargs)


def _connect(
    connection: HTTPConnection,
    guard: AddressGuard,
    resolve: Callable[[str], Sequence[str]],
    limit: _TimeLimit,
) -> socket.socket:
    """Connect to the first address of the connection's host that answers in time.

    All addresses together have half of the time that is left, in equal shares. The other half is
    for the response.
    """
    addresses = limit.call(lambda: resolve(connection.host))
    if connection.proxy is None:  # otherwise the host is the proxy
        guard.check_addresses(connection.host, connection.port, addresses)
    until = monotonic() + limit.left() / 2
    error: OSError = OSError(f"{connection.host} has no address")
    for number, address in enumerate(addresses):
        share = (until - monotonic()) / (len(addresses) - number)
        if share <= 0:
            break
        try:
            return create_connection((address, connection.port), share)
        except OSError as raised:
            error = raised
    if isinstance(error, TimeoutError):
        message = f"{connection.host} did not answer"
        raise ConnectTimeoutError(connection, message) from error
    raise error


def _limited_pools(
    base: type[HTTPConnection],
    connect: Callable[[Any], socket.socket],
    limit: Callable[[], _TimeLimit],
) -> dict[str, type[HTTPConnectionPool]]:
    """Return urllib3's pool class for each scheme. The current limit ends their connections' waits.

    Args:
        connect: a function that opens the socket of a connection of the class ``base``.
    """

    class Connected(base):
        def _new_conn(self) -> socket.socket:
            connected = connect(self)
            connected.settimeout(limit().left())
            limit().watch(connected)
            return connected

        def request(self, *args: Any, **kwargs: Any) -> None:
            if self.sock is not None:  # pyright: ignore[reportUnnecessaryComparison] # a reused connection
                limit().watch(self.sock)
            super().request(*args, **kwargs)

    class SecurelyConnected(Connected, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connected  # pyright: ignore[reportAssignmentType] # urllib3's stub is wrong

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecurelyConnected  # pyright: ignore[reportAssignmentType] # as above

    return {"http": Pool, "https": SecurePool}


def _wait_and_retry(
    retry: Retry,
    method: str,
    response: requests.Response | None,
    error: requests.RequestException | None,
) -> tuple[float, Retry | None]:
    """Return the seconds until the next try, and the ``Retry`` that counts the tries after it.

    The second value is None if there is no next try.
    """
    retry_after = None
    if response is not None:
        header = response.headers.get("Retry-After")
        if not retry.is_retry(method, response.status_code, header is not None):
            return 0.0, None
        retry_after = parse_retry_after(header, now=datetime.now(UTC))
    try:
        retry = retry.increment(method, error=error)
    except HTTPError:
        return 0.0, None
    return retry_after if retry_after is not None else retry.get_backoff_time(), retry


def _listing_error(url: str, error: Exception) -> ListingError:
    # requests wraps the error of the last try, so a timeout may be inside a ConnectionError
    cause = getattr(error.args[0] if error.args else None, "reason", error)
    match cause:
        case requests.Timeout() | UrllibTimeout():
            return ListingError(f"{url} did not answer in time", code=FailureCode.TIMEOUT)
        case requests.exceptions.InvalidURL() | requests.exceptions.InvalidSchema():
            code = FailureCode.BLOCKED_ADDRESS
        case UnicodeError():
            code = FailureCode.PROTOCOL
        case _:
            return _unreachable(url, error)
    return ListingError(f"{url}: {error}", code=code)


def _unreachable(url: str, error: Exception) -> ListingError:
    """Return the error for a request without a response. Its message is that of the first cause.

    The messages of requests and urllib3 are not used, because they contain names of classes.
    """
    cause = _first_cause(error)
    if isinstance(cause, socket.gaierror):
        host = urlsplit(url).hostname
        message = f"{url}: the name {host} could not be resolved; check the address"
        return ListingError(message, code=FailureCode.DNS)
    reason = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or cause
    is_tls = isinstance(error, requests.exceptions.SSLError)
    code = FailureCode.TLS if is_tls else FailureCode.CONNECT
    return ListingError(f"{url} could not be reached: {reason}", code=code)


def _first_cause(error: BaseException) -> BaseException:
    """Return the exception that ``error`` wraps, through all layers."""
    inner = [getattr(error, "reason", None), error.__cause__, *error.args, error.__context__]
    cause = next((each for each in inner if isinstance(each, BaseException)), None)
    return error if cause is None else _first_cause(cause)


def _code(status: int) -> FailureCode:
    return FailureCode.NOT_FOUND if status in (404, 410) else FailureCode.of_status(status)


def _refusal(response: requests.Response) -> str:
    if response.status_code in (404, 410):
        return f"no such board: {response.url} answered with status {response.status_code}"
    return f"{response.url} answered with status {response.status_code}"
