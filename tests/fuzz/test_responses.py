"""Tests of random responses and addresses.

Each must be read, or be refused with one of our errors. No request may go to a private address.
"""

import asyncio
import gzip
import socket
import zlib
from collections.abc import Generator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import brotli
import pytest
from backports import zstd
from hypothesis import strategies as st
from yarl import URL

from include.core.fields.template import MIN_PAGES
from include.core.formats.decoding import decode
from include.core.formats.markup import describe, sanitise
from include.core.formats.urls import canonical_url, host_key, is_http
from include.core.models import Page
from include.errors import FetchError, JobhuntError, PageGone
from include.extract import fingerprint_input, read_posting
from include.extract.learning import learn_template
from include.fetch.content_coding import decode_body
from include.fetch.guard import AddressGuard, is_public
from include.fetch.meta_refresh import refresh_target
from include.fetch.options import FetchOptions
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.retry_after import parse_retry_after
from include.fetch.robots import Robots
from tests.fetch.fault_server import FaultServer, then_close
from tests.fetch.fetching import fetch
from tests.fetch.test_robots import Store
from tests.fuzzing import bodies, fuzzed, markup

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PRIVATE = [
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/96", "::ffff:0:0/96", "fc00::/7", "fe80::/10", "ff00::/8", "2002::/16"),
        *("2001:db8::/32", "64:ff9b:1::/48", "100::/64"),
    )
]

content_types = st.none() | st.sampled_from(
    ["text/html", "text/html; charset=utf-16", "text/html; charset=koi8-r", "application/json",
     "text/html; charset=\0", "application/pdf", "application/xml; charset=x", ";;;"]
)  # fmt: skip


@contextmanager
def refusals(*codes: str) -> Generator[None]:
    """Suppress a FetchError that has one of these codes.

    A FetchError of another code fails the test.
    """
    try:
        yield
    except FetchError as error:
        if error.code not in codes:
            raise


@fuzzed(body=bodies, content_type=content_types)
def test_any_page_is_read_or_refused(body: bytes, content_type: str | None) -> None:
    page = Page(url="https://careers.example/jobs/1", body=body, content_type=content_type)
    with suppress(JobhuntError):
        read_posting(page)
    with suppress(JobhuntError):
        blocks = fingerprint_input(page).blocks
        template = learn_template(None, [blocks] * MIN_PAGES, now=NOW) if blocks else None
        read_posting(page, template)
        fingerprint_input(page, template)


@fuzzed(html=markup)
def test_any_description_becomes_safe_html(html: str) -> None:
    try:
        safe = sanitise(html)
        described = describe(html)
    except JobhuntError:
        return
    assert "<script" not in safe.lower()
    assert "\0" not in described.text
    described.text.encode()


@fuzzed(body=bodies, content_type=content_types)
def test_any_bytes_become_text_without_nul(body: bytes, content_type: str | None) -> None:
    assert "\0" not in decode(body, content_type)


@fuzzed(rules=bodies | st.lists(st.sampled_from(
    [b"User-agent: *\n", b"Disallow: /", b"*" * 30, b"$", b"Allow: ", b"Crawl-delay: ", b"%", b"\n",
     b"nan", b"1e999", b"-1", b"Sitemap: x\n", b"\xff", b"/jobs", b"a*" * 20]
), max_size=40).map(b"".join))  # fmt: skip
def test_any_robots_txt_allows_or_forbids(rules: bytes) -> None:
    async def fetch(url: str) -> Fetched:
        return Fetched(page=Page(url=url, body=rules))

    async def check() -> float | None:
        robots = Robots(fetch, Store(), exclusive=lambda _: nullcontext(), user_agent="Tester/1.0")
        with refusals("robots"):
            return await robots.check("https://careers.example/jobs/" + "a" * 60)
        return None

    delay = asyncio.run(check())
    assert delay is None or 0 < delay <= 60


@fuzzed(value=st.text(max_size=40) | st.sampled_from(
    ["-1", "1e9", "9" * 400, "Sun, 99 Foo 2026", "Fri, 31 Dec 99999 23:59:59 GMT", "٣", "1.5", ""]
))  # fmt: skip
def test_any_retry_after_is_seconds_or_nothing(value: str) -> None:
    seconds = parse_retry_after(value, now=NOW)
    assert seconds is None or seconds >= 0


CODED = [
    gzip.compress(b""), gzip.compress(b"x" * 9999), brotli.compress(b"x" * 9999),
    zstd.compress(b""), zstd.compress(b"x" * 9999), zlib.compress(b"x" * 9999),
]  # fmt: skip


@fuzzed(
    encoding=st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "x", "zstd, zstd"]),
    body=st.lists(st.binary(max_size=200) | st.sampled_from(CODED), max_size=5).map(b"".join),
)
def test_any_encoded_body_is_decoded_or_refused(encoding: str, body: bytes) -> None:
    with refusals("encoding", "too_large"):
        assert len(asyncio.run(decode_body(body, encoding, max_bytes=1000))) <= 1000


STATUS_LINES = [
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 304 Not Modified\r\n", b"HTTP/1.0 404 x\r\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n",
]  # fmt: skip
HEADERS = [
    b"Content-Length: 4\r\n", b"Content-Length: 99999999999999\r\n", b"Content-Length: 1, 2\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
    b"Content-Encoding: gzip\r\n", b"Content-Encoding: br\r\n", b"Connection: close\r\n",
    b"X: \xff\xfe\r\n", b" folded\r\n", b": \r\n", b"\0",
]  # fmt: skip
BODIES = [
    b"abcd", b"4\r\nabcd\r\n", b"1;ext=a\r\nx\r\n", b"0\r\n\r\n", b"0\r\nTrailer: x\r\n\r\n",
    b"ffffffffffffffff\r\n", gzip.compress(b"x" * 99), gzip.compress(b"x" * 9999),
]  # fmt: skip
answers = st.binary(max_size=60) | st.tuples(
    st.sampled_from(STATUS_LINES),
    st.lists(st.sampled_from(HEADERS), max_size=3).map(b"".join),
    st.sampled_from([b"\r\n", b"\n", b""]),
    st.lists(st.sampled_from(BODIES), max_size=3).map(b"".join),
).map(b"".join)


@fuzzed(answer=answers)
def test_any_bytes_are_a_page_within_its_limit_or_refused(answer: bytes) -> None:
    async def check() -> None:
        async with PageFetcher(
            FetchOptions(
                guard=AddressGuard([server.host]),
                user_agent="Tester/1.0",
                deadline=5,
                max_bytes=1000,
            )
        ) as fetcher:
            page = (await fetch(fetcher, url)).page
            assert page is not None
            assert len(page.body) <= 1000

    with FaultServer() as server, suppress(PageGone):
        url = server.at("/", then_close(answer))
        with refusals("protocol", "too_large", "encoding", "empty", "http_4xx"):
            asyncio.run(check())


@fuzzed(body=markup)
def test_any_refresh_has_a_target_or_none(body: str) -> None:
    target = refresh_target("https://a.example/", body.encode("utf-8", "surrogatepass"))
    assert target is None or isinstance(target, str)


addresses = st.ip_addresses() | st.sampled_from(PRIVATE).flatmap(
    lambda network: st.integers(0, network.num_addresses - 1).map(lambda at: network[at])
)


@fuzzed(address=addresses)
def test_no_private_address_is_public(address: IPv4Address | IPv6Address) -> None:
    if is_public(address):
        assert not any(address in net for net in PRIVATE if net.version == address.version)


def spellings(address: IPv4Address | IPv6Address) -> st.SearchStrategy[str]:
    """Return the spellings of an address in URLs.

    Some of them are read only by some C libraries.
    """
    if isinstance(address, IPv6Address):
        whole = address.exploded
        return st.sampled_from([f"[{address}]", f"[{whole}]", f"[{address}%25eth0]"])
    number = int(address)
    parts = str(address).split(".")
    wide = str(address).translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    return st.sampled_from(
        [str(address), str(number), hex(number), f"0{number:o}",
         ".".join(map(hex, map(int, parts))),
         f"{parts[0]}.{int(parts[1]) << 16 | int(parts[2]) << 8 | int(parts[3])}",
         ".".join(f"0{int(part):o}" for part in parts), f"[::ffff:{address}]", f"{address}.",
         f"[64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}]", wide,
         f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]", str(address).replace(".", "。")]
    )  # fmt: skip


private = st.sampled_from(PRIVATE).flatmap(
    lambda network: st.integers(0, network.num_addresses - 1).map(lambda at: network[at])
)


@fuzzed(
    host=private.flatmap(spellings),
    scheme=st.sampled_from(["http", "https", "HTTP"]),
    around=st.sampled_from(["{}", "user@{}", "{}:80", "{}:8080", "a:b@{}", "{}:080"]),
    rest=st.sampled_from(["", "/", "/jobs?a=b", "#x", "\\@example.com/", "/@8.8.8.8"]),
)
def test_no_url_of_a_private_address_slips_through(
    host: str, scheme: str, around: str, rest: str
) -> None:
    # Check the URL in the form that yarl gives it, as ``include.fetch.pages`` does.
    try:
        target = URL(f"{scheme}://{around.format(host)}{rest}")
        guard = AddressGuard()
        guard.check_url(str(target))
    except (ValueError, FetchError):
        return
    name = target.raw_host or ""
    try:
        literal = ip_address(name.partition("%")[0])
    except ValueError:
        # The host is a name, so its addresses are checked only when it is resolved. But no C
        # library may read it as an address.
        with pytest.raises(OSError, match="illegal"):
            socket.inet_aton(name)
    else:
        assert is_public(literal)


@fuzzed(url=st.text(max_size=60) | markup | st.from_regex(r"https?://[^ ]{0,30}", fullmatch=True))
def test_any_url_is_read_or_refused(url: str) -> None:
    canonical_url(url)
    if is_http(url):
        host_key(url)
    with refusals("blocked_address"):
        AddressGuard().check_url(url)
