"""Tests of boards whose listings and postings need the token of a session, in whole runs.

The token must not be stored or logged anywhere.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web

from include.core.models import Company
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from tests.ingestion import USER, Ingestion
from tests.sites import serving

pytestmark = pytest.mark.integration
PORTAL = "0A" * 16
SERVICE = "https://portal-applicant-tracking.us-cent.paycomonline.net"


@dataclass
class Portal:
    """A career portal like Paycom's. Each new token makes all earlier tokens invalid."""

    url: str = ""
    jobs: int = 3
    expires_after: int = 1_000
    """The number of postings after which the token of the second session expires.

    The second session reads postings.
    """
    refuses: bool = False
    """True if the portal refuses every request for a posting."""
    gone_after: int = 1_000
    """The number of sessions after which requests for the career page get a 404."""
    sessions: int = 0
    refused: int = 0
    served: list[str] = field(default_factory=list[str])
    tokens: list[str] = field(default_factory=list[str])

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/career-page"):
            return self._open()
        if request.headers.get("Authorization") != self.tokens[-1]:
            return web.Response(status=401)
        if request.path.endswith("/search"):
            return web.json_response(self._list())
        is_expired = self.sessions == 2 and len(self.served) >= self.expires_after
        if self.refuses or is_expired:
            self.refused += 1
            return web.Response(status=401)
        self.served.append(request.path)
        return web.json_response({"jobPosting": self._posting(request.path.rpartition("/")[2])})

    def _open(self) -> web.Response:
        self.sessions += 1
        if self.sessions > self.gone_after:
            return web.Response(status=404)
        self.tokens.append(f"secret-token-{self.sessions}")
        library = json.dumps({"atsPortalMantleServiceUrl": SERVICE})
        stated = json.dumps({"sessionJWT": self.tokens[-1], "libConfig": library})
        return web.Response(
            text=f"<script>var configsFromHost = {stated};</script>",
            content_type="text/html",
        )

    def _list(self) -> dict[str, Any]:
        rows = [{"jobId": number, "jobTitle": f"Cook {number}"} for number in range(self.jobs)]
        return {"jobPostingPreviews": rows, "jobPostingPreviewsCount": self.jobs}

    def _posting(self, number: str) -> dict[str, Any]:
        return {"jobId": number, "jobTitle": f"Cook {number}", "description": "<p>Cook.</p>"}


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", portal.answer)
    with serving(app) as url:
        portal.url = url
        yield portal


@pytest.fixture
def following(ingestion: Ingestion, portal: Portal) -> Ingestion:
    """Let a user follow the portal."""
    config = {"portal": PORTAL, "base_url": portal.url}
    with ingestion.engine.begin() as connection:
        ensure_user(connection, USER)
        follow_company(connection, USER, Company(slug="acme", source="paycom", config=config))
    return replace(ingestion, private_hosts=(portal.url.removeprefix("http://"),))


def test_postings_are_read_with_one_session_for_each_worker(
    following: Ingestion, portal: Portal
) -> None:
    run = following.run()

    assert following.shown(run) == {"0": "ready", "1": "ready", "2": "ready"}
    assert portal.sessions == 2  # one session for the listing, and one for the pages
    assert portal.refused == 0


def test_an_expired_token_is_replaced(following: Ingestion, portal: Portal) -> None:
    portal.jobs, portal.expires_after = 5, 2
    run = following.run()

    assert set(following.shown(run).values()) == {"ready"}
    assert portal.refused > 0
    assert portal.sessions == 3
    assert len(set(portal.served)) == len(portal.served) == 5


def test_a_board_that_opens_no_session_expires_nothing(
    following: Ingestion, portal: Portal
) -> None:
    following.run()
    # The third session lists all postings, and no other session can be opened for the pages.
    portal.gone_after = 3
    run = following.run(force=True)

    assert set(following.shown(run).values()) == {"failed"}
    (job,) = following.rows("SELECT count(*) AS open FROM jobs WHERE expired_at IS NULL")
    assert job.open == 3


def test_a_token_is_neither_stored_nor_logged(
    following: Ingestion, portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    following.run()
    portal.refuses = True
    following.run(force=True)

    stored = "".join(
        str(row)
        for (table,) in following.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for row in following.rows(f'SELECT * FROM "{table}"')
    )
    assert "Cook 1" in stored
    assert "secret-token" not in stored + caplog.text
