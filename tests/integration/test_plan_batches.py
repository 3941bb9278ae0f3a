"""Tests of planning: the number of batches of a sweep, and the checks that end without a batch."""

import pytest
from sqlalchemy import Engine

from include.core.models import CompanyStatus
from include.pipeline.plan_batches import plan_batches
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration

A_HOST_EACH = "UPDATE jobs SET host = external_id || '.example'"


@pytest.mark.parametrize(
    ("set_jobs", "set_checks", "batches"),
    [
        ("etag = 'x', posting_current = true", "", 3),
        ("last_modified = 'x', posting_current = true", "", 3),
        ("etag = 'x', last_modified = 'x', posting_current = true", "", 3),
        ("posting_current = true", "", 5),
        ("etag = 'x', posting_current = false", "", 5),
        ("etag = 'x', posting_current = true", "force = true", 5),
        ("etag = 'x', posting_current = true", "kind = 'reextract'", 5),
        ("etag = 'x', posting_current = true", "kind = 'retry'", 5),
    ],
)
def test_a_page_that_will_probably_not_be_read_counts_as_a_quarter_of_a_page(
    set_jobs: str, set_checks: str, batches: int, engine: Engine
) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.upserted(18)
    runs.execute(A_HOST_EACH)
    runs.execute(f"UPDATE jobs SET {set_jobs} WHERE external_id::int < 10")
    if set_checks:
        runs.execute(f"UPDATE checks SET {set_checks}")
    planned = plan_batches(engine, sweep, batch_size=4)
    assert len(planned) == batches, "8 + 10/4 pages if ten will probably not be read, otherwise 18"
    rows = runs.rows("SELECT DISTINCT batch FROM jobs ORDER BY batch")
    assert [row.batch for row in rows] == planned


def test_a_page_that_needs_a_browser_counts_as_a_whole_page(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.upserted(18)
    runs.execute(A_HOST_EACH)
    runs.execute("UPDATE boards SET config = '{\"render\": true}'")
    runs.execute("UPDATE jobs SET etag = 'x', posting_current = true")
    assert len(plan_batches(engine, sweep, batch_size=4)) == 5


def test_the_pages_of_a_host_are_in_one_batch(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.upserted(30)
    runs.execute("UPDATE jobs SET host = (external_id::int % 3) || '.example'")
    assert plan_batches(engine, sweep, batch_size=4) == [0, 1, 2]
    batches = runs.rows("SELECT host, count(DISTINCT batch) AS batches FROM jobs GROUP BY host")
    assert {row.host: row.batches for row in batches} == {f"{host}.example": 1 for host in range(3)}


def test_jobs_that_need_no_request_are_divided_whatever_their_host(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.upserted(18)
    runs.execute("UPDATE jobs SET inline = true")
    assert len(plan_batches(engine, sweep, batch_size=4)) == 5
    sizes = runs.rows("SELECT count(*) AS jobs FROM jobs GROUP BY batch")
    assert max(row.jobs for row in sizes) == 4


def test_the_boards_of_a_sweep_share_batches(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    runs.follow("acme", "beta")
    run_id = runs.start()
    runs.dispatch()
    runs.open(run_id)
    sweep = runs.current_sweep(run_id)
    runs.list_jobs(sweep, "acme", range(3))
    runs.list_jobs(sweep, "beta", range(2))
    runs.upsert(sweep)
    runs.execute("UPDATE jobs SET host = 'host of ' || job_id")
    assert plan_batches(engine, sweep, batch_size=4) == [0, 1]
    assert runs.run(run_id).status == "ingesting"


def test_a_check_with_nothing_to_read_ends_at_once_and_the_last_one_ends_the_run(
    engine: Engine,
) -> None:
    runs = MadeUpRuns(engine=engine)
    runs.follow("acme", "beta", "gamma")
    run_id = runs.start()
    runs.dispatch()
    runs.open(run_id)
    sweep = runs.current_sweep(run_id)
    runs.list_jobs(sweep, "acme", [])
    runs.list_jobs(sweep, "beta", [], status=CompanyStatus.ERROR)
    runs.upsert(sweep)
    assert plan_batches(engine, sweep, batch_size=4) == []
    ended = runs.rows("SELECT status, error_code FROM checks ORDER BY check_id")
    assert [tuple(row) for row in ended] == [
        ("done", None),
        ("failed", "listing"),
        ("failed", "listing"),  # the check of gamma, which no task has listed
    ]
    assert runs.run(run_id).status == "finished", (
        "a run does not fail because a board cannot be listed"
    )


def test_planning_twice_changes_nothing_more(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    sweep = runs.upserted(18)
    runs.execute(A_HOST_EACH)
    planned = plan_batches(engine, sweep, batch_size=4)
    before = runs.rows("SELECT * FROM jobs ORDER BY job_id")
    assert plan_batches(engine, sweep, batch_size=4) == planned
    assert [row.batch for row in runs.rows("SELECT * FROM jobs ORDER BY job_id")] == [
        row.batch for row in before
    ]
