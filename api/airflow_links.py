"""URLs of pages in Airflow's user interface, which the API's responses link to."""

from dataclasses import dataclass
from urllib.parse import quote

from pydantic import HttpUrl


@dataclass(frozen=True)
class AirflowLinks:
    root: HttpUrl | None
    """The URL at which browsers reach Airflow (``JOBHUNT_AIRFLOW_PUBLIC_URL``); None if not set."""

    def dag_run(self, dag_run_id: str | None) -> str | None:
        """Return the URL of the page that shows the DAG run's grid and graph.

        Returns None if there is no DAG run, or if Airflow's URL is not known.
        """
        if self.root is None or dag_run_id is None:
            return None
        root = str(self.root).rstrip("/")
        return f"{root}/dags/ingest_jobs/runs/{quote(dag_run_id, safe='')}"
