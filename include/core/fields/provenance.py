"""Record how each field of a posting was read."""

from collections.abc import Mapping
from typing import Any

from include.core.models import JobPosting


def with_provenance(
    posting: JobPosting, method: str, *, methods: Mapping[str, str] | None = None, **found: Any
) -> JobPosting:
    """Add the fields in ``found`` to ``posting``, and record a provenance for each of its fields.

    A provenance is a text such as ``api`` that says how a field was read. A field without a value
    gets no provenance. A provenance that ``posting`` already has is kept.

    Args:
        posting: the posting to complete.
        method: the provenance of the fields for which neither ``posting`` nor ``methods`` has one.
        methods: the provenance of fields that were not read by ``method``, by field name.
        found: new values of fields, by field name. They replace the values in ``posting``.
    """
    noted = {**(methods or {}), **posting.provenance}
    fields = {**vars(posting), **found}
    del fields["provenance"]
    provenance = {name: noted.get(name, method) for name, value in fields.items() if value}
    return JobPosting(**fields, provenance=provenance)
