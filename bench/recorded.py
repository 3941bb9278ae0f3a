"""Read recorded responses of real boards, and their true values.

The true values are in ``labels/recorded.json``. The recorded responses are not part of the project.
The directory that holds them is an argument.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from include.core.models import JobPosting, Page
from include.pipeline.pages.read_page import read_page
from include.sources.registry import adapter_for

_LABELS_FILE = Path(__file__).parent / "labels" / "recorded.json"


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The fields of a posting that benchmarks compare with their true values.

    None or an empty tuple means that the posting does not state the field.
    """

    external_id: str | None
    title: str
    locations: tuple[str, ...]
    countries: tuple[str | None, ...]
    posted_at: datetime | None
    employment_types: tuple[str, ...]
    salary: tuple[float | str | None, ...] | None
    """The minimum, the maximum, the currency and the period of the pay."""
    workplace: str | None
    places: tuple[str, ...] = field(default=(), compare=False)
    """The city of each place that was read, or the text of the place if it has no city. If these
    are the true values of a posting, this is empty."""
    text: str = field(default="", compare=False)
    """The description that was read. If these are the true values of a posting, this is empty."""

    @classmethod
    def of(cls, label: Mapping[str, Any]) -> "Labelled":
        return cls(
            external_id=label["external_id"],
            title=label["title"],
            locations=tuple(label["locations"]),
            countries=tuple(label["countries"]),
            posted_at=datetime.fromisoformat(label["posted_at"]) if label["posted_at"] else None,
            employment_types=tuple(label["employment_types"]),
            salary=tuple(label["salary"]) if label["salary"] else None,
            workplace=label["workplace"],
        )

    @classmethod
    def read(cls, posting: JobPosting) -> "Labelled":
        pay = posting.salary
        return cls(
            external_id=posting.external_id,
            title=posting.title,
            locations=tuple(place.raw for place in posting.locations),
            countries=tuple(place.country for place in posting.locations),
            posted_at=posting.posted_at,
            employment_types=tuple(posting.employment_types),
            salary=(pay.min, pay.max, pay.currency, pay.period) if pay else None,
            workplace=posting.workplace,
            places=tuple(place.city or place.raw for place in posting.locations),
            text=posting.description_text,
        )


def labels() -> dict[str, list[dict[str, Any]]]:
    """Return the labels by kind.

    A label describes one recorded file. The kinds are ``lists`` (listings), ``postings``, ``gone``
    (postings that are gone), ``refused`` (responses that an adapter must refuse) and ``unused``.
    """
    return json.loads(_LABELS_FILE.read_text())


def read_labelled(recorded: Path, label: Mapping[str, Any]) -> Labelled:
    """Return the fields that our code reads from the recorded posting of ``label``.

    Raises:
        ValueError: the file is not HTML, but the adapter of its source reads only web pages.
    """
    body = (recorded / label["file"]).read_bytes()
    if label["file"].endswith(".html"):
        url = f"https://careers.example/{label['file']}"
        page = Page(url=url, body=body, content_type="text/html")
        return Labelled.read(read_page(label["source"], page))
    payload: Any = body.decode()
    if "at" in label:
        found = json.loads(payload)
        for step in label["at"]:
            found = found[step]
        payload = json.dumps(found)
    posting = adapter_for(label["source"]).parse_posting(payload)
    if posting is None:
        raise ValueError(
            f"{label['file']} is not a web page, but the adapter of {label['source']} reads only"
            " web pages"
        )
    return Labelled.read(posting)
