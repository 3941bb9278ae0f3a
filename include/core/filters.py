"""Which postings of a company a person wants, as far as its listing tells.

What a listing does not say filters nothing out: a posting is left out only for what is known of
it. Of several places it is enough that one is wanted.
"""

from collections.abc import Iterator

from include.core.countries import country_code, country_name
from include.core.locations import locate, places
from include.core.models import Company, JobPosting, ListedJob, Location
from include.core.titles import check_patterns, finds, wanted
from include.core.workplaces import workplace_in

_SHORTEST_NAME = 3
"""Of a country; shorter patterns may be anything (``DE`` is Delaware, too)."""


def wants(company: Company, job: ListedJob, posting: JobPosting | None = None) -> bool:
    """Whether the company's filters let ``job`` through.

    Args:
        posting: what its listing carries of it besides, where it does.

    Raises:
        SettingError: a filter holds an unusable pattern.
    """
    return (
        wanted(job.title, company.include_titles, company.exclude_titles)
        and _wants_place(company, tuple(_known_places(job, posting)))
        and _wants_workplace(company, job, posting)
    )


def needs_posting(company: Company) -> bool:
    """Whether ``wants`` can say more when given the posting."""
    return bool(company.include_locations or company.exclude_locations or company.workplaces)


def check_filters(company: Company) -> None:
    """Raises SettingError naming the filter that holds an unusable pattern."""
    for field in ("include_titles", "exclude_titles", "include_locations", "exclude_locations"):
        check_patterns(field, getattr(company, field))


def _known_places(job: ListedJob, posting: JobPosting | None) -> Iterator[Location]:
    if posting and posting.locations:
        yield from posting.locations
    else:
        yield from map(locate, places(job.location))


def _wants_place(company: Company, known: tuple[Location, ...]) -> bool:
    include, exclude = company.include_locations, company.exclude_locations
    return not known or any(
        (not include or _is_in(place, "include_locations", include))
        and not _is_in(place, "exclude_locations", exclude)
        for place in known
    )


def _is_in(place: Location, field: str, patterns: tuple[str, ...]) -> bool:
    """By the words of the place, or because a pattern is its country's name in any language."""
    parts = (place.raw, place.city, place.region, country_name(place.country))
    if finds(field, patterns, "; ".join(filter(None, parts))):
        return True
    names = (pattern for pattern in patterns if len(pattern.strip()) >= _SHORTEST_NAME)
    return place.country is not None and place.country in map(country_code, names)


def _wants_workplace(company: Company, job: ListedJob, posting: JobPosting | None) -> bool:
    known = (posting and posting.workplace) or workplace_in(places(job.location))
    return known is None or not company.workplaces or known in company.workplaces
