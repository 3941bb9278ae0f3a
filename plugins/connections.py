"""How tasks reach Postgres and S3: through Airflow's Connections ``jobhunt_db`` and
``jobhunt_s3``, because that is where an operator changes them. The library gets plain clients.

Airflow imports this folder once when it starts, before it forks its workers, so the providers are
loaded here and not by every task (a second of CPU each).
"""

from collections.abc import Generator
from contextlib import contextmanager

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.postgres.hooks.postgres import PostgresHook
from sqlalchemy import Engine

from include.db.engine import make_engine
from include.raw_pages import RawPages, S3Location
from include.settings import get_settings

DATABASE = "jobhunt_db"
STORE = "jobhunt_s3"


@contextmanager
def database() -> Generator[Engine]:
    engine = make_engine(PostgresHook(postgres_conn_id=DATABASE).sqlalchemy_url)
    try:
        yield engine
    finally:
        engine.dispose()


def raw_pages() -> RawPages:
    hook = S3Hook(aws_conn_id=STORE)
    access_key, secret_key, session_token = _keys(hook)
    return RawPages(
        S3Location(
            bucket=hook.service_config.get("bucket_name") or get_settings().s3_bucket,
            endpoint=hook.conn_config.get_service_endpoint_url("s3"),
            region=hook.region_name or "us-east-1",
            access_key=access_key,
            secret_key=secret_key,
            session_token=session_token,
        )
    )


def _keys(hook: S3Hook) -> tuple[str | None, str | None, str | None]:
    """Access key, secret key, session token."""
    stated = hook.conn_config
    if stated.aws_access_key_id and not stated.role_arn:
        # a session, which roles and profiles need, takes 25 ms of each task
        return stated.aws_access_key_id, stated.aws_secret_access_key, stated.aws_session_token
    found = hook.get_credentials()
    return found.access_key, found.secret_key, found.token
