"""Tests of reading postings from the state that the scripts of a page contain."""

import json
from typing import Any

import pytest

from include.core.models import EmploymentType, PayPeriod, Workplace
from include.extract import fingerprint_input, read_posting
from tests.extract.pages import page

PROSE = "<p>We sweep the streets of this town by night and by day, and we do it well. </p>" * 4
JOB = {
    "id": 7,
    "title": "Sweeper",
    "descriptionHtml": f"{PROSE}<p>The salary is €30,000 - €35,000 a year.</p>",
    "location": {"city": "Bremen", "countryCode": "DE"},
    "employmentType": "Full-time",
    "workplaceType": "hybrid",
    "publishedAt": "2026-03-01T08:00:00Z",
}
OTHER = JOB | {"title": "Baker", "location": "Lyon"}


def shown(script: str, heading: str = "Sweeper") -> Any:
    return page(
        f"<html><head><title>{heading} | Acme</title></head><body><h1>{heading}</h1>"
        f"<main><p>Apply now.</p></main>{script}</body></html>"
    )


def next_data(state: Any) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'


@pytest.mark.parametrize(
    "script",
    [
        next_data({"props": {"pageProps": {"apiData": {"jobPost": JOB, "similar": [OTHER]}}}}),
        next_data({"props": {"similar": [OTHER], "job": JOB}}),
        f"<script>window.__appData = {json.dumps({'posting': JOB})}; other = 1;</script>",
        f"<script>window['__STATE__']={json.dumps([OTHER, JOB])};</script>",
    ],
)
def test_the_page_s_own_posting_is_read_from_its_scripts(script: str) -> None:
    read = read_posting(shown(script))

    assert read.title == "Sweeper"
    assert [(place.city, place.country) for place in read.locations] == [("Bremen", "DE")]
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.workplace is Workplace.HYBRID
    assert read.posted_at_raw == "2026-03-01T08:00:00Z"
    assert read.salary is not None
    assert (read.salary.min, read.salary.period) == (30_000, PayPeriod.YEAR)
    assert read.provenance["title"] == "state"
    assert fingerprint_input(shown(script)).fields["title"] == "Sweeper"


@pytest.mark.parametrize(
    "script",
    [
        next_data({"jobs": [OTHER]}),
        next_data({"job": JOB | {"descriptionHtml": "Short."}}),
        next_data({"job": {"title": "Sweeper"}}),
        '<script type="application/json">{"title": "Sweeper", </script>',
        "<script>window.__x = {broken</script>",
        "<script>window.__x = [[[[[[" + "[" * 5_000 + "</script>",
        "<script>var x = 1;</script>",
    ],
)
def test_state_that_may_not_be_the_page_s_posting_is_ignored(script: str) -> None:
    read = read_posting(shown(script))

    assert (read.title, read.locations, read.provenance["title"]) == ("Sweeper", (), "text")


def test_structured_data_takes_precedence_over_script_state() -> None:
    posting = {"@type": "JobPosting", "title": "Sweeper", "description": PROSE}
    jsonld = f'<script type="application/ld+json">{json.dumps(posting)}</script>'

    assert read_posting(shown(jsonld + next_data(JOB))).provenance["title"] == "jsonld"
