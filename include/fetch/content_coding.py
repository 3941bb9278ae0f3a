"""Decode ``Content-Encoding`` (RFC 9110, 8.4) within a size limit.

This module decodes bodies itself, because HTTP clients accept a truncated stream as complete and do
not limit the number of decoded bytes. Decoding a large body does not block the event loop.
"""

import asyncio
import zlib
from collections.abc import Callable, Iterator

import brotli
from backports import zstd

from include.errors import FetchError
from include.failure_codes import FailureCode

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_INPUT_BYTES = 4 * 1024
"""The number of bytes that are decoded at a time. At the end of each gzip member or zstd frame, the
decoder copies the rest of these bytes. If the number were larger, a body of many small members
would take long."""
_OUTPUT_BYTES = 64 * 1024
"""The maximum number of bytes that one step of a decoder yields."""
_STEPS_PER_YIELD = 32
"""The number of decoder steps after which the event loop may run other code."""
# Values of zlib's parameter ``wbits``, which names the format of a stream.
_GZIP = zlib.MAX_WBITS + 16
_ZLIB = zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS
_ZSTD_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}
"""The decoder option that limits the window to 8 MiB (2 to the power of 23 bytes). HTTP does not
allow larger windows (RFC 9659)."""


async def decode_body(body: bytes, content_encoding: str, *, max_bytes: int) -> bytes:
    """Return the decoded body. Other tasks can run while a large body is decoded.

    Raises:
        FetchError: the code is ``too_large`` if the decoded body has more than ``max_bytes``, and
            ``encoding`` for an unsupported coding, for more than one coding, and for content that
            is malformed or truncated.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if not codings or not body:
        return body
    if len(codings) > 1 or codings[0] not in _DECODERS:
        raise FetchError(
            f"the body has an unsupported encoding: {content_encoding[:99]}",
            code=FailureCode.ENCODING,
        )
    pieces = (body[at : at + _INPUT_BYTES] for at in range(0, len(body), _INPUT_BYTES))
    decoded: list[bytes] = []
    size = 0
    try:
        for step, part in enumerate(_DECODERS[codings[0]](pieces), start=1):
            size += len(part)
            if size > max_bytes:
                message = f"the decoded body is larger than {max_bytes} bytes"
                raise FetchError(message, code=FailureCode.TOO_LARGE)
            decoded.append(part)
            if step % _STEPS_PER_YIELD == 0:
                await asyncio.sleep(0)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise FetchError(
            f"the body is not valid {codings[0]}: {error}", code=FailureCode.ENCODING
        ) from error
    return b"".join(decoded)


def _gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decode a sequence of gzip members.

    After a member, bytes that do not begin another member are ignored as padding.
    """
    stream = zlib.decompressobj(_GZIP)
    for piece in pieces:
        if stream.eof:
            if not piece.startswith(b"\x1f"):
                return
            stream = zlib.decompressobj(_GZIP)
        yield from _inflate(stream, piece)
        while stream.eof and stream.unused_data.startswith(b"\x1f"):
            piece, stream = stream.unused_data, zlib.decompressobj(_GZIP)
            yield from _inflate(stream, piece)
    _check_end(stream.eof)


def _deflate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decode a zlib stream, or a raw deflate stream, which some servers send instead."""
    piece = next(pieces)
    # The low four bits of the first byte of a zlib header are 8.
    is_zlib = piece[0] & 0x0F == 8
    stream = zlib.decompressobj(_ZLIB if is_zlib else _RAW)
    yield from _inflate(stream, piece)
    for piece in pieces:
        yield from _inflate(stream, piece)
    _check_end(stream.eof)


def _inflate(
    stream: "zlib._Decompress",  # pyright: ignore[reportPrivateUsage] # typeshed's name
    piece: bytes,
) -> Iterator[bytes]:
    """Decode one piece of a zlib, gzip or raw deflate stream, in steps of limited output."""
    while not stream.eof:
        part = stream.decompress(piece, _OUTPUT_BYTES)
        yield part
        piece = stream.unconsumed_tail
        if not piece and len(part) < _OUTPUT_BYTES:
            return


def _brotli(pieces: Iterator[bytes]) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    for piece in pieces:
        while not stream.is_finished():
            part = stream.process(piece, output_buffer_limit=_OUTPUT_BYTES)
            yield part
            piece = b""
            # The length is checked, too, because can_accept_more_data may be true while the decoder
            # still has output.
            if stream.can_accept_more_data() and len(part) < _OUTPUT_BYTES:
                break
    _check_end(stream.is_finished())


def _zstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decode a sequence of zstd frames."""
    stream = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
    for piece in pieces:
        while piece or not (stream.eof or stream.needs_input):
            if stream.eof:
                stream = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
            yield stream.decompress(piece, max_length=_OUTPUT_BYTES)
            piece = stream.unused_data if stream.eof else b""
    _check_end(stream.eof)


def _check_end(at_end: bool) -> None:
    if not at_end:
        raise EOFError("the content ends early")


_DECODERS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
