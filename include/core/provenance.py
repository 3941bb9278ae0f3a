"""Every field of a posting says how it was read."""

from collections.abc import Mapping
from dataclasses import replace

from include.core.models import JobPosting


def credit(posting: JobPosting, method: str, *, but: Mapping[str, str] | None = None) -> JobPosting:
    """``posting`` with ``method`` noted for each field it has, save those named in ``but`` and
    those already noted."""
    noted = {**(but or {}), **posting.provenance}
    found = (name for name, value in vars(posting).items() if value not in (None, "", ()))
    return replace(
        posting,
        provenance={name: noted.get(name, method) for name in found if name != "provenance"},
    )
