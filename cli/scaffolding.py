"""Generate a new adapter and its test from one recorded response of a source's API.

The module guesses where the response holds its list of postings, and which keys hold their fields.
A person has to check every guess.
"""

import json
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cli.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS: dict[str, tuple[str, ...]] = {
    "external_id": ("id", "uuid", "jobid", "externalid", "requisitionid", "reqid", "shortcode"),
    "title": ("title", "name", "jobtitle", "text", "jobopeningname", "postingtitle"),
    "url": (
        "url", "absoluteurl", "joburl", "hostedurl", "careersurl", "publicurl", "postingurl",
        "externalurl", "shareurl", "link", "links", "applyurl", "href", "ref",
    ),
    "location": ("location", "locationname", "city", "place", "office", "joblocation"),
    "posted_at": (
        "publishedat", "postedat", "dateposted", "postedon", "publisheddate", "posteddate",
        "datepublished", "publishedon", "firstpublished", "releaseddate", "createdat", "createdon",
        "published",
    ),
    "description": ("descriptionhtml", "description", "content", "body", "jobdescription"),
}  # fmt: skip
"""The names that sources use for each field, in lower case and without separators. The likeliest
name comes first."""
_INNER_NAMES = ("name", "label", "text", "value", "title", "city", "self", "href", "url")
_TOTALS = re.compile(r"total|count|hits", re.IGNORECASE)
_REQUIRED = ("external_id", "title", "url")
_MAX_DEPTH = 4


@dataclass(frozen=True, kw_only=True)
class Guess:
    """The guesses about a recorded response, as paths of keys.

    ``jobs`` and ``total`` are paths from the top of the response. ``fields`` holds the path of each
    field from the top of a posting.
    """

    jobs: tuple[str, ...]
    total: tuple[str, ...] | None
    total_stated: int | None
    fields: dict[str, tuple[str, ...]]
    postings: tuple[dict[str, Any], ...]


def guess(sample: Any) -> Guess:
    """Return the guesses about ``sample``, a parsed JSON response.

    Raises:
        UsageError: no list of postings with an id, a title and a URL is found.
    """
    found = max(_lists(sample, ()), key=_likelihood, default=None)
    if found is None:
        raise UsageError("the sample holds no list of objects")
    path, postings = found
    fields = _fields(postings[0])
    if missing := [field for field in _REQUIRED if field not in fields]:
        keys = ", ".join(sorted(postings[0]))
        raise UsageError(f"no {' and no '.join(missing)} is found among: {keys}")
    total = next(_totals(sample, (), len(postings)), None)
    return Guess(
        jobs=path,
        total=total,
        total_stated=_at(sample, total) if total else None,
        fields=fields,
        postings=tuple(postings),
    )


def class_name(name: str) -> str:
    """Return the name of the adapter's class.

    Raises:
        UsageError: ``name`` can't be the name of a module.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(f"{name}: give a name that a Python module can have, in lower case")
    return "".join(part.capitalize() for part in name.split("_"))


def adapter_module(name: str, found: Guess) -> str:
    """Return the source text of the adapter's module."""
    fields = found.fields
    path = _arguments(found.jobs)
    records = f"page.raw({path})" if found.jobs else "response.json()"
    page = '        page = JsonObject.of(response.json(), "the list")\n' if found.jobs else ""
    total = f"            total=page.number({_arguments(found.total)}),\n" if found.total else ""
    listed = "".join(
        f"        {field}=job.{reader}({_arguments(fields[field])}),\n"
        for field, reader in (
            ("external_id", "need"), ("title", "need"), ("url", "need"), ("location", "text"),
        )
        if field in fields
    )  # fmt: skip
    html = f"job.html({_arguments(fields['description'])})" if "description" in fields else '""'
    read = "".join(_read_fields(fields))
    imports = {
        "from include.core.json_object import JsonObject",
        "from include.core.models import JobPosting, ListedJob",
        "from include.core.reading import complete",
        "from include.sources.base import ListingPage, Request, Response",
        "from include.sources.config import ConfigKeys, based, name",
        "from include.sources.records import listing_page",
    }
    if "posted_at" in fields:
        imports.add("from include.core.dates import moment")
    if "location" in fields:
        imports.add("from include.core.locations import locations_in")
    return f'''"""{class_name(name)}: say here where its API is documented, how it pages, its traps.

Generated from one recorded response. Check each field against the documentation.
"""

from collections.abc import Mapping
from typing import Any

{chr(10).join(sorted(imports))}

_API = "https://api.{name.replace("_", "-")}.example"


class {class_name(name)}:
    source = "{name}"
    config_keys = ConfigKeys(required=("site",), home=_API)
    volatile_keys = ()
    """The keys of a posting whose values change although the posting does not: not known yet."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{{_API}}/{{name(config, 'site')}}/jobs"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
{page}        return listing_page(
            {records},
            _listed,
            volatile=self.volatile_keys,
{total}            partial_reason="it is not known yet whether this source has more pages",
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        return complete(
            JobPosting(
{read}            ),
            {html},
        )


def _listed(job: JsonObject) -> ListedJob:
    return ListedJob(
{listed}        content=job.dump(),
    )
'''


def _read_fields(fields: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for field in _REQUIRED:
        yield f"                {field}=job.need({_arguments(fields[field])}),\n"
    if "location" in fields:
        place = f"job.text({_arguments(fields['location'])})"
        yield f"                locations=locations_in({place}),\n"
    if "posted_at" in fields:
        posted = f"job.text({_arguments(fields['posted_at'])})"
        yield f"                posted_at=moment({posted}),\n"
        yield f"                posted_at_raw={posted},\n"


def adapter_test(name: str, found: Guess) -> str:
    """Return the source text of the adapter's test."""
    first = found.postings[0]
    job_id, title = (str(_at(first, found.fields[field])) for field in _REQUIRED[:2])
    total = found.total_stated
    return f'''"""Test {class_name(name)} on a recorded response; its true values are stated."""

from pathlib import Path

import pytest

from include.errors import ParseError
from tests.sources.answers import answer, posting

SITE = {{"site": "acme"}}
SAMPLE = (Path(__file__).parent / "samples" / "{name}.json").read_bytes()
JOB_ID = {json.dumps(job_id)}{_too_long(job_id)}
TITLE = {json.dumps(" ".join(title.split()), ensure_ascii=False)}{_too_long(title)}


def test_the_recorded_answer_is_read_to_its_postings() -> None:
    page = answer("{name}", SITE, SAMPLE)

    assert (len(page.jobs), page.total) == ({len(found.postings)}, {total})
    assert (page.jobs[0].external_id, page.jobs[0].title) == (JOB_ID, TITLE)
    assert posting("{name}", page.jobs[0]).title == TITLE


def test_an_answer_of_another_shape_is_an_error() -> None:
    with pytest.raises(ParseError):
        answer("{name}", SITE, {{"error": "no such site"}})


def test_an_answer_that_is_cut_short_is_an_error() -> None:
    with pytest.raises(ParseError):
        answer("{name}", SITE, SAMPLE[: len(SAMPLE) // 2])
'''


def registered(registry: str, name: str) -> str:
    """Return the text of ``registry.py`` with the adapter added.

    Raises:
        UsageError: the adapter is registered already.
    """
    adapter = class_name(name)
    line = f"from include.sources.{name} import {adapter}\n"
    if line in registry:
        raise UsageError(f"{name} is registered already")
    imports = [each for each in registry.splitlines(keepends=True) if each.startswith("from ")]
    after = max((each for each in imports if each < line), default=imports[0])
    registry = registry.replace(after, after + line, 1)
    return registry.replace("    Sitemap(),\n", f"    {adapter}(),\n    Sitemap(),\n", 1)


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Yield each list of objects in ``value``, with its path."""
    match value:
        case [dict(), *_] if all(isinstance(each, dict) for each in value):
            yield path, value
        case dict() if len(path) < _MAX_DEPTH:
            for key, inner in value.items():
                yield from _lists(inner, (*path, key))
        case _:
            return


def _totals(value: Any, path: tuple[str, ...], count: int) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the numbers that may state the total of at least ``count`` postings."""
    if isinstance(value, dict) and len(path) < _MAX_DEPTH:
        for key, inner in value.items():
            is_number = isinstance(inner, int) and not isinstance(inner, bool)
            if is_number and inner >= count and _TOTALS.search(key):
                yield (*path, key)
            yield from _totals(inner, (*path, key), count)


def _likelihood(found: tuple[tuple[str, ...], list[Any]]) -> tuple[int, int]:
    """Return a sort key that is the greater, the likelier the list holds postings.

    The fields of the list's first object come first in the key, and its length second. The length
    alone would not do, because a list of questions or offices may be longer.
    """
    _, records = found
    fields = _fields(records[0])
    return sum(field in fields for field in _REQUIRED), len(records)


def _fields(posting: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {field: where for field in _FIELDS if (where := _find(field, posting))}


def _find(field: str, posting: dict[str, Any]) -> tuple[str, ...] | None:
    plain = {re.sub(r"[^a-z]", "", key.lower()): key for key in posting}
    for name in _FIELDS[field]:
        if (key := plain.get(name)) is None:
            continue
        value = posting[key]
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return (key,)
        if isinstance(value, dict):
            for inner in _INNER_NAMES:
                if isinstance(value.get(inner), str):
                    return (key, inner)
    return None


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _arguments(path: tuple[str, ...]) -> str:
    return ", ".join(json.dumps(key, ensure_ascii=False) for key in path)


def _too_long(text: str) -> str:
    """Return the ``noqa`` comment that a line of the test needs if its recorded text is long."""
    return "  # noqa: E501 - as recorded" if len(text) > 85 else ""
