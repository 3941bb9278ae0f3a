"""Tests that no user can change what another user reads.

Each job belongs to one board, and a page is shared only by the followers of its board.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from include.core.models import Company, RunTrigger
from include.core.runs.run_state import SweepStatus
from include.db.user.users import ensure_user
from include.db.work import outbox
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import open_run, sweep_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.start_run import start_run
from include.pipeline.source_urls import source_urls
from include.pipeline.upsert_jobs import upsert_jobs
from include.raw_pages import RawPages
from tests.fetch.fault_server import FaultServer, reply

pytestmark = pytest.mark.integration
_FRESH = timedelta(minutes=10)
_POLITENESS = PolitenessPolicy(rate_of=lambda host: 10_000.0, concurrency=8)
_FETCH: dict[str, Any] = {"user_agent": "Tester/1.0", "deadline": 20.0, "max_bytes": 1_000_000}
_REAL = "<h1>Real waiter</h1><main>We serve dinner. Come and serve it with us.</main>"
_PLANTED = "Send your passport to us."


@dataclass(frozen=True, kw_only=True)
class Users:
    """Users who follow boards on one server. Each of them carries out their own sweeps."""

    engine: Engine
    raw_pages: RawPages
    server: FaultServer

    def follow(self, user: str, slug: str, source: str, **config: str) -> None:
        with self.engine.begin() as connection:
            ensure_user(connection, user)
            company = Company(slug=slug, source=source, config=config)
            follow_company(connection, user, company)

    def run(self, user: str) -> None:
        with self.engine.begin() as connection:
            start_run(connection, user_id=user, trigger=RunTrigger.API, max_age=_FRESH)
        with self.engine.begin() as connection:
            intents = outbox.due_intents(connection, 10)
            for intent in intents:
                outbox.mark_done(connection, intent.intent_id)
        for intent in intents:
            self._carry_out(intent.dag_run_id, intent.sweep_id)

    def _carry_out(self, dag_run_id: str, sweep_id: int) -> None:
        guard = AddressGuard([self.server.host])
        groups = open_run(self.engine, dag_run_id=dag_run_id, sweep_id=sweep_id, fresh_for=_FRESH)
        sweep = sweep_of(self.engine, dag_run_id)
        for group in groups:
            source_urls(
                self.engine,
                sweep,
                group,
                clients=Clients(guard=guard, politeness=_POLITENESS, **_FETCH),
                deadline=timedelta(minutes=1),
            )
        upsert_jobs(self.engine, sweep, reread_after=timedelta(days=3))
        mark_expired(
            self.engine, sweep, hold_ratio=0.5, hold_min=10, confirm_after=timedelta(hours=6)
        )
        for batch in plan_batches(self.engine, sweep, batch_size=100):
            tools = CrawlTools(
                clients=Clients(politeness=_POLITENESS, guard=guard, **_FETCH),
                raw_pages=self.raw_pages,
                simhash_threshold=3,
            )
            crawl_pages(self.engine, sweep, batch, tools)
            extract_jobs(self.engine, sweep, batch, self.raw_pages)
        assert finish_run(self.engine, dag_run_id) is SweepStatus.DONE

    def shown(self, user: str) -> dict[str, str]:
        """Return the texts of the postings that the user was shown, by external id."""
        query = text(
            "SELECT j.external_id, j.posting ->> 'description_text' AS says"
            " FROM user_jobs u JOIN jobs j USING (job_id) WHERE u.user_id = :u"
        )
        with self.engine.connect() as connection:
            return {row.external_id: row.says for row in connection.execute(query, {"u": user})}


@pytest.fixture
def users(engine: Engine, raw_pages: RawPages) -> Iterator[Users]:
    with FaultServer() as server:
        yield Users(engine=engine, raw_pages=raw_pages, server=server)


def sitemap(*urls: str) -> str:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def publish(users: Users, path: str, body: str, content_type: str = "text/html") -> str:
    return users.server.at(path, reply(body.encode(), content_type=content_type))


def as_json(document: object) -> str:
    return json.dumps(document)


def victims_page(users: Users) -> str:
    """Let the victim follow a sitemap that lists one page, and return the page's URL."""
    page = publish(users, "/jobs/9", _REAL)
    listing = publish(users, "/map.xml", sitemap(page), "application/xml")
    users.follow("victim", "diner", "sitemap", url=listing)
    return page


def plant_greenhouse(users: Users, page: str) -> None:
    job = {"id": 9, "title": "Waiter", "absolute_url": page, "content": _PLANTED}
    publish(
        users,
        "/evil/v1/boards/mine/jobs?content=true",
        as_json({"jobs": [job], "meta": {"total": 1}}),
        "application/json",
    )
    users.follow(
        "attacker", "mine", "greenhouse", board="mine", base_url=f"http://{users.server.host}/evil"
    )


def plant_lever(users: Users, page: str) -> None:
    job = {"id": "9", "text": "Waiter", "hostedUrl": page, "descriptionPlain": _PLANTED}
    publish(
        users,
        "/evil/v0/postings/mine?mode=json",
        as_json([job]),
        "application/json",
    )
    users.follow(
        "attacker", "mine", "lever", site="mine", base_url=f"http://{users.server.host}/evil"
    )


def plant_json(users: Users, page: str) -> None:
    job = {"id": page, "title": "Waiter", "url": page, "text": _PLANTED}
    listing = publish(users, "/evil.json", as_json({"jobs": [job]}), "application/json")
    fields = {"external_id": "id", "title": "title", "url": "url", "description": "text"}
    with users.engine.begin() as connection:
        ensure_user(connection, "attacker")
        config = {"url": listing, "jobs": "jobs", "fields": fields}
        company = Company(slug="mine", source="json", config=config)
        follow_company(connection, "attacker", company)


@pytest.mark.parametrize("plant", [plant_greenhouse, plant_lever, plant_json])
def test_a_document_under_a_stranger_s_address_is_shown_to_its_own_followers_alone(
    users: Users, plant: Any
) -> None:
    page = victims_page(users)
    plant(users, page)
    users.run("attacker")
    users.run("victim")
    (says,) = users.shown("victim").values()
    assert "We serve dinner" in says
    assert _PLANTED not in says
    assert users.server.paths().count("/jobs/9") == 1, "the real page was asked for"


def test_two_boards_that_name_one_page_each_ask_for_it(users: Users) -> None:
    page = victims_page(users)
    other = publish(users, "/other.xml", sitemap(page), "application/xml")
    users.follow("attacker", "mine", "sitemap", url=other)
    users.run("attacker")
    users.run("victim")
    assert users.server.paths().count("/jobs/9") == 2
    boards = "SELECT count(DISTINCT board_id) FROM jobs"
    with users.engine.connect() as connection:
        assert connection.scalar(text(boards)) == 2


def test_a_user_sees_no_job_of_a_board_they_do_not_follow(users: Users) -> None:
    page = victims_page(users)
    plant_json(users, page)
    users.run("attacker")
    users.run("victim")
    assert not users.shown("attacker").keys() - {page}
    assert len(users.shown("victim")) == 1
