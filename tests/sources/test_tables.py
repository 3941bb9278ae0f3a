"""Tests that every source has the rows that it needs in the tables of the tests and of the docs.

Each failure names a table and the sources that lack a row in it.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import pytest

from include.sources.detect import Candidate, boards_at
from include.sources.detect.paths import (
    _PATTERNS,  # pyright: ignore[reportPrivateUsage] - the test needs the sources of all paths
)
from include.sources.registry import adapter_for, facts_of, sources
from tests import vendors
from tests.sources import configs, rows
from tests.sources import test_faulty_listings as faulty
from tests.sources import test_vanished_tenants as vanished
from tests.sources.detect.test_boards import ADDRESSES, MIRRORED
from tests.sources.test_documented_sources import CHANGES, ROWS
from tests.sources.test_faulty_listings import BOARDS

ALL = frozenset(sources())
WITHOUT_VENDOR = frozenset({"html", "json", "sitemap"})
"""The sources whose boards are on the employers' own hosts."""
ONE_EMPLOYER = frozenset({"amazon", "apple", "google"})
"""The sources that are the career site of one employer, so that no page embeds its board."""
LISTED_BY_URL = frozenset(
    source for source in ALL if "url" in adapter_for(source).config_keys.required
)
"""The sources whose config holds the board's whole URL, so that detection adds no ``base_url``."""
DOCUMENTED = frozenset(
    source
    for source, sample in BOARDS.items()
    if facts_of(source).reads_by_api and sample.listed(sample.row).content is None
)
"""The sources whose postings are documents of an API."""


def sources_of(table: Mapping[str, tuple[str, Mapping[str, str]]]) -> set[str]:
    return {source for source, _ in table.values()}


def path_of(board: Candidate) -> str:
    """Return the path of the first request for the board."""
    return urlsplit(adapter_for(board.source).first_request(board.config).url).path or "/"


TABLES: dict[str, tuple[Iterable[str], frozenset[str]]] = {
    "the first table of docs/sources.md": (ROWS, ALL),
    "the second table of docs/sources.md": (CHANGES, ALL),
    "USABLE in tests/sources/configs.py": ({source for source, _ in configs.USABLE}, ALL),
    "JSON_SAMPLES in tests/sources/json_rows.py or MARKUP_SAMPLES in markup_rows.py": (BOARDS, ALL),
    "DOCUMENTS in tests/sources/rows.py": (rows.DOCUMENTS, DOCUMENTED),
    "TOTALS or WITHOUT_TOTAL in tests/sources/test_faulty_listings.py": (
        {*faulty.TOTALS, *faulty.WRITTEN_TOTALS, *faulty.IN_HEADERS, *faulty.WITHOUT_TOTAL},
        ALL,
    ),
    "TENANTS or AMBIGUOUS in tests/sources/test_vanished_tenants.py": (
        {*vanished.TENANTS, *vanished.AMBIGUOUS},
        ALL - WITHOUT_VENDOR - ONE_EMPLOYER,
    ),
    "ADDRESSES in tests/sources/detect/test_boards.py": (
        sources_of(ADDRESSES),
        ALL - WITHOUT_VENDOR,
    ),
    "MIRRORED in tests/sources/detect/test_boards.py": (
        sources_of(MIRRORED),
        frozenset(source for source, *_ in _PATTERNS) - LISTED_BY_URL,
    ),
    "HOSTED in tests/vendors.py": (vendors.HOSTED, ALL - WITHOUT_VENDOR),
    "ANSWERS in tests/vendors.py": (
        {
            board.source
            for url in vendors.HOSTED.values()
            for board in boards_at(url)
            if path_of(board) in vendors.ANSWERS
        },
        frozenset(vendors.HOSTED),
    ),
    "EMBEDDED in tests/vendors.py": (vendors.EMBEDDED, ALL - WITHOUT_VENDOR - ONE_EMPLOYER),
}
"""The sources that have a row and the sources that need one, by table."""


@pytest.mark.parametrize("table", TABLES)
def test_every_source_that_needs_a_row_has_one(table: str) -> None:
    present, needed = TABLES[table]
    missing = needed - frozenset(present)

    assert not missing, f"add a row for {', '.join(sorted(missing))} to {table}"


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_about_a_source(table: str) -> None:
    present, _ = TABLES[table]
    unknown = frozenset(present) - ALL

    assert not unknown, f"remove the row of {', '.join(sorted(unknown))} from {table}"


def test_each_source_with_a_sample_document_reads_its_postings_from_an_api() -> None:
    assert set(rows.DOCUMENTS) <= DOCUMENTED
