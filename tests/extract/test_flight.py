"""Tests of reading JSON-LD from the texts that a Next.js page pushes to ``self.__next_f``."""

import json
from typing import Any

import pytest

from include.errors import ParseError
from include.extract import read_posting
from tests.extract.pages import job, page


def pushing(*pieces: str) -> Any:
    scripts = "".join(
        f"<script>self.__next_f.push({json.dumps([1, piece])})</script>" for piece in pieces
    )
    return page(f"<html><body><script>self.__next_f=[]</script>{scripts}</body></html>")


POSTING = json.dumps(job())


@pytest.mark.parametrize(
    "pieces",
    [
        (f"13:T1e00,{POSTING}\n14:[]",),
        ("13:T1e00,", POSTING[:100], POSTING[100:]),
        (
            '7:["$","script",null,{"dangerouslySetInnerHTML":{"__html":'
            + json.dumps(POSTING)
            + "}}]",
        ),
        ('3:{"@context":"https://schema.org","@type":"WebSite"}\n' + POSTING,),
    ],
)
def test_a_posting_in_pushed_text_is_read(pieces: tuple[str, ...]) -> None:
    read = read_posting(pushing(*pieces))

    assert read.title == "Sweeper"
    assert [place.city for place in read.locations] == ["Bremen"]
    assert read.provenance["title"] == "jsonld"


@pytest.mark.parametrize("piece", ['{"@context":', '"{\\"@type\\"', "1:[]", '{"@type":"Thing"}'])
def test_a_page_without_a_posting_in_its_pushed_text_is_empty(piece: str) -> None:
    with pytest.raises(ParseError, match="no text"):
        read_posting(pushing(piece))
