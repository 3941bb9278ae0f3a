import pytest

from include.core.models import Workplace
from include.core.workplaces import workplace_at_the_top, workplace_in_tags


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
    assert workplace_at_the_top(lines) is expected
