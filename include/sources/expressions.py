"""Checks of JMESPath expressions and CSS selectors that users write, and a safe selector search.

A short expression can take any amount of time and memory. For example, the JMESPath expression
``[@, @] | [@, @] | …`` doubles a value at each step. For the selector ``a b c d``, a parser takes
time in proportion to the fourth power of the page's depth. Therefore the length and the structure
of an expression have limits, which are checked without evaluating the expression. A selector is
evaluated one step at a time. The process that evaluates an expression has a budget of time and
memory, which bounds all other costs (ADR 34).
"""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from math import prod
from typing import Any, cast

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from include.errors import SettingError

_MAX_EXPRESSION_LENGTH = 1_000
_MAX_COPIES = 200
"""The maximum number of times that an expression may repeat its input. For example, the result of
``[@, @]`` contains the input twice."""
_MAX_ARGUMENT_COMBINATORS = 5
"""The maximum number of combinators " " and "~" in all arguments of pseudo-classes, such as
``:not(a b)``, together."""
_MAX_STEPS = 10
"""The maximum number of combinators in a selector. The same limit applies to its commas, and to its
pseudo-classes that have an argument."""
_CHAINED = {
    "pipe", "subexpression", "index_expression", "projection", "value_projection", "flatten",
    "expref", "key_val_pair", "not_expression",
}  # fmt: skip
"""The types of JMESPath nodes that pass the result of each child to the next child."""
_CHOICES = {"comparator", "or_expression", "and_expression"}
_SPACES = " \t\n\f\r"
_TOKEN = re.compile(
    r"\\[0-9a-fA-F]{1,6}[ \t\n\f\r]?|\\.|"
    r"\"(?:\\.|[^\"\\])*+\"|'(?:\\.|[^'\\])*+'|\[[^\]\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^\]\"']*+)*+\]|"
    r"[ \t\n\f\r]*+[>+~,][ \t\n\f\r]*+|\([ \t\n\f\r]*+|[ \t\n\f\r]*+\)|[ \t\n\f\r]++|.",
    re.DOTALL,
)
"""A pattern of one token of a selector. A whole string is one token, and so is a whole attribute
selector in square brackets."""
_COMBINATORS = frozenset({" ", ">", "+", "~"})
_SIGNS = _COMBINATORS | {",", "(", ")"}
Step = Callable[[LexborNode], LexborNode | None]
"""A function that returns the next element, such as the parent."""
Steps = list[tuple[str, str]]
"""The type of a parsed selector without commas: pairs of a combinator and the compound selector
after it. For example, ``a > b`` is ``[(" ", "a"), (">", "b")]``."""


def check_jmespath(field: str, expression: Any) -> None:
    """Raise SettingError, which names ``field``, if ``expression`` is not usable JMESPath.

    A usable expression is valid, calls only known functions, has at most 1,000 characters, and
    repeats no value more than 200 times.
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
    """Raise SettingError, which names ``field``, if ``selector`` is not a usable CSS selector.

    A usable selector is valid and has at most 1,000 characters, 10 combinators, 10 commas, 10
    pseudo-classes that have an argument, and one ``:has()``. It has no comment.

    Each selector inside an argument may have one combinator " " or "~", and all arguments together
    may have five. If the selector has a ``:has()``, no argument may have such a combinator.
    """
    _check_length(field, selector)
    try:
        LexborHTMLParser("").css(selector)
    except SelectolaxError as error:
        raise SettingError(field, "is not a valid CSS selector") from error
    signs = [sign for sign, _, _ in _tokens(selector)]
    combinator_count = sum(sign in _COMBINATORS for sign in signs)
    has_count = selector.lower().count(":has(")
    argument_combinators = _argument_combinators(selector)
    max_in_one_argument = 0 if has_count else 1
    if (
        max(combinator_count, signs.count(","), signs.count("(")) > _MAX_STEPS
        or has_count > 1
        or max(argument_combinators) > max_in_one_argument
        or sum(argument_combinators) > _MAX_ARGUMENT_COMBINATORS
        or "/*" in selector
    ):
        raise SettingError(
            field,
            f"is too complex; give at most {_MAX_STEPS} steps and one :has(), and at most one space"
            " in each selector in brackets",
        )


def select(page: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """Return the elements that the selector matches, each once, in the order of the page.

    This takes time in proportion to the size of the page. Lexbor's own search for a selector such
    as ``a b c d`` takes time in proportion to a power of the page's depth. Therefore Lexbor only
    searches for the compound selectors, and this function follows the combinators.
    """
    alternatives = _alternatives(selector)
    selected_ids: set[int] = set()
    for steps in alternatives:
        selected_ids |= _selected_ids(page, steps)
    candidates = page.css(",".join(steps[-1][1] for steps in alternatives))
    selected = {node.mem_id: node for node in candidates if node.mem_id in selected_ids}
    return list(selected.values())


def _argument_combinators(selector: str) -> list[int]:
    """Return the number of combinators " " and "~" of each selector inside an argument.

    The first item is always 0, which makes the list never empty.
    """
    counts = [0]
    open_counts: list[int] = []
    for sign, depth, _ in _tokens(selector):
        if sign == "(":
            open_counts.append(len(counts))
            counts.append(0)
        elif sign == ")":
            open_counts.pop()
        elif depth and sign == ",":
            open_counts[-1] = len(counts)
            counts.append(0)
        elif depth and sign in (" ", "~"):
            counts[open_counts[-1]] += 1
    return counts


def _selected_ids(page: LexborHTMLParser, steps: Steps) -> set[int]:
    """Return the ``mem_id`` of each element that a selector without commas matches."""
    (_, first), *further = steps
    matched_ids = {node.mem_id for node in page.css(first)}
    for sign, compound in further:
        step = _parent if sign in (" ", ">") else _previous_element
        nodes = page.css(compound) if matched_ids else []
        if sign in (" ", "~"):
            matched_ids = _nodes_after_steps(nodes, step, matched_ids)
        else:
            matched_ids = _nodes_after_one_step(nodes, step, matched_ids)
    return matched_ids


def _nodes_after_one_step(nodes: Sequence[LexborNode], step: Step, wanted: Set[int]) -> set[int]:
    """Return the ``mem_id`` of the nodes from which one step leads to a wanted element."""
    return {
        node.mem_id
        for node in nodes
        if (target := step(node)) is not None and target.mem_id in wanted
    }


def _nodes_after_steps(nodes: Sequence[LexborNode], step: Step, wanted: Set[int]) -> set[int]:
    """Return the ``mem_id`` of the nodes from which one or more steps lead to a wanted element."""
    results: dict[int, bool] = {}
    return {node.mem_id for node in nodes if _reaches(node, step, wanted, results)}


def _reaches(
    node: LexborNode,
    step: Step,
    wanted: Set[int],
    results: dict[int, bool],
) -> bool:
    """Return whether one or more steps lead from the node to a wanted element.

    Args:
        node: the element at which the search begins.
        step: a function that returns the next element, or None if there is none.
        wanted: the ``mem_id`` of each wanted element.
        results: the results so far, by the ``mem_id`` of the elements passed. The result of this
            call is added, so that no element is passed twice.
    """
    element = step(node)
    passed_ids: list[int] = []
    while element is not None and element.mem_id not in wanted and element.mem_id not in results:
        passed_ids.append(element.mem_id)
        element = step(element)
    reaches = element is not None and (element.mem_id in wanted or results[element.mem_id])
    results.update(dict.fromkeys(passed_ids, reaches))
    return reaches


def _parent(node: LexborNode) -> LexborNode | None:
    return node.parent


def _previous_element(node: LexborNode) -> LexborNode | None:
    previous = node.prev
    while previous is not None and not previous.is_element_node:
        previous = previous.prev
    return previous


def _alternatives(selector: str) -> list[Steps]:
    """Return the alternatives of a selector, which commas separate, each as its steps."""
    alternatives: list[Steps] = [[(" ", "")]]
    for sign, depth, text in _tokens(selector):
        if sign in _COMBINATORS and not depth:
            alternatives[-1].append((sign, ""))
        elif sign == "," and not depth:
            alternatives.append([(" ", "")])
        else:
            combinator, compound = alternatives[-1][-1]
            alternatives[-1][-1] = (combinator, compound + text)
    return alternatives


def _tokens(selector: str) -> Iterator[tuple[str, int, str]]:
    """Yield the sign of each token of a selector, its depth in round brackets, and its text.

    The sign of a combinator, a comma or a round bracket is the character itself. All other tokens
    have an empty sign. Spaces around a combinator or comma, after an opening bracket, or before a
    closing bracket belong to the token of that combinator, comma or bracket.
    """
    depth = 0
    for text in _TOKEN.findall(selector.strip(_SPACES)):
        sign = text.strip(_SPACES) or " "
        sign = sign if sign in _SIGNS else ""
        if sign == ")" and depth > 0:
            depth -= 1
        yield sign, depth, text
        if sign == "(":
            depth += 1


def _check_length(field: str, text: str) -> None:
    if len(text) > _MAX_EXPRESSION_LENGTH:
        raise SettingError(field, f"has more than {_MAX_EXPRESSION_LENGTH} characters")


def _copies(node: dict[str, Any]) -> int:
    """Return the maximum number of times that a result in the node can contain the node's input.

    Intermediate results count, too. Raises JMESPathError if the node calls an unknown function, or
    a function with a wrong number of arguments.
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


def _check_call(name: str, argument_count: int) -> None:
    """Raise JMESPathError unless there is a function ``name`` that takes so many arguments."""
    function = Functions.FUNCTION_TABLE.get(name)
    if function is None:
        raise JMESPathError(f"there is no function {name}()")
    signature = function["signature"]
    is_variadic = bool(signature) and signature[-1].get("variadic", False)
    has_too_many = argument_count > len(signature) and not is_variadic
    if argument_count < len(signature) or has_too_many:
        raise JMESPathError(f"{name}() takes {len(signature)} arguments, not {argument_count}")
