"""Undoes Content-Encoding (RFC 9110, 8.4) in small pieces, so that an answer which grows without
end costs no more memory than its reader lets it. aiohttp's own way takes a cut stream for a whole
one, and the inner of two encodings for the page.
"""

import zlib
from collections.abc import Iterator, Sequence

from include.errors import FetchError

ACCEPTED = "gzip, deflate"
_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})
_MAX_CODINGS = 3
_PIECE = 64 * 1024
_GZIP = zlib.MAX_WBITS + 16
_ZLIB = zlib.MAX_WBITS
_BARE = -zlib.MAX_WBITS


class Unpacker:
    """Of one body. Raises FetchError ``encoding`` for a coding we did not ask for."""

    def __init__(self, content_encoding: str | None) -> None:
        names = [name.strip().lower() for name in (content_encoding or "").split(",")]
        codings = [name for name in names if name not in ("", "identity")]
        if len(codings) > _MAX_CODINGS or not _CODINGS.issuperset(codings):
            raise FetchError(f"encoded as {content_encoding}", code="encoding")
        self._layers = [_Layer(coding) for coding in reversed(codings)]

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What ``piece`` unpacks to, as it is asked for. Raises FetchError ``encoding``."""
        return _through(self._layers, piece)

    def end(self) -> Iterator[bytes]:
        """The rest. Raises FetchError ``encoding`` when something is missing."""
        for depth, layer in enumerate(self._layers, start=1):
            yield from _through(self._layers[depth:], layer.end())


class _Layer:
    def __init__(self, coding: str) -> None:
        self._is_gzip = coding != "deflate"
        self._stream = None
        self._had_one = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            # gzip files may follow each other; anything else after the first is padding
            if self._stream is None and self._had_one and not piece.startswith(b"\x1f"):
                return
            self._stream = stream = self._stream or zlib.decompressobj(self._window(piece))
            try:
                yield stream.decompress(piece, _PIECE)
            except zlib.error as error:
                raise FetchError(f"not encoded as declared: {error}", code="encoding") from error
            piece = stream.unconsumed_tail
            if stream.eof:
                piece = stream.unused_data
                self._stream, self._had_one = None, True

    def end(self) -> bytes:
        if self._stream is None:
            return b""
        rest = self._stream.flush()
        if not self._stream.eof:
            raise FetchError("the encoded content ends early", code="encoding")
        return rest

    def _window(self, piece: bytes) -> int:
        if self._is_gzip:
            return _GZIP
        # Some servers' "deflate" lacks the zlib header, whose first byte ends in 8.
        return _ZLIB if piece[0] & 0x0F == 8 else _BARE


def _through(layers: Sequence[_Layer], piece: bytes) -> Iterator[bytes]:
    if not layers:
        yield piece
        return
    for part in layers[0].feed(piece):
        yield from _through(layers[1:], part)
