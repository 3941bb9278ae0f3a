"""Tests that our database accepts the SQL that the documentation shows."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

pytestmark = pytest.mark.integration
_DOCS = Path(__file__).parents[2] / "docs"
_QUERIES = [
    pytest.param(query, id=f"{path.name}-{number}")
    for path in sorted(_DOCS.glob("*.md"))
    for number, query in enumerate(re.findall(r"```sql\n(.*?)```", path.read_text(), re.DOTALL))
]


@pytest.mark.parametrize("query", _QUERIES)
def test_a_query_of_the_docs_is_answered(query: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(query.replace("::", r"\:\:")))
