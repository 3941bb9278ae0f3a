"""Ends of one run that come at the same moment: one of them counts."""

from collections.abc import Callable, Iterator, Sequence
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from include.core.run_state import RunStatus
from include.db.runs import Run, end_run
from tests.made_up_runs import MadeUpRuns

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
RACERS = 32
FINISHES = 200
ABORTS = 1000

Racer = Callable[[Connection], bool]


class Race:
    """Racers on connections of their own, all of which start each round together."""

    def __init__(self, engine: Engine, racers: Sequence[Racer], *, rounds: int) -> None:
        # the tests' own engine has four connections at most
        self._engine = create_engine(engine.url, poolclass=NullPool)
        self._racers = racers
        self._rounds = rounds
        self._line = Barrier(len(racers) + 1, timeout=60)
        self.won: list[bool] = [False] * len(racers)
        self._errors: list[BaseException] = []

    def run(self, before: Callable[[], None], after: Callable[[list[bool]], None]) -> None:
        """``before`` and ``after`` each round; ``after`` is told who said they had won."""
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


class Course:
    """One run, whose jobs are done, that can be raced for again and again."""

    def __init__(self, engine: Engine) -> None:
        self.runs = MadeUpRuns(engine=engine)
        self.run: Run = self.runs.ingesting(jobs=3)
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def reset(self, job_status: str = "ready") -> None:
        self._do("DELETE FROM run_jobs")
        self._do(f"UPDATE jobs SET status = '{job_status}'")
        self._do(
            "UPDATE ingestion_runs SET status = 'ingesting', finished_at = NULL, counts = NULL"
        )

    def ended(self) -> tuple[str, int]:
        """As what, and with how many jobs kept."""
        query = "SELECT status, (SELECT count(*) FROM run_jobs) FROM ingestion_runs"
        status, kept = self._connection.execute(text(query)).one()
        return status, kept

    def _do(self, statement: str) -> None:
        self._connection.execute(text(statement))

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def course(engine: Engine) -> Iterator[Course]:
    course = Course(engine)
    yield course
    course.close()


def finish(run: Run) -> Racer:
    return lambda connection: end_run(
        connection, run.run_id, RunStatus.FINISHED, attempt=run.attempt
    )


def test_exactly_one_of_32_racing_finishers_ends_the_run(engine: Engine, course: Course) -> None:
    def check(won: list[bool]) -> None:
        assert sum(won) == 1
        assert course.ended() == ("finished", 3)

    race = Race(engine, [finish(course.run)] * RACERS, rounds=FINISHES)
    race.run(course.reset, check)


def test_of_an_abort_and_a_finish_at_once_one_counts(engine: Engine, course: Course) -> None:
    def abort(connection: Connection) -> bool:
        return end_run(connection, course.run.run_id, RunStatus.ABORTED)

    def check(won: list[bool]) -> None:
        assert sum(won) == 1
        assert course.ended() == ("aborted" if won[0] else "finished", 3)

    race = Race(engine, [abort, finish(course.run)], rounds=ABORTS // 2)
    race.run(course.reset, check)


def test_of_an_abort_and_a_run_that_gives_up_at_once_one_counts(
    engine: Engine, course: Course
) -> None:
    run = course.run

    def abort(connection: Connection) -> bool:
        return end_run(connection, run.run_id, RunStatus.ABORTED)

    def give_up(connection: Connection) -> bool:
        error = ("unfinished", "jobs were left")
        return end_run(connection, run.run_id, RunStatus.ERROR, attempt=run.attempt, error=error)

    def check(won: list[bool]) -> None:
        assert sum(won) == 1
        assert course.ended() == ("aborted" if won[0] else "error", 3)
        code = "aborted" if won[0] else "unfinished"
        assert {row.error_code for row in course.runs.rows("SELECT error_code FROM run_jobs")} == {
            code
        }

    race = Race(engine, [abort, give_up], rounds=ABORTS // 2)
    race.run(lambda: course.reset("crawling"), check)
