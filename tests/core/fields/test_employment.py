import pytest

from include.core.fields.employment import employment_types
from include.core.models import EmploymentType as Type


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("FULL_TIME", (Type.FULL_TIME,)),
        ("FullTime", (Type.FULL_TIME,)),
        ("Regular Full Time (Salary)", (Type.FULL_TIME,)),
        ("Full-time", (Type.FULL_TIME,)),
        ("Vollzeit", (Type.FULL_TIME,)),
        ("Teilzeit, befristet", (Type.PART_TIME, Type.TEMPORARY)),
        (["PART_TIME", "FULL_TIME"], (Type.FULL_TIME, Type.PART_TIME)),
        ("Intern", (Type.INTERN,)),
        ("Internship", (Type.INTERN,)),
        ("Contract", (Type.CONTRACTOR,)),
        ("CONTRACTOR", (Type.CONTRACTOR,)),
        ("Temporary", (Type.TEMPORARY,)),
        ("PER_DIEM", (Type.PER_DIEM,)),
        ("OTHER", (Type.OTHER,)),
        ("full-or-part-time", (Type.FULL_TIME, Type.PART_TIME)),
        ("fulltime_permanent", (Type.FULL_TIME,)),
        ("parttime_fixed_term", (Type.PART_TIME, Type.TEMPORARY)),
        ("Temps plein", (Type.FULL_TIME,)),
        ("Tiempo completo", (Type.FULL_TIME,)),
        ("Heltid", (Type.FULL_TIME,)),
        ("Stage", (Type.INTERN,)),
        ("Short Term", (Type.TEMPORARY,)),
        ("Contract-to-hire", (Type.CONTRACTOR,)),
        ("Permanent contract", ()),
        ("Permanent", ()),
        ("unbefristet", ()),
        ("International assignment", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_employment_types_are_read_from_the_words_of_a_label(
    raw: str | list[str] | None, expected: tuple[Type, ...]
) -> None:
    assert employment_types(raw) == expected
