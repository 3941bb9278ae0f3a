"""Measure how accurately postings are read.

The benchmark prints the precision and the recall for each field and source. The true values of the
measured postings are known. For comparison, web pages are also read by two libraries, extruct and
trafilatura, each without our code.

The postings have two origins. The pages of the sample career sites are made from values, which are
the true values. Recorded responses of real boards are in the directory that the environment
variable ``JOBHUNT_RECORDED`` names, and their true values are in ``labels/``.

Precision is the share of the read values that are true. Recall is the share of the true values that
were read. A value is invented if it was read although the posting has no value in this field.

Two sets of pages have a table of their own, because nobody used them to tune the readers
(``bench.unseen``). They are the recorded pages that were set aside, and the pages in the directory
that ``JOBHUNT_SET_ASIDE`` names, which also holds their labels.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.peers import extruct_alone, trafilatura_alone
from bench.recorded import Labelled, labels, read_labelled
from bench.sample_pages import SampleCase, sample_cases
from bench.unseen import FIELDS as UNSEEN_FIELDS
from bench.unseen import labelled_rows, recorded_rows
from include.extract import read_posting

_FIELDS: Mapping[str, Callable[[Labelled], Any]] = {
    "title": lambda posting: posting.title.casefold() or None,
    "id": lambda posting: posting.external_id,
    "location": lambda posting: (
        sorted(raw.partition(",")[0].casefold() for raw in posting.locations) or None
    ),
    "country": lambda posting: sorted(filter(None, posting.countries)) or None,
    "posted": lambda posting: posting.posted_at and posting.posted_at.date(),
    "type": lambda posting: set(posting.employment_types) or None,
    "pay": lambda posting: posting.salary,
    "workplace": lambda posting: posting.workplace,
}


@dataclass
class Score:
    """The counts of values for one field."""

    right: int = 0
    """The number of values that were read and equal the true value."""
    read: int = 0
    """The number of values that were read, right or wrong."""
    true: int = 0
    """The number of postings that have a true value."""
    invented: int = 0
    """The number of values that were read although there is no true value."""

    def add(self, truth: Any, found: Any) -> None:
        self.right += truth is not None and truth == found
        self.read += found is not None
        self.true += truth is not None
        self.invented += truth is None and found is not None

    def __str__(self) -> str:
        if not (self.read or self.true):
            return "–"
        precision = f"{self.right / self.read:.0%}" if self.read else "–"
        recall = f"{self.right / self.true:.0%}" if self.true else "–"
        return f"{precision} / {recall}" + (f" (+{self.invented})" if self.invented else "")


@dataclass
class Report:
    """The scores of each group of postings, by field. A group is a source or a reader."""

    scores: defaultdict[str, dict[str, Score]] = field(
        default_factory=lambda: defaultdict(lambda: {name: Score() for name in _FIELDS})
    )
    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, group: str, truth: Labelled, found: Labelled | None) -> None:
        self.counts[group] += 1
        for name, value in _FIELDS.items():
            self.scores[group][name].add(value(truth), None if found is None else value(found))

    def rows(self) -> Iterator[tuple[str, ...]]:
        for group, scores in sorted(self.scores.items()):
            yield group, str(self.counts[group]), *map(str, scores.values())


def main() -> None:
    console = Console()
    by_source, readers = Report(), Report()
    recorded_name = os.environ.get("JOBHUNT_RECORDED", "")
    if recorded_name and Path(recorded_name).is_dir():
        _measure_recorded(Path(recorded_name), by_source, readers)
        _print_table(
            console, "Pages set aside: right", UNSEEN_FIELDS, recorded_rows(Path(recorded_name))
        )
    else:
        console.print(
            "JOBHUNT_RECORDED names no directory of recorded payloads, so only the sample sites"
            " are measured."
        )
    if set_aside := os.environ.get("JOBHUNT_SET_ASIDE"):
        rows = labelled_rows(Path(set_aside))
        _print_table(console, f"Pages in {set_aside}: right", UNSEEN_FIELDS, rows)
    for case in sample_cases():
        _measure_sample(case, by_source, readers)
    _print_report(console, "Precision / recall (+ invented), by source", by_source)
    _print_report(console, "Web pages alone, by reader", readers)


def _measure_recorded(directory: Path, by_source: Report, readers: Report) -> None:
    for label in labels()["postings"]:
        truth, found = Labelled.of(label), read_labelled(directory, label)
        by_source.add(f"{label['source']} (recorded)", truth, found)
        if label["file"].endswith(".html"):
            _add_readers(readers, truth, found, (directory / label["file"]).read_bytes())


def _measure_sample(case: SampleCase, by_source: Report, readers: Report) -> None:
    found = case.found
    if case.page is not None:
        found = Labelled.read(read_posting(case.page))
        _add_readers(readers, case.truth, found, case.page.body)
    assert found is not None  # noqa: S101 - a case has a page, or `found` is set
    by_source.add(f"{case.source} (samples)", case.truth, found)


def _add_readers(readers: Report, truth: Labelled, found: Labelled, body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    readers.add("ours", truth, found)
    readers.add("extruct alone", truth, extruct_alone(text))
    readers.add("trafilatura alone", truth, trafilatura_alone(text))


def _print_report(console: Console, title: str, report: Report) -> None:
    _print_table(console, title, _FIELDS, report.rows())


def _print_table(
    console: Console, title: str, fields: Iterable[str], rows: Iterable[tuple[str, ...]]
) -> None:
    table = Table(title=title)
    for heading in ("", "postings", *fields):
        table.add_column(heading, justify="left" if not heading else "right")
    for row in rows:
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
