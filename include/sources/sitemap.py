"""The source ``sitemap``: the job pages that a site's sitemap names (sitemaps.org/protocol.html).

A sitemap is XML, a text file that has one URL in each line, or a feed in RSS 2.0 or Atom. The
external id of a posting is its canonical URL. Until the posting's page is read, its title is made
of the last words in the URL's path. Title filters use this title. Some sitemap indexes name further
indexes, although the protocol does not allow this. Three levels of indexes are followed. The first
bytes of a file, and not its name, determine whether it is gzip. ``lastmod`` is passed on unchanged.
Broken XML is an error, because the rest of the listing could be missing. There are two exceptions:
text before the XML is skipped, and a bare ``&`` is escaped. The listing is complete if every file
that an index names was read, and no file names too many URLs.

To save memory, files are unpacked and parsed in pieces, and only the URLs that match the config's
``pattern`` are kept.
"""

import codecs
import re
import zlib
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from include.core.filtering.patterns import Finder, compile_pattern
from include.core.formats.json_object import JsonObject
from include.core.formats.text import one_line
from include.core.formats.urls import canonical_url, is_http
from include.core.formats.xml_document import Element, stream_xml
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, text, web_address
from include.sources.records import listing_page

_MAX_INDEX_DEPTH = 3
_MAX_UNPACKED_BYTES = 100_000_000
"""The maximum unpacked size of a gzip file in bytes. This is twice the 50 MB that the protocol
allows."""
_MAX_URLS = 50_000
"""The maximum number of URLs that are read from one file. The protocol has the same limit."""
_MAX_FILES = 5_000
"""The maximum number of files that one index may name."""
_TAGS = ("urlset", "sitemapindex", "url", "sitemap", "channel", "item", "feed", "entry")
_ROOTS = ("urlset", "sitemapindex", "channel", "feed")
_PIECE_BYTES = 64 * 1024
_MAX_URL_PREFIX = 4_096
"""The maximum number of bytes of a file's first line that are examined. If the first line is an
http(s) URL, the file is a text file."""
_GZIP = b"\x1f\x8b"
_XML = re.compile(rb"<(?:\?xml|urlset|sitemapindex|rss|feed)\b")
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,40};)")
_LONGEST_ENTITY = 42
_IDENTIFIER = re.compile(r"(?=.*\d)[0-9a-f]{6,}|\d+|[a-z]{1,3}\d+", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


class Sitemap:
    source = "sitemap"
    facts = SourceFacts(ends_at_deadline=True)
    config_keys = ConfigKeys(required=("url",), optional=("pattern",), readers={"url": web_address})
    volatile_keys = None

    def first_request(self, config: Mapping[str, Any]) -> Request:
        _pattern(config)
        return Request(url=based(config, web_address(config, "url")))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        pieces = _unpacked(response)
        first = next(pieces, b"").removeprefix(codecs.BOM_UTF8).lstrip()
        if is_http(first[:_MAX_URL_PREFIX].decode("utf-8", "replace").partition("\n")[0]):
            return _text_listing(config, b"".join((first, *pieces)), response.url)
        entries = stream_xml(_repair_xml(first, pieces), response.url, _TAGS, inner_root="channel")
        root = etree.QName(next(entries)).localname
        if root not in _ROOTS:
            raise ParseError(f"{response.url} is not a sitemap, because its root is <{root}>")
        # An index names files. The pattern is only for the URLs of postings.
        is_wanted = None if root == "sitemapindex" else _pattern(config)
        limit = _MAX_FILES if is_wanted is None else _MAX_URLS
        urls: dict[str, str | None] = {}
        cut_off_reason = None
        for entry in entries:
            urls |= {url: date for url, date in _urls(entry) if is_wanted is None or is_wanted(url)}
            if len(urls) > limit:
                cut_off_reason = f"{response.url} names more than {limit} URLs"
                break
        if root == "sitemapindex":
            return _index_page(config, request, list(urls), cut_off_reason)
        return _page(config, urls, cut_off_reason)

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _page(
    config: Mapping[str, Any], urls: Mapping[str, str | None], cut_off_reason: str | None
) -> ListingPage:
    return listing_page(
        [{"loc": url, "lastmod": modified} for url, modified in urls.items()],
        lambda record: _listed_job(config, record),
        volatile=Sitemap.volatile_keys,
        partial_reason=cut_off_reason,
    )


def _text_listing(config: Mapping[str, Any], content: bytes, file_url: str) -> ListingPage:
    """Return the listing page of a sitemap that is a text file.

    Raises ParseError if a line is not an absolute http(s) URL.
    """
    is_wanted = _pattern(config)
    lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines()]
    urls = [line for line in lines if line and is_wanted(line)]
    if any(line and not is_http(line) for line in lines):
        raise ParseError(f"{file_url} has a line that is not a URL")
    cut_off_reason = (
        f"{file_url} names more than {_MAX_URLS} URLs" if len(urls) > _MAX_URLS else None
    )
    return _page(config, dict.fromkeys(urls[: _MAX_URLS + 1]), cut_off_reason)


def _index_page(
    config: Mapping[str, Any], request: Request, urls: list[str], cut_off_reason: str | None
) -> ListingPage:
    if request.depth >= _MAX_INDEX_DEPTH:
        return ListingPage(
            partial_reason=f"sitemap indexes are nested more than {_MAX_INDEX_DEPTH} deep"
        )
    addresses = dict.fromkeys(based(config, url) for url in urls)
    return ListingPage(
        follow=tuple(
            Request(url=url, depth=request.depth + 1) for url in addresses if url != request.url
        ),
        partial_reason=cut_off_reason,
    )


def _listed_job(config: Mapping[str, Any], record: JsonObject) -> ListedJob:
    url = record.need("loc")
    if not is_http(url):
        raise ParseError(f"{url} is not an absolute http(s) URL")
    page_url = based(config, url)
    return ListedJob(
        external_id=canonical_url(url),
        title=title_of(url),
        url=url,
        page_url=page_url if page_url != url else None,
        modified=record.text("lastmod"),
    )


def title_of(url: str) -> str:
    """Return a title made of words in the URL's path, or the whole URL if there are none.

    The words come from the last path segment that has words. For example, ``…/senior-cook-12345``
    becomes "Senior cook".
    """
    for segment in reversed(urlsplit(url).path.split("/")):
        slug = _UUID.sub("", _EXTENSION.sub("", one_line(unquote(segment))))
        words = [word for word in re.split(r"[-_+. ]+", slug) if not _IDENTIFIER.fullmatch(word)]
        if title := " ".join(word for word in words if word):
            return title[0].upper() + title[1:]
    return url


def _pattern(config: Mapping[str, Any]) -> Finder:
    """Return a function that tells whether a URL matches the config's ``pattern``.

    If the config has no ``pattern``, every URL matches.
    """
    if "pattern" not in config:
        return lambda url: True
    return compile_pattern("config.pattern", text(config, "pattern"))


def _urls(entry: Element) -> Iterator[tuple[str, str | None]]:
    """Yield a pair for each URL that an entry names: the URL, and the entry's ``lastmod``."""
    modified = None
    urls: list[str] = []
    is_feed = etree.QName(entry).localname in ("item", "entry")
    for field in entry:
        # Only direct children are read, which excludes <image:loc>. Comments are skipped; their tag
        # is not a str.
        if not isinstance(field.tag, str):
            continue
        match etree.QName(field).localname:
            case "loc":
                # An entity that was not expanded is a child element, whose tail is the rest of the
                # URL. Such a URL cannot be read.
                if len(field) or not (field.text or "").strip():
                    raise ParseError("a <loc> of the sitemap is empty, or is not a plain URL")
                urls.append((field.text or "").strip())
            case "link" if is_feed and field.get("rel", "alternate") == "alternate":
                urls.append((field.get("href") or field.text or "").strip())
            case "lastmod" | "updated":
                modified = one_line(field.text or "") or None
            case _:
                pass
    if is_feed and not all(urls):
        raise ParseError("a <link> of the feed is empty")
    yield from ((url, modified) for url in urls)


def _repair_xml(first_piece: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the XML after removing the text before it and escaping each bare ``&``.

    A document in UTF-16 is not changed. From the piece that contains the first CDATA section on,
    nothing is changed, because ``&`` needs no escape in a CDATA section.
    """
    beginning = _XML.search(first_piece)
    pending = first_piece[beginning.start() :] if beginning else first_piece
    for piece in chain(pieces, (b"",)):
        if b"\0" in pending or b"<![CDATA[" in pending:
            yield from (pending, piece, *pieces)
            return
        # Hold back an "&" near the end of a piece, because its entity may end in the next piece.
        end = pending.rfind(b"&", -_LONGEST_ENTITY) if piece else -1
        if end < 0:
            ready, pending = pending, piece
        else:
            ready, pending = pending[:end], pending[end:] + piece
        yield _BARE_AMPERSAND.sub(b"&amp;", ready)
    yield _BARE_AMPERSAND.sub(b"&amp;", pending)


def _unpacked(response: Response) -> Iterator[bytes]:
    """Yield the file in pieces. A gzip file is unpacked.

    Raises:
        ParseError: the gzip data is broken or incomplete, or the unpacked file is too large.
    """
    body = response.body
    if not body.startswith(_GZIP):
        yield from (body[at : at + _PIECE_BYTES] for at in range(0, len(body), _PIECE_BYTES))
        return
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16 means the gzip format
    position, compressed, size = 0, b"", 0
    while not stream.eof:
        if not compressed:
            compressed = body[position : position + _PIECE_BYTES]
            position += len(compressed)
        try:
            piece = stream.decompress(compressed, _PIECE_BYTES)
        except zlib.error as error:
            raise ParseError(f"{response.url} is not valid gzip: {error}") from error
        if not (piece or compressed):
            raise ParseError(f"{response.url} is cut short")
        compressed = stream.unconsumed_tail
        size += len(piece)
        if size > _MAX_UNPACKED_BYTES:
            raise ParseError(
                f"{response.url} is larger than {_MAX_UNPACKED_BYTES} bytes when unpacked"
            )
        yield piece
