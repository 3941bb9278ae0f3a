"""Prove that the regular expressions of ``include`` and ``api`` take linear time.

Python's ``re`` backtracks. If an expression can read one text in many ways, a failed match takes
polynomial time. If it can do so inside a repeat, a failed match takes exponential time. A search
tries each position of the text. This has the same effect as a repeat of "any character" at the
beginning of the expression.

The criteria are those of Weber and Seidl ("On the degree of ambiguity of finite automata", 1991).
The time is exponential if one text leads from a state back to it in two ways. It is polynomial if
there are two loops P and Q, and one text leads from P to P, from P to Q, and from Q to Q.

Expressions that ``re2`` compiles are not examined, because RE2 always takes linear time. A bounded
repeat counts as optional, because it multiplies the time only by a constant.
"""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import Any, cast

import pytest

REVIEWED_SUPERLINEAR = {
    "api/security_headers.py:_INLINE_SCRIPT": "The text is our own page.",
    "include/core/places/address_parts.py:_BRACKETS": "The text has no two spaces in a row.",
    "include/core/places/address_parts.py:_FACILITY_NAME": "Nothing can fail after a repeat has"
    " read a whole word.",
    "include/core/formats/markup.py:_SAFE_TAG": "The text comes from nh3, which closes every tag.",
    "include/core/formats/markup.py:_WHOLE_TAG": "Only the last quotation mark of each kind is not"
    " followed by another one, so at most two values are read in vain.",
    "include/core/pay/money.py:_SUM": "A shorter number matches if a longer one does not, and no"
    " match"
    " begins inside a number.",
    "include/core/pay/pay_text.py:_SENTENCE": "A match can only begin at the start of a run of"
    " spaces.",
    "include/core/pay/pay_words.py:_WORDS": "The text has at most 500 characters.",
    "include/core/places/workplaces.py:_ITEMS": "The text has at most 120 characters.",
    "include/extract/notices.py:_CONDITION": "The text has at most 800 characters.",
    "include/extract/after_posting.py:_OTHER_CONTENT_HEADING": "A heading has at most 80"
    " characters.",
    "include/extract/title.py:_SEPARATOR": "The text has no two spaces in a row.",
    "include/fetch/meta_refresh.py:_IGNORED_MARKUP": "The end of the text ends every match.",
    "include/sources/avature.py:_PATH": "The budget of a listing bounds its time.",
    "include/sources/detect/paths.py:_PATTERNS": "The path is a part of a URL that a user gave or"
    " that a page holds, and the budget bounds its time.",
    "include/sources/detect/boards.py:_HOSTS": "The whole host must match.",
    "include/sources/detect/own_site.py:_HAS_JOB_WORD": "Nothing can fail after a repeat has read a"
    " whole word.",
    "include/sources/expressions.py:_TOKEN": "The text has at most 1,000 characters.",
    "include/sources/greenhouse.py:_PAY_FIELD": "The text has at most 200 characters.",
    "include/sources/greenhouse.py:_WORKPLACE_LABEL": "The text has no two spaces in a row.",
    "include/sources/pageup.py:_POSTING": "Nothing can fail after the slash behind the number.",
}
"""The expressions for which the proof fails.

The value is the reason why the expression is harmless.
"""

c: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")
_PROJECT = Path(__file__).parents[1]
_ANCHORED = {"match", "fullmatch"}
_METHODS = _ANCHORED | {"compile", "search", "sub", "subn", "split", "findall", "finditer"}
_SAMPLES = frozenset(map(ord, " \t\n\r\xa0\u3000aAzZéÉ09_-.,:;/<>()[]{}\"'`=#&$€!?|+*中😀"))
"""Code points of characters that stand for all characters that an expression does not contain."""
_CATEGORIES = {
    c.CATEGORY_SPACE: r"\s",
    c.CATEGORY_NOT_SPACE: r"\S",
    c.CATEGORY_DIGIT: r"\d",
    c.CATEGORY_NOT_DIGIT: r"\D",
    c.CATEGORY_WORD: r"\w",
    c.CATEGORY_NOT_WORD: r"\W",
}
_Characters = frozenset[int]
_NONE: _Characters = frozenset()


@dataclass(frozen=True, kw_only=True)
class Expression:
    name: str
    pattern: str | bytes
    flags: int = 0
    is_search: bool = True
    """True if a match may begin at any position of the text."""
    is_full: bool = False
    """True if a match must reach the end of the text."""


@pytest.mark.integration
def test_our_regular_expressions_take_linear_time_but_for_the_exceptions() -> None:
    found = _expressions()
    assert len(found) > 100
    superlinear = {each.name: each.pattern for each in found if is_superlinear(each)}
    assert superlinear.keys() == REVIEWED_SUPERLINEAR.keys(), superlinear


@pytest.mark.parametrize(
    "pattern",
    [
        r"a\s*x?\s*b",
        r"\s*[|]\s*",
        r"(?:\s*a?\s*)*b",
        r"(?:a*)*b",
        r"-->\s*;?\s*$",
        r"<[^>]*>",
        r"(?:a|b|ab)*c",
        r"x(?=\w*\w*;)",
        r"^.*foo.*$",
        r"a.*b.*c",
        r"\s*+b",
        r"(?m)^\s*b",
        r"(?<!x)\w*;",
    ],
)
def test_superlinear_expressions_are_found(pattern: str) -> None:
    assert is_superlinear(Expression(name="", pattern=pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        r"\w+",
        r"a\s*+x?+\s*+b",
        r"</?b\b[^<>]*>",
        r"charset\s*=\s*\w+",
        r"x(?:ab|cd)*e",
        r"\(\w{0,300}\)",
        r"\[\s*x",
        r"^a.*b",
        r"(?m)^ *b",
        r"(?i)x[^X]*y",
        r"\ba\w*-",
        r"(?<![\w.])[\w.]+;",
    ],
)
def test_linear_expressions_are_not_found(pattern: str) -> None:
    assert not is_superlinear(Expression(name="", pattern=pattern))


def test_a_match_begins_at_one_position_only() -> None:
    assert not is_superlinear(Expression(name="", pattern=r"\s+or\s+", is_search=False))


def test_a_full_match_may_fail_at_its_end() -> None:
    assert not is_superlinear(Expression(name="", pattern=r"a*a*", is_search=False))
    assert is_superlinear(Expression(name="", pattern=r"a*a*", is_search=False, is_full=True))


def is_superlinear(expression: Expression) -> bool:
    """Return True unless it is proved that every text takes at most linear time."""
    automaton = _Automaton(expression)
    loops = automaton.loops
    may_fail = [not any(map(automaton.accepts, loop)) for loop in loops]
    return any(automaton.is_exponential(loop) for loop in loops) or any(
        automaton.is_ambiguous(first, second)
        for index, first in enumerate(loops)
        for second in compress(loops[:index], may_fail)
    )


class _Automaton:
    """A nondeterministic automaton of an expression.

    An edge between two states reads either a character or nothing. An edge that reads nothing has
    two properties. The first says whether the edge may fail, as an assertion may. The second is the
    set of characters that must not be read next, which a possessive repeat requires.
    """

    def __init__(self, expression: Expression) -> None:
        tree = parser.parse(expression.pattern, expression.flags)
        self._flags: int = tree.state.flags
        self._alphabet = _SAMPLES | set(_literal_code_points(tree))
        self._reading = defaultdict[int, list[tuple[_Characters, int]]](list)
        self._empty = defaultdict[int, list[tuple[int, bool, _Characters]]](list)
        self._moves: dict[int, list[tuple[_Characters, int]]] = {}
        self._states = 0
        self._start = self._new()
        entry = self._new()
        self._end = self._sequence(tree, entry)
        if expression.is_full:
            self._end = self._skip(self._end, self._new(), may_fail=True)
        preceding = self._preceding_characters(tree, entry) if expression.is_search else _NONE
        self._begin(entry, preceding)

    def _begin(self, entry: int, preceding: _Characters) -> None:
        """Let a match begin at the start of the text, and after each character in ``preceding``."""
        self._skip(self._start, entry)
        others = self._alphabet - preceding
        inside = self._new()
        for state in (self._start, inside):
            self._reading[state] += [(preceding, self._start), (others, inside)]

    def _preceding_characters(self, tree: Any, entry: int) -> _Characters:
        """Return the characters after which a match of the expression may begin."""
        match tree[0] if len(tree) else None:
            case (c.AT, c.AT_BEGINNING_STRING):
                return _NONE
            case (c.AT, c.AT_BEGINNING):
                return frozenset({ord("\n")} if self._flags & re.MULTILINE else ())
            case (c.AT, c.AT_BOUNDARY):
                words = self._members(c.CATEGORY, c.CATEGORY_WORD)
                if all(read <= words for read, _ in self.moves(entry)):
                    return self._alphabet - words
            case (c.ASSERT, (-1, body)) if len(body) == 1:
                return self._characters(*body[0])
            case (c.ASSERT_NOT, (-1, body)) if len(body) == 1:
                return self._alphabet - self._characters(*body[0])
            case _:
                pass
        return self._alphabet

    @cached_property
    def loops(self) -> list[set[int]]:
        """Return the loops, each as the set of its states.

        A loop is a strongly connected component that has an edge. It leads only to loops that come
        before it in the list.
        """
        components = _components(self._start, lambda state: [to for _, to in self.moves(state)])
        return [
            each
            for each in components
            if any(to in each for state in each for _, to in self.moves(state))
        ]

    def moves(self, state: int) -> list[tuple[_Characters, int]]:
        """Return pairs: a set of characters, and the state to which each of them leads.

        If several ways lead to the state, there is a pair for each.
        """
        if state not in self._moves:
            self._moves[state] = [
                (allowed, to)
                for at, excluded, _ in self._without_reading(state)
                for characters, to in self._reading[at]
                if (allowed := characters - excluded)
            ]
        return self._moves[state]

    def accepts(self, state: int) -> bool:
        """Return whether the expression is sure to match as soon as ``state`` is reached."""
        return any(at == self._end and is_sure for at, _, is_sure in self._without_reading(state))

    def is_exponential(self, loop: set[int]) -> bool:
        """Return whether one text leads from a state of the loop back to it in two ways."""
        for state in loop:
            inside = [(read, to) for read, to in self.moves(state) if to in loop]
            for index, (read, to) in enumerate(inside):
                for other_read, other in inside[index + 1 :]:
                    if read & other_read and (to == other or self._meets(to, other, state, loop)):
                        return True
        return False

    def _meets(self, one: int, other: int, target: int, loop: set[int]) -> bool:
        """Return whether one text leads from both states to ``target`` inside the loop."""
        return self._reaches((one, other), (target, target), (loop, loop))

    def is_ambiguous(self, first: set[int], second: set[int]) -> bool:
        """Return whether one text reads both loops and leads from the first to the second.

        It must lead from the first loop to itself, from the first to the second, and from the
        second to itself.
        """
        return any(
            self._reaches((p, p, q), (p, q, q), (first, None, second))
            for p in first
            for q in second
        )

    def _reaches(
        self,
        begin: tuple[int, ...],
        target: tuple[int, ...],
        within: tuple[set[int] | None, ...],
    ) -> bool:
        """Return whether one text leads from each of the states ``begin`` to that of ``target``."""
        found: set[tuple[int, ...]] = set()
        to_visit = [begin]
        while to_visit:
            for to in self._common_moves(to_visit.pop(), within):
                if to == target:
                    return True
                if to not in found:
                    found.add(to)
                    to_visit.append(to)
        return False

    def _common_moves(
        self, states: tuple[int, ...], within: tuple[set[int] | None, ...]
    ) -> Iterator[tuple[int, ...]]:
        reached: list[tuple[_Characters, tuple[int, ...]]] = [(self._alphabet, ())]
        for state, allowed in zip(states, within, strict=True):
            reached = [
                (common, (*before, to))
                for characters, before in reached
                for read, to in self.moves(state)
                if (allowed is None or to in allowed) and (common := characters & read)
            ]
        return (to for _, to in reached)

    def _without_reading(self, state: int) -> Iterator[tuple[int, _Characters, bool]]:
        """Yield the states that are reached without reading a character.

        With each state, yield the characters that must not be read next, and whether no edge on the
        way may fail. If several ways lead to a state, it is yielded for each.
        """
        left = [(state, _NONE, True, frozenset({state}))]
        while left:
            at, excluded, sure, way = left.pop()
            yield at, excluded, sure
            left += [
                (to, excluded | more, sure and not may_fail, way | {to})
                for to, may_fail, more in self._empty[at]
                if to not in way
            ]

    def _new(self) -> int:
        self._states += 1
        return self._states

    def _skip(
        self, at: int, to: int, *, may_fail: bool = False, excluded: _Characters = _NONE
    ) -> int:
        """Add an edge from ``at`` to ``to`` that reads nothing, and return ``to``."""
        self._empty[at].append((to, may_fail, excluded))
        return to

    def _read(self, at: int, characters: _Characters) -> int:
        """Add an edge that reads one of the characters, and return the state to which it leads."""
        to = self._new()
        self._reading[at].append((characters, to))
        return to

    def _sequence(self, items: Iterable[Any], at: int) -> int:
        """Add edges that read ``items`` from the state ``at`` on, and return the last state."""
        for kind, argument in items:
            at = self._item(kind, argument, at)
        return at

    def _item(self, kind: Any, argument: Any, at: int) -> int:
        match kind:
            case c.BRANCH:
                end = self._new()
                for branch in argument[1]:
                    self._skip(self._sequence(branch, self._skip(at, self._new())), end)
                return end
            case c.SUBPATTERN:
                return self._sequence(argument[3], at)
            case c.ATOMIC_GROUP:
                return self._sequence(argument, at)
            case c.MAX_REPEAT | c.MIN_REPEAT | c.POSSESSIVE_REPEAT:
                return self._repeat(argument, at, is_possessive=kind is c.POSSESSIVE_REPEAT)
            case c.ASSERT | c.ASSERT_NOT if argument[0] > 0:
                self._sequence(argument[1], self._skip(at, self._new()))
                return self._skip(at, self._new(), may_fail=True)
            case c.ASSERT | c.ASSERT_NOT | c.AT | c.GROUPREF:
                return self._skip(at, self._new(), may_fail=True)
            case _:
                return self._read(at, self._characters(kind, argument))

    def _repeat(self, argument: Any, at: int, *, is_possessive: bool) -> int:
        least, most, body = argument
        is_endless = most is c.MAXREPEAT
        for _ in range(min(least - is_endless, 1)):
            at = self._sequence(body, at)
        begin, end = self._skip(at, self._new()), self._new()
        last = self._sequence(body, begin)
        excluded = _NONE
        if is_endless:
            self._skip(last, begin)
            if is_possessive and len(body) == 1 and len(self._reading[begin]) == 1:
                excluded = self._reading[begin][0][0]
        if least or not is_endless:
            self._skip(last, end, excluded=excluded)
        if not least or not is_endless:
            self._skip(begin, end, excluded=excluded)
        return end

    def _characters(self, kind: Any, argument: Any) -> _Characters:
        match kind:
            case c.ANY:
                dot_all = self._flags & re.DOTALL
                return self._alphabet if dot_all else self._alphabet - {ord("\n")}
            case c.LITERAL | c.NOT_LITERAL:
                found = self._any_case({argument})
                return self._alphabet - found if kind is c.NOT_LITERAL else found
            case c.IN:
                members = self._any_case(
                    {each for item in argument for each in self._members(*item)}
                )
                return self._alphabet - members if argument[0][0] is c.NEGATE else members
            case _:
                raise NotImplementedError(kind)

    def _members(self, kind: Any, argument: Any) -> set[int]:
        match kind:
            case c.LITERAL:
                return {argument}
            case c.RANGE:
                return {each for each in self._alphabet if argument[0] <= each <= argument[1]}
            case c.CATEGORY:
                category = re.compile(_CATEGORIES[argument])
                return {each for each in self._alphabet if category.match(chr(each))}
            case _:
                return set()

    def _any_case(self, characters: set[int]) -> _Characters:
        if self._flags & re.IGNORECASE:
            folded = {chr(each).casefold() for each in characters}
            characters = {each for each in self._alphabet if chr(each).casefold() in folded}
        return frozenset(characters)


def _literal_code_points(node: Any) -> Iterator[int]:
    """Yield the code points of the literals and range ends in a part of a parsed expression.

    Yield those of their lower-case and upper-case forms, too.
    """
    tree: Any = node.data if isinstance(node, parser.SubPattern) else node
    if isinstance(tree, tuple) and tree[0] in (c.LITERAL, c.NOT_LITERAL, c.RANGE):
        for code_point in cast("list[int]", [tree[1]] if isinstance(tree[1], int) else tree[1]):
            character = chr(code_point)
            for form in (character, character.lower(), character.upper()):
                if len(form) == 1:
                    yield ord(form)
    elif isinstance(tree, list | tuple):
        for part in cast("list[Any]", tree):
            yield from _literal_code_points(part)


def _components(start: int, following: Callable[[int], list[int]]) -> Iterator[set[int]]:
    """Yield the strongly connected components that ``start`` reaches, by Tarjan's algorithm.

    A component comes after all components to which its states lead.
    """
    index: dict[int, int] = {start: 0}
    low: dict[int, int] = {start: 0}
    stack, on_stack = [start], {start}
    work = [(start, iter(following(start)))]
    while work:
        state, targets = work[-1]
        for to in targets:
            if to not in index:
                index[to] = low[to] = len(index)
                stack.append(to)
                on_stack.add(to)
                work.append((to, iter(following(to))))
                break
            if to in on_stack:
                low[state] = min(low[state], index[to])
        else:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[state])
            if low[state] == index[state]:
                at = stack.index(state)
                component, stack[at:] = set(stack[at:]), []
                on_stack -= component
                yield component


def _expressions() -> Sequence[Expression]:
    """Return all regular expressions in the modules of ``include`` and ``api``."""
    return [
        expression
        for package in ("include", "api")
        for path in sorted(_PROJECT.joinpath(package).rglob("*.py"))
        if "migrations" not in path.parts
        for expression in _in_module(path)
    ]


def _in_module(path: Path) -> Iterator[Expression]:
    source = path.read_text()
    if "\nimport re\n" not in source:
        return
    tree = ast.parse(source)
    name = str(path.relative_to(_PROJECT))
    module = vars(importlib.import_module(name.removesuffix(".py").replace("/", ".")))
    used = defaultdict[str, set[str]](set)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    inside_functions = {node for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=variable), attr=method):
                used[variable].add(method)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method)) if (
                method in _METHODS - {"compile"} or node in inside_functions
            ):
                pattern = _evaluated(node.args[0], module)
                yield Expression(
                    name=f"{name}:{pattern}",
                    pattern=pattern,
                    flags=_flags(node, module),
                    is_search=method not in _ANCHORED,
                    is_full=method == "fullmatch",
                )
            case _:
                pass
    for variable, value in module.items():
        for pattern in _patterns(value):
            yield Expression(
                name=f"{name}:{variable}",
                pattern=pattern.pattern,
                flags=pattern.flags,
                is_search=not used[variable] or not used[variable] <= _ANCHORED,
                is_full=used[variable] == {"fullmatch"},
            )


def _flags(call: ast.Call, module: dict[str, Any]) -> int:
    position = 2 if isinstance(call.func, ast.Attribute) and call.func.attr == "compile" else 3
    given = [each.value for each in call.keywords if each.arg == "flags"] + call.args[
        position - 1 : position
    ]
    named = [ast.unparse(each) for each in given if isinstance(each, ast.Attribute)]
    return sum(int(eval(each, module)) for each in named)  # noqa: S307 # the evaluated text is our own source


def _evaluated(node: ast.expr, module: dict[str, Any]) -> str | bytes:
    """Return the value of an expression in the source.

    Use "x" for a value that is known only at a call.
    """
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(_evaluated(each.value if isinstance(each, ast.FormattedValue) else each, module))
            for each in node.values
        )
    try:
        return eval(ast.unparse(node), dict(module))  # noqa: S307 # the evaluated text is our own source
    except NameError:
        return "x"


def _patterns(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _patterns(list(cast("dict[str, Any]", value).values()))
    elif isinstance(value, tuple | list):
        for each in cast("list[Any]", value):
            yield from _patterns(each)
