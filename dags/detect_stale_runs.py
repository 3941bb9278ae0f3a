"""
### Recovers the sweeps whose workers went silent

A worker leaves a heartbeat every second. The sensor looks once a minute for sweeps that have had
none for `JOBHUNT_STALE_AFTER`; `recover_run` then decides for each, in our database:

| what it finds | what it does |
|---|---|
| every check has ended | closes the sweep |
| recoveries are left | gives it a new DAG run of `ingest_jobs`; the old one is failed |
| none is left | fails the checks that are left; the runs that rest on them end in `error` |

A recovered sweep goes on with what is left, at most `JOBHUNT_MAX_RECOVERIES` times. It is left
alone while it waits for its turn in Airflow, or for Airflow itself. Nothing found skips the tasks.
To act at once, trigger this DAG.
"""

from datetime import timedelta

from airflow.sdk import dag, task

from plugins import steps
from plugins.stale_runs import StaleRunSensor


@dag(
    schedule="*/5 * * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    is_paused_upon_creation=False,
    tags=["jobhunt"],
    default_args={
        "retries": 2,
        "retry_delay": timedelta(seconds=5),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(minutes=2),
        # before any sweep's own tasks: a full house is when it is needed
        "priority_weight": 1000,
    },
)
def detect_stale_runs() -> None:
    # over before the next one is due
    stale = StaleRunSensor(
        task_id="stale_runs", poke_interval=60, timeout=timedelta(minutes=4), soft_fail=True
    )
    task(steps.recover_run, map_index_template="{{ label }}").expand(stale=stale.output)


detect_stale_runs()
