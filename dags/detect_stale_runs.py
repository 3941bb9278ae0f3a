"""### Recovers sweeps without heartbeats

The workers of a sweep write its heartbeat every second. The sensor searches once a minute for stale
sweeps, which had no heartbeat for `JOBHUNT_STALE_AFTER`. For each stale sweep, `recover_run` then
does one of these:

| if | the task |
|---|---|
| every check has ended | closes the sweep |
| the sweep may be recovered again | gives it a new DAG run of `ingest_jobs` |
| otherwise | fails the remaining checks; the runs that rest on them end in `error` |

The API then marks the lost DAG run as failed, which frees the slots of tasks that hang.

A recovered sweep continues with its remaining work. A sweep is recovered at most
`JOBHUNT_MAX_RECOVERIES` times. A sweep that waits for Airflow, or for its turn in Airflow, is not
recovered. If no sweep is stale, the tasks are skipped. To search for stale sweeps now, trigger this
DAG.
"""

from datetime import timedelta

from airflow.sdk import dag, task

from plugins import steps
from plugins.stale_runs import StaleRunSensor


@dag(
    schedule="*/5 * * * *",
    catchup=False,
    max_active_runs=1,
    description="Recovers sweeps whose workers send no heartbeats",
    doc_md=__doc__,
    is_paused_upon_creation=False,
    tags=["jobhunt"],
    default_args={
        "owner": "jobhunt",
        "retries": 2,
        "retry_delay": timedelta(seconds=5),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(minutes=2),
        # Recovery goes before the tasks of all sweeps, because it is needed most when all worker
        # slots are taken.
        "priority_weight": 1000,
    },
)
def detect_stale_runs() -> None:
    # The timeout is shorter than the schedule's interval, so this DAG run ends before the next one.
    stale = StaleRunSensor(
        task_id="stale_runs",
        doc_md=StaleRunSensor.__doc__,
        poke_interval=60,
        timeout=timedelta(minutes=4),
        soft_fail=True,
    )
    task(
        steps.recover_run, map_index_template="{{ label }}", doc_md=steps.recover_run.__doc__
    ).expand(stale=stale.output)


detect_stale_runs()
