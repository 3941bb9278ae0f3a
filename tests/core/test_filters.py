"""Which postings a company's filters let through, by what is known of them when they are listed."""

import pytest

from include.core.filters import check_filters, wants
from include.core.models import Company, JobPosting, ListedJob, Location, Workplace
from include.errors import SettingError


def company(**filters: tuple[str, ...]) -> Company:
    return Company(slug="acme", source="greenhouse", config={}, **filters)


def job(location: str | None = None) -> ListedJob:
    return ListedJob(external_id="1", title="Night Cook", url="https://x.test/1", location=location)


def posting(*places: Location, workplace: Workplace | None = None) -> JobPosting:
    return JobPosting(title="Night Cook", locations=places, workplace=workplace)


@pytest.mark.parametrize(
    ("location", "include", "exclude", "expected"),
    [
        ("Berlin, Germany", ("berlin",), (), True),
        ("Berlin, Germany", ("Munich",), (), False),
        ("Berlin, Germany", ("Deutschland",), (), True),
        ("Austin, TX", ("United States",), (), True),
        ("Austin, TX", ("USA",), (), True),
        ("Wilmington, DE", ("Germany",), (), False),
        ("Berliner Ring 1", ("berlin",), (), False),
        ("Oslo", ("/^(oslo|bergen)/",), (), True),
        ("Berlin, Germany", (), ("Germany",), False),
        ("Paris; Berlin, Germany", (), ("Germany",), True),
        ("Paris; Berlin, Germany", ("Berlin",), ("Paris",), True),
        ("Paris; Berlin, Germany", ("Berlin",), ("Germany",), False),
        (None, ("Berlin",), ("Paris",), True),
        ("", ("Berlin",), (), True),
    ],
)
def test_a_posting_is_wanted_where_one_of_its_places_is(
    location: str | None, include: tuple[str, ...], exclude: tuple[str, ...], expected: bool
) -> None:
    filters = company(include_locations=include, exclude_locations=exclude)
    assert wants(filters, job(location)) is expected


def test_places_that_the_listing_s_own_posting_states_come_before_the_listed_text() -> None:
    filters = company(include_locations=("Norway",))
    oslo = Location(raw="HQ", city="Oslo", country="NO")
    assert not wants(filters, job("HQ, Somewhere"))
    assert wants(filters, job("HQ, Somewhere"), posting(oslo))
    assert not wants(filters, job("Norway"), posting(Location(raw="Malmö", country="SE")))


@pytest.mark.parametrize(
    ("known", "location", "wanted", "expected"),
    [
        (Workplace.REMOTE, None, ("remote",), True),
        (Workplace.ONSITE, None, ("remote", "hybrid"), False),
        (None, None, ("remote",), True),
        (None, "Remote - US", ("remote",), True),
        (None, "Remote - US", ("onsite",), False),
        (None, "Miami; Remote", ("onsite",), True),
        (Workplace.ONSITE, "Remote", ("onsite",), True),
        (Workplace.ONSITE, None, (), True),
    ],
)
def test_only_a_known_way_of_working_is_filtered(
    known: Workplace | None, location: str | None, wanted: tuple[str, ...], expected: bool
) -> None:
    filters = company(workplaces=wanted)
    assert wants(filters, job(location), posting(workplace=known)) is expected


def test_all_filters_must_let_a_posting_through() -> None:
    filters = company(include_titles=("cook",), include_locations=("Oslo",))
    assert wants(filters, job("Oslo"))
    assert not wants(filters, job("Bergen"))
    assert not wants(company(exclude_titles=("cook",), include_locations=("Oslo",)), job("Oslo"))


@pytest.mark.parametrize("field", ["exclude_titles", "include_locations", "exclude_locations"])
def test_an_unusable_pattern_is_refused_by_its_filter_s_name(field: str) -> None:
    with pytest.raises(SettingError) as refused:
        check_filters(company(**{field: ("/(/",)}))
    assert refused.value.field == field
