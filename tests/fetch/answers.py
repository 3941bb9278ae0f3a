"""Make heads and bodies of responses that a server might send."""

import gzip
import zlib

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
HTML = b"<h1>Baker</h1>" * 300
MIB = 1 << 20


def bare_deflate(body: bytes) -> bytes:
    """Return the body in deflate format without the header of zlib, as some servers send it."""
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


def bomb(mebibytes: int) -> bytes:
    """Return this many mebibytes of zeros. gzip compresses them to about a thousandth."""
    stream = zlib.compressobj(level=9, wbits=zlib.MAX_WBITS + 16)
    pieces = [stream.compress(bytes(MIB)) for _ in range(mebibytes)]
    return b"".join([*pieces, stream.flush()])


def length(size: int) -> bytes:
    """Return a head whose ``Content-Length`` is ``size``."""
    return HEAD + f"Content-Length: {size}\r\n\r\n".encode()


GZIPPED = gzip.compress(HTML, mtime=0)
