"""The fields of a schema.org JobPosting (schema.org/JobPosting, and what Google asks of it at
developers.google.com/search/docs/appearance/structured-data/job-posting).

What real pages do with them: escape the description's HTML; give places as one or an array, or by
name alone, and a country as text, object or array; pay by the hour or the day, or a pay text where
the currency belongs.
"""

from html import escape, unescape

from include.core.countries import country_code
from include.core.dates import moment
from include.core.employment import employment_types
from include.core.json_object import JsonObject
from include.core.locations import locate, workplace_of
from include.core.markup import section, unescaped
from include.core.models import JobPosting, Location, Salary, Workplace
from include.core.salary import pay_period, salary, salary_in
from include.core.text import one_line
from include.core.urls import is_http
from include.errors import ParseError

_FURTHER_PARTS = ("responsibilities", "qualifications")


def read(posting: JsonObject, *, heading: str | None) -> JobPosting:
    """All but the description. The page's ``heading`` stands in for a missing title; raises
    ParseError without either."""
    title = _plain(posting.text("title") or posting.text("name")) or heading
    if title is None:
        raise ParseError("the page's JobPosting has no title, nor has the page")
    employment = ", ".join(posting.texts("employmentType")) or None
    return JobPosting(
        title=title,
        external_id=_identifier(posting),
        url=url if (url := posting.text("url")) and is_http(url) else None,
        company=_plain(_name(posting, "hiringOrganization")),
        department=_plain(_name(posting, "employmentUnit")),
        language=posting.text("inLanguage"),
        locations=_locations(posting),
        workplace=_workplace(posting),
        applicant_countries=tuple(
            dict.fromkeys(
                code
                for place in _things(posting, "applicantLocationRequirements")
                if (code := country_code(place.text("name")))
            )
        ),
        employment_types=employment_types(employment),
        employment_type_raw=employment,
        salary=_salary(posting),
        posted_at=moment(posting.text("datePosted")),
        posted_at_raw=posting.text("datePosted"),
        updated_at=moment(posting.text("dateModified")),
        updated_at_raw=posting.text("dateModified"),
        valid_through=moment(posting.text("validThrough")),
        valid_through_raw=posting.text("validThrough"),
    )


def description_of(posting: JsonObject) -> str:
    """As HTML or plain text, unsanitised, with the parts some pages state apart."""
    body = unescaped("\n".join(text for text in posting.values("description") if _is_text(text)))
    for key in _FURTHER_PARTS:
        for part in posting.values(key):
            if _is_text(part) and part not in body:
                heading = key.capitalize()
                content = unescaped(part)
                body += section(heading, content if "<" in content else f"<p>{escape(content)}</p>")
    return body


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _plain(text: str | None) -> str | None:
    """Text inside JSON-LD is no HTML, yet is often escaped as if it were."""
    return one_line(unescape(text)) or None if text else None


def _things(posting: JsonObject, *path: str) -> tuple[JsonObject, ...]:
    """A bare text is a thing of that name."""
    return tuple(
        JsonObject({"name": value}) if isinstance(value, str) else JsonObject.of(value, "it")
        for value in posting.values(*path)
        if isinstance(value, str | dict)
    )


def _name(posting: JsonObject, key: str) -> str | None:
    return next((name for thing in _things(posting, key) if (name := thing.text("name"))), None)


def _identifier(posting: JsonObject) -> str | None:
    return posting.text("identifier", "value") or posting.text("identifier")


def _locations(posting: JsonObject) -> tuple[Location, ...]:
    found = (_location(place) for place in _things(posting, "jobLocation"))
    return tuple(dict.fromkeys(location for location in found if location))


def _location(place: JsonObject) -> Location | None:
    address = next(iter(_things(place, "address")), JsonObject({}))
    city, region = _plain(address.text("addressLocality")), _plain(address.text("addressRegion"))
    country = _name(address, "addressCountry")
    stated = [part for part in (city, region, _plain(country)) if part]
    if not stated:
        text = address.text("name") or address.text("streetAddress") or place.text("name")
        return locate(raw) if (raw := _plain(text)) else None
    return Location(
        raw=", ".join(dict.fromkeys(stated)),
        city=city,
        region=region,
        country=country_code(country),
    )


def _workplace(posting: JsonObject) -> Workplace | None:
    kinds = posting.texts("jobLocationType")
    return Workplace.REMOTE if "TELECOMMUTE" in kinds else workplace_of(", ".join(kinds))


def _salary(posting: JsonObject) -> Salary | None:
    currency = posting.text("salaryCurrency")
    for pay in posting.values("baseSalary"):
        if isinstance(pay, str) and not pay.replace(".", "").isdigit():
            return _from_text(pay)
        amount = JsonObject({"value": pay}) if isinstance(pay, str | int | float) else None
        amount = amount or JsonObject.of(pay, "baseSalary")
        value = next(iter(amount.objects("value")), amount)
        single = value.number("value")
        low, high = value.number("minValue"), value.number("maxValue")
        unit = value.text("unitText") or amount.text("unitText") or value.text("unitCode")
        found = salary(
            low=low if low is not None else single,
            high=high if high is not None else single if low is None else None,
            currency=amount.text("currency") or value.text("currency") or currency,
            period=pay_period(unit),
            origin="jsonld",
        )
        if found:
            return found
    return _from_text(currency) if currency else None


def _from_text(text: str) -> Salary | None:
    return salary_in(text, about_pay=True)
