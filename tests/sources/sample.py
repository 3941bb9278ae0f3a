"""Describe a sample row of a source's listing, and make the job that is listed for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from include.core.models import ListedJob
from include.sources.base import Request, Response
from include.sources.registry import adapter_for


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A row of a listing of one source, and the request and the response to which it belongs."""

    source: str
    config: Mapping[str, Any]
    row: dict[str, Any]
    wrap: Callable[[dict[str, Any]], Any]
    """A function that makes the response that contains the row.

    The response is bytes, or a value that is sent as JSON.
    """
    headers: Mapping[str, str] | None = None
    """The headers of the request for the row, if this is not the first request."""
    request_json: Mapping[str, Any] | None = None
    """The JSON of the request for the row, if this is not the first request."""
    first_response: str = ""
    """The response to the first request, if a later response contains the row."""
    url_suffix: str = ""
    """The text that the request for the row adds to the URL of the first request."""
    visibility_keys: tuple[str, ...] = ()
    """The keys of the row whose values decide whether the row is listed at all."""
    unhashed_keys: tuple[str, ...] = ()
    """The keys of the row that the hash leaves out, besides the adapter's ``volatile_keys``."""
    modified: str | None = None
    """The time when the posting was last modified, in the form in which the row states it."""

    def listed(self, row: dict[str, Any]) -> ListedJob:
        adapter = adapter_for(self.source)
        request = adapter.first_request(self.config)
        if self.headers or self.url_suffix:
            request = Request(
                url=request.url + self.url_suffix, headers=self.headers, json=self.request_json
            )
        response = Response(url=request.url, body=self.body(row))
        (job,) = adapter.parse_listing(self.config, request, response).jobs
        return job

    def body(self, row: dict[str, Any]) -> bytes:
        """Return the body of the response that contains the row."""
        content = self.wrap(row)
        return content if isinstance(content, bytes) else json.dumps(content).encode()

    def sha256(self, row: dict[str, Any]) -> str | None:
        return self.listed(row).row_sha256


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value in a row that is neither an object nor a list."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, (*path, key))
        case list():
            for number, inner in enumerate(value):
                yield from leaves(inner, (*path, number))
        case _:
            yield path


def changed(row: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """Return a copy of the row that has another value at ``path``.

    The type stays the same for truth values, whole numbers and texts. Any other value becomes a
    text.
    """
    copy = deepcopy(row)
    at: Any = copy
    for key in path[:-1]:
        at = at[key]
    match at[path[-1]]:
        case bool(value):
            at[path[-1]] = not value
        case int(value):
            at[path[-1]] = value + 1
        case str(value):
            at[path[-1]] = f"{value}7"
        case _:
            at[path[-1]] = "7"
    return copy
