"""Turning the records of a source's response into a listing page, and hashing them."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any, cast

from include.core.json_object import JsonObject
from include.core.models import ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request


def merged_by(rows: Any, key: str, several: str) -> Any:
    """Return one record for each job of a list that may have several rows for one job.

    Rows with the same ``key`` are merged: the record's field ``several`` is the list of the values
    that the rows have in this field. Rows that are not objects or have no ``key`` stay in the
    result, so that ``listing_page`` reports them. ``rows`` is returned unchanged if it is not a
    list.
    """
    if not isinstance(rows, list):
        return rows
    jobs: dict[str, dict[str, Any]] = {}
    odd: list[Any] = []
    for row in cast("list[Any]", rows):
        job = JsonObject(cast("dict[str, Any]", row)) if isinstance(row, dict) else None
        if job is None or (name := job.text(key)) is None:
            odd.append(row)
        elif name in jobs:
            jobs[name][several] += job.values(several)
        else:
            jobs[name] = cast("dict[str, Any]", row) | {several: [*job.values(several)]}
    return [*jobs.values(), *odd]


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
    """Return the listing page that consists of ``records``.

    If a record cannot be read, the others still are, but the page is partial.

    Args:
        read: makes a job of a record; it returns None if the record is not an open posting.
        volatile: the adapter's ``volatile_keys``; if it is None, the jobs have no ``row_sha256``.

    Raises:
        ParseError: ``records`` is not a list.
    """
    if not isinstance(records, list):
        raise ParseError("the response holds no list of postings")
    jobs: list[ListedJob] = []
    faults = [partial_reason] if partial_reason else []
    for number, record in enumerate(cast("list[Any]", records), start=1):
        try:
            job = read(JsonObject.of(record, "it"))
            if job and volatile is not None:
                job = replace(job, row_sha256=row_sha256(record, volatile))
        except ParseError as error:
            faults.append(f"posting {number} could not be read: {error.message}")
        else:
            jobs += [job] if job else []
    return ListingPage(
        jobs=tuple(jobs),
        total=None if total is None else int(total),
        follow=tuple(follow),
        partial_reason="; ".join(faults) or None,
        overlap=overlap,
    )


def row_sha256(row: Any, volatile: Collection[str] = ()) -> str:
    """Return the SHA-256 of a row without its ``volatile`` keys, in hexadecimal. The order of keys
    does not change it.

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
