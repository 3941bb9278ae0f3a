"""Read lists of companies from pasted text, CSV and OPML.

CSV has the form of RFC 4180, with a comma, a semicolon or a tab between fields. OPML is as in
opml.org/spec2.opml: an outline's ``text`` or ``title`` is the name, and its ``htmlUrl``, ``url`` or
``xmlUrl`` is the address.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from include.core.formats.text import cut, one_line
from include.core.formats.xml_document import read_xml

MAX_ENTRIES = 500
_MAX_LENGTH = 500
_MAX_ADDRESS = 2_000
_URL = re.compile(r"https?://[^\s<>\"'|)\]]+", re.IGNORECASE)
_BARE_ADDRESS = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,5}[a-z]{2,24}(?::\d+)?(?:/[^\s,;<>\"'|]*)?",
    re.IGNORECASE,
)
"""An address without its scheme, such as ``jobs.acme.com/berlin``."""
_HEADER = re.compile(
    r"company|name|employer|organi[sz]ation|url|link|website|address|careers?(?: page)?",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[\s*\-•–·]+|^\d{1,3}[.)]\s+")
_SEPARATORS = " \t,;|:-–()[]<>\"'"


@dataclass(frozen=True, kw_only=True)
class ListedCompany:
    """One entry of a list. It has a name, an address, or both."""

    name: str | None
    address: str | None
    """An absolute http(s) URL."""


def read_companies(document: str) -> tuple[ListedCompany, ...]:
    """Return the entries of a pasted list, a CSV file or an OPML file, without repeats, in the
    order of the document.

    In a list, each line is an entry; a line without an address is a name. In a CSV file, the
    address is the first one in any field of the row, and the name is the first other text. A first
    row of words such as "company" and "url" is a header.

    Raises:
        ParseError: the document looks like OPML and is not well-formed.
    """
    document = document.removeprefix("\ufeff").strip()
    if re.match(r"<(?:\?xml|opml)\b", document, re.IGNORECASE):
        return _each_once(_outlines(document))
    rows = _rows(document)
    return _each_once(_entry(row) for row in rows)


def read_entries(texts: Iterable[str]) -> tuple[ListedCompany, ...]:
    """Return the entries of some lines of text, without repeats, in the order of the lines."""
    return _each_once(_entry([text]) for text in texts)


def _each_once(entries: Iterable[ListedCompany | None]) -> tuple[ListedCompany, ...]:
    return tuple(dict.fromkeys(entry for entry in entries if entry is not None))


def _rows(document: str) -> Iterator[Sequence[str]]:
    """Yield the fields of each line."""
    first = document.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    if '"' not in document or delimiter not in first:
        # Each line is one row. The csv module would join lines after a quote that is not closed.
        rows: Iterable[list[str]] = (line.split(delimiter) for line in document.splitlines())
    else:
        rows = csv.reader(document.splitlines(keepends=True), delimiter=delimiter)
    for number, row in enumerate(rows):
        fields = [one_line(field) for field in row]
        is_header = len(fields) > 1 and all(not f or _HEADER.fullmatch(f) for f in fields)
        if not (number == 0 and is_header):
            yield fields


def _entry(fields: Sequence[str]) -> ListedCompany | None:
    name = address = None
    for field in fields:
        found, rest = _split(field)
        address = address or found
        name = name or rest
    if name is None and address is None:
        return None
    return ListedCompany(name=name, address=address)


def _split(field: str) -> tuple[str | None, str | None]:
    """Return the address in a field, and the rest of the field as a name."""
    field = one_line(_BULLET.sub("", field))
    found = _URL.search(field) or _BARE_ADDRESS.search(field)
    if found is None:
        return None, cut(field.strip(_SEPARATORS), _MAX_LENGTH) or None
    address = found[0].rstrip(".,;:!?")
    rest = (field[: found.start()] + " " + field[found.end() :]).strip(_SEPARATORS)
    if len(address) > _MAX_ADDRESS:
        return None, rest or None
    whole = address if address.lower().startswith("http") else f"https://{address}"
    return whole, cut(one_line(rest), _MAX_LENGTH) or None


def _outlines(document: str) -> Iterator[ListedCompany | None]:
    for outline in read_xml(document.encode(), "the OPML file").iter("outline"):
        address = next(
            (url for key in ("htmlUrl", "url", "xmlUrl") if (url := outline.get(key))), ""
        )
        if not address and len(outline):
            continue  # a folder, which is no company
        found, _ = _split(address)
        name = one_line(outline.get("text") or outline.get("title") or "")
        if found or name:
            yield ListedCompany(name=cut(name, _MAX_LENGTH) or None, address=found)
