"""Tests of the enum of failure codes. They also check that all code uses the enum."""

import ast
import importlib
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.errors import FetchError, JobhuntError, ListingError, StorageError
from include.failure_codes import FailureCode, meaning_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "cli", "dags", "include", "local", "plugins", "bench")
NOT_ERRORS = {"ApiError"}
"""The exceptions whose ``code`` is the type of a problem document instead of a failure code."""


def literal_codes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the value of each text literal that the code uses as a failure code.

    A literal is used so if it is passed, compared or assigned as a ``code`` or an ``error_code``.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in NOT_ERRORS:
                continue
            case ast.keyword(arg="code" | "error_code", value=value):
                yield from literals(value)
            case ast.Compare(left=ast.Attribute(attr="code" | "error_code"), comparators=others):
                for other in others:
                    yield from literals(other)
            case ast.ClassDef() if any("Err" in ast.unparse(base) for base in node.bases):
                for line in node.body:
                    match line:
                        case ast.Assign(targets=[ast.Name(id="code")], value=value):
                            yield from literals(value)
            case _:
                pass


def literals(value: ast.expr) -> Iterator[tuple[int, str]]:
    """Yield the text literals that the expression may evaluate to.

    Literals in the condition of a conditional expression are left out.
    """
    match value:
        case ast.Constant(value=str(text)):
            yield value.lineno, text
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.Set(elts=values):
            for each in values:
                yield from literals(each)
        case _:
            pass


def test_every_code_that_is_written_as_a_literal_is_a_member() -> None:
    codes = {code.value for code in FailureCode}
    found = [
        (f"{path.relative_to(ROOT)}:{line}", code)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\bcode\b|error_code", source := path.read_text())
        for line, code in literal_codes(ast.parse(source))
    ]
    assert [(place, code) for place, code in found if code not in codes] == []


@pytest.mark.parametrize("text", ["error.code == 'dnss'", "FetchError('x', code='dnss')"])
def test_an_unknown_literal_would_be_found(text: str) -> None:
    assert [code for _, code in literal_codes(ast.parse(text))] == ["dnss"]


def subclasses(cls: type[JobhuntError]) -> Iterator[type[JobhuntError]]:
    yield cls
    for each in cls.__subclasses__():
        yield from subclasses(each)


def test_every_class_of_errors_has_a_member_as_its_code() -> None:
    for module in ("api.airflow", "cli.errors", "local.errors"):
        importlib.import_module(module)
    assert [c for c in subclasses(JobhuntError) if not isinstance(c.code, FailureCode)] == []


def test_a_literal_code_becomes_an_enum_member_or_is_refused() -> None:
    assert FetchError("x", code="dns").code is FailureCode.DNS
    with pytest.raises(ValueError, match="dnss"):
        FetchError("x", code="dnss")


def test_an_error_is_retried_if_its_code_may_pass_unless_it_says_otherwise() -> None:
    assert FetchError("x", code="timeout").retryable
    assert not FetchError("x", code="timeout", retryable=False).retryable
    assert not FetchError("x", code="robots").retryable
    assert StorageError("x").retryable
    assert not StorageError("x", code="page_aged_out").retryable
    assert not ListingError("x").retryable


@pytest.mark.parametrize("code", FailureCode)
def test_a_code_has_one_meaning_in_one_sentence_and_survives_a_process(code: FailureCode) -> None:
    assert code.meaning.endswith(".")
    assert code.meaning.count(". ") == 0
    assert [each for each in FailureCode if each.meaning == code.meaning] == [code]
    assert pickle.loads(pickle.dumps(code)) is code  # noqa: S301 # the bytes are safe, because this test made them


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "rate_limited"),
        (404, "http_4xx"),
        (503, "http_5xx"),
        (999, "http_5xx"),
        (304, "redirect"),
    ],
)
def test_a_status_has_a_code(status: int, code: str) -> None:
    assert FailureCode.of_status(status) == code


def test_a_stored_code_that_is_not_known_here_has_no_meaning() -> None:
    assert meaning_of("dns") == FailureCode.DNS.meaning
    assert meaning_of("of_a_later_version") == ""
