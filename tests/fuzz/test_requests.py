"""Tests that the API reads or refuses random queries, cursors, durations and tokens.

A refusal must be the documented error.
"""

import asyncio
import base64
import json
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import jwt
from hypothesis import strategies as st
from pydantic import ValidationError

from api.auth import Authenticator, SharedSecret
from api.job_search import JobQuery, decode_cursor
from api.problems import ApiError
from include.db.catalogue.search_query import Search, Sort
from include.errors import SettingError
from include.settings import parse_duration
from tests.api.conftest import SECRET
from tests.fuzz.test_listings import ODD_TEXTS, values
from tests.fuzz.test_texts import texts
from tests.fuzzing import fuzzed

parameters = (
    texts | ODD_TEXTS | st.sampled_from(["7d", "1e9999", "9" * 30 + "d", "true", "any", "DE"])
)


@contextmanager
def refusals(status: int) -> Generator[None]:
    """Suppress an ApiError that has this status. An ApiError of another status fails the test."""
    try:
        yield
    except ApiError as error:
        if error.status != status:
            raise


@fuzzed(
    query=st.dictionaries(
        st.sampled_from([*JobQuery.model_fields, "x"]),
        parameters | st.lists(parameters, max_size=3),
        max_size=5,
    )
)
def test_any_query_is_a_search_or_invalid(query: dict[str, Any]) -> None:
    try:
        search = JobQuery.model_validate(query).search()
    except ValidationError:
        return
    assert isinstance(search, Search)


@fuzzed(text=st.text(max_size=40), fields=st.lists(values, max_size=5), sort=st.sampled_from(Sort))
def test_any_cursor_is_a_position_or_unusable(text: str, fields: list[Any], sort: Sort) -> None:
    made = base64.urlsafe_b64encode(json.dumps([sort, *fields]).encode()).decode()
    for cursor in (text, made):
        with refusals(422):
            assert decode_cursor(cursor, sort).job_id > 0


@fuzzed(text=parameters)
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        assert isinstance(parse_duration(text), timedelta | str)
    except (ValueError, OverflowError, SettingError):
        return


CLAIMS = ["sub", "exp", "iat", "nbf", "iss", "aud", "only_run"]


@fuzzed(
    text=st.text(max_size=80),
    claims=st.dictionaries(st.sampled_from(CLAIMS), values | st.sampled_from(["jobhunt", 10**12])),
)
def test_any_token_is_refused(text: str, claims: dict[str, Any]) -> None:
    authenticator = Authenticator(SharedSecret(SECRET), issuer="jobhunt", audience="jobhunt")
    tokens = [text]
    with suppress(TypeError, ValueError):
        tokens.append(jwt.encode({**claims, "aud": "other"}, SECRET, "HS256"))
    for token in tokens:
        with refusals(401):
            asyncio.run(authenticator.verify(token))
            raise AssertionError(token)
