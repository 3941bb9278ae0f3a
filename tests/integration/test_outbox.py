from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Engine

from include.core.models import RunTrigger
from include.core.run_state import RunStatus
from include.db import outbox
from include.db.engine import psycopg_url
from include.db.runs import end_run, insert_run
from include.db.users import ensure_user
from tests.local.waiting import eventually

pytestmark = pytest.mark.integration


def intend(engine: Engine, user: str) -> int:
    with engine.begin() as connection:
        ensure_user(connection, user)
        run_id = insert_run(connection, user_id=user, trigger=RunTrigger.API)
        assert run_id is not None
        outbox.put_intent(connection, run_id, 1, {"run_id": run_id})
    return run_id


def test_due_intents_come_oldest_first_with_their_run(engine: Engine) -> None:
    runs = [intend(engine, user) for user in ("ada", "bob", "eve")]
    with engine.begin() as connection:
        end_run(connection, runs[1], RunStatus.ABORTED)
        intents = outbox.due_intents(connection, 10)
        assert [intent.run_id for intent in intents] == runs
        assert [intent.run_status for intent in intents] == ["pending", "aborted", "pending"]
        assert intents[0].dag_run_id == f"ingest__{runs[0]}__1"
        assert intents[0].conf == {"run_id": runs[0]}
        assert len(outbox.due_intents(connection, 2)) == 2


def test_a_done_intent_never_comes_again(engine: Engine) -> None:
    intend(engine, "ada")
    with engine.begin() as connection:
        (intent,) = outbox.due_intents(connection, 10)
        outbox.mark_done(connection, intent.intent_id)
    with engine.begin() as connection:
        assert outbox.due_intents(connection, 10) == []
        assert outbox.seconds_to_next_try(connection) is None


def test_a_postponed_intent_comes_when_it_is_due(engine: Engine) -> None:
    intend(engine, "ada")
    with engine.begin() as connection:
        (intent,) = outbox.due_intents(connection, 10)
        outbox.postpone(connection, intent.intent_id, timedelta(seconds=60), "down")
    with engine.begin() as connection:
        assert outbox.due_intents(connection, 10) == []
        left = outbox.seconds_to_next_try(connection)
        assert left is not None
        assert 50 < left <= 60
        outbox.postpone(connection, intent.intent_id, timedelta(seconds=-1), "down")
    with engine.begin() as connection:
        (again,) = outbox.due_intents(connection, 10)
        assert again.tries == 2
        assert outbox.seconds_to_next_try(connection) is None


def test_the_dispatcher_lock_is_one_sessions_until_it_ends(engine: Engine) -> None:
    with engine.connect() as first, engine.connect() as second:
        assert outbox.try_dispatcher_lock(first)
        first.commit()
        assert not outbox.try_dispatcher_lock(second)
        first.invalidate()
        eventually(lambda: outbox.try_dispatcher_lock(second))  # its session ends shortly after it
        second.invalidate()


def test_an_intent_is_notified_when_it_is_committed(engine: Engine, postgres_url: str) -> None:
    conninfo = psycopg_url(postgres_url).set(drivername="postgresql")
    with psycopg.connect(
        conninfo.render_as_string(hide_password=False), autocommit=True
    ) as listening:
        listening.execute("LISTEN outbox")
        run_id = intend(engine, "ada")
        (notification,) = listening.notifies(timeout=5, stop_after=1)
    assert notification.payload == str(run_id)
