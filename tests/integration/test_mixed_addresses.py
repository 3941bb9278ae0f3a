"""Tests of detection with addresses of several companies at every vendor.

No address may lead to another company's board. ``make sources``, which sets
``JOBHUNT_EVERY_SOURCE=1``, tests more than 500 addresses of four companies. ``make test`` tests
more than 350 of two.

``Web`` stands in for the hosts of all vendors and companies. It answers a request only if the host
and the company exist. ``WebPages`` answers requests for pages and robots.txt in the same way.
Requests to literal IP addresses go through the real clients and their guard.
"""

import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from include.core.models import Company, Page
from include.errors import (
    FetchError,
    JobhuntError,
    NotDetected,
    PageGone,
    SettingError,
)
from include.failure_codes import FailureCode
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.http_messages import HttpRequest
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.pages import Fetched, PageFetcher
from include.pipeline.companies.detect_company import detect_company
from include.pipeline.source_urls import list_company
from include.sources.base import Request
from include.sources.registry import adapter_for, canonical_config
from tests.integration.test_detect_company import POSTING
from tests.readers import InThisProcess
from tests.sources.detect.test_boards import ADDRESSES
from tests.vendors import ANSWERS, EMBEDDED, HOSTED

pytestmark = pytest.mark.integration

_IS_WHOLE = bool(os.environ.get("JOBHUNT_EVERY_SOURCE"))
TENANTS = ("globex", "initech", *(("hooli", "cyberdyne") if _IS_WHOLE else ()))
DEAD = "vanished"
SHARED_HOSTS = {"my.adp.com", "api.paycomonline.net", "jsapi.recruiterbox.com"}
"""The hosts that answer the later requests of listings, each for many companies."""
HOSTILE = (
    "http://10.0.0.1/careers",
    "http://169.254.169.254/latest/meta-data",
    "http://localhost:5432/",
    "http://[::1]/jobs",
    "http://2130706433/jobs",
    "http://0x7f000001/jobs",
    "http://127.0.0.1:9/v1/boards/globex/jobs",
    "http://[::ffff:10.0.0.1]/v0/postings/globex",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "ftp://jobs.globex.example/",
    "https://",
    "https://user:secret@10.0.0.1/",
    "https://jobs.lever.co.evil.test/globex",
    "https://evil-greenhouse.io/globex",
    "https://boards.greenhouse.io/../../globex%00",
    "https://jobs.lever.co/%2e%2e",
    "https://loop.example/careers",
    "https://noise.example/careers",
    "https://deep.example/careers",
)

Board = tuple[str, dict[str, Any]]


@dataclass
class Web:
    """The hosts of the tested addresses, and their responses."""

    hosts: set[str] = field(default_factory=set)
    pages: dict[str, str] = field(default_factory=dict)
    """The markup of the pages that companies have, by URL."""

    def page(self, url: str) -> Page:
        """Return the response to a request.

        Raises:
            FetchError: the host does not exist.
            PageGone: the host has no such page. No host has a robots.txt.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if url in self.pages:
            return Page(url=url, body=self.pages[url].encode(), content_type="text/html")
        if host not in self.hosts and not (
            parts.path == "/robots.txt" and host in map(_host_of, self.pages)
        ):
            message = f"{host} does not exist"
            raise FetchError(message, code=FailureCode.DNS, retryable=False, connected=False)
        found = None if DEAD in parts.query else _answer(parts.path)
        if found is None:
            raise PageGone(f"{url} answered 404")
        headers = {"x-apple-csrf-token": "t", "x-result-total-count": "3"}
        return Page(url=url, body=found, headers=headers)


class WebPages(PageFetcher):
    """A fetcher whose responses come from ``Web``.

    Only requests to literal addresses use the network.
    """

    def __init__(self, clients: "WebClients") -> None:
        super().__init__(clients)
        self._web = clients.web

    async def fetch(self, request: HttpRequest, **options: Any) -> Fetched:
        if _is_literal(urlsplit(request.url).hostname or ""):
            return await super().fetch(request, **options)
        return Fetched(page=self._web.page(request.url))


def _host_of(url: str) -> str | None:
    return urlsplit(url).hostname


@dataclass(frozen=True, kw_only=True)
class WebClients(Clients):
    """Clients whose responses come from ``Web``."""

    web: Web

    def for_pages(self) -> PageFetcher:
        return WebPages(self)


def _is_literal(host: str) -> bool:
    return host == "localhost" or ":" in host or host.replace(".", "").isdigit() or host[:2] == "0x"


def _answer(path: str) -> bytes | None:
    for tenant in TENANTS:
        path = path.replace(tenant, "acme")
    found = ANSWERS.get(path)
    if found is None:
        return None
    return (found if isinstance(found, str) else json.dumps(found)).encode()


def as_tenant(text: str, tenant: str) -> str:
    return text.replace("acme", tenant).replace("Acme", tenant)


def canonical(board: Board) -> Board:
    return board[0], canonical_config(*board)


def listed(web: Web, board: Board) -> bool:
    """Return whether the board can be listed. Only such a board can be the result of detection."""

    def send(request: Request) -> Page:
        return web.page(request.url)

    company = Company(slug="x", source=board[0], config=board[1])
    try:
        return bool(list_company(company, send, InThisProcess()).jobs)
    except JobhuntError:
        return False


def first_host(board: Board) -> str:
    return urlsplit(adapter_for(board[0]).first_request(board[1]).url).hostname or ""


def mixed_addresses(web: Web) -> list[tuple[str, str, Board | None]]:
    """Return the test cases: the kind of address, the address, and the board that it must lead to.

    The board is None if detection must find none. The pages and hosts are added to ``web``.
    """
    cases: dict[str, tuple[str, Board | None]] = {}
    for tenant in TENANTS:
        for address, (source, config) in ADDRESSES.items():
            board = (source, json.loads(as_tenant(json.dumps(config), tenant)))
            web.hosts.add(first_host(board))
            if listed(web, board):
                cases[as_tenant(address, tenant)] = ("address of a vendor", board)
        for source, markup in EMBEDDED.items():
            address = f"https://www.{tenant}.example/work/{source}"
            web.pages[address] = f"<h1>Work here</h1>{as_tenant(markup, tenant)}"
            if board := _embedded_board(source, tenant, web):
                cases[address] = ("page that embeds a board", board)
    for number, (source, markup) in enumerate(EMBEDDED.items()):
        if "href" not in markup or any(each in markup for each in _IDS_WITHOUT_NAME):
            # A link to another company's board cannot be tested for this source. Without a link,
            # the board belongs to the page that embeds it. A number or UUID in the link does not
            # name a company.
            continue
        other = TENANTS[number % len(TENANTS)]
        link = as_tenant(markup, other)
        for site in ("newspaper", "portfolio", "customer-stories"):
            address = f"https://{site}.example/{source}"
            web.pages[address] = f"<title>{other} is hiring</title><p>{link}</p>"
            cases[address] = ("page that merely links", None)
    for source, hosted in HOSTED.items():
        if "acme" in hosted and source not in ("successfactors", "phenom"):
            cases[as_tenant(hosted, DEAD)] = ("dead board", None)
    for number in range(20):
        cases[f"https://www.gone-{number}.example/careers"] = ("dead site", None)
    for address in HOSTILE:
        cases[address] = ("hostile address", None)
    web.pages["https://noise.example/careers"] = "<a href='/careers'>jobs</a>" * 20_000
    web.pages["https://deep.example/careers"] = "<div>" * 5_000
    cases |= _generic_sites(web)
    return [(kind, address, board) for address, (kind, board) in cases.items()]


def _embedded_board(source: str, tenant: str, web: Web) -> Board | None:
    """Return the board that a page embeds by the markup in ``EMBEDDED``.

    If it cannot be listed, return None.
    """
    own = f"www.{tenant}.example"
    built_with: dict[str, dict[str, Any]] = {
        "jibe": {"host": own},
        "phenom": {"host": own, "locale": "en_us"},
        "radancy": {"url": f"https://{own}"},
        "successfactors": {"host": own},
    }
    if source in built_with:
        web.hosts.add(own)
        return source, built_with[source]
    for address, (found, config) in (*ADDRESSES.items(), *_EMBEDDED_ONLY.items()):
        if found == source and "base_url" not in config:
            board = (source, json.loads(as_tenant(json.dumps(config), tenant)))
            web.hosts.add(first_host(board))
            if listed(web, board) and (source not in _EMBEDDED_HOSTS or address in _EMBEDDED_ONLY):
                return board
    return None


_EMBEDDED_HOSTS = {"oracle", "eightfold", "zoho", "comeet", "ultipro", "paycom", "paylocity"}
_GUID = "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"
_IDS_WITHOUT_NAME = (_GUID, "0123456789ABCDEF0123456789ABCDEF", "/541/cw/")
_EMBEDDED_ONLY: dict[str, Board] = {
    "oracle": ("oracle", {"host": "acme.fa.us2.oraclecloud.com", "site": "CX_1"}),
    "eightfold": ("eightfold", {"host": "acme.eightfold.ai", "domain": "acme.com"}),
    "zoho": ("zoho", {"host": "acme.zohorecruit.eu"}),
    "comeet": ("comeet", {"company": "acme", "uid": "30.005"}),
    "ultipro": (
        "ultipro",
        {"host": "recruiting.ultipro.com", "tenant": "ACM1000ACME", "board": _GUID},
    ),
    "paycom": ("paycom", {"portal": "0123456789ABCDEF0123456789ABCDEF"}),
    "paylocity": ("paylocity", {"board": _GUID}),
}


def _generic_sites(web: Web) -> dict[str, tuple[str, Board | None]]:
    cases: dict[str, tuple[str, Board | None]] = {}
    for number in range(20):
        origin = f"https://www.plain-{number}.example"
        folder = ("/jobs/", "/en/careers/", "/stellen/", "/open-positions/")[number % 4]
        jobs = [f"{origin}{folder}cook-{each}" for each in range(1000, 1009)]
        others = [f"{origin}/about", f"{origin}/blog/a-job-well-done", f"{origin}{folder}benefits"]
        for url in (*jobs, *others):
            web.pages[url] = POSTING if url in jobs else "<h1>About us</h1><p>We are nice.</p>"
        web.pages[f"{origin}/sitemap.xml"] = _sitemap(*others, *jobs)
        web.pages[f"{origin}/"] = "<h1>Plain Ltd</h1>"
        pattern = folder.replace("-", r"\-") + r"[^?#]*\d{3}"
        config = {"url": f"{origin}/sitemap.xml", "pattern": pattern}
        cases[f"{origin}/"] = ("plain site", ("sitemap", config))
    for number in range(10):
        origin = f"https://www.blog-{number}.example"
        stories = [f"{origin}/career/story-{each}" for each in range(100, 110)]
        for url in stories:
            web.pages[url] = "<h1>How I became a cook</h1><p>It was a long way.</p>"
        web.pages[f"{origin}/sitemap.xml"] = _sitemap(*stories)
        web.pages[f"{origin}/"] = "".join(f'<a href="{url}">A story</a>' for url in stories)
        cases[f"{origin}/"] = ("site without postings", None)
    return cases


def _sitemap(*urls: str) -> str:
    return "<urlset>" + "".join(f"<url><loc>{url}</loc></url>" for url in urls) + "</urlset>"


def detected(engine: Engine, clients: Clients, address: str) -> Board | None:
    try:
        found = detect_company(
            engine,
            address,
            clients=clients,
            reader=InThisProcess(),
            until=time.monotonic() + 20,
        )
    except (NotDetected, SettingError):
        return None
    return canonical((found.candidate.source, found.candidate.config))


def test_addresses_lead_to_their_boards_and_none_to_another(engine: Engine) -> None:
    web = Web()
    cases = mixed_addresses(web)
    clients = WebClients(
        guard=AddressGuard(()),
        user_agent="jobhunt-tests",
        deadline=2,
        max_bytes=1_000_000,
        listing_tries=1,
        politeness=PolitenessPolicy(rate_of=lambda host: 10_000.0, concurrency=8),
        web=web,
    )
    right, unresolved, wrong = Counter[str](), Counter[str](), Counter[str]()
    examples: list[str] = []
    for kind, address, board in cases:
        found = detected(engine, clients, address)
        expected = board and canonical(board)
        if found == expected:
            right[kind] += 1
            continue
        (wrong if found else unresolved)[kind] += 1
        examples.append(f"{kind}: {address}: {found}, not {expected}")
    shown = [
        f"{kind:26}{right[kind]:5} right {unresolved[kind]:4} unresolved {wrong[kind]:4} wrong"
        for kind in dict.fromkeys(kind for kind, *_ in cases)
    ]
    print("\n".join((*shown, *examples[:40])))  # noqa: T201 - the results are printed as a table
    assert len(cases) >= (500 if _IS_WHOLE else 350)
    assert wrong.total() == 0, "\n".join(examples)
    assert right.total() >= 0.95 * len(cases), "\n".join(examples)
