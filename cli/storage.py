"""Implement ``jobhunt storage``, with which an operator manages the database and the bucket.

The commands connect to the database and to the S3 server directly. If ``JOBHUNT_DATABASE_URL`` is
set, they use the addresses in ``JOBHUNT_DATABASE_URL`` and ``JOBHUNT_S3_…``. Otherwise they use
the addresses of the running stack.
"""

from pathlib import Path
from typing import Annotated

import typer

from cli import terminal
from cli.doctor import bucket_of, find_addresses
from cli.session import AsJson
from include.settings import get_settings

app = typer.Typer(no_args_is_help=True, help="Manage the database and the bucket.")


@app.command()
def prepare(as_json: AsJson = False) -> None:
    """Create the tables and the bucket, or bring them up to date. It is safe to repeat this."""
    from include.db.migrate import newest_revision, upgrade
    from include.raw_pages import prepare_bucket

    addresses = find_addresses(get_settings())
    upgrade(addresses.database_url)
    terminal.say(f"the database is at revision {newest_revision()}")
    location = bucket_of(addresses)
    prepare_bucket(location)
    terminal.say(f"the bucket {location.bucket} is ready")
    if as_json:
        terminal.print_json({"revision": newest_revision(), "bucket": location.bucket})


@app.command()
def downgrade(
    revision: Annotated[
        str, typer.Argument(help="A revision, as `jobhunt storage prepare` prints it: 0010.")
    ],
    as_json: AsJson = False,
) -> None:
    """Migrate the tables back to an older revision, so that older code can use them.

    The data that only the newer tables and columns hold is lost. A revision below 0010 is refused:
    restore the backup that was made before the upgrade instead (docs/upgrade.md).
    """
    from include.db.migrate import downgrade

    downgrade(find_addresses(get_settings()).database_url, revision)
    terminal.say(f"the database is at revision {revision}")
    if as_json:
        terminal.print_json({"revision": revision})


@app.command()
def backup(
    directory: Annotated[
        Path, typer.Argument(help="The directory to write to; created if missing.")
    ],
    as_json: AsJson = False,
) -> None:
    """Save the database and the raw pages to a directory. The API and Airflow may keep running."""
    from cli.backup import back_up

    addresses = find_addresses(get_settings())
    pages = back_up(directory, database_url=addresses.database_url, bucket=bucket_of(addresses))
    terminal.say(f"{directory} holds the database and {pages} raw pages")
    if as_json:
        terminal.print_json({"directory": str(directory), "pages": pages})


@app.command()
def restore(
    directory: Annotated[
        Path, typer.Argument(help="A directory that `jobhunt storage backup` wrote.")
    ],
    replace: Annotated[
        bool, typer.Option(help="Drop everything that the database holds first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup. Stop the API and Airflow first."""
    from cli.backup import restore

    addresses = find_addresses(get_settings())
    pages = restore(
        directory, database_url=addresses.database_url, bucket=bucket_of(addresses), replace=replace
    )
    terminal.say(f"the database and {pages} raw pages are restored")
    if as_json:
        terminal.print_json({"directory": str(directory), "pages": pages})
