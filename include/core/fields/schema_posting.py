"""Read the fields of a schema.org JobPosting.

The fields are defined at schema.org/JobPosting. Google's requirements are at
developers.google.com/search/docs/appearance/structured-data/job-posting. Many pages do not follow
these documents. Some escape the HTML of the description, or write "N/A" for an unknown value. Some
state one place, others an array of places or only the name of a place. A country can be a text, an
object or an array.
"""

import re
from collections.abc import Iterable
from html import escape, unescape

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.formats.json_object import JsonObject, text_of
from include.core.formats.markup import section, unescaped
from include.core.formats.text import one_line
from include.core.models import JobPosting, Location, Workplace
from include.core.pay.schema_pay import schema_pay
from include.core.places.cities import is_city_name
from include.core.places.countries import country_code
from include.core.places.locations import locate, location_from_parts, location_of_address
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in, workplace_of
from include.errors import ParseError

_OTHER_PARTS = ("responsibilities", "qualifications")
_MAX_VALUES = 1_000
"""The maximum number of places that are read from one posting.

It is also the maximum number of texts that are read from each of the fields ``responsibilities``
and ``qualifications``.
"""
_TAG = re.compile(r"</?(?:a|b|br|div|em|font|i|p|span|strong|u)\b[^<>]*>", re.IGNORECASE)
_PLACEHOLDERS = frozenset({"", "-", ".", "n/a", "na", "none", "null", "undefined", "unknown"})


def read(posting: JsonObject, *, heading: str | None) -> JobPosting:
    """Return the posting that a JobPosting states, without its description.

    Raise ParseError if there is neither a title nor a heading.

    Args:
        posting: the JobPosting.
        heading: the page's heading, which is used if the JobPosting has no title.
    """
    title = _plain_text(posting.text("title") or posting.text("name")) or heading
    if title is None:
        raise ParseError("neither the page's JobPosting nor the page itself has a title")
    applicants = _objects_or_names(posting, "applicantLocationRequirements")[:_MAX_VALUES]
    locations = locations_of(posting) or _remote_within(posting, applicants)
    employment = ", ".join(dict.fromkeys(posting.texts("employmentType"))) or None
    # Only the first value is used, because microdata may state a date several times.
    posted, updated, closing = (
        next(iter(posting.texts(name)), None)
        for name in ("datePosted", "dateModified", "validThrough")
    )
    return JobPosting(
        title=title,
        external_id=_identifier(posting),
        url=posting.text("url"),
        company=_plain_text(_name(posting, "hiringOrganization")),
        department=_plain_text(_name(posting, "employmentUnit")),
        language=posting.text("inLanguage"),
        locations=locations,
        workplace=_workplace(posting, locations),
        applicant_countries=tuple(
            dict.fromkeys(code for at in applicants if (code := _country_of(at)))
        ),
        employment_types=employment_types(employment),
        employment_type_raw=employment,
        salary=schema_pay(posting),
        posted_at=parse_time(posted),
        posted_at_raw=posted,
        updated_at=parse_time(updated),
        updated_at_raw=updated,
        valid_through=parse_time(closing),
        valid_through_raw=closing,
    )


def description_of(posting: JsonObject) -> str:
    """Return the description as HTML or plain text. The HTML is not sanitised.

    The responsibilities and qualifications, which some pages state in separate fields, are added to
    the description.
    """
    body = unescaped("\n".join(text for text in posting.values("description") if _is_text(text)))
    for key in _OTHER_PARTS:
        for part in posting.values(key)[:_MAX_VALUES]:
            if _is_text(part) and part not in body:
                heading = key.capitalize()
                content = unescaped(part)
                body += section(heading, content if "<" in content else f"<p>{escape(content)}</p>")
    return body


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _plain_text(text: str | None) -> str | None:
    """Return ``text`` on one line, without HTML tags and entities.

    Return None if the text is empty or a placeholder such as "N/A".

    A field in JSON-LD that is not the description should be plain text, but many pages put tags and
    entities into it.
    """
    if not text:
        return None
    plain = one_line(_TAG.sub(" ", unescape(unescape(text))))
    return None if plain.casefold() in _PLACEHOLDERS else plain


def _objects_or_names(posting: JsonObject, *path: str) -> tuple[JsonObject, ...]:
    """Return the objects at ``path``. Convert a plain text to an object that has it as ``name``."""
    return tuple(
        JsonObject({"name": value}) if isinstance(value, str) else JsonObject.of(value, "it")
        for value in posting.values(*path)
        if isinstance(value, str | dict)
    )


def _name(posting: JsonObject, key: str) -> str | None:
    names = (each.text("name") for each in _objects_or_names(posting, key))
    return next(filter(None, names), None)


def _identifier(posting: JsonObject) -> str | None:
    for identifier in posting.values("identifier"):
        if isinstance(identifier, dict):
            value = JsonObject.of(identifier, "the identifier").text("value")
        else:
            value = text_of(identifier)
        if value:
            return value
    return None


def locations_of(posting: JsonObject) -> tuple[Location, ...]:
    """Return the places of work of the JobPosting, each once."""
    company = _plain_text(_name(posting, "hiringOrganization"))
    locations = (
        location
        for at in _objects_or_names(posting, "jobLocation")[:_MAX_VALUES]
        for address in _addresses(at)
        for city in address.texts("addressLocality")[:_MAX_VALUES] or (None,)
        for location in _locations(at, address, city, company)
    )
    return tuple(dict.fromkeys(locations))


def _addresses(at: JsonObject) -> tuple[JsonObject, ...]:
    """Return the addresses of a place.

    Some pages put the keys of an address into the place itself. Others state a place, which has an
    address, where an address should stand.
    """
    if any(key in at for key in ("addressLocality", "addressRegion", "addressCountry")):
        return (at,)
    addresses = _objects_or_names(at, "address")
    nested = tuple(inner for each in addresses for inner in _objects_or_names(each, "address"))
    return nested or addresses or (JsonObject({}),)


def _remote_within(posting: JsonObject, applicants: Iterable[JsonObject]) -> tuple[Location, ...]:
    """Return the places from which people may do a remote job; none if the job is not remote.

    They are used for a job that states no place of work, because Google then requires them
    (developers.google.com, "Job posting structured data").
    """
    if not posting.texts("jobLocationType"):
        return ()
    names = (_plain_text(at.text("name")) for at in applicants)
    return tuple(dict.fromkeys(locate(name) for name in names if name))


def _country_of(at: JsonObject) -> str | None:
    """Return the code of the country of a place from which applicants may work; None if unknown."""
    names = (_plain_text(_name(address, "addressCountry")) for address in _addresses(at))
    if code := next(filter(None, map(country_code, names)), None):
        return code
    name = _plain_text(at.text("name"))
    return locate(name).country if name else None


def _locations(
    at: JsonObject, address: JsonObject, city: str | None, company: str | None
) -> tuple[Location, ...]:
    city, region = _plain_text(city), _plain_text(address.text("addressRegion"))
    country = _plain_text(_name(address, "addressCountry"))
    if not (city or region or country):
        text = address.text("name") or address.text("streetAddress") or at.text("name")
        return locations_in(_without_company(_plain_text(text), company))
    street = None if city or region else _plain_text(address.text("streetAddress"))
    if street and (location := location_of_address(street, country)):
        return (location,)
    if city and not region and "," in city:
        return (locate(city, country=country),)
    place_name = _plain_text(address.text("name"))
    raw = place_name if place_name and city and city in place_name else None
    location = location_from_parts(city=city, region=region, country=country, raw=raw)
    return (location,) if location else ()


def _without_company(text: str | None, company: str | None) -> str | None:
    """Return ``text`` without the name of the company at its beginning.

    An example is ``Herning`` for ``Acme, Herning``, if the company is ``Acme A/S``.
    """
    first, comma, rest = (text or "").partition(",")
    is_company = comma and (company or "").casefold().startswith(first.strip().casefold())
    return rest.strip() if is_company and not is_city_name(first.strip()) else text


def _workplace(posting: JsonObject, locations: tuple[Location, ...]) -> Workplace | None:
    kinds = posting.texts("jobLocationType")
    return workplace_of(", ".join(kinds)) or workplace_in([each.raw for each in locations])
