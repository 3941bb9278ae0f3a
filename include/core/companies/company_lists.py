"""Read lists of companies from pasted text, CSV and OPML.

CSV is read as RFC 4180 defines it. A semicolon or a tab may replace the comma. OPML is defined at
opml.org/spec2.opml. The ``text`` or ``title`` of an outline is the name of a company, and its
``htmlUrl``, ``url`` or ``xmlUrl`` is the address.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from include.core.formats.text import cut, one_line
from include.core.formats.xml_document import read_xml

MAX_ENTRIES = 500
_MAX_NAME_LENGTH = 500
_MAX_ADDRESS_LENGTH = 2_000
_URL = re.compile(r"https?://[^\s<>\"'|)\]]+", re.IGNORECASE)
_BARE_ADDRESS = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,5}[a-z]{2,24}(?::\d+)?(?:/[^\s,;<>\"'|]*)?",
    re.IGNORECASE,
)
"""A pattern of an address without a scheme, such as ``jobs.acme.com/berlin``."""
_NAME_TITLES = frozenset({"company", "employer", "name", "organisation", "organization"})
_ADDRESS_TITLES = frozenset({
    "address", "ats", "board", "career", "careers", "job", "jobs", "link", "page", "site", "url",
    "web", "website",
})  # fmt: skip
"""The words in titles of columns of a CSV file: the company's name, and other columns."""
_BULLET = re.compile(r"^[\s*\-•–·]+|^\d{1,3}[.)]\s+")
_SEPARATORS = " \t,;|:-–()[]<>\"'"


@dataclass(frozen=True, kw_only=True)
class ListedCompany:
    """One company of a list, which has a name, an address, or both."""

    name: str | None
    address: str | None
    """The address of the company's career site as an http(s) URL; None if none is stated."""


def read_companies(document: str) -> tuple[ListedCompany, ...]:
    """Return the companies of a pasted list, a CSV file or an OPML file.

    They are in the order of the document, each once.

    In a list, each line is a company. A line without an address is a name. In a CSV file, each row
    is a company. Its address is the first address in any field of the row. Its name is the text in
    the column whose title is a word such as "company". If there is no such column or text, its name
    is the first text that is not an address. The first row has the titles of the columns if two of
    them are words such as "company" and "url", and none is an address.

    Raises:
        ParseError: the document looks like OPML and is not well-formed.
    """
    document = document.removeprefix("\ufeff").strip()
    if re.match(r"<(?:\?xml|opml)\b", document, re.IGNORECASE):
        return _each_once(_outlines(document))
    rows = _rows(document)
    return _each_once(_entry(row) for row in rows)


def read_entries(texts: Iterable[str]) -> tuple[ListedCompany, ...]:
    """Return the companies that the lines of text name, in their order, each company once."""
    return _each_once(_entry([text]) for text in texts)


def _each_once(entries: Iterable[ListedCompany | None]) -> tuple[ListedCompany, ...]:
    return tuple(dict.fromkeys(entry for entry in entries if entry is not None))


def _rows(document: str) -> Iterator[Sequence[str]]:
    """Yield the fields of each row below the titles, after a copy of the company's name."""
    first = document.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    if '"' not in document or delimiter not in first:
        # Each line is one row. The csv module is not used here, because it would join the lines
        # that follow an unclosed quotation mark.
        rows: Iterable[list[str]] = (line.split(delimiter) for line in document.splitlines())
    else:
        rows = csv.reader(document.splitlines(keepends=True), delimiter=delimiter)
    name_column = 0
    for number, row in enumerate(rows):
        fields = [one_line(field) for field in row]
        if number == 0 and _are_titles(fields):
            columns = range(len(fields))
            name_column = next((n for n in columns if _words(fields[n]) <= _NAME_TITLES), 0)
        else:
            yield fields[name_column : name_column + 1] + fields


def _are_titles(fields: Sequence[str]) -> bool:
    titles = [field for field in fields if _words(field) <= _NAME_TITLES | _ADDRESS_TITLES]
    return len(titles) > 1 and not any(_split_address(field)[0] for field in fields)


def _words(field: str) -> set[str]:
    """Return the words of a column's title in lower case.

    A blank field has one empty word. An empty set would be a subset of every set of titles.
    """
    return set(field.casefold().replace("_", " ").replace("-", " ").split()) or {""}


def _entry(fields: Sequence[str]) -> ListedCompany | None:
    name = address = None
    for field in fields:
        field_address, field_name = _split_address(field)
        address = address or field_address
        name = name or field_name
    if name is None and address is None:
        return None
    return ListedCompany(name=name, address=address)


def _split_address(field: str) -> tuple[str | None, str | None]:
    """Return the address in a field, and the rest of the field as a name.

    Each is None if the field lacks it.
    """
    field = one_line(_BULLET.sub("", field))
    match = _URL.search(field) or _BARE_ADDRESS.search(field)
    if match is None:
        return None, cut(field.strip(_SEPARATORS), _MAX_NAME_LENGTH) or None
    address = match[0].rstrip(".,;:!?")
    rest = (field[: match.start()] + " " + field[match.end() :]).strip(_SEPARATORS)
    if len(address) > _MAX_ADDRESS_LENGTH:
        return None, rest or None
    whole = address if address.lower().startswith("http") else f"https://{address}"
    return whole, cut(one_line(rest), _MAX_NAME_LENGTH) or None


def _outlines(document: str) -> Iterator[ListedCompany | None]:
    for outline in read_xml(document.encode(), "the OPML file").iter("outline"):
        urls = map(outline.get, ("htmlUrl", "url", "xmlUrl"))
        url = next(filter(None, urls), "")
        if not url and len(outline):
            continue  # The outline is a folder of other outlines, not a company.
        address, _ = _split_address(url)
        name = one_line(outline.get("text") or outline.get("title") or "")
        if address or name:
            yield ListedCompany(name=cut(name, _MAX_NAME_LENGTH) or None, address=address)
