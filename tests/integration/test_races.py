"""Tests of concurrent attempts to end a check and its runs.

Exactly one of the attempts must take effect.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from include.core.runs.run_state import CheckStatus
from include.pipeline.runs.abort_run import abort_run
from include.pipeline.runs.settle_checks import end_early, end_if_read
from tests.made_up_runs import MadeUpRuns

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
LONG = os.environ.get("JOBHUNT_CHAOS") == "long"
RACERS = 32
FINISHES = 200 if LONG else 25
ABORTS = 1000 if LONG else 100

Racer = Callable[[Connection], bool]


class Race:
    """A race of functions, each of which has its own connection. They start each round together."""

    def __init__(self, engine: Engine, racers: Sequence[Racer], *, rounds: int) -> None:
        # A new engine is needed, because the engine of the fixture has at most four connections.
        self._engine = create_engine(engine.url, poolclass=NullPool)
        self._racers = racers
        self._rounds = rounds
        self._line = Barrier(len(racers) + 1, timeout=60)
        self.won: list[bool] = [False] * len(racers)
        self._errors: list[BaseException] = []

    def run(self, before: Callable[[], None], after: Callable[[list[bool]], None]) -> None:
        """Run all rounds.

        Call ``before`` at the start of each round and ``after`` at its end. The argument of
        ``after`` is a list that says for each function whether it took effect.
        """
        threads = [Thread(target=self._race, args=(n,)) for n in range(len(self._racers))]
        for thread in threads:
            thread.start()
        try:
            for _ in range(self._rounds):
                before()
                self._line.wait()
                self._line.wait()
                after(self.won)
        except BaseException:
            self._line.abort()
            raise
        finally:
            for thread in threads:
                thread.join()
            assert self._errors == []

    def _race(self, number: int) -> None:
        try:
            with self._engine.connect() as connection:
                for _ in range(self._rounds):
                    self._line.wait()
                    with connection.begin():
                        self.won[number] = self._racers[number](connection)
                    self._line.wait()
        except BaseException as error:
            self._errors.append(error)
            self._line.abort()


class SharedCheck:
    """A check of three jobs, on which two users' runs rest.

    It can be reset and used for many races.
    """

    def __init__(self, engine: Engine) -> None:
        self.runs = MadeUpRuns(engine=engine)
        self.run_id = self.runs.ingesting(jobs=3).sweep_id
        self.runs.follow("acme", user_id="bob")
        self.other = self.runs.start("bob")
        (self.check_id,) = set(self.runs.check_of().values())
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def reset(self, job_status: str = "ready") -> None:
        self._do("DELETE FROM run_outcomes")
        self._do("DELETE FROM user_jobs")
        self._do(f"UPDATE jobs SET status = '{job_status}'")
        self._do("UPDATE checks SET status = 'reading', error_code = NULL, finished_at = NULL")
        self._do(
            "UPDATE ingestion_runs SET status = 'ingesting', finished_at = NULL, counts = NULL"
        )

    def ended(self) -> tuple[str, list[tuple[str, int]]]:
        """Return the status of the check, and for each run its status and number of kept jobs."""
        query = """
            SELECT r.status, (SELECT count(*) FROM run_jobs AS j WHERE j.run_id = r.run_id) AS kept
            FROM ingestion_runs AS r ORDER BY r.run_id
        """
        found = [(row.status, row.kept) for row in self._connection.execute(text(query))]
        return str(self._connection.scalar(text("SELECT status FROM checks"))), found

    def finish(self, connection: Connection) -> bool:
        """End the check as the worker does that has read its last job."""
        return end_if_read(connection, [self.check_id]) == [self.check_id]

    def abort(self, connection: Connection) -> bool:
        return abort_run(connection, self.run_id) is not None

    def abort_other(self, connection: Connection) -> bool:
        return abort_run(connection, self.other) is not None

    def give_up(self, connection: Connection) -> bool:
        """End the check as the recovery does when the maximum number of recoveries is reached."""
        ended = end_early(connection, [self.check_id], CheckStatus.FAILED, error_code="stale")
        return ended == [self.check_id]

    def _do(self, statement: str) -> None:
        self._connection.execute(text(statement))

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def course(engine: Engine) -> Iterator[SharedCheck]:
    course = SharedCheck(engine)
    yield course
    course.close()


def test_exactly_one_of_32_racing_workers_ends_the_check_and_settles_its_runs(
    engine: Engine, course: SharedCheck
) -> None:
    def check(won: list[bool]) -> None:
        assert sum(won) == 1
        assert course.ended() == ("done", [("finished", 3), ("finished", 3)])

    Race(engine, [course.finish] * RACERS, rounds=FINISHES).run(course.reset, check)


def test_an_abort_and_the_end_of_the_check_end_a_run_once(
    engine: Engine, course: SharedCheck
) -> None:
    """Check that the run of the user who did not abort finishes, whichever event comes first."""

    def check(won: list[bool]) -> None:
        aborted, finished = won
        assert finished
        first = ("aborted" if aborted else "finished", 3)
        assert course.ended() == ("done", [first, ("finished", 3)])

    race = Race(engine, [course.abort, course.finish], rounds=ABORTS // 2)
    race.run(course.reset, check)


def test_only_one_of_an_abort_and_a_given_up_sweep_takes_effect(
    engine: Engine, course: SharedCheck
) -> None:
    def check(won: list[bool]) -> None:
        aborted, given_up = won
        assert given_up
        first = ("aborted" if aborted else "error", 3)
        assert course.ended() == ("failed", [first, ("error", 3)])
        codes = course.runs.rows("SELECT run_id, error_code FROM run_jobs")
        expected = {course.run_id: "aborted" if aborted else "stale", course.other: "stale"}
        assert {(row.run_id, row.error_code) for row in codes} == set(expected.items())

    race = Race(engine, [course.abort, course.give_up], rounds=ABORTS // 4)
    race.run(lambda: course.reset("crawling"), check)


def test_of_all_who_abort_at_once_the_last_one_cancels_the_check(
    engine: Engine, course: SharedCheck
) -> None:
    """Let each user abort twice. The check must be cancelled only when both users have aborted."""

    def check(won: list[bool]) -> None:
        assert sum(won[:2]) == sum(won[2:]) == 1
        assert course.ended() == ("cancelled", [("aborted", 3), ("aborted", 3)])

    racers = [course.abort, course.abort, course.abort_other, course.abort_other]
    race = Race(engine, racers, rounds=ABORTS // 4)
    race.run(lambda: course.reset("crawling"), check)
