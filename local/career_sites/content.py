"""Load ``content.toml``, which holds all that the sample career sites publish."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_CONTENT = tomllib.loads((Path(__file__).parent / "content.toml").read_text())


@dataclass(frozen=True, kw_only=True)
class Trade:
    """One trade: the titles, specialities, duties and skills that its postings may state."""

    department: str
    titles: tuple[str, ...]
    specialities: tuple[str, ...]
    duties: tuple[str, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    city: str
    region: str
    country: str
    country_code: str
    """The country code of ISO 3166-1 alpha-2."""

    @property
    def label(self) -> str:
        return f"{self.city}, {self.country}"


@dataclass(frozen=True, kw_only=True)
class Employer:
    """An invented employer."""

    slug: str
    """The employer's name in URLs and in our list of companies."""
    name: str
    source: str
    """The source: greenhouse, lever, ashby or sitemap."""
    structured: bool = True
    """False if the employer's pages contain no structured data."""
    desks: int
    """The number of positions (desks). At any time, a desk has one open posting or none."""
    currency: str
    hourly_share: float = 0.0
    """The share of the salaries that are paid by the hour, from 0 to 1."""
    about: tuple[str, ...]
    """Sentences about the employer, for the texts of its postings."""
    things: tuple[str, ...]
    """The things that its staff work with, for the texts of its postings."""
    partners: tuple[str, ...]
    """The people and groups that its staff work with, for the texts of its postings."""
    places: tuple[Place, ...]
    trades: tuple[Trade, ...]

    @property
    def inline(self) -> bool:
        """True if the employer's listing contains the whole postings."""
        return self.source != "sitemap"


def _tuples(table: dict[str, object]) -> dict[str, object]:
    """Return a copy of the table whose arrays are tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


SENTENCES: dict[str, tuple[str, ...]] = _tuples(_CONTENT["sentences"])
"""The sentences from which the texts of postings are made, by section of the text."""
TRADES = {name: Trade(**_tuples(table)) for name, table in _CONTENT["trades"].items()}
_PLACES = {name: Place(**table) for name, table in _CONTENT["places"].items()}
EMPLOYERS = tuple(
    Employer(
        **_tuples(table)
        | {
            "places": tuple(_PLACES[name] for name in table["places"]),
            "trades": tuple(TRADES[name] for name in table["trades"]),
        }
    )
    for table in _CONTENT["employers"]
)
