"""The sensor that looks for sweeps whose workers went silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator, PokeReturnValue

if TYPE_CHECKING:
    from airflow.sdk import Context


class StaleRunSensor(BaseSensorOperator):
    """Succeed as soon as a sweep is stale, with ``[{"sweep_id": …, "attempt": …}, …]`` as the XCom.

    Between two looks the sensor holds no worker slot (``mode="reschedule"``).
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(mode="reschedule", **options)

    def poke(self, context: Context) -> PokeReturnValue:
        from include.db.recovery import find_stale
        from include.pipeline.start_run import assign_waiting
        from include.settings import get_settings
        from plugins.connections import database

        with database() as engine, engine.begin() as connection:
            # a process that was killed in between may have left a run without its next check
            assign_waiting(connection)
            stale = find_stale(connection, get_settings().stale_after)
        for sweep in stale:
            self.log.warning(
                "sweep %s (attempt %s) is silent since %s",
                sweep.sweep_id,
                sweep.attempt,
                sweep.last_heartbeat,
            )
        found = [{"sweep_id": sweep.sweep_id, "attempt": sweep.attempt} for sweep in stale]
        return PokeReturnValue(is_done=bool(found), xcom_value=found)
