from collections.abc import Iterator
from typing import Literal

class XMLSyntaxError(SyntaxError): ...

class XMLParser:
    def __init__(
        self,
        *,
        resolve_entities: bool = ...,
        no_network: bool = ...,
        load_dtd: bool = ...,
        huge_tree: bool = ...,
        recover: bool = ...,
        remove_comments: bool = ...,
        remove_pis: bool = ...,
    ) -> None: ...

class _Element:
    tag: str | object  # a function, for comments and processing instructions
    text: str | None
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[_Element]: ...
    def findtext(self, path: str) -> str | None: ...
    def iterfind(self, path: str) -> Iterator[_Element]: ...

class QName:
    localname: str
    def __init__(self, text: _Element) -> None: ...

def fromstring(text: bytes | str, parser: XMLParser) -> _Element: ...
def tostring(element: _Element, *, encoding: Literal["unicode"], with_tail: bool) -> str: ...
