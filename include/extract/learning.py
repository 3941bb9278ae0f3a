"""Learn the template of a board from its pages.

Each check adapts the template to the pages that it has read. If most of these pages do not fit the
template, the site was rebuilt. The template is then discarded, and a new one is learned. This
module does no I/O.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from include.core.fields.dates import parse_time
from include.core.fields.employment import is_employment_type
from include.core.fields.template import MIN_PAGES, PageBlocks, Template
from include.core.pay.pay_text import salary_in
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_among_items
from include.extract.labels import possible_labels

MAX_PAGES = 30
"""The maximum number of pages of one check from which a template is learned.

All earlier pages together also count as at most this number of pages. If there were more, their
weights are scaled down.
"""
_ENTRY_SHARE = 0.7
"""The minimum share of the pages (0 to 1) that contain a line, for the line to enter the frame."""
_EXIT_SHARE = 0.5
"""The share of the pages (0 to 1) below which a line leaves the frame.

It is lower than ``_ENTRY_SHARE``. Otherwise a line whose share varies a little would enter and
leave the frame, and the texts of postings would change each time.
"""
_KEPT_SHARE = 0.2
"""The share of the pages (0 to 1) below which a template does not store a line."""
_COMING_DATE = "coming date"
"""The kind of a value that is a date in the future, in addition to the names of fields.

A label of such dates is not learned, because the date may be the deadline or the first day of work.
"""
_MAX_LINES = 1_000
"""The maximum number of lines whose weights a template stores."""
_MAX_LABELS = 300
"""The maximum number of labels that a template stores."""


def learn_template(
    before: Template | None, pages: Sequence[PageBlocks], *, now: datetime
) -> Template:
    """Return the template of a board after learning from the pages of a check.

    If most of the pages do not fit the template, the site was rebuilt, and a new template is
    learned from these pages alone. The version of the template increases if its frame or its labels
    change.

    Args:
        before: the template so far; None if there is none.
        pages: at least ``MIN_PAGES`` distinct pages of the board. Only the last ``MAX_PAGES`` are
            used.
        now: the time of the check. A later date is in the future.
    """
    pages = pages[-MAX_PAGES:]
    is_rebuilt = before is not None and 2 * sum(map(before.fits, pages)) < len(pages)
    last_template = None if is_rebuilt else before
    total, weights = _weights(last_template, pages)
    frame = frozenset(line for line, weight in weights.items() if weight >= _ENTRY_SHARE * total)
    if last_template:
        frame |= {
            line for line in last_template.frame if weights.get(line, 0) >= _EXIT_SHARE * total
        }
    labels = {**(last_template.labels if last_template else {}), **_labels_of(pages, now)}
    labels = dict(list(labels.items())[-_MAX_LABELS:])
    version = before.version if before else 0
    if before is None or (frame, labels) != (before.frame, before.labels):
        version += 1
    return Template(version=version, pages=total, weights=weights, frame=frame, labels=labels)


def _weights(
    last_template: Template | None, pages: Sequence[PageBlocks]
) -> tuple[float, dict[int, float]]:
    """Return the number of pages, and the weight of each line by its hash.

    The weight of a line is the number of pages that contain the line. Both numbers include earlier
    pages.
    """
    weights = defaultdict[int, float](float)
    total = float(len(pages))
    for line in chain.from_iterable(page.lines for page in pages):
        weights[line] += 1.0
    if last_template is not None:
        older = min(last_template.pages, MAX_PAGES)
        total += older
        for line, weight in last_template.weights.items():
            weights[line] += weight * older / last_template.pages
    lasting = sorted((-weight, line) for line, weight in weights.items())[:_MAX_LINES]
    return total, {line: -weight for weight, line in lasting if -weight >= _KEPT_SHARE * total}


def _labels_of(pages: Sequence[PageBlocks], now: datetime) -> dict[str, str]:
    """Return the field for which each new label stands, by label.

    A text is a label if it is on most pages, if the values after it belong to one field, and if
    these values are not all the same.
    """
    values = defaultdict[str, list[str]](list)
    for page in pages:
        for label, value in possible_labels(page.top).items():
            values[label].append(value)
    min_values = max(MIN_PAGES, _ENTRY_SHARE * len(pages))
    return {
        label: field
        for label, texts in values.items()
        if len(texts) >= min_values and len(set(texts)) > 1 and (field := _field_of(texts, now))
    }


def _field_of(values: Sequence[str], now: datetime) -> str | None:
    """Return the field to which at least half of the values belong.

    Return None if there is none, or if any value belongs to another field.
    """
    kinds = Counter(kind for value in values if (kind := _kind_of(value, now)))
    if len(kinds) != 1:
        return None
    ((kind, count),) = kinds.items()
    return kind if kind != _COMING_DATE and 2 * count >= len(values) else None


def _kind_of(value: str, now: datetime) -> str | None:
    """Return the field of ``value`` if it can be recognised without a label.

    Return ``_COMING_DATE`` for a date in the future, and None for an unknown value.
    """
    if is_employment_type(value):
        return "employment_type"
    if workplace_among_items([value]):
        return "workplace"
    if (pay := salary_in(value)) and pay.currency:
        return "salary"
    if at := parse_time(value):
        return "posted_at" if at <= now else _COMING_DATE
    if any(place.city and place.country for place in locations_in(value)):
        return "location"
    return None
