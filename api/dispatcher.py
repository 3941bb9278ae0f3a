"""Request exactly one DAG run from Airflow for each intent in the outbox.

An intent is a request that Airflow carry out one attempt of a sweep (``include.db.work.outbox``).

Only one dispatcher works at a time across all API processes: the dispatcher whose database session
holds an advisory lock. If that session loses the lock, two dispatchers may overlap. Even then no
intent leads to two DAG runs. The DAG run's id is made from the sweep's id and attempt, and Airflow
accepts each id once.
"""

import asyncio
import logging
import random
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.airflow import AirflowClient, AirflowRefused, AirflowUnavailable
from include.core.runs.run_state import CheckStatus, SweepStatus
from include.db.run.runs import notify
from include.db.work import outbox
from include.db.work.checks import active_checks
from include.db.work.outbox import Intent
from include.db.work.sweeps import close_sweep, lock_sweep
from include.pipeline.runs.settle_checks import end_early
from include.pipeline.runs.start_run import assign_checks_to_waiting_runs

_log = logging.getLogger(__name__)
_POLL_SECONDS = 5.0
_MAX_CONCURRENT_INTENTS = 8
_FIRST_DELAY_SECONDS = 0.5
_MAX_DELAY_SECONDS = 30.0


class Dispatcher:
    """The dispatcher of this process, which waits until it can take the advisory lock."""

    def __init__(self, engine: AsyncEngine, airflow: AirflowClient):
        """Create a dispatcher that is not running yet.

        Args:
            engine: an engine without a connection pool. A pool would keep a closed connection open,
                so closing it would not free the lock.
        """
        self._engine = engine
        self._airflow = airflow
        self._woken = asyncio.Event()

    def wake(self, _payload: str = "") -> None:
        """Make the dispatcher read the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Carry out intents until cancelled."""
        while True:
            try:
                async with self._engine.connect() as connection:
                    await self._dispatch(connection)
            except (SQLAlchemyError, OSError) as error:
                _log.warning("dispatcher_lost_database", extra={"reason": type(error).__name__})
            await asyncio.sleep(_POLL_SECONDS)

    async def _dispatch(self, connection: AsyncConnection) -> None:
        """Carry out intents for as long as this session holds the lock."""
        async with connection.begin():
            if not await connection.run_sync(outbox.try_dispatcher_lock):
                return
        while True:
            self._woken.clear()
            async with connection.begin():
                intents = await connection.run_sync(outbox.due_intents, _MAX_CONCURRENT_INTENTS)
                next_try_in = await connection.run_sync(outbox.seconds_to_next_try)
            if not intents:
                seconds = _POLL_SECONDS if next_try_in is None else min(next_try_in, _POLL_SECONDS)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), seconds)
                continue
            errors = await asyncio.gather(*(self._execute(intent) for intent in intents))
            for intent, error in zip(intents, errors, strict=True):
                async with connection.begin():
                    await connection.run_sync(_record, intent, error)
                if isinstance(error, AirflowRefused):
                    async with connection.begin():
                        await connection.run_sync(assign_checks_to_waiting_runs)
            if all(isinstance(error, AirflowUnavailable) for error in errors):
                # Airflow answers none of the requests, so pause before the next intents of a long
                # queue.
                await asyncio.sleep(_FIRST_DELAY_SECONDS)

    async def _execute(self, intent: Intent) -> AirflowUnavailable | AirflowRefused | None:
        """Carry out the intent. Return Airflow's error; None if there was none."""
        if intent.recovers is not None:
            await self._fail_lost_dag_run(intent.recovers)
        if not intent.is_wanted:
            return None
        try:
            await self._airflow.trigger(intent.dag_run_id, intent.conf)
        except (AirflowUnavailable, AirflowRefused) as error:
            return error
        return None

    async def _fail_lost_dag_run(self, dag_run_id: str) -> None:
        """Mark the lost attempt's DAG run as failed, to free its worker slots in Airflow.

        If this fails, no harm is done, because the database refuses all writes of the lost attempt
        (fencing).
        """
        try:
            await self._airflow.fail(dag_run_id)
        except (AirflowUnavailable, AirflowRefused) as error:
            extra = {"dag_run_id": dag_run_id, "reason": error.message}
            _log.warning("lost_attempt_not_failed", extra=extra)


def _record(
    connection: Connection, intent: Intent, error: AirflowUnavailable | AirflowRefused | None
) -> None:
    """Mark the intent as done, or postpone it if Airflow was unavailable.

    If Airflow refused the intent, its sweep fails.
    """
    log_fields = {"run_id": intent.sweep_id, "attempt": intent.attempt}
    if isinstance(error, AirflowUnavailable):
        delay = _retry_delay(intent.tries)
        outbox.postpone(connection, intent.intent_id, delay, error.message)
        notify(connection)
        _log.warning("dispatch_postponed", extra={**log_fields, "reason": error.message})
        return
    if error is not None:
        _give_up(connection, intent, error)
        _log.error("dispatch_refused", extra={**log_fields, "reason": error.message})
    elif intent.is_wanted:
        _log.info("dispatched", extra={**log_fields, "tries": intent.tries + 1})
    outbox.mark_done(connection, intent.intent_id)


def _give_up(connection: Connection, intent: Intent, refusal: AirflowRefused) -> None:
    """Mark the sweep and its active checks as failed, because Airflow will never carry them out."""
    lock_sweep(connection, intent.sweep_id)
    if not intent.is_wanted:
        return
    check_ids = list(active_checks(connection, intent.sweep_id))
    end_early(
        connection, check_ids, CheckStatus.FAILED, error_code=refusal.code, reason=refusal.message
    )
    close_sweep(connection, intent.sweep_id, SweepStatus.FAILED)


def _retry_delay(tries: int) -> timedelta:
    """Return a random time until the next try. Its limits double with each try, up to a maximum."""
    doublings = min(tries, 16)  # enough to reach the maximum; a larger power might overflow
    max_seconds = min(_FIRST_DELAY_SECONDS * 2**doublings, _MAX_DELAY_SECONDS)
    return timedelta(seconds=random.uniform(max_seconds / 2, max_seconds))
