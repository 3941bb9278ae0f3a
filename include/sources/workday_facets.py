"""The facets of a Workday list: how many postings have each value, and what that proves.

They come as a tree: a group holds values, or further groups ("locationMainGroup" holds countries
and sites), and every site has its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from include.core.json_object import JsonObject

CAP = 2_000
"""Postings that one list shows."""


@dataclass(frozen=True, kw_only=True)
class Facet:
    parameter: str
    group: str
    """The facet at the top of the tree that it belongs to: those of one group leave out the same
    postings."""
    counts: Mapping[str, int]
    """Postings by value."""

    @property
    def sum(self) -> int:
        return sum(self.counts.values())

    @property
    def largest(self) -> int:
        return max(self.counts.values(), default=0)


def facets_in(answer: JsonObject) -> list[Facet]:
    found: list[Facet] = []
    for top in answer.objects("facets"):
        found += _facets(top, top.text("facetParameter") or "")
    return found


def agreed_total(facets: Sequence[Facet]) -> int | None:
    """How many postings there are, where facets of two groups count as many: each posting then has
    one value of either. The most that are agreed on."""
    groups: defaultdict[int, set[str]] = defaultdict(set)
    for facet in facets:
        groups[facet.sum].add(facet.group)
    agreed = (total for total, by in groups.items() if len(by) > 1 and total >= CAP)
    return max(agreed, default=None)


def to_split_by(facets: Sequence[Facet]) -> Facet | None:
    """The facet whose values reach the most postings that one list hides, in the fewest pages."""
    useful = [facet for facet in facets if len(facet.counts) > 1]
    reaching = [facet for facet in useful if facet.sum >= (agreed_total(facets) or CAP)]
    fitting = [facet for facet in reaching if facet.largest < CAP]
    if fitting:
        return min(fitting, key=lambda facet: facet.sum)
    return min(reaching or useful, key=lambda facet: facet.largest, default=None)


def _facets(node: JsonObject, group: str) -> Iterator[Facet]:
    parameter = node.text("facetParameter")
    counts: dict[str, int] = {}
    for value in node.objects("values"):
        if "values" in value:
            yield from _facets(value, group)
        elif key := value.text("id"):
            counts[key] = int(value.number("count") or 0)
    if parameter and counts:
        yield Facet(parameter=parameter, group=group, counts=counts)
