import pytest

from include.core.models import Workplace
from include.core.places.workplaces import (
    contradicts_remote,
    items_at_the_top,
    workplace_among_items,
    workplace_in_tags,
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
