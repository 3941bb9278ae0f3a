"""Compute which postings exist on a day. The result is a pure function of a seed and a day.

An employer has a number of desks (positions). Each desk is advertised in cycles of 40 days: a
posting, then a break of some days, then the next posting. The cycles of an employer's desks are
spread evenly, so the employer's number of postings hardly changes. On each day about 2.5 % of the
postings are new, about 2.5 % are removed, and 4 % are edited. One employer also advertises a
short-lived job every day. The page of such a job is taken down one day before the job leaves the
sitemap.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from local.career_sites.content import EMPLOYERS, Employer

CYCLE_DAYS = 40
MAX_BREAK_DAYS = 5
"""The longest break of a desk between two postings."""
BRIEF_DAYS = 6
"""The number of days for which a short-lived job is listed.

On the last of these days the job's page is gone.
"""
BRIEF_EMPLOYER = "fernhollow"
_DESK_LIMIT = 100_000
"""The number of desk numbers that each employer has. The last one is ``_BRIEF_DESK``."""
_BRIEF_DESK = _DESK_LIMIT - 1
"""The number of the desk of the short-lived jobs."""


@dataclass(frozen=True, kw_only=True)
class Vacancy:
    """The first and the last day on which one posting is listed, and the days of its edits."""

    number: int
    """A number that is unique among the vacancies of all employers with the same seed."""
    first_day: int
    last_day: int
    edit_days: tuple[int, ...] = ()
    gone_day: int | None = None
    """The day on which the posting is listed although its page is gone; None if there is none."""

    def revision(self, day: int) -> int:
        """Return the number of edits of the posting up to and including ``day``."""
        return sum(edit_day <= day for edit_day in self.edit_days)


def vacancies(employer: Employer, *, seed: int, day: int, scale: int) -> Iterator[Vacancy]:
    """Yield the vacancies that are listed on ``day``, in the order of their desks.

    Raises:
        ValueError: ``scale`` gives the employer more desks than the numbers can distinguish.
    """
    desks = employer.desks * scale
    if desks > _BRIEF_DESK:
        raise ValueError(f"scale {scale} gives {employer.slug} more than {_BRIEF_DESK} desks")
    offset = Random(f"{seed}/{employer.slug}").randrange(CYCLE_DAYS)
    for desk in range(desks):
        # The phase is the number of days by which the cycles of the desk begin before those of a
        # desk with the phase 0.
        phase = (offset + desk * CYCLE_DAYS // desks) % CYCLE_DAYS
        cycle = (day + phase) // CYCLE_DAYS
        vacancy = _vacancy_of_desk(employer, seed, desk, cycle, cycle * CYCLE_DAYS - phase)
        if day <= vacancy.last_day:
            yield vacancy
    if employer.slug == BRIEF_EMPLOYER:
        for gone_day in range(day, day + BRIEF_DAYS):
            yield Vacancy(
                number=_number(employer, gone_day, _BRIEF_DESK),
                first_day=gone_day - BRIEF_DAYS + 1,
                last_day=gone_day,
                gone_day=gone_day,
            )


def _vacancy_of_desk(
    employer: Employer, seed: int, desk: int, cycle: int, first_day: int
) -> Vacancy:
    number = _number(employer, cycle, desk)
    rng = Random(f"{seed}/{number}/life")
    last_day = first_day + CYCLE_DAYS - 1 - rng.randint(1, MAX_BREAK_DAYS)
    edit_days = [first_day + rng.randint(3, 17)]
    if rng.random() < 0.6:
        edit_days.append(first_day + rng.randint(19, 33))
    return Vacancy(
        number=number, first_day=first_day, last_day=last_day, edit_days=tuple(edit_days)
    )


def _number(employer: Employer, cycle: int, desk: int) -> int:
    """Return a number that begins with ``cycle`` plus 1.

    It ends with one digit for the employer and five digits for the desk.
    """
    return ((cycle + 1) * 10 + EMPLOYERS.index(employer)) * _DESK_LIMIT + desk
