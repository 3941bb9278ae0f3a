"""Tests that a board of each source can be followed, listed over HTTP, read and stored.

A local server stands in for the board. Each source is tested with two lists. The first is the
sample of ``tests/sources/rows.py``, which has the fields of a recorded row. The second is the first
recorded list that has postings, if the recorded responses are beside the checkout. If a list does
not contain the content of a posting, the server sends it. It is a page that contains JSON-LD or,
for some sources, a document of the source's API. Both have the title that the list states. ``make
test`` tests three sources. ``make sources``, which sets ``JOBHUNT_EVERY_SOURCE=1``, tests all of
them.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from sqlalchemy import Engine

from bench.recorded import labels
from include.core.models import Company, Page
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from include.raw_pages import RawPages
from include.sources.base import Request
from include.sources.registry import adapter_for, facts_of, sources
from local.career_sites.world import World
from tests.ingestion import USER, Ingestion
from tests.recorded import RECORDED
from tests.sites import SEED, Sites, serving
from tests.sources.boards import listing
from tests.sources.test_faulty_listings import BOARDS, body_of

DEFAULT_SOURCES = ("greenhouse", "paycom", "softgarden")
"""The sources that are tested unless ``JOBHUNT_EVERY_SOURCE`` is set.

``greenhouse`` has inline content, ``paycom`` has documents of an API that needs a session, and
``softgarden`` has web pages.
"""
SOURCES = DEFAULT_SOURCES if not os.environ.get("JOBHUNT_EVERY_SOURCE") else sources()
HEADERS = {"x-apple-csrf-token": "t", "x-result-total-count": "1"}

DOCUMENTS: dict[str, Callable[[str], Any]] = {
    "adp_workforce_now": lambda title: {"itemID": "1", "requisitionTitle": title},
    "apple": lambda title: {"res": {"positionId": "1", "postingTitle": title}},
    "bamboohr": lambda title: {"result": {"jobOpening": {"jobOpeningName": title}}},
    "eightfold": lambda title: {"data": {"id": 1, "name": title}},
    "oracle": lambda title: {"items": [{"Id": "1", "Title": title}]},
    "paycom": lambda title: {"jobPosting": {"jobId": 1, "jobTitle": title}},
    "rippling": lambda title: {"uuid": "1", "name": title},
    "smartrecruiters": lambda title: {"id": "1", "name": title},
    "workable": lambda title: {"shortcode": "1", "title": title},
    "workday": lambda title: {"jobPostingInfo": {"jobReqId": "1", "title": title}},
}
"""For each source whose postings are documents of its API, a function that makes such a document.

The function takes the title of the posting.
"""

STATES = {
    "join": '<script id="__NEXT_DATA__">{"props": {"pageProps": {"initialState": '
    '{"job": {"title": TITLE}}}}}</script>',
    "ultipro": "<script>new US.Opportunity.CandidateOpportunityDetail"
    '({"Id": "1", "Title": TITLE})</script>',
}
"""The script of a posting's page, for each source whose adapter reads this script.

``TITLE`` stands for the title.
"""

IDS = {
    "adp_myjobs": "5001217894100",
    "adp_workforce_now": "92029_1",
    "amazon": "10386857",
    "apple": "200624996",
    "applicantpro": "1788740",
    "ashby": "7724fbe3",
    "avature": "20873",
    "bamboohr": "201",
    "breezy": "18df3ec23bf901",
    "careerplug": "1784845",
    "comeet": "7A.123",
    "cornerstone": "21038",
    "dayforce": "62333",
    "deel": "69b25a17-12af",
    "eightfold": "JR1",
    "factorial": "298342",
    "gem": "am9icG9zdDrT",
    "google": "123456789012",
    "greenhouse": "5019966007",
    "gupy": "8765432",
    "gusto": "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab",
    "herp": "12p0uk-hrFac",
    "hibob": "04e764ae",
    "hireology": "2827500",
    "hrmos": "0000381",
    "html": "{here}/jobs/1",
    "icims": "1",
    "jazzhr": "oVX1rAxJJi",
    "jibe": "27341",
    "jobvite": "oBjQAfw4",
    "join": "15393396",
    "json": "1",
    "keka": "134831",
    "lever": "33538a2f",
    "manatal": "3550645",
    "neogov": "5376469",
    "oracle": "361564",
    "pageup": "721024",
    "paycom": "513750",
    "paylocity": "4272751",
    "personio": "1834171",
    "phenom": "R-12345",
    "pinpoint": "412083",
    "radancy": "97",
    "recruitee": "2547884",
    "rippling": "144f31c4",
    "sitemap": "https://acme.example/jobs/cook",
    "smartrecruiters": "744000137225639",
    "softgarden": "49734098",
    "successfactors": "1",
    "taleo": "REQ-1001",
    "taleo_business": "3001",
    "teamtailor": "a97df59d",
    "traffit": "1",
    "trakstar": "fk0zowq",
    "ultipro": "015f6d1c-4d62-40dc-8b8c-1bd4646fd4d7",
    "workable": "264C395E51",
    "workatastartup": "84722",
    "workday": "JR1",
    "zoho": "741923000037955058",
}
"""The external id of the posting in the sample, by source."""
TITLES = {"adp_myjobs": "Cook 851"}
"""The title of the posting in the sample, by source. All other samples have the title "Cook"."""


@dataclass(kw_only=True)
class Board:
    """A board that has a server of its own.

    ``titles`` holds the titles that the run must store, by external id.
    """

    source: str
    config: dict[str, Any]
    opens: str
    body: bytes
    titles: dict[str, str]
    first: str = ""
    """The path and the query of the first request of the listing."""
    pages: dict[str, str] = field(default_factory=dict[str, str])
    """The titles of postings whose content the list lacks, by the path and query of their page."""

    def move_to(self, url: str) -> None:
        """Set the URL of the board's server, and the paths and titles that depend on it."""
        self.config["base_url"] = url
        self.titles = {key.format(here=url): title for key, title in self.titles.items()}
        self.first = path_of(adapter_for(self.source).first_request(self.config).url)
        for job in listing(self.source, self.config, self.listed).jobs:
            if job.content is None:
                self.pages[path_of(job.page_url or job.url)] = job.title

    def listed(self, request: Request) -> Page:
        return Page(url=request.url, body=self.answer(path_of(request.url)), headers=HEADERS)

    def answer(self, path: str) -> bytes:
        """Return the body of the response to a request for ``path``, which includes the query."""
        if path == self.first and self.opens:
            return self.opens.encode()
        if (title := self.pages.get(path)) is None:
            return self.body
        if self.source in DOCUMENTS:
            return json.dumps(DOCUMENTS[self.source](title)).encode()
        markup = {"@type": "JobPosting", "title": title, "description": "We cook at night."}
        posting = f'<script type="application/ld+json">{json.dumps(markup)}</script>'
        state = STATES.get(self.source, "").replace("TITLE", json.dumps(title))
        return f"<html><h1>{title}</h1>{posting}{state}</html>".encode()

    async def respond(self, request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            raise web.HTTPNotFound
        body = self.answer(request.raw_path)
        kind = "application/json" if body.lstrip()[:1] in b"[{" else "text/html"
        return web.Response(body=body, content_type=kind, headers=HEADERS)


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def sample_board(source: str) -> Board:
    sample = BOARDS[source]
    return Board(
        source=source,
        config=dict(sample.config),
        opens=sample.opens,
        body=body_of(sample),
        titles={IDS[source]: TITLES.get(source, "Cook")},
    )


def recorded_board(source: str) -> Board | None:
    """Return a board with the source's first recorded list that has postings.

    If there is no such list, return None.
    """
    for label in labels()["lists"]:
        path = RECORDED / label["file"]
        if label["source"] == source and label["jobs"] and path.exists():
            return Board(
                source=source,
                config=dict(label["config"]),
                opens=BOARDS[source].opens,
                body=path.read_bytes(),
                titles={number: title for number, title, _ in label["jobs"]},
            )
    return None


def boards() -> Iterator[Any]:
    """Yield two boards for each tested source: with the sample list, and with a recorded list.

    The second is left out if the source has no recorded list.
    """
    for source in SOURCES:
        yield pytest.param(sample_board(source), id=f"{source}-sample")
        if recorded := recorded_board(source):
            yield pytest.param(recorded, id=f"{source}-recorded")


@contextmanager
def running(board: Board) -> Iterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", board.respond)
    with serving(app) as url:
        board.move_to(url)
        yield url


def stored(engine: Engine, raw_pages: RawPages, board: Board) -> Mapping[str, Any]:
    """Follow the board, carry out a run, and return the rows of the board's jobs by external id."""
    with running(board) as url:
        ingestion = Ingestion(
            engine=engine, raw_pages=raw_pages, sites=Sites(url=url, world=World(seed=SEED, day=1))
        )
        with engine.begin() as connection:
            ensure_user(connection, USER)
            follow_company(
                connection, USER, Company(slug="acme", source=board.source, config=board.config)
            )
        ingestion.run()
        rows = ingestion.rows("SELECT external_id, title, posting, raw_key, expired_at FROM jobs")
    return {row.external_id: row for row in rows}


def test_every_source_has_an_id_for_its_sample() -> None:
    assert set(IDS) == set(sources())
    documents = {source for source in sources() if source in DOCUMENTS}
    assert all(facts_of(source).reads_by_api for source in documents)


@pytest.mark.parametrize("board", list(boards()))
def test_a_run_stores_the_postings_of_a_board(
    engine: Engine, raw_pages: RawPages, warm: None, board: Board
) -> None:
    found = stored(engine, raw_pages, board)

    assert {number: row.title for number, row in found.items()} == board.titles
    for row in found.values():
        assert row.posting["title"] == row.title
        assert row.expired_at is None
        assert row.raw_key is not None
