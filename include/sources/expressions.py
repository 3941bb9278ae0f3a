"""Checking the JMESPath expressions and CSS selectors that users write.

A short expression can take any amount of time and memory: ``[@, @] | [@, @] | …`` doubles a value
at each step, and ``a b c d`` takes time in proportion to the fourth power of a page's depth. So
their length and structure have limits, which are checked without evaluating them. What these limits
still permit is bounded by the budget of the process that evaluates them (ADR 34).
"""

import re
from math import prod
from typing import Any, cast

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from include.errors import SettingError

_MAX_LENGTH = 1_000
_MAX_COPIES = 200
"""The highest number of times that an expression may repeat a value, as ``[@, @]`` does twice."""
_MAX_STEPS = 10
"""The highest number of combinators, of pseudo-classes with an argument, or of alternatives."""
_MAX_SEARCHES = 5
"""The highest number of the combinators " " and "~", each of which tests many elements."""
_CHAINED = {
    "pipe", "subexpression", "index_expression", "projection", "value_projection", "flatten",
    "expref", "key_val_pair", "not_expression",
}  # fmt: skip
"""The types of the nodes whose children are evaluated one after the other."""
_CHOICES = {"comparator", "or_expression", "and_expression"}
_STRING = re.compile(r"\\.|\"[^\"\\]*+\"|'[^'\\]*+'", re.DOTALL)
_ATTRIBUTE = re.compile(r"\[[^\[\]]*+\]")


def check_jmespath(field: str, expression: Any) -> None:
    """Raise SettingError, which names ``field``, if the value is not a usable JMESPath expression.

    It must be valid, call only known functions, have at most 1,000 characters, and repeat no value
    more than 200 times.
    """
    if not isinstance(expression, str):
        raise SettingError(field, "must be a JMESPath expression")
    _check_length(field, expression)
    try:
        copies = _copies(jmespath.compile(expression).parsed)
    except (JMESPathError, RecursionError) as error:
        raise SettingError(field, f"is not a valid JMESPath expression: {error}") from error
    if copies > _MAX_COPIES:
        raise SettingError(field, f"repeats a value {copies} times; {_MAX_COPIES} are allowed")


def check_selector(field: str, selector: str) -> None:
    """Raise SettingError, which names ``field``, if the text is not a usable CSS selector.

    It must be valid and have at most 1,000 characters, 10 combinators (of which 5 may be " " or
    "~"), 10 commas, 10 pseudo-classes with an argument, and one ``:has()``.
    """
    _check_length(field, selector)
    try:
        LexborHTMLParser("").css(selector)
    except SelectolaxError as error:
        raise SettingError(field, "is not a valid CSS selector") from error
    bare = " ".join(_ATTRIBUTE.sub("x", _STRING.sub("", selector)).split())
    for sign in ">+~,()":
        bare = bare.replace(f"{sign} ", sign) if sign != ")" else bare
        bare = bare.replace(f" {sign}", sign) if sign != "(" else bare
    searches = bare.count(" ") + bare.count("~")
    steps = (searches + bare.count(">") + bare.count("+"), bare.count(","), bare.count("("))
    if searches > _MAX_SEARCHES or max(steps) > _MAX_STEPS or bare.lower().count(":has(") > 1:
        raise SettingError(
            field,
            f"is too complex; give at most {_MAX_STEPS} steps, {_MAX_SEARCHES} of them to elements"
            " at any distance, and one :has()",
        )


def _check_length(field: str, text: str) -> None:
    if len(text) > _MAX_LENGTH:
        raise SettingError(field, f"has more than {_MAX_LENGTH} characters")


def _copies(node: dict[str, Any]) -> int:
    """Return the maximum number of times that a result in the node can contain the node's input.

    Intermediate results count, too. Raise SettingError or JMESPathError if the node calls a
    function wrongly.
    """
    kind: str = node["type"]
    children = cast("list[Any]", node["children"])
    if kind == "slice":
        return 1
    copies = [_copies(child) for child in children]
    if kind == "function_expression":
        _check_call(node["value"], len(children))
    if kind in _CHAINED:
        return prod(copies)
    if kind == "filter_projection":
        left, right, condition = copies
        return left * max(right, condition)
    if kind in _CHOICES:
        return max(copies)
    return max(sum(copies), 1)


def _check_call(name: str, given: int) -> None:
    """Raise JMESPathError if no function has this name and takes ``given`` arguments."""
    function = Functions.FUNCTION_TABLE.get(name)
    if function is None:
        raise JMESPathError(f"there is no function {name}()")
    signature = function["signature"]
    is_variadic = bool(signature) and signature[-1].get("variadic", False)
    if given < len(signature) or (given > len(signature) and not is_variadic):
        raise JMESPathError(f"{name}() takes {len(signature)} arguments, not {given}")
