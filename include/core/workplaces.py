"""Ways of working, as labels, places and titles of postings name them."""

import re
from collections.abc import Iterable, Sequence

from include.core.models import Workplace
from include.core.recall import recalled

_REMOTE = re.compile(
    r"\b(?:(?:fully )?remote|home[ -]?(?:office|based)|homeoffice|telecommut(?:e|ing)|"
    r"work(?:ing)? from (?:home|anywhere)|wfh|virtual|mobiles? arbeiten|télétravail|teletrabajo|"
    r"telelavoro|da remoto|en remoto|remoto|à distance|distans|thuiswerk\w*|zdaln\w+)\b",
    re.IGNORECASE,
)
_HYBRID = re.compile(r"\b(?:h[yi]brid[eoa]?|ibrid[oa]|híbrid[oa]|hybryd\w*)\b", re.IGNORECASE)
_ONSITE = re.compile(
    r"\b(?:on[ -]?site|on[ -]?premises?|in[ -]?office|office[ -]based|in[ -]?person|vor ort|"
    r"sur (?:site|place)|presencial|in sede|op kantoor|på plats|stacjonarn\w+)\b",
    re.IGNORECASE,
)
_TITLE_MARK = re.compile(
    r"(?:[(\[|,–—•/]|\s-)\s*(?P<mark>(?:(?:100\s?%|fully|full)[ -])?"
    r"(?:remote|hybrid|on-?site|télétravail|home[ -]?office))"
    r"(?=\s*(?:[)\]|,–—•/-]|$|in\b|within\b|based\b|(?:US|USA|UK|EU|EMEA|APAC|LATAM)\b))",
    re.IGNORECASE,
)

_ITEMS = re.compile(r"\s*[|,·•–—/]\s*|\s-\s")
_ITEM = re.compile(
    r"(?:(?:100\s?%|fully|full)[ -])?(?:remote|hybrid|on-?site)(?: (?:work|job|position|role))?",
    re.IGNORECASE,
)
_LONGEST_FACT = 120
_LINES_OF_FACTS = 40
_TAG = re.compile(r"#LI-(?P<mark>Remote|Hybrid|On-?site)\b", re.IGNORECASE)
"""By which LinkedIn learns it from a posting's text."""


def workplace_of(label: str | None) -> Workplace | None:
    """What a label such as ``OnSite`` or ``Remote - Europe`` says; two answers are none."""
    return _named(label) if label else None


@recalled
def _named(label: str) -> Workplace | None:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).replace("_", " ")
    patterns = {
        Workplace.REMOTE: _REMOTE,
        Workplace.HYBRID: _HYBRID,
        Workplace.ONSITE: _ONSITE,
    }
    found = [kind for kind, pattern in patterns.items() if pattern.search(spaced)]
    return found[0] if len(found) == 1 else None


def workplace_in(named: Sequence[str]) -> Workplace | None:
    """What all of a posting's places say alike ("Miami or Remote" leaves it open)."""
    found = {workplace_of(place) for place in named}
    return found.pop() if len(found) == 1 else None


def workplace_in_title(title: str) -> Workplace | None:
    """What a mark of its own in the title says: ``Engineer (Remote)``, ``Buyer - Hybrid, Leeds``;
    "Remote Sensing Engineer" says nothing of it."""
    found = {workplace_of(match["mark"]) for match in _TITLE_MARK.finditer(title)}
    return found.pop() if len(found) == 1 else None


def workplace_in_tags(text: str) -> Workplace | None:
    """What ``#LI-Remote`` and its like in a description say."""
    found = {workplace_of(match["mark"]) for match in _TAG.finditer(text)}
    return found.pop() if len(found) == 1 else None


def workplace_at_the_top(text: Iterable[str]) -> Workplace | None:
    """What an item of its own says among the short facts that a page states above its text:
    ``Remote``, ``Full time, remote | 40 hours a week``."""
    found: set[Workplace | None] = set()
    for number, line in enumerate(text):
        if len(line) > _LONGEST_FACT or number == _LINES_OF_FACTS:
            break
        items = _ITEMS.split(line.removeprefix("- "))
        found |= {workplace_of(item) for item in items if _ITEM.fullmatch(item)}
    return found.pop() if len(found) == 1 else None


def workplace_among(
    *, remote: bool | None, hybrid: bool | None, onsite: bool | None = None
) -> Workplace | None:
    """The one that a source's flags say; several leave it open, as does none."""
    flags = {Workplace.REMOTE: remote, Workplace.HYBRID: hybrid, Workplace.ONSITE: onsite}
    said = [kind for kind, flag in flags.items() if flag]
    return said[0] if len(said) == 1 else None
