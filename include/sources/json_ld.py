"""Find the schema.org JobPostings in the JSON-LD of a page, for adapters.

Adapters use this if their pages need more than ``include/extract/``, which reads the JSON-LD of all
other pages.
"""

from collections.abc import Iterator
from typing import Any, cast

from selectolax.lexbor import LexborHTMLParser

from include.core.formats.json_object import JsonObject, read_json
from include.errors import ParseError


def job_postings(html: LexborHTMLParser) -> Iterator[JsonObject]:
    """Yield the JobPostings of a page at any depth of its JSON-LD, in their order.

    A script that is not JSON is left out.
    """
    for script in html.css('script[type="application/ld+json"]'):
        try:
            left: list[Any] = [read_json(script.text(), strict=False)]
        except ParseError:
            continue
        while left:
            value = left.pop()
            if isinstance(value, list):
                left.extend(reversed(cast("list[Any]", value)))
            elif isinstance(value, dict):
                fields = cast("dict[str, Any]", value)
                if fields.get("@type") == "JobPosting":
                    yield JsonObject(fields)
                else:
                    left.extend(reversed(fields.values()))
