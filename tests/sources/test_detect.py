"""Which source lists the postings behind an address."""

import pytest

from include.core.models import Company
from include.errors import SettingError
from include.sources.detect import detect
from include.sources.registry import check_config
from local.career_sites import companies

ADDRESSES = {
    "https://boards.greenhouse.io/acme": ("greenhouse", {"board": "acme"}),
    "https://www.boards.greenhouse.io/acme/jobs/12?gh_src=x": ("greenhouse", {"board": "acme"}),
    "https://job-boards.greenhouse.io/acme": ("greenhouse", {"board": "acme"}),
    "https://boards.greenhouse.io/embed/job_board?for=acme": ("greenhouse", {"board": "acme"}),
    "https://boards.greenhouse.io/embed/job_app?for=acme&token=1": (
        "greenhouse",
        {"board": "acme"},
    ),
    "https://job-boards.eu.greenhouse.io/acme": (
        "greenhouse",
        {"board": "acme", "base_url": "https://boards-api.eu.greenhouse.io"},
    ),
    "https://boards-api.greenhouse.io/v1/boards/acme/jobs": ("greenhouse", {"board": "acme"}),
    "https://jobs.lever.co/acme/0a1b/apply": ("lever", {"site": "acme"}),
    "https://jobs.eu.lever.co/acme": (
        "lever",
        {"site": "acme", "base_url": "https://api.eu.lever.co"},
    ),
    "https://api.lever.co/v0/postings/acme?mode=json": ("lever", {"site": "acme"}),
    "https://jobs.ashbyhq.com/Acme%20Inc/0a1b": ("ashby", {"board": "Acme Inc"}),
    "https://api.ashbyhq.com/posting-api/job-board/acme": ("ashby", {"board": "acme"}),
    "https://acme.example/files/sitemap-jobs.xml.gz": (
        "sitemap",
        {"url": "https://acme.example/files/sitemap-jobs.xml.gz"},
    ),
}


@pytest.mark.parametrize(("url", "expected"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_names_its_source(url: str, expected: tuple[str, dict[str, str]]) -> None:
    (found,) = detect(url)
    assert (found.source, found.config) == expected
    check_config(Company(slug="found", source=found.source, config=found.config))


def test_of_any_other_site_the_sitemaps_are_guessed() -> None:
    found = detect("https://acme.example/careers/cooks")
    assert [candidate.config["url"] for candidate in found] == [
        "https://acme.example/careers/sitemap.xml",
        "https://acme.example/sitemap.xml",
    ]
    for candidate in found:
        check_config(Company(slug="found", source=candidate.source, config=candidate.config))


@pytest.mark.parametrize("url", ["https://jobs.lever.co/", "https://boards.greenhouse.io/embed"])
def test_a_source_s_own_front_page_is_no_board(url: str) -> None:
    assert {candidate.source for candidate in detect(url)} == {"sitemap"}


@pytest.mark.parametrize("url", ["acme", "ftp://acme.example", "https://", "javascript:alert(1)"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(SettingError) as refused:
        detect(url)
    assert refused.value.field == "url"


def test_apis_at_other_hosts_are_recognised() -> None:
    paths = {"greenhouse": "/v1/boards/{}/jobs", "lever": "/v0/postings/{}"}
    paths["ashby"] = "/posting-api/job-board/{}"
    sample = [company for company in companies("http://sites.test") if company["source"] in paths]
    assert sample
    for company in sample:
        path = paths[company["source"]].format(company["slug"])
        (found,) = detect(f"http://sites.test{path}")
        assert (found.source, found.config) == (company["source"], company["config"])
