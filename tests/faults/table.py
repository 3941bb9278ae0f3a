"""List the faults that a web server can show the crawler, and the outcome that each must have.

Each fault has its own server, and therefore its own host.
"""

import asyncio
import gzip
import itertools
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
from backports import zstd

from tests.fetch.answers import CHUNKED, GZIPPED, HEAD, MIB, bare_deflate, bomb, length
from tests.fetch.fault_server import (
    Answer,
    FaultServer,
    drip,
    endless,
    redirect,
    reply,
    then_close,
    then_reset,
    then_silence,
)

TEXT = "We bake bread every morning and sell it all day. " * 20
HTML = f"<h1>Baker</h1><main><p>{TEXT}</p></main>".encode()
GONE = b"<title>Careers</title><h1>This job is no longer available</h1>"
MEMORY_LIMIT = 400 * MIB
"""The maximum memory of a worker in bytes, including the processes that read pages for it."""
READY = "ready"
GONE_OUTCOME = "gone"
DRIP = 0.25
"""The time in seconds between two bytes that a dripping server sends."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    number: int
    """The number of the fault. Several cases can be of one fault."""
    name: str
    outcome: str
    """The outcome of the job: a failure code, ``ready`` if the posting was read, or ``gone``."""
    answers: tuple[Answer, ...] = ()
    """The responses to requests for the page, in order. The last one is repeated."""
    also: dict[str, Answer] = field(default_factory=dict[str, Answer])
    """The responses to requests for other paths, by path."""
    robots: tuple[Answer, ...] = ()
    url: str = "http://127.0.0.1:{port}/job"
    path: str = "/job"
    tls: str = ""
    """The kind of certificate that the server has: ``wrong`` or ``expired``.

    If empty, the server does not use TLS.
    """
    greeting: Answer | None = None
    tries: int | None = None
    """The number of requests for the page. If None, any number is right."""
    text: str = ""
    """A text that the text of the posting must contain."""


def page(body: bytes = HTML, **headers: str | None) -> Answer:
    return reply(body, **{"content_type": "text/html; charset=utf-8", **headers})


def encoded(body: bytes, encoding: str) -> Answer:
    return page(body, content_encoding=encoding)


def later(seconds: int) -> Answer:
    """Return a 429 response whose ``Retry-After`` is the time ``seconds`` from now."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        await reply(status=429, retry_after=at)(writer)

    return answer


def _chain(hops: int) -> dict[str, Answer]:
    """Return redirects by path: the one at ``/0`` leads to the page after ``hops`` redirects."""
    on = {f"/{number}": redirect(f"/{number + 1}") for number in range(hops - 1)}
    return {**on, f"/{hops - 1}": redirect("/job")}


def _words(body: str) -> str:
    return f"<h1>Bäcker</h1><main><p>{body} Größe Śląsk. {TEXT}</p></main>"


ONE_DEEP = b"<div>" * 100_000
FOREVER = itertools.repeat
FAULTS = (
    Fault(number=1, name="no such name", outcome="dns", url="http://nowhere.example/"),
    Fault(number=2, name="slow name", outcome="timeout", url="http://slow-name.example/"),
    Fault(number=3, name="refused", outcome="connect", url="http://127.0.0.1:{closed}/"),
    Fault(number=4, name="black hole", outcome="timeout", url="http://127.0.0.1:{hole}/"),
    Fault(number=5, name="certificate of another", outcome="tls", tls="wrong",
          url="https://localhost:{port}/job"),
    Fault(number=6, name="expired certificate", outcome="tls", tls="expired",
          url="https://127.0.0.1:{port}/job"),
    Fault(number=7, name="handshake drip", outcome="timeout", url="https://127.0.0.1:{port}/job",
          greeting=drip(b"\x16\x03\x03\x40\x00", then=b"\x02", every=DRIP)),
    # The response for robots.txt closes its connection, so that the page is requested on a new one.
    # If a reused connection were reset, libcurl would repeat the request by itself, and the
    # repetition would not count as a try.
    Fault(number=8, name="reset before headers", outcome="protocol", tries=4,
          robots=(reply(status=404, connection="close"),), answers=(then_reset(b""),)),
    Fault(number=8, name="reset before headers at first", outcome=READY, tries=4,
          robots=(reply(status=404, connection="close"),),
          answers=(*[then_reset(b"")] * 3, page())),
    Fault(number=9, name="reset in the body", outcome="protocol", tries=4,
          answers=(then_reset(length(100) + b"<h1>"),)),
    Fault(number=10, name="closed early", outcome="protocol", tries=4,
          answers=(then_close(length(100) + b"<h1>"),)),
    Fault(number=11, name="broken chunk", outcome="protocol", tries=4,
          answers=(then_close(CHUNKED + b"zz\r\n<h1>\r\n0\r\n\r\n"),)),
    Fault(number=12, name="no last chunk", outcome="protocol", tries=4,
          answers=(then_close(CHUNKED + b"4\r\n<h1>\r\n"),)),
    Fault(number=13, name="headers, then silence", outcome="timeout", tries=4,
          answers=(then_silence(length(100)),)),
    Fault(number=14, name="drip", outcome="timeout", tries=4,
          answers=(drip(length(10_000), then=b"x", every=DRIP),)),
    Fault(number=15, name="endless headers", outcome="protocol", tries=4,
          answers=(endless(HEAD, FOREVER(b"X: " + b"y" * 99 + b"\r\n")),)),
    Fault(number=16, name="header without colon", outcome="protocol", tries=4,
          answers=(then_close(HEAD + b"nonsense\r\n\r\n" + HTML),)),
    Fault(number=17, name="headers twice", outcome=READY,
          answers=(then_close(HEAD + length(len(HTML)).partition(b"\r\n")[2] + HTML),)),
    Fault(number=18, name="endless body", outcome="too_large", tries=1,
          answers=(endless(HEAD + b"\r\n", FOREVER(bytes(65_536))),)),
    Fault(number=19, name="declared too large", outcome="too_large", tries=1,
          answers=(then_silence(length(100 * MIB)),)),
    Fault(number=20, name="longer than declared", outcome="protocol", tries=4,
          answers=(then_close(length(4) + HTML),)),
    Fault(number=21, name="gzip bomb", outcome="too_large", tries=1,
          answers=(encoded(bomb(1) * 512, "gzip"),)),
    Fault(number=22, name="br bomb", outcome="too_large", tries=1,
          answers=(encoded(brotli.compress(bytes(128 * MIB), quality=1), "br"),)),
    Fault(number=23, name="zstd bomb", outcome="too_large", tries=1,
          answers=(encoded(zstd.compress(bytes(MIB)) * 512, "zstd"),)),
    Fault(number=24, name="stacked bomb", outcome="encoding", tries=1,
          answers=(encoded(gzip.compress(bomb(1) * 512), "gzip, gzip"),)),
    Fault(number=25, name="truncated gzip", outcome="encoding", tries=1,
          answers=(encoded(GZIPPED[:-9], "gzip"),)),
    Fault(number=26, name="not as declared", outcome="encoding", tries=1,
          answers=(encoded(HTML, "gzip"),)),
    Fault(number=27, name="bare deflate", outcome=READY,
          answers=(encoded(bare_deflate(HTML), "deflate"),)),
    Fault(number=28, name="empty", outcome="empty", answers=(page(b""),)),
    Fault(number=29, name="204", outcome="empty",
          answers=(reply(status=204, content_length=None),)),
    Fault(number=30, name="429 for a second", outcome=READY, tries=2,
          answers=(reply(status=429, retry_after="1"), page())),
    Fault(number=31, name="429 until a moment", outcome=READY, tries=2,
          answers=(later(2), page())),
    Fault(number=32, name="429 with garbage", outcome=READY, tries=4,
          answers=(reply(status=429, retry_after="-1"), reply(status=429, retry_after="soon"),
                   reply(status=429), page())),
    Fault(number=32, name="429 for years", outcome="rate_limited", tries=1,
          answers=(reply(status=429, retry_after="99999999"),)),
    Fault(number=32, name="429 for ever", outcome="rate_limited", tries=4,
          answers=(reply(status=429, retry_after="0"),)),
    Fault(number=33, name="503 once", outcome=READY, tries=2, answers=(reply(status=503), page())),
    Fault(number=34, name="401", outcome="http_4xx", tries=1, answers=(reply(status=401),)),
    Fault(number=34, name="403", outcome="http_4xx", tries=1, answers=(reply(status=403),)),
    Fault(number=35, name="404", outcome=GONE_OUTCOME, tries=1, answers=(reply(status=404),)),
    Fault(number=35, name="410", outcome=GONE_OUTCOME, tries=1, answers=(reply(status=410),)),
    Fault(number=36, name="soft 404", outcome=GONE_OUTCOME, tries=1, answers=(page(GONE),)),
    Fault(number=37, name="redirect loop", outcome="redirect", answers=(redirect("/job"),)),
    Fault(number=38, name="six redirects", outcome="redirect", also=_chain(6), path="/0",
          answers=(page(),), url="http://127.0.0.1:{port}/0"),
    Fault(number=39, name="to a private address", outcome="blocked_address", tries=1,
          answers=(redirect("http://127.0.0.1:1/"),), url="http://careers.corp:{port}/job"),
    Fault(number=39, name="to a file", outcome="blocked_address",
          answers=(redirect("file:///etc/passwd"),)),
    Fault(number=39, name="to data", outcome="blocked_address",
          answers=(redirect("data:text/html,<h1>Baker</h1>"),)),
    Fault(number=40, name="no Location", outcome="redirect", answers=(reply(status=302),)),
    Fault(number=41, name="relative Location", outcome=READY, answers=(redirect("there"),),
          also={"/there": page()}),
    Fault(number=41, name="Latin-1 Location", outcome=READY, answers=(redirect("/caf\xe9"),),
          also={"/caf%E9": page()}),
    Fault(number=41, name="UTF-8 Location", outcome=READY, also={"/caf%C3%A9": page()},
          answers=(redirect("/café".encode().decode("latin-1")),)),
    Fault(number=42, name="to another host", outcome=READY, also={"/there": page()},
          answers=(redirect("http://careers.corp:{port}/there"),)),
    Fault(number=43, name="meta refresh", outcome=READY, also={"/there": page()},
          answers=(page(b'<meta http-equiv="refresh" content="0; url=/there">'),)),
    Fault(number=44, name="public and private", outcome="blocked_address", tries=0,
          url="http://public-and-private.example:{port}/job"),
    # The host's address was public at the time of the listing and is private now. The case of an
    # address that changes during a request is in tests/fetch.
    Fault(number=45, name="rebinding", outcome="blocked_address", tries=0,
          url="http://rebinding.example:{port}/job"),
    *(
        Fault(number=46, name=host, outcome="blocked_address", tries=0,
              url=f"http://{host}:{{port}}/job")
        for host in ("0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "[2002:7f00:1::]", "224.0.0.1")
    ),
    Fault(number=47, name="userinfo", outcome="blocked_address", tries=0,
          url="http://user:password@127.0.0.1:{port}/job"),
    Fault(number=47, name="odd port", outcome="blocked_address", url="http://127.0.0.1:22/job"),
    Fault(number=48, name="charset against header", outcome=READY, text="Größe",
          answers=(page(b'<meta charset="koi8-r">' + _words("").encode("iso-8859-2"),
                        content_type="text/html; charset=iso-8859-2"),)),
    Fault(number=49, name="UTF-16", outcome=READY, text="Größe",
          answers=(page(b"\xff\xfe" + _words("").encode("utf-16-le"), content_type="text/html"),)),
    Fault(number=50, name="invalid bytes", outcome=READY, text="Größe",
          answers=(page(_words("").encode() + b"\xff\xfe\x80"),)),
    Fault(number=51, name="no Content-Type", outcome=READY, text="Größe",
          answers=(page(_words("").encode(), content_type=None),)),
    Fault(number=52, name="PDF", outcome="not_html", answers=(page(b"%PDF-1.7 \x00\x01" * 99),)),
    Fault(number=52, name="JPEG", outcome="not_html", answers=(page(b"\xff\xd8\xff\xe0" * 99),)),
    Fault(number=53, name="100,000 deep", outcome="parse", answers=(page(ONE_DEEP + HTML),)),
    Fault(number=54, name="NUL", outcome=READY, text="We bake",
          answers=(page(HTML.replace(b"We bake", b"We\0 bake")),)),
    Fault(number=55, name="no robots.txt", outcome=READY, answers=(page(),),
          robots=(reply(status=404),)),
    Fault(number=56, name="robots.txt 500", outcome="robots", tries=0, answers=(page(),),
          robots=(reply(status=500),)),
    Fault(number=56, name="robots.txt silent", outcome="robots", tries=0, answers=(page(),),
          robots=(then_silence(b""),)),
    Fault(number=57, name="robots.txt five redirects away", outcome="robots", tries=0,
          answers=(page(),), robots=(redirect("/0"),),
          also={**_chain(4), "/3": redirect("/rules"),
                "/rules": reply(b"User-agent: *\nDisallow: /")}),
    Fault(number=58, name="huge robots.txt", outcome="robots", tries=0, answers=(page(),),
          robots=(reply(b"User-agent: *\nDisallow: /\n" + b"# on and on\n" * 60_000),)),
    Fault(number=58, name="robots.txt is a page", outcome=READY, answers=(page(),),
          robots=(page(),)),
    Fault(number=58, name="robots.txt is garbage", outcome=READY, answers=(page(),),
          robots=(reply(bytes(range(256)) * 40),)),
    Fault(number=59, name="malformed Crawl-delay", outcome=READY, answers=(page(),),
          robots=(reply(b"User-agent: *\nCrawl-delay: soon\nDisallow: /private"),)),
    Fault(number=60, name="fragment", outcome=READY, answers=(page(),),
          url="http://127.0.0.1:{port}/job#apply"),
    Fault(number=60, name="spaces", outcome=READY, path="/a%20job", answers=(page(),),
          url="http://127.0.0.1:{port}/a job"),
    Fault(number=60, name="??", outcome=READY, path="/job??id=7", answers=(page(),),
          url="http://127.0.0.1:{port}/job??id=7"),
    Fault(number=60, name="IDN", outcome=READY, answers=(page(),),
          url="http://bäcker.corp:{port}/job"),
    Fault(number=61, name="cookies", outcome=READY, tries=1,
          answers=(page(set_cookie="session=1; Path=/"),)),
)  # fmt: skip


@dataclass(kw_only=True)
class Stage:
    """The running servers of the faults, by the name of the fault."""

    servers: dict[str, FaultServer]
    urls: dict[str, str]
    """The URL of the page of each fault, by the name of the fault."""

    @property
    def hosts(self) -> list[str]:
        """Return the hosts that are allowed although they are on loopback."""
        return [server.host for server in self.servers.values()] + [
            f"{name}:{server.port}"
            for server in self.servers.values()
            for name in ("careers.corp", "xn--bcker-gra.corp", "localhost")
        ]


def staged(
    stack: ExitStack, closed_port: int, hole_port: int, certificate: Callable[[str], ssl.SSLContext]
) -> Stage:
    servers: dict[str, FaultServer] = {}
    urls: dict[str, str] = {}
    for fault in FAULTS:
        tls = certificate(fault.tls) if fault.tls else None
        server = stack.enter_context(FaultServer(tls, greeting=fault.greeting))
        urls[fault.name] = fault.url.format(port=server.port, closed=closed_port, hole=hole_port)
        for path, answer in fault.also.items():
            server.at(path, answer)
        if fault.robots:
            server.at("/robots.txt", *fault.robots)
        if fault.answers and fault.path not in fault.also:
            server.at(fault.path, *fault.answers)
        elif fault.answers:
            server.at("/job", *fault.answers)
        servers[fault.name] = server
    other = servers["to another host"]
    other.at("/job", redirect(f"http://careers.corp:{other.port}/there"))
    return Stage(servers=servers, urls=urls)
