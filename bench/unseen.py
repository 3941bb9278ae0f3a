"""Measure how well pages are read that nobody used to tune the readers, compared with two
libraries.

The pages were set aside and labelled before they were read. Two sets can be measured: recorded
pages, whose labels are in ``labels/unseen.json``, and a directory of pages with a ``labels.json``.
The recorded pages are few, so their figures only show whether such pages can be read at all.

In a field, a page counts as right if the value that was read equals the true one. It also counts as
right if there is no true value and none was read. If a posting is over and the reader detected
this, its page counts in no other field. Pages of sources with an adapter of their own are left out,
because adapters were tuned on them. Each page is read without a template, because a template is
learned from several pages of a board.
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
    "title": lambda of: one_line(of.title).casefold(),
    "date": lambda of: of.posted_at and of.posted_at.date(),
    "type": lambda of: set(of.employment_types),
    "workplace": lambda of: of.workplace,
    "pay": lambda of: of.salary,
}
FIELDS = (
    "title", "location", "date", "type", "workplace", "pay", "text", "free of noise",
    "over or open",
)  # fmt: skip
_TYPES = {"CONTRACT": "CONTRACTOR", "FREELANCE": "CONTRACTOR", "INTERNSHIP": "INTERN",
          "APPRENTICESHIP": "INTERN"}  # fmt: skip
"""The employment types in labels that schema.org names differently."""

_Reader = Callable[[Mapping[str, Any], str], tuple[Labelled | None, bool]]


def recorded_rows(recorded: Path) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the recorded pages that were set aside.

    Args:
        recorded: the directory of the recorded payloads.
    """
    yield from _rows(recorded, json.loads(_RECORDED_LABELS.read_text()))


def labelled_rows(directory: Path) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the pages in a directory.

    Its ``labels.json`` has one object for each page, with the keys of ``labels/unseen.json``, and
    ``url`` for the address of the posting. Employment types and periods may be in small letters.
    """
    yield from _rows(directory, json.loads((directory / "labels.json").read_text()))


def _rows(directory: Path, labels: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each reader: its name, the number of pages, and the share that is right."""
    readers: Mapping[str, _Reader] = {
        "ours": _ours,
        "extruct alone": lambda _, html: (extruct_alone(html), False),
        "trafilatura alone": lambda _, html: (trafilatura_alone(html), False),
    }
    for name, read in readers.items():
        pages = [
            _right(label, *read(label, (directory / label["file"]).read_text(errors="replace")))
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
    """Return what our code reads from the page, and whether it found that the posting is over."""
    url = label.get("url", "https://careers.example/1")
    try:
        posting = read_posting(Page(url=url, body=html.encode(), content_type="text/html"))
    except ParseError:
        return None, False
    except PageGone:
        return None, True
    closing = posting.valid_through
    return Labelled.read(posting), closing is not None and closing.date() < datetime.now(UTC).date()


def _right(label: Mapping[str, Any], found: Labelled | None, is_over: bool) -> dict[str, bool]:
    """Return, for each field that counts, whether the page was read right.

    If no posting was read, no value counts as right.
    """
    right = {"over or open": is_over is label["is_over"]}
    if found is None and is_over and label["is_over"]:
        return right
    truth = _truth(label)
    right |= {
        name: found is not None and value(found) == value(truth) for name, value in _VALUES.items()
    }
    right["location"] = found is not None and _names(truth.locations) in (
        _names(found.locations),
        _names(found.places),
    )
    text = one_line(found.text) if found else ""
    right["text"] = all(one_line(sentence) in text for sentence in label["text"])
    right["free of noise"] = bool(text) and not any(noise in text for noise in label["noise"])
    return right


def _names(places: tuple[str, ...]) -> list[str]:
    return sorted(place.partition(",")[0].casefold() for place in places)


def _truth(label: Mapping[str, Any]) -> Labelled:
    types = [kind.upper() for kind in label["employment_types"]]
    pay = label["salary"]
    return Labelled.of(
        {
            "external_id": None,
            **label,
            "employment_types": [_TYPES.get(kind, kind) for kind in types],
            "salary": pay and [*pay[:3], pay[3] and pay[3].upper()],
        }
    )
