"""Measure the processor time and the storage that each posting costs.

    python -m bench.footprint

The figures are the processor time, the bytes of the tables and of the write-ahead log, the SQL
statements, and the number and bytes of the objects in S3. A small and a large copy of the sample
sites are ingested. A figure per posting is the difference of the two results, divided by the
difference of the numbers of postings. This leaves out the costs that do not depend on the number of
postings. The same is computed for a second run, which finds nothing changed. One process carries
out all steps of the pipeline with a Postgres and an S3 server, without Airflow.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import obstore
from obstore.store import S3Store
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text

from include.db.engine import make_engine
from include.db.migrate import upgrade
from include.raw_pages import RawPages, open_store, prepare_bucket
from local.career_sites.server import create_app
from local.career_sites.world import World
from local.postgres import running_postgres
from local.s3 import running_s3
from tests.ingestion import Ingestion
from tests.sites import SEED, Sites, serving

_SCALES = (1, 5)
"""The scales of the small and the large copy of the sample sites. These have about 300 and about
1,500 postings."""
_TABLES = ("jobs", "postings", "user_jobs", "run_outcomes", "listed_jobs", "job_versions")


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The totals at one point in time. The difference between two of them is the cost of a run."""

    postings: float
    """The number of postings in the database."""
    seconds: float
    """The processor time in seconds of this process, which also serves the sample sites."""
    database_bytes: float
    """The size of ``_TABLES``, including their indexes."""
    wal_bytes: float
    """The size of the write-ahead log since the database was created."""
    statements: float
    """The number of SQL statements that were executed."""
    objects: float
    """The number of raw pages in S3."""
    object_bytes: float
    """The size of the raw pages in S3."""

    def minus(self, other: "Totals") -> "Totals":
        mine, theirs = asdict(self), asdict(other)
        return Totals(**{name: mine[name] - theirs[name] for name in mine})


def main() -> None:
    runs = [measure(scale) for scale in _SCALES]
    table = Table("for each posting", "first run", "next run, nothing changed")
    first, again = (large.minus(small) for small, large in zip(*runs, strict=True))
    for name in asdict(first):
        if name != "postings":
            table.add_row(
                name,
                *(f"{asdict(totals)[name] / first.postings:,.5f}" for totals in (first, again)),
            )
    Console().print(f"postings: {[round(pair[0].postings) for pair in runs]}", table)


def measure(scale: int) -> tuple[Totals, Totals]:
    """Return the cost of a first run over all sample sites, and the cost of a second run."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_postgres(Path(directory, "postgres")) as postgres,
        running_s3(Path(directory, "s3")) as s3,
    ):
        upgrade(postgres.url("jobhunt"))
        bucket = s3.location
        prepare_bucket(bucket)
        engine = make_engine(postgres.url("jobhunt"))
        world = World(seed=SEED, day=1, scale=scale)
        with serving(create_app(world)) as url:
            sites = Sites(url=url, world=world)
            ingestion = Ingestion(engine=engine, raw_pages=RawPages(bucket), sites=sites)
            ingestion.follow()
            first = _cost_of(engine, open_store(bucket), ingestion.run)
            again = _cost_of(engine, open_store(bucket), ingestion.run)
        engine.dispose()
    return first, again


def _cost_of(engine: Engine, store: S3Store, run: Callable[[], int]) -> Totals:
    before, began = _read_totals(engine, store, 0), time.process_time()
    run()
    return _read_totals(engine, store, time.process_time() - began).minus(before)


def _read_totals(engine: Engine, store: S3Store, seconds: float) -> Totals:
    objects = [found["size"] for page in obstore.list(store, prefix="raw/") for found in page]
    sizes = " + ".join(f"pg_total_relation_size('{table}')" for table in _TABLES)
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))

        def number(query: str) -> float:
            return float(connection.scalar(text(query)) or 0)

        return Totals(
            postings=number("SELECT count(*) FROM jobs"),
            seconds=seconds,
            database_bytes=number(f"SELECT {sizes}"),
            wal_bytes=number("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"),
            statements=number("SELECT sum(calls) FROM pg_stat_statements"),
            objects=len(objects),
            object_bytes=sum(objects),
        )


if __name__ == "__main__":
    main()
