"""Decide by the facts in the listing which postings of a company a user wants.

A posting passes a filter if the listing does not state the fact that the filter is about. For
example, a posting without a stated place passes all filters on places. A posting that has several
places passes if at least one of the places passes.
"""

from collections.abc import Iterator

from include.core.filtering.titles import check_patterns, finds, passes_patterns
from include.core.models import Company, JobPosting, ListedJob, Location
from include.core.places.countries import country_code, country_name
from include.core.places.place_lists import locations_in, place_names
from include.core.places.workplaces import workplace_in

_MIN_COUNTRY_NAME = 3
"""The minimum length of a pattern that is compared with the names of countries.

A shorter pattern can be ambiguous: ``DE`` is the code of Germany and of Delaware.
"""


def wants(company: Company, job: ListedJob, posting: JobPosting | None = None) -> bool:
    """Return whether ``job`` passes all filters of the company.

    Args:
        posting: the posting itself, if the listing contains it.

    Raises:
        SettingError: a filter has a pattern that is blank, not valid or too large.
    """
    return (
        passes_patterns(job.title, company.include_titles, company.exclude_titles)
        and _wants_place(company, tuple(_known_places(job, posting)))
        and _wants_workplace(company, job, posting)
    )


def needs_posting(company: Company) -> bool:
    """Return whether the result of ``wants`` for this company can depend on the posting."""
    return bool(company.include_locations or company.exclude_locations or company.workplaces)


def check_filters(company: Company) -> None:
    """Raise SettingError, which names the filter, if a pattern of any filter is not valid."""
    for field in ("include_titles", "exclude_titles", "include_locations", "exclude_locations"):
        check_patterns(field, getattr(company, field))


def _known_places(job: ListedJob, posting: JobPosting | None) -> Iterator[Location]:
    if posting and posting.locations:
        yield from posting.locations
    else:
        yield from locations_in(job.location)


def _wants_place(company: Company, locations: tuple[Location, ...]) -> bool:
    include, exclude = company.include_locations, company.exclude_locations
    return not locations or any(
        (not include or _is_in(place, "include_locations", include))
        and not _is_in(place, "exclude_locations", exclude)
        for place in locations
    )


def _is_in(place: Location, field: str, patterns: tuple[str, ...]) -> bool:
    """Return whether one of the patterns matches text of the place, or names its country.

    A pattern may name the country in any language that ``country_code`` supports.
    """
    parts = (place.raw, place.city, place.region, country_name(place.country))
    if finds(field, patterns, "; ".join(filter(None, parts))):
        return True
    names = (pattern for pattern in patterns if len(pattern.strip()) >= _MIN_COUNTRY_NAME)
    return place.country is not None and place.country in map(country_code, names)


def _wants_workplace(company: Company, job: ListedJob, posting: JobPosting | None) -> bool:
    workplace = (posting and posting.workplace) or workplace_in(place_names(job.location))
    return workplace is None or not company.workplaces or workplace in company.workplaces
