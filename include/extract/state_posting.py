"""Convert an object of a page's state (``extract.page_states``) to a JobPosting of schema.org.

The keys that are read are listed in ``extract.state_keys``. A value of unexpected form is left out.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from html import escape
from itertools import islice
from typing import Any, cast

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.formats.json_object import JsonObject, text_of, values_of
from include.core.formats.markup import section, unescaped
from include.core.formats.text import one_line
from include.core.pay.currencies import currency_of
from include.core.places.cities import is_city_name
from include.core.places.countries import country_code
from include.core.places.workplaces import workplace_of
from include.extract import state_keys as keys

_MAX_DEPTH = 12
"""The nesting depth, in objects and lists, from which texts are not read as a description."""
_MAX_PARTS = 3_000
"""The maximum number of objects and lists of one posting that are read as its description."""
_MAX_VALUES = 100
"""The maximum number of places, or of other values of one key, that are read."""
_MAX_LABEL_LENGTH = 300
_NODE_TAGS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "header", "heading"), "h3"),
    **{f"heading{level}": "h3" for level in range(1, 7)},
    **dict.fromkeys(("paragraph", "p", "normal", "blockquote", "quote"), "p"),
    **dict.fromkeys(("list", "ul", "bulletlist", "bulletedlist", "unorderedlist"), "ul"),
    **dict.fromkeys(("ol", "orderedlist", "numberedlist"), "ol"),
    **dict.fromkeys(("li", "listitem"), "li"),
    **dict.fromkeys(("text", "span", "doc", "document", "root"), ""),
}
"""The HTML tags for nodes of rich text, by the comparable names of their types.

The tag is empty for nodes that have no element of their own.
"""
_ADDED_TEXTS = keys.OPENING | keys.SECTION | keys.LISTED_SECTION
_STATUS_WORDS = frozenset({
    "open", "opened", "closed", "active", "inactive", "published", "unpublished", "draft", "live",
    "public", "archived", "activo", "activa", "abierto", "abierta", "publicado", "publicada",
    "cerrado", "cerrada", "ativo", "ativa", "aberto", "aberta",
})  # fmt: skip
"""Values of keys such as ``state`` that are the status of a posting, not a region."""


def as_job_posting(
    thing: Mapping[str, Any], title: str, values: Mapping[str, Any], description: str
) -> JsonObject:
    """Return an object of a page's state as a JobPosting of schema.org.

    Args:
        thing: the object.
        title: its title.
        values: its values, by the key that ``part_key`` returns.
        description: its description, as ``description_of`` returns it.
    """
    return JsonObject(
        {
            "title": title,
            "description": description,
            "datePosted": _date(values, keys.POSTED),
            "validThrough": _date(values, keys.CLOSING),
            "employmentType": _employment(values),
            "jobLocationType": _workplace(values),
            "jobLocation": list(_places(values)),
            "baseSalary": _pay(thing),
            "hiringOrganization": _label(_first_of(values, keys.COMPANY)),
            "employmentUnit": _label(_first_of(values, keys.DEPARTMENT)),
            "identifier": _label(_first_of(values, keys.IDENTIFIER)),
        }
    )


def title_of(values: Mapping[str, Any]) -> str | None:
    """Return the title of an object; None if it has none.

    Args:
        values: the values of the object, by the key that ``part_key`` returns.
    """
    for key in keys.TITLE:
        title = values.get(key)
        if isinstance(title, str) and len(title) <= _MAX_LABEL_LENGTH and (text := one_line(title)):
            return text
    return None


def fact_count(values: Mapping[str, Any], *, is_named_posting: bool) -> int:
    """Return how many kinds of facts of a posting the object states.

    The result is 0 if the only fact is a date or a place, because articles and companies have
    these, too.

    Args:
        values: the values of the object, by the key that ``part_key`` returns.
        is_named_posting: whether the key or type of the object names a posting. This
            is a fact, too.
    """
    own_facts = (
        is_named_posting,
        _employment(values),
        _workplace(values),
        any(map(keys.rest_of_pay_key, values)) or not keys.SECTION.isdisjoint(values),
        not keys.CERTAIN_TITLES.isdisjoint(values),
    )
    shared_facts = (
        _date(values, keys.POSTED),
        _date(values, keys.CLOSING),
        next(_places(values), None),
    )
    count = sum(1 for fact in (*own_facts, *shared_facts) if fact)
    return count if any(own_facts) or count > 1 else 0


def description_of(thing: Mapping[str, Any]) -> str:
    """Return the description of an object as HTML or plain text; an empty string if it has none.

    If the object has several versions of the description, the longest one is used; if it has none,
    a teaser is used. Introductions and sections are added in the order of the object.
    """
    part_budget = iter(range(_MAX_PARTS))
    parts: list[tuple[str, str, str]] = []  # the comparable key, the key and the HTML
    for key, value in thing.items():
        name = keys.part_key(key)
        if name in keys.LISTED_SECTION and not _is_list_of_texts(value):
            continue
        if name in keys.TEXTS and (html := _html(value, part_budget)):
            parts.append((name, key, html))
    versions = [html for name, _, html in parts if name in keys.DESCRIPTION]
    main = max(versions, key=len, default=None)
    if main is None:
        main = next((html for name, _, html in parts if name in keys.TEASER), None)
    # A section may be there twice, as HTML and as plain text. The HTML is used.
    html_last = sorted(parts, key=lambda part: "<" in part[2])
    best_versions = {name: html for name, _, html in html_last}
    texts: list[str] = []
    for name, key, html in parts:
        if html == main:
            texts.append(html)
        elif name in _ADDED_TEXTS and html == best_versions[name] and not (main and html in main):
            heading = None if name in keys.OPENING else keys.heading_of(key)
            texts.append(html if _begins_with_heading(html) else section(heading, html))
    unique = list(dict.fromkeys(texts))
    return unique[0] if len(unique) == 1 else "\n".join(map(_as_paragraphs, unique))


def _begins_with_heading(html: str) -> bool:
    return html.lstrip()[:2].lower() == "<h"


def _as_paragraphs(html: str) -> str:
    """Return each line of a plain text as a paragraph. Return HTML unchanged."""
    if "<" in html:
        return html
    lines = (escape(line, quote=False) for line in html.splitlines() if line.strip())
    return "".join(f"<p>{line}</p>" for line in lines)


def _html(value: Any, budget: Iterator[int], depth: int = 0) -> str:
    """Return a text, a list of texts, or a tree of sections as HTML or plain text.

    Each call uses one item of ``budget``. Return an empty string if none is left.
    """
    if depth == _MAX_DEPTH or next(budget, None) is None:
        return ""
    match value:
        case str():
            return unescaped(value) if value.strip() else ""
        case list():
            return _html_of_list(cast("list[Any]", value), budget, depth)
        case dict():
            return _html_of_object(cast("dict[str, Any]", value), budget, depth)
        case _:
            return ""


def _html_of_list(value: list[Any], budget: Iterator[int], depth: int) -> str:
    if all(isinstance(each, str) for each in value):
        items = (each if "<" in each else escape(each, quote=False) for each in value)
        if any("<li" in each or "<p" in each for each in value):
            return "".join(items)
        return f"<ul>{''.join(f'<li>{each}</li>' for each in items)}</ul>" if value else ""
    return "".join(_html(each, budget, depth + 1) for each in value)


def _html_of_object(value: dict[str, Any], budget: Iterator[int], depth: int) -> str:
    values = keys.by_key(value)
    tag = _tag_of_node(values)
    for key in keys.SECTION_CONTENT:
        content = values.get(key)
        if tag is not None and isinstance(content, str):
            return _tagged(tag, content if "</" in content else escape(content, quote=False))
        if html := _html(content, budget, depth + 1):
            return _tagged(tag, html) if tag is not None else _section_of(values, html)
    return _html_of_pair(list(values.values()), budget, depth)


def _html_of_pair(values: list[Any], budget: Iterator[int], depth: int) -> str:
    """Return the HTML of a section that is only a heading and then a list of texts, by any keys.

    Return an empty string if the values of an object are not these two. A heading has letters. The
    list has at least one item of several words, and no addresses, so that it is no list of tags.
    """
    if len(values) != 2:
        return ""
    heading, items = values
    is_heading = isinstance(heading, str) and len(heading) <= _MAX_LABEL_LENGTH
    if not is_heading or not any(map(str.isalpha, heading)) or not _is_list_of_texts(items):
        return ""
    if any("://" in item for item in items) or not any(" " in item.strip() for item in items):
        return ""
    html = _html(items, budget, depth + 1)
    return section(one_line(heading), html) if html else ""


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, str) for each in cast("list[Any]", value)
    )


def _section_of(values: Mapping[str, Any], content: str) -> str:
    headings = (values.get(key) for key in keys.HEADING)
    heading = next((text for text in headings if isinstance(text, str) and text != content), None)
    return section(one_line(heading), _as_paragraphs(content)) if heading else content


def _tag_of_node(values: Mapping[str, Any]) -> str | None:
    """Return the HTML tag for a node of rich text, as headless content systems store it.

    Return an empty string for a node without an element of its own, such as a part of a line.
    Return None if the object is no such node.
    """
    if isinstance(values.get("listitem"), str):
        return "li"
    kinds = (values.get(key) for key in ("style", "nodetype", "type", "tag"))
    tags = (_NODE_TAGS.get(keys.comparable(kind)) for kind in kinds if isinstance(kind, str))
    return next((tag for tag in tags if tag is not None), None)


def _tagged(tag: str, html: str) -> str:
    return f"<{tag}>{html}</{tag}>" if tag else html


def _employment(values: Mapping[str, Any]) -> list[str]:
    """Return the texts that state employment types."""
    texts: list[str] = []
    for key, value in values.items():
        if key in keys.EMPLOYMENT:
            texts.extend(_labels(value))
        elif key in keys.LIKELY_EMPLOYMENT:
            texts.extend(filter(employment_types, _labels(value)))
    return texts


def _workplace(values: Mapping[str, Any]) -> str | None:
    """Return the first text that states a workplace.

    If no text does, return the workplace for which a flag such as ``isRemote`` is true. Return None
    if no flag is true, or if flags for different workplaces are true.
    """
    flagged: set[str] = set()
    for key, value in values.items():
        if key not in keys.WORKPLACE:
            continue
        if value is True:
            flagged.add(next((kind for kind in ("hybrid", "onsite") if kind in key), "remote"))
        if text := next(filter(workplace_of, _labels(value)), None):
            return text
    return flagged.pop() if len(flagged) == 1 else None


def _date(values: Mapping[str, Any], date_keys: frozenset[str]) -> str | None:
    """Return the raw text of the first date that has one of the keys and that can be parsed."""
    for key, value in values.items():
        if key in date_keys:
            date = value
            if isinstance(value, dict):
                inner = keys.by_key(cast("dict[str, Any]", value))
                date = keys.first(inner, ("date", "iso", "value"))
            if isinstance(date, float) and date.is_integer():
                date = int(date)
            if (text := text_of(date)) and len(text) <= _MAX_LABEL_LENGTH and parse_time(text):
                return text
    return None


def _places(values: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the places of work, each as a text or as a Place of schema.org."""
    stated = next(filter(None, (_places_at(values, key) for key in keys.PLACES)), list[Any]())
    own_place = _place_with_address(values, is_posting=True)
    if own_place and not any(isinstance(each, dict) for each in stated):
        stated = [own_place]
    for key in (*keys.PLACE_NAMES, *keys.BUSINESS_PREMISES):
        stated = stated or _places_at(values, key, needs_city=key in keys.BUSINESS_PREMISES)
    yield from stated
    for key in keys.FURTHER_PLACES:
        yield from _places_at(values, key)


def _places_at(values: Mapping[str, Any], key: str, *, needs_city: bool = False) -> list[Any]:
    places = (_place(value, needs_city=needs_city) for value in values_of(values.get(key)))
    return list(filter(None, islice(places, _MAX_VALUES)))


def _place(value: Any, *, needs_city: bool = False) -> Any:
    """Return a place as a text or as a Place of schema.org; None if it has no name."""
    if not isinstance(value, dict):
        return None if needs_city else _label(value)
    values = keys.by_key(cast("dict[str, Any]", value))
    for key in ("address", "location", "city"):
        if isinstance(inner := values.get(key), dict):
            inner_values = keys.by_key(cast("dict[str, Any]", inner))
            outer_values = {name: each for name, each in values.items() if name != key}
            values = {**inner_values, **outer_values}
            if key == "city":
                values["city"] = _label(inner)
    place = _place_with_address(values, is_posting=False)
    if place or needs_city:
        return place
    name = _label(keys.first(values, (*keys.PLACE_NAMES, *keys.PLACE_LABEL)))
    if name and is_city_name(name) and (country := _country(values)):
        return {"address": {"addressLocality": name, "addressCountry": country}}
    return name or _label(keys.first(values, ("address", "location"))) or _country(values)


def _place_with_address(values: Mapping[str, Any], *, is_posting: bool) -> dict[str, Any] | None:
    """Return the Place of schema.org that ``values`` describe; None if they contain no city.

    Args:
        values: the values of a place, or of a posting, by the key that ``part_key`` returns.
        is_posting: whether they are the values of a posting. In a posting, a key such as ``state``
            may stand for the status of the posting, and ``name`` is not the name of a place.
    """
    city = _text_of_place(values, keys.CITY)
    if city is None:
        return None
    region, country = _text_of_place(values, keys.REGION), _country(values)
    if region == country or (
        region and is_posting and (region.islower() or region.casefold() in _STATUS_WORDS)
    ):
        region = None
    name = None if is_posting else _label(keys.first(values, keys.PLACE_LABEL))
    address = {"addressLocality": city, "addressRegion": region, "addressCountry": country}
    return {"address": address, "name": name}


def _country(values: Mapping[str, Any]) -> str | None:
    """Return the country of a place; None if the value is not the name or code of a country."""
    texts = (_label(values.get(key)) for key in keys.COUNTRY)
    return next((text for text in texts if text and country_code(text)), None)


def _text_of_place(values: Mapping[str, Any], place_keys: Sequence[str]) -> str | None:
    """Return the first text that has one of the keys and is not a number."""
    texts = (_label(values.get(key)) for key in place_keys)
    return next((text for text in texts if text and not text.isdecimal()), None)


def _pay(thing: Mapping[str, Any]) -> list[Any]:
    """Return the pay as texts or as MonetaryAmounts of schema.org."""
    parts: dict[str, Any] = {}  # for keys such as ``salaryMin``, by the word beside that for pay
    stated: list[tuple[str, Any]] = []  # the words of a key, and the value
    for key, value in thing.items():
        rest = keys.rest_of_pay_key(keys.comparable(key))
        if rest is None or value in (None, "", 0):
            continue
        if rest == "" or rest in keys.PAY_TEXT or rest in keys.AMOUNT:
            stated.extend((keys.spaced_words(key), each) for each in values_of(value))
        else:
            parts.setdefault(rest, value)
    values = keys.by_key(thing)
    currency = _label(_first_of(parts, keys.CURRENCY) or _first_of(values, keys.CURRENCY))
    unit = _label(_first_of(parts, keys.PERIOD))
    if amount := _amount(parts, currency, unit):
        return [amount]
    amounts = (_pay_of(value, currency, unit or words) for words, value in stated[:_MAX_VALUES])
    return list(filter(None, amounts))


def _pay_of(value: Any, currency: str | None, unit: str) -> Any:
    """Return one value of a key of pay as a text or as a MonetaryAmount; None if it is empty.

    ``currency`` and ``unit`` are used if the value has no own currency and period.
    """
    if not isinstance(value, dict):
        text = text_of(value)
        return {"currency": currency, "value": text, "unitText": unit} if text else None
    values = keys.by_key(cast("dict[str, Any]", value))
    for key in (*keys.AMOUNT, "range"):
        if isinstance(inner := values.get(key), dict):
            values = {**values, **keys.by_key(cast("dict[str, Any]", inner))}
    currency = _label(_first_of(values, keys.CURRENCY)) or currency
    stated_unit = _label(_first_of(values, keys.PERIOD))
    if stated_unit and currency_of(stated_unit) == stated_unit:  # the unit of the amount
        currency, stated_unit = currency or stated_unit, None
    unit = stated_unit or unit
    return _amount(values, currency, unit) or next(
        (text for key in keys.PAY_TEXT if isinstance(text := values.get(key), str)), None
    )


def _amount(
    values: Mapping[str, Any], currency: str | None, unit: str | None
) -> dict[str, Any] | None:
    """Return the MonetaryAmount of schema.org for ``values``; None if they contain no amount."""
    low, high = text_of(_first_of(values, keys.LOW)), text_of(_first_of(values, keys.HIGH))
    single = text_of(_first_of(values, keys.AMOUNT)) if low is high is None else None
    if low is high is single is None:
        return None
    quantity = {"minValue": low, "maxValue": high, "value": single, "unitText": unit}
    return {"currency": currency, "value": quantity}


def _first_of(values: Mapping[str, Any], wanted_keys: Set[str]) -> Any:
    return next((value for key, value in values.items() if key in wanted_keys), None)


def _labels(value: Any) -> list[str]:
    """Return the short text (see ``_label``) of a value, or of each value in a list."""
    names = (_label(each) for each in values_of(value)[:_MAX_VALUES])
    return [name for name in names if name]


def _label(value: Any) -> str | None:
    """Return a short text, the name of an object, or the first of these in a list; or else None."""
    if isinstance(value, list):
        return next(iter(_labels(cast("list[Any]", value))), None)
    if isinstance(value, dict):
        value = keys.first(keys.by_key(cast("dict[str, Any]", value)), keys.LABEL)
    text = None if isinstance(value, list | dict) else text_of(value)
    return text if text and len(text) <= _MAX_LABEL_LENGTH else None
