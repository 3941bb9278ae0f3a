"""Functions that make a listing page from the records of a source, such as the rows of its API."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any, cast

from include.core.formats.json_object import JsonObject
from include.core.formats.text import cut
from include.core.models import ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request

MAYBE_UNKNOWN = "the list is empty, which may mean an unknown company or a refused search"
"""The reason why a listing counts as partial if its list is empty and an empty list proves
nothing."""
_MAX_LISTED_FAULTS = 3
_MAX_FAULT_LENGTH = 200


def reason_if_unproved(total: float | None, *, empty_is_proof: bool = True) -> str | None:
    """Return why a list that states ``total`` must count as partial; None if it need not.

    Args:
        total: the total that the source states; None if it states none.
        empty_is_proof: False if the source also answers with an empty list when it refuses the
            search, or when there is no such company.
    """
    if total is None:
        return "the list did not state its total"
    return None if total or empty_is_proof else MAYBE_UNKNOWN


def merged_by(rows: Any, key: str, varying_key: str) -> Any:
    """Merge the rows of each job into one record.

    Args:
        rows: a list of rows, of which several can be about one job. A row that names no job is
            returned unchanged, because ``listing_page`` then reports the row. If ``rows`` is not a
            list, it is returned unchanged for the same reason.
        key: the field that names the job.
        varying_key: the field whose values may differ among the rows of a job, such as the
            locations. In the merged record, this field is a list of the values of all these rows.
    """
    if not isinstance(rows, list):
        return rows
    jobs: dict[str, dict[str, Any]] = {}
    rows_without_job: list[Any] = []
    for row in cast("list[Any]", rows):
        job = JsonObject(cast("dict[str, Any]", row)) if isinstance(row, dict) else None
        if job is None or (name := job.text(key)) is None:
            rows_without_job.append(row)
        elif name in jobs:
            jobs[name][varying_key] += job.values(varying_key)
        else:
            jobs[name] = cast("dict[str, Any]", row) | {varying_key: [*job.values(varying_key)]}
    return [*jobs.values(), *rows_without_job]


def listing_page(
    records: Any,
    read: Callable[[JsonObject], ListedJob | None],
    *,
    volatile: Collection[str] | None,
    total: float | None = None,
    follow: Iterable[Request] = (),
    partial_reason: str | None = None,
    overlap: int = 0,
) -> ListingPage:
    """Return the listing page whose jobs ``read`` makes from the records.

    If a record cannot be read, the page is partial, and the other records are still read.

    Args:
        read: a function that makes a job from a record. It returns None if the record is not an
            open posting.
        volatile: the adapter's ``volatile_keys``. If it is None, the jobs have no ``row_sha256``.

    Raises:
        ParseError: ``records`` is not a list.
    """
    if not isinstance(records, list):
        raise ParseError("the response holds no list of postings")
    jobs: list[ListedJob] = []
    faults: list[str] = []
    fault_count = 0
    for number, record in enumerate(cast("list[Any]", records), start=1):
        try:
            job = read(JsonObject.of(record, "it"))
            if job and volatile is not None:
                job = replace(job, row_sha256=row_sha256(record, volatile))
        except ParseError as error:
            fault_count += 1
            if fault_count <= _MAX_LISTED_FAULTS:
                message = cut(error.message, _MAX_FAULT_LENGTH)
                faults.append(f"posting {number} could not be read: {message}")
        else:
            if job:
                jobs.append(job)
    if fault_count > _MAX_LISTED_FAULTS:
        faults.append(f"{fault_count - _MAX_LISTED_FAULTS} more postings could not be read")
    return ListingPage(
        jobs=tuple(jobs),
        total=None if total is None else int(total),
        follow=tuple(follow),
        partial_reason="; ".join(filter(None, (partial_reason, *faults))) or None,
        overlap=overlap,
    )


def row_sha256(row: Any, volatile: Collection[str] = ()) -> str:
    """Return the hexadecimal SHA-256 of a row, computed without its ``volatile`` keys.

    The order of the row's keys does not change the hash.

    Raises:
        ParseError: the row is nested too deeply.
    """
    try:
        text = json.dumps(_without(row, volatile) if volatile else row, sort_keys=True)
    except RecursionError as error:
        raise ParseError(f"its record is nested too deeply: {error}") from error
    return sha256(text.encode()).hexdigest()


def _without(value: Any, keys: Collection[str]) -> Any:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value).items()
        return {key: _without(inner, keys) for key, inner in fields if key not in keys}
    if isinstance(value, list):
        return [_without(inner, keys) for inner in cast("list[Any]", value)]
    return value
