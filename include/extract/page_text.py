"""Read a posting from the text of its page.

This module also completes a posting that was read from structured data and lacks facts.

If a page has no structured data, its heading is the title of the posting, and its main text without
the title is the description. Facts such as the place are read from labelled lines, from elements
named after a fact, from lines beside the title, and from sentences.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import filterfalse, takewhile
from typing import Any

from include.core.fields.dates import is_day_first, parse_time
from include.core.fields.employment import (
    employment_in_prose,
    employment_in_title,
    employment_types,
    is_employment_type,
    is_kind_of_contract,
    with_missing_types,
)
from include.core.fields.provenance import with_provenance
from include.core.fields.reading import complete_with
from include.core.formats.markup import describe
from include.core.models import JobPosting, Location, Salary, Workplace
from include.core.pay.currencies import has_mark
from include.core.pay.money import holds_sum
from include.core.pay.pay_text import salary_in
from include.core.pay.pay_words import topics
from include.core.pay.salary import is_plausible
from include.core.pay.yearly_pay import SALARIES
from include.core.places.address_parts import is_street
from include.core.places.cities import is_city_name
from include.core.places.countries import country_of_site
from include.core.places.locations import location_from_parts
from include.core.places.name_kinds import STATE_LETTERS
from include.core.places.place_lists import locations_in
from include.core.places.places_in_prose import places_in_prose
from include.core.places.workplaces import (
    items_at_the_top,
    workplace_among_items,
    workplace_in,
    workplace_in_prose,
    workplace_of,
)
from include.errors import ParseError
from include.extract.document import Document
from include.extract.labels import labelled_cells, labelled_values, merge_values, parts_of
from include.extract.named import labelled_icons, named_values
from include.extract.title import without_number

_METHOD = "text"
_DATES = ("posted_at", "valid_through")
_PLAIN_FACTS = ("requisition_id", "department", "team")
_STATE = re.compile(
    rf"[a-z], (?:{'|'.join(sorted(STATE_LETTERS))})$|, (?:Co\.?|County) \w+$|[a-z] \([A-Z]{{2}}\)$|"
    rf"[^\W\d] \(\d{{2}}\)$|[^\W\d]/[A-Z]{{2}}$|"
    rf", (?:woj|jud|okr|obl|žup)\. \w+$|^\d{{4,5}} "
)
"""A pattern of a state, county, Italian province, department or postcode beside a city's name."""
_FACT_SEPARATOR = re.compile(r"[|•]|·(?!\d\d薪)")
_PLACE_SEPARATORS = (re.compile(r"\s[-–—]\s"), re.compile(r"\s/\s"), re.compile(r",\s"))
"""Patterns of the separators that may stand between a place and other facts."""
_TERM_SEPARATOR = re.compile(r",|\s[-–—/]\s")
_IN_CHINESE_UNITS = re.compile(r"\d[万千kK]/[月年]")
"""A pattern of an amount as Chinese sites state it, without a currency: ``1.5-2.5万/月``."""
_MAX_PLACE_LENGTH = 60
_MAX_FACT_LINES = 40
"""The maximum number of lines that are searched for facts above the text."""
_MAX_LINES_ABOVE = 6
"""The maximum number of lines directly before the title that are searched for facts."""
_MAX_FACT_LENGTH = 120


def facts_of(document: Document) -> dict[str, str]:
    """Return the raw values that the page states outside of sentences, by field of the posting.

    Call this before the main text is read, because that removes other parts of the page.
    """
    body = document.body
    if body is None:
        return {}
    lines = list(parts_of(document.page_lines))
    template = document.template
    return merge_values(
        labelled_values(lines, template.labels) if template and template.labels else {},
        labelled_icons(body),
        labelled_cells(body),
        labelled_values(lines),
        named_values(body),
    )


def with_facts(posting: JobPosting, document: Document, facts: Mapping[str, str]) -> JobPosting:
    """Complete the posting by the facts of its page.

    A fact of the page is used if the posting has no value for its field. Facts of the page may also
    replace a place that is only a country (see ``_in_stated_country``), and pay that is implausible
    or has no period (see ``_preferred_pay``).

    Args:
        posting: the posting as far as it is known.
        document: the opened page.
        facts: the raw values that the page states, by field of the posting.
    """
    lines_above, lines_below = _split_at_title(document.page_lines, document.title)
    items = items_at_the_top([*lines_above, *lines_below])
    values: dict[str, Any] = {name: facts.get(name) for name in _PLAIN_FACTS}
    if not posting.locations or has_only_a_country(posting):
        places = (
            _locations(facts)
            or _locations_beside_facts(_facts_at_the_top(lines_below))
            or _locations_beside_facts(_facts_at_the_top(lines_above))
        )
        posting, values["locations"] = _in_stated_country(posting, places)
    if not posting.workplace:
        places = posting.locations or values["locations"]
        values["workplace"] = (
            workplace_of(facts.get("workplace"))
            or workplace_of(facts.get("employment_type"))
            or workplace_in([each.raw for each in places])
            or (None if "workplace" in facts else workplace_among_items(items))
        )
    if not (posting.salary and is_plausible(posting.salary) and posting.salary.period):
        shown_pay = salary_in(facts.get("salary", "")) or _pay_at_the_top(lines_below)
        values["salary"] = _preferred_pay(posting.salary, shown_pay)
    values |= dict(_dates(posting, document, facts))
    values = {
        name: value
        for name, value in values.items()
        if name == "salary" or not getattr(posting, name)
    }
    employment = _employment(facts) or ", ".join(filter(is_employment_type, items)) or None
    return with_provenance(
        posting,
        _METHOD,
        **values,
        employment_types=with_missing_types(posting.employment_types, employment_types(employment)),
        employment_type_raw=posting.employment_type_raw or employment,
    )


def _preferred_pay(structured: Salary | None, shown: Salary | None) -> Salary | None:
    """Return the structured pay, or the pay in the text of the page if that is better.

    The pay in the text is better if the structured pay is missing or implausible, or if both have
    the same amounts, their currencies do not differ, and the pay in the text has a period.

    Args:
        structured: the pay in the structured data of the page.
        shown: the pay in the text of the page.
    """
    if structured is None or shown is None or not is_plausible(structured):
        return shown or structured
    adds_period = (structured.min, structured.max) == (shown.min, shown.max) and shown.period
    same_currency = None in (shown.currency, structured.currency) or (
        shown.currency == structured.currency
    )
    if not (adds_period and same_currency):
        return structured
    return replace(shown, currency=shown.currency or structured.currency)


def has_only_a_country(posting: JobPosting) -> bool:
    """Return whether the posting's only place is a country, and its workplace is not remote."""
    if len(posting.locations) != 1 or posting.workplace is Workplace.REMOTE:
        return False
    location = posting.locations[0]
    return location.country is not None and location.city is location.region is None


def _in_stated_country(
    posting: JobPosting, places: tuple[Location, ...]
) -> tuple[JobPosting, tuple[Location, ...]]:
    """Return the posting and the places of its page, if they fit the country of the posting.

    If the posting states no location, both are returned unchanged. Otherwise its only location is a
    country. If all places of the page are cities that can be in this country, the cities get the
    country, and the location is removed from the posting, so that the cities replace it. If not,
    no places are returned.
    """
    if not posting.locations:
        return posting, places
    country = posting.locations[0].country
    places = tuple(map(_with_known_city, places))
    if not places or not all(each.city and each.country in (None, country) for each in places):
        return posting, ()
    provenance = {
        name: method for name, method in posting.provenance.items() if name != "locations"
    }
    return (
        replace(posting, locations=(), provenance=provenance),
        tuple(replace(each, country=country) for each in places),
    )


def with_prose(posting: JobPosting) -> JobPosting:
    """Add to the posting the missing facts that its title and the sentences of its text state."""
    text, language = posting.description_text, posting.language
    types = with_missing_types(posting.employment_types, employment_in_title(posting.title))
    types = with_missing_types(types, employment_in_prose(text, language))
    workplace = posting.workplace or workplace_in_prose(text, language)
    return with_provenance(
        posting,
        _METHOD,
        employment_types=types,
        workplace=workplace,
        locations=posting.locations
        or _places_in_title(posting.title)
        or places_in_prose(text, language),
    )


def _employment(facts: Mapping[str, str]) -> str | None:
    """Return the raw employment type; None if the labels state none.

    It may be in the value of a label for the workplace, because sites use labels such as "Working
    pattern" either for the workplace or for the hours.
    """
    terms = "; ".join(facts[name] for name in ("employment_type", "workplace") if name in facts)
    return terms if employment_types(terms) else facts.get("employment_type")


def _dates(
    posting: JobPosting, document: Document, facts: Mapping[str, str]
) -> Iterator[tuple[str, datetime | str | None]]:
    """Yield each field of a missing date with its value: the parsed date, and then its raw text.

    A date is missing if the posting has no parsed value for it. The raw text of the posting is
    parsed first, and then the raw texts of the page. If none can be parsed, the parsed date is
    None, and the raw text is that of the posting, or else that of the labelled facts.
    """
    for name in _DATES:
        if getattr(posting, name):
            continue
        raw_texts = [getattr(posting, f"{name}_raw"), facts.get(name)]
        if name == "posted_at":
            raw_texts.append(document.published)
        if not any(raw_texts):
            continue
        day_first = is_day_first(document.language, country_of_site(document.url))
        dates = ((raw, parse_time(raw, day_first=day_first)) for raw in raw_texts if raw)
        unparsed = raw_texts[0] or raw_texts[1], None
        raw, date = next((each for each in dates if each[1]), unparsed)
        yield name, date
        yield f"{name}_raw", raw


def _is_sentence(fact: str) -> bool:
    """Return whether the fact looks like a sentence or a part of one."""
    return fact[0].isalpha() and fact.endswith((".", "!", ","))


def _pay_at_the_top(lines: Sequence[str]) -> Salary | None:
    """Return the pay that a short fact above the text states: ``Full-time · $25–30 an hour``.

    Return None if no such fact states pay. Sentences are not read, because they may be about money
    that is not pay.
    """
    for fact in _facts_at_the_top(lines):
        # A sum "beside" pay is, for example, a bonus. A sum that is "no" pay is a budget.
        if not holds_sum(fact) or _is_sentence(fact) or {"beside", "no"} & {*topics(fact)}:
            continue
        pay = salary_in(fact)
        is_money = has_mark(fact) or SALARIES.search(fact) or _IN_CHINESE_UNITS.search(fact)
        if pay and is_money and is_plausible(pay) and (pay.period or pay.min != pay.max):
            return pay
    return None


def read(document: Document, *, title: str | None, facts: Mapping[str, str]) -> JobPosting:
    """Return the posting that the text of a page states.

    Args:
        document: the opened page.
        title: the title of the posting; None if nothing on the page can be the title.
        facts: the raw values that the page states, by field of the posting.

    Raises:
        ParseError: if ``title`` is None, or if ``describe`` refuses the text.
    """
    if title is None:
        raise ParseError("the page has neither structured data nor a heading")
    description = describe(document.main_html())
    site = document.attribute('meta[property="og:site_name"]', "content")
    posting = with_facts(JobPosting(title=without_number(title), company=site), document, facts)
    return with_prose(
        complete_with(
            posting,
            description,
            method=_METHOD,
            description_method=_METHOD,
            site=document.url,
            locale=document.language,
        )
    )


def _split_at_title(lines: Sequence[str], title: str | None) -> tuple[Sequence[str], Sequence[str]]:
    """Return the short lines directly before the title, and all lines after the title.

    If no line is the title, all lines count as lines after the title.
    """
    if title not in lines:
        return (), lines
    index = lines.index(title)
    above = lines[max(0, index - _MAX_LINES_ABOVE) : index]
    return [line for line in above if len(line) <= _MAX_PLACE_LENGTH], lines[index + 1 :]


def _facts_at_the_top(lines: Sequence[str]) -> list[str]:
    """Return the short facts that stand above the text of the posting.

    The lines are divided at characters such as "|", but not at commas and dashes.
    """
    top = takewhile(lambda line: len(line) <= _MAX_FACT_LENGTH, lines[:_MAX_FACT_LINES])
    parts = (part.strip() for line in top for part in _FACT_SEPARATOR.split(line))
    return list(filter(None, parts))


def _locations_beside_facts(items: Sequence[str]) -> tuple[Location, ...]:
    """Return the places among facts such as ``Berlin, Germany · Full-time · Hybrid``.

    A text is a place only if it names a country, a state or a known city. If no fact is a term of
    work (see ``_is_term``), the facts could be other names, such as the name of a department. Then
    only the first fact is read, and only if it is a known city and its country.
    """
    terms = [term.strip() for item in items for term in _TERM_SEPARATOR.split(item)]
    if not any(map(_is_term, terms)):
        return _city_and_country(items[0]) if items else ()
    names = map(_without_terms, items)
    short_names = (name for name in names if name and len(name) <= _MAX_PLACE_LENGTH)
    return tuple(dict.fromkeys(each for name in short_names for each in _certain_places(name)))


def _city_and_country(text: str) -> tuple[Location, ...]:
    """Return the place if the text is a known city and its country, otherwise nothing."""
    locations = locations_in(text) if ", " in text and len(text) <= _MAX_PLACE_LENGTH else ()
    city = locations[0].city if len(locations) == 1 and locations[0].country else None
    return locations if city and is_city_name(city) else ()


def _without_terms(item: str) -> str:
    """Return ``item`` without its terms of work: ``Bremen`` for ``Bremen - Full-time``.

    A text without such terms is returned unchanged.
    """
    for separator in _PLACE_SEPARATORS:
        parts = separator.split(item)
        places = list(filterfalse(_is_term, parts))
        if len(parts) > 1 and len(places) < len(parts):
            return ", ".join(places)
    return item


def _is_term(text: str) -> bool:
    """Return whether ``text`` is a term of work: a workplace or a kind of contract."""
    return workplace_among_items([text]) is not None or is_kind_of_contract(text)


def _certain_places(text: str) -> tuple[Location, ...]:
    """Return the places that the text names; none if one of them may be something else."""
    locations = tuple(map(_with_known_city, locations_in(text)))
    is_certain = all(
        each.country or _STATE.search(each.raw) or _is_known_city(each.raw) for each in locations
    )
    return locations if is_certain else ()


def _is_known_city(text: str) -> bool:
    """Return whether each part of the text is the name of a known city, or a street beside one."""
    cities = list(filterfalse(is_street, text.split(", ")))
    return bool(cities) and all(map(is_city_name, cities))


def _with_known_city(location: Location) -> Location:
    """Return the location. If its text is the name of a known city, its city is that text."""
    return replace(location, city=location.raw) if is_city_name(location.raw) else location


def _places_in_title(title: str) -> tuple[Location, ...]:
    """Return the places that a separate part of the title names, as in ``Nurse (Bonn)``."""
    parts = re.split(r"\s[-–—|·]\s|[()]", title)[1:]
    return next((locations for part in parts if (locations := _certain_places(part.strip()))), ())


def _locations(facts: Mapping[str, str]) -> tuple[Location, ...]:
    """Return the places that labels state.

    A page may state one or several places after a label, or have separate labels for the city, the
    region and the country of one place.
    """
    locations = locations_in(facts.get("location"))
    if locations or "city" not in facts:
        return locations
    location = location_from_parts(
        city=facts["city"], region=facts.get("region"), country=facts.get("country")
    )
    return (location,) if location else ()
