"""A posting in the state that a page's own script reads: ``__NEXT_DATA__`` and other JSON scripts,
and ``window.__something = {…}``.

Such state has no schema and may hold other jobs, so an object counts as the page's posting only if
its title is the page's own heading or name and it has a description of some length. Its keys are
taken for those of a JobPosting only where they can mean nothing else.
"""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, cast

from include.core.json_object import JsonObject, read_json
from include.core.text import one_line
from include.errors import ParseError
from include.extract.document import Document

_STATE = re.compile(r"(?:window|self|globalThis)(?:\.\w+|\[[\"']\w+[\"']\])\s*=\s*(?=[{\[])")
_LARGEST = 2_000_000
"""Characters of one script; more is no posting."""
_MOST_OBJECTS = 50_000
_SHORTEST_DESCRIPTION = 200
_TITLES = ("title", "jobTitle", "name", "postingTitle", "positionTitle")
_DESCRIPTIONS = (
    "descriptionHtml", "description", "jobDescription", "descriptionHTML", "body", "content",
)  # fmt: skip
_SAME = {
    "datePosted": ("datePosted", "publishedAt", "postedAt", "publishedDate", "postedDate"),
    "validThrough": ("validThrough", "applicationDeadline", "expiresAt"),
    "employmentType": ("employmentType", "jobType", "commitment"),
    "jobLocationType": ("jobLocationType", "workplaceType", "workplace"),
    "jobLocation": ("jobLocation", "locationName", "location", "locations", "workLocations"),
    "baseSalary": ("baseSalary",),
    "hiringOrganization": ("hiringOrganization", "companyName"),
    "employmentUnit": ("employmentUnit", "department", "departmentName"),
    "identifier": ("identifier", "requisitionId", "jobReqId"),
}


def find(document: Document) -> JsonObject | None:
    """As a JobPosting of schema.org; null where the state holds none of the page's own."""
    names = _names(document)
    for root in _roots(document):
        for thing in _objects(root):
            title, description = _first(thing, _TITLES), _first(thing, _DESCRIPTIONS)
            if (
                isinstance(title, str)
                and isinstance(description, str)
                and len(description) >= _SHORTEST_DESCRIPTION
                and _folded(title) in names
            ):
                return _as_posting(thing, title=title, description=description)
    return None


def _names(document: Document) -> set[str]:
    """What the page calls itself: its headings and, up to a separator, its title."""
    og = document.attribute('meta[property="og:title"]', "content")
    stated = [document.text("h1"), document.title, og, document.text("title")]
    parts = [part for name in stated if name for part in (name, *re.split(r"\s[|–—-]\s", name))]
    return {_folded(part) for part in parts}


def _roots(document: Document) -> Iterator[Any]:
    for script in document.tree.css("script"):
        text = script.text()
        if not 2 < len(text) <= _LARGEST:
            continue
        kind = (script.attributes.get("type") or "").lower()
        if kind.endswith("json") and "ld+json" not in kind:
            yield from _parsed(text)
        elif not kind or "javascript" in kind:
            for assigned in _STATE.finditer(text):
                yield from _parsed(text[assigned.end() :], alone=False)


def _parsed(text: str, *, alone: bool = True) -> Iterator[Any]:
    """Nothing for what is no JSON; ``alone`` says that nothing may follow it."""
    try:
        yield read_json(text) if alone else json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ParseError, ValueError, RecursionError):
        return


def _objects(root: Any) -> Iterator[Mapping[str, Any]]:
    """Outermost first."""
    queue = deque([root])
    seen = 0
    while queue and seen < _MOST_OBJECTS:
        value: Any = queue.popleft()
        if isinstance(value, dict | list):
            seen += 1
        if isinstance(value, list):
            queue.extend(cast("list[Any]", value))
        elif isinstance(value, dict):
            thing = cast("dict[str, Any]", value)
            yield thing
            queue.extend(thing.values())


def _as_posting(thing: Mapping[str, Any], *, title: str, description: str) -> JsonObject:
    found = {name: _first(thing, keys) for name, keys in _SAME.items()}
    places = JsonObject(found).values("jobLocation")
    found["jobLocation"] = [
        _place(cast("dict[str, Any]", each)) if isinstance(each, dict) else each for each in places
    ]
    return JsonObject({**found, "title": title, "description": description})


def _place(stated: dict[str, Any]) -> dict[str, Any]:
    """One of schema.org's, where its parts are named as most state does."""
    if "address" in stated:
        return stated
    address = {
        "addressLocality": stated.get("city"),
        "addressRegion": _first(stated, ("region", "state")),
        "addressCountry": _first(stated, ("countryCode", "country")),
    }
    return {"address": address, "name": stated.get("name")}


def _first(thing: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((thing[key] for key in keys if thing.get(key)), None)


def _folded(text: str) -> str:
    return one_line(text).casefold()
