from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from include.core.models import Company, RunTrigger
from include.core.run_state import RunStatus
from include.db.companies import put_company
from include.db.runs import end_run, get_run
from include.db.tables import ingestion_runs, outbox
from include.db.users import ensure_user
from include.errors import ActiveRunError, CompaniesError
from include.pipeline.start_run import start_run

pytestmark = pytest.mark.integration


@pytest.fixture
def followed(engine: Engine) -> Engine:
    """Of ada: two enabled companies and a disabled one; of bob: none."""
    with engine.begin() as connection:
        for user in ("ada", "bob"):
            ensure_user(connection, user)
        for slug, enabled in (("acme", True), ("bolt", True), ("coal", False)):
            company = Company(
                slug=slug, source="greenhouse", config={"board": slug}, enabled=enabled
            )
            put_company(connection, "ada", company)
    return engine


def start(engine: Engine, user: str = "ada", companies: list[str] | None = None) -> int:
    with engine.begin() as connection:
        return start_run(
            connection,
            user_id=user,
            trigger=RunTrigger.SCHEDULE,
            companies=companies,
            force=True,
            request_id="r-1",
        )


def test_the_run_and_its_intent_are_there_together(followed: Engine) -> None:
    run_id = start(followed, companies=["bolt", "acme", "bolt"])
    with followed.connect() as connection:
        run = get_run(connection, run_id)
        intent = connection.execute(select(outbox)).one()
    assert run is not None
    assert (run.status, run.attempt, run.force) == (RunStatus.PENDING, 1, True)
    assert run.companies == ("acme", "bolt")
    assert run.dag_run_id == f"ingest__{run_id}__1"
    assert (intent.run_id, intent.attempt, intent.done_at) == (run_id, 1, None)
    assert intent.conf == {
        "run_id": run_id,
        "user_id": "ada",
        "companies": ["acme", "bolt"],
        "force": True,
        "reextract": False,
        "request_id": "r-1",
    }


def test_a_transaction_that_fails_leaves_neither(followed: Engine) -> None:
    with followed.connect() as connection:
        start_run(connection, user_id="ada", trigger=RunTrigger.API)
        connection.rollback()
        for table in (ingestion_runs, outbox):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_an_active_run_is_named_and_an_ended_one_is_no_obstacle(followed: Engine) -> None:
    run_id = start(followed)
    with pytest.raises(ActiveRunError) as refusal:
        start(followed)
    assert refusal.value.run_id == run_id
    with followed.begin() as connection:
        end_run(connection, run_id, RunStatus.ABORTED)
    assert start(followed) != run_id


def test_of_parallel_starts_one_wins_and_the_others_name_it(followed: Engine) -> None:
    def attempt(_n: int) -> int | ActiveRunError:
        try:
            return start(followed)
        except ActiveRunError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(20)))
    (run_id,) = [answer for answer in answers if isinstance(answer, int)]
    refused = [answer for answer in answers if isinstance(answer, ActiveRunError)]
    assert {answer.run_id for answer in refused} == {run_id}


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
