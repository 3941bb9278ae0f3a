"""Measure searches of a large catalogue, for each filter in each sort order.

    python -m bench.searches --postings 1000000

If the database is empty, it is first filled with made-up postings. A tenth of them is generated.
The others are copies. Each copy was first seen up to a day before its original. The user follows
100 boards. Each search is repeated with other values. As in the API, one transaction reads the
page, its rows, the count and the facets. One client sends the searches one after the other, and
Postgres's cache is warm. At the end, the matches of 50 searches are counted, as for a list of saved
searches.

Both the elapsed time and the processor time are measured, because the processor time depends less
on what else the machine does. The processor time includes the client and its Postgres backend, but
no parallel workers. Its measurement needs Linux.
"""

import argparse
import random
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, Engine, text

from bench.catalogue import CITIES, NOW, ROLES, SOURCES, fill_boards, fill_postings
from include.core.models import EmploymentType, TrackingState, Workplace
from include.db.catalogue.postings import read_found
from include.db.catalogue.search import search
from include.db.catalogue.search_counts import count_matches
from include.db.catalogue.search_query import Position, Scope, Search, Sort, Unknown
from include.db.engine import make_engine
from include.db.migrate import upgrade
from local.postgres import running_postgres

_PAGE_SIZE = 50
_SAVED_SEARCHES = 50
_FOLLOWED_BOARDS = 100
_WORDS_PER_DESCRIPTION = 150
_COPIES = 9
"""The number of copies of each generated posting."""
_SHARED_BUFFERS = "2GB"
_COUNTRIES = ("DE", "FR", "US", "GB", "CH", "IN", "AT")
_INDEXES = ("words", "newest", "company", "pay", "first_seen")

Chooser = Callable[[random.Random], dict[str, Any]]


class Cost(NamedTuple):
    """The elapsed time (``wall``) and the processor time (``cpu``) of a search, in seconds."""

    wall: float
    cpu: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)


def _word(rng: random.Random) -> str:
    """Return a word of ``bench.catalogue``. Frequent words are chosen more often than rare ones."""
    return f"word{int(4_000 * rng.random() ** 3)}"


_FILTERS: dict[str, Chooser] = {
    "none": lambda _: {},
    "q, a role": lambda rng: {"q": rng.choice(ROLES).lower()},
    "q, a word": lambda rng: {"q": _word(rng)},
    "q, two words": lambda rng: {"q": f"{rng.choice(ROLES).lower()} {_word(rng)}"},
    "q, a beginning": lambda rng: {"q": rng.choice(ROLES).lower()[:3]},
    "company": lambda rng: {"companies": (f"Company {rng.randrange(20_000)}",)},
    "place": lambda rng: {"places": (rng.choice(CITIES)[0],)},
    "country": lambda rng: {"countries": (rng.choice(_COUNTRIES),)},
    "workplace": lambda rng: {"workplaces": (rng.choice(tuple(Workplace)),)},
    "employment type": lambda _: {"employment_types": (EmploymentType.INTERN,)},
    "pay": lambda rng: {"pay_min": rng.choice((40_000, 90_000, 120_000, 155_000))},
    "pay, currency": lambda rng: {"pay_min": 100_000, "currency": rng.choice(("EUR", "USD"))},
    "posted since": lambda rng: {"posted_since": NOW - timedelta(days=rng.randrange(1, 30))},
    "seen since": lambda rng: {"seen_since": NOW - timedelta(days=rng.randrange(1, 30))},
    "new": lambda _: {"is_new": True},
    "language": lambda rng: {"languages": (rng.choice(("de", "en", "fr")),)},
    "source": lambda rng: {"sources": (rng.choice(SOURCES),)},
    "closed": lambda _: {"is_open": False},
    "open and closed": lambda _: {"is_open": None},
    "deadline not passed": lambda _: {"deadline_passed": False},
    "tracking": lambda rng: {"tracking": (rng.choice(tuple(TrackingState)),)},
    "several": lambda rng: {
        "q": rng.choice(ROLES).lower(),
        "countries": (rng.choice(_COUNTRIES),),
        "workplaces": (Workplace.REMOTE,),
        "pay_min": 60_000,
        "posted_since": NOW - timedelta(days=60),
    },
    "several, unknown too": lambda rng: {
        "countries": (rng.choice(_COUNTRIES),),
        "workplaces": (Workplace.REMOTE,),
        "pay_min": 60_000,
        "unknown": frozenset(Unknown),
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--boards", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--only", choices=_FILTERS, help="the only filter to measure")
    parser.add_argument("--directory", type=Path, required=True, help="kept, and used again")
    options = parser.parse_args()
    console = Console()
    with _filled_database(options.directory, options.postings, options.boards, console) as engine:
        samples: list[Cost] = []
        title = "milliseconds of processor time, 50th and 95th percentile"
        table = Table("filter", "scope", *Sort, title=title)
        for name, choose in _FILTERS.items():
            if options.only not in (None, name):
                continue
            for scope in Scope:
                row: list[str] = []
                for sort in Sort:
                    costs = list(_costs(engine, choose, scope, sort, options.repeat))
                    samples += costs
                    row.append(" / ".join(_percentiles((c.cpu for c in costs), 0.5, 0.95)))
                table.add_row(name, scope, *row)
        console.print(table)
        console.print(f"{len(samples)} searches, percentiles 50, 95 and 99 in milliseconds")
        for clock in ("cpu", "wall"):
            numbers = _percentiles((getattr(c, clock) for c in samples), 0.5, 0.95, 0.99)
            console.print(clock, *numbers)
        console.print(
            f"{_SAVED_SEARCHES} saved searches counted, cpu and wall:", *_count_saved(engine)
        )


def _percentiles(seconds: Iterable[float], *shares: float) -> list[str]:
    ordered = sorted(seconds)
    return [f"{ordered[int(share * (len(ordered) - 1))] * 1000:.0f}" for share in shares]


def _count_saved(engine: Engine) -> list[str]:
    """Count the matches of saved searches.

    Return the processor time and the elapsed time of the second count, in milliseconds.
    """
    rng = random.Random(1)
    kinds = cycle(product(_FILTERS.values(), Scope))
    searches = [
        replace(Search(**choose(rng), scope=scope), is_new=None)
        for choose, scope in islice(kinds, _SAVED_SEARCHES)
    ]
    with engine.begin() as connection:
        count_matches(connection, "ada", searches)
        began = _clocks(connection)
        count_matches(connection, "ada", searches)
        cost = _clocks(connection) - began
    return [f"{cost.cpu * 1000:.0f}", f"{cost.wall * 1000:.0f}"]


def _clocks(connection: Connection) -> Cost:
    """Return the readings of both clocks. The difference of two readings is a cost.

    The processor time is the time of this process plus the time of the connection's backend.
    """
    driver: Any = connection.connection.driver_connection
    schedstat = Path(f"/proc/{driver.info.backend_pid}/schedstat").read_text()
    backend_seconds = int(schedstat.split()[0]) / 1e9
    return Cost(time.perf_counter(), time.process_time() + backend_seconds)


def _costs(
    engine: Engine, choose: Chooser, scope: Scope, sort: Sort, repeat: int
) -> Iterator[Cost]:
    """Yield the cost of the first page of each search.

    For every fourth search, also yield the cost of the second page.
    """
    rng = random.Random(1)
    for number in range(repeat):
        query = Search(**choose(rng), scope=scope)
        cost, after = _search(engine, query, sort, None)
        yield cost
        if number % 4 == 0 and after is not None:
            yield _search(engine, query, sort, after)[0]


def _search(
    engine: Engine, query: Search, sort: Sort, after: Position | None
) -> tuple[Cost, Position | None]:
    with engine.begin() as connection:
        began = _clocks(connection)
        page = search(connection, "ada", query, sort, after=after, limit=_PAGE_SIZE + 1)
        shown = page.positions[:_PAGE_SIZE]
        read_found(connection, "ada", [position.job_id for position in shown])
        cost = _clocks(connection) - began
    return cost, shown[-1] if shown else None


@contextmanager
def _filled_database(
    directory: Path, postings: int, boards: int, console: Console
) -> Generator[Engine]:
    """Yield an engine of the database in ``directory``.

    If the database is empty, it is filled with ``postings`` postings first.
    """
    with running_postgres(directory, databases=("jobhunt",), durable=False) as server:
        upgrade(server.url("jobhunt"))
        engine = make_engine(server.url("jobhunt"))
        with engine.begin() as connection:
            is_empty = not connection.scalar(text("SELECT EXISTS (SELECT FROM jobs)"))
            if is_empty:
                _fill(connection, postings, boards, console)
        engine.dispose()
        with server.connect("jobhunt") as connection:
            # Use the setting that a server for a database of this size would have. It takes effect
            # when Postgres is started again below.
            connection.execute(f"ALTER SYSTEM SET shared_buffers = '{_SHARED_BUFFERS}'")
            if is_empty:
                connection.execute("VACUUM ANALYZE")
    with running_postgres(directory, databases=("jobhunt",), durable=False) as server:
        engine = make_engine(server.url("jobhunt"))
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_prewarm"))
            for name in ("postings", "postings_pkey", *_INDEXES):
                relation = name if name.startswith("postings") else f"postings_{name}_idx"
                connection.execute(text("SELECT pg_prewarm(:name)"), {"name": relation})
            followed = connection.scalar(text("SELECT count(*) FROM user_jobs"))
            console.print(f"the user was shown {followed} postings")
        yield engine
        engine.dispose()


def _fill(connection: Connection, postings: int, boards: int, console: Console) -> None:
    indexes = [f"postings_{name}_idx" for name in _INDEXES]
    definitions = [
        connection.scalar(text("SELECT pg_get_indexdef(CAST(:name AS regclass))"), {"name": name})
        for name in indexes
    ]
    connection.execute(text(f"DROP INDEX {', '.join(indexes)}"))
    board_ids = fill_boards(connection, boards, private=100)
    for _ in fill_postings(
        connection, board_ids, postings // (_COPIES + 1), words=_WORDS_PER_DESCRIPTION
    ):
        pass
    console.log("made up")
    for sql in _COPY_STATEMENTS:
        connection.execute(text(sql), {"copies": _COPIES})
    console.log("copied")
    for definition in definitions:
        connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        connection.execute(text(str(definition)))
    console.log("indexed")
    # The followed boards are spread over all boards, because the first boards have more postings.
    for sql in _FOLLOW_STATEMENTS:
        connection.execute(
            text(sql), {"boards": board_ids[50 :: boards // _FOLLOWED_BOARDS], "at": NOW}
        )


# Statements that copy the postings. The dates of a copy are up to a day earlier than the dates of
# its original.
_COPY_STATEMENTS = (
    """
    CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
    SELECT job_id, copy, nextval('jobs_job_id_seq') AS copy_id,
        random() * interval '1 day' AS earlier
    FROM jobs CROSS JOIN generate_series(1, :copies) AS copy
    ORDER BY random()
    """,
    """
    INSERT INTO jobs (
        job_id, board_id, external_id, check_id, status, title, listed_title, url, page_url, host,
        posting, posting_current, content_version, first_seen_at, location
    )
    OVERRIDING SYSTEM VALUE
    SELECT copy_id, board_id, external_id || '-' || copy, check_id, status, title, listed_title,
        url, page_url, host, posting, posting_current, content_version, first_seen_at - earlier,
        location
    FROM copied JOIN jobs USING (job_id)
    """,
    """
    INSERT INTO postings
    SELECT copy_id, board_id, version, is_open, company, company_key, tags, pay, currency,
        first_seen_at - earlier, published_at - earlier, valid_through, head_words, place_words,
        search
    FROM copied JOIN postings USING (job_id)
    """,
)
_FOLLOW_STATEMENTS = (
    """
    INSERT INTO users (user_id, visited_at)
    VALUES ('ada', CAST(:at AS timestamptz) - interval '1 day')
    """,
    """
    INSERT INTO companies (user_id, slug, board_id)
    SELECT 'ada', 'mine-' || board_id, board_id
    FROM unnest(CAST(:boards AS bigint[])) AS b(board_id)
    """,
    """
    INSERT INTO user_jobs (user_id, company, job_id, run_id, check_id, first_seen_at)
    SELECT 'ada', k.slug, j.job_id, 1, 1, j.first_seen_at
    FROM companies AS k JOIN jobs AS j USING (board_id)
    """,
    """
    INSERT INTO tracked_jobs (user_id, job_id, state, hidden)
    SELECT 'ada', job_id, (ARRAY['saved', 'applied', 'rejected', NULL])[1 + job_id % 4],
        job_id % 4 = 3
    FROM user_jobs WHERE job_id % 10 = 0
    """,
)


if __name__ == "__main__":
    main()
