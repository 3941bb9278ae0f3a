from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Engine, text

from include.core.models import RunTrigger
from include.core.runs.run_state import SweepStatus
from include.db.engine import psycopg_url
from include.db.work import outbox
from include.db.work.sweeps import close_sweep, insert_sweep
from tests.local.waiting import eventually

pytestmark = pytest.mark.integration


def intend(engine: Engine, trigger: RunTrigger = RunTrigger.API) -> int:
    """Insert a sweep and an intent for it, and return the id of the sweep."""
    with engine.begin() as connection:
        sweep = insert_sweep(connection, trigger)
        outbox.put_intent(connection, sweep.sweep_id, {"run_id": sweep.sweep_id})
    return sweep.sweep_id


def due(engine: Engine) -> list[int]:
    """Return the ids of the sweeps whose intents are due now."""
    with engine.begin() as connection:
        return [intent.sweep_id for intent in outbox.due_intents(connection, 100)]


def dispatch(engine: Engine) -> list[int]:
    """Mark every due intent as done, as the dispatcher does, and return the ids of the sweeps."""
    with engine.begin() as connection:
        intents = outbox.due_intents(connection, 100)
        for intent in intents:
            outbox.mark_done(connection, intent.intent_id)
    return [intent.sweep_id for intent in intents]


def end(engine: Engine, sweep_id: int, status: SweepStatus = SweepStatus.DONE) -> None:
    with engine.begin() as connection:
        assert close_sweep(connection, sweep_id, status)


def test_due_intents_come_oldest_first_with_their_sweep(engine: Engine) -> None:
    sweeps = [intend(engine) for _ in range(3)]
    end(engine, sweeps[1], SweepStatus.CANCELLED)
    with engine.begin() as connection:
        intents = outbox.due_intents(connection, 10)
        assert [intent.sweep_id for intent in intents] == sweeps
        assert [intent.sweep_status for intent in intents] == ["active", "cancelled", "active"]
        assert [intent.is_wanted for intent in intents] == [True, False, True]
        assert intents[0].dag_run_id == f"ingest__{sweeps[0]}__1"
        assert intents[0].conf == {"run_id": sweeps[0]}
        assert len(outbox.due_intents(connection, 2)) == 2


def test_the_schedule_waits_behind_people_and_few_of_its_sweeps_work_at_a_time(
    engine: Engine,
) -> None:
    scheduled = [intend(engine, RunTrigger.SCHEDULE) for _ in range(10)]
    sweep_ids = [intend(engine), intend(engine, RunTrigger.AIRFLOW)]
    first = dispatch(engine)
    assert first[:2] == sweep_ids, "though they came last"
    at_work = first[2:]
    assert at_work == scheduled[: len(at_work)]
    assert 0 < len(at_work) < 10
    assert due(engine) == [], "until one of them has ended"
    late = intend(engine)
    assert due(engine) == [late], "a person waits for none of them"
    end(engine, at_work[0])
    assert due(engine) == [late, scheduled[len(at_work)]]


def test_a_scheduled_sweep_that_has_ended_before_its_turn_takes_nobodys_turn(
    engine: Engine,
) -> None:
    scheduled = [intend(engine, RunTrigger.SCHEDULE) for _ in range(8)]
    at_work = dispatch(engine)
    waiting = scheduled[len(at_work) :]
    end(engine, waiting[-1], SweepStatus.CANCELLED)
    assert due(engine) == [waiting[-1]], "only to be told that nobody wants it any more"


def test_a_scheduled_sweep_that_is_recovered_keeps_its_turn(engine: Engine) -> None:
    for _ in range(8):
        intend(engine, RunTrigger.SCHEDULE)
    recovered = dispatch(engine)[0]
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE sweeps SET attempt = 2 WHERE sweep_id = :s"), {"s": recovered}
        )
        outbox.put_intent(connection, recovered, {"run_id": recovered}, attempt=2)
    assert due(engine) == [recovered], "though the others were asked for earlier"


def test_a_done_intent_never_comes_again(engine: Engine) -> None:
    intend(engine)
    with engine.begin() as connection:
        (intent,) = outbox.due_intents(connection, 10)
        outbox.mark_done(connection, intent.intent_id)
    with engine.begin() as connection:
        assert outbox.due_intents(connection, 10) == []
        assert outbox.seconds_to_next_try(connection) is None


def test_a_postponed_intent_comes_when_it_is_due(engine: Engine) -> None:
    intend(engine)
    with engine.begin() as connection:
        (intent,) = outbox.due_intents(connection, 10)
        outbox.postpone(connection, intent.intent_id, timedelta(seconds=60), "down")
    with engine.begin() as connection:
        assert outbox.due_intents(connection, 10) == []
        seconds_left = outbox.seconds_to_next_try(connection)
        assert seconds_left is not None
        assert 50 < seconds_left <= 60
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
        # Postgres ends the session of the invalidated connection only shortly afterwards.
        eventually(lambda: outbox.try_dispatcher_lock(second))
        second.invalidate()


def test_an_intent_is_notified_when_it_is_committed(engine: Engine, postgres_url: str) -> None:
    conninfo = psycopg_url(postgres_url).set(drivername="postgresql")
    with psycopg.connect(
        conninfo.render_as_string(hide_password=False), autocommit=True
    ) as listening:
        listening.execute("LISTEN outbox")
        intend(engine)
        (notification,) = listening.notifies(timeout=60, stop_after=1)
    assert (notification.channel, notification.payload) == ("outbox", "")
