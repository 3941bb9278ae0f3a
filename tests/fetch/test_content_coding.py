import asyncio
import gzip
import random
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd

from include.errors import FetchError
from include.fetch.content_coding import decode_body
from tests.fetch.answers import GZIPPED, HTML, MIB, bare_deflate, bomb

NOISE = random.Random(5).randbytes(200_000)
SKIPPED_FRAME = struct.pack("<II", 0x184D2A50, 0)
"""A skippable frame of zstd, which decodes to nothing."""


async def decode(encoding: str, body: bytes) -> bytes:
    return await decode_body(body, encoding, max_bytes=MIB)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", HTML),
        ("identity", HTML),
        ("gzip", GZIPPED),
        ("GZip", GZIPPED),
        ("x-gzip", GZIPPED),
        ("deflate", zlib.compress(HTML)),
        ("deflate", bare_deflate(HTML)),
        ("br", brotli.compress(HTML)),
        ("zstd", zstd.compress(HTML)),
        ("zstd", SKIPPED_FRAME * 2000 + zstd.compress(HTML)),
        ("gzip, identity", GZIPPED),
        ("gzip", gzip.compress(b"") * 2000 + GZIPPED),
        ("gzip", GZIPPED + bytes(9000)),
        ("gzip", GZIPPED + b"padding" * 2000),
    ],
)
async def test_a_body_is_decoded(encoding: str, body: bytes) -> None:
    assert await decode(encoding, body) == HTML


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("size", [1, 4095, 4096, 65_535, 65_536, 65_537, 200_000, MIB])
async def test_a_body_of_any_size_is_decoded_completely(encoding: str, size: int) -> None:
    for content in (NOISE[:size], bytes(size)):
        assert await decode(encoding, ENCODERS[encoding](content)) == content


ENCODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "surprise", "gzip, gzip"])
async def test_an_empty_body_is_empty_however_it_is_encoded(encoding: str) -> None:
    assert await decode(encoding, b"") == b""


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", HTML),
        ("gzip", zlib.compress(HTML)),
        ("deflate", HTML),
        ("deflate", zlib.compress(HTML)[:-1]),
        ("gzip", GZIPPED[:-1]),
        ("gzip", GZIPPED[:20]),
        ("gzip", gzip.compress(NOISE)[:-1000]),
        ("gzip", GZIPPED + GZIPPED[:-1]),
        ("gzip", GZIPPED[:-8] + bytes(8)),
        ("br", HTML),
        ("br", brotli.compress(NOISE)[:-1]),
        ("zstd", HTML),
        ("zstd", zstd.compress(NOISE)[:-1]),
        ("zstd", zstd.compress(HTML) + HTML),
        ("surprise", HTML),
        ("gzip, gzip", gzip.compress(GZIPPED)),
        ("gzip,gzip", gzip.compress(GZIPPED)),
        ("deflate, gzip", gzip.compress(zlib.compress(HTML))),
        ("gzip, br", HTML),
        (", ".join(["gzip"] * 9999), HTML),
    ],
)
async def test_a_malformed_body_or_coding_is_an_encoding_fault(encoding: str, body: bytes) -> None:
    with pytest.raises(FetchError) as refused:
        await decode(encoding, body)
    assert refused.value.code == "encoding"
    assert not refused.value.retryable
    assert len(str(refused.value)) < 200


def held_back(mebibytes: int) -> bytes:
    """Return a zlib stream whose last bytes are decoded only after all input has been read."""
    return zlib.compress(bytes(mebibytes * MIB + 257), level=9)


@pytest.mark.parametrize(
    ("encoding", "make"),
    [
        ("gzip", lambda: bomb(8)),
        ("gzip", lambda: bomb(1) * 8),
        ("deflate", lambda: held_back(8)),
        ("deflate", lambda: bare_deflate(bytes(8 * MIB))),
        ("br", lambda: brotli.compress(bytes(8 * MIB), quality=1)),
        ("zstd", lambda: zstd.compress(bytes(8 * MIB))),
        ("zstd", lambda: zstd.compress(bytes(MIB)) * 8),
    ],
)
async def test_a_bomb_takes_no_more_memory_than_the_limit(
    encoding: str, make: Callable[[], bytes]
) -> None:
    body = make()
    tracemalloc.start()
    try:
        with pytest.raises(FetchError) as refused:
            await decode(encoding, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.code == "too_large"
    assert peak < 2.5 * MIB


@pytest.mark.parametrize("over", [0, 1])
async def test_the_size_limit_is_exact_to_the_byte(over: int) -> None:
    for encoding, encode in ENCODERS.items():
        decoding = decode(encoding, encode(bytes(MIB + over)))
        if over:
            with pytest.raises(FetchError):
                await decoding
        else:
            assert len(await decoding) == MIB


@pytest.mark.integration
@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"", mtime=0) * 50_000),
        ("zstd", SKIPPED_FRAME * 60_000),
        ("zstd", zstd.compress(b"") * 20_000),
        ("gzip", gzip.compress(bytes(20 * MIB))),
    ],
    ids=["empty gzip members", "skipped zstd frames", "empty zstd frames", "a long body"],
)
async def test_decoding_for_long_lets_the_deadline_fire(encoding: str, body: bytes) -> None:
    """Check that a timeout ends the decoding, and that other tasks run while it goes on."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await decode_body(body, encoding, max_bytes=64 * MIB)
    steps = 0

    async def count_steps() -> None:
        nonlocal steps
        while True:
            steps += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_steps())
    await decode_body(body, encoding, max_bytes=64 * MIB)
    counting.cancel()
    assert steps > 9
