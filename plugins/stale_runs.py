"""The sensor that looks for runs whose workers went silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator, PokeReturnValue

if TYPE_CHECKING:
    from airflow.sdk import Context


class StaleRunSensor(BaseSensorOperator):
    """Succeeds as soon as a run is stale, with ``[{"run_id": …, "attempt": …}, …]`` as its XCom.

    Between two looks it holds no worker slot (``mode="reschedule"``).
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(mode="reschedule", **options)

    def poke(self, context: Context) -> PokeReturnValue:
        from include.db.recovery import find_stale
        from include.settings import get_settings
        from plugins.connections import database

        with database() as engine, engine.connect() as connection:
            stale = find_stale(connection, get_settings().stale_after)
        for run in stale:
            self.log.warning(
                "run %s (%s, attempt %s) is silent since %s",
                run.run_id,
                run.status,
                run.attempt,
                run.last_heartbeat,
            )
        found = [{"run_id": run.run_id, "attempt": run.attempt} for run in stale]
        return PokeReturnValue(is_done=bool(found), xcom_value=found)
