"""Tests that a board of each source can be followed, listed over HTTP, read and stored.

A local server stands in for the board. Each source is tested with two lists. The first is the
sample in ``SAMPLES`` of ``tests/sources/rows.py``, which has the fields of a recorded row. The
second is the first recorded list that has postings, if the recorded responses are beside the
checkout. If a list does not contain the content of a posting, the server sends a page that contains
JSON-LD. If the source has a row in ``DOCUMENTS`` of ``tests/sources/rows.py``, the server sends
this document instead. Both have the title that the list states. ``make test`` tests three sources.
``make sources``, which sets ``JOBHUNT_EVERY_SOURCE=1``, tests all of them.
"""

import json
import os
from collections.abc import Iterator, Mapping
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
from tests.sources.rows import DOCUMENTS, PAGE_SCRIPTS
from tests.sources.test_faulty_listings import BOARDS

DEFAULT_SOURCES = ("greenhouse", "paycom", "softgarden")
"""The sources that are tested unless ``JOBHUNT_EVERY_SOURCE`` is set.

``greenhouse`` has inline content, ``paycom`` has documents of an API that needs a session, and
``softgarden`` has web pages.
"""
SOURCES = DEFAULT_SOURCES if not os.environ.get("JOBHUNT_EVERY_SOURCE") else sources()
HEADERS = {"x-apple-csrf-token": "t", "x-result-total-count": "1"}


@dataclass(kw_only=True)
class Board:
    """A board that has a server of its own."""

    source: str
    config: dict[str, Any]
    first_response: str
    body: bytes
    titles: dict[str, str] = field(default_factory=dict[str, str])
    """The titles that the run must store, by external id. If empty, they are those of the list."""
    first_path: str = ""
    """The path and the query of the first request of the listing."""
    pages: dict[str, str] = field(default_factory=dict[str, str])
    """The titles of postings whose content the list lacks, by the path and query of their page."""

    def move_to(self, url: str) -> None:
        """Set the URL of the board's server, and the paths and titles that depend on it."""
        self.config["base_url"] = url
        self.first_path = path_of(adapter_for(self.source).first_request(self.config).url)
        jobs = listing(self.source, self.config, self.listed).jobs
        self.titles = self.titles or {job.external_id: job.title for job in jobs}
        self.pages = {
            path_of(job.page_url or job.url): job.title for job in jobs if job.content is None
        }
        if self.pages and facts_of(self.source).reads_by_api:
            assert self.source in DOCUMENTS, (
                f"add a row for {self.source} to DOCUMENTS in tests/sources/rows.py"
            )

    def listed(self, request: Request) -> Page:
        return Page(url=request.url, body=self.answer(path_of(request.url)), headers=HEADERS)

    def answer(self, path: str) -> bytes:
        """Return the body of the response to a request for ``path``, which includes the query."""
        if path == self.first_path and self.first_response:
            return self.first_response.encode()
        if (title := self.pages.get(path)) is None:
            return self.body
        if self.source in DOCUMENTS:
            return json.dumps(DOCUMENTS[self.source](title)).encode()
        markup = {"@type": "JobPosting", "title": title, "description": "We cook at night."}
        posting = f'<script type="application/ld+json">{json.dumps(markup)}</script>'
        state = PAGE_SCRIPTS.get(self.source, "").replace("TITLE", json.dumps(title))
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
        first_response=sample.first_response,
        body=sample.body(sample.row),
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
                first_response=BOARDS[source].first_response,
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
        found = ingestion.rows(
            "SELECT external_id, title, posting, error_message, raw_key, expired_at FROM jobs"
        )
    return {row.external_id: row for row in found}


@pytest.mark.parametrize("board", list(boards()))
def test_a_run_stores_the_postings_of_a_board(
    engine: Engine, raw_pages: RawPages, warm: None, board: Board
) -> None:
    found = stored(engine, raw_pages, board)

    assert board.titles
    assert {number: row.title for number, row in found.items()} == board.titles
    for row in found.values():
        assert row.error_message is None
        assert row.posting["title"] == row.title
        assert row.expired_at is None
        assert row.raw_key is not None
