"""Undoes Content-Encoding (RFC 9110, 8.4) in small pieces, so that an answer which grows without
end costs no more memory than its reader lets it. HTTP clients take a cut stream for a whole
one, and the inner of two encodings for the page.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import Protocol

import brotli
from backports import zstd

from include.errors import FetchError

ACCEPTED = "gzip, deflate, br, zstd"
_MAX_CODINGS = 3
_PIECE = 64 * 1024
_GZIP = zlib.MAX_WBITS + 16
_ZLIB = zlib.MAX_WBITS
_BARE = -zlib.MAX_WBITS
_ZSTD_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}
"""8 MiB: more is not to be sent over HTTP (RFC 9659)."""


class Unpacker:
    """Of one body. Raises FetchError ``encoding`` for a coding we did not ask for."""

    def __init__(self, content_encoding: str | None) -> None:
        names = [name.strip().lower() for name in (content_encoding or "").split(",")]
        codings = [name for name in names if name not in ("", "identity")]
        if len(codings) > _MAX_CODINGS or not _LAYERS.keys() >= set(codings):
            raise FetchError(f"encoded as {content_encoding}", code="encoding")
        self._layers = [_LAYERS[coding]() for coding in reversed(codings)]

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What ``piece`` unpacks to, as it is asked for. Raises FetchError ``encoding``."""
        return _through(self._layers, piece)

    def end(self) -> Iterator[bytes]:
        """The rest. Raises FetchError ``encoding`` when something is missing."""
        for depth, layer in enumerate(self._layers, start=1):
            yield from _through(self._layers[depth:], layer.end())


class _Layer(Protocol):
    def feed(self, piece: bytes) -> Iterator[bytes]: ...

    def end(self) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
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
                raise _not_as_declared(error) from error
            piece = stream.unconsumed_tail
            if stream.eof:
                piece = stream.unused_data
                self._stream, self._had_one = None, True

    def end(self) -> bytes:
        if self._stream is None:
            return b""
        rest = self._stream.flush()
        if not self._stream.eof:
            raise _cut()
        return rest

    def _window(self, piece: bytes) -> int:
        return _GZIP


class _Deflate(_Gzip):
    def _window(self, piece: bytes) -> int:
        # Some servers' "deflate" lacks the zlib header, whose first byte ends in 8.
        return _ZLIB if piece[0] & 0x0F == 8 else _BARE


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        try:
            while not self._stream.is_finished():
                yield self._stream.process(piece, output_buffer_limit=_PIECE)
                piece = b""
                if self._stream.can_accept_more_data():
                    return
        except brotli.error as error:
            raise _not_as_declared(error) from error

    def end(self) -> bytes:
        if not self._stream.is_finished():
            raise _cut()
        return b""


class _Zstd:
    def __init__(self) -> None:
        self._stream: zstd.ZstdDecompressor | None = None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        try:
            while piece or (self._stream and not self._stream.needs_input):
                stream = self._stream = self._stream or zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
                yield stream.decompress(piece, max_length=_PIECE)
                piece = b""
                if stream.eof:  # frames may follow each other
                    piece, self._stream = stream.unused_data, None
        except zstd.ZstdError as error:
            raise _not_as_declared(error) from error

    def end(self) -> bytes:
        if self._stream is not None:
            raise _cut()
        return b""


_LAYERS: dict[str, type[_Layer]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}


def _not_as_declared(error: Exception) -> FetchError:
    return FetchError(f"not encoded as declared: {error}", code="encoding")


def _cut() -> FetchError:
    return FetchError("the encoded content ends early", code="encoding")


def _through(layers: Sequence[_Layer], piece: bytes) -> Iterator[bytes]:
    if not layers:
        yield piece
        return
    for part in layers[0].feed(piece):
        yield from _through(layers[1:], part)
