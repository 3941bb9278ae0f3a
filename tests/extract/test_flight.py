"""Tests of reading the texts that a Next.js page pushes to ``self.__next_f``."""

import json
from typing import Any

import pytest

from include.errors import ParseError
from include.extract import read_posting
from tests.extract.pages import job, page


def page_that_pushes(*pieces: str) -> Any:
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
    read = read_posting(page_that_pushes(*pieces))

    assert read.title == "Sweeper"
    assert [place.city for place in read.locations] == ["Bremen"]
    assert read.provenance["title"] == "jsonld"


PROSE = "<p>Wir fegen die Straßen dieser Stadt bei Tag und bei Nacht, und zwar gut.</p>" * 4


def test_a_posting_in_the_properties_of_a_component_is_read() -> None:
    text = f"a:T{len(PROSE.encode()):x},{PROSE}"  # row "a": a text, after its length in bytes
    props = '{"job":{"id":1,"title":"Feger","city":"Bremen","jobType":"Vollzeit","body":"$a"},'
    other = '"others":[{"title":"Bäcker","city":"Köln"}]}'

    read = read_posting(
        page_that_pushes(
            '0:{"b":"x"}\n9:I[1,[],"J"]\n', text, f'6:["$","$L9",null,{props}{other}]\n'
        )
    )

    assert (read.title, read.provenance["title"]) == ("Feger", "state")
    assert [place.city for place in read.locations] == ["Bremen"]
    assert (read.description_text or "").count("Straßen") == 4


def test_elements_that_are_only_streamed_are_read_as_the_page() -> None:
    rows = (
        '1:"$Sreact.fragment"\n7:I[1,[],""]\n'
        '0:{"f":[["$","$1","c",{"children":["$","html",null,{"children":["$","body",null,'
        '{"children":[["$","$L7",null,{"notFound":["$","p",null,{"children":"Not found"}],'
        '"children":"$La"}],["$","footer",null,{"children":"Acme, Köln"}]]}]}]}]]}\n'
        'a:["$","main",null,{"className":"x","children":[["$","$L7",null,{"href":"/","children":'
        '"All jobs"}],["$","h1",null,{"children":"Sweeper & Co"}],["$","ul",null,{"children":['
        '["$","li",null,{"children":["Location: ","Bremen"]}],["$","li",null,{"children":'
        '"Employment type: Full-time"}]]}],["$","div",null,{"dangerouslySetInnerHTML":'
        '{"__html":"<p>We sweep the streets of this town, "}}],["$","p",null,{"children":'
        '["and "," we rest."," <b>","$undefined",true,["$","br",null,{}]]}]]}]\n'
    )

    read = read_posting(page_that_pushes(rows))

    assert read.title == "Sweeper & Co"
    assert [place.raw for place in read.locations] == ["Bremen"]
    assert read.employment_types == ("FULL_TIME",)
    assert "and we rest. <b>" in (read.description_text or "")
    assert "Not found" not in (read.description_text or "")


def test_elements_that_contain_themselves_are_read_up_to_a_limit() -> None:
    with pytest.raises(ParseError):
        read_posting(page_that_pushes('a:["$","div",null,{"children":["$La","$La"]}]\n'))


@pytest.mark.parametrize("piece", ['{"@context":', '"{\\"@type\\"', "1:[]", '{"@type":"Thing"}'])
def test_a_page_without_a_posting_in_its_pushed_text_is_empty(piece: str) -> None:
    with pytest.raises(ParseError, match="no text"):
        read_posting(page_that_pushes(piece))
