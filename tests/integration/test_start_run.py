from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, create_engine, func, select

from include.core.models import Company, RunTrigger
from include.core.runs.run_state import RunStatus
from include.db.run.runs import get_run
from include.db.tables import checks, ingestion_runs, outbox, sweeps
from include.db.user.users import ensure_user
from include.db.work.sweeps import get_sweep
from include.errors import ActiveRunError, CompaniesError
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.runs.abort_run import abort_run
from include.pipeline.runs.start_run import start_run

pytestmark = pytest.mark.integration


@pytest.fixture
def followed(engine: Engine) -> Engine:
    """Let Ada follow two enabled companies and a disabled one. Bob follows no company."""
    with engine.begin() as connection:
        for user in ("ada", "bob"):
            ensure_user(connection, user)
        for slug, enabled in (("acme", True), ("bolt", True), ("coal", False)):
            company = Company(
                slug=slug, source="greenhouse", config={"board": slug}, enabled=enabled
            )
            follow_company(connection, "ada", company)
    return engine


def start(engine: Engine, user: str = "ada", companies: list[str] | None = None) -> int:
    with engine.begin() as connection:
        return start_run(
            connection,
            user_id=user,
            trigger=RunTrigger.API,
            max_age=timedelta(0),
            companies=companies,
            force=True,
            request_id="r-1",
        )


def test_the_run_its_checks_and_its_intent_are_there_together(followed: Engine) -> None:
    run_id = start(followed, companies=["bolt", "acme", "bolt"])
    with followed.connect() as connection:
        run = get_run(connection, run_id)
        sweep = get_sweep(connection, run_id)
        intent = connection.execute(select(outbox)).one()
        made = connection.execute(select(checks).order_by(checks.c.check_id)).all()
    assert run is not None
    assert (run.status, run.force) == (RunStatus.PENDING, True)
    assert run.companies == ("acme", "bolt")
    assert set(run.check_ids) == {check.check_id for check in made}
    assert {check.sweep_id for check in made} == {run_id}
    assert {(check.status, check.force) for check in made} == {("waiting", True)}
    assert sweep is not None
    assert (sweep.attempt, sweep.dag_run_id) == (1, f"ingest__{run_id}__1")
    assert (intent.sweep_id, intent.attempt, intent.done_at) == (run_id, 1, None)
    assert intent.conf == {
        "run_id": run_id,
        "user_id": "ada",
        "companies": ["acme", "bolt"],
        "force": True,
        "reextract": False,
        "request_id": "r-1",
    }


def test_a_transaction_that_fails_leaves_nothing(followed: Engine) -> None:
    with followed.connect() as connection:
        start_run(connection, user_id="ada", trigger=RunTrigger.API, max_age=timedelta(0))
        connection.rollback()
        for table in (ingestion_runs, sweeps, checks, outbox):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_an_active_run_is_named_and_an_ended_one_is_no_obstacle(followed: Engine) -> None:
    run_id = start(followed)
    with pytest.raises(ActiveRunError) as refusal:
        start(followed)
    assert refusal.value.run_id == run_id
    with followed.begin() as connection:
        assert abort_run(connection, run_id) is not None
    assert start(followed) != run_id


def test_of_50_parallel_starts_one_wins_and_the_others_name_it(followed: Engine) -> None:
    engine = create_engine(followed.url, pool_size=50)
    line = Barrier(50, timeout=60)

    def attempt(_n: int) -> int | ActiveRunError:
        with engine.connect():
            line.wait()
        try:
            return start(engine)
        except ActiveRunError as error:
            return error

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(attempt, range(50)))
    engine.dispose()
    (run_id,) = [answer for answer in answers if isinstance(answer, int)]
    refused = [answer for answer in answers if isinstance(answer, ActiveRunError)]
    assert {answer.run_id for answer in refused} == {run_id}
    with followed.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(checks)) == 2


def test_of_many_users_who_start_at_once_one_makes_each_boards_check(engine: Engine) -> None:
    users = [f"user-{number}" for number in range(20)]
    with engine.begin() as connection:
        for number, user in enumerate(users):
            ensure_user(connection, user)
            slugs = ("acme", "bolt", "coal")
            for slug in slugs if number % 2 else reversed(slugs):
                company = Company(slug=slug, source="greenhouse", config={"board": slug})
                follow_company(connection, user, company)
    pool = create_engine(engine.url, pool_size=len(users))
    line = Barrier(len(users), timeout=60)

    def attempt(user: str) -> int:
        with pool.connect():
            line.wait()
        return start(pool, user)

    with ThreadPoolExecutor(len(users)) as threads:
        run_ids = list(threads.map(attempt, users))
    pool.dispose()
    with engine.connect() as connection:
        made = set(connection.scalars(select(checks.c.check_id)))
        rested_on = [get_run(connection, run_id) for run_id in run_ids]
    assert len(made) == 3
    assert all(run is not None and set(run.check_ids) == made for run in rested_on)


@pytest.mark.parametrize(
    ("user", "companies", "code", "at_fault"),
    [
        ("ada", ["acme", "zinc", "coal"], "unknown_companies", ("coal", "zinc")),
        ("ada", [], "no_companies", ()),
        ("bob", None, "no_companies", ()),
        ("bob", ["acme"], "unknown_companies", ("acme",)),
    ],
)
def test_companies_that_can_not_be_ingested_are_named(
    followed: Engine,
    user: str,
    companies: list[str] | None,
    code: str,
    at_fault: tuple[str, ...],
) -> None:
    with pytest.raises(CompaniesError) as refusal:
        start(followed, user, companies)
    assert (refusal.value.code, refusal.value.companies) == (code, at_fault)
    assert all(slug in refusal.value.message for slug in at_fault)
