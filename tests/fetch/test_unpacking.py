import gzip
import random
import tracemalloc
import zlib
from collections.abc import Sequence

import brotli
import pytest
from backports import zstd

from include.errors import FetchError
from include.fetch.unpacking import Unpacker
from tests.fetch.answers import GZIPPED, HTML, MIB, bare_deflate, bomb

NOISE = random.Random(5).randbytes(200_000)


def unpack(encoding: str | None, *pieces: bytes) -> bytes:
    unpacker = Unpacker(encoding)
    unpacked = [part for piece in pieces for part in unpacker.feed(piece)]
    return b"".join([*unpacked, *unpacker.end()])


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        (None, HTML),
        ("", HTML),
        ("identity", HTML),
        ("gzip", GZIPPED),
        ("GZip", GZIPPED),
        ("x-gzip", GZIPPED),
        ("deflate", zlib.compress(HTML)),
        ("deflate", bare_deflate(HTML)),
        ("br", brotli.compress(HTML)),
        ("zstd", zstd.compress(HTML)),
        ("gzip, identity", GZIPPED),
        ("gzip, gzip", gzip.compress(GZIPPED, mtime=0)),
        ("deflate, gzip", gzip.compress(zlib.compress(HTML), mtime=0)),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_body_is_unpacked_however_it_is_cut(
    encoding: str | None, packed: bytes, size: int
) -> None:
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert unpack(encoding, *pieces) == HTML


@pytest.mark.parametrize("size", [1_000, 65_536, 200_000])
def test_what_hardly_packs_comes_out_whole(size: int) -> None:
    packed = gzip.compress(NOISE)
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert unpack("gzip", *pieces) == NOISE


def test_gzip_files_may_follow_each_other_and_padding_them() -> None:
    assert unpack("gzip", GZIPPED + GZIPPED) == HTML * 2
    assert unpack("gzip", GZIPPED, GZIPPED) == HTML * 2
    assert unpack("gzip", GZIPPED + bytes(9)) == HTML
    assert unpack("gzip", GZIPPED, bytes(9)) == HTML


def test_an_empty_body_is_empty_however_it_is_encoded() -> None:
    assert unpack("gzip") == b""
    assert unpack("gzip, deflate", b"") == b""


@pytest.mark.parametrize(
    ("encoding", "pieces"),
    [
        ("gzip", [HTML]),
        ("gzip", [zlib.compress(HTML)]),
        ("deflate", [HTML]),
        ("gzip", [GZIPPED[:-1]]),
        ("gzip", [GZIPPED[:20]]),
        ("gzip", [gzip.compress(NOISE)[:-1000]]),
        ("gzip", [GZIPPED, GZIPPED[:-1]]),
        ("gzip", [GZIPPED[:-8] + bytes(8)]),
        ("gzip, gzip", [GZIPPED]),
        ("gzip, gzip", [gzip.compress(GZIPPED[:-9])]),
        ("br", [HTML]),
        ("zstd", [HTML]),
        ("gzip, br", [HTML]),
        ("surprise", [HTML]),
        ("gzip, gzip, gzip, gzip", [HTML]),
    ],
)
def test_what_is_broken_or_not_asked_for_is_an_encoding_fault(
    encoding: str, pieces: Sequence[bytes]
) -> None:
    with pytest.raises(FetchError) as refused:
        unpack(encoding, *pieces)
    assert refused.value.code == "encoding"
    assert not refused.value.retryable


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", bomb(64)),
        ("gzip, gzip", gzip.compress(bomb(64))),
        ("gzip", gzip.compress(b"") * 5_000),
    ],
    ids=["one layer", "two layers", "many empty files"],
)
def test_a_bomb_comes_out_in_small_pieces(encoding: str, packed: bytes) -> None:
    tracemalloc.start()
    try:
        assert all(len(part) <= 64 * 1024 for part in Unpacker(encoding).feed(packed))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MIB
