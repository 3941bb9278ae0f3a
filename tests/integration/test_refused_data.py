"""Tests that data that Postgres refuses fail only the posting that contains them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from include.core.checking.fingerprint import fingerprint
from include.core.checking.outcomes import Changed, Extracted, Outcome, Started
from include.core.models import Company, ListedJob
from include.db.catalogue.listed_jobs import ListedRow, replace_listing
from include.db.data_errors import is_data_error
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.pages.flush import Outcomes
from include.pipeline.pages.page_outcomes import is_outage
from include.raw_pages import RawPages
from tests.fetch.fault_server import FaultServer, redirect, reply
from tests.ingestion import USER, Ingestion
from tests.made_up_runs import MadeUpRuns
from tests.sites import Sites

pytestmark = pytest.mark.integration
_REFUSED = ["\0", "\ud83d", "\udc00x"]
"""Texts that JSON allows and JSONB refuses."""


def incompressible(length: int) -> str:
    """Return a text that Postgres cannot compress, so that it is too long for a row of an index."""
    return "".join(chr(0x4E00 + (i * 7919 + i * i * 31) % 20_000) for i in range(length))


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("SELECT CAST(:value AS integer)", "x"),
        ("SELECT CAST(:value AS text)", "\0"),
        ("SELECT CAST(:value AS text)", "\ud83d"),
        ("INSERT INTO hosts (host) VALUES (:value)", incompressible(4000)),
        ("SELECT to_tsvector(:value)", " ".join(f"word{i}" for i in range(200_000))),
    ],
    ids=["no number", "NUL", "surrogate", "index row", "text search"],
)
def test_data_at_fault_is_no_outage(engine: Engine, statement: str, value: str) -> None:
    with engine.connect() as connection, pytest.raises((SQLAlchemyError, ValueError)) as raised:
        connection.execute(text(statement), {"value": value})
    assert is_data_error(raised.value)
    assert not is_outage(raised.value, last_try=False)


def test_a_lost_connection_is_an_outage(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(OperationalError) as raised:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert not is_data_error(raised.value)
    assert is_outage(raised.value, last_try=True)


@pytest.mark.parametrize("odd", _REFUSED)
def test_a_flush_fails_the_jobs_with_refused_data_and_writes_the_others(
    engine: Engine, odd: str
) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.ingesting(jobs=7)
    jobs = runs.rows("SELECT job_id, external_id FROM jobs ORDER BY job_id")
    outcomes = Outcomes(engine, sweep, runs.check_of())
    for job in jobs:
        title = odd if job.external_id in ("2", "5") else "Baker"
        for outcome in _extracted(job.job_id, title):
            outcomes.add(outcome)
    outcomes.write(*outcomes.take())
    assert runs.jobs(sweep.sweep_id) == {
        str(number): "failed" if number in (2, 5) else "ready" for number in range(7)
    }
    codes = runs.rows("SELECT error_code FROM jobs WHERE status = 'failed'")
    assert [row.error_code for row in codes] == ["unstorable"] * 2
    assert outcomes.tally == {"ready": 5, "unstorable": 2}
    assert runs.run(sweep.sweep_id).status == "finished"


def _extracted(job_id: int, title: str) -> list[Outcome]:
    changed = Changed(
        job_id=job_id,
        raw_key="raw/1/1.html",
        content_sha256="",
        fingerprint=fingerprint({}, "words"),
    )
    posting = {"title": title, "company": "Heron", "description_text": "bread at dawn"}
    return [
        Started(job_id=job_id),
        changed,
        Extracted(job_id=job_id, posting=posting, location="Lyon"),
    ]


def test_a_listing_is_stored_without_the_rows_that_are_refused(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    runs.ingesting(jobs=0)
    (board,) = runs.rows("SELECT board_id FROM boards")
    rows = [_row(str(number)) for number in range(20)]
    rows[3] = _row(incompressible(2000))
    rows[7] = replace(rows[7], job=replace(rows[7].job, title="\0"))
    rows[11] = replace(rows[11], job=replace(rows[11].job, location="\ud83d"))
    rows[12] = replace(rows[12], facts={"locations": ["\0"], "workplace": None})
    with engine.begin() as connection:
        assert replace_listing(connection, board.board_id, rows) == 4
    external_ids = {row.external_id for row in runs.rows("SELECT external_id FROM listed_jobs")}
    assert external_ids == {str(number) for number in range(20)} - {"3", "7", "11", "12"}


def _row(external_id: str) -> ListedRow:
    job = ListedJob(external_id=external_id, title="Cook", url="https://a.example/1")
    return ListedRow(job=job, row_sha256="")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def attacked(engine: Engine, raw_pages: RawPages, sites: Sites, server: FaultServer) -> Ingestion:
    """Let a user follow an honest board of three postings, and a board of an attacker."""
    ingestion = Ingestion(
        engine=engine, raw_pages=raw_pages, sites=sites, private_hosts=(server.host,)
    )
    for number in range(3):
        server.at(f"/good/{number}", _page(f"Cook {number}"))
    _list(server, "/good.xml", *(f"/good/{number}" for number in range(3)))
    with engine.begin() as connection:
        ensure_user(connection, USER)
        for slug in ("good", "evil"):
            config = {"url": f"http://{server.host}/{slug}.xml"}
            follow_company(connection, USER, Company(slug=slug, source="sitemap", config=config))
    return ingestion


def _page(title: str) -> object:
    body = f"<h1>{title}</h1><main>{'We cook and serve. ' * 20}</main>"
    return reply(body.encode(), content_type="text/html")


def _list(server: FaultServer, path: str, *paths: str) -> None:
    urls = "".join(f"<url><loc>http://{server.host}{each}</loc></url>" for each in paths)
    server.at(path, reply(f"<urlset>{urls}</urlset>".encode(), content_type="application/xml"))


def test_a_redirect_to_a_host_without_end_fails_its_own_job(
    attacked: Ingestion, server: FaultServer
) -> None:
    _list(server, "/evil.xml", "/evil/1", "/evil/2")
    server.at("/evil/1", redirect(f"http://{'a' * 4000}.example/"))
    server.at("/evil/2", _page("Waiter"))
    run_id = attacked.run()
    assert len(attacked.outcomes(run_id, "ready")) == 4
    ((company, external_id),) = attacked.outcomes(run_id, "failed")
    assert (company, external_id) == ("evil", f"http://{server.host}/evil/1")


def test_a_url_without_end_fails_its_own_job_and_its_listing_is_complete(
    attacked: Ingestion, server: FaultServer
) -> None:
    _list(server, "/evil.xml", "/evil/" + incompressible(1500), "/evil/" + "a" * 4000, "/evil/2")
    server.at("/evil/2", _page("Waiter"))
    run_id = attacked.run()
    assert len(attacked.outcomes(run_id, "ready")) == 4
    failed = attacked.rows("SELECT error_code, error_message FROM jobs WHERE status = 'failed'")
    assert {row.error_code for row in failed} <= {"url_too_long", "http_4xx", "gone"}
    assert "url_too_long" in {row.error_code for row in failed}
    statuses = {row.status for row in attacked.rows("SELECT status FROM run_companies")}
    assert statuses == {"complete"}


def test_a_host_without_end_in_a_listing_fails_its_own_job(
    attacked: Ingestion, server: FaultServer
) -> None:
    urls = [f"http://{'a' * 4000}.example/1", f"http://{'ä' * 300}.example/1"]
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    server.at("/evil.xml", reply(f"<urlset>{entries}</urlset>".encode()))
    run_id = attacked.run()
    assert len(attacked.outcomes(run_id, "ready")) == 3
    statuses = {row.status for row in attacked.rows("SELECT status FROM run_companies")}
    assert "error" not in statuses
