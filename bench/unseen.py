"""Measure how well pages are read that nobody used to tune our readers.

Our code is compared with two libraries, extruct and trafilatura. The pages were set aside and
labelled before our code read them. Two sets can be measured. One is recorded pages, whose labels
are in ``labels/unseen.json``. They are few, and their figures only show whether such pages can be
read at all. The other is any directory of pages that has a ``labels.json``.

For each field, the result is the share of pages that were read right. A page is right in a field if
the value that was read equals the true value, or if there is no true value and none was read. If a
posting is over and the reader detected this, its page counts only in the field "over or open".
Pages of sources that have an adapter of their own are left out, because the adapters were tuned on
such pages. Each page is read without a template, because a template is learned from several pages
of a board.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.peers import extruct_alone, trafilatura_alone
from bench.recorded import Labelled
from include.core.formats.text import one_line
from include.core.models import Page
from include.errors import PageGone, ParseError
from include.extract import read_posting

_RECORDED_LABELS = Path(__file__).parent / "labels" / "unseen.json"
_VALUES: Mapping[str, Callable[[Labelled], Any]] = {
    "title": lambda posting: one_line(posting.title).casefold(),
    "date": lambda posting: posting.posted_at and posting.posted_at.date(),
    "type": lambda posting: set(posting.employment_types),
    "workplace": lambda posting: posting.workplace,
    "pay": lambda posting: posting.salary,
}
FIELDS = (
    "title", "location", "date", "type", "workplace", "pay", "text", "free of noise",
    "over or open",
)  # fmt: skip
_SCHEMA_ORG_TYPES = {"CONTRACT": "CONTRACTOR", "FREELANCE": "CONTRACTOR", "INTERNSHIP": "INTERN",
          "APPRENTICESHIP": "INTERN"}  # fmt: skip
"""The employment types that labels name differently from schema.org, with schema.org's name."""

_Reader = Callable[[Mapping[str, Any], str], tuple[Labelled | None, bool]]
"""A function of a page's label and HTML, which returns the fields that it read and whether it
detected that the posting is over."""


def recorded_rows(recorded: Path) -> Iterator[tuple[str, ...]]:
    """Yield a table row for each reader, about the recorded pages that were set aside.

    Args:
        recorded: the directory that holds the recorded pages.
    """
    yield from _rows(recorded, json.loads(_RECORDED_LABELS.read_text()))


def labelled_rows(directory: Path) -> Iterator[tuple[str, ...]]:
    """Yield a table row for each reader, about the pages in ``directory``.

    The ``labels.json`` in the directory has one object for each page. An object has the keys of
    the objects in ``labels/unseen.json``, and the key ``url`` with the address of the posting.
    Employment types and pay periods may be in lower case.
    """
    yield from _rows(directory, json.loads((directory / "labels.json").read_text()))


def _rows(directory: Path, labels: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each reader.

    A row is the reader's name, the number of pages, and the share of right pages in each field.
    """
    readers: Mapping[str, _Reader] = {
        "ours": _ours,
        "extruct alone": lambda _, html: (extruct_alone(html), False),
        "trafilatura alone": lambda _, html: (trafilatura_alone(html), False),
    }
    for name, read in readers.items():
        pages = [
            _right_fields(
                label, *read(label, (directory / label["file"]).read_text(errors="replace"))
            )
            for label in labels
        ]
        yield (
            name,
            str(len(pages)),
            *(_share([page.get(field) for page in pages]) for field in FIELDS),
        )


def _share(right: list[bool | None]) -> str:
    counted = [each for each in right if each is not None]
    return f"{sum(counted) / len(counted):.0%}" if counted else "–"


def _ours(label: Mapping[str, Any], html: str) -> tuple[Labelled | None, bool]:
    """Return the fields that our code reads, and whether it detects that the posting is over."""
    url = label.get("url", "https://careers.example/1")
    try:
        posting = read_posting(Page(url=url, body=html.encode(), content_type="text/html"))
    except ParseError:
        return None, False
    except PageGone:
        return None, True
    deadline = posting.valid_through
    is_over = deadline is not None and deadline.date() < datetime.now(UTC).date()
    return Labelled.read(posting), is_over


def _right_fields(
    label: Mapping[str, Any], found: Labelled | None, is_over: bool
) -> dict[str, bool]:
    """Return whether the page was read right, for each field in which the page counts.

    If no posting was read, no value counts as right.
    """
    right = {"over or open": is_over is label["is_over"]}
    if found is None and is_over and label["is_over"]:
        return right
    truth = _true_values(label)
    right |= {
        name: found is not None and value(found) == value(truth) for name, value in _VALUES.items()
    }
    right["location"] = found is not None and _place_names(truth.locations) in (
        _place_names(found.locations),
        _place_names(found.places),
    )
    text = one_line(found.text) if found else ""
    right["text"] = all(one_line(sentence) in text for sentence in label["text"])
    right["free of noise"] = bool(text) and not any(noise in text for noise in label["noise"])
    return right


def _place_names(places: tuple[str, ...]) -> list[str]:
    return sorted(place.partition(",")[0].casefold() for place in places)


def _true_values(label: Mapping[str, Any]) -> Labelled:
    types = [kind.upper() for kind in label["employment_types"]]
    pay = label["salary"]
    if pay is not None and pay[3]:
        pay = [*pay[:3], pay[3].upper()]  # the period
    return Labelled.of(
        {
            "external_id": None,
            **label,
            "employment_types": [_SCHEMA_ORG_TYPES.get(kind, kind) for kind in types],
            "salary": pay,
        }
    )
