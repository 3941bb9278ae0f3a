"""How many batches a run's pages are cut into."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("seen", "asked", "batches"),
    [
        ("etag = 'x', posting_current = true", {}, 3),
        ("last_modified = 'x', posting_current = true", {}, 3),
        ("etag = 'x', last_modified = 'x', posting_current = true", {}, 3),
        ("posting_current = true", {}, 5),
        ("etag = 'x', posting_current = false", {}, 5),
        ("etag = 'x', posting_current = true", {"force": True}, 5),
        ("etag = 'x', posting_current = true", {"reextract": True}, 5),
    ],
)
def test_pages_that_validators_may_spare_us_to_read_fill_batches_less(
    seen: str, asked: dict[str, bool], batches: int, engine: Engine
) -> None:
    runs = MadeUpRuns(engine=engine)
    runs.follow("acme")
    run_id = runs.start()
    runs.dispatch()
    runs.open(run_id)
    run = runs.present(run_id)
    runs.list_jobs(run, "acme", range(18))
    upsert_jobs(engine, run)
    runs.execute(f"UPDATE jobs SET {seen} WHERE external_id::int < 10")
    planned = plan_batches(engine, replace(run, **asked), batch_size=4)
    assert len(planned) == batches, "eight pages and a quarter of ten, or eighteen"
    dealt = runs.rows("SELECT batch, count(*) AS jobs FROM jobs GROUP BY batch ORDER BY batch")
    assert [row.batch for row in dealt] == planned
    assert max(row.jobs for row in dealt) - min(row.jobs for row in dealt) <= 1
