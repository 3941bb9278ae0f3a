"""Tests of runs of more companies than the maximum number of mapped tasks in Airflow."""

import pytest
from sqlalchemy import Engine

from include.core.checking.batches import MAX_TASKS
from include.core.models import CompanyStatus, ListedJob
from include.db.catalogue.listed_jobs import ListedRow, replace_listing
from include.db.work.checks import begin_listing, set_listing
from include.pipeline.plan_batches import plan_batches
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration


def test_run_of_1025_companies_never_maps_over_more_than_airflow_takes(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    slugs = [f"company-{number:04}" for number in range(MAX_TASKS + 1)]
    runs.follow(*slugs)
    run_id = runs.start()
    runs.dispatch()
    groups = runs.open(run_id)
    assert len(groups) <= MAX_TASKS
    check_ids = runs.run(run_id).check_ids
    assert sorted(check_id for group in groups for check_id in group) == sorted(check_ids)
    assert len(set(check_ids)) == len(slugs)
    sweep = runs.current_sweep(run_id)
    checks = runs.rows("SELECT check_id, board_id FROM checks")
    with engine.begin() as connection:
        begin_listing(connection, sweep.sweep_id, check_ids)
        for number, check in enumerate(checks):
            job = ListedJob(external_id=str(number), title="Cook", url=f"http://x/{number}")
            assert set_listing(connection, check.check_id, CompanyStatus.COMPLETE, listed=1)
            replace_listing(
                connection, check.board_id, [ListedRow(job=job, row_sha256=str(number))]
            )
    runs.upsert(sweep)
    runs.execute("UPDATE jobs SET host = external_id || '.example'")
    batches = plan_batches(engine, sweep, batch_size=1)
    assert len(batches) == MAX_TASKS
    planned = runs.rows("SELECT count(*) AS jobs, max(batch) AS last FROM jobs WHERE batch >= 0")[0]
    assert (planned.jobs, planned.last) == (len(slugs), MAX_TASKS - 1)
