import pytest
from selectolax.lexbor import LexborHTMLParser

from include.errors import SettingError
from include.sources.expressions import check_jmespath, check_selector, select


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
        "a:not(nav a, footer a, header:not(main *, li *) a)",
        "a:is( b > c , d ) e",
    ],
)
def test_selectors_of_real_configs_are_usable(selector: str) -> None:
    check_selector("config.link_selector", selector)


@pytest.mark.parametrize(
    "selector",
    [
        "a b c d e f g h i j k l",
        "a\tb\nc d\fe f g h i j k l",
        "* ~ * ~ * ~ * ~ * ~ * ~ * ~ * ~ * ~ * ~ * ~ a",
        "div:has(div zz)",
        "a:has( b ~ c )",
        "a:not(b c d)",
        "a:not(b:is(c d e))",
        "a:not(b c, d e, f g, h i, j k, l m)",
        "a/* b */c",
        "div:has(div:has(div))",
        "div:has(a):HAS(b)",
        ":not(" * 20 + "a" + ")" * 20,
        "a, " * 20 + "a",
        "a > " * 20 + "a",
        "[x='a b'] b c d e f g h i j k l",
        "a[href=" + "x" * 1_000 + "]",
        "a[",
        "",
    ],
)
def test_selectors_that_take_long_or_are_not_valid_are_refused(selector: str) -> None:
    with pytest.raises(SettingError) as refusal:
        check_selector("config.link_selector", selector)
    assert refusal.value.field == "config.link_selector"


_PAGE = """<nav><a href=1>a</a></nav><main id=m><div class='list jobs'><p>a</p><ul><!--a--><li
class=item><h3><a href=/2 title="a, b > c">a</a></h3>a<li class="item closed"><a href=3>a</a></ul>
<table><tr><td>1<tr><td><a href=4>a</a><tr><td><b><a href=5>a</a></b></table></div></main>"""


@pytest.mark.parametrize(
    "selector",
    [
        "a",
        ".jobs .item h3 a",
        "ul > li>a",
        "nav a, td a,a",
        "tr + tr ~ tr a",
        "tr ~ tr a",
        "li:not(.closed):nth-child(2n + 1) a",
        "a[title='a, b > c']",
        "[title='a, b > c'], b a",
        "* * * a",
        "li:has(> a)",
        "html body > main a",
        "p + ul > li ~ li a",
        "#m > .list\tul\n>\nli",
        ".\\6c ist a",
        "ul :not( .closed , p ) a",
        "b ~ a",
    ],
)
def test_a_selector_is_evaluated_as_lexbor_does(selector: str) -> None:
    page = LexborHTMLParser(_PAGE)
    expected = dict.fromkeys(node.mem_id for node in page.css(selector))

    assert [node.mem_id for node in select(page, selector)] == list(expected)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("selector", ["b " + "div " * 9 + "a", "div ~ " * 9 + "b", "* " * 10 + "b"])
def test_a_selector_takes_linear_time_on_a_deep_page(selector: str) -> None:
    page = LexborHTMLParser("<b></b>" + "<div>" * 900 + "<a></a>" * 1_000)

    assert select(page, selector) == []
