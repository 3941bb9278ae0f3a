"""Define the reference ``UsualRuntime`` for Deadline Alerts (ADR 7).

The reference is the time at which a DAG run usually ends, judged by earlier DAG runs of the same
kind. Airflow's own ``AVERAGE_RUNTIME`` is not used, for two reasons. It chooses its sample by
logical dates, which triggered DAG runs do not have. It also averages over DAG runs of all sizes,
such as three companies and 500 boards.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from airflow.sdk.definitions.deadline import BaseDeadlineReference

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

_SAMPLE_SIZE = 50
"""The number of the latest DAG runs among which those of the same kind are searched."""


@dataclass(eq=False)
class UsualRuntime(BaseDeadlineReference):
    """The time at which the DAG run usually ends.

    It is the time at which the DAG run was queued, plus the median duration of the latest
    successful DAG runs of the same kind. A duration is counted from queueing to the end.

    There is no such time if there are fewer than ``min_runs`` of these DAG runs. DAG runs are of
    one kind if the same user chose the same companies and the same options. All sweeps of the daily
    schedule, whose conf names no user, are of one kind.

    Airflow evaluates the reference in the processes that make DAG runs (the API server and the
    scheduler), by queries of its own database.
    """

    min_runs: int = 3

    # Airflow must pass these arguments.
    required_kwargs = frozenset({"dag_id", "run_id"})

    def _evaluate_with(self, *, session: Session, dag_id: str, run_id: str) -> datetime | None:
        from airflow.models import DagRun
        from airflow.utils.state import DagRunState
        from sqlalchemy import select

        select_dag_run = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        dag_run = session.scalars(select_dag_run).one()
        conf = dag_run.conf or {}
        select_earlier = (
            select(DagRun)
            .where(
                DagRun.dag_id == dag_id,
                DagRun.state == DagRunState.SUCCESS,
                DagRun.conf["user_id"].as_string() == conf.get("user_id"),
            )
            .order_by(DagRun.id.desc())
            .limit(_SAMPLE_SIZE)
        )
        runtimes = [
            run.end_date - run.queued_at
            for run in session.scalars(select_earlier)
            if run.queued_at and run.end_date and kind(run.conf or {}) == kind(conf)
        ]
        if dag_run.queued_at is None or len(runtimes) < self.min_runs:
            return None
        return dag_run.queued_at + median(runtimes)

    def serialize_reference(self) -> dict[str, Any]:
        return {**super().serialize_reference(), "min_runs": self.min_runs}

    @classmethod
    def deserialize_reference(cls, reference_data: dict[str, Any]) -> UsualRuntime:
        return cls(min_runs=reference_data["min_runs"])


def kind(conf: Mapping[str, Any]) -> tuple[object, ...]:
    """Return a value that is equal for comparable sweeps of one user or of the daily schedule.

    A recovered sweep is compared only with other recovered sweeps, because it has less to do.
    """
    companies = conf.get("companies")
    return (
        None if companies is None else tuple(sorted(companies)),
        bool(conf.get("force")),
        bool(conf.get("reextract")),
        "recovers" in conf,
    )
