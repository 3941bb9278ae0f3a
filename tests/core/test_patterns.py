import pytest

from include.core.patterns import compile_pattern
from include.errors import SettingError


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "pattern", ["(x+x+)+y", "^(a|x|aa|xx)*$", "(x*)*(x*)*(x*)*b", "(.*?,){25}P"]
)
def test_no_pattern_takes_longer_than_its_text_is_long(pattern: str) -> None:
    """Python's ``re`` would not be done with any of these in a lifetime."""
    assert not compile_pattern("field", pattern)("x" * 50_000 + ",!")


@pytest.mark.parametrize(
    "pattern", ["(", "[", r"(a)\1", "(?=ahead)", "(?<!behind)", "(a{1000}){1000}", "\ud800"]
)
def test_what_can_not_be_searched_for_in_time_is_refused_by_field(pattern: str) -> None:
    with pytest.raises(SettingError, match="not a valid regular expression") as refusal:
        compile_pattern("config.pattern", pattern)
    assert refusal.value.field == "config.pattern"


def test_case_counts_unless_it_is_told_not_to() -> None:
    assert not compile_pattern("field", "köchin")("KÖCHIN")
    assert compile_pattern("field", "köchin", any_case=True)("KÖCHIN")


def test_a_text_that_has_no_utf_8_is_searched_all_the_same() -> None:
    assert compile_pattern("field", "cook")("cook \ud83d")
