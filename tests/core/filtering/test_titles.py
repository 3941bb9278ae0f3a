import pytest

from include.core.filtering.titles import check_patterns, passes_patterns
from include.errors import SettingError


@pytest.mark.parametrize(
    ("title", "include", "exclude", "expected"),
    [
        ("Data Engineer", [], [], True),
        ("Data Engineer", ["engineer"], [], True),
        ("Data Engineering Lead", ["engineer"], [], False),
        ("Senior  Data\tEngineer", ["data engineer"], [], True),
        ("Internal Auditor", [], ["intern"], True),
        ("Marketing Intern (all genders)", [], ["intern"], False),
        ("Engineer, Data", ["data", "nurse"], [], True),
        ("C++ Developer", ["c++"], [], True),
        ("C Developer", ["c++"], [], False),
        ("Staff Nurse", ["/^(senior|staff) /"], [], True),
        ("Nurse, Staff", ["/^(senior|staff) /"], [], False),
        ("Engineer", ["engineer"], ["ENGINEER"], False),
        ("Ｄａｔａ Engineer", ["data"], [], True),
        ("Köchin", ["köchin"], [], True),
    ],
)
def test_titles_are_wanted_by_whole_words_and_regular_expressions(
    title: str, include: list[str], exclude: list[str], expected: bool
) -> None:
    assert passes_patterns(title, include, exclude) is expected


@pytest.mark.parametrize("pattern", ["/(/", "  "])
def test_the_error_for_an_unusable_pattern_names_its_list(pattern: str) -> None:
    with pytest.raises(SettingError) as included:
        check_patterns("include_titles", [pattern])
    with pytest.raises(SettingError) as excluded:
        passes_patterns("Cook", [], [pattern])

    assert included.value.field == "include_titles"
    assert excluded.value.field == "exclude_titles"


def test_every_pattern_can_be_checked_without_a_title() -> None:
    with pytest.raises(SettingError):
        check_patterns("include_titles", ["cook", "/[/"])
