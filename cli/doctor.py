"""Implement ``jobhunt doctor``, which says in plain words what is wrong with a stuck system.

It examines the database, the S3 server, Airflow and the API directly, because a stuck part may be
unable to report its state.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import typer

from cli import terminal
from cli.session import AsJson
from include.errors import SettingError
from include.settings import Settings, get_settings
from include.tls import tls_context
from local.home import Addresses, read_stack

if TYPE_CHECKING:
    from include.raw_pages import S3Location

_MAX_SILENCE = timedelta(minutes=1)
"""The maximum time of silence before ``doctor`` reports a fault.

It limits the time that an intent waits in the outbox, and the time since the last heartbeat of a
component of Airflow.
"""
_TIMEOUT_SECONDS = 5.0
_COMPONENTS = {
    "metadatabase": "Airflow's own database",
    "scheduler": "the scheduler, which starts every task",
    "dag_processor": "the dag-processor, which reads dags/",
    "triggerer": "the triggerer, which fires deadlines",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of examining one part of the system.

    ``about`` names the part, ``ok`` is True if the part works, and ``message`` states the result.
    """

    about: str
    ok: bool
    message: str


def doctor(as_json: AsJson = False) -> None:
    """Say what is wrong with a stuck system. The exit code is 0 if nothing is wrong."""
    settings = get_settings()
    findings = list(examine(find_addresses(settings), settings))
    if as_json:
        terminal.print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(
                terminal.printable(
                    f"{'ok ' if finding.ok else 'BAD'} {finding.about}: {finding.message}"
                )
            )
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def find_addresses(settings: Settings) -> Addresses:
    """Return the addresses in the settings if they name a database.

    Otherwise return the addresses of the running stack.

    Raises:
        SettingError: no stack is running, and ``JOBHUNT_DATABASE_URL`` is not set.
    """
    stack = None if settings.database_url else read_stack(settings.home)
    if stack is not None:
        return stack
    if not settings.database_url:
        raise SettingError(
            "JOBHUNT_DATABASE_URL", f"is not set, and no stack is running in {settings.home}"
        )
    return Addresses(
        api_url=settings.api_url,
        airflow_url=settings.airflow_url,
        airflow_user=settings.airflow_user,
        airflow_password=settings.airflow_password.get_secret_value(),
        database_url=settings.database_url,
        s3_endpoint=settings.s3_endpoint,
        s3_bucket=settings.s3_bucket,
        s3_access_key=settings.s3_access_key,
        s3_secret_key=settings.s3_secret_key.get_secret_value(),
    )


def bucket_of(addresses: Addresses) -> "S3Location":
    """Return the location of the bucket that holds the raw pages.

    The region is the one in the settings.
    """
    from include.raw_pages import S3Location

    return S3Location(
        bucket=addresses.s3_bucket,
        endpoint=addresses.s3_endpoint or None,
        region=get_settings().s3_region,
        access_key=addresses.s3_access_key or None,
        secret_key=addresses.s3_secret_key or None,
    )


def examine(addresses: Addresses, settings: Settings) -> Iterator[Finding]:
    """Examine every part of the system. Yield a finding for each part, even if the part works."""
    yield from _examine_database(addresses, settings)
    yield _examine_bucket(addresses)
    yield from _examine_airflow(addresses)
    yield _examine_api(addresses)


def _examine_database(addresses: Addresses, settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from include.db.diagnosis import diagnose, read_revision
    from include.db.engine import make_engine
    from include.db.migrate import newest_revision

    engine = make_engine(addresses.database_url)
    try:
        with engine.connect() as connection:
            revision, newest = read_revision(connection), newest_revision()
            yield _examine_migrations(revision, newest)
            if revision != newest:
                return
            diagnosis = diagnose(connection, settings.stale_after)
    except SQLAlchemyError as error:
        cause = str(error).splitlines()[0]
        yield Finding(about="database", ok=False, message=f"Postgres does not answer: {cause}")
        return
    finally:
        engine.dispose()
    progress = f"{diagnosis.working} runs in progress, no sweep without a heartbeat"
    if diagnosis.stale:
        stale_sweeps = ", ".join(map(str, diagnosis.stale))
        progress = (
            f"no heartbeat for over {settings.stale_after} in sweep {stale_sweeps} (a sweep is the"
            " checks that one DAG run carries out). The DAG detect_stale_runs recovers it within"
            " minutes if Airflow works; trigger that DAG to recover it now"
        )
    yield Finding(about="runs", ok=not diagnosis.stale, message=progress)
    backlog = f"sweeps to be handed to Airflow: {diagnosis.waiting}"
    is_late = diagnosis.waiting_seconds > _MAX_SILENCE.total_seconds()
    if is_late:
        cause = f" (last error: {diagnosis.waiting_for})" if diagnosis.waiting_for else ""
        backlog += (
            f", the oldest has waited for {diagnosis.waiting_seconds:.0f} s{cause}. The API hands"
            " them over. Check that it is running and can reach Airflow"
        )
    yield Finding(about="dispatcher", ok=not is_late, message=backlog)


def _examine_migrations(revision: str | None, newest: str | None) -> Finding:
    behind = (
        f"the database is at revision {revision or 'none'}, the code at {newest}. Migrate the"
        " database with `jobhunt storage prepare`"
    )
    return Finding(
        about="migrations",
        ok=revision == newest,
        message="up to date" if revision == newest else behind,
    )


def _examine_bucket(addresses: Addresses) -> Finding:
    import obstore
    from obstore.exceptions import BaseError

    from include.raw_pages import open_store

    store = open_store(
        bucket_of(addresses),
        answer_within=timedelta(seconds=_TIMEOUT_SECONDS),
        retry_for=timedelta(0),
    )
    try:
        next(iter(obstore.list(store, prefix="raw/", chunk_size=1)), None)
    except (BaseError, OSError) as error:
        cause = str(error).splitlines()[0]
        message = f"bucket {addresses.s3_bucket} can't be listed: {cause}"
        return Finding(about="S3", ok=False, message=message)
    return Finding(about="S3", ok=True, message=f"bucket {addresses.s3_bucket} can be read")


def _examine_airflow(addresses: Addresses) -> Iterator[Finding]:
    if not addresses.airflow_url:
        message = "JOBHUNT_AIRFLOW_URL is not set, so no DAG run is started"
        yield Finding(about="Airflow", ok=False, message=message)
        return
    try:
        with httpx.Client(
            base_url=addresses.airflow_url,
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
            verify=tls_context(),
        ) as client:
            health = client.get("/api/v2/monitor/health").raise_for_status().json()
            yield from _examine_components(health)
            login = {"username": addresses.airflow_user, "password": addresses.airflow_password}
            token = client.post("/auth/token", json=login).raise_for_status().json()
            client.headers["Authorization"] = f"Bearer {token['access_token']}"
            for examine_part in (_find_import_errors, _find_paused_dags, _find_full_pools):
                yield examine_part(lambda path: client.get(path).raise_for_status().json())
    except (httpx.HTTPError, KeyError, ValueError) as error:
        message = f"its api-server gives no usable response: {type(error).__name__}: {error}"
        yield Finding(about="Airflow", ok=False, message=message)


def _examine_components(health: dict[str, Any]) -> Iterator[Finding]:
    now = datetime.now(UTC)
    for name, description in _COMPONENTS.items():
        component_health = health.get(name) or {}
        heartbeat = component_health.get(f"latest_{name}_heartbeat")
        is_silent = heartbeat and now - datetime.fromisoformat(heartbeat) > _MAX_SILENCE
        ok = component_health.get("status") == "healthy" and not is_silent
        since = f"; its last heartbeat was at {heartbeat}" if heartbeat else ""
        yield Finding(
            about=f"Airflow {name}",
            ok=ok,
            message="works" if ok else f"{description}, is down{since}",
        )


_GetJson = Callable[[str], dict[str, Any]]


def _find_import_errors(get_json: _GetJson) -> Finding:
    errors = get_json("/api/v2/importErrors?limit=100")["import_errors"]
    message = "; ".join(
        f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in errors
    )
    return Finding(about="DAG files", ok=not errors, message=message or "all can be imported")


def _find_paused_dags(get_json: _GetJson) -> Finding:
    dags = get_json("/api/v2/dags?tags=jobhunt&limit=100")["dags"]
    paused = [dag["dag_id"] for dag in dags if dag["is_paused"]]
    missing_dag_ids = {"ingest_jobs", "detect_stale_runs"} - {dag["dag_id"] for dag in dags}
    problems = [f"{name} is paused" for name in paused]
    problems += [f"{name} is unknown to Airflow" for name in sorted(missing_dag_ids)]
    return Finding(about="DAGs", ok=not problems, message="; ".join(problems) or "none is paused")


def _find_full_pools(get_json: _GetJson) -> Finding:
    pools = get_json("/api/v2/pools?limit=100")["pools"]
    full_pools = [
        f"{pool['name']} has no open slot and {pool['queued_slots']} tasks queue for one"
        for pool in pools
        if pool["open_slots"] == 0 and pool["queued_slots"]
    ]
    return Finding(
        about="worker slots", ok=not full_pools, message="; ".join(full_pools) or "some are open"
    )


def _examine_api(addresses: Addresses) -> Finding:
    if not addresses.api_url:
        return Finding(about="API", ok=False, message="JOBHUNT_API_URL is not set")
    try:
        response = httpx.get(
            f"{addresses.api_url}/ready",
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
            verify=tls_context(),
        )
    except httpx.HTTPError as error:
        return Finding(about="API", ok=False, message=f"does not answer: {type(error).__name__}")
    problem = f"returned {response.status_code}: {response.text[:200]}"
    return Finding(
        about="API", ok=response.is_success, message="ready" if response.is_success else problem
    )
