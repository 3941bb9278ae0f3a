import pytest

from include.errors import SettingError
from include.sources.expressions import check_jmespath, check_selector


@pytest.mark.parametrize(
    "expression",
    [
        "data.jobs[?status == 'open' && type != `null`] | [].{id: id, at: places[].city}",
        "@",
        "jobs[*].[id, title]",
        "sort_by(jobs, &posted)[::-1]",
        "join(', ', not_null(cities, locations[].name, `[]`))",
        "{" + ", ".join(f"k{n}: v{n}" for n in range(40)) + "}",
        "length(jobs) || total",
        "merge(a, b, c).id",
    ],
)
def test_expressions_of_real_configs_are_usable(expression: str) -> None:
    check_jmespath("config.jobs", expression)


@pytest.mark.parametrize(
    "expression",
    [
        "`[1]`" + " | [@,@][]" * 40,
        "'x'" + " | join('', [@, @])" * 40,
        "x" + ".{a: @, b: @}" * 12,
        "map(&[@, @], x)" + " | map(&[@, @], @)" * 12,
        "[[@,@,@],[@,@,@]]" + " | [[@,@,@],[@,@,@]]" * 5,
        "a || (b" + " | [@, @]" * 30 + ")",
        "x[?(@" + " | [@, @]" * 30 + ")]",
        "a" * 1_001,
        "unknown(@)",
        "length()",
        "length(a, b)",
        "not_null(",
        "[" * 900,
        7,
    ],
)
def test_expressions_that_grow_or_are_not_valid_are_refused(expression: object) -> None:
    with pytest.raises(SettingError) as refusal:
        check_jmespath("config.jobs", expression)
    assert refusal.value.field == "config.jobs"


@pytest.mark.parametrize(
    "selector",
    [
        "a",
        ".jobs .list .item h3 a",
        "ul.openings > li > a[href^='/jobs/']",
        'a[href*="job position role opening vacancy posting a b c"]',
        "li:not(.closed):nth-child(2n + 1) a, .job:has(a[href])",
        "tr + tr ~ tr a",
    ],
)
def test_selectors_of_real_configs_are_usable(selector: str) -> None:
    check_selector("config.link_selector", selector)


@pytest.mark.parametrize(
    "selector",
    [
        "a b c d e f g",
        "a\tb\nc d\fe f g",
        "* ~ * ~ * ~ * ~ * ~ * ~ a",
        "div:has(div:has(div))",
        "div:has(a):HAS(b)",
        ":not(" * 20 + "a" + ")" * 20,
        "a, " * 20 + "a",
        "a > " * 20 + "a",
        "[x='a b'] b c d e f g",
        "a[href=" + "x" * 1_000 + "]",
        "a[",
        "",
    ],
)
def test_selectors_that_take_long_or_are_not_valid_are_refused(selector: str) -> None:
    with pytest.raises(SettingError) as refusal:
        check_selector("config.link_selector", selector)
    assert refusal.value.field == "config.link_selector"
