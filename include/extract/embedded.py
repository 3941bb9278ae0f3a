"""Find a posting in the state of a page, which is the data that the page's own script reads.

The state is in JSON scripts such as ``__NEXT_DATA__``, or a script assigns it to a variable
(``window.__something = {…}``).

The state follows no schema, and may contain other jobs. Therefore an object counts as the page's
posting only if its title is a heading or the name of the page, and its description has at least 200
characters. A key of the object is read only if it certainly has the same meaning as a key of a
JobPosting (schema.org).
"""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple, cast

from include.core.formats.json_object import JsonObject, read_json
from include.core.formats.text import one_line
from include.errors import ParseError
from include.extract.document import Document

_STATE = re.compile(r"(?:window|self|globalThis)(?:\.\w+|\[[\"']\w+[\"']\])\s*=\s*(?=[{\[])")
_DECODER = json.JSONDecoder(strict=False)
_MAX_SCRIPT_LENGTH = 2_000_000
"""The maximum length, in characters, of a script that is read.

A longer script is not read, because it contains more than one posting.
"""
_MAX_ASSIGNMENTS = 200
"""The maximum number of assignments that are read in one script.

A limit is needed, because each failure to parse an assignment takes time in proportion to the
position of the assignment in the script.
"""
_MAX_OBJECTS = 50_000
_MIN_DESCRIPTION_LENGTH = 200
_TITLES = ("title", "jobTitle", "name", "postingTitle", "positionTitle")
_DESCRIPTIONS = (
    "descriptionHtml", "description", "jobDescription", "descriptionHTML", "body", "content",
)  # fmt: skip
_KEYS = {
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
"""The keys in page states that have the same meaning, by the key of a JobPosting."""


def find(document: Document) -> JsonObject | None:
    """Return the page's posting as a JobPosting of schema.org; None if the state contains none."""
    objects = (thing for root in _roots(document) for thing in _objects(root))
    candidates = list(filter(None, map(_candidate, objects)))
    names = _names(document) if candidates else set[str]()
    for candidate in candidates:
        if _comparable(candidate.title) in names:
            return _as_posting(candidate)
    return None


class _Candidate(NamedTuple):
    """An object of page state that may be the posting."""

    thing: Mapping[str, Any]
    title: str
    description: str


def _candidate(thing: Mapping[str, Any]) -> _Candidate | None:
    """Return the object, its title and its description.

    Return None if the object has no title, or no description of the minimum length.
    """
    title, description = _first_value(thing, _TITLES), _first_value(thing, _DESCRIPTIONS)
    if not (isinstance(title, str) and isinstance(description, str)):
        return None
    if len(description) < _MIN_DESCRIPTION_LENGTH:
        return None
    return _Candidate(thing, title, description)


def _names(document: Document) -> set[str]:
    """Return the names of the page, in lower case.

    The names are its first ``h1`` and its titles, and the parts of each between separators such as
    "|".
    """
    og = document.attribute('meta[property="og:title"]', "content")
    names = [document.text("h1"), document.title, og, document.text("title")]
    parts = [part for name in names if name for part in (name, *re.split(r"\s[|–—-]\s", name))]
    return {_comparable(part) for part in parts}


def _roots(document: Document) -> Iterator[Any]:
    for script in document.tree.css("script"):
        text = script.text()
        if not 2 < len(text) <= _MAX_SCRIPT_LENGTH:
            continue
        kind = (script.attrs.get("type") or "").lower()
        if kind.endswith("json") and "ld+json" not in kind:
            with suppress(ParseError):
                yield read_json(text)
        elif not kind or "javascript" in kind:
            for assigned in islice(_STATE.finditer(text), _MAX_ASSIGNMENTS):
                yield from _assigned(text, assigned.end())


def _assigned(text: str, start: int) -> Iterator[Any]:
    """Yield the JSON value that begins at ``start``; nothing if no valid JSON begins there."""
    with suppress(ValueError, RecursionError):
        yield _DECODER.raw_decode(text, start)[0]


def _objects(root: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in ``root``, the outermost first."""
    queue = deque([root])
    object_count = 0
    while queue and object_count < _MAX_OBJECTS:
        value: Any = queue.popleft()
        if isinstance(value, dict | list):
            object_count += 1
        if isinstance(value, list):
            queue.extend(cast("list[Any]", value))
        elif isinstance(value, dict):
            thing = cast("dict[str, Any]", value)
            yield thing
            queue.extend(thing.values())


def _as_posting(candidate: _Candidate) -> JsonObject:
    values = {name: _first_value(candidate.thing, keys) for name, keys in _KEYS.items()}
    places = JsonObject(values).values("jobLocation")
    values["jobLocation"] = [
        _place(cast("dict[str, Any]", each)) if isinstance(each, dict) else each for each in places
    ]
    return JsonObject({**values, "title": candidate.title, "description": candidate.description})


def _place(place: dict[str, Any]) -> dict[str, Any]:
    """Convert a place to the form of schema.org, using the values of keys such as ``city``.

    A place that has the key ``address`` is returned unchanged.
    """
    if "address" in place:
        return place
    address = {
        "addressLocality": place.get("city"),
        "addressRegion": _first_value(place, ("region", "state")),
        "addressCountry": _first_value(place, ("countryCode", "country")),
    }
    return {"address": address, "name": place.get("name")}


def _first_value(thing: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((thing[key] for key in keys if thing.get(key)), None)


def _comparable(text: str) -> str:
    return one_line(text).casefold()
