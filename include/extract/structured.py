"""Find the JobPosting (schema.org/JobPosting) of a page.

The JobPosting is searched for in these forms, in this order: JSON-LD, microdata, RDFa Lite, JSON-LD
that the page streams to its script (``extract.flight``), and the states of the page
(``extract.embedded``).

Pages write JSON-LD in different ways, all of which are read:

- The posting is in ``@graph``, in an array or in another object. The ``@graph`` that the plugin
  Yoast writes contains no posting.
- The type of the script is written with an entity (``application/ld&#x2B;json``), which only an
  HTML parser can decode.
- The JSON has small errors: raw newlines inside strings, comments around it, or trailing commas.
- The posting refers to the company or the place by its ``@id``.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import chain, islice
from typing import Any, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.formats.json_object import JsonObject, mended_json, read_json
from include.core.formats.urls import canonical_url
from include.core.places.countries import country_code
from include.errors import ParseError
from include.extract import embedded
from include.extract.document import Document
from include.extract.flight import jsonld_in_flight

_URL_PROPERTIES = ("href", "src")
_MAX_ITEM_DEPTH = 8
_MAX_PROPERTIES = 2_000
"""The maximum number of properties of an item that are read."""
_MAX_NAMES = 10
"""The maximum number of names that are read from an element that states several properties."""
_REFERENCE = frozenset({"@id", "@type"})
"""The only keys that an object in JSON-LD has if it just refers to another object of the page."""
_MAX_REFERENCE_DEPTH = 6
"""The number of objects and lists around a reference at which it is no longer followed."""
_MAX_REFERENCES = 20
"""The maximum number of references by ``itemref``, ``@id`` or ``rel`` that are followed."""
_MAX_TEXT_LENGTH = 1_000_000
"""The maximum total length, in characters, of the values of properties that are read from a page.

A text inside of several nested properties counts once for each of them.
"""
_SUCCESSFACTORS = ".jobDisplayShell"
"""A CSS selector for an element by which the pages of SuccessFactors are recognised.

The only structured data of these pages is microdata.
"""


def find(document: Document) -> tuple[JsonObject, str] | None:
    """Return the page's posting, and the form in which it was found; None if the page has none.

    The form is ``jsonld``, ``microdata``, ``rdfa`` or ``state``.

    A page may have several postings, for example a list of related jobs. In that case return the
    posting that has the URL of the page, or else the first one. Postings that are nested less
    deeply come first.
    """
    things = list(_jsonld(document))
    if postings := list(chain.from_iterable(map(_postings, things))):
        posting = _page_posting(postings, document)
        if objects := _objects_with_id(things):
            limit = iter(range(_MAX_REFERENCES))
            posting = JsonObject(_with_referred(posting.raw(), objects, limit))
        return posting, "jsonld"
    for method, read in (("microdata", _microdata), ("rdfa", _rdfa), ("jsonld", _streamed)):
        if postings := list(read(document)):
            return _page_posting(postings, document), method
    state = embedded.find(document)
    return (state, "state") if state else None


def _page_posting(postings: list[JsonObject], document: Document) -> JsonObject:
    if len(postings) == 1:
        return postings[0]
    addresses = {canonical_url(document.url), document.canonical_url}
    for posting in postings:
        url = posting.text("url")
        if url and canonical_url(url) in addresses:
            return posting
    return postings[0]


def _jsonld(document: Document) -> Iterator[Any]:
    for script in document.tree.css("script[type]"):
        if "ld+json" in (script.attrs.get("type") or "").lower():
            yield _parse_json(script.text())


def _objects_with_id(root: Any) -> dict[str, Any]:
    """Return the objects in ``root`` to which a reference can point, by their ``@id``.

    An object that has no keys other than ``@id`` and ``@type`` is itself a reference, and is left
    out.
    """
    objects: dict[str, Any] = {}
    for thing in _objects(root):
        if isinstance(key := thing.get("@id"), str) and not thing.keys() <= _REFERENCE:
            objects.setdefault(key, thing)
    return objects


def _objects(root: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects in ``root``, the outermost first."""
    queue = deque([root])
    while queue:
        value: Any = queue.popleft()
        if isinstance(value, list):
            queue.extend(cast("list[Any]", value))
        elif isinstance(value, dict):
            yield cast("dict[str, Any]", value)
            queue.extend(cast("dict[str, Any]", value).values())


def _with_referred(
    value: Any, objects: Mapping[str, Any], remaining: Iterator[int], depth: int = 0
) -> Any:
    """Return ``value``, in which each reference is replaced by the object that has its ``@id``.

    Args:
        value: the value of JSON-LD in which references are replaced.
        objects: the objects of the page, by their ``@id``.
        remaining: an iterator that yields one item for each reference that may still be followed.
            It bounds the number of references that are followed.
        depth: the number of objects and lists around ``value``. References at the depth
            ``_MAX_REFERENCE_DEPTH`` or deeper are not followed.
    """
    if depth == _MAX_REFERENCE_DEPTH:
        return value
    if isinstance(value, list):
        values = cast("list[Any]", value)
        return [_with_referred(each, objects, remaining, depth + 1) for each in values]
    if not isinstance(value, dict):
        return value
    thing = cast("dict[str, Any]", value)
    if thing.keys() <= _REFERENCE and isinstance(key := thing.get("@id"), str):
        thing = objects.get(key, thing) if next(remaining, None) is not None else thing
    return {
        name: _with_referred(each, objects, remaining, depth + 1) for name, each in thing.items()
    }


def _streamed(document: Document) -> Iterator[JsonObject]:
    for thing in jsonld_in_flight(document.tree):
        yield from _postings(thing)


def _parse_json(text: str) -> Any:
    """Return the parsed JSON.

    If the JSON has errors, return a list of the values that could be repaired.
    """
    for repair in (str, unescape):
        try:
            return read_json(repair(text), strict=False)
        except ParseError:
            continue
    if "jobposting" not in text.casefold():
        return []
    return list(mended_json(text)) or list(mended_json(unescape(text)))


def _postings(root: Any) -> Iterator[JsonObject]:
    """Yield the JobPostings in ``root``, the outermost first."""
    queue = deque([root])
    while queue:
        value: Any = queue.popleft()
        if isinstance(value, list):
            queue.extend(cast("list[Any]", value))
        elif isinstance(value, dict):
            thing = JsonObject(cast("dict[str, Any]", value))
            if any(_is_posting(kind) for kind in thing.texts("@type")):
                yield thing
            else:
                queue.extend(cast("dict[str, Any]", value).values())


def _is_posting(kind: str) -> bool:
    return re.split("[/:#]", kind)[-1].casefold() == "jobposting"


def _microdata(document: Document) -> Iterator[JsonObject]:
    scopes = [
        scope
        for scope in document.tree.css("[itemscope][itemtype]")
        if _is_posting(scope.attrs.get("itemtype") or "")
    ]
    if not scopes:
        return
    items = _Items(document.tree)
    is_successfactors = document.tree.css_first(_SUCCESSFACTORS) is not None
    for scope in scopes:
        properties = items.properties(scope)
        streets = scope.css("[itemprop=streetAddress]") if is_successfactors else ()
        if streets:
            properties["jobLocation"] = [
                _successfactors_place(node.attrs.get("content") or "") for node in streets
            ]
        yield JsonObject(properties)


def _rdfa(document: Document) -> Iterator[JsonObject]:
    """Yield the postings in RDFa Lite (w3.org/TR/rdfa-lite), which is read like microdata.

    The attribute ``rel`` of full RDFa is also read. This attribute of an element names a property,
    whose values are the items inside of the element.
    """
    scopes = [
        scope
        for scope in document.tree.css("[typeof]")
        if any(map(_is_posting, (scope.attrs.get("typeof") or "").split()))
    ]
    if scopes:
        items = _Items(document.tree, name="property", scope="typeof", link="rel")
        yield from (JsonObject(items.properties(scope)) for scope in scopes)


def _successfactors_place(street_text: str) -> dict[str, Any]:
    """Return the place that SuccessFactors writes into the field for the street.

    An example is "Palo Alto, CA, US, 94304". The last part is the code of the country. A postcode
    may follow it.
    """
    parts = [part.strip() for part in street_text.split(",")]
    if len(parts) > 1 and re.search(r"\d", parts[-1]):
        parts.pop()
    if len(parts) < 2 or country_code(parts[-1]) is None:
        return {"address": street_text}
    city, *regions, country = parts
    return {
        "address": {
            "name": street_text,
            "addressLocality": city,
            "addressRegion": ", ".join(regions) or None,
            "addressCountry": country,
        }
    }


class _Items:
    """The items of one page in microdata or in RDFa Lite.

    An item is an object that has properties, such as the posting or its employer.

    An item may refer to further elements by ``itemref``. Each of these elements is used at most
    once, and at most ``_MAX_REFERENCES`` of them are used, because items may refer to each other in
    a circle.
    """

    def __init__(
        self,
        tree: LexborHTMLParser,
        *,
        name: str = "itemprop",
        scope: str = "itemscope",
        link: str | None = None,
    ) -> None:
        """Find the elements of the page that state properties.

        Args:
            tree: the parsed page.
            name: the attribute that contains the names of properties.
            scope: the attribute by which an element is marked as an item.
            link: the attribute that names a property whose values are the items inside of the
                element. If None, no attribute does so.
        """
        self._name, self._scope, self._link = name, scope, link
        self._references_left = _MAX_REFERENCES
        self._text_left = _MAX_TEXT_LENGTH
        self._scopes: dict[int, int | None] = {}
        self._stating = defaultdict[int | None, list[LexborNode]](list)
        for node in tree.css(f"[{name}], [{link}]" if link else f"[{name}]"):
            self._stating[self._scope_of(node)].append(node)
        self._named: dict[str, LexborNode] = {}
        if tree.css_first("[itemref]"):
            self._named = {node.attrs.get("id") or "": node for node in tree.css("[id]")}

    def properties(self, scope: LexborNode, depth: int = 0) -> dict[str, Any]:
        """Return the properties of an item in the form of JSON-LD.

        If a property is stated several times, its value is a list.

        Args:
            scope: the element of the item.
            depth: the number of items around this item. If it exceeds ``_MAX_ITEM_DEPTH``, the
                result is empty.
        """
        values = defaultdict[str, list[Any]](list)
        nodes = () if depth > _MAX_ITEM_DEPTH else self._stating_nodes(scope)
        for node in islice(nodes, _MAX_PROPERTIES):
            names_text = node.attrs.get(self._name) or node.attributes.get(self._link or "")
            names = (names_text or "").split(maxsplit=_MAX_NAMES)
            for name in (each.removeprefix("schema:") for each in names[:_MAX_NAMES]):
                if self._text_left > 0:
                    values[name] += self._values(node, name, depth)
        return {name: each[0] if len(each) == 1 else each for name, each in values.items()}

    def _stating_nodes(self, scope: LexborNode) -> Iterator[LexborNode]:
        """Yield the elements that state properties of the item ``scope``.

        These include the elements to which its ``itemref`` refers (html.spec.whatwg.org, 5.2.2).
        """
        yield from self._stating[scope.mem_id]
        for referred in self._referred(scope):
            around = self._scope_of(referred)
            if self._name in referred.attrs:
                yield referred
            if self._scope in referred.attrs:
                continue
            for node in referred.css(f"[{self._name}]"):
                if node.mem_id != referred.mem_id and self._scope_of(node) == around:
                    yield node

    def _referred(self, scope: LexborNode) -> Iterator[LexborNode]:
        """Yield the elements to which the item refers by ``itemref``."""
        for key in (scope.attrs.get("itemref") or "").split():
            if self._references_left and (node := self._named.pop(key, None)):
                self._references_left -= 1
                yield node

    def _scope_of(self, node: LexborNode) -> int | None:
        """Return the ``mem_id`` of the innermost item around the node; None if there is none."""
        passed: list[int] = []
        ancestor = node.parent
        while (
            ancestor is not None
            and ancestor.mem_id not in self._scopes
            and self._scope not in ancestor.attributes
        ):
            passed.append(ancestor.mem_id)
            ancestor = ancestor.parent
        scope = None if ancestor is None else self._scopes.get(ancestor.mem_id, ancestor.mem_id)
        self._scopes.update(dict.fromkeys(passed, scope))
        return scope

    def _values(self, node: LexborNode, name: str, depth: int) -> list[Any]:
        """Return the values that an element states for a property.

        An element that names the property in the attribute ``self._link`` may state several values.
        Any other element states one value.

        At most ``_MAX_REFERENCES`` elements that have this attribute are read, because they may be
        nested.
        """
        if self._name in node.attrs or self._scope in node.attrs:
            return [self._value(node, name, depth)]
        if not self._references_left:
            return []
        self._references_left -= 1
        around = self._scope_of(node)
        items = (item for item in node.css(f"[{self._scope}]") if self._scope_of(item) == around)
        return [self.properties(item, depth + 1) for item in islice(items, _MAX_PROPERTIES)]

    def _value(self, node: LexborNode, name: str, depth: int) -> Any:
        attributes = node.attrs
        if self._scope in attributes:
            return self.properties(node, depth + 1)
        for attribute in ("content", "datetime", *_URL_PROPERTIES):
            if content := attributes.get(attribute):
                break
        else:
            content = (node.html or "") if name == "description" else node.text(separator=" ")
        self._text_left -= len(content)
        return content
