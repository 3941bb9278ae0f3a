"""Tests of runs of more companies than the maximum number of mapped tasks in Airflow."""

import pytest
from sqlalchemy import Engine

from include.core.checking.batches import MAX_TASKS
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
    for number, slug in enumerate(slugs):
        runs.list_jobs(sweep, slug, [number])
    runs.upsert(sweep)
    runs.execute("UPDATE jobs SET host = external_id || '.example'")
    batches = plan_batches(engine, sweep, batch_size=1)
    assert len(batches) == MAX_TASKS
    planned = runs.rows("SELECT count(*) AS jobs, max(batch) AS last FROM jobs WHERE batch >= 0")[0]
    assert (planned.jobs, planned.last) == (len(slugs), MAX_TASKS - 1)
