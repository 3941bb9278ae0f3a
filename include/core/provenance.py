"""Every field of a posting says how it was read."""

from collections.abc import Mapping
from typing import Any

from include.core.models import JobPosting


def credit(
    posting: JobPosting, method: str, *, but: Mapping[str, str] | None = None, **found: Any
) -> JobPosting:
    """``posting`` with the fields that were ``found``, and with ``method`` noted for each field it
    then has, save those named in ``but`` and those already noted."""
    noted = {**(but or {}), **posting.provenance}
    fields = {**vars(posting), **found}
    del fields["provenance"]
    return JobPosting(
        **fields,
        provenance={
            name: noted.get(name, method)
            for name, value in fields.items()
            if value not in (None, "", ())
        },
    )
