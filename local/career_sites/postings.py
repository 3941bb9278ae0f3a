"""Compute the true content of the sample postings on a day, and the changes between two days."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Literal
from uuid import UUID

from local.career_sites.churn import Vacancy, vacancies
from local.career_sites.content import EMPLOYERS, SENTENCES, TRADES, Employer, Place, Trade
from local.career_sites.employers import BY_SLUG
from local.career_sites.prose import Section, write_body

DAY_ZERO = datetime(2026, 3, 1, tzinfo=UTC)
FLAKY_EMPLOYER = "fernhollow"
"""The employer whose site is faulty.

On each day, the first request for one of its job pages fails.
"""

Edit = Literal["salary", "title", "text", "employment_type"]
_ON_SITE_TRADES: tuple[Trade, ...] = (TRADES["fieldwork"], TRADES["care"], TRADES["hospitality"])
_EMPLOYMENT_TYPE_WEIGHTS = {
    "FULL_TIME": 70,
    "PART_TIME": 14,
    "CONTRACTOR": 6,
    "TEMPORARY": 6,
    "INTERN": 4,
}


@dataclass(frozen=True, kw_only=True)
class Salary:
    minimum: float
    maximum: float
    currency: str
    period: Literal["HOUR", "YEAR"]


@dataclass(frozen=True, kw_only=True)
class SamplePosting:
    """The content of a posting on one day. It changes only by edits."""

    slug: str
    """The slug of the employer."""
    number: int
    external_id: str
    """The id that the source states. If the source is a sitemap, it is the URL of the page."""
    path: str
    """The path of the posting's page on this server."""
    title: str
    department: str
    places: tuple[Place, ...]
    workplace: Literal["remote", "hybrid", "onsite"] | None
    """The workplace; None if the source has no field for it."""
    employment_type: str | None
    """The term of schema.org; None if the source has no field for it."""
    salary: Salary | None
    posted_at: datetime
    updated_at: datetime
    body: tuple[Section, ...]
    edits: tuple[Edit, ...]
    """The edits up to this day, oldest first."""
    listed: bool
    """False if the response contains the posting but marks it as unlisted."""
    gone: bool = field(default=False, compare=False)
    """True if the posting is listed on this day although its page is gone."""
    fails_once: bool = field(default=False, compare=False)
    """True if the first request for the posting's page on this day is answered with 500."""

    @property
    def employer(self) -> Employer:
        return BY_SLUG[self.slug]

    @property
    def locations(self) -> tuple[str, ...]:
        """The locations as the source writes them."""
        if self.workplace == "remote" and self.employer.inline:
            return tuple(f"Remote, {place.country}" for place in self.places[:1])
        return tuple(place.label for place in self.places)

    @property
    def text(self) -> str:
        return "\n\n".join(section.text for section in self.body)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """The changes from one day to a later one, as disjoint sets of ``(slug, external_id)``.

    If a posting's page was already gone on the earlier day, the posting is in none of the sets.
    ``gone`` holds the postings that are still listed on the later day but whose pages are gone.
    """

    added: frozenset[tuple[str, str]]
    removed: frozenset[tuple[str, str]]
    edited: frozenset[tuple[str, str]]
    unchanged: frozenset[tuple[str, str]]
    gone: frozenset[tuple[str, str]]


def truth(
    seed: int, day: int, scale: int = 1, *, base_url: str = ""
) -> dict[str, dict[str, SamplePosting]]:
    """Return every posting that the sites send on ``day``, by employer's slug and external id.

    Args:
        scale: the factor by which the number of postings is multiplied.
        base_url: the URL of the server. The external ids of sitemap sites begin with it.

    Raises:
        ValueError: ``day`` or ``scale`` is below 1, or ``scale`` gives an employer more postings
            than the ids can distinguish.
    """
    if day < 1 or scale < 1:
        raise ValueError(f"day {day} and scale {scale} must be at least 1")
    postings = {
        employer.slug: [
            _on_day(vacancy, employer, seed=seed, day=day, base_url=base_url)
            for vacancy in vacancies(employer, seed=seed, day=day, scale=scale)
        ]
        for employer in EMPLOYERS
    }
    flaky = postings[FLAKY_EMPLOYER]
    candidates = [index for index, posting in enumerate(flaky) if not posting.gone]
    failing_index = Random(f"{seed}/{day}/fails once").choice(candidates)
    flaky[failing_index] = replace(flaky[failing_index], fails_once=True)
    return {
        slug: {posting.external_id: posting for posting in company_postings}
        for slug, company_postings in postings.items()
    }


def changes(seed: int, day_a: int, day_b: int, scale: int = 1, *, base_url: str = "") -> Changes:
    """Return the changes from ``day_a`` to ``day_b``.

    Raises:
        ValueError: ``day_a`` is not before ``day_b``, or :func:`truth` raises ValueError.
    """
    if day_a >= day_b:
        raise ValueError(f"day {day_a} is not before day {day_b}")
    return changes_between(
        truth(seed, day_a, scale, base_url=base_url), truth(seed, day_b, scale, base_url=base_url)
    )


def changes_between(
    earlier: dict[str, dict[str, SamplePosting]], later: dict[str, dict[str, SamplePosting]]
) -> Changes:
    """Return the changes between the postings of two days, as :func:`truth` returns them."""
    before, after = _listed_postings(earlier), _listed_postings(later)
    was_open = {key for key, posting in before.items() if not posting.gone}
    is_open = {key for key, posting in after.items() if not posting.gone}
    open_on_both_days = was_open & is_open
    unchanged = frozenset(key for key in open_on_both_days if before[key] == after[key])
    return Changes(
        added=frozenset(is_open - was_open),
        removed=frozenset(was_open - after.keys()),
        edited=open_on_both_days - unchanged,
        unchanged=unchanged,
        gone=frozenset(after.keys() - is_open),
    )


def _listed_postings(
    postings: dict[str, dict[str, SamplePosting]],
) -> dict[tuple[str, str], SamplePosting]:
    return {
        (slug, external_id): posting
        for slug, company_postings in postings.items()
        for external_id, posting in company_postings.items()
        if posting.listed
    }


def _on_day(
    vacancy: Vacancy, employer: Employer, *, seed: int, day: int, base_url: str
) -> SamplePosting:
    posting = _write_posting(vacancy, employer.slug, seed, vacancy.revision(day))
    gone = vacancy.gone_day == day
    if employer.inline:
        return posting
    return replace(posting, external_id=base_url + posting.path, gone=gone)


# The texts are cached, because making one takes 0.1 ms and few of them change from one day to the
# next.
@lru_cache(maxsize=20_000)
def _write_posting(vacancy: Vacancy, slug: str, seed: int, revision: int) -> SamplePosting:
    """Return the posting after its first ``revision`` edits."""
    employer = BY_SLUG[slug]
    key = f"{seed}/{vacancy.number}"
    rng = Random(key)
    trade = rng.choice(employer.trades)
    speciality = rng.choice(trade.specialities)
    base_title = f"{rng.choice(trade.titles)}, {speciality}"
    places = tuple(rng.sample(employer.places, 2 if rng.random() < 0.2 else 1))
    workplace = _choose_workplace(employer, trade, rng)
    employment_type = _choose_employment_type(employer, rng)
    salary = _choose_salary(employer, rng)
    posted_at = _office_time(vacancy.first_day, rng)
    external_id = _external_id(employer, vacancy.number, rng)
    suffixes = rng.sample(SENTENCES["title_suffixes"], 2)
    edits = _plan_edits(employer, salary, rng)[:revision]

    title, updated_at = base_title, posted_at
    for edit, edit_day, suffix in zip(edits, vacancy.edit_days, suffixes, strict=False):
        updated_at = _office_time(edit_day, rng)
        if edit == "title":
            title = f"{base_title} ({suffix})"
        elif edit == "employment_type":
            others = [name for name in _EMPLOYMENT_TYPE_WEIGHTS if name != employment_type]
            employment_type = rng.choice(others)
        elif edit == "salary" and salary:
            salary = _raise_salary(salary)
    return SamplePosting(
        slug=slug,
        number=vacancy.number,
        external_id=external_id,
        path=_path(employer, base_title, vacancy.number, external_id),
        title=title,
        department=trade.department,
        places=places,
        workplace=workplace,
        employment_type=employment_type,
        salary=salary,
        posted_at=posted_at,
        updated_at=updated_at,
        body=write_body(employer, trade, places[0].city, key=key, rewrites=edits.count("text")),
        edits=edits,
        # The posting of each Ashby employer's first desk is unlisted.
        listed=employer.source != "ashby" or vacancy.number % 100_000 != 0,
    )


def _choose_workplace(
    employer: Employer, trade: Trade, rng: Random
) -> Literal["remote", "hybrid", "onsite"] | None:
    chance = rng.random()
    if employer.source == "sitemap":
        can_be_remote = employer.structured and trade not in _ON_SITE_TRADES
        return "remote" if can_be_remote and chance < 0.4 else None
    if trade in _ON_SITE_TRADES or chance < 0.4:
        return "onsite"
    return "hybrid" if chance < 0.75 else "remote"


def _choose_employment_type(employer: Employer, rng: Random) -> str | None:
    (employment_type,) = rng.choices(
        list(_EMPLOYMENT_TYPE_WEIGHTS), weights=list(_EMPLOYMENT_TYPE_WEIGHTS.values())
    )
    return None if employer.source == "greenhouse" else employment_type


def _choose_salary(employer: Employer, rng: Random) -> Salary | None:
    if rng.random() < 0.25:
        return None
    if rng.random() < employer.hourly_share:
        hourly = rng.randint(48, 120) / 4  # 12.00 to 30.00, in steps of 0.25
        return Salary(
            minimum=hourly,
            maximum=hourly + rng.randint(4, 20) / 4,
            currency=employer.currency,
            period="HOUR",
        )
    yearly = rng.randint(26, 95) * 1000
    return Salary(
        minimum=yearly,
        maximum=yearly + rng.randint(4, 25) * 1000,
        currency=employer.currency,
        period="YEAR",
    )


def _raise_salary(salary: Salary) -> Salary:
    step = 0.75 if salary.period == "HOUR" else 2000
    return replace(salary, minimum=salary.minimum + step, maximum=salary.maximum + 2 * step)


def _plan_edits(employer: Employer, salary: Salary | None, rng: Random) -> tuple[Edit, ...]:
    """Return two kinds of edits. They differ, so that the second edit never undoes the first."""
    possible: list[Edit] = ["title", "text"]
    if salary:
        possible.append("salary")
    if employer.source != "greenhouse":
        possible.append("employment_type")
    return tuple(rng.sample(possible, 2))


def _office_time(day: int, rng: Random) -> datetime:
    """Return a random time of ``day`` between 7:00 and 17:00 UTC."""
    return DAY_ZERO + timedelta(days=day, seconds=rng.randrange(7 * 3600, 17 * 3600))


def _external_id(employer: Employer, number: int, rng: Random) -> str:
    if employer.source == "greenhouse":
        return str(number * 1000 + 7)
    return str(UUID(bytes=rng.randbytes(16), version=4))


def _path(employer: Employer, title: str, number: int, external_id: str) -> str:
    if employer.inline:
        return f"/{employer.slug}/{external_id}"
    words = "".join(letter if letter.isalnum() else " " for letter in title.lower())
    return f"/{employer.slug}/jobs/{'-'.join(words.split())}-{number}"
