"""Convert postings to the JSON in which they are stored and served, and compare such JSON."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from include.core.models import JobPosting

EXTRACTOR_VERSION = 7
"""The version of the code that extracts postings. It is stored with each posting.

Increase it with every change of the code that can change the posting which is read from a page.
"""
_POSTING = TypeAdapter(JobPosting)
_NOT_CONTENT = frozenset({"provenance", "description_html"})
"""The fields that ``changed_fields`` does not compare.

``provenance`` only says how the other fields were read. ``description_html`` has the same text as
``description_text``, which is compared.
"""


def posting_to_json(posting: JobPosting) -> dict[str, Any]:
    """Return every field of the posting as a JSON value.

    Times are texts in the form of RFC 3339. The attribute ``origin`` of the salary is renamed to
    ``from``.
    """
    record = _POSTING.dump_python(posting, mode="json")
    if record["salary"] is not None:
        record["salary"]["from"] = record["salary"].pop("origin")
    return record


def changed_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of each changed field, as ``{field: [before, after]}``.

    If ``before`` is None, which means that there is no earlier posting, the result is empty.
    """
    if before is None:
        return {}
    return {
        name: [before.get(name), after[name]]
        for name in after
        if name not in _NOT_CONTENT and before.get(name) != after[name]
    }
