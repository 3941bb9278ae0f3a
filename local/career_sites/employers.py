"""The eight invented employers: their names, their trades, and the sources they publish with."""

from dataclasses import dataclass

from local.career_sites.trades import (
    ANALYSIS,
    CARE,
    ENGINEERING,
    FIELDWORK,
    FINANCE,
    HOSPITALITY,
    LOGISTICS,
    PEOPLE,
    RESEARCH,
    Trade,
)


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
    """An invented employer. ``about``, ``things`` and ``partners`` are used in its postings."""

    slug: str
    """The employer's name in URLs and in our list of companies."""
    name: str
    source: str
    """The source: greenhouse, lever, ashby or sitemap."""
    structured: bool = True
    """False if the employer's pages carry no structured data."""
    desks: int
    """The number of jobs, open or between two postings."""
    currency: str
    hourly_share: float = 0.0
    """The share of the salaries that are paid by the hour, from 0 to 1."""
    about: tuple[str, ...]
    things: tuple[str, ...]
    partners: tuple[str, ...]
    places: tuple[Place, ...]
    trades: tuple[Trade, ...]

    @property
    def inline(self) -> bool:
        """True if the listing already holds the whole posting."""
        return self.source != "sitemap"


def _place(city: str, region: str, country: str, country_code: str) -> Place:
    return Place(city=city, region=region, country=country, country_code=country_code)


_BRISTOL = _place("Bristol", "England", "United Kingdom", "GB")
_LEEDS = _place("Leeds", "England", "United Kingdom", "GB")
_YORK = _place("York", "England", "United Kingdom", "GB")
_CARDIFF = _place("Cardiff", "Wales", "United Kingdom", "GB")
_INVERNESS = _place("Inverness", "Scotland", "United Kingdom", "GB")
_DUBLIN = _place("Dublin", "Leinster", "Ireland", "IE")
_CORK = _place("Cork", "Munster", "Ireland", "IE")
_UTRECHT = _place("Utrecht", "Utrecht", "Netherlands", "NL")
_PORTO = _place("Porto", "Norte", "Portugal", "PT")
_LISBON = _place("Lisbon", "Lisboa", "Portugal", "PT")
_BREMEN = _place("Bremen", "Bremen", "Germany", "DE")
_JENA = _place("Jena", "Thuringia", "Germany", "DE")
_TROMSO = _place("Tromsø", "Troms", "Norway", "NO")
_AARHUS = _place("Aarhus", "Midtjylland", "Denmark", "DK")
_COLUMBUS = _place("Columbus", "Ohio", "United States", "US")
_RICHMOND = _place("Richmond", "Virginia", "United States", "US")
_BOISE = _place("Boise", "Idaho", "United States", "US")
_HALIFAX = _place("Halifax", "Nova Scotia", "Canada", "CA")
_MONTREAL = _place("Montréal", "Québec", "Canada", "CA")

EMPLOYERS = (
    Employer(
        slug="heronworks",
        name="Heronworks",
        source="greenhouse",
        desks=34,
        currency="EUR",
        about=(
            "Heronworks measures rivers and warns the people who live beside them.",
            "Our gauges stand in eleven countries, most of them up to their knees in water.",
            "We began as two hydrologists with a borrowed boat and a box of sensors.",
            "Town halls, millers and fire brigades read our forecasts at breakfast.",
        ),
        things=(
            "the river gauges",
            "the flood forecast",
            "our telemetry buoys",
            "the alert network",
            "the sediment maps",
            "the lock timetable",
            "the sampling fleet",
        ),
        partners=("water boards", "fire brigades", "lock keepers", "insurers", "anglers' clubs"),
        places=(_BRISTOL, _UTRECHT, _PORTO, _BREMEN),
        trades=(ENGINEERING, ANALYSIS, FIELDWORK, RESEARCH, PEOPLE),
    ),
    Employer(
        slug="tallowbridge",
        name="Tallowbridge",
        source="greenhouse",
        desks=24,
        currency="USD",
        about=(
            "Tallowbridge keeps the books of shops that have no time for bookkeeping.",
            "Nine thousand bakeries, florists & repair shops are paid through our ledger.",
            "We make money from subscriptions and from nothing else.",
            "The company belongs to the people who work here, through a trust.",
        ),
        things=(
            "the payroll run",
            "the ledger",
            "the till integration",
            "our tax calendar",
            "the dispute desk",
            "the lending book",
            "the receipts archive",
        ),
        partners=("shopkeepers", "accountants", "card networks", "state agencies", "banks"),
        places=(_COLUMBUS, _RICHMOND, _HALIFAX, _BOISE),
        trades=(ENGINEERING, ANALYSIS, FINANCE, PEOPLE),
    ),
    Employer(
        slug="quillfern",
        name="Quillfern",
        source="lever",
        desks=20,
        currency="GBP",
        about=(
            "Quillfern helps small publishers to print, record and sell their books.",
            "Two hundred imprints in five languages trust us with their catalogues.",
            "We are profitable, slightly bookish and spread over three cities.",
            "Every reader's euro is split in the open, author first.",
        ),
        things=(
            "the catalogue",
            "our audiobook studio",
            "the royalty statements",
            "the print queue",
            "the reader app",
            "the rights database",
            "the translation desk",
        ),
        partners=("independent publishers", "narrators", "librarians", "printers", "translators"),
        places=(_LEEDS, _DUBLIN, _MONTREAL),
        trades=(ENGINEERING, PEOPLE, FINANCE, ANALYSIS),
    ),
    Employer(
        slug="saltmarsh-energy",
        name="Saltmarsh Energy",
        source="lever",
        desks=118,
        currency="EUR",
        hourly_share=0.3,
        about=(
            "Saltmarsh Energy turns tides and wind into power for coastal towns.",
            "We build, own and repair what we run, from the cable to the control room.",
            "Fourteen harbours are lit by our turbines, and six more are on the drawing board.",
            "Safety comes before output, and every technician may stop the plant.",
            "Our batteries are made of salt, which the neighbours find funny.",
        ),
        things=(
            "the tidal turbines",
            "the salt batteries",
            "our substations",
            "the export cable",
            "the service vessels",
            "the control room",
            "the blade workshop",
            "the grid contracts",
            "the weather desk",
        ),
        partners=(
            "harbour masters",
            "grid operators",
            "fishing cooperatives",
            "the coast guard",
            "cable layers",
            "town councils",
        ),
        places=(_INVERNESS, _CORK, _BREMEN, _TROMSO, _AARHUS, _PORTO),
        trades=(FIELDWORK, LOGISTICS, ENGINEERING, FINANCE, ANALYSIS, PEOPLE),
    ),
    Employer(
        slug="lumen-orchard",
        name="Lumen Orchard",
        source="ashby",
        desks=27,
        currency="EUR",
        about=(
            "Lumen Orchard builds microscopes that fit into a village clinic.",
            "Our lenses are ground in Jena and our software is written wherever people like.",
            "Doctors in thirty countries diagnose with what we make.",
            "We publish our designs ten years after the first sale.",
        ),
        things=(
            "the pocket microscope",
            "the lens line",
            "our image archive",
            "the staining kit",
            "the diagnosis service",
            "the calibration bench",
            "the spare-parts shop",
        ),
        partners=("village clinics", "pathologists", "regulators", "glass makers", "ministries"),
        places=(_JENA, _LISBON, _DUBLIN),
        trades=(RESEARCH, ENGINEERING, ANALYSIS, PEOPLE),
    ),
    Employer(
        slug="pebbleworks",
        name="Pebbleworks Robotics",
        source="ashby",
        desks=17,
        currency="USD",
        hourly_share=0.2,
        about=(
            "Pebbleworks makes slow, quiet robots that carry things for people.",
            "A pebble weighs as much as a dog and lifts as much as a horse.",
            "Hospitals and libraries rent our machines by the month.",
        ),
        things=(
            "the carrier robot",
            "the charging dock",
            "the map builder",
            "our gripper line",
            "the fleet console",
            "the hospital pilot",
        ),
        partners=("hospital porters", "librarians", "lift makers", "safety inspectors"),
        places=(_BOISE, _COLUMBUS, _MONTREAL),
        trades=(ENGINEERING, RESEARCH, LOGISTICS, PEOPLE),
    ),
    Employer(
        slug="fernhollow",
        name="Fernhollow Health",
        source="sitemap",
        desks=54,
        currency="GBP",
        hourly_share=0.5,
        about=(
            "Fernhollow Health runs neighbourhood clinics for people of every age.",
            "We are a charity, and what is left over at the year's end buys equipment.",
            "Our nineteen clinics open early, close late and answer the telephone.",
            "Patients sit on our board and read our figures first.",
        ),
        things=(
            "the walk-in clinic",
            "wound care",
            "the memory service",
            "our vaccination rounds",
            "the falls programme",
            "the children's practice",
            "the diabetes group",
            "the day ward",
        ),
        partners=("family doctors", "carers", "pharmacists", "social workers", "school nurses"),
        places=(_CARDIFF, _YORK, _LEEDS, _BRISTOL),
        trades=(CARE, CARE, PEOPLE, LOGISTICS),
    ),
    Employer(
        slug="bracken-house",
        name="Bracken House Hotels",
        source="sitemap",
        structured=False,
        desks=36,
        currency="GBP",
        hourly_share=0.6,
        about=(
            "Bracken House is five old hotels, each with a kitchen garden and a library.",
            "Guests come for the walking and return for the breakfast.",
            "The family that founded us still tends the bees.",
            "We open all year, and nobody is sent home in the quiet months.",
        ),
        things=(
            "the tasting menu",
            "Sunday lunch",
            "the wedding season",
            "the wine cellar",
            "afternoon tea",
            "the walled garden suppers",
            "the bread oven",
        ),
        partners=("market gardeners", "cheese makers", "walking guides", "brides' mothers"),
        places=(_YORK, _INVERNESS, _CARDIFF, _CORK),
        trades=(HOSPITALITY, HOSPITALITY, PEOPLE, FINANCE),
    ),
)

BY_SLUG = {employer.slug: employer for employer in EMPLOYERS}


def employers_of(source: str) -> dict[str, Employer]:
    return {slug: employer for slug, employer in BY_SLUG.items() if employer.source == source}


def job_page_pattern(slug: str) -> str:
    """Return a pattern that is found in the URL of each job page, and of no other page, in the
    sitemap of the employer."""
    return rf"/{slug}/jobs/[a-z0-9-]+-\d+$"


def companies(base_url: str) -> list[dict[str, object]]:
    """Return each employer as ``{slug, source, config}``, from which a user can follow it.

    Args:
        base_url: the scheme, host and port of the server, without a trailing slash.
    """
    return [
        {"slug": employer.slug, "source": employer.source, "config": _config(employer, base_url)}
        for employer in EMPLOYERS
    ]


def _config(employer: Employer, base_url: str) -> dict[str, str]:
    slug = employer.slug
    match employer.source:
        case "greenhouse" | "ashby":
            return {"board": slug, "base_url": base_url}
        case "lever":
            return {"site": slug, "base_url": base_url}
        case _:
            return {"url": f"{base_url}/{slug}/sitemap.xml", "pattern": job_page_pattern(slug)}
