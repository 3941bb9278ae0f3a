"""Measure what starting and settling the daily runs of many users costs in Postgres.

    python -m bench.days --users 2000 --boards 1000 --follows 15 --postings 20

Listings and pages are made up, and the pipeline's own functions write them to the database.
Airflow, career sites and S3 are not used, because their cost does not depend on the number of
followers. On the first day all postings are new. On the second day nothing has changed. For each
day the benchmark prints two figures. The first is the number of rows per user that were inserted or
updated in the tables that hold data of one user. The second is the time that Postgres spent on
starting the runs, on ending their checks and on settling the runs. To settle a run means to write
its outcomes when its checks have ended.
"""

import argparse
import random
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine, text

from include.core.checking.outcomes import Extracted
from include.core.models import Company, CompanyStatus, ListedJob
from include.db.catalogue.listed_jobs import ListedRow, replace_listing
from include.db.engine import make_engine
from include.db.migrate import upgrade
from include.db.user.users import ensure_user
from include.db.work import outbox
from include.db.work.checks import begin_listing, get_checks, set_listing
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.finish_run import finish_run
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import open_run, sweep_of
from include.pipeline.pages.flush import Outcomes
from include.pipeline.plan_batches import plan_batches
from include.pipeline.start_daily_runs import start_daily_runs
from include.pipeline.upsert_jobs import upsert_jobs
from local.postgres import running_postgres

_NEVER = timedelta(days=10_000)
_USER_TABLES = ("ingestion_runs", "run_outcomes", "user_jobs")
_OPENING = "opening the day"
_SETTLING = "ending checks and settling runs"


@dataclass(frozen=True, kw_only=True)
class Day:
    """The cost of the runs of one day."""

    rows: dict[str, int]
    """The number of rows that were inserted or updated, for each of ``_USER_TABLES``."""
    seconds: dict[str, float]
    """The seconds that Postgres spent on each part of the day (``_OPENING`` and ``_SETTLING``)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--boards", type=int, default=1000)
    parser.add_argument("--follows", type=int, default=15, help="boards that each user follows")
    parser.add_argument("--postings", type=int, default=20, help="postings of each board")
    options = parser.parse_args()
    console = Console()
    with (
        tempfile.TemporaryDirectory(prefix="jobhunt-bench-") as directory,
        running_postgres(Path(directory, "postgres"), databases=("jobhunt",)) as server,
    ):
        url = server.url("jobhunt")
        upgrade(url)
        with server.connect("jobhunt") as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
        engine = make_engine(url)
        _follow(engine, options.users, options.boards, options.follows)
        for name in ("first day", "unchanged day"):
            day = _run_day(engine, options.postings)
            per_user = {table: rows / options.users for table, rows in day.rows.items()}
            console.print(
                f"{name}: {sum(per_user.values()):.1f} rows per user"
                f" ({', '.join(f'{table} {rows:.1f}' for table, rows in per_user.items())});"
                f" Postgres {sum(day.seconds.values()):.1f} s"
                f" ({', '.join(f'{part} {s:.1f} s' for part, s in day.seconds.items())})"
            )
        engine.dispose()


def _follow(engine: Engine, users: int, boards: int, follows: int) -> None:
    rng = random.Random(7)
    with engine.begin() as connection:
        for user in range(users):
            ensure_user(connection, f"user-{user}")
            for board in rng.sample(range(boards), follows):
                config = {"url": f"http://board-{board}.example/sitemap.xml"}
                company = Company(slug=f"board-{board}", source="sitemap", config=config)
                follow_company(connection, f"user-{user}", company)
        connection.execute(text("ANALYZE"))


def _run_day(engine: Engine, postings: int) -> Day:
    """Carry out one day, and return its cost.

    First, the checks of the previous day are made a day older, so that no run uses them again.

    Raises:
        ValueError: a run did not finish.
    """
    with engine.begin() as connection:
        connection.execute(text("UPDATE checks SET finished_at = finished_at - interval '1 day'"))
    rows_before = _count_written_rows(engine)
    _reset_statements(engine)
    start_daily_runs(engine, fresh_for=timedelta(minutes=10), sweep_boards=500)
    seconds = {_OPENING: _statement_seconds(engine), _SETTLING: 0.0}
    for dag_run_id, sweep_id in _take_intents(engine):
        seconds[_SETTLING] += _carry_out(engine, dag_run_id, sweep_id, postings)
    with engine.connect() as connection:
        query = text("SELECT DISTINCT status FROM ingestion_runs")
        if list(connection.scalars(query)) != ["finished"]:
            raise ValueError("not all runs of the day are finished")
    rows = {
        table: count - rows_before[table] for table, count in _count_written_rows(engine).items()
    }
    return Day(rows=rows, seconds=seconds)


def _take_intents(engine: Engine) -> Iterable[tuple[str, int]]:
    while True:
        with engine.begin() as connection:
            intents = outbox.due_intents(connection, 100)
            for intent in intents:
                outbox.mark_done(connection, intent.intent_id)
        if not intents:
            return
        for intent in intents:
            yield intent.dag_run_id, intent.sweep_id


def _carry_out(engine: Engine, dag_run_id: str, sweep_id: int, postings: int) -> float:
    """Carry out a sweep, and return the seconds that Postgres spent on ending its checks."""
    groups = open_run(
        engine, dag_run_id=dag_run_id, sweep_id=sweep_id, fresh_for=timedelta(minutes=10)
    )
    sweep = sweep_of(engine, dag_run_id)
    with engine.begin() as connection:
        check_ids = [check_id for group in groups for check_id in group]
        begin_listing(connection, sweep_id, check_ids)
        for check in get_checks(connection, check_ids):
            rows = [_listed_row(check.board_id, number) for number in range(postings)]
            set_listing(connection, check.check_id, CompanyStatus.COMPLETE, listed=postings)
            replace_listing(connection, check.board_id, rows)
    upsert_jobs(engine, sweep, reread_after=_NEVER)
    mark_expired(engine, sweep, hold_ratio=0.5, hold_min=10, confirm_after=timedelta(hours=6))
    _reset_statements(engine)
    batches = plan_batches(engine, sweep, batch_size=200)
    seconds = _statement_seconds(engine)
    for batch in batches:
        seconds += _read_batch(engine, sweep_id, dag_run_id, batch)
    finish_run(engine, dag_run_id)
    return seconds


def _listed_row(board_id: int, number: int) -> ListedRow:
    url = f"http://board-{board_id}.example/{number}"
    job = ListedJob(external_id=str(number), title=f"Baker {number}", url=url)
    return ListedRow(job=job, row_sha256=str(number))


def _read_batch(engine: Engine, sweep_id: int, dag_run_id: str, batch: int) -> float:
    """Read the jobs of a batch, and return the seconds that Postgres spent on ending checks."""
    with engine.begin() as connection:
        rows = connection.execute(_START_EXTRACTING, {"sweep": sweep_id, "batch": batch}).all()
    check_of = {row.job_id: row.check_id for row in rows}
    outcomes = Outcomes(engine, sweep_of(engine, dag_run_id), check_of)
    for job_id in check_of:
        posting = {"title": f"Baker {job_id}", "description_text": "We bake bread."}
        outcomes.add(Extracted(job_id=job_id, location=None, posting=posting))
    unwritten, _ = outcomes.take()
    outcomes.write(unwritten)
    _reset_statements(engine)
    outcomes.finish()
    return _statement_seconds(engine)


def _count_written_rows(engine: Engine) -> dict[str, int]:
    """Return the number of rows inserted or updated so far, for each of ``_USER_TABLES``."""
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        rows = connection.execute(_WRITTEN_ROWS, {"tables": list(_USER_TABLES)})
        return {row.relname: row.written for row in rows}


def _reset_statements(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_stat_statements_reset()"))


def _statement_seconds(engine: Engine) -> float:
    with engine.connect() as connection:
        query = text("SELECT coalesce(sum(total_exec_time), 0) / 1000 FROM pg_stat_statements")
        return float(connection.scalar(query) or 0)


_START_EXTRACTING = text(
    """
    UPDATE jobs SET status = 'extracting' FROM checks
    WHERE checks.check_id = jobs.check_id AND checks.sweep_id = :sweep AND jobs.batch = :batch
        AND jobs.status = 'pending'
    RETURNING jobs.job_id, jobs.check_id
    """
)
_WRITTEN_ROWS = text(
    """
    SELECT relname, n_tup_ins + n_tup_upd AS written FROM pg_stat_user_tables
    WHERE relname = ANY(:tables)
    """
)


if __name__ == "__main__":
    main()
