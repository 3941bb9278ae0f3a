"""Reads an answer to GET off the wire (RFC 9112) with llhttp, the parser of Node.js: its body is
unpacked as it comes, and nothing of it is kept beyond the cap.
"""

from dataclasses import dataclass

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from multidict import CIMultiDict

from include.errors import FetchError
from include.fetch.unpacking import Unpacker

_MOST_FRAMING = 64 * 1024
"""Bytes of headers, and of what frames a body's chunks."""
_MOST_FRAMING_A_BYTE = 16
"""A chunk of one byte takes five."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int
    headers: CIMultiDict[str]
    """Bytes that are not UTF-8 are kept as surrogates (PEP 383)."""
    body: bytes
    """Unpacked; empty unless the status is 2xx."""
    keeps_alive: bool
    """Whether its connection may be asked again."""


class AnswerReader:
    """Of one answer. llhttp calls its ``on_`` methods, and passes on what they raise."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parser = HttpResponseParser(self)
        self._headers = CIMultiDict[str]()
        self._unpacker: Unpacker | None = None
        self._body = bytearray()
        self._content_bytes = 0
        self._framing_bytes = 0
        self._status = 0
        """Unless it is an interim one."""
        self._is_whole = False
        self._keeps_alive = False
        self.has_begun = False

    def feed(self, data: bytes) -> Answer | None:
        """The answer, once there is enough of it: of one that is no 2xx, its headers.

        Raises:
            FetchError: ``protocol``, ``too_large`` or ``encoding``.
        """
        self.has_begun = True
        content_before = self._content_bytes
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            if self._status and not self._is_wanted:
                return self._answer(keeps_alive=False)
            if isinstance(error.__context__, FetchError):
                raise error.__context__ from None
            raise _broken(str(error)) from error
        if self._is_whole or (self._status and not self._is_wanted):
            return self._answer(keeps_alive=self._keeps_alive)
        self._framing_bytes += len(data) - (self._content_bytes - content_before)
        if self._framing_bytes > _MOST_FRAMING + _MOST_FRAMING_A_BYTE * self._content_bytes:
            raise _broken("headers or framing without end")
        return None

    def end(self) -> Answer:
        """The answer, when its connection has ended. Raises FetchError, as ``feed``."""
        if not self._status or self._is_delimited:
            raise _broken("the connection was closed too early")
        self.on_message_complete()
        return self._answer(keeps_alive=False)

    def on_message_begin(self) -> None:
        if self._is_whole:
            raise _broken("more than one answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._status:  # after it, they are a chunked body's trailers
            self._headers.add(name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            return
        self._status = status
        if not self._is_wanted:
            return
        if int(self._headers.get("Content-Length", 0)) > self._max_bytes:
            raise self._too_large()
        if "Content-Encoding" in self._headers:
            self._unpacker = Unpacker(", ".join(self._headers.getall("Content-Encoding")))

    def on_body(self, data: bytes) -> None:
        self._content_bytes += len(data)
        if not self._is_wanted:
            return
        for piece in self._unpacker.feed(data) if self._unpacker else (data,):
            self._body += piece
            if max(self._content_bytes, len(self._body)) > self._max_bytes:
                raise self._too_large()

    def on_message_complete(self) -> None:
        if not self._status:  # an interim answer (RFC 9110, 15.2); another follows
            self._headers.clear()
            return
        self._is_whole = True
        self._keeps_alive = self._parser.should_keep_alive()
        if self._unpacker and self._is_wanted:
            self._body += b"".join(self._unpacker.end())

    @property
    def _is_wanted(self) -> bool:
        return 200 <= self._status < 300

    @property
    def _is_delimited(self) -> bool:
        """Whether its body ends otherwise than with the connection (RFC 9112, 6.3)."""
        coding = self._headers.get("Transfer-Encoding", "").rpartition(",")[2]
        return coding.strip().lower() == "chunked" or "Content-Length" in self._headers

    def _answer(self, *, keeps_alive: bool) -> Answer:
        return Answer(
            status=self._status,
            headers=self._headers,
            body=bytes(self._body),
            keeps_alive=keeps_alive,
        )

    def _too_large(self) -> FetchError:
        return FetchError(f"over {self._max_bytes} bytes", code="too_large")


def _broken(message: str) -> FetchError:
    return FetchError(f"broken answer: {message}", code="protocol", retryable=True)
