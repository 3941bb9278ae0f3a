import gzip
import zlib

import pytest

from include.core.formats import xml_document
from include.errors import ParseError
from include.sources import sitemap
from include.sources.base import Request
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from include.sources.sitemap import title_of
from tests.sources.answers import answer

XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
HOME = "https://acme.example"
CONFIG = {"url": f"{HOME}/sitemap.xml", "pattern": "/jobs/"}


def urlset(*urls: str, attributes: str = f'xmlns="{XMLNS}"') -> bytes:
    entries = "".join(f"<url><loc>{url}</loc><lastmod>2026-01-01</lastmod></url>" for url in urls)
    return f'<?xml version="1.0"?><urlset {attributes}>{entries}</urlset>'.encode()


def index(*urls: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="{XMLNS}">{entries}</sitemapindex>'.encode()


def test_urls_that_match_the_pattern_are_job_pages() -> None:
    page = answer(
        "sitemap",
        CONFIG,
        urlset(f"{HOME}/about", f"{HOME}/jobs/senior-cook-12", f"\n {HOME}/jobs/13?a=1&amp;b=2 "),
    )

    assert [job.external_id for job in page.jobs] == [
        f"{HOME}/jobs/senior-cook-12",
        f"{HOME}/jobs/13?a=1&b=2",
    ]
    assert (page.jobs[0].title, page.jobs[0].modified) == ("Senior cook", "2026-01-01")
    assert page.jobs[0].content is None
    assert prove([page]).complete


def test_without_a_pattern_every_url_is_a_job_page() -> None:
    assert (
        len(answer("sitemap", {"url": CONFIG["url"]}, urlset(f"{HOME}/a", f"{HOME}/b")).jobs) == 2
    )


def test_two_spellings_of_one_url_are_listed_once() -> None:
    page = answer(
        "sitemap",
        CONFIG,
        urlset(f"{HOME}/jobs/1", f"{HOME}/jobs/1", f"{HOME}/jobs/1?utm_source=x"),
    )

    assert [job.external_id for job in prove([page]).jobs] == [f"{HOME}/jobs/1"]


def test_gzip_is_recognised_by_its_first_bytes() -> None:
    page = answer("sitemap", CONFIG, gzip.compress(urlset(f"{HOME}/jobs/1")))

    assert len(page.jobs) == 1


TWO_URLS = (f"{HOME}/jobs/1", f"{HOME}/jobs/2?a=1&b=2")
ESCAPED = tuple(url.replace("&", "&amp;") for url in TWO_URLS)


@pytest.mark.parametrize(
    "body",
    [
        b"\n" + urlset(*ESCAPED),
        b"\xef\xbb\xbf \r\n\r\n" + urlset(*ESCAPED),
        b"<br />\n<b>Warning</b>: foo() in <b>x.php</b><br />\n" + urlset(*ESCAPED),
        urlset(*TWO_URLS),
        urlset(*(f"<![CDATA[{url}]]>" for url in TWO_URLS)),
        "\r\n".join(TWO_URLS).encode(),
        gzip.compress("\n".join((*TWO_URLS, "")).encode()),
        b'<rss version="2.0"><channel><link>https://acme.example/</link>'
        + "".join(f"<item><link>{url}</link></item>" for url in ESCAPED).encode()
        + b"</channel></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://acme.example/"/>'
        + "".join(
            f'<entry><link rel="self" href="/x"/><link href="{url}"/></entry>' for url in ESCAPED
        ).encode()
        + b"</feed>",
    ],
    ids=["newline", "BOM", "warning", "bare &", "CDATA", "text", "gzipped text", "RSS", "Atom"],
)
def test_a_sitemap_is_read_in_every_known_form(body: bytes) -> None:
    page = answer("sitemap", CONFIG, body)

    assert [job.external_id for job in page.jobs] == list(TWO_URLS)
    assert prove([page]).complete


def test_an_ampersand_at_the_end_of_a_piece_is_escaped_only_if_it_is_bare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Read a sitemap in pieces of seven bytes, so that ``&`` and ``amp;`` are in two pieces."""
    monkeypatch.setattr(sitemap, "_PIECE_BYTES", 7)
    urls = (f"{HOME}/jobs/1?a=1&amp;b=2&c&d=3", f"{HOME}/jobs/2?&amp;&")

    assert [job.url for job in answer("sitemap", CONFIG, urlset(*urls)).jobs] == [
        f"{HOME}/jobs/1?a=1&b=2&c&d=3",
        f"{HOME}/jobs/2?&&",
    ]


def test_a_text_file_with_another_line_is_an_error() -> None:
    with pytest.raises(ParseError, match="line"):
        answer("sitemap", CONFIG, f"{HOME}/jobs/1\nmore soon".encode())


def test_an_index_is_followed_to_all_its_files_but_not_to_itself() -> None:
    page = answer("sitemap", CONFIG, index(f"{HOME}/a.xml", f"{HOME}/b.xml.gz", CONFIG["url"]))

    assert page.follow == (
        Request(url=f"{HOME}/a.xml", depth=1),
        Request(url=f"{HOME}/b.xml.gz", depth=1),
    )
    assert page.jobs == ()


def test_indexes_nested_too_deeply_make_the_listing_partial() -> None:
    deep = Request(url=f"{HOME}/a.xml", depth=3)
    page = answer("sitemap", CONFIG, index(f"{HOME}/b.xml"), request=deep)

    assert page.follow == ()
    assert not prove([page]).complete


def test_a_base_url_changes_requests_but_not_external_ids() -> None:
    config = CONFIG | {"base_url": "http://127.0.0.1:8090/acme"}

    first = adapter_for("sitemap").first_request(config)
    followed = answer("sitemap", config, index(f"{HOME}/a.xml")).follow
    listed = answer("sitemap", config, urlset(f"{HOME}/jobs/1")).jobs

    assert first.url == "http://127.0.0.1:8090/acme/sitemap.xml"
    assert followed[0].url == "http://127.0.0.1:8090/acme/a.xml"
    assert (listed[0].external_id, listed[0].url) == (f"{HOME}/jobs/1", f"{HOME}/jobs/1")
    assert listed[0].page_url == "http://127.0.0.1:8090/acme/jobs/1"


def test_images_and_comments_are_ignored() -> None:
    body = urlset(f"{HOME}/jobs/1").replace(
        b"</url>",
        b"<!-- x --><i:image><i:loc>https://acme.example/jobs/a.png</i:loc></i:image></url>",
    )
    body = body.replace(b"<urlset ", b'<urlset xmlns:i="urn:images" ')

    assert len(answer("sitemap", CONFIG, body).jobs) == 1


@pytest.mark.parametrize("attributes", ["", 'xmlns="https://www.google.com/schemas/sitemap/0.84"'])
def test_the_namespace_does_not_matter(attributes: str) -> None:
    assert len(answer("sitemap", CONFIG, urlset(f"{HOME}/jobs/1", attributes=attributes)).jobs) == 1


@pytest.mark.parametrize(
    "body",
    [
        urlset(f"{HOME}/jobs/1")[:-20],
        gzip.compress(urlset(f"{HOME}/jobs/1"))[:-12],
        b"\x1f\x8b broken",
        b"<html><body>Not here</body></html>",
        b"",
        urlset(""),
        b'<!DOCTYPE urlset [<!ENTITY job "https://acme.example/jobs/2">]>'
        + urlset("&job;").removeprefix(b'<?xml version="1.0"?>'),
        b'<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        + urlset("https://acme.example/jobs/&f;").removeprefix(b'<?xml version="1.0"?>'),
    ],
    ids=[
        "cut off",
        "gzip cut off",
        "no gzip",
        "a page",
        "nothing",
        "an empty location",
        "an entity of its own",
        "an entity of a file",
    ],
)
def test_a_broken_or_wrong_document_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("sitemap", CONFIG, body)


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limits of a sitemap, so that few bytes exceed them."""
    monkeypatch.setattr(xml_document, "_MAX_STREAMED_TAGS", 50_000)
    monkeypatch.setattr(xml_document, "_MAX_STREAMED_ELEMENTS", 5_000)
    monkeypatch.setattr(xml_document, "_MAX_CHILD_BYTES", 100_000)
    monkeypatch.setattr(sitemap, "_MAX_UNPACKED_BYTES", 1_000_000)
    monkeypatch.setattr(sitemap, "_MAX_URLS", 500)
    monkeypatch.setattr(sitemap, "_MAX_FILES", 50)


def bomb(piece: bytes, times: int, end: int | None = None) -> bytes:
    """Return a sitemap that repeats ``piece``, compressed by gzip.

    Args:
        times: the number of repetitions, which is a multiple of 1,000.
        end: the position at which the compressed bytes are cut; None to return them all.
    """
    packer = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
    pieces = [packer.compress(f'<urlset xmlns="{XMLNS}">'.encode())]
    pieces += [packer.compress(piece * 1000) for _ in range(times // 1000)]
    return b"".join([*pieces, packer.compress(b"</urlset>"), packer.flush()])[:end]


ENTRY = f"<url><loc>{HOME}/about</loc>{' ' * 500}</url>".encode()


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ((ENTRY, 2_000), "larger"),
        ((b" " * 100, 3_000), "entry of more than"),
        ((b"<a/>", 40_000), "entry of more than"),
        ((b"<url/>", 10_000), "tags"),
        ((b"<url>" + b"<url/>" * 10 + b"</url>", 1_000), "tags"),
        ((b"<!-- a comment -->", 10_000), "entry of more than"),
        ((b"<url>" + b"<a/>" * 60 + b"</url>", 1_000), "tags"),
        ((b"<url><loc>" + b"x" * 20, 1_000), "XML"),
        ((b"<a>", 1_000), "XML"),
        ((ENTRY, 1_000, -20), "cut short"),
    ],
    ids=[
        "size",
        "space",
        "children",
        "entries",
        "nested entries",
        "comments",
        "tags",
        "unclosed",
        "depth",
        "end",
    ],
)
@pytest.mark.usefixtures("small_limits")
def test_a_sitemap_bomb_is_refused(pieces: tuple[bytes, int], message: str) -> None:
    with pytest.raises(ParseError, match=message):
        answer("sitemap", CONFIG, bomb(*pieces))


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
        + b"]>"
        + urlset("https://acme.example/jobs/&j;").removeprefix(b'<?xml version="1.0"?>'),
        urlset(f"{HOME}/jobs/" + "x" * 11_000_000),
    ],
    ids=["entities", "text"],
)
def test_nested_entities_and_long_texts_are_refused(body: bytes) -> None:
    """Check that neither nested entities nor a text of 11 MB fills the memory."""
    with pytest.raises(ParseError):
        answer("sitemap", CONFIG, body)


@pytest.mark.usefixtures("small_limits")
def test_a_sitemap_of_more_urls_than_the_protocol_allows_is_partial() -> None:
    page = answer("sitemap", CONFIG, urlset(*(f"{HOME}/jobs/{i}" for i in range(510))))

    assert 500 <= len(page.jobs) < 510
    assert page.partial_reason is not None
    assert "500" in page.partial_reason


@pytest.mark.usefixtures("small_limits")
def test_urls_that_the_pattern_leaves_out_do_not_count() -> None:
    others = [f"{HOME}/blog/{i}" for i in range(510)]
    page = answer("sitemap", CONFIG, gzip.compress(urlset(*others, f"{HOME}/jobs/1")))

    assert [job.url for job in page.jobs] == [f"{HOME}/jobs/1"]
    assert page.partial_reason is None


@pytest.mark.usefixtures("small_limits")
def test_an_index_of_more_files_than_are_requested_is_partial() -> None:
    page = answer("sitemap", CONFIG, index(*(f"{HOME}/{i}.xml" for i in range(60))))

    assert len(page.follow) == 51
    assert page.partial_reason is not None


def test_a_relative_url_makes_the_listing_partial() -> None:
    page = answer("sitemap", CONFIG, urlset("/jobs/1", f"{HOME}/jobs/2"))

    assert [job.external_id for job in page.jobs] == [f"{HOME}/jobs/2"]
    assert not prove([page]).complete


@pytest.mark.parametrize(
    ("url", "title"),
    [
        (f"{HOME}/jobs/senior-cook-12345", "Senior cook"),
        (f"{HOME}/jobs/12345/Senior%20Cook.html", "Senior Cook"),
        (f"{HOME}/jobs/k%C3%B6chin_R-123", "Köchin R"),
        (f"{HOME}/careers/9f1dc66e-6c7a-4e3c-97ac-76910b8df08f", "Careers"),
        (f"{HOME}/12345", f"{HOME}/12345"),
    ],
)
def test_a_title_is_made_of_the_words_of_a_url(url: str, title: str) -> None:
    assert title_of(url) == title
