"""Convert postings to the JSON in which they are stored and served, and compare them."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from include.core.models import JobPosting

EXTRACTOR_VERSION = 5
"""The version of the extraction, which is stored with each posting.

Increase it whenever the same pages are read in another way.
"""
_POSTING = TypeAdapter(JobPosting)
_NOT_CONTENT = frozenset({"provenance", "description_html"})
"""Fields that are not compared.

They say how a field was read, or repeat another field: the HTML is compared by its text.
"""


def posting_to_json(posting: JobPosting) -> dict[str, Any]:
    """Return every field of the posting as a JSON value.

    Times are texts as in RFC 3339. The ``origin`` of the salary is called ``from``.
    """
    record = _POSTING.dump_python(posting, mode="json")
    if record["salary"] is not None:
        record["salary"]["from"] = record["salary"].pop("origin")
    return record


def changed_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that changed, as ``{field: [before, after]}``.

    The result is empty if ``before`` is None.
    """
    if before is None:
        return {}
    return {
        name: [before.get(name), after[name]]
        for name in after
        if name not in _NOT_CONTENT and before.get(name) != after[name]
    }
