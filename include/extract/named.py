"""Find facts of a posting that a page marks by an icon, or by the name of an element.

An icon has a label (``aria-label``) or a name such as ``fa-map-marker``. The names of an element,
such as ``job-location``, are in its classes and in attributes such as ``data-testid``. The text of
a named element is used only if it can be a value of the field that the name stands for.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, pairwise

from selectolax.lexbor import LexborNode

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.formats.text import one_line
from include.core.places.cities import is_city_name
from include.extract.labels import add_value, field_of_label, is_value_of, without_bullet
from include.extract.node_text import text_of

_NAME_WORDS = {
    "location": "location locations joblocation place city marker pin geo ort standort einsatzort "
    "arbeitsort lieu ville localisation lugar ubicacion localidad ciudad sede luogo plaats "
    "standplaats locatie lokalizacja miejsce plats sted sijainti konum lokasi",
    "employment_type": "employment employmenttype jobtype contract contracttype clock briefcase "
    "worktime schedule anstellungsart arbeitszeit beschaeftigung contrat jornada contratto "
    "dienstverband hours type",
    "salary": "salary pay wage compensation gehalt lohn salaire salario sueldo stipendio salaris "
    "wynagrodzenie money payments euro eur coins cash wallet",
    "workplace": "workplace remote hybrid workmodel worktype home laptop house",
    "posted_at": "posted published dateposted publish pubdate submitted created publicado publie "
    "veroeffentlicht",
    "valid_through": "deadline closing expires expiry validthrough",
}
_FIELDS = {word: field for field, words in _NAME_WORDS.items() for word in words.split()}
_WORD = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMED_ELEMENTS = (
    "[class]:is(li, span, i, svg, div, p, dd, td, a, time, strong, small), use[href], "
    "[data-testid], [data-automation-id], [data-qa], [data-icon]"
)
_LABELLED_ICONS = (
    "svg[aria-label], i[aria-label], span[aria-label], img[alt], [role=img][aria-label], i[title], "
    "svg[title], span[title]"
)
_LIGATURES = "mat-icon, [class*=material-icons], [class*=material-symbols]"
"""A CSS selector for the icons of Google's fonts, whose text is the name of the icon."""
_NAMING = ("class", "href", "data-testid", "data-automation-id", "data-qa", "data-icon")
_ELSEWHERE = frozenset({"nav", "footer", "form", "select", "button"})
_ICON_TAGS = frozenset({"i", "svg", "img"})
_MAX_ICONS = 40
_MAX_NAMED_ELEMENTS = 2_000
_MAX_VALUE_LENGTH = 200
_MAX_PLACE_LENGTH = 80
_DISTRICT = re.compile(r"(?:,? (?:[Ss]ector|[Oo]bvod|[Dd]istrict|[Bb]ezirk))? (?:1\d|2[0-4]|\d)$")
"""A pattern of the number of a district, up to 24, after the name of a city.

Examples are ``Praha 5`` and ``Bucureşti, Sector 2``.
"""
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{2,5}[ -]?(?:\d{2,4}|[A-Z]{2})?\b")


def labelled_icons(root: LexborNode) -> dict[str, str]:
    """Return the raw values beside icons with a label or a name, by the field of the posting.

    The text of an icon of Google's fonts is its name, such as ``location_on``.
    """
    values: dict[str, str] = {}
    for icon in root.css(_LABELLED_ICONS)[:_MAX_ICONS]:
        attributes = icon.attrs
        label = attributes.get("aria-label") or attributes.get("alt") or attributes.get("title")
        if label and (field := field_of_label(label)):
            texts = (text.removeprefix(label).strip() for text in _texts_around(icon))
            add_value(values, field, next(filter(None, texts), ""))
    for icon in root.css(_LIGATURES)[:_MAX_ICONS]:
        name = one_line(icon.text())
        texts = (text.removeprefix(name).strip() for text in _texts_around(icon))
        value = next(filter(None, texts), "")
        for field in fields_of_names(name):
            if value and _fits(value, field):
                add_value(values, field, value)
    return values


def named_values(root: LexborNode) -> dict[str, str]:
    """Return the texts of elements whose names stand for a field, by the field of the posting.

    If several elements state a field, the first one is used. Further places are appended to the
    first place if their elements have the same names and the same parent.
    """
    values: dict[str, str] = {}
    place: tuple[str | None, int | None] | None = None
    for node in root.css(_NAMED_ELEMENTS)[:_MAX_NAMED_ELEMENTS]:
        attributes = node.attrs
        for name in _NAMING:
            names = attributes.get(name)
            for field in fields_of_names(names):
                again = field == "location" and place == (names, _box_of(node))
                if (field not in values or again) and (value := _value_of(node, field)):
                    if field == "location":
                        place = (names, _box_of(node))
                    if not again:
                        values[field] = value
                    elif value not in values[field]:
                        values[field] += f"; {value}"
    return values


def _box_of(node: LexborNode) -> int | None:
    """Return the ``mem_id`` of the parent of the fact that ``node`` marks; None if it has none.

    If ``node`` is an icon, the fact is the element around the icon. Otherwise the fact is ``node``
    itself.
    """
    icon = node.tag in ("i", "svg", "use")
    fact = node.parent if icon else node
    return fact.parent.mem_id if fact is not None and fact.parent is not None else None


@lru_cache(maxsize=10_000)
def fields_of_names(names: str | None) -> frozenset[str]:
    """Return the fields that the names of an element may stand for."""
    words = _WORD.findall(_CAMEL.sub(" ", names).lower()) if names else ()
    pairs = [first + second for first, second in pairwise(words)]
    return frozenset(_FIELDS[word] for word in (*words, *pairs) if word in _FIELDS)


def _value_of(node: LexborNode, field: str) -> str | None:
    """Return the text in or around the element, if it can be a value of the field; else None.

    For a date, return the attribute ``datetime`` of a ``time`` element inside, if this is valid.
    """
    if field in ("posted_at", "valid_through"):
        time = node.css_first("time[datetime]")
        if time and parse_time(datetime := time.attrs.get("datetime")):
            return datetime
    text = next(iter(_texts_around(node)), "")
    value = without_bullet(text)
    return value if value and len(value) <= _MAX_VALUE_LENGTH and _fits(value, field) else None


def _fits(value: str, field: str) -> bool:
    if field != "location":
        return is_value_of(value, field)
    if (district := _DISTRICT.search(value)) and is_city_name(value[: district.start()]):
        return True
    return (
        len(value) <= _MAX_PLACE_LENGTH
        and field_of_label(value) is None
        and not value.endswith((".", "?", "!", ":"))
        and not re.search(r"\d|[@>»›]", _POSTCODE.sub("", value, count=1))
        and not employment_types(value)
    )


def _texts_around(icon: LexborNode) -> Iterator[str]:
    """Yield the texts of the icon, after the icon, and of up to two elements around it.

    Empty texts are left out. The text after an icon counts only if further icons are beside it,
    because each of them marks a fact of its own. Stop at the first element that is too long for a
    fact, or is a part such as a form or ``nav``.
    """
    if icon.tag in _ICON_TAGS and icon.parent is not None:
        after = icon.next
        icons = sum(each.tag in _ICON_TAGS for each in islice(icon.parent.iter(), _MAX_ICONS))
        if icons > 1 and after is not None and after.tag == "-text":
            if text := one_line(after.text()):
                yield text
            return
    around: LexborNode | None = icon
    for _ in range(3):
        if around is None or around.tag in _ELSEWHERE:
            return
        if len(around.text()) > _MAX_VALUE_LENGTH:
            return
        if text := text_of(around):
            yield text
        around = around.parent
