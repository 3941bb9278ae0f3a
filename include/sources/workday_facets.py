"""The facets of a Workday list. A facet counts how many postings have each of its values.

The counts can prove how many postings there are. A list that is too long for the API is split by
the values of a facet. The facets form a tree, because a facet may contain further facets instead of
values. For example, "locationMainGroup" contains a facet of countries and a facet of sites. Every
site has its own facets.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from include.core.formats.json_object import JsonObject

CAP = 2_000
"""The maximum number of postings that one list shows on most sites."""


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A facet of a list, and the number of postings for each of its values."""

    parameter: str
    group: str
    """The name of the outermost facet that contains this facet, or of this facet itself. All facets
    of one group omit the same postings."""
    counts: Mapping[str, int]
    """The number of postings for each value, by the value's id."""

    @property
    def sum(self) -> int:
        return sum(self.counts.values())

    @property
    def largest(self) -> int:
        return max(self.counts.values(), default=0)


def facets_in(answer: JsonObject) -> list[Facet]:
    """Return the facets of a list, including those inside other facets, from the API's response."""
    facets: list[Facet] = []
    for outermost in answer.objects("facets"):
        facets += _facets(outermost, outermost.text("facetParameter") or "")
    return facets


def agreed_total(facets: Sequence[Facet]) -> int | None:
    """Return the number of postings in the list, or None if the facets do not prove it.

    The number is proved if the counts of two facets of different groups have the same sum, and this
    sum is ``CAP`` or more. Then each posting has exactly one value of both facets. If there are
    several such sums, the result is the largest.
    """
    groups: defaultdict[int, set[str]] = defaultdict(set)
    for facet in facets:
        groups[facet.sum].add(facet.group)
    agreed_sums = (sum_ for sum_, names in groups.items() if len(names) > 1 and sum_ >= CAP)
    return max(agreed_sums, default=None)


def to_split_by(facets: Sequence[Facet]) -> Facet | None:
    """Return the facet to split a list by, or None if no facet has two or more values.

    The lists of the facet's values should reach all postings in the fewest pages. The needed sum of
    the counts is the agreed total, or ``CAP`` if there is no agreed total. The first choice is a
    facet whose counts have at least this sum and are each below ``CAP``. Of several such facets,
    the one that has the smallest sum is chosen. If there is no such facet, the facet whose largest
    count is the smallest is chosen, from the facets that have at least the needed sum, or from all
    facets if none has this sum.
    """
    splitting = [facet for facet in facets if len(facet.counts) > 1]
    reaching = [facet for facet in splitting if facet.sum >= (agreed_total(facets) or CAP)]
    below_cap = [facet for facet in reaching if facet.largest < CAP]
    if below_cap:
        return min(below_cap, key=lambda facet: facet.sum)
    return min(reaching or splitting, key=lambda facet: facet.largest, default=None)


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
