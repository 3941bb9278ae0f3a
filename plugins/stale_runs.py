"""Define the sensor that searches for stale sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator, PokeReturnValue

if TYPE_CHECKING:
    from airflow.sdk import Context


class StaleRunSensor(BaseSensorOperator):
    """A sensor that succeeds as soon as a sweep is stale.

    Its XCom is ``[{"sweep_id": …, "attempt": …}, …]``. Between two pokes it occupies no worker slot
    (``mode="reschedule"``).
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(mode="reschedule", **options)

    def poke(self, context: Context) -> PokeReturnValue:
        """Search for stale sweeps.

        Also assign checks to the runs that waited for the end of another check.
        """
        from include.db.work.recovery import find_stale
        from include.pipeline.runs.start_run import assign_checks_to_waiting_runs
        from include.settings import get_settings
        from plugins.connections import database

        with database() as engine, engine.begin() as connection:
            # A process that ends a check assigns checks to the runs that waited for that end. If it
            # was killed in between, these runs still have no check, so they get one here.
            assign_checks_to_waiting_runs(connection)
            stale = find_stale(connection, get_settings().stale_after)
        for sweep in stale:
            self.log.warning(
                "sweep %s (attempt %s) has had no heartbeat since %s",
                sweep.sweep_id,
                sweep.attempt,
                sweep.last_heartbeat,
            )
        stale_attempts = [{"sweep_id": sweep.sweep_id, "attempt": sweep.attempt} for sweep in stale]
        return PokeReturnValue(is_done=bool(stale_attempts), xcom_value=stale_attempts)
