"""Define the template of a board: the lines that its pages share, and the labels of its fields.

The pages of one site have a common frame, such as navigation, consent boxes and footers. A line
that stands word for word on most pages of a board belongs to the frame. The other lines belong to
the posting. This works in every language, because it needs no dictionary (ADR 39).

``extract.learning`` learns the template from the pages of each check. The template is stored with
the board. Each posting is stored together with the version of the template that was used to read
it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import xxhash

MIN_PAGES = 3
"""The minimum number of pages of one check from which a template is learned."""
_CONSTANT_SHARE = 0.9
"""The minimum share of the pages (0 to 1) that contain a line of ``Template.constant``."""
_MIN_SENTENCE = 60
"""The minimum length, in characters, of a line that counts as a sentence."""
_OWN_SHARE = 0.25
"""The share (0 to 1) of a page's sentences outside of the frame, below which the frame stays.

The share is measured in characters. If it is lower, the frame is not left out of the page's text.
"""


@dataclass(frozen=True, kw_only=True)
class PageBlocks:
    """The parts of one page from which a template is learned."""

    lines: frozenset[int]
    """The hashes of the page's lines and headings, as ``line_hash`` makes them."""
    top: tuple[str, ...]
    """The first lines of the page's main text, among which labels are searched for."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """The lines and labels that the pages of one board share."""

    version: int
    """A number that increases with each change of the template that can change a reading."""
    pages: float
    """The number of pages that ``weights`` is based on."""
    weights: Mapping[int, float]
    """The number of the pages that contain a line, by the hash of the line."""
    frame: frozenset[int]
    """The hashes of the lines that most pages contain."""
    labels: Mapping[str, str]
    """The names of the posting's fields, by the label that the board's pages use for the field.

    These are only labels that were learned from the pages. The labels that are the same for all
    boards are in ``extract.labels``.
    """

    @cached_property
    def constant(self) -> frozenset[int]:
        """The hashes of the lines that nearly all pages contain (at least ``_CONSTANT_SHARE``)."""
        least = _CONSTANT_SHARE * self.pages
        return frozenset(line for line in self.frame if self.weights[line] >= least)

    def fits(self, page: PageBlocks) -> bool:
        """Return whether the page contains at least half of the lines of the frame."""
        return 2 * len(self.frame & page.lines) >= len(self.frame)

    def frame_of(self, lines: Sequence[str], hashes: Sequence[int]) -> frozenset[int]:
        """Return the hashes of the frame's lines, which are left out of a page's text.

        The result is empty if almost all sentences of the page belong to the frame (see
        ``_OWN_SHARE``). In that case the postings of the board share their text, for example
        because the same job is offered in many shops.

        Args:
            lines: the lines of the page's main text.
            hashes: the hashes of these lines, in the same order, as ``line_hash`` makes them.
        """
        own_length = total = 0
        for line, number in zip(lines, hashes, strict=True):
            if len(line) >= _MIN_SENTENCE:
                total += len(line)
                own_length += len(line) if number not in self.frame else 0
        return self.frame if own_length and own_length >= _OWN_SHARE * total else frozenset()


def line_hash(line: str) -> int:
    """Return a hash of the line, ignoring case.

    It has 63 bits, because it must be a positive bigint of Postgres.
    """
    return xxhash.xxh64_intdigest(line.casefold().encode()) >> 1
