"""Define the template of a board: the lines that its pages share, and the labels of its facts.

The pages of one site have a common frame, such as navigation, consent boxes and footers. A line
that stands word for word on most pages of a board belongs to the frame. The other lines belong to
the posting. This needs no dictionary, so it works in every language (ADR 39).

``extract.learning`` learns the template from the pages of one check. It is stored with the board,
and its version is stored with each reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import xxhash

MIN_PAGES = 3
"""The minimum number of pages of one check that are needed to learn a template."""
_CONSTANT_SHARE = 0.9
"""The minimum share of the pages that must have a line for the line to be on "nearly all" pages."""
_MIN_SENTENCE = 60
"""The minimum length, in characters, of a line that counts as a sentence."""
_OWN_SHARE = 0.25
"""The minimum share of a page's sentences, in characters, that must be outside of the frame."""


@dataclass(frozen=True, kw_only=True)
class PageBlocks:
    """The parts of one page from which a template is learned."""

    lines: frozenset[int]
    """The hashes of its lines and headings, as ``line_hash`` makes them."""
    top: tuple[str, ...]
    """The first lines of its main text, which may have labels."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """The lines and labels that the pages of one board share."""

    version: int
    """A number that increases whenever the same page may be read in another way."""
    pages: float
    """The number of pages that the weights are based on."""
    weights: Mapping[int, float]
    """The number of these pages that have a line, by the line's hash."""
    frame: frozenset[int]
    """The hashes of the lines that most pages share."""
    labels: Mapping[str, str]
    """The field of the posting that each label names, by label.

    These are the labels that were learned from the pages, without those of ``extract.labels``.
    """

    @cached_property
    def constant(self) -> frozenset[int]:
        """The hashes of the lines on nearly all pages."""
        least = _CONSTANT_SHARE * self.pages
        return frozenset(line for line in self.frame if self.weights[line] >= least)

    def fits(self, page: PageBlocks) -> bool:
        """Return whether at least half of the frame is on the page."""
        return 2 * len(self.frame & page.lines) >= len(self.frame)

    def frame_of(self, lines: Sequence[str], hashes: Sequence[int]) -> frozenset[int]:
        """Return the hashes of the lines of the frame that may be left out of a page.

        There are none if less than the share ``_OWN_SHARE`` of the page's sentences is outside of
        the frame. In that case the postings of the board share their text, for example because the
        same job is offered in many shops.

        Args:
            lines: the lines of the page's main text.
            hashes: their hashes, as ``line_hash`` makes them.
        """
        own = total = 0
        for line, number in zip(lines, hashes, strict=True):
            if len(line) >= _MIN_SENTENCE:
                total += len(line)
                own += len(line) if number not in self.frame else 0
        return self.frame if own and own >= _OWN_SHARE * total else frozenset()


def line_hash(line: str) -> int:
    """Return a hash of 63 bits, which fits into a Postgres bigint."""
    return xxhash.xxh64_intdigest(line.casefold().encode()) >> 1
