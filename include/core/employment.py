"""Employment types in the words sources use for them.

What only says that a job is permanent ("regular", "CDI", "unbefristet") says nothing of its hours
and stays unknown.
"""

import re
from collections.abc import Iterable

from include.core.models import EmploymentType as Type

_WORDS: tuple[tuple[Type, str], ...] = (
    (Type.FULL_TIME, r"full[ _-]?time|fulltime|vollzeit|temps plein|tiempo completo|voltijds"),
    (Type.PART_TIME, r"part[ _-]?time|parttime|teilzeit|temps partiel|tiempo parcial|deeltijds?"),
    (Type.CONTRACTOR, r"contract|contractor|freelance|freelancer|independent contractor"),
    (Type.TEMPORARY, r"temporary|temp|fixed[ _-]?term|seasonal|befristet|cdd|zeitarbeit"),
    (Type.INTERN, r"intern|internship|trainee(?:ship)?|praktikum|werkstudent(?:in)?|stagiaire"),
    (Type.VOLUNTEER, r"volunteer|ehrenamtlich"),
    (Type.PER_DIEM, r"per[ _-]?diem"),
    (Type.OTHER, r"other"),
)
_TYPES = tuple((kind, re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")) for kind, words in _WORDS)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def employment_types(raw: str | Iterable[str] | None) -> tuple[Type, ...]:
    """Those that ``raw`` (a label, or several) names, in the order of the enumeration."""
    if not raw:
        return ()
    text = raw if isinstance(raw, str) else ", ".join(raw)
    text = _CAMEL.sub(" ", text).casefold()
    return tuple(kind for kind, pattern in _TYPES if pattern.search(text))
