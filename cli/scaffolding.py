"""Generate a new adapter and its test from one recorded response of a source's API.

The module guesses where the response holds its list of postings, and which keys hold their fields.
If it cannot find a required field, it asks the user. A person has to check every guess. The
directory ``templates`` holds the texts of the generated modules.
"""

import json
import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS: dict[str, tuple[str, ...]] = {
    "external_id": ("id", "uuid", "jobid", "externalid", "requisitionid", "reqid", "shortcode"),
    "title": (
        "title", "name", "jobtitle", "text", "jobopeningname", "postingtitle", "headline",
        "position", "role", "vacancy",
    ),
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
"""The names that sources use for each field, in lower case and without separators. The most likely
name comes first. If no key is equal to one of these names, a key that ends with one of them is
taken."""
_INNER_NAMES = ("name", "label", "text", "value", "title", "city", "self", "href", "url")
"""The keys that hold the text if the value of a field is an object, the most likely key first."""
_TOTAL_KEY = re.compile(r"total|count|hits", re.IGNORECASE)
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


def guess(sample: Any, ask: Callable[[str, Sequence[str]], str]) -> Guess:
    """Return the guesses about ``sample``, a parsed JSON response.

    Args:
        ask: a function that returns the path of a field, with dots between its keys. It is called
            with the name of a required field that is not found, and with the keys of a posting.

    Raises:
        UsageError: no list of postings is found, or the path that ``ask`` returned leads nowhere.
    """
    best_list = max(_lists(sample, ()), key=_likelihood, default=None)
    if best_list is None:
        raise UsageError("the sample holds no list of objects")
    path, postings = best_list
    fields = _find_fields(postings[0])
    for field in _REQUIRED:
        if field not in fields:
            fields[field] = _keys_of_path(ask(field, sorted(postings[0])), postings[0])
    total = next(_totals(sample, (), len(postings)), None)
    return Guess(
        jobs=path,
        total=total,
        total_stated=_value_at(sample, total) if total else None,
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


def adapter_module(name: str, guess: Guess) -> str:
    """Return the source text of the adapter's module.

    If no description was found, the adapter passes on no content, so that the web pages of the
    postings are read.
    """
    return _render(
        "adapter.py.jinja",
        source=name,
        class_name=class_name(name),
        fields=guess.fields,
        jobs=guess.jobs,
        total=guess.total,
    )


def adapter_test(name: str, guess: Guess) -> str:
    """Return the source text of the adapter's test.

    The generated test fails if the adapter does not read one of the fields. If no description was
    found, the test covers only the fields of the listing.
    """
    first = {
        field: str(_value_at(guess.postings[0], path_of_field))
        for field, path_of_field in guess.fields.items()
    }
    return _render(
        "adapter_test.py.jinja",
        source=name,
        class_name=class_name(name),
        first={field: " ".join(text.split()) for field, text in first.items()},
        count=len(guess.postings),
        stated=guess.total_stated,
    )


def _render(template: str, **values: object) -> str:
    """Return the text of a template with these values inserted.

    Jinja2 is imported here, because it is installed for development only.
    """
    import jinja2

    environment = jinja2.Environment(  # noqa: S701 - the texts are Python, not HTML
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.ChainableUndefined,
    )
    environment.filters |= {"keys": _arguments, "literal": _literal}
    return environment.get_template(template).render(values)


def registered(registry: str, name: str) -> str:
    """Return the text of ``registry.py`` after adding the adapter.

    Raises:
        UsageError: the adapter is registered already.
    """
    adapter = class_name(name)
    line = f"from include.sources.{name} import {adapter}\n"
    if line in registry:
        raise UsageError(f"{name} is registered already")
    imports = [each for each in registry.splitlines(keepends=True) if each.startswith("from ")]
    import_before = max((each for each in imports if each < line), default=imports[0])
    registry = registry.replace(import_before, import_before + line, 1)
    return registry.replace("    Sitemap(),\n", f"    {adapter}(),\n    Sitemap(),\n", 1)


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Yield the path and the content of each list of objects in ``value``."""
    match value:
        case [dict(), *_] if all(isinstance(each, dict) for each in value):
            yield path, value
        case dict() if len(path) < _MAX_DEPTH:
            for key, inner in value.items():
                yield from _lists(inner, (*path, key))
        case _:  # The value is too deep, or contains no objects.
            return


def _totals(value: Any, path: tuple[str, ...], count: int) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the numbers that may state the total number of postings.

    Such a number is at least ``count``, the number of postings in the response. Its key contains
    ``total``, ``count`` or ``hits``.
    """
    if isinstance(value, dict) and len(path) < _MAX_DEPTH:
        for key, inner in value.items():
            is_number = isinstance(inner, int) and not isinstance(inner, bool)
            if is_number and inner >= count and _TOTAL_KEY.search(key):
                yield (*path, key)
            yield from _totals(inner, (*path, key), count)


def _likelihood(path_and_records: tuple[tuple[str, ...], list[Any]]) -> tuple[int, int]:
    """Return a sort key, which is greater for a list that is more likely to hold postings.

    The key is the number of required fields found in the list's first object, then the length of
    the list. The length alone is not enough, because a list of questions or offices may be longer.
    """
    _, records = path_and_records
    fields = _find_fields(records[0])
    return sum(field in fields for field in _REQUIRED), len(records)


def _find_fields(posting: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        field: path_of_field for field in _FIELDS if (path_of_field := _find_path(field, posting))
    }


def _find_path(field: str, posting: dict[str, Any]) -> tuple[str, ...] | None:
    keys_by_plain_name = {re.sub(r"[^a-z]", "", key.lower()): key for key in posting}
    names = _FIELDS[field]
    equal = [keys_by_plain_name[name] for name in names if name in keys_by_plain_name]
    similar = [
        key
        for name in names
        for plain_name, key in keys_by_plain_name.items()
        if plain_name.endswith(name)
    ]
    for key in (*equal, *similar):
        value = posting[key]
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return (key,)
        if isinstance(value, dict):
            for inner in _INNER_NAMES:
                if isinstance(value.get(inner), str):
                    return (key, inner)
    return None


def _keys_of_path(path: str, posting: dict[str, Any]) -> tuple[str, ...]:
    """Return the keys of a path, which a person stated with dots between the keys.

    Raises:
        UsageError: the path leads to no text or number in the posting.
    """
    keys = tuple(path.split("."))
    try:
        value = _value_at(posting, keys)
    except (KeyError, TypeError):
        value = None
    if not isinstance(value, str | int | float):
        raise UsageError(f"{path} leads to no text or number in the first posting")
    return keys


def _value_at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _arguments(path: tuple[str, ...]) -> str:
    return ", ".join(json.dumps(key, ensure_ascii=False) for key in path)


def _literal(text: str) -> str:
    """Return the text as a literal of Python. If it is long, add a comment for the linter."""
    line = json.dumps(text, ensure_ascii=False)
    return line + ("  # noqa: E501 - as recorded" if len(text) > 80 else "")
