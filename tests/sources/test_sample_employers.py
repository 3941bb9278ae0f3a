"""Tests that the adapters read the postings of the sample career sites as they were made."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from include.core.models import JobPosting, ListedJob, Page
from include.extract import fingerprint_input, read_posting
from include.sources.base import ListingPage, Request
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from local.career_sites import ashby, greenhouse, lever
from local.career_sites.content import EMPLOYERS, Employer
from local.career_sites.pages import Noise
from local.career_sites.postings import SamplePosting
from local.career_sites.world import Edition
from tests.sources.answers import answer, posting

BASE_URL = "http://127.0.0.1:8090"
KEYS = {"greenhouse": "board", "lever": "site", "ashby": "board"}


@pytest.fixture(scope="module", params=[1, 2])
def edition(request: pytest.FixtureRequest) -> Edition:
    return Edition(seed=11, day=request.param, scale=1, base_url=BASE_URL)


def config_of(employer: Employer) -> Mapping[str, Any]:
    if employer.source == "sitemap":
        return {"url": f"{BASE_URL}/{employer.slug}/sitemap.xml", "pattern": r"/jobs/[^/]+-\d+$"}
    return {KEYS[employer.source]: employer.slug, "base_url": BASE_URL}


def served(edition: Edition, employer: Employer, request: Request) -> Any:
    """Return the response of the sample server, which is made by the server's own renderers."""
    postings = list(edition.postings[employer.slug].values())
    match employer.source:
        case "greenhouse":
            return greenhouse.board(
                postings, base_url=BASE_URL, content=True, pay_transparency=True
            )
        case "lever":
            query = parse_qs(urlsplit(request.url).query)
            skip, limit = int(query["skip"][0]), int(query["limit"][0])
            return [lever.posting(each, base_url=BASE_URL) for each in postings[skip:][:limit]]
        case "ashby":
            return ashby.board(postings, base_url=BASE_URL, include_compensation=True)
        case _:
            return edition.sitemaps[urlsplit(request.url).path]


def listing_pages(edition: Edition, employer: Employer) -> Iterator[ListingPage]:
    config = config_of(employer)
    unsent = [adapter_for(employer.source).first_request(config)]
    while unsent:
        request = unsent.pop(0)
        body = served(edition, employer, request)
        page = answer(employer.source, config, body, request=request)
        unsent += page.follow
        yield page


def read(edition: Edition, sample: SamplePosting, job: ListedJob) -> JobPosting:
    if sample.employer.inline:
        return posting(sample.employer.source, job)
    return read_posting(page_of(edition, sample, served=1))


def page_of(edition: Edition, sample: SamplePosting, *, served: int) -> Page:
    """Return the page of a posting with the noise that follows from ``served`` requests so far."""
    noise = Noise(served=served, at=datetime(2026, 3, 1, 12, 0, served % 60, tzinfo=UTC))
    body = edition.job_page(sample).render(noise)
    return Page(url=BASE_URL + sample.path, body=body, content_type="text/html; charset=utf-8")


@pytest.mark.integration
@pytest.mark.parametrize("employer", EMPLOYERS, ids=lambda employer: employer.slug)
def test_every_sample_posting_is_read_correctly(edition: Edition, employer: Employer) -> None:
    truth = {
        key: sample for key, sample in edition.postings[employer.slug].items() if sample.listed
    }
    listing = prove(list(listing_pages(edition, employer)))

    assert listing.complete, listing.reason
    assert {job.external_id for job in listing.jobs} == truth.keys()
    for job in listing.jobs:
        sample = truth[job.external_id]
        posting = read(edition, sample, job)
        assert posting.title == sample.title
        assert [place.country for place in posting.locations] == [
            place.country_code for place in sample.places[: len(sample.locations)]
        ]
        if sample.workplace != "remote":
            assert [place.city for place in posting.locations] == [
                place.city for place in sample.places
            ]
        assert posting.workplace == sample.workplace
        expected_types = (sample.employment_type,) if sample.employment_type else ()
        assert posting.employment_types == expected_types
        assert (posting.salary is None) == (sample.salary is None)
        if posting.salary and sample.salary:
            assert posting.salary.min == sample.salary.minimum
            assert posting.salary.max == sample.salary.maximum
            assert posting.salary.period == sample.salary.period
        assert posting.posted_at is not None
        assert posting.posted_at.date() == sample.posted_at.date()
        for section in sample.body:
            for line in section.text.splitlines():
                assert line.strip(" -•*") in posting.description_text


def test_noise_never_changes_the_fingerprint_of_a_page(edition: Edition) -> None:
    for company_postings in edition.postings.values():
        for sample in company_postings.values():
            if not sample.employer.inline:
                first = fingerprint_input(page_of(edition, sample, served=1))
                second = fingerprint_input(page_of(edition, sample, served=2))
                assert (first.fields, first.text) == (second.fields, second.text)
