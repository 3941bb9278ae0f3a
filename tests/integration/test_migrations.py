import json
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Row, text

from include.db.diagnosis import read_revision
from include.db.engine import make_engine
from include.db.migrate import downgrade, newest_revision, upgrade
from include.db.tables import ingestion_runs, metadata, users
from include.db.views import RUN_COMPANIES, RUN_JOBS, USER_JOB_STATES
from include.errors import JobhuntError
from local.postgres import PostgresServer

pytestmark = pytest.mark.integration

_BEFORE_THE_CATALOGUE = "0009"
"""The revision before the one that made the catalogue, which cannot be downgraded."""
_JOB = """
    INSERT INTO jobs
        (board_id, external_id, check_id, title, listed_title, url, page_url, host, posting)
    VALUES (1, :id, 1, 'Cook', 'Cook', :url, 'u', 'h', :posting)
"""


def test_migrations_build_exactly_the_tables_and_views_of_the_code(
    engine: Engine, postgres: PostgresServer
) -> None:
    as_coded = make_engine(_new_database(postgres, "as_coded"))
    with as_coded.begin() as connection:
        # These tables come first, because one of them has the sequence for the ids of sweeps.
        metadata.create_all(connection, tables=[users, ingestion_runs])
        metadata.create_all(connection)
        for view in (RUN_COMPANIES, RUN_JOBS, USER_JOB_STATES):
            connection.execute(text(view))
        coded = _schema(connection)
    as_coded.dispose()
    with engine.connect() as connection:
        migrated = _schema(connection)
    assert sorted(migrated - coded) == sorted(coded - migrated) == []


def test_migrations_leave_no_function_but_those_of_texts_and_triggers(engine: Engine) -> None:
    functions = (
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e') ORDER BY 1"
    )
    triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    with engine.connect() as connection:
        found = list(connection.scalars(text(functions)))
        assert found == [
            *("forget_run_jobs", "forget_user_jobs", "head_words", "job_search"),
            "open_or_close_posting",
        ]
        found = list(connection.scalars(text(triggers)))
        assert found == [*("ingestion_runs_forget_jobs", "jobs_open_or_close", "users_forget_jobs")]


def test_migrating_twice_changes_nothing(engine: Engine, postgres_url: str) -> None:
    with engine.connect() as connection:
        before = _schema(connection)
    upgrade(postgres_url)
    with engine.connect() as connection:
        assert _schema(connection) == before


def test_the_merged_catalogue_is_not_taken_apart_again(postgres: PostgresServer) -> None:
    url = _new_database(postgres, "no_way_back")
    upgrade(url)
    with pytest.raises(JobhuntError, match=r"restore the backup .*docs/upgrade\.md"):
        downgrade(url, _BEFORE_THE_CATALOGUE)
    engine = make_engine(url)
    with engine.connect() as connection:
        assert read_revision(connection) == newest_revision()
    engine.dispose()


def test_before_the_catalogue_older_code_can_come_back_and_newer_again(
    postgres: PostgresServer,
) -> None:
    url = _new_database(postgres, "both_ways")
    upgrade(url, _BEFORE_THE_CATALOGUE)
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
    for number in range(int(_BEFORE_THE_CATALOGUE) - 1, 0, -1):
        downgrade(url, f"{number:04}")
        with engine.connect() as connection:
            assert read_revision(connection) == f"{number:04}"
            assert _known(connection) == [("ada", 1, "Welder")]
    upgrade(url)
    with engine.connect() as connection:
        query = text("SELECT user_id, title FROM user_jobs JOIN jobs USING (job_id)")
        assert connection.execute(query).all() == [("ada", "Welder")]
    engine.dispose()


def test_outcomes_of_jobs_become_arrays_and_rows_again(postgres: PostgresServer) -> None:
    url = _new_database(postgres, "outcomes")
    upgrade(url, "0016")
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO run_jobs VALUES (1, 'acme', 7, 'Cook', 'ready', true, true, NULL,"
                " NULL, 1, 0, 1), (1, 'acme', 8, 'Baker', 'failed', false, true, 'timeout', 'late',"
                " 3, 2, 2), (2, 'acme', 7, 'Cook', 'expired', false, false, NULL, NULL, 1, 1, 1)"
            )
        )
        before = _run_jobs(connection)
    upgrade(url, "0017")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM run_outcomes")) == 2
        assert _run_jobs(connection) == before
    downgrade(url, "0016")
    with engine.connect() as connection:
        assert _run_jobs(connection) == before
    engine.dispose()


def test_urls_of_other_schemes_are_removed(postgres: PostgresServer) -> None:
    url = _new_database(postgres, "odd_urls")
    upgrade(url, "0011")
    engine = make_engine(url)
    fine, odd = "HTTPS://acme.example/1", "javascript:alert(1)"
    records = [{"title": "Cook", "apply_url": each} for each in (fine, odd, None)]
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO boards (source, config, config_sha256) VALUES ('a', '{}', 'a')")
        )
        for number, (each, record) in enumerate(zip((fine, odd, odd), records, strict=True)):
            values = {"id": str(number), "url": each, "posting": json.dumps(record)}
            connection.execute(text(_JOB), values)
        changes = json.dumps({"apply_url": [None, odd], "url": [fine, None], "title": ["a", "b"]})
        insert = (
            "INSERT INTO job_versions (job_id, version, sweep_id, changes) VALUES (1, 1, 1, :c)"
        )
        connection.execute(text(insert), {"c": changes})
    upgrade(url)
    with engine.connect() as connection:
        query = "SELECT url, posting ->> 'apply_url', posting ? 'apply_url' FROM jobs ORDER BY 1"
        found = [tuple(row) for row in connection.execute(text(query))]
        assert found == [("", None, True), ("", None, True), (fine, fine, True)]
        kept = connection.scalar(text("SELECT changes FROM job_versions"))
        assert kept == {"url": [fine, None], "title": ["a", "b"]}
    engine.dispose()


def test_all_tables_can_be_taken_back_before_the_catalogue(postgres: PostgresServer) -> None:
    url = _new_database(postgres, "none_left")
    upgrade(url, _BEFORE_THE_CATALOGUE)
    downgrade(url, "base")
    engine = make_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('jobs')")) is None
    engine.dispose()


def _run_jobs(connection: Connection) -> list[Row[Any]]:
    query = text("SELECT to_jsonb(t) FROM run_jobs AS t ORDER BY run_id, company, job_id")
    return list(connection.execute(query))


def _new_database(postgres: PostgresServer, name: str) -> str:
    with postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type] # the name is safe, because it is a constant of this test
    return postgres.url(name)


def _known(connection: Connection) -> list[tuple[str, int, str]]:
    query = (
        "SELECT user_id, ingestion_runs.run_id, jobs.title"
        " FROM ingestion_runs JOIN jobs USING (user_id)"
    )
    return [tuple(row) for row in connection.execute(text(query))]


def _schema(connection: Connection) -> set[tuple[str, ...]]:
    """Return all columns, constraints, indexes and views as Postgres describes them."""
    return {tuple(row) for row in connection.execute(text(_SCHEMA))}


_SCHEMA = """
    WITH ours AS (
        SELECT * FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
            AND relname <> 'alembic_version'
            -- what an extension brought that another test asked for
            AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
    )
    SELECT c.relname, a.attname, concat_ws(
        ' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
        'IDENTITY ' || nullif(a.attidentity::text, ''), pg_get_expr(d.adbin, d.adrelid)
    ) AS definition
    FROM ours AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    UNION ALL
    SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
    FROM ours AS c JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype <> 'n'
    UNION ALL
    SELECT c.relname, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM ours AS c JOIN pg_index AS i ON i.indrelid = c.oid
    UNION ALL
    SELECT c.relname, 'view', pg_get_viewdef(c.oid) FROM ours AS c WHERE c.relkind = 'v'
"""
