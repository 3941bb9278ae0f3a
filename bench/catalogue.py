"""Fill a database with made-up postings, for tests and benchmarks of searches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from include.core.models import EmploymentType, PayPeriod, Workplace
from include.db.catalogue.posting_index import index_postings

NOW = datetime(2026, 6, 1, tzinfo=UTC)
"""The present time in the made-up catalogue. Each posting was first seen before it."""
CITIES = (
    ("Berlin", "Berlin", "DE"), ("Munich", "Bavaria", "DE"), ("Paris", None, "FR"),
    ("New York", "New York", "US"), ("San Francisco", "California", "US"), ("York", None, "GB"),
    ("Zürich", None, "CH"), ("Springfield", None, None), ("Bengaluru", "Karnataka", "IN"),
    ("Vienna", None, "AT"),
)  # fmt: skip
ROLES = ("Nurse", "Cook", "Engineer", "Designer", "Driver", "Nursing Assistant", "Welder", "Clerk")
LEVELS = ("", "Senior ", "Junior ", "Lead ")
CURRENCIES = ("EUR", "USD", "GBP", None)
LANGUAGES = ("en", "de", "fr", None)
SOURCES = ("greenhouse", "lever", "ashby", "workday")
_CHUNK_SIZE = 5_000
_VOCABULARY = tuple(f"word{number}" for number in range(4_000))
_INSERT_BOARDS = text(
    """
    INSERT INTO boards (source, config, config_sha256, private)
    SELECT source, config, md5(config::text), private
    FROM jsonb_to_recordset(:rows) AS r(source text, config jsonb, private boolean)
    RETURNING board_id
    """
).bindparams(bindparam("rows", type_=JSONB))
_INSERT_JOBS = text(
    """
    INSERT INTO jobs (
        board_id, external_id, check_id, status, title, listed_title, url, page_url, host, posting,
        posting_current, content_version, first_seen_at, location
    )
    SELECT board_id, external_id, 1, status, title, title, url, url, 'h', posting, true, 1,
        first_seen_at, location
    FROM jsonb_to_recordset(:rows) AS r(
        board_id bigint, external_id text, status text, title text, url text, posting jsonb,
        first_seen_at timestamptz, location text
    )
    RETURNING job_id
    """
).bindparams(bindparam("rows", type_=JSONB))


@dataclass(frozen=True, kw_only=True)
class MadeUpPosting:
    """A made-up posting, and where it is stored."""

    job_id: int
    board: int
    """The number of the posting's board, counted from 0."""
    source: str
    is_open: bool
    first_seen_at: datetime
    record: dict[str, Any]


def fill_boards(connection: Connection, boards: int, *, private: int = 0) -> list[int]:
    """Insert ``boards`` boards, and return their ids. The last ``private`` of them are private."""
    rows = [
        {
            "source": SOURCES[number % len(SOURCES)],
            "config": {"board": f"board {number}"},
            "private": number >= boards - private,
        }
        for number in range(boards)
    ]
    return list(connection.scalars(_INSERT_BOARDS, {"rows": rows}))


def fill_postings(
    connection: Connection, boards: Sequence[int], count: int, *, seed: int = 0, words: int = 20
) -> Iterator[MadeUpPosting]:
    """Insert ``count`` postings, fill the table that searches read, and yield the postings.

    Args:
        boards: the ids of the boards.
        words: the number of words in a description.
    """
    rng = random.Random(seed)
    numbers = {board_id: number for number, board_id in enumerate(boards)}
    for start in range(0, count, _CHUNK_SIZE):
        rows = [
            _made_up(rng, number, boards, words)
            for number in range(start, min(start + _CHUNK_SIZE, count))
        ]
        job_ids = list(connection.scalars(_INSERT_JOBS, {"rows": rows}))
        index_postings(connection, job_ids)
        for job_id, row in zip(job_ids, rows, strict=True):
            board = numbers[row["board_id"]]
            yield MadeUpPosting(
                job_id=job_id,
                board=board,
                source=SOURCES[board % len(SOURCES)],
                is_open=row["status"] != "expired",
                first_seen_at=datetime.fromisoformat(row["first_seen_at"]),
                record=row["posting"],
            )


def _made_up(rng: random.Random, number: int, boards: Sequence[int], words: int) -> dict[str, Any]:
    board = int(len(boards) * rng.random() ** 2)  # the first boards have the most postings
    places = rng.choices(CITIES, k=rng.choice((0, 1, 1, 1, 2)))
    workplace = rng.choice((*Workplace, None))
    first_seen_at = NOW - timedelta(seconds=rng.randrange(365 * 86_400))
    posted_at = None
    if rng.random() < 0.8:
        posted_at = first_seen_at - timedelta(days=rng.randrange(20), seconds=rng.randrange(86_400))
    valid_through = rng.choice((None, None, NOW + timedelta(days=rng.randrange(-60, 60))))
    title = f"{rng.choice(LEVELS)}{rng.choice(ROLES)}"
    # The first words of the vocabulary are the most frequent ones, as in real texts.
    text = " ".join(_VOCABULARY[int(4_000 * rng.random() ** 3)] for _ in range(words))
    employment_types = rng.choice(((), ("FULL_TIME",), ("FULL_TIME", "PART_TIME"), ("INTERN",)))
    record = {
        "title": title,
        "company": None if board % 7 == 0 else f"Company {board}",
        "language": rng.choice(LANGUAGES),
        "locations": [
            {"raw": city, "city": city, "region": region, "country": country}
            for city, region, country in places
        ],
        "workplace": workplace,
        "applicant_countries": ["DE", "FR"]
        if workplace == Workplace.REMOTE and rng.random() < 0.3
        else [],
        "employment_types": [EmploymentType(kind) for kind in employment_types],
        "salary": _salary(rng),
        "posted_at": posted_at and posted_at.isoformat(),
        "valid_through": valid_through and valid_through.isoformat(),
        "description_text": f"{rng.choice(ROLES)} {text}",
    }
    return {
        "board_id": boards[board],
        "external_id": str(number),
        "status": "expired" if rng.random() < 0.2 else "ready",
        "title": title,
        "url": f"https://example.test/{number}",
        "posting": record,
        "first_seen_at": first_seen_at.isoformat(),
        "location": "; ".join(city for city, _, _ in places) or None,
    }


def _salary(rng: random.Random) -> dict[str, Any] | None:
    if rng.random() < 0.4:
        return None
    period = rng.choice((PayPeriod.YEAR, PayPeriod.YEAR, PayPeriod.MONTH, PayPeriod.HOUR, None))
    minimum = {PayPeriod.MONTH: 2_000, PayPeriod.HOUR: 12}.get(period or PayPeriod.YEAR, 25_000)
    minimum += rng.randrange(minimum * 4)
    return {
        "raw": "pay",
        "min": minimum,
        "max": rng.choice((None, minimum + minimum // 4)),
        "currency": rng.choice(CURRENCIES),
        "period": period,
        "from": "structured",
    }
