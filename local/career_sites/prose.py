"""Write the text of a posting.

It has 250 to 600 words, which are drawn at random so that no two texts are alike.
"""

from dataclasses import dataclass
from random import Random

from local.career_sites.content import SENTENCES, Employer, Trade

_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


@dataclass(frozen=True, kw_only=True)
class Section:
    heading: str | None
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        heading = (self.heading,) if self.heading else ()
        return "\n".join(heading + self.paragraphs + self.bullets)


def write_body(
    employer: Employer, trade: Trade, town: str, *, key: str, rewrites: int
) -> tuple[Section, ...]:
    """Return the sections of a posting. The same arguments always give the same sections.

    Args:
        key: the random seed of this posting's text.
        rewrites: how many times the paragraphs on the role and on the way of working were replaced.
            The other paragraphs do not depend on it.
    """
    return (
        _introduce(employer, town, Random(f"{key}/intro"), Random(f"{key}/role/{rewrites}")),
        _bullet_section(
            "What you will do", _choose_duties(employer, trade, town, Random(f"{key}/duties"))
        ),
        _bullet_section(
            "What you bring",
            _pick_phrases(trade.skills, 6, employer, town, Random(f"{key}/skills")),
        ),
        _describe_practice(employer, town, Random(f"{key}/practice/{rewrites}")),
        _bullet_section(
            "What we offer",
            _pick_phrases(SENTENCES["offers"], 5, employer, town, Random(f"{key}/offers")),
        ),
        _describe_application(employer, town, Random(f"{key}/closing")),
    )


def _introduce(employer: Employer, town: str, intro: Random, role: Random) -> Section:
    return Section(
        heading=None,
        paragraphs=(
            " ".join(intro.sample(employer.about, 2)),
            " ".join(_pick_phrases(SENTENCES["role"], role.randint(3, 5), employer, town, role)),
        ),
    )


def _choose_duties(employer: Employer, trade: Trade, town: str, rng: Random) -> tuple[str, ...]:
    duties = rng.sample(trade.duties, rng.randint(5, 8))
    purposes = rng.sample(SENTENCES["purposes"], len(duties))
    return tuple(
        _fill_slots(f"{duty} {purpose}" if rng.random() < 0.8 else duty, employer, town, rng)
        for duty, purpose in zip(duties, purposes, strict=True)
    )


def _describe_practice(employer: Employer, town: str, rng: Random) -> Section:
    return Section(
        heading="How we work",
        paragraphs=(
            " ".join(_pick_phrases(SENTENCES["practice"], rng.randint(4, 5), employer, town, rng)),
        ),
    )


def _describe_application(employer: Employer, town: str, rng: Random) -> Section:
    return Section(
        heading="How to apply",
        paragraphs=(" ".join(_pick_phrases(SENTENCES["closing"], 3, employer, town, rng)),),
    )


def _bullet_section(heading: str, bullets: tuple[str, ...]) -> Section:
    return Section(heading=heading, bullets=bullets)


def _pick_phrases(
    phrases: tuple[str, ...], count: int, employer: Employer, town: str, rng: Random
) -> tuple[str, ...]:
    return tuple(_fill_slots(phrase, employer, town, rng) for phrase in rng.sample(phrases, count))


def _fill_slots(phrase: str, employer: Employer, town: str, rng: Random) -> str:
    filled = phrase.format(
        thing=rng.choice(employer.things),
        partner=rng.choice(employer.partners),
        town=town,
        n=rng.choice(_NUMBERS),
    )
    return filled[0].upper() + filled[1:]
