"""Send HTTP requests with libcurl, which pycurl drives on the event loop (ADR 20).

libcurl connects only to addresses that the guard has checked. Before each request, these addresses
are put into libcurl's DNS cache, and libcurl is not allowed to resolve names itself. If a proxy is
used, the proxy resolves the names, so the guard cannot check the addresses.
"""

import asyncio
import ssl
from typing import Any, Self

import pycurl
from multidict import CIMultiDict
from pydantic import SecretStr
from yarl import URL

from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.content_coding import ACCEPT_ENCODING, decode_body
from include.fetch.http_messages import HttpRequest, HttpResponse
from include.fetch.options import FetchOptions
from include.fetch.resolver import CheckedResolver

_IDLE_SECONDS = 15
"""The maximum idle time in seconds after which a connection is still reused. Servers and firewalls
may silently drop a connection that is idle for longer."""
_MAX_CONNECTIONS_PER_ORIGIN = 32
_MAX_COOKIES = 100
"""The maximum number of cookies of one session. If a session has more, all its cookies are
forgotten. libcurl limits the size of each cookie."""
_OWN_HEADERS = (f"Accept-Encoding: {ACCEPT_ENCODING}", "Content-Type:", "Expect:")
"""The header lines that every request has. A line without a value keeps libcurl from adding this
header to a POST request."""
_CODES = {
    pycurl.E_ABORTED_BY_CALLBACK: FailureCode.BLOCKED_ADDRESS,  # raised by _refuse_to_resolve
    pycurl.E_URL_MALFORMAT: FailureCode.BLOCKED_ADDRESS,
    pycurl.E_COULDNT_CONNECT: FailureCode.CONNECT,
    pycurl.E_COULDNT_RESOLVE_PROXY: FailureCode.CONNECT,
    97: FailureCode.CONNECT,  # CURLE_PROXY, for which pycurl has no constant
    pycurl.E_OPERATION_TIMEDOUT: FailureCode.TIMEOUT,
    pycurl.E_SSL_CONNECT_ERROR: FailureCode.TLS,
    pycurl.E_PEER_FAILED_VERIFICATION: FailureCode.TLS,
    pycurl.E_FILESIZE_EXCEEDED: FailureCode.TOO_LARGE,
}
"""The failure codes of libcurl's errors. An error that is not in this table means that the response
was malformed or incomplete."""


class CurlClient:
    """A client that reuses its connections. Each client is used in one event loop only."""

    def __init__(self, options: FetchOptions) -> None:
        resolver = CheckedResolver(options.guard, options.resolver)
        self.resolver = None if options.proxy else resolver
        self.proxy = options.proxy
        self.max_bytes = options.max_bytes
        self.options = _options(options.user_agent)
        if self.resolver:
            self.options[pycurl.RESOLVER_START_FUNCTION] = _refuse_to_resolve
        self.multi = pycurl.AsyncCurlMulti()
        self.multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, _MAX_CONNECTIONS_PER_ORIGIN)

    def session(self) -> "CurlSession":
        """Return a new session without cookies."""
        return CurlSession(self)

    async def close(self) -> None:
        """Close all connections."""
        await self.multi.aclose()


class CurlSession:
    """A series of requests that share cookies, sent one at a time, with one libcurl handle.

    The handle stores the cookies (RFC 6265). Other sessions do not see them.
    """

    def __init__(self, client: CurlClient) -> None:
        self._client = client
        self._curl = pycurl.Curl()
        for option, value in client.options.items():
            self._curl.setopt(option, value)
        if client.proxy:
            self._curl.setopt(pycurl.PROXY, _proxy_url(client.proxy))
        self._curl.setopt(pycurl.PREREQFUNCTION, self._on_connection)
        self._curl.setopt(pycurl.HEADERFUNCTION, self._on_header)
        self._curl.setopt(pycurl.WRITEFUNCTION, self._on_body)
        self._curl.setopt(pycurl.DEBUGFUNCTION, self._on_log)
        self.connected = False
        """True if a connection was made for one of the session's requests."""
        self.received = 0
        """The number of bytes of the latest response's body that have arrived, before decoding."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._curl.close()  # also frees the callbacks, which refer to this session

    async def send(self, url: URL, request: HttpRequest) -> HttpResponse:
        """Send one request, and return the response, whatever its status is.

        Redirects are not followed.

        Args:
            url: the URL of the request in the form in which it is sent.

        Raises:
            FetchError: there is no response, or the response is too large or malformed.
        """
        max_bytes = max(request.max_bytes, self._client.max_bytes)
        await self._prepare(url, request, max_bytes)
        self._transfer = self._client.multi.add_handle(self._curl)
        try:
            await self._transfer
        except pycurl.error as error:
            raise self._fetch_error(*error.args) from None
        # _on_header cancels the transfer if the body is not needed. Other cancellations are raised.
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self._has_head or (task and task.cancelling()):
                raise
        if not self._has_head:
            raise _broken("its headers are incomplete")
        if self._is_too_long:
            raise _broken("its body is longer than its Content-Length")
        encoding = ",".join(self._headers.getall("Content-Encoding", ()))
        # Release the body, because it may be large and the session may be kept for long.
        body, self._body = b"".join(self._body), []
        decoded = await decode_body(body, encoding, max_bytes=max_bytes)
        if len(self._curl.getinfo(pycurl.INFO_COOKIELIST)) > _MAX_COOKIES:
            self._curl.setopt(pycurl.COOKIELIST, "ALL")  # this command forgets all cookies
        return HttpResponse(status=self._status, headers=self._headers, body=decoded)

    async def _prepare(self, url: URL, request: HttpRequest, max_bytes: int) -> None:
        self._status = self.received = 0
        self._headers = CIMultiDict[str]()
        self._is_in_head = self._has_head = False
        self._body: list[bytes] = []
        self._is_too_long = False
        if self._client.resolver:
            host, port = url.raw_host or "", url.port or 0
            addresses = ",".join(await self._client.resolver.addresses(host, port))
            name = f"[{host}]" if ":" in host else host
            self._curl.setopt(pycurl.RESOLVE, [f"{name}:{port}:{addresses}"])
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        if not all(map(str.isprintable, lines)):
            message = "a header of the request has a control character"
            raise FetchError(message, code=FailureCode.PROTOCOL, retryable=False)
        self._curl.setopt(pycurl.HTTPHEADER, [*_OWN_HEADERS, *(line.encode() for line in lines)])
        if request.method == "POST":
            self._curl.setopt(pycurl.POSTFIELDS, request.body)
        else:
            self._curl.setopt(pycurl.NOBODY if request.method == "HEAD" else pycurl.HTTPGET, 1)
        self._curl.setopt(pycurl.MAXFILESIZE_LARGE, max_bytes)
        self._curl.setopt(pycurl.URL, str(url))
        self._has_connection = False

    def _on_connection(self, *_: object) -> int:
        self.connected = self._has_connection = True
        return pycurl.PREREQFUNC_OK

    def _on_header(self, line: bytes) -> None:
        """Read one header line.

        libcurl also passes the header lines of interim responses and of trailers.
        """
        if not self._has_connection or self._has_head:  # skip CONNECT responses and trailers
            return
        name, colon, value = line.partition(b":")
        if not self._is_in_head:
            self._is_in_head = True
            self._status = int(line.split()[1])
            self._headers.clear()
        elif colon:
            text = value.strip(b" \t\r\n").decode("utf-8", "surrogateescape")
            self._headers.add(name.decode("latin-1"), text)
        else:
            self._is_in_head = False
            self._has_head = self._status >= 200
            if self._has_head and not self._wants_body:
                # End the wait for the body, which is not needed. If the body has arrived already,
                # the connection can still be reused.
                self._transfer.cancel()

    def _on_body(self, data: bytes) -> None:
        self.received += len(data)
        if self._wants_body:
            self._body.append(data)

    def _on_log(self, kind: int, text: bytes) -> None:
        """Record that libcurl has cut a body at its Content-Length, which only its log reports."""
        if kind == pycurl.INFOTYPE_TEXT and text.startswith(b"Excess found"):
            self._is_too_long = self._wants_body

    @property
    def _wants_body(self) -> bool:
        """True if the body is kept. The bodies of errors and redirects are not needed."""
        return 200 <= self._status < 300

    def _fetch_error(self, number: int, message: str) -> FetchError:
        if message.startswith("Unsupported proxy syntax"):  # it quotes the URL and its password
            message = "the URL of the proxy is not valid"
        code = _CODES.get(number)
        if code is None:
            return _broken(message or f"error {number} of libcurl")
        # libcurl reports a connection that broke during the handshake as an error of TLS, but sets
        # the error number of the operating system.
        if code is FailureCode.TLS and self._curl.getinfo(pycurl.OS_ERRNO):
            code = FailureCode.CONNECT
        return FetchError(f"{code}: {message}", code=code)


def _broken(message: str) -> FetchError:
    return FetchError(f"broken response: {message}", code=FailureCode.PROTOCOL)


def _options(user_agent: str) -> dict[int, Any]:
    """Return the libcurl options that all requests share."""
    options = {
        pycurl.NOSIGNAL: 1,
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_2TLS,
        pycurl.PATH_AS_IS: 1,
        pycurl.USERAGENT: user_agent,
        pycurl.MAXAGE_CONN: _IDLE_SECONDS,
        pycurl.COOKIEFILE: "",  # enables cookies without reading a file
        pycurl.VERBOSE: 1,  # makes libcurl call _on_log
        # Without these two options, libcurl would use the proxy settings of the environment.
        pycurl.PROXY: "",
        pycurl.NOPROXY: "",
    }
    trusted = ssl.get_default_verify_paths()
    if trusted.cafile:
        options |= {pycurl.CAINFO: trusted.cafile, pycurl.PROXY_CAINFO: trusted.cafile}
    elif trusted.capath:
        options |= {pycurl.CAPATH: trusted.capath, pycurl.PROXY_CAPATH: trusted.capath}
    return options


def _proxy_url(proxy: SecretStr) -> str:
    """Return the proxy's URL in the form that makes a SOCKS5 proxy resolve the names.

    HTTP proxies always resolve the names.
    """
    return proxy.get_secret_value().replace("socks5://", "socks5h://", 1)


def _refuse_to_resolve(*_: object) -> int:
    """Refuse name resolution, because all allowed addresses are in the DNS cache already."""
    return 1
