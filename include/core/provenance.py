"""Every field of a posting says how it was read."""

from collections.abc import Mapping
from dataclasses import fields, replace

from include.core.models import JobPosting

_READ = tuple(field.name for field in fields(JobPosting) if field.name != "provenance")


def credit(posting: JobPosting, method: str, *, but: Mapping[str, str] | None = None) -> JobPosting:
    """``posting`` with ``method`` noted for each field it has, save those named in ``but`` and
    those already noted."""
    noted = {**(but or {}), **posting.provenance}
    found = (name for name in _READ if getattr(posting, name) not in (None, "", ()))
    return replace(posting, provenance={name: noted.get(name, method) for name in found})
