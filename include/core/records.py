"""Postings as JSON, as they are kept and served, and what changed between two of them."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from include.core.models import JobPosting

EXTRACTOR_VERSION = 2
"""Raised whenever postings are read from the same pages in another way: kept with each posting, so
that one can tell by what it was read."""
_POSTING = TypeAdapter(JobPosting)
_NOT_CONTENT = frozenset({"provenance", "description_html"})
"""How a field was read is no change of the posting; of the HTML, its text is compared."""


def posting_to_json(posting: JobPosting) -> dict[str, Any]:
    """Every field of the record, times as RFC 3339; the salary's ``origin`` is called ``from``."""
    record = _POSTING.dump_python(posting, mode="json")
    if record["salary"] is not None:
        record["salary"]["from"] = record["salary"].pop("origin")
    return record


def changed_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """``{field: [before, after]}``; empty when there is nothing to compare with."""
    if before is None:
        return {}
    return {
        name: [before.get(name), after[name]]
        for name in after
        if name not in _NOT_CONTENT and before.get(name) != after[name]
    }
