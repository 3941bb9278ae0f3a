"""Tests of random listings, documents and configs of every source.

Each must be read, or be refused with one of our errors. Only http and https URLs may result.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import strategies as st

from include.core.formats.urls import is_http
from include.core.formats.xml_document import read_xml, stream_xml
from include.core.models import Company
from include.errors import JobhuntError
from include.sources.base import ReadsPages, Response
from include.sources.detect.boards import boards_at
from include.sources.detect.own_site import listing_pages
from include.sources.detect.page import read_page
from include.sources.registry import adapter_for, canonical_config, check_config, sources
from tests.fuzzing import bodies, fuzzed, markup, repeated
from tests.sources.sample import Sample, leaves
from tests.sources.test_addresses import urls_of, with_value
from tests.sources.test_faulty_listings import BOARDS, listed

ODD_TEXTS = st.sampled_from(
    ["", " ", "\0", "\ud800", "javascript:alert(1)", "http://[", "//[", "9" * 5000, "-1", "NaN",
     "https://a.example/" + "a" * 3000, "<b>", "&lt;p&gt;", "2026-13-45", "٣", "null", "\u202e"]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | ODD_TEXTS
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)


@st.composite
def responses(draw: st.DrawFn, sample: Sample) -> bytes:
    """Return a response of the source in which some values are odd.

    One in ten is an arbitrary response.
    """
    if draw(st.integers(0, 9)) == 0:
        return draw(bodies | values.map(lambda value: json.dumps(value).encode()))
    whole = sample.wrap(sample.row)
    if isinstance(whole, bytes):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
        odd = draw(bodies | ODD_TEXTS.map(lambda text: text.encode("utf-8", "replace")))
        return whole[:start] + odd * draw(st.integers(0, 3)) + whole[end:]
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths(whole))))
        whole = with_value(whole, path, draw(values))
    return json.dumps(whole).encode()


def paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value, including objects and lists."""
    found = {path[:length] for path in leaves(value) for length in range(1, len(path) + 1)}
    yield from ((), *sorted(found, key=str))


@pytest.mark.parametrize("source", BOARDS)
def test_any_listing_is_read_or_refused(source: str) -> None:
    sample = BOARDS[source]

    @fuzzed(body=responses(sample))
    def check(body: bytes) -> None:
        try:
            found = listed(sample, lambda _: body)
        except JobhuntError:
            return
        for job in found.jobs:
            assert all(map(is_http, urls_of(source, job)))
            assert job.title.isprintable() or job.title.encode()

    check()


@pytest.mark.parametrize("source", BOARDS)
def test_any_document_is_read_or_refused(source: str) -> None:
    adapter, sample = adapter_for(source), BOARDS[source]

    @fuzzed(
        row=st.builds(deepcopy, st.just(sample.row)), odd=values, at=st.integers(0), body=bodies
    )
    def check(row: dict[str, Any], odd: Any, at: int, body: bytes) -> None:
        known = list(paths(row))
        content = json.dumps(with_value(row, known[at % len(known)], odd))
        for text in (content, body.decode("utf-8", "replace")):
            try:
                posting = adapter.parse_posting(text)
            except JobhuntError:
                continue
            if posting:
                assert all(map(is_http, filter(None, (posting.url, posting.apply_url))))
        if isinstance(adapter, ReadsPages):
            for page in (body, content.encode()):
                response = Response(url="https://a.example/1", body=page, content_type="text/html")
                try:
                    adapter.parse_page(response)
                except JobhuntError:
                    continue

    check()


@pytest.mark.parametrize("source", sources())
def test_any_config_is_accepted_or_refused(source: str) -> None:
    config = BOARDS[source].config
    keys = st.sampled_from([*config, "base_url", "render", "pattern", "x"]) | st.text(max_size=5)

    @fuzzed(changes=st.dictionaries(keys, values, max_size=3))
    def check(changes: dict[str, Any]) -> None:
        company = Company(slug="acme", source=source, config={**config, **changes})
        try:
            check_config(company)
        except JobhuntError:
            return
        canonical = canonical_config(source, company.config)
        assert canonical_config(source, canonical) == canonical

    check()


expressions = repeated(
    st.sampled_from(
        ["a", "*", "[]", "[?", "]", "(", ")", " | ", "[@,@]", ".", "'x'", "&", "a[*].b", "join('',",
         "sort_by(@, &a)", "`[1]`", ":has(", ":not(", "a b", " > ", "~", "+", ",", "[a=b]", "*"]
    ),
    most=1500,
)  # fmt: skip


@fuzzed(text=expressions, page=markup)
def test_any_expression_of_a_user_is_refused_or_cheap(text: str, page: str) -> None:
    addresses = {"url": "https://a.example/"}
    fields = {"external_id": "id", "title": "title", "url": "url"}
    configs: dict[str, dict[str, Any]] = {
        "html": {**addresses, "link_selector": text},
        "json": {**addresses, "jobs": text, "fields": fields},
        "sitemap": {**addresses, "pattern": text},
    }
    for source, config in configs.items():
        try:
            check_config(Company(slug="acme", source=source, config=config))
        except JobhuntError:
            continue
        adapter = adapter_for(source)
        request = adapter.first_request(config)
        body = page if source == "html" else json.dumps([page] * 20)
        response = Response(url=request.url, body=body.encode("utf-8", "replace"))
        try:
            adapter.parse_listing(config, request, response)
        except JobhuntError:
            continue


@fuzzed(
    url=st.text(max_size=60) | markup,
    body=bodies | markup.map(lambda text: text.encode("utf-8", "replace")),
)
def test_any_page_is_searched_for_boards_or_refused(url: str, body: bytes) -> None:
    boards_at(url)
    boards_at(f"https://boards.greenhouse.io/{url}")
    response = Response(url="https://a.example/careers", body=body, content_type="text/html")
    try:
        read_page(response)
        listing_pages(response)
    except JobhuntError:
        return


elements = repeated(
    st.sampled_from(
        ["<url>", "</url>", "<loc>", "</loc>", "https://a.example/1", "<urlset>", "</urlset>",
         "&a;",
         "<!DOCTYPE a [<!ENTITY a 'bbbb'>]>", "<item>", "<link>", "<entry>", "<![CDATA[", "]]>",
         "<a b='c'/>",
         "<channel>", "<rss>", "<sitemap>", "<?xml version='1.0' encoding='utf-16'?>", "\0", "é"]
    ),
    most=20_000,
)  # fmt: skip


@fuzzed(inner=elements, root=st.sampled_from(["urlset", "sitemapindex", "rss", "feed", "a"]))
def test_any_xml_is_read_or_refused(inner: str, root: str) -> None:
    body = f"<{root}>{inner}</{root}>".encode()
    with suppress(JobhuntError):
        read_xml(body, "it")
    with suppress(JobhuntError):
        list(stream_xml([body], "it", ["urlset", "rss", "url", "item"]))
    sample = BOARDS["sitemap"]
    try:
        listed(sample, lambda _: body)
    except JobhuntError:
        return
