"""Tests of the whole pipeline on two days, compared with the true postings of the sample sites.

The steps are carried out one after another in this process.
"""

import asyncio
import hashlib

import pytest

from local.career_sites import changes, truth
from tests.ingestion import Ingestion
from tests.sites import SEED

pytestmark = pytest.mark.integration


def test_first_day_extracts_every_open_posting(ingestion: Ingestion) -> None:
    ingestion.follow()
    run_id = ingestion.run()
    open_jobs = {
        (slug, external_id)
        for slug, postings in truth(SEED, 1, base_url=ingestion.sites.url).items()
        for external_id, posting in postings.items()
        if posting.listed
    }
    gone = {
        (slug, external_id)
        for slug, postings in truth(SEED, 1, base_url=ingestion.sites.url).items()
        for external_id, posting in postings.items()
        if posting.gone
    }
    assert ingestion.outcomes(run_id, "ready") == open_jobs - gone
    assert ingestion.outcomes(run_id, "expired") == gone
    assert len(open_jobs) > 290


def test_second_day_does_exactly_what_changed(ingestion: Ingestion) -> None:
    ingestion.follow()
    ingestion.run()
    ingestion.sites.world.set_day(2)
    run_id = ingestion.run()
    day = changes(SEED, 1, 2, base_url=ingestion.sites.url)
    skipped = ingestion.outcomes(run_id, "skipped")
    assert ingestion.outcomes(run_id, "ready") == day.added | day.edited
    assert ingestion.outcomes(run_id, "expired") == day.removed | day.gone
    assert skipped == day.unchanged
    [(total,)] = ingestion.rows(
        "SELECT counts['total'] FROM ingestion_runs WHERE run_id = :r", r=run_id
    )
    assert len(skipped) >= 0.8 * total


def test_edits_are_kept_as_versions_of_the_posting(ingestion: Ingestion) -> None:
    ingestion.follow()
    ingestion.run()
    ingestion.sites.world.set_day(2)
    run_id = ingestion.run()
    edited = changes(SEED, 1, 2, base_url=ingestion.sites.url).edited
    rows = ingestion.rows(
        "SELECT k.slug, j.external_id, v.changes FROM job_versions AS v JOIN jobs AS j"
        " USING (job_id) JOIN companies AS k USING (board_id) WHERE v.sweep_id = :run",
        run=run_id,
    )
    assert {(row.slug, row.external_id) for row in rows} == edited
    assert all(before != after for row in rows for before, after in row.changes.values())


def test_force_reads_unchanged_pages_again_and_finds_no_change(ingestion: Ingestion) -> None:
    ingestion.follow(["quillfern", "fernhollow"])
    first = ingestion.run()
    again = ingestion.run(force=True)
    assert ingestion.outcomes(again, "ready") == ingestion.outcomes(first, "ready")
    assert ingestion.rows("SELECT 1 FROM job_versions") == []


def test_raw_page_of_every_extracted_job_is_in_the_store(ingestion: Ingestion) -> None:
    ingestion.follow(["bracken-house", "heronworks"])
    run_id = ingestion.run()
    rows = ingestion.rows("SELECT raw_key, content_sha256 FROM jobs ORDER BY job_id")

    async def stored() -> list[str]:
        pages = [await ingestion.raw_pages.get(row.raw_key, url="") for row in rows]
        return [hashlib.sha256(page.body).hexdigest() for page in pages]

    assert asyncio.run(stored()) == [row.content_sha256 for row in rows]
    assert {row.raw_key.partition(f"raw/{run_id}/")[2].partition(".")[2] for row in rows} == {
        "html",
        "json",
    }


def test_posting_listed_again_is_relisted_with_its_history(ingestion: Ingestion) -> None:
    ingestion.follow()
    ingestion.run()
    ingestion.sites.world.set_day(2)
    ingestion.run()
    removed = changes(SEED, 1, 2, base_url=ingestion.sites.url).removed
    before = seen(ingestion)
    ingestion.sites.world.set_day(1)
    ingestion.run()
    rows = ingestion.rows(
        "SELECT k.slug, j.external_id, j.status, j.expired_at, j.expire_reason, j.missed_since"
        " FROM jobs AS j JOIN companies AS k USING (board_id)"
    )
    relisted = [row for row in rows if (row.slug, row.external_id) in removed]
    assert len(relisted) == len(removed) > 0
    for row in relisted:
        assert row.status != "expired"
        assert (row.expired_at, row.expire_reason, row.missed_since) == (None, None, None)
    assert seen(ingestion).items() >= before.items(), "each is known since the first day"


def seen(ingestion: Ingestion) -> dict[int, tuple[object, ...]]:
    """Return for each job when the board first listed it, and when the user was first shown it."""
    query = (
        "SELECT job_id, j.first_seen_at, u.first_seen_at AS by_user"
        " FROM jobs AS j JOIN user_jobs AS u USING (job_id)"
    )
    return {row.job_id: (row.first_seen_at, row.by_user) for row in ingestion.rows(query)}
