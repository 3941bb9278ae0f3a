import pytest

from include.core.fields.employment import (
    employment_in_prose,
    employment_in_title,
    employment_types,
    is_employment_type,
    with_missing_types,
)
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


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Fuldtid, fastansættelse", (Type.FULL_TIME,)),
        ("Medio tiempo", (Type.PART_TIME,)),
        ("Completa", (Type.FULL_TIME,)),
        ("Πλήρης", (Type.FULL_TIME,)),
        ("plný úväzok", (Type.FULL_TIME,)),
        ("Voll- oder Teilzeit", (Type.FULL_TIME, Type.PART_TIME)),
        ("Hel- eller deltid", (Type.FULL_TIME, Type.PART_TIME)),
        ("Temps complet ou partiel", (Type.FULL_TIME, Type.PART_TIME)),
        ("Tiempo completo o parcial", (Type.FULL_TIME, Type.PART_TIME)),
        ("0.8 FTE", (Type.PART_TIME,)),
        ("1,0 fte", (Type.FULL_TIME,)),
        ("TAM ZAMANLI", (Type.FULL_TIME,)),
        ("3/4 etatu", (Type.PART_TIME,)),
        ("Minijob", (Type.PART_TIME,)),
        ("Contrato por obra", (Type.TEMPORARY,)),
        ("Uitzendkracht", (Type.TEMPORARY,)),
        ("на фрілансі, фріланс", (Type.CONTRACTOR,)),
        ("Elevplads", (Type.INTERN,)),
        ("Visas etatas", (Type.FULL_TIME,)),
        ("دوام كلي", (Type.FULL_TIME,)),
        ("Määräaikainen virkasuhde", (Type.TEMPORARY,)),
        ("na pełen etat", (Type.FULL_TIME,)),
        ("Részmunkaidő", (Type.PART_TIME,)),
        ("Normă întreagă", (Type.FULL_TIME,)),
        ("Μερική απασχόληση", (Type.PART_TIME,)),
        ("Повна зайнятість", (Type.FULL_TIME,)),
        ("Tam zamanlı, iş yerinde", (Type.FULL_TIME,)),
        ("משרה חלקית", (Type.PART_TIME,)),
        ("دوام كامل", (Type.FULL_TIME,)),
        ("Bán thời gian", (Type.PART_TIME,)),
        ("パート・アルバイト", (Type.PART_TIME,)),
        ("정규직 (수습 3개월)", (Type.FULL_TIME,)),
        ("实习", (Type.INTERN,)),
        ("80–100 %", (Type.FULL_TIME, Type.PART_TIME)),
        ("50% משרה", (Type.PART_TIME,)),
        ("100 %", (Type.FULL_TIME,)),
        ("plný nebo zkrácený, pracovní poměr na dobu neurčitou", (Type.FULL_TIME, Type.PART_TIME)),
        ("Πλήρης, εποχική", (Type.FULL_TIME, Type.TEMPORARY)),
        ("Completa, de lunes a viernes", (Type.FULL_TIME,)),
        ("Plný přístup k systémům", ()),
        ("계약직 12개월 (정규직 전환가능)", (Type.TEMPORARY,)),
        ("契約社員(正社員登用あり)", (Type.TEMPORARY,)),
        ("非常勤", (Type.PART_TIME,)),
        ("Remplacement d'un congé de maternité", (Type.TEMPORARY,)),
        ("Elternzeitvertretung", (Type.TEMPORARY,)),
        ("Zwangerschapsvervanging", (Type.TEMPORARY,)),
        ("Umowa na zastępstwo", (Type.TEMPORARY,)),
        ("Zástup za MD", (Type.TEMPORARY,)),
        ("Ansættelse på fuld tid", (Type.FULL_TIME,)),
        ("Stilling på full tid", (Type.FULL_TIME,)),
        ("rad u punom radnom vremenu", (Type.FULL_TIME,)),
        ("nepuno radno vreme", (Type.PART_TIME,)),
        ("skrátený úväzok", (Type.PART_TIME,)),
        ("срочный трудовой договор", (Type.TEMPORARY,)),
        ("строковий договір", (Type.TEMPORARY,)),
        ("безстроковий договір", ()),
        ("neodređeno vrijeme", ()),
    ],
)
def test_employment_types_are_read_in_many_languages(raw: str, expected: tuple[Type, ...]) -> None:
    assert employment_types(raw) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Nurse (part-time)", (Type.PART_TIME,)),
        ("Part-time baker", (Type.PART_TIME,)),
        ("Baker HF 60–100 %", (Type.FULL_TIME, Type.PART_TIME)),
        ("Baker 20% travel", ()),
        ("Osa-aikainen leipuri", (Type.PART_TIME,)),
        ("Head of Part-time Studies", ()),
        ("Bagerlærling til Odense", (Type.INTERN,)),
        ("Azubi Bäcker", (Type.INTERN,)),
        ("Freelance translator", (Type.CONTRACTOR,)),
        ("Freelance Coordinator", ()),
        ("Wolontariuszka w schronisku", (Type.VOLUNTEER,)),
        ("Pflegefachperson - 80 %", (Type.PART_TIME,)),
        ("Praktikum Marketing", (Type.INTERN,)),
        ("Relawan Pengajar", (Type.VOLUNTEER,)),
        ("Internship Manager", ()),
        ("Volunteer Coordinator", ()),
        ("Stage Manager", ()),
        ("Contract Manager", ()),
    ],
)
def test_a_title_states_the_type_of_the_job_and_not_of_others(
    title: str, expected: tuple[Type, ...]
) -> None:
    assert employment_in_title(title) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("This is a full-time role.", "en", (Type.FULL_TIME,)),
        ("Pracovní poměr na plný úvazek.", "cs", (Type.FULL_TIME,)),
        ("Das Dienstverhältnis ist bis Ostern befristet.", "de", (Type.TEMPORARY,)),
        ("Der Vertrag ist unbefristet.", "de", ()),
        ("Stillingen er på fuld tid.", "da", (Type.FULL_TIME,)),
        ("Nudimo puno radno vrijeme.", "hr", (Type.FULL_TIME,)),
        ("Delo za polni delovni čas.", "sl", (Type.FULL_TIME,)),
        ("Ponúkame prácu na plný úväzok.", "sk", (Type.FULL_TIME,)),
        ("Укладаємо строковий договір.", "uk", (Type.TEMPORARY,)),
        ("Ugovor na neodređeno vrijeme.", "hr", ()),
        ("You have two years of full-time experience.", "en", ()),
        ("We are 40 full-time employees.", "en", ()),
    ],
)
def test_sentences_state_the_hours_of_the_job_and_not_of_others(
    text: str, language: str, expected: tuple[Type, ...]
) -> None:
    assert employment_in_prose(text, language) == expected


def test_other_is_no_type_beside_a_type() -> None:
    assert employment_types(["OTHER", "FULL_TIME"]) == (Type.FULL_TIME,)
    assert with_missing_types((Type.OTHER,), (Type.FULL_TIME,)) == (Type.FULL_TIME,)
    assert with_missing_types((Type.OTHER,), ()) == (Type.OTHER,)


def test_only_types_of_another_kind_are_added() -> None:
    assert with_missing_types((Type.FULL_TIME,), (Type.PART_TIME, Type.TEMPORARY)) == (
        Type.FULL_TIME,
        Type.TEMPORARY,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Befristet bis 31.12.2027", True),
        ("строковий договір до 31.07.2027", True),
        ("Part-time, 16 hours", True),
        ("Temporary until further notice", False),
        ("Part-time, Leeds", False),
    ],
)
def test_the_end_of_a_contract_is_a_remark_after_an_employment_type(
    text: str, *, expected: bool
) -> None:
    assert is_employment_type(text) is expected
