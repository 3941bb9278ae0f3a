"""``jobhunt storage``: the operator's commands for the database and the bucket themselves.

They ask those two directly, at the running stack's addresses or as ``JOBHUNT_DATABASE_URL`` and
``JOBHUNT_S3_…`` say.
"""

from pathlib import Path
from typing import Annotated

import typer

from cli import terminal
from cli.doctor import Places, find_places
from include.raw_pages import S3Location
from include.settings import get_settings

app = typer.Typer(no_args_is_help=True, help="The database and the bucket themselves.")


@app.command()
def prepare() -> None:
    """Make the tables and the bucket, or bring them up to date. Safe to repeat."""
    from include.db.migrate import newest_revision, upgrade
    from include.raw_pages import prepare_bucket

    places = find_places(get_settings())
    upgrade(places.database_url)
    terminal.say(f"the database is at revision {newest_revision()}")
    location = bucket_of(places)
    prepare_bucket(location)
    terminal.say(f"the bucket {location.bucket} is ready")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="As `jobhunt storage prepare` names them: 0010.")],
) -> None:
    """Take the tables back to an older revision, for the code that knew it.

    What only the newer tables and columns held is lost. Going below 0010 is refused: restore the
    backup that was made before the upgrade instead (docs/upgrade.md).
    """
    from include.db.migrate import downgrade

    downgrade(find_places(get_settings()).database_url, revision)
    terminal.say(f"the database is at revision {revision}")


@app.command()
def backup(
    directory: Annotated[Path, typer.Argument(help="Made if it is not there.")],
) -> None:
    """Save the database and the raw pages, while everything runs."""
    from cli.backup import back_up

    places = find_places(get_settings())
    pages = back_up(directory, database_url=places.database_url, bucket=bucket_of(places))
    terminal.say(f"{directory} holds the database and {pages} raw pages")


@app.command()
def restore(
    directory: Annotated[Path, typer.Argument(help="As `jobhunt storage backup` made it.")],
    replace: Annotated[bool, typer.Option(help="Drop what the database holds.")] = False,
) -> None:
    """Put a backup back. The API and Airflow should be stopped meanwhile."""
    from cli.backup import restore

    places = find_places(get_settings())
    pages = restore(
        directory, database_url=places.database_url, bucket=bucket_of(places), replace=replace
    )
    terminal.say(f"the database and {pages} raw pages are back")


def bucket_of(places: Places) -> S3Location:
    return S3Location(
        bucket=places.s3_bucket,
        endpoint=places.s3_endpoint or None,
        region=get_settings().s3_region,
        access_key=places.s3_access_key or None,
        secret_key=places.s3_secret_key or None,
    )
