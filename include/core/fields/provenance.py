"""Record how each field of a posting was read."""

from collections.abc import Mapping
from typing import Any

from include.core.models import JobPosting


def with_provenance(
    posting: JobPosting, method: str, *, methods: Mapping[str, str] | None = None, **found: Any
) -> JobPosting:
    """Return ``posting`` with the fields in ``found``, and with a provenance for each field.

    A field without a value has no provenance. A provenance that ``posting`` already has is kept.

    Args:
        posting: the posting to complete.
        method: how the other fields were read.
        methods: the methods of fields that were read in another way, by field name.
        found: values of fields, which replace those of ``posting``.
    """
    noted = {**(methods or {}), **posting.provenance}
    fields = {**vars(posting), **found}
    del fields["provenance"]
    provenance = {name: noted.get(name, method) for name, value in fields.items() if value}
    return JobPosting(**fields, provenance=provenance)
