"""Tests that the tables of docs/sources.md are true of the adapters."""

import re
from pathlib import Path

from include.sources.base import SourceFacts
from include.sources.registry import adapter_for, facts_of, sources
from tests.sources.markup_rows import WITHOUT_ROWS
from tests.sources.rows import SAMPLES

_PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
_CHANGES_ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| (\d{4}-\d{2}) \|$", re.MULTILINE)
_ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {name: cells for name, *cells in _ROW.findall(_PAGE.read_text())}
CHANGES = {name: cells for name, *cells in _CHANGES_ROW.findall(_PAGE.read_text())}
"""The cells of each row of the table of what a listing tells of changes, by source."""
SAMPLE_OF = {sample.source: sample for sample in reversed((*SAMPLES, *WITHOUT_ROWS))}


def test_every_source_has_a_row_in_alphabetical_order() -> None:
    assert list(ROWS) == sorted(sources())


def test_the_config_keys_are_those_of_the_adapter() -> None:
    for source, (_, config, *_) in ROWS.items():
        required, _, optional = config.partition("(")
        keys = adapter_for(source).config_keys
        assert tuple(re.findall(r"`(\w+)`", required)) == keys.required, source
        assert tuple(re.findall(r"`(\w+)`", optional)) == keys.optional, source


def test_the_text_is_read_from_web_pages_where_robots_txt_is_checked() -> None:
    web_pages = {source for source, (_, _, text, _) in ROWS.items() if "web page" in text}

    assert web_pages == {source for source in sources() if not facts_of(source).reads_by_api}


def test_the_text_is_in_the_list_where_the_adapter_passes_it_on() -> None:
    inline = {name for name, each in SAMPLE_OF.items() if each.listed(each.row).content is not None}

    assert {source for source, (_, _, text, _) in ROWS.items() if "list" in text} == inline


def test_a_fragile_source_is_complete_only_twice() -> None:
    """Check that the table marks the sources of which two listings must agree."""
    twice = {source for source, (*_, complete) in ROWS.items() if complete.endswith(", twice")}

    assert twice == {source for source in sources() if facts_of(source).is_fragile}


def test_every_adapter_declares_its_facts_itself() -> None:
    undeclared = [
        source
        for source in sources()
        if not isinstance(vars(type(adapter_for(source))).get("facts"), SourceFacts)
    ]

    assert undeclared == []


def test_a_source_without_an_adapter_is_checked_against_robots_txt() -> None:
    assert facts_of("removed") == SourceFacts()
    assert not SourceFacts().lists_by_api
    assert not SourceFacts().reads_by_api


def test_the_listings_for_which_robots_txt_is_checked_are_documented() -> None:
    named = " ".join(_PAGE.read_text().split()).partition(
        "robots.txt is checked for the listings of"
    )[2]
    checked = re.findall(r"`(\w+)`", named.partition(".")[0])

    assert checked == [source for source in sorted(sources()) if not facts_of(source).lists_by_api]


def test_the_postings_that_end_at_their_deadline_are_documented() -> None:
    named = " ".join(_PAGE.read_text().split()).partition("A deadline ends the postings of")[2]
    ended = re.findall(r"`(\w+)`", named.partition(".")[0])

    assert ended == [source for source in sorted(sources()) if facts_of(source).ends_at_deadline]


def test_every_source_says_what_its_listing_tells_of_changes() -> None:
    assert list(CHANGES) == sorted(sources())
    for source, (changes, *_) in CHANGES.items():
        sample = SAMPLE_OF[source]
        job = sample.listed(sample.row)
        row = "nothing" if job.row_sha256 is None else "the row"
        assert changes == (row if job.modified is None else "a time"), source
