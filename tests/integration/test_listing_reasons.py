"""Tests of the reasons that a run gives for the listing of each company.

A listing is complete, partial, held or not read. Its reason is a text for the user who follows the
company.
"""

import json
from dataclasses import replace

import pytest

from include.core.models import Company
from include.db.run.progress import CompanyReport
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from tests.ingestion import USER, Ingestion
from tests.vendors import Vendors, running_vendors

pytestmark = pytest.mark.integration
BOARD = "/v1/boards/acme/jobs"


def board(count: int, total: int | None = None) -> str:
    jobs = [
        {"id": i, "title": f"Job {i}", "absolute_url": f"https://x.test/{i}"} for i in range(count)
    ]
    return json.dumps({"jobs": jobs, "meta": {"total": count if total is None else total}})


def listed(ingestion: Ingestion, vendors: Vendors, **pages: str) -> CompanyReport:
    """Return the run's report on a company whose board serves ``pages``."""
    vendors.pages = pages
    config = {"board": "acme", "base_url": vendors.url}
    with ingestion.engine.begin() as connection:
        ensure_user(connection, USER)
        follow_company(connection, USER, Company(slug="acme", source="greenhouse", config=config))
    run_id = replace(ingestion, private_hosts=(vendors.host,)).run()
    (company,) = ingestion.report(run_id).companies
    return company


def said(company: CompanyReport) -> tuple[str, str | None, str | None]:
    error = company.error
    return company.status, error and error.code, error and error.message


def test_each_listing_states_its_reason_and_only_complete_ones_expire_jobs(
    ingestion: Ingestion,
) -> None:
    with running_vendors() as vendors:
        whole = listed(ingestion, vendors, **{BOARD: board(20)})
        assert (said(whole), whole.listed) == (("complete", None, None), 20)

        lies = listed(ingestion, vendors, **{BOARD: board(12, total=20)})
        assert said(lies) == (
            "partial",
            "partial",
            "the source states 20 postings, 12 were listed",
        )

        odd = listed(ingestion, vendors, **{BOARD: "<h1>Soon</h1>"})
        assert said(odd)[:2] == ("error", "error")
        assert f"{vendors.url}{BOARD}" in (said(odd)[2] or "")
        assert "did not answer JSON" in (said(odd)[2] or "")

        unknown = listed(ingestion, vendors, **{BOARD: '{"status": 404}'})
        assert said(unknown)[:2] == ("error", "error")
        assert "holds no list of postings" in (said(unknown)[2] or "")

        empty = listed(ingestion, vendors, **{BOARD: board(0)})
        assert said(empty) == (
            "held",
            "held",
            "20 of 20 known postings are missing, and 0 are listed;"
            " 20 stay open until another complete listing confirms it",
        )
        assert ingestion.rows("SELECT 1 FROM jobs WHERE status = 'expired'") == []

        confirmed = listed(ingestion, vendors, **{BOARD: board(0)})
        assert said(confirmed) == ("complete", None, None)
        assert (confirmed.listed, confirmed.counts.expired) == (0, 20)


def test_a_board_that_is_gone_says_so_and_expires_nothing(ingestion: Ingestion) -> None:
    with running_vendors() as vendors:
        listed(ingestion, vendors, **{BOARD: board(5)})
        gone = listed(ingestion, vendors, **{BOARD: ""})
    assert said(gone)[:2] == ("error", "error")
    assert (said(gone)[2] or "").startswith("no such board")
    assert ingestion.rows("SELECT 1 FROM jobs WHERE status = 'expired'") == []
