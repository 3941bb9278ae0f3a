"""A search for schema.org JobPostings in the JSON-LD of a page, for adapters.

``include/extract/`` reads the JSON-LD of most pages. An adapter uses this module only if its pages
have facts that ``include/extract/`` does not find.
"""

from collections.abc import Iterator
from typing import Any, cast

from selectolax.lexbor import LexborHTMLParser

from include.core.formats.json_object import JsonObject, read_json
from include.errors import ParseError


def job_postings(html: LexborHTMLParser) -> Iterator[JsonObject]:
    """Yield the JobPostings at any depth of a page's JSON-LD, in the order of the page.

    A script whose text is not JSON is ignored.
    """
    for script in html.css('script[type="application/ld+json"]'):
        try:
            values: list[Any] = [read_json(script.text(), strict=False)]
        except ParseError:
            continue
        while values:
            value = values.pop()
            if isinstance(value, list):
                values.extend(reversed(cast("list[Any]", value)))
            elif isinstance(value, dict):
                fields = cast("dict[str, Any]", value)
                if fields.get("@type") == "JobPosting":
                    yield JsonObject(fields)
                else:
                    values.extend(reversed(fields.values()))
