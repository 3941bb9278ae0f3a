import pytest

from include.core.models import ListedJob
from include.sources.base import ListingPage
from include.sources.bounds import bounded

_URL = "https://acme.example/jobs/1"


def bound(**values: str) -> ListedJob:
    job = ListedJob(**{"external_id": "1", "title": "Cook", "url": _URL} | values)
    (bounded_job,) = bounded(ListingPage(jobs=(job,))).jobs
    return bounded_job


def test_an_ordinary_posting_stays_as_it_is() -> None:
    job = ListedJob(
        external_id="é" * 1024,
        title="Cook",
        location="Lyon",
        url="https://acme.example/" + "a" * 2027,
        page_url=_URL,
        content='{"a": 1}',
        modified="2026-01-01",
    )
    (kept,) = bounded(ListingPage(jobs=(job,))).jobs
    assert kept is job


@pytest.mark.parametrize("character", ["a", "é", "漢", "😀"])
def test_a_long_external_id_becomes_a_short_one_of_its_own(character: str) -> None:
    long_id = character * 2049
    first = bound(external_id=f"{long_id}1").external_id
    assert first == bound(external_id=f"{long_id}1").external_id
    assert first != bound(external_id=f"{long_id}2").external_id
    assert first.startswith(character * 100)
    assert len(first.encode()) < 500


@pytest.mark.parametrize("odd", ["a\0", "a\ud83d", "a\x7f"])
def test_an_external_id_that_postgres_refuses_stays_distinct(odd: str) -> None:
    external_id = bound(external_id=odd).external_id
    assert external_id != bound(external_id="a").external_id
    assert external_id.isprintable()


def test_texts_are_cut_with_an_ellipsis() -> None:
    job = bound(title="t" * 10_000, location="l" * 10_000, modified="m" * 10_000)
    assert (len(job.title), len(job.location or ""), len(job.modified or "")) == (300, 1000, 100)
    assert job.title.endswith("t…")


def test_characters_that_postgres_refuses_are_removed() -> None:
    job = bound(title="Co\0ok", location="Ly\ud83don", url=_URL + "\0", content="\0{}\udc00")
    assert (job.title, job.location, job.url, job.content) == ("Cook", "Lyon", _URL, "{}")


@pytest.mark.parametrize("field", ["url", "page_url"])
def test_a_long_url_stays_too_long_to_be_requested(field: str) -> None:
    job = bound(**{field: _URL + "a" * 100_000})
    # A URL of more than 2048 characters is not requested.
    assert len(job.page_url or "") == 2049


def test_a_posting_with_a_long_url_is_not_read_from_its_listing() -> None:
    assert bound(url=_URL + "a" * 3000, content="{}").content is None


@pytest.mark.parametrize(
    "odd",
    [
        "javascript:alert(1)",
        "JAVASCRIPT://acme.example/%0aalert(1)",
        " \tjava\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//acme.example/1",
        "/jobs/1",
        "https://",
        "",
    ],
)
def test_a_url_that_is_not_http_is_left_out_and_its_posting_is_not(odd: str) -> None:
    job = bound(url=odd, content="{}")
    assert (job.url, job.page_url, job.content) == ("", None, "{}")
    job = bound(url=odd, page_url=_URL)
    assert (job.url, job.page_url) == (_URL, _URL)
    job = bound(page_url=odd)
    assert (job.url, job.page_url) == (_URL, None)


def test_a_reason_is_cut() -> None:
    page = bounded(ListingPage(partial_reason="r" * 10_000))
    assert len(page.partial_reason or "") == 1000
