"""Expose the metrics for Prometheus.

The metrics of streams and requests are counted in this process. The numbers of runs and jobs are
read from the database each time Prometheus fetches the metrics.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from include.db.run.totals import Totals

REGISTRY = CollectorRegistry()

STREAMS_OPEN = Gauge(
    "jobhunt_streams_open", "Progress streams open in this process", registry=REGISTRY
)
STREAM_RESYNCS = Counter(
    "jobhunt_stream_resyncs",
    "Streams that fell behind and were sent the whole state",
    registry=REGISTRY,
)
DELIVERY_SECONDS = Histogram(
    "jobhunt_stream_delivery_seconds",
    "Seconds from the notification of a change until its event is handed to a stream",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "jobhunt_request_seconds",
    "Duration of requests, except progress streams",
    ["method", "route", "status"],
    registry=REGISTRY,
)


def render(totals: Totals | None) -> bytes:
    """Return all metrics in Prometheus's text format.

    Args:
        totals: the numbers from the database; None if the database does not answer.
    """
    database_registry = CollectorRegistry()
    database_registry.register(_TotalsCollector(totals))
    return generate_latest(REGISTRY) + generate_latest(database_registry)


class _TotalsCollector(Collector):
    def __init__(self, totals: Totals | None):
        self._totals = totals

    def collect(self) -> Iterable[Metric]:
        yield _gauge(
            "jobhunt_database_up", "1 if the database answered, else 0", self._totals is not None
        )
        if self._totals is None:
            return
        totals = self._totals
        yield _labelled_gauge(
            "jobhunt_runs", "Runs by status", ["status"], {(s,): n for s, n in totals.runs.items()}
        )
        yield _labelled_gauge(
            "jobhunt_jobs",
            "Jobs by status; failed jobs also by error code",
            ["status", "error"],
            totals.jobs,
        )
        yield _labelled_gauge(
            "jobhunt_recent_outcomes",
            "Outcomes of the jobs of runs that ended within a day; failed ones by error code",
            ["status", "error"],
            totals.recent,
        )
        yield _gauge("jobhunt_recoveries", "Recoveries of all sweeps", totals.recoveries)
        yield _gauge("jobhunt_listings_held", "Listings of all checks that were held", totals.held)
        yield _gauge("jobhunt_sla_misses", "Deadlines missed by all sweeps", totals.sla_misses)
        yield _gauge(
            "jobhunt_run_silent_seconds",
            "Time since the oldest last heartbeat of an active sweep",
            totals.silent_seconds,
        )
        yield _gauge(
            "jobhunt_dispatcher_backlog", "Sweeps that wait to be sent to Airflow", totals.backlog
        )
        yield _gauge(
            "jobhunt_dispatcher_backlog_seconds",
            "Age of the oldest intent of jobhunt_dispatcher_backlog",
            totals.backlog_seconds,
        )


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=float(value))


def _labelled_gauge(
    name: str, text: str, labels: list[str], values: dict[tuple[str, ...], int]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for label, value in values.items():
        # Pyright would report this call, because the method has no type annotations.
        family.add_metric(label, float(value))  # pyright: ignore[reportUnknownMemberType]
    return family
