import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from include.db.diagnosis import read_revision
from include.db.engine import make_engine
from include.db.migrate import downgrade, newest_revision, upgrade
from include.db.tables import metadata
from local.postgres import PostgresServer

pytestmark = pytest.mark.integration


def test_migrations_build_exactly_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(engine: Engine, postgres_url: str) -> None:
    upgrade(postgres_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_older_code_can_come_back_and_newer_again_without_losing_what_both_know(
    postgres: PostgresServer,
) -> None:
    with postgres.connect() as connection:
        connection.execute("CREATE DATABASE both_ways")
    url = postgres.url("both_ways")
    upgrade(url)
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO users (user_id) VALUES ('ada')"))
        connection.execute(
            text(
                "INSERT INTO ingestion_runs (user_id, trigger, status) VALUES ('ada', 'api',"
                " 'finished')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO jobs (user_id, company, external_id, run_id, first_run_id, title, url,"
                " page_url, host) VALUES ('ada', 'acme', '1', 1, 1, 'Welder', 'u', 'u', 'h')"
            )
        )
    for revision in _revisions_before(newest_revision()):
        downgrade(url, revision)
        with engine.connect() as connection:
            assert read_revision(connection) == revision
            assert _known(connection) == [("ada", 1, "Welder")]
    downgrade(url, "base")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('jobs')")) is None
    upgrade(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def _revisions_before(newest: str | None) -> list[str]:
    """Newest first."""
    assert newest is not None
    return [f"{number:04}" for number in range(int(newest) - 1, 0, -1)]


def _known(connection: Connection) -> list[tuple[str, int, str]]:
    query = (
        "SELECT user_id, ingestion_runs.run_id, jobs.title"
        " FROM ingestion_runs JOIN jobs USING (user_id)"
    )
    return [tuple(row) for row in connection.execute(text(query))]
