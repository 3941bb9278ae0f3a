"""Decode a page's bytes to text as the HTML standard does (html.spec.whatwg.org, 13.2.3).

The encoding is taken from the byte order mark. If there is none, it is taken from the Content-Type
header, or else from the XML declaration or a ``<meta>`` element in the first 1,024 bytes. If none
of these states an encoding, valid UTF-8 is decoded as UTF-8, and any other content as windows-1252.
The package webencodings has the table of the labels that name encodings (encoding.spec.whatwg.org,
4.2).
"""

import re
from collections.abc import Iterator

import webencodings
from selectolax.lexbor import LexborHTMLParser

from include.errors import ParseError
from include.failure_codes import FailureCode

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
_CHARSET = re.compile(r"charset\s{0,20}=\s{0,20}[\"']?\s{0,20}([^\s\"';,]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(
    r"\s{0,100}<\?xml\b[^>]{0,200}?\bencoding\s{0,20}=\s{0,20}[\"']([\w.:-]{1,40})", re.IGNORECASE
)
_PRESCAN_BYTES = 1024
_DECLARATIONS = "meta[charset], meta[http-equiv=content-type i]"
_PYTHON_NAMES = {"gbk": "gb18030", "x-user-defined": "cp1252"}
"""The names of Python's decoders for two encodings, by the name of the encoding.

The HTML standard decodes pages in these encodings as other encodings.
"""
_TEXT_TYPES = re.compile(r"text/(?:html|plain|xml)|application/(?:xhtml\+xml|xml)", re.IGNORECASE)
_BINARY = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0",
    b"\x7fELF", b"RIFF", b"\x00\x00\x01\x00", b"BM", b"\x00asm", b"OggS", b"ID3", b"wOF",
)  # fmt: skip


def decode(body: bytes, content_type: str | None) -> str:
    """Return ``body`` as text without NULs. Invalid bytes are replaced by U+FFFD."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _decode_text(body[len(mark) :], encoding)
    if declared_encoding := _encoding(_header_label(content_type)):
        return _decode_text(body, declared_encoding)
    beginning = body[:_PRESCAN_BYTES].decode("latin-1")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_text(body, _declared_encoding(beginning) or "cp1252")
    if _mentions_only_utf_8(beginning):
        return _without_nuls(text)
    return _decode_text(body, _declared_encoding(beginning) or "utf-8")


def refuse_binary(body: bytes, content_type: str | None) -> None:
    """Raise ParseError ``not_html`` if the content is not a page.

    The content is not a page if the server declares a type other than HTML, XML or plain text. It
    is not a page, either, if its first bytes are those of a binary file such as a PDF or an image,
    even if the server declares HTML.
    """
    declared = (content_type or "").partition(";")[0].strip()
    if declared and not _TEXT_TYPES.fullmatch(declared):
        raise ParseError(f"the server sent {declared}, not a page", code=FailureCode.NOT_HTML)
    # A text may begin with the word "BM" or "RIFF" and a space. It is accepted, although bitmap and
    # RIFF files begin with these letters, too.
    if body.startswith(_BINARY) and not body.startswith((b"BM ", b"RIFF ")):
        raise ParseError("the content is a binary file, not a page", code=FailureCode.NOT_HTML)


def _decode_text(body: bytes, encoding: str) -> str:
    return _without_nuls(body.decode(encoding, "replace"))


def _without_nuls(text: str) -> str:
    # The text is searched before it is replaced, because a search takes a tenth of the time of a
    # replacement, and most texts contain no NUL.
    return text.replace("\0", "") if "\0" in text else text


def _header_label(content_type: str | None) -> str:
    match = _CHARSET.search(content_type or "")
    return match[1] if match else ""


def _mentions_only_utf_8(beginning: str) -> bool:
    """Return whether the page certainly declares no encoding other than UTF-8.

    This check is fast, because it does not parse the HTML.
    """
    labels = _CHARSET.findall(beginning)
    return (
        len(labels) == beginning.lower().count("charset")
        and all(_encoding(label) == "utf-8" for label in labels)
        and _XML_DECLARATION.match(beginning) is None
    )


def _declared_encoding(beginning: str) -> str | None:
    """Return the encoding that the beginning of a page declares.

    The declaration is found by an HTML parser, because text in a comment, a script or the title can
    look like a declaration.
    """
    encoding = next(filter(None, map(_encoding, _declared_labels(beginning))), None)
    # A page that declares UTF-16 here is decoded as UTF-8, as the standard says. It cannot be
    # UTF-16, because its declaration could be read as ASCII.
    return "utf-8" if encoding and encoding.startswith("utf-16") else encoding


def _declared_labels(beginning: str) -> Iterator[str]:
    if xml := _XML_DECLARATION.match(beginning):
        yield xml[1]
    if "charset" in beginning.lower():
        for node in LexborHTMLParser(beginning).css(_DECLARATIONS):
            yield node.attrs.get("charset") or _header_label(node.attributes.get("content"))


def _encoding(label: str) -> str | None:
    """Return Python's name for the encoding that ``label`` names; None if the label is unknown."""
    encoding = webencodings.lookup(label)
    if encoding is None or encoding.name == "replacement":
        return None
    return _PYTHON_NAMES.get(encoding.name, encoding.codec_info.name)
