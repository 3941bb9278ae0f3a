"""Run a proxy for HTTP, CONNECT and SOCKS5 on one port. It resolves every name to loopback."""

import base64
import re
import selectors
import socket
import socketserver
import ssl
import threading
from types import TracebackType
from typing import Self

_HEAD_END = b"\r\n\r\n"
_WITHOUT_LOGIN, _WITH_PASSWORD, _NO_METHOD = 0, 2, 255
"""The methods of login in SOCKS5."""
_HOST_NAME = 3
"""The type of an address in SOCKS5 that is a host name."""


class ProxyServer:
    """A context manager that runs the proxy.

    ``asked`` lists the requests: for each, the HTTP method or ``SOCKS5``, the host and the port.
    ``refused`` is the number of refused logins.

    Args:
        credentials: the user and password that the proxy requires, as ``user:password``. If empty,
            it requires none.
        tls: the TLS context of an HTTPS proxy. Such a proxy supports no CONNECT requests. If None,
            the proxy uses no TLS.
    """

    def __init__(self, credentials: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.credentials = credentials
        self.asked: list[tuple[str, str, int]] = []
        self.refused = 0
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Connection)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.proxy = self  # pyright: ignore[reportAttributeAccessIssue]
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def accepts(self, credentials: str) -> bool:
        """Return whether the credentials are the required ones, and count a refusal."""
        self.refused += credentials != self.credentials
        return credentials == self.credentials

    def connect(self, how: str, host: str, port: int) -> socket.socket:
        self.asked.append((how, host, port))
        return socket.create_connection(("127.0.0.1", port))


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._proxy: ProxyServer = self.server.proxy  # pyright: ignore[reportAttributeAccessIssue]
        try:
            is_tls = isinstance(self.request, ssl.SSLSocket)
            if not is_tls and self.request.recv(1, socket.MSG_PEEK) == b"\x05":
                self._socks()
            else:
                self._http()
        except OSError:
            pass  # no error, because the client has closed its connection

    def _socks(self) -> None:
        """Serve one SOCKS5 connection (RFC 1928, with the passwords of RFC 1929)."""
        _, count = self.rfile.read(2)
        methods = self.rfile.read(count)
        method = _WITH_PASSWORD if self._proxy.credentials else _WITHOUT_LOGIN
        self.request.sendall(bytes([5, method if method in methods else _NO_METHOD]))
        if method not in methods:
            self._proxy.refused += 1
            return
        if method == _WITH_PASSWORD:
            _, length = self.rfile.read(2)
            user = self.rfile.read(length)
            password = self.rfile.read(self.rfile.read(1)[0])
            accepted = self._proxy.accepts(f"{user.decode()}:{password.decode()}")
            self.request.sendall(bytes([1, 0 if accepted else 1]))
            if not accepted:
                return
        *_, kind = self.rfile.read(4)
        if kind == _HOST_NAME:
            host = self.rfile.read(self.rfile.read(1)[0]).decode()
        else:
            host = socket.inet_ntop(socket.AF_INET, self.rfile.read(4))
        port = int.from_bytes(self.rfile.read(2), "big")
        with self._proxy.connect("SOCKS5", host, port) as server:
            self.request.sendall(bytes([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
            _relay(self.request, server)

    def _http(self) -> None:
        while head := self._head():
            method, target, _ = head.decode().split(" ", 2)
            header = re.search(rb"Proxy-Authorization: Basic (\S+)", head)
            given = base64.b64decode(header[1]).decode() if header else ""
            if not self._proxy.accepts(given):
                self.request.sendall(
                    b"HTTP/1.1 407 Who Asks\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n"
                    b"Set-Cookie: proxy=1\r\n\r\n"
                )
                continue
            found = re.fullmatch(r"(?:http://)?([^:/]+):(\d+)(.*)", target)
            assert found, target
            host, port, path = found[1], int(found[2]), found[3]
            with self._proxy.connect(method, host, port) as server:
                if method == "CONNECT":
                    self.request.sendall(b"HTTP/1.1 200 Connected\r\nETag: proxy\r\n\r\n")
                    _relay(self.request, server)
                    return
                server.sendall(head.replace(target.encode(), path.encode(), 1))
                self.request.sendall(_whole_answer(server))

    def _head(self) -> bytes:
        head = b""
        while not head.endswith(_HEAD_END):
            line = self.rfile.readline()
            if not line:
                return b""
            head += line
        return head


def _whole_answer(server: socket.socket) -> bytes:
    """Return the head and the body of the server's response."""
    answer = b""
    while _HEAD_END not in answer:
        answer += server.recv(65_536)
    length = re.search(rb"(?i)content-length: (\d+)", answer)
    assert length
    whole = answer.index(_HEAD_END) + len(_HEAD_END) + int(length[1])
    while len(answer) < whole:
        answer += server.recv(65_536)
    return answer


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Relay bytes in both directions until one side closes."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in selector.select():
                data = key.fileobj.recv(65_536)  # pyright: ignore[reportAttributeAccessIssue]
                if not data:
                    return
                key.data.sendall(data)
