"""Recognise employment types by the words that sources use for them.

A label that says only that a job is permanent ("regular", "CDI", "unbefristet") does not state its
hours, so the employment type stays unknown.
"""

import re
from collections.abc import Iterable

from include.core.fields.text_cache import cache_short_texts
from include.core.models import EmploymentType as Type

_WORDS: tuple[tuple[Type, str], ...] = (
    (
        Type.FULL_TIME,
        r"full(?:[ _-]?time|[ _-]or[ _-]part[ _-]?time)|vollzeit|temps (?:plein|complet)|"
        r"(?:tiempo|jornada) complet[oa]|tempo pieno|voltijds?|(?:tempo|período) integral|"
        r"heltid|pełny etat|pełen etat|plný úvazek|kokoaikainen",
    ),
    (
        Type.PART_TIME,
        r"part[ _-]?time|teilzeit|temps partiel|(?:tiempo|jornada) parcial|media jornada|"
        r"tempo parziale|deeltijds?|tempo parcial|deltid|część etatu|niepełny etat|osa-aikainen",
    ),
    (
        Type.CONTRACTOR,
        r"(?<!permanent )(?<!ended )(?<!employment )(?<!unlimited )(?<!indefinite )contract|"
        r"contractor|freelance|freelancer|independent contractor|"
        r"freie mitarbeit|indépendant|autónomo|libero professionista|partita iva|zzp(?:er)?|b2b|"
        r"konsult",
    ),
    (
        Type.TEMPORARY,
        r"temporary|temp|fixed[ _-]?term|seasonal|short[ _-]?term|befristet\w*|cdd|zeitarbeit|"
        r"intérim|temporaire|temporal|tempo determinato|tijdelijk|temporário|visstid\w*|"
        r"tidsbegränsad\w*",
    ),
    (
        Type.INTERN,
        r"intern|interns|internship|trainee(?:ship)?|praktikum|praktikant(?:in)?|stagiaire|"
        r"(?:pflicht)?praktika|werkstudent(?:in)?|working[ _-]student|stage|alternance|"
        r"apprentissage|apprentice(?:ship)?|ausbildung|prácticas|becari[oa]|tirocinio|stagist\w*|"
        r"estágio|praktik|staż",
    ),
    (Type.VOLUNTEER, r"volunteer|ehrenamtlich|bénévole?"),
    (Type.PER_DIEM, r"per[ _-]?diem"),
    (Type.OTHER, r"other"),
)
_TYPES = tuple((kind, re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")) for kind, words in _WORDS)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def employment_types(raw: str | Iterable[str] | None) -> tuple[Type, ...]:
    """Return the employment types that ``raw`` names, in the order of the enumeration.

    Args:
        raw: one label or several.
    """
    if not raw:
        return ()
    return _named(raw if isinstance(raw, str) else ", ".join(raw))


def is_employment_type(text: str) -> bool:
    """Return whether ``text`` names an employment type and nothing else."""
    folded = _CAMEL.sub(" ", text).casefold().strip()
    return any(pattern.fullmatch(folded) for _, pattern in _TYPES)


@cache_short_texts
def _named(label: str) -> tuple[Type, ...]:
    text = _CAMEL.sub(" ", label).casefold()
    return tuple(kind for kind, pattern in _TYPES if pattern.search(text))
