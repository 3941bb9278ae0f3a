"""The postings of the sample career sites, and the true values from which they are made."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.recorded import Labelled
from include.core.models import Page
from include.sources.registry import adapter_for
from local.career_sites import ashby, greenhouse, lever
from local.career_sites.content import EMPLOYERS
from local.career_sites.pages import Noise
from local.career_sites.postings import SamplePosting
from local.career_sites.world import Edition

_BASE_URL = "http://127.0.0.1:8090"
_NOISE = Noise(served=1, at=datetime(2026, 3, 1, 12, tzinfo=UTC))


@dataclass(frozen=True, kw_only=True)
class SampleCase:
    """A sample posting and its true values.

    If the posting is a web page, ``page`` is set. Otherwise the listing contains the posting, and
    ``found`` has the values that were read from the listing.
    """

    source: str
    truth: Labelled
    page: Page | None = None
    found: Labelled | None = None


def sample_cases(*, seed: int = 11, day: int = 1) -> Iterator[SampleCase]:
    """Yield every posting that the sample sites list on the day number ``day``."""
    edition = Edition(seed=seed, day=day, scale=1, base_url=_BASE_URL)
    for employer in EMPLOYERS:
        for sample in edition.postings[employer.slug].values():
            if not sample.listed:
                continue
            truth = _true_values(sample)
            if employer.inline:
                read = adapter_for(employer.source).parse_posting(json.dumps(_payload(sample)))
                if read is None:
                    raise ValueError(
                        f"the listing of {employer.slug} contains its postings, but the adapter of"
                        f" {employer.source} reads only web pages"
                    )
                yield SampleCase(source=employer.source, truth=truth, found=Labelled.read(read))
            else:
                body = edition.job_page(sample).render(_NOISE)
                page = Page(url=_BASE_URL + sample.path, body=body, content_type="text/html")
                yield SampleCase(source=employer.source, truth=truth, page=page)


def _payload(sample: SamplePosting) -> Any:
    match sample.employer.source:
        case "greenhouse":
            board: Any = greenhouse.board(
                [sample], base_url=_BASE_URL, content=True, pay_transparency=True
            )
            return board["jobs"][0]
        case "lever":
            return lever.posting(sample, base_url=_BASE_URL)
        case _:
            board = ashby.board([sample], base_url=_BASE_URL, include_compensation=True)
            return board["jobs"][0]


def _true_values(sample: SamplePosting) -> Labelled:
    pay = sample.salary
    return Labelled(
        external_id=sample.external_id if sample.employer.inline else None,
        title=sample.title,
        locations=sample.locations,
        countries=tuple(place.country_code for place in sample.places[: len(sample.locations)]),
        posted_at=sample.posted_at,
        employment_types=(sample.employment_type,) if sample.employment_type else (),
        salary=(pay.minimum, pay.maximum, pay.currency, pay.period) if pay else None,
        workplace=sample.workplace,
    )
