"""Migrate a database with Alembic, to the newest schema or back to an older one."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database_url: str, revision: str = "head") -> None:
    """Apply the missing migrations. Concurrent callers wait for each other."""
    _migrate(database_url, command.upgrade, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Revert the migrations after ``revision``.

    Data that only the newer schema can hold is lost.
    """
    _migrate(database_url, command.downgrade, revision)


def _migrate(database_url: str, migrate: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            migrate(config, revision)
    finally:
        engine.dispose()


def newest_revision() -> str | None:
    """Return the newest revision, which ``upgrade`` applies by default."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()
