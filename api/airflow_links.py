"""Addresses in Airflow's user interface, for people to follow."""

from dataclasses import dataclass
from urllib.parse import quote

from pydantic import HttpUrl


@dataclass(frozen=True)
class AirflowLinks:
    root: HttpUrl | None
    """Where browsers reach Airflow; None when nobody has said."""

    def dag_run(self, dag_run_id: str | None) -> str | None:
        """The DAG run's grid and graph."""
        if self.root is None or dag_run_id is None:
            return None
        root = str(self.root).rstrip("/")
        return f"{root}/dags/ingest_jobs/runs/{quote(dag_run_id, safe='')}"
