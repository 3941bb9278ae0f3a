"""Recognise the workplace (remote, hybrid, on site) that labels, places and titles name."""

import re
from collections.abc import Iterable, Sequence

from include.core.fields.text_cache import cache_short_texts
from include.core.models import Workplace

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

_NOT_REMOTE = re.compile(
    r"\b(?:not (?:an? )?(?:fully |100% )?remote\b|non-remote|no remote (?:work|option)|"
    r"(?:fully|strictly|100%|entirely|exclusively) (?:on-?site|in[- ](?:office|person))|"
    r"(?:on-?site|in[- ]office|in[- ]person) only|nicht remote|kein (?:homeoffice|remote)|"
    r"(?:pas|non) (?:de )?télétravail|no (?:es )?remoto|ausschließlich vor ort)",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\s*[|,·•–—/]\s*|\s-\s")
_ITEM = re.compile(
    r"(?:(?:100\s?%|fully|full)[ -])?(?:remote|hybrid|on-?site)(?: (?:work|job|position|role))?",
    re.IGNORECASE,
)
_MAX_FACT_LENGTH = 120
_MAX_FACT_LINES = 40
_TAG = re.compile(r"#LI-(?P<mark>Remote|Hybrid|On-?site)\b", re.IGNORECASE)
"""A hashtag in a posting's text, from which LinkedIn reads the workplace."""


def workplace_of(label: str | None) -> Workplace | None:
    """Return the only workplace that a label names, or None.

    Examples of labels are ``OnSite`` and ``Remote - Europe``.
    """
    return _named(label) if label else None


@cache_short_texts
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
    """Return the workplace that all places of a posting name; None if they do not name the same.

    "Miami" and "Remote", for example, leave it open.
    """
    found = {workplace_of(place) for place in named}
    return found.pop() if len(found) == 1 else None


def workplace_in_title(title: str) -> Workplace | None:
    """Return the only workplace that a separate part of the title names, or None.

    Examples are ``Engineer (Remote)`` and ``Buyer - Hybrid, Leeds``. "Remote Sensing Engineer" does
    not name a workplace.
    """
    found = {workplace_of(match["mark"]) for match in _TITLE_MARK.finditer(title)}
    return found.pop() if len(found) == 1 else None


def workplace_in_tags(text: str) -> Workplace | None:
    """Return the only workplace that hashtags such as ``#LI-Remote`` in ``text`` name, or None."""
    found = {workplace_of(match["mark"]) for match in _TAG.finditer(text)}
    return found.pop() if len(found) == 1 else None


def contradicts_remote(text: str) -> bool:
    """Return whether a description says that the job is not remote: "fully on-site"."""
    return _NOT_REMOTE.search(text) is not None


def items_at_the_top(text: Iterable[str]) -> list[str]:
    """Return the short facts that a page states above its text.

    Examples are the parts of ``Full time, remote | 40 hours a week``. The facts end at the first
    line of more than 120 characters, and after 40 lines.

    Args:
        text: the lines of the page.
    """
    found: list[str] = []
    for number, line in enumerate(text):
        if len(line) > _MAX_FACT_LENGTH or number == _MAX_FACT_LINES:
            break
        line = line.removeprefix("- ")
        found += _ITEMS.split(line)
    return list(dict.fromkeys(found))


def workplace_among_items(items: Iterable[str]) -> Workplace | None:
    """Return the only workplace that an item of ``items_at_the_top`` names, or None."""
    found = {workplace_of(item) for item in items if _ITEM.fullmatch(item)}
    return found.pop() if len(found) == 1 else None


def workplace_among(
    *, remote: bool | None, hybrid: bool | None, onsite: bool | None = None
) -> Workplace | None:
    """Return the workplace whose flag is true; None if no flag is true, or several are."""
    flags = {Workplace.REMOTE: remote, Workplace.HYBRID: hybrid, Workplace.ONSITE: onsite}
    said = [kind for kind, flag in flags.items() if flag]
    return said[0] if len(said) == 1 else None
