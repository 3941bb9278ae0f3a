"""Make the clients with which tasks access Postgres and S3.

The clients are made from Airflow's Connections ``jobhunt_db`` and ``jobhunt_s3``, where an operator
changes addresses and logins. The packages in ``include`` get clients that do not depend on Airflow.
This module imports Airflow's providers at its top, because Airflow imports this folder once, before
it forks its workers. Importing the providers in each task would take a second of CPU time.
"""

from collections.abc import Generator
from contextlib import contextmanager

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.postgres.hooks.postgres import PostgresHook
from sqlalchemy import Engine

from include.db.engine import make_engine
from include.raw_pages import RawPages, S3Location
from include.settings import get_settings

_DATABASE_CONNECTION_ID = "jobhunt_db"
_S3_CONNECTION_ID = "jobhunt_s3"


@contextmanager
def database() -> Generator[Engine]:
    """Yield an engine for our database as long as the block runs."""
    engine = make_engine(PostgresHook(postgres_conn_id=_DATABASE_CONNECTION_ID).sqlalchemy_url)
    try:
        yield engine
    finally:
        engine.dispose()


def raw_pages() -> RawPages:
    """Return the store of raw pages."""
    hook = S3Hook(aws_conn_id=_S3_CONNECTION_ID)
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
    """Return the access key, the secret key and the session token."""
    connection = hook.conn_config
    if connection.aws_access_key_id and not connection.role_arn:
        # The stated keys are used directly, because making a session takes 25 ms, and only roles
        # and profiles need one.
        return (
            connection.aws_access_key_id,
            connection.aws_secret_access_key,
            connection.aws_session_token,
        )
    credentials = hook.get_credentials()
    return credentials.access_key, credentials.secret_key, credentials.token
