"""A new adapter from one recorded answer: where its list of postings is, which of their fields are
which, and the module and test that follow from that. All of it is a guess for a person to check.
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
"""What sources call a field, without case and separators, the likeliest first."""
_INNER = ("name", "label", "text", "value", "title", "city", "self", "href", "url")
_TOTALS = re.compile(r"total|count|hits", re.IGNORECASE)
_NEEDED = ("external_id", "title", "url")
_DEEPEST = 4


@dataclass(frozen=True, kw_only=True)
class Guess:
    """Paths of keys: of the list and the total from the top, of the fields from a posting."""

    jobs: tuple[str, ...]
    total: tuple[str, ...] | None
    total_stated: int | None
    fields: dict[str, tuple[str, ...]]
    postings: tuple[dict[str, Any], ...]


def guess(sample: Any) -> Guess:
    """Raises UsageError when no list of postings with an id, a title and a URL is found."""
    found = max(_lists(sample, ()), key=_likeness, default=None)
    if found is None:
        raise UsageError("the sample holds no list of objects")
    path, postings = found
    fields = _fields(postings[0])
    if missing := [field for field in _NEEDED if field not in fields]:
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
    """Raises UsageError for what can't be a module's name."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(f"{name}: give a name in lower case, as a module has it")
    return "".join(part.capitalize() for part in name.split("_"))


def adapter_module(name: str, found: Guess) -> str:
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
        imports.add("from include.core.locations import locate, places")
    return f'''"""{class_name(name)}: where its API is documented, how it pages, its traps.

Made from one recorded answer: check each field against the documentation.
"""

from collections.abc import Mapping
from typing import Any

{chr(10).join(sorted(imports))}

_API = "https://api.{name.replace("_", "-")}.example"


class {class_name(name)}:
    source = "{name}"
    config_keys = ConfigKeys(required=("site",), home=_API)
    volatile_keys = ()
    """Not known yet: the keys of a posting whose values change by themselves."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{{_API}}/{{name(config, 'site')}}/jobs"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
{page}        return listing_page(
            {records},
            _listed,
            volatile=self.volatile_keys,
{total}            partial_reason="whether this source pages is not known yet",
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
    for field in _NEEDED:
        yield f"                {field}=job.need({_arguments(fields[field])}),\n"
    if "location" in fields:
        place = f"job.text({_arguments(fields['location'])})"
        yield f"                locations=tuple(map(locate, places({place}))),\n"
    if "posted_at" in fields:
        posted = f"job.text({_arguments(fields['posted_at'])})"
        yield f"                posted_at=moment({posted}),\n"
        yield f"                posted_at_raw={posted},\n"


def adapter_test(name: str, found: Guess) -> str:
    first = found.postings[0]
    job_id, title = (str(_at(first, found.fields[field])) for field in _NEEDED[:2])
    total = found.total_stated
    return f'''"""{class_name(name)}, on a recorded answer; its true values are written out."""

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
    """``registry.py`` with the adapter in it. Raises UsageError when it is there already."""
    made = class_name(name)
    line = f"from include.sources.{name} import {made}\n"
    if line in registry:
        raise UsageError(f"{name} is registered already")
    imports = [each for each in registry.splitlines(keepends=True) if each.startswith("from ")]
    after = max((each for each in imports if each < line), default=imports[0])
    registry = registry.replace(after, after + line, 1)
    return registry.replace("    Sitemap(),\n", f"    {made}(),\n    Sitemap(),\n", 1)


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    match value:
        case [dict(), *_] if all(isinstance(each, dict) for each in value):
            yield path, value
        case dict() if len(path) < _DEEPEST:
            for key, inner in value.items():
                yield from _lists(inner, (*path, key))
        case _:
            return


def _totals(value: Any, path: tuple[str, ...], count: int) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict) and len(path) < _DEEPEST:
        for key, inner in value.items():
            is_number = isinstance(inner, int) and not isinstance(inner, bool)
            if is_number and inner >= count and _TOTALS.search(key):
                yield (*path, key)
            yield from _totals(inner, (*path, key), count)


def _likeness(found: tuple[tuple[str, ...], list[Any]]) -> tuple[int, int]:
    """Of a list to one of postings: by the fields of its first, then by its length, because
    questions or offices may be more than the postings."""
    _, records = found
    fields = _fields(records[0])
    return sum(field in fields for field in _NEEDED), len(records)


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
            for inner in _INNER:
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
    """The exception that a line of the written test needs: recorded text is not to be broken."""
    return "  # noqa: E501 - as recorded" if len(text) > 85 else ""
