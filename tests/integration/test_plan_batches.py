"""How many batches a run's pages are cut into."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from include.pipeline.plan_batches import plan_batches
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("known", "asked", "batches"),
    [
        ("etag = 'x', posting_current = true", {}, 3),
        ("last_modified = 'x', posting_current = true", {}, 3),
        ("etag = 'x', last_modified = 'x', posting_current = true", {}, 3),
        ("modified = 'x', crawled_modified = 'x', posting_current = true", {}, 3),
        ("modified = 'y', crawled_modified = 'x', posting_current = true", {}, 5),
        ("posting_current = true", {}, 5),
        ("etag = 'x', posting_current = false", {}, 5),
        ("etag = 'x', posting_current = true", {"force": True}, 5),
        ("etag = 'x', posting_current = true", {"reextract": True}, 5),
    ],
)
def test_pages_that_will_probably_not_be_read_fill_batches_less(
    known: str, asked: dict[str, bool], batches: int, engine: Engine
) -> None:
    runs = MadeUpRuns(engine=engine)
    run = runs.upserted(18)
    runs.execute(f"UPDATE jobs SET {known} WHERE external_id::int < 10")
    planned = plan_batches(engine, replace(run, **asked), batch_size=4)
    assert len(planned) == batches, "eight pages and a quarter of ten, or eighteen"
    dealt = runs.rows("SELECT batch, count(*) AS jobs FROM jobs GROUP BY batch ORDER BY batch")
    assert [row.batch for row in dealt] == planned
    assert max(row.jobs for row in dealt) - min(row.jobs for row in dealt) <= 1


def test_pages_that_need_a_browser_are_drawn_whatever_is_known_of_them(engine: Engine) -> None:
    runs = MadeUpRuns(engine=engine)
    run = runs.upserted(18)
    runs.execute("UPDATE run_companies SET config = '{\"render\": true}'")
    runs.execute("UPDATE jobs SET etag = 'x', posting_current = true")
    assert len(plan_batches(engine, run, batch_size=4)) == 5
