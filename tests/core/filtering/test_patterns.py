import pytest

from include.core.filtering.patterns import compile_pattern
from include.errors import SettingError


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "pattern", ["(x+x+)+y", "^(a|x|aa|xx)*$", "(x*)*(x*)*(x*)*b", "(.*?,){25}P"]
)
def test_every_pattern_runs_in_linear_time(pattern: str) -> None:
    """Match patterns for which Python's ``re`` takes exponential or extremely long time."""
    assert not compile_pattern("field", pattern)("x" * 50_000 + ",!")


@pytest.mark.parametrize(
    "pattern", ["(", "[", r"(a)\1", "(?=ahead)", "(?<!behind)", "(a{1000}){1000}", "\ud800"]
)
def test_a_pattern_that_is_not_linear_is_refused_with_its_field(pattern: str) -> None:
    with pytest.raises(SettingError, match="not a valid regular expression") as refusal:
        compile_pattern("config.pattern", pattern)
    assert refusal.value.field == "config.pattern"


def test_case_matters_unless_any_case_is_set() -> None:
    assert not compile_pattern("field", "köchin")("KÖCHIN")
    assert compile_pattern("field", "köchin", any_case=True)("KÖCHIN")


def test_a_text_that_cannot_be_encoded_as_utf_8_is_searched() -> None:
    assert compile_pattern("field", "cook")("cook \ud83d")
