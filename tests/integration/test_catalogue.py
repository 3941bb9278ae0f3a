"""Tests of many users who share one catalogue: a board is checked once for all its followers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, text

from include.core.checking.outcomes import Extracted, Failed, Started
from include.core.models import CheckKind, CompanyStatus, RunTrigger
from include.core.runs.run_state import SweepStatus
from include.core.runs.staleness import Remedy
from include.db.diagnosis import diagnose
from include.db.run.progress import RunReport, read_run
from include.db.run.totals import read_totals
from include.db.work.sweeps import Sweep
from include.errors import ActiveRunError
from include.pipeline.finish_run import finish_run
from include.pipeline.pages.flush import Outcomes
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from include.pipeline.runs.start_run import assign_checks_to_waiting_runs, start_run
from include.pipeline.start_daily_runs import start_daily_runs
from tests.databases import empty_tables
from tests.ingestion import Ingestion
from tests.made_up_runs import FRESH_FOR, STALE_AFTER, MadeUpRuns

pytestmark = pytest.mark.integration
USERS = tuple(f"user-{number}" for number in range(50))


@pytest.fixture
def runs(engine: Engine) -> MadeUpRuns:
    return MadeUpRuns(engine=engine)


def report(runs: MadeUpRuns | Ingestion, run_id: int) -> RunReport:
    with runs.engine.connect() as connection:
        found = read_run(connection, run_id)
    assert found is not None
    return found


def extracted(job_id: int, *, title: str = "Baker") -> list[Started | Extracted]:
    posting = {"title": title, "description_text": title}
    return [Started(job_id=job_id), Extracted(job_id=job_id, location=None, posting=posting)]


def read(runs: MadeUpRuns, sweep: Sweep, *, slug: str = "acme", title: str = "Baker") -> None:
    """Read every pending job of the sweep's checks as one worker, which ends the checks."""
    runs.execute(
        "UPDATE jobs SET status = 'extracting' WHERE status = 'pending' AND check_id IN"
        " (SELECT check_id FROM checks WHERE sweep_id = :s)",
        s=sweep.sweep_id,
    )
    check_of = {
        row.job_id: row.check_id
        for row in runs.rows(
            "SELECT job_id, check_id FROM jobs WHERE status = 'extracting' AND check_id IN"
            " (SELECT check_id FROM checks WHERE sweep_id = :s)",
            s=sweep.sweep_id,
        )
    }
    outcomes = Outcomes(runs.engine, sweep, check_of)
    for job_id in check_of:
        outcomes.add(extracted(job_id, title=title)[1])
    outcomes.finish()


def check(runs: MadeUpRuns, sweep_id: int, ids: range, *, slug: str = "acme") -> None:
    """Carry out a sweep of one board. Its listing names the jobs ``ids``."""
    runs.open(sweep_id)
    sweep = runs.current_sweep(sweep_id)
    runs.list_jobs(sweep, slug, ids)
    runs.upsert(sweep)
    plan_batches(runs.engine, sweep, batch_size=1000)
    read(runs, sweep, slug=slug)
    assert finish_run(runs.engine, sweep.dag_run_id) is SweepStatus.DONE


def daily(runs: MadeUpRuns, *, sweep_boards: int = 500) -> dict[str, int]:
    return start_daily_runs(runs.engine, fresh_for=FRESH_FOR, sweep_boards=sweep_boards)


def test_fifty_users_who_start_the_same_boards_at_once_have_each_checked_once(
    ingestion: Ingestion,
) -> None:
    slugs = ["fernhollow", "heronworks", "lumen-orchard"]
    for user in USERS:
        ingestion.follow(slugs, user=user)
    barrier = Barrier(10)

    def start(user: str) -> int:
        barrier.wait(30)
        return ingestion.start(user=user)

    with ThreadPoolExecutor(10) as threads:
        run_ids = list(threads.map(start, USERS))
    ((checks,),) = ingestion.rows("SELECT count(*) FROM checks")
    assert checks == len(slugs)
    assert ingestion.rows("SELECT count(*) AS n FROM outbox")[0].n == 1, "one DAG run does it all"
    ingestion.carry_out_all()

    twice = [path for path, asked in ingestion.sites.world.requests.items() if asked > 1]
    assert len(twice) == 1, "one page of the sample sites fails the first time on purpose"
    assert sum(ingestion.sites.world.requests.values()) == len(ingestion.sites.world.requests) + 1
    reports = [report(ingestion, run_id) for run_id in run_ids]
    assert {each.status for each in reports} == {"finished"}
    assert len({each.counts for each in reports}) == 1
    first = reports[0].counts
    assert (first.total, first.added) == (111, 111)
    assert first.ready + first.expired + first.failed == 111


def test_a_start_while_another_s_check_goes_on_awaits_it(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(3)
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob")
    assert runs.run(bob).status == "ingesting"
    assert runs.dispatch() == []
    read(runs, sweep)
    assert report(runs, bob).counts == report(runs, sweep.sweep_id).counts
    assert runs.run(bob).status == "finished"
    assert set(runs.jobs(bob).values()) == {"ready"}


def test_a_start_just_after_adopts_and_ends_at_once(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(3)
    read(runs, sweep)
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob", max_age=FRESH_FOR)
    assert runs.run(bob).status == "finished"
    assert runs.dispatch() == []
    assert set(runs.jobs(bob).values()) == {"ready"}
    assert report(runs, bob).counts.added == 3
    again = runs.start("bob", max_age=FRESH_FOR)
    assert set(runs.jobs(again).values()) == {"skipped"}
    assert all(company.adopted for company in report(runs, again).companies)


def test_a_start_long_after_checks_again(runs: MadeUpRuns) -> None:
    read(runs, runs.ingesting(3))
    runs.execute("UPDATE checks SET finished_at = now() - interval '11 minutes'")
    again = runs.start(max_age=FRESH_FOR)
    assert runs.run(again).status == "pending"
    assert runs.dispatch() == [again]


def test_max_age_zero_checks_now(runs: MadeUpRuns) -> None:
    read(runs, runs.ingesting(3))
    assert runs.run(runs.start()).status == "pending"


def test_a_scheduled_check_that_has_not_begun_is_carried_out_by_the_run_that_asks_for_it(
    runs: MadeUpRuns,
) -> None:
    for number in range(40):
        runs.follow(f"board-{number}", user_id="crowd")
    runs.follow("board-7", "board-9", user_id="bob")
    # End bob's daily run, so that he can start a run.
    daily(runs)
    runs.execute("UPDATE ingestion_runs SET status = 'finished' WHERE user_id = 'bob'")
    (scheduled,) = runs.dispatch()
    bob = runs.start("bob")
    moved = runs.rows("SELECT sweep_id FROM checks WHERE sweep_id <> :s", s=scheduled)
    assert [row.sweep_id for row in moved] == [bob, bob]
    assert runs.dispatch() == [bob]
    runs.open(bob)
    sweep = runs.current_sweep(bob)
    for slug in ("board-7", "board-9"):
        runs.list_jobs(sweep, slug, range(2))
    runs.upsert(sweep)
    plan_batches(runs.engine, sweep, batch_size=100)
    read(runs, sweep)
    assert runs.run(bob).status == "finished"
    groups = runs.open(scheduled)
    assert sum(map(len, groups)) == 38


def test_the_initiator_s_abort_costs_those_who_wait_nothing(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(3)
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob")
    with runs.engine.begin() as connection:
        assert abort_run(connection, sweep.sweep_id) == []
    assert set(runs.jobs(sweep.sweep_id).values()) == {"failed"}
    read(runs, sweep)
    assert runs.run(bob).status == "finished"
    assert set(runs.jobs(bob).values()) == {"ready"}
    assert runs.run(sweep.sweep_id).status == "aborted"
    assert report(runs, sweep.sweep_id).counts.failed == 3


def test_an_abort_cancels_what_nobody_else_waits_for_and_the_sweep_with_it(
    runs: MadeUpRuns,
) -> None:
    sweep = runs.ingesting(3)
    with runs.engine.begin() as connection:
        cancelled = abort_run(connection, sweep.sweep_id)
    assert cancelled is not None
    with runs.engine.begin() as connection:
        assert close_idle_sweeps(connection, cancelled) == [sweep.dag_run_id]
    assert runs.sweep(sweep.sweep_id).status == "cancelled"
    assert runs.rows("SELECT status FROM checks")[0].status == "cancelled"
    again = runs.start(max_age=FRESH_FOR)
    assert runs.dispatch() == [again], "a cancelled check is not adopted"


def test_an_abort_and_a_start_at_the_same_time_never_leave_a_run_on_a_cancelled_check(
    runs: MadeUpRuns,
) -> None:
    runs.follow("acme", user_id="bob")
    for _ in range(40):
        sweep = runs.ingesting(1)
        barrier = Barrier(2)

        def abort(run_id: int = sweep.sweep_id, barrier: Barrier = barrier) -> None:
            barrier.wait(10)
            with runs.engine.begin() as connection:
                abort_run(connection, run_id)

        def start(barrier: Barrier = barrier) -> int:
            barrier.wait(10)
            return runs.start("bob")

        with ThreadPoolExecutor(2) as threads:
            threads.submit(abort)
            bob = threads.submit(start).result()
        (row,) = runs.rows(
            "SELECT c.status FROM checks c JOIN ingestion_runs r ON c.check_id = ANY(r.check_ids)"
            " WHERE r.run_id = :r",
            r=bob,
        )
        assert row.status in ("waiting", "reading")
        with runs.engine.begin() as connection:
            abort_run(connection, bob)


def test_a_lost_sweep_is_recovered_three_times_and_then_every_waiting_run_ends_in_error(
    runs: MadeUpRuns,
) -> None:
    sweep = runs.ingesting(2)
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob")
    for _ in range(3):
        runs.silence(sweep.sweep_id)
        assert runs.recover(sweep.sweep_id) is Remedy.RESUME
        runs.dispatch()
        assert runs.open(sweep.sweep_id) == [], "listed boards are not listed again"
        assert runs.run(bob).status == "ingesting"
    runs.silence(sweep.sweep_id)
    assert runs.recover(sweep.sweep_id) is Remedy.GIVE_UP
    for run_id in (sweep.sweep_id, bob):
        ended = report(runs, run_id)
        assert ended.status == "error"
        assert ended.error is not None
        assert ended.error.code == "stale"
        assert "acme" in ended.error.message
        assert set(runs.jobs(run_id).values()) == {"failed"}


def test_a_forced_run_adopts_and_awaits_no_unforced_check(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(2)
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob", force=True)
    assert runs.run(bob).check_ids == [None], "it waits: what the check reads is decided"
    read(runs, sweep)
    assert runs.run(sweep.sweep_id).status == "finished"
    (forced,) = runs.dispatch()
    assert [row.force for row in runs.rows("SELECT force FROM checks ORDER BY 1")] == [False, True]
    check(runs, forced, range(2))
    assert runs.run(bob).status == "finished"
    assert set(runs.jobs(bob).values()) == {"ready"}


def test_a_check_that_has_not_begun_to_read_becomes_forced(runs: MadeUpRuns) -> None:
    read(runs, runs.ingesting(2))
    ada = runs.start()
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob", force=True)
    assert runs.run(ada).check_ids == runs.run(bob).check_ids
    runs.dispatch()
    check(runs, ada, range(2))
    assert set(runs.jobs(bob).values()) == {"ready"}


def test_a_user_who_follows_late_sees_everything_as_new_once(runs: MadeUpRuns) -> None:
    read(runs, runs.ingesting(3))
    second = runs.start()
    runs.dispatch()
    check(runs, second, range(3))
    assert set(runs.jobs(second).values()) == {"skipped"}
    runs.follow("acme", user_id="bob")
    late = runs.start("bob")
    runs.dispatch()
    check(runs, late, range(3))
    counts = report(runs, late).counts
    assert (counts.ready, counts.added, counts.skipped) == (3, 3, 0)
    third = runs.start("bob")
    runs.dispatch()
    check(runs, third, range(3))
    counts = report(runs, third).counts
    assert (counts.ready, counts.added, counts.skipped) == (0, 0, 3)


def test_an_expiry_during_a_users_absence_is_reported_once(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(3)
    runs.follow("acme", user_id="bob")
    runs.start("bob")
    read(runs, sweep)
    second = runs.start()
    runs.dispatch()
    runs.open(second)
    present = runs.current_sweep(second)
    runs.list_jobs(present, "acme", range(2))
    runs.upsert(present)
    runs.execute(
        "UPDATE jobs SET status = 'expired', expire_reason = 'unlisted', expired_at = now(),"
        " check_id = (SELECT max(check_id) FROM checks) WHERE external_id = '2'"
    )
    plan_batches(runs.engine, present, batch_size=100)
    finish_run(runs.engine, present.dag_run_id)
    assert runs.jobs(second)["2"] == "expired"
    third = runs.start()
    runs.dispatch()
    check(runs, third, range(2))
    assert "2" not in runs.jobs(third), "the user was told"
    for expected in (1, 0):
        bob = runs.start("bob", max_age=FRESH_FOR)
        assert runs.run(bob).status == "finished"
        assert report(runs, bob).counts.expired == expected


def test_a_relisted_job_is_open_again_and_not_new(runs: MadeUpRuns) -> None:
    read(runs, runs.ingesting(2))
    runs.execute(
        "UPDATE jobs SET status = 'expired', expire_reason = 'unlisted', expired_at = now()"
        " WHERE external_id = '1'"
    )
    runs.execute(
        "UPDATE user_jobs SET expired = true WHERE job_id IN (SELECT job_id FROM jobs"
        " WHERE status = 'expired')"
    )
    again = runs.start()
    runs.dispatch()
    check(runs, again, range(2))
    counts = report(runs, again).counts
    assert (counts.added, counts.total, counts.expired) == (0, 2, 0)
    assert runs.rows("SELECT 1 FROM user_jobs WHERE expired") == []
    assert runs.rows("SELECT 1 FROM jobs WHERE status = 'expired'") == []


def test_the_daily_schedule_checks_each_board_once_whoever_follows_it(runs: MadeUpRuns) -> None:
    for user in USERS[:12]:
        runs.follow("acme", "globex", user_id=user)
    runs.follow("initech", user_id=USERS[0])
    opened = daily(runs)
    assert opened == {"runs": 12, "sweeps": 1}
    (sweep_id,) = runs.dispatch()
    runs.open(sweep_id)
    sweep = runs.current_sweep(sweep_id)
    for slug in ("acme", "globex", "initech"):
        runs.list_jobs(sweep, slug, range(4))
    runs.upsert(sweep)
    plan_batches(runs.engine, sweep, batch_size=100)
    read(runs, sweep)
    assert finish_run(runs.engine, sweep.dag_run_id) is SweepStatus.DONE
    ended = runs.rows("SELECT status, counts FROM ingestion_runs ORDER BY run_id")
    assert {row.status for row in ended} == {"finished"}
    assert sorted(row.counts["total"] for row in ended) == [8] * 11 + [12]
    assert daily(runs) == {"runs": 12, "sweeps": 0}, "all boards were checked a moment ago"
    assert runs.rows("SELECT 1 FROM ingestion_runs WHERE status <> 'finished'") == []


def test_the_day_s_boards_are_dealt_out_to_sweeps_that_wait_behind_people(
    runs: MadeUpRuns,
) -> None:
    for number in range(23):
        runs.follow(f"board-{number}", user_id="crowd")
    runs.follow("acme", user_id="bob")
    runs.execute("UPDATE companies SET enabled = false WHERE user_id = 'bob'")
    assert daily(runs, sweep_boards=4) == {"runs": 1, "sweeps": 6}
    sizes = runs.rows("SELECT count(*) AS n FROM checks GROUP BY sweep_id")
    assert sorted(row.n for row in sizes) == [3, 4, 4, 4, 4, 4]
    runs.execute("UPDATE companies SET enabled = true WHERE user_id = 'bob'")
    bob = runs.start("bob")
    dispatched = runs.dispatch()
    assert dispatched[0] == bob
    assert len(dispatched) == 5, "Airflow gets four scheduled sweeps at a time"
    assert runs.dispatch() == []


def test_a_follower_of_one_board_waits_for_no_other_board_of_the_sweep(
    runs: MadeUpRuns,
) -> None:
    runs.follow("acme", "globex")
    ada = runs.start()
    runs.dispatch()
    runs.open(ada)
    sweep = runs.current_sweep(ada)
    runs.list_jobs(sweep, "acme", range(2))
    runs.list_jobs(sweep, "globex", range(2))
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob")
    runs.upsert(sweep)
    plan_batches(runs.engine, sweep, batch_size=100)
    runs.execute(
        "UPDATE jobs SET status = 'extracting' WHERE url LIKE '%acme%'",
    )
    jobs = runs.rows("SELECT job_id, check_id FROM jobs WHERE url LIKE '%acme%'")
    outcomes = Outcomes(runs.engine, sweep, {row.job_id: row.check_id for row in jobs})
    for row in jobs:
        outcomes.add(extracted(row.job_id)[1])
    outcomes.finish()
    assert runs.run(bob).status == "finished"
    assert runs.run(ada).status == "ingesting"


def test_a_board_that_can_not_be_listed_fails_for_its_followers_alone(runs: MadeUpRuns) -> None:
    runs.follow("acme", "globex")
    ada = runs.start()
    runs.dispatch()
    runs.open(ada)
    sweep = runs.current_sweep(ada)
    runs.list_jobs(sweep, "acme", range(2))
    runs.list_jobs(sweep, "globex", (), status=CompanyStatus.ERROR)
    runs.upsert(sweep)
    plan_batches(runs.engine, sweep, batch_size=100)
    read(runs, sweep)
    ended = report(runs, ada)
    assert ended.status == "finished"
    assert {company.company: company.status for company in ended.companies} == {
        "acme": "complete",
        "globex": "error",
    }


def test_a_run_that_waits_for_another_kind_of_check_gets_its_own_afterwards(
    runs: MadeUpRuns,
) -> None:
    sweep = runs.ingesting(2)
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob", kind=CheckKind.REEXTRACT)
    assert runs.run(bob).status == "pending"
    with runs.engine.begin() as connection:
        assert assign_checks_to_waiting_runs(connection) == 0
    read(runs, sweep)
    kinds = runs.rows("SELECT kind, status FROM checks ORDER BY check_id")
    assert [tuple(row) for row in kinds] == [("list", "done"), ("reextract", "waiting")]


def test_a_run_that_waits_gets_its_check_when_the_others_abort_theirs(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(2)
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob", force=True)
    with runs.engine.begin() as connection:
        cancelled = abort_run(connection, sweep.sweep_id)
    assert cancelled
    with runs.engine.begin() as connection:
        assert assign_checks_to_waiting_runs(connection) == 1
    (asked,) = runs.dispatch()
    check(runs, asked, range(2))
    assert runs.run(bob).status == "finished"


def test_scheduled_sweeps_that_wait_for_their_turn_are_no_backlog(runs: MadeUpRuns) -> None:
    for number in range(6):
        runs.follow(f"board-{number}", user_id="crowd")
    daily(runs, sweep_boards=1)
    with runs.engine.connect() as connection:
        assert read_totals(connection).backlog == 6
    assert len(runs.dispatch()) == 4
    with runs.engine.connect() as connection:
        assert read_totals(connection).backlog == 0
        assert diagnose(connection, STALE_AFTER).waiting == 0


def test_a_deadline_missed_after_a_run_has_ended_is_not_the_run_s(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(2)
    read(runs, sweep)
    runs.execute(
        "INSERT INTO sla_misses (sweep_id, deadline, attempt, missed_at, run_status)"
        " VALUES (:s, 'deadline', 1, now() + interval '1 minute', 'ingesting')",
        s=sweep.sweep_id,
    )
    assert report(runs, sweep.sweep_id).sla_misses == ()


def test_a_company_unfollowed_while_its_run_waits_does_not_hold_the_run(
    runs: MadeUpRuns,
) -> None:
    sweep = runs.ingesting(2)
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob", kind=CheckKind.REEXTRACT)
    runs.execute("DELETE FROM companies WHERE user_id = 'bob'")
    read(runs, sweep)
    assert runs.run(bob).status == "finished"


def test_failed_jobs_of_an_adopted_check_are_told_to_each_follower(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(2)
    check_of = runs.check_of()
    outcomes = Outcomes(runs.engine, sweep, check_of)
    for job_id in check_of:
        outcomes.add(Started(job_id=job_id))
        outcomes.add(Failed(job_id=job_id, code="timeout", message="no answer"))
    outcomes.finish()
    runs.follow("acme", user_id="bob")
    bob = runs.start("bob", max_age=FRESH_FOR)
    ended = report(runs, bob)
    assert ended.counts.failed == 2
    assert ended.failures == {"timeout": 2}


def test_one_user_has_one_active_run_however_many_starts_race(runs: MadeUpRuns) -> None:
    runs.follow("acme")
    barrier = Barrier(8)

    def start(_: int) -> bool:
        barrier.wait(10)
        try:
            with runs.engine.begin() as connection:
                start_run(connection, user_id="ada", trigger=RunTrigger.API, max_age=timedelta(0))
        except ActiveRunError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(start, range(8))) == 1


def test_an_unchanged_day_costs_a_follower_no_row_but_that_of_the_run(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting(5)
    read(runs, sweep)
    before = runs.rows("SELECT count(*) AS n FROM user_jobs")[0].n
    again = runs.start()
    runs.dispatch()
    check(runs, again, range(5))
    assert runs.rows("SELECT count(*) AS n FROM user_jobs")[0].n == before
    assert runs.rows("SELECT 1 FROM run_jobs WHERE run_id = :r", r=again) == []
    assert set(runs.jobs(again).values()) == {"skipped"}
    assert len(runs.jobs(again)) == 5


def test_a_deleted_user_leaves_no_row_behind(runs: MadeUpRuns) -> None:
    read(runs, runs.ingesting(3))
    assert runs.rows("SELECT 1 FROM user_jobs") != []
    assert runs.rows("SELECT 1 FROM run_jobs") != []
    runs.execute("DELETE FROM users")
    for table in ("companies", "ingestion_runs", "user_jobs", "run_jobs"):
        assert runs.rows(f"SELECT 1 FROM {table}") == [], table
    assert len(runs.rows("SELECT 1 FROM jobs")) == 3, "jobs are everyone's"


def test_statements_of_a_check_s_end_do_not_grow_with_its_followers(
    runs: MadeUpRuns,
) -> None:
    """Count, in Postgres, the statements from the last flush to the end of the check."""
    counts = []
    for users in (2, 40):
        with runs.engine.begin() as connection:
            empty_tables(connection)
        sweep = runs.ingesting(5)
        for user in USERS[:users]:
            runs.follow("acme", user_id=user)
            runs.start(user)
        runs.execute("UPDATE jobs SET status = 'extracting'")
        check_of = runs.check_of()
        outcomes = Outcomes(runs.engine, sweep, check_of)
        for job_id in check_of:
            outcomes.add(extracted(job_id)[1])
        with runs.engine.connect() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))
            connection.commit()
            connection.execute(text("SELECT pg_stat_statements_reset()"))
            connection.commit()
        outcomes.finish()
        counts.append(runs.rows("SELECT sum(calls) AS n FROM pg_stat_statements")[0].n)
        ended = runs.rows("SELECT DISTINCT status FROM ingestion_runs")
        assert [row.status for row in ended] == ["finished"]
    assert counts[0] == counts[1]
