"""A company's filters in whole runs: what they leave out is neither crawled nor expired."""

from dataclasses import replace

import pytest

from include.core.models import Workplace
from include.db.companies import get_company, put_company
from include.db.postings import search_postings
from tests.ingestion import USER, Ingestion

pytestmark = pytest.mark.integration
SLUG = "heronworks"


def refilter(ingestion: Ingestion, **filters: tuple[str, ...]) -> None:
    with ingestion.engine.begin() as connection:
        company = get_company(connection, USER, SLUG)
        assert company is not None
        put_company(connection, USER, replace(company, **filters))


def shown(ingestion: Ingestion, *, filtered: bool = False) -> int:
    with ingestion.engine.connect() as connection:
        found = search_postings(connection, USER, filtered=filtered, limit=1000)
    return len(found)


def test_filters_by_place_and_workplace_leave_out_what_the_listing_tells(
    ingestion: Ingestion,
) -> None:
    ingestion.follow([SLUG])
    refilter(ingestion, workplaces=(Workplace.REMOTE,))
    run = ingestion.run()
    kinds = ingestion.rows("SELECT DISTINCT posting ->> 'workplace' AS kind FROM jobs")
    assert {row.kind for row in kinds} <= {"remote", None}
    ((listed,),) = ingestion.rows("SELECT listed FROM run_companies WHERE run_id = :run", run=run)
    assert 0 < shown(ingestion) < listed


def test_a_filter_that_changes_sets_jobs_aside_and_back_without_expiring_any(
    ingestion: Ingestion,
) -> None:
    ingestion.follow([SLUG])
    ingestion.run()
    before = shown(ingestion)
    refilter(ingestion, exclude_locations=("/./",))
    narrowed = ingestion.run()
    assert ingestion.outcomes(narrowed, "expired") == set()
    assert (shown(ingestion), shown(ingestion, filtered=True)) == (0, before)
    refilter(ingestion, exclude_locations=())
    widened = ingestion.run()
    assert shown(ingestion) == before
    assert len(ingestion.outcomes(widened, "skipped")) == before
