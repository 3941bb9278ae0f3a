import pytest

from include.core.models import Workplace
from include.core.places.workplaces import (
    contradicts_remote,
    items_at_the_top,
    workplace_among_items,
    workplace_in_prose,
    workplace_in_tags,
    workplace_of,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sweep with us.\n#LI-Hybrid", Workplace.HYBRID),
        ("#LI-Remote #LI-AB1", Workplace.REMOTE),
        ("#LI-Onsite", Workplace.ONSITE),
        ("#LI-Remote or #LI-Hybrid", None),
        ("#LI-DNI", None),
        ("We are hybrid in all we do", None),
    ],
)
def test_a_workplace_is_read_from_linkedin_s_tags(text: str, expected: Workplace | None) -> None:
    assert workplace_in_tags(text) is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Bremen", "Remote", "Full-time"], Workplace.REMOTE),
        (["Full time, remote | 40 hours a week"], Workplace.REMOTE),
        (["Hybrid · Bremen"], Workplace.HYBRID),
        (["Remote", "Hybrid"], None),
        (["You will control remote vehicles", "Remote Sensing Team"], None),
        (["We sweep the streets. " * 10, "Remote"], None),
        ([*["Jobs"] * 40, "Remote"], None),
    ],
)
def test_a_workplace_is_read_from_the_short_lines_above_the_text(
    lines: list[str], expected: Workplace | None
) -> None:
    assert workplace_among_items(items_at_the_top(lines)) is expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Bis zu drei Tage Homeoffice pro Woche", Workplace.HYBRID),
        ("Télétravail 2 jours par semaine", Workplace.HYBRID),
        ("Home office, 5 days a week", Workplace.REMOTE),
        ("100 % Homeoffice, 4 Tage pro Woche", Workplace.REMOTE),
        ("Remote (4 days a week)", Workplace.REMOTE),
        ("Fully remote", Workplace.REMOTE),
    ],
)
def test_home_office_on_some_days_is_hybrid(label: str, expected: Workplace) -> None:
    assert workplace_of(label) is expected


@pytest.mark.parametrize(
    ("text", "contradicts"),
    [
        ("You work fully on-site in Dallas.", True),
        ("This is not a remote position.", True),
        ("On-site only, five days a week in Leeds.", True),
        ("Homeoffice ist möglich.", False),
        ("We meet on-site twice a year.", False),
    ],
)
def test_a_text_may_contradict_that_a_job_is_remote(text: str, *, contradicts: bool) -> None:
    assert contradicts_remote(text) is contradicts


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("You may work from home for two days a week.", "en", Workplace.HYBRID),
        ("Con un giorno di lavoro da casa alla settimana.", "it", Workplace.HYBRID),
        ("Etätyötä voi tehdä kahtena päivänä viikossa.", "fi", Workplace.HYBRID),
        ("Wij bieden hybride werken.", "nl", Workplace.HYBRID),
        ("수요일은 재택근무를 합니다.", "ko", Workplace.HYBRID),
        ("This is a fully remote role.", "en", Workplace.REMOTE),
        ("Praca odbywa się stacjonarnie w naszym biurze.", "pl", Workplace.ONSITE),
        ("This position is full-time onsite at our office.", "en", Workplace.ONSITE),
        ("We build hybrid clouds, and there is free parking on site.", "en", None),
        ("You lead a remote sensing project.", "en", None),
        ("El puesto es totalmente presencial.", "es", Workplace.ONSITE),
        ("Le travail se fait entièrement sur place.", "fr", Workplace.ONSITE),
        ("Vous déjeunez sur place avec l'équipe.", "fr", None),
        ("Du arbeitest ausschließlich vor Ort.", "de", Workplace.ONSITE),
        ("Du besuchst Kunden vor Ort.", "de", None),
    ],
)
def test_sentences_state_the_workplace(
    text: str, language: str, expected: Workplace | None
) -> None:
    assert workplace_in_prose(text, language) is expected


@pytest.mark.parametrize(
    "item", ["Hibrid (heti 2 nap iroda)", "Hybrid working", "Hybride", "ハイブリッド勤務"]
)
def test_a_workplace_may_have_a_remark(item: str) -> None:
    assert workplace_among_items([item]) is Workplace.HYBRID
