import pytest

from include.core.models import Page
from include.errors import ParseError
from include.pipeline.pages.read_page import read_page

DOCUMENT = b'{"items": [{"Id": "7", "Title": "Cook", "ExternalDescriptionStr": "<h1>Not it</h1>"}]}'
URL = "https://acme.example/7"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json;charset=UTF-8",
        "Application/JSON; charset=utf-8",
        "text/json",
        "application/vnd.oracle.adf.resourcecollection+json;charset=utf-8",
    ],
)
def test_an_api_s_document_is_read_by_its_source(content_type: str) -> None:
    assert read_page("oracle", Page(url=URL, body=DOCUMENT, content_type=content_type)).title == (
        "Cook"
    )


@pytest.mark.parametrize("content_type", ["text/html", "application/xhtml+xml", None])
def test_a_web_page_is_read_as_a_web_page(content_type: str | None) -> None:
    page = Page(url=URL, body=b"<h1>Cook</h1><p>Wanted.</p>", content_type=content_type)

    assert read_page("oracle", page).title == "Cook"


def test_other_content_is_no_posting() -> None:
    with pytest.raises(ParseError):
        read_page("oracle", Page(url=URL, body=b"%PDF", content_type="application/jsonp"))
