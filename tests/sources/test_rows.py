"""Tests of the hash of a listing's row.

The hash must change if the posting may have changed. Keys whose values change all the time must not
change it.
"""

from typing import Any

import pytest

from include.core.models import ListedJob
from include.sources.records import listing_page, row_sha256
from include.sources.registry import adapter_for, sources
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.configs import PAGE
from tests.sources.markup_rows import WITHOUT_ROWS
from tests.sources.rows import SAMPLES
from tests.sources.sample import Sample, changed, leaves

JSON_SAMPLES = [sample for sample in SAMPLES if not isinstance(sample.wrap(sample.row), bytes)]


def named(sample: Sample) -> str:
    return sample.source


def volatile(sample: Sample) -> set[str]:
    """Return the keys of the sample's row whose values must not change the row's hash."""
    return {*(adapter_for(sample.source).volatile_keys or ()), *sample.unhashed_keys}


def test_a_sample_has_a_hash_if_its_adapter_declares_volatile_keys() -> None:
    declared = {source: adapter_for(source).volatile_keys for source in sources()}

    assert all(declared[sample.source] is not None for sample in SAMPLES)
    assert all(declared[sample.source] is None for sample in WITHOUT_ROWS)
    assert all(isinstance(keys, tuple) for keys in declared.values() if keys is not None)


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_only_volatile_keys_do_not_change_the_hash_of_a_row(
    sample: Sample,
) -> None:
    before = sample.sha256(sample.row)
    paths = [path for path in leaves(sample.row) if path[0] not in sample.visibility_keys]
    keys_without_effect = {
        path[0] for path in paths if sample.sha256(changed(sample.row, path)) == before
    }

    assert before is not None
    assert keys_without_effect == volatile(sample)


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_volatile_key_holds_no_field_of_the_listed_job(sample: Sample) -> None:
    def fields(row: dict[str, Any]) -> tuple[str | None, ...]:
        job = sample.listed(row)
        return job.external_id, job.title, job.modified

    for path in leaves(sample.row):
        if path[0] in volatile(sample):
            assert fields(changed(sample.row, path)) == fields(sample.row), path


@pytest.mark.parametrize("sample", JSON_SAMPLES, ids=named)
def test_an_added_or_removed_key_changes_the_hash(sample: Sample) -> None:
    before = sample.sha256(sample.row)
    nulls = {key for key, value in sample.row.items() if value is None}

    assert sample.sha256(sample.row | {"newKey": 1}) != before
    for key in nulls - volatile(sample):
        gone = {name: value for name, value in sample.row.items() if name != key}
        assert sample.sha256(gone) != before


@pytest.mark.parametrize("sample", JSON_SAMPLES, ids=named)
def test_the_order_of_keys_does_not_change_the_hash(sample: Sample) -> None:
    assert sample.sha256(dict(reversed(sample.row.items()))) == sample.sha256(sample.row)


@pytest.mark.parametrize("sample", WITHOUT_ROWS, ids=named)
def test_a_listing_of_links_has_no_hashes(sample: Sample) -> None:
    assert sample.sha256(sample.row) is None


@pytest.mark.parametrize("sample", [*SAMPLES, *WITHOUT_ROWS], ids=named)
def test_a_modification_date_is_kept_as_written(sample: Sample) -> None:
    assert sample.listed(sample.row).modified == sample.modified


@pytest.mark.parametrize(
    ("source", "config", "name"),
    [
        ("icims", {"site": "acme"}, "icims/search_rsp.html"),
        ("successfactors", {"host": "jobs.acme.com"}, "successfactors/search_rsp.html"),
        ("lever", {"site": "acme"}, "lever/postings_rsp.json"),
    ],
)
def test_recorded_rows_differ_and_are_the_same_when_read_again(
    source: str, config: dict[str, Any], name: str
) -> None:
    def shas() -> list[str | None]:
        return [job.row_sha256 for job in answer(source, config, recorded(name)).jobs]

    hashes = shas()
    assert hashes == shas()
    assert len(hashes) > 1
    assert len(set(hashes)) == len(hashes)


def test_all_rows_of_one_job_are_part_of_its_hash() -> None:
    rows = [{"uuid": "1", "name": "Cook", "url": "u", "workLocation": {"label": place}}
            for place in ("Oslo", "Bergen")]  # fmt: skip

    (one,) = answer("rippling", {"board": "acme"}, rows[:1]).jobs
    (both,) = answer("rippling", {"board": "acme"}, rows).jobs

    assert one.row_sha256 != both.row_sha256


def test_volatile_keys_match_at_any_depth_by_their_whole_name() -> None:
    row = {"a": [{"age": 1, "b": {"age": 2, "ages": 3}}], "age": 4}

    assert row_sha256(row, ("age",)) == row_sha256({"a": [{"b": {"ages": 3}}]})
    assert row_sha256(row, ("age",)) != row_sha256({"a": [{"b": {"ages": 4}}]}, ("age",))


@pytest.mark.parametrize("volatile", [(), ("age",)])
def test_a_row_nested_too_deeply_does_not_hide_other_rows(volatile: tuple[str, ...]) -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    job = ListedJob(external_id="1", title="Cook", url=PAGE)
    page = listing_page([{"deep": deep}, {"id": 2}], lambda _: job, volatile=volatile)

    assert [found.row_sha256 for found in page.jobs] == [row_sha256({"id": 2})]
    assert page.partial_reason is not None
    assert "posting 1 could not be read: its record is nested too deeply" in page.partial_reason
