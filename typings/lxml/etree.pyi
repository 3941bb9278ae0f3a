from collections.abc import Iterator

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

class QName:
    localname: str
    def __init__(self, text: _Element) -> None: ...

def fromstring(text: bytes, parser: XMLParser) -> _Element: ...
