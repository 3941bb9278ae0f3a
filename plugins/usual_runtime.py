"""When a DAG run like this one is usually over: a reference for Deadline Alerts.

Airflow's own ``AVERAGE_RUNTIME`` takes its sample in the order of logical dates, which DAG runs
that are triggered have not, and mixes one person's three companies with the day's 500 boards.
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

_LATEST = 50


@dataclass(eq=False)
class UsualRuntime(BaseDeadlineReference):
    """The time the DAG run was queued, plus the median time that the latest successful ones of its
    kind took from there. None while there are fewer than ``min_runs``.

    A sweep that a user asked for is of a kind with those of the same user that asked for the same;
    a sweep of the daily schedule, whose conf names no user, with the others of the schedule.

    Evaluated where DAG runs are made (the api-server, the scheduler), in Airflow's database.
    """

    min_runs: int = 3

    # Airflow passes on what is named here
    required_kwargs = frozenset({"dag_id", "run_id"})

    def _evaluate_with(self, *, session: Session, dag_id: str, run_id: str) -> datetime | None:
        from airflow.models import DagRun
        from airflow.utils.state import DagRunState
        from sqlalchemy import select

        own = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        dag_run = session.scalars(own).one()
        conf = dag_run.conf or {}
        past = (
            select(DagRun)
            .where(
                DagRun.dag_id == dag_id,
                DagRun.state == DagRunState.SUCCESS,
                DagRun.conf["user_id"].as_string() == conf.get("user_id"),
            )
            .order_by(DagRun.id.desc())
            .limit(_LATEST)
        )
        took = [
            run.end_date - run.queued_at
            for run in session.scalars(past)
            if run.queued_at and run.end_date and kind(run.conf or {}) == kind(conf)
        ]
        if dag_run.queued_at is None or len(took) < self.min_runs:
            return None
        return dag_run.queued_at + median(took)

    def serialize_reference(self) -> dict[str, Any]:
        return {**super().serialize_reference(), "min_runs": self.min_runs}

    @classmethod
    def deserialize_reference(cls, reference_data: dict[str, Any]) -> UsualRuntime:
        return cls(min_runs=reference_data["min_runs"])


def kind(conf: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what makes two sweeps of a user, or two of the schedule, comparable. One that goes on
    where a lost attempt ended has less to do."""
    companies = conf.get("companies")
    return (
        None if companies is None else tuple(sorted(companies)),
        bool(conf.get("force")),
        bool(conf.get("reextract")),
        "recovers" in conf,
    )
