"""Read the fields of a schema.org JobPosting.

They are defined at schema.org/JobPosting, and Google's requirements are at
developers.google.com/search/docs/appearance/structured-data/job-posting. Real pages differ from
both. They escape the HTML of the description, and write "N/A" for what is unknown. They state one
place, an array of places, or only the name of a place. They state a country as text, object or
array.
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
from include.core.places.locations import locate, locations_in, place, place_of_address
from include.core.places.workplaces import workplace_in, workplace_of
from include.errors import ParseError

_OTHER_PARTS = ("responsibilities", "qualifications")
_MAX_VALUES = 1_000
"""The maximum number of places, and of parts of a description, that are read from one posting."""
_TAG = re.compile(r"</?(?:a|b|br|div|em|font|i|p|span|strong|u)\b[^<>]*>", re.IGNORECASE)
_PLACEHOLDERS = frozenset({"", "-", ".", "n/a", "na", "none", "null", "undefined", "unknown"})


def read(posting: JsonObject, *, heading: str | None) -> JobPosting:
    """Return the posting without its description.

    Raise ParseError if there is neither a title nor a heading.

    Args:
        posting: the JobPosting.
        heading: the page's heading, which is used if the JobPosting has no title.
    """
    title = _plain(posting.text("title") or posting.text("name")) or heading
    if title is None:
        raise ParseError("neither the page's JobPosting nor the page itself has a title")
    applicants = _things(posting, "applicantLocationRequirements")[:_MAX_VALUES]
    locations = locations_of(posting) or _remote_within(posting, applicants)
    employment = ", ".join(dict.fromkeys(posting.texts("employmentType"))) or None
    # Microdata may state a date several times.
    posted, updated, closing = (
        next(iter(posting.texts(name)), None)
        for name in ("datePosted", "dateModified", "validThrough")
    )
    return JobPosting(
        title=title,
        external_id=_identifier(posting),
        url=posting.text("url"),
        company=_plain(_name(posting, "hiringOrganization")),
        department=_plain(_name(posting, "employmentUnit")),
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
    """Return the description as HTML or plain text, which is not sanitised.

    It includes the responsibilities and qualifications, which some pages state in separate fields.
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


def _plain(text: str | None) -> str | None:
    """Return ``text`` on one line without tags and entities; None if it is a placeholder.

    Text in JSON-LD should not be HTML, but many pages escape it or mark it up like HTML.
    """
    if not text:
        return None
    plain = one_line(_TAG.sub(" ", unescape(unescape(text))))
    return None if plain.casefold() in _PLACEHOLDERS else plain


def _things(posting: JsonObject, *path: str) -> tuple[JsonObject, ...]:
    """Return the objects at ``path``. A plain text becomes an object with that text as its name."""
    return tuple(
        JsonObject({"name": value}) if isinstance(value, str) else JsonObject.of(value, "it")
        for value in posting.values(*path)
        if isinstance(value, str | dict)
    )


def _name(posting: JsonObject, key: str) -> str | None:
    return next((name for thing in _things(posting, key) if (name := thing.text("name"))), None)


def _identifier(posting: JsonObject) -> str | None:
    return next(
        (
            value
            for stated in posting.values("identifier")
            if (value := text_of(stated) or JsonObject({"": stated}).text("", "value"))
        ),
        None,
    )


def locations_of(posting: JsonObject) -> tuple[Location, ...]:
    """Return the places of the job, each once."""
    company = _plain(_name(posting, "hiringOrganization"))
    found = (
        location
        for at in _things(posting, "jobLocation")[:_MAX_VALUES]
        for address in _addresses(at)
        for city in address.texts("addressLocality")[:_MAX_VALUES] or (None,)
        for location in _locations(at, address, city, company)
    )
    return tuple(dict.fromkeys(found))


def _addresses(at: JsonObject) -> tuple[JsonObject, ...]:
    """Return the addresses of a place.

    A place may itself have the keys of an address, and an address may be a place with an address.
    """
    if any(key in at for key in ("addressLocality", "addressRegion", "addressCountry")):
        return (at,)
    found = _things(at, "address")
    nested = tuple(inner for each in found for inner in _things(each, "address"))
    return nested or found or (JsonObject({}),)


def _remote_within(posting: JsonObject, applicants: Iterable[JsonObject]) -> tuple[Location, ...]:
    """Return the places from which applicants for a remote job without a place may work.

    Google requires these places for such jobs (developers.google.com, "Job posting structured
    data").
    """
    if not posting.texts("jobLocationType"):
        return ()
    names = (_plain(at.text("name")) for at in applicants)
    return tuple(dict.fromkeys(locate(name) for name in names if name))


def _country_of(at: JsonObject) -> str | None:
    """Return the country of one place from which applicants may work."""
    stated = (_plain(_name(address, "addressCountry")) for address in _addresses(at))
    if code := next(filter(None, map(country_code, stated)), None):
        return code
    name = _plain(at.text("name"))
    return locate(name).country if name else None


def _locations(
    at: JsonObject, address: JsonObject, city: str | None, company: str | None
) -> tuple[Location, ...]:
    city, region = _plain(city), _plain(address.text("addressRegion"))
    country = _plain(_name(address, "addressCountry"))
    if not (city or region or country):
        text = address.text("name") or address.text("streetAddress") or at.text("name")
        return locations_in(_without_company(_plain(text), company))
    street = None if city or region else _plain(address.text("streetAddress"))
    if street and (found := place_of_address(street, country)):
        return (found,)
    if city and not region and "," in city:
        return (locate(city, country=country),)
    written = _plain(address.text("name"))
    raw = written if written and city and city in written else None
    found = place(city=city, region=region, country=country, raw=raw)
    return (found,) if found else ()


def _without_company(text: str | None, company: str | None) -> str | None:
    """Return ``Herning`` for ``Acme, Herning`` if the company is ``Acme A/S``."""
    first, comma, rest = (text or "").partition(",")
    is_company = comma and (company or "").casefold().startswith(first.strip().casefold())
    return rest.strip() if is_company and not is_city_name(first.strip()) else text


def _workplace(posting: JsonObject, locations: tuple[Location, ...]) -> Workplace | None:
    kinds = posting.texts("jobLocationType")
    return workplace_of(", ".join(kinds)) or workplace_in([each.raw for each in locations])
