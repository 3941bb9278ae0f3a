"""Tests of a company's filters, which select postings by the facts in their listing."""

import pytest

from include.core.filtering.filters import check_filters, wants
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
def test_a_posting_is_wanted_if_one_of_its_locations_is(
    location: str | None, include: tuple[str, ...], exclude: tuple[str, ...], expected: bool
) -> None:
    filters = company(include_locations=include, exclude_locations=exclude)
    assert wants(filters, job(location)) is expected


def test_locations_of_the_inline_posting_take_precedence_over_the_listed_text() -> None:
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
def test_only_a_known_workplace_is_filtered(
    known: Workplace | None, location: str | None, wanted: tuple[str, ...], expected: bool
) -> None:
    filters = company(workplaces=wanted)
    assert wants(filters, job(location), posting(workplace=known)) is expected


def test_a_posting_must_pass_all_filters() -> None:
    filters = company(include_titles=("cook",), include_locations=("Oslo",))
    assert wants(filters, job("Oslo"))
    assert not wants(filters, job("Bergen"))
    assert not wants(company(exclude_titles=("cook",), include_locations=("Oslo",)), job("Oslo"))


@pytest.mark.parametrize("field", ["exclude_titles", "include_locations", "exclude_locations"])
def test_an_unusable_pattern_is_refused_with_the_name_of_its_filter(field: str) -> None:
    with pytest.raises(SettingError) as refused:
        check_filters(company(**{field: ("/(/",)}))
    assert refused.value.field == field
