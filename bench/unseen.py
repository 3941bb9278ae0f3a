"""Measure the reading of recorded pages on which no reader was tuned, beside two libraries.

The pages were set aside and labelled before they were read (``labels/unseen.json``). They are few,
so the figures show whether a kind of page is read at all, and not how large the share of such pages
is. A page counts as right in a field if the value is the true one, or if there is none and none was
read. Pages of sources with an adapter of their own are left out, because adapters were tuned on
them. A page alone shows nothing of the template of its board.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.peers import extruct_alone, trafilatura_alone
from bench.recorded import Labelled
from include.core.formats.text import one_line
from include.core.models import Page
from include.errors import PageGone, ParseError
from include.extract import read_posting

_LABELS = Path(__file__).parent / "labels" / "unseen.json"
_VALUES: Mapping[str, Callable[[Labelled], Any]] = {
    "title": lambda of: of.title.casefold(),
    "location": lambda of: sorted(raw.partition(",")[0].casefold() for raw in of.locations),
    "date": lambda of: of.posted_at and of.posted_at.date(),
    "type": lambda of: set(of.employment_types),
    "workplace": lambda of: of.workplace,
    "pay": lambda of: of.salary,
}
FIELDS = (*_VALUES, "text", "free of noise", "over or open")


def unseen_rows(recorded: Path) -> Iterator[tuple[str, ...]]:
    """Yield a row for each reader: its name, the number of pages, and the share that is right.

    Args:
        recorded: the directory of the recorded payloads.
    """
    labels = json.loads(_LABELS.read_text())
    for name, read in (
        ("ours", _ours),
        ("extruct alone", extruct_alone),
        ("trafilatura alone", trafilatura_alone),
    ):
        pages = [
            _right(label, read, (recorded / label["file"]).read_text(errors="replace"))
            for label in labels
        ]
        shares = (f"{sum(page[field] for page in pages) / len(pages):.0%}" for field in FIELDS)
        yield name, str(len(pages)), *shares


def _ours(html: str) -> Labelled | None:
    page = Page(url="https://careers.example/1", body=html.encode(), content_type="text/html")
    try:
        return Labelled.read(read_posting(page))
    except ParseError:
        return None


def _right(
    label: Mapping[str, Any], read: Callable[[str], Labelled | None], html: str
) -> dict[str, bool]:
    """Return for each field whether the page was read right.

    If no posting was read, no value counts as right.
    """
    truth = Labelled.of(label)
    try:
        found, is_over = read(html), False
    except PageGone:
        found, is_over = None, True
    right = {
        name: found is not None and value(found) == value(truth) for name, value in _VALUES.items()
    }
    text = one_line(found.text) if found else ""
    right["text"] = all(sentence in text for sentence in label["text"])
    right["free of noise"] = bool(text) and not any(noise in text for noise in label["noise"])
    right["over or open"] = is_over is label["is_over"]
    return right
