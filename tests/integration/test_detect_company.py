"""Tests of detection, from an address to the postings.

One test server stands in for all vendors.
"""

import time
from collections.abc import Mapping

import pytest
from aiohttp import web
from sqlalchemy import Engine

from include.errors import NotDetected, SettingError
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.pipeline.companies.detect_company import Detected, detect_company
from tests.readers import InThisProcess
from tests.sites import Sites
from tests.vendors import EMBEDDED, HOSTED, TITLES, Vendors, redirect, running_vendors

pytestmark = pytest.mark.integration
POSTING = '<script type="application/ld+json">{"@type": "JobPosting", "title": "Cook"}</script>'


def detect(
    engine: Engine, url: str, *hosts: str, base_url: str | None = None, seconds: float = 20
) -> Detected:
    return detect_company(
        engine,
        url,
        clients=Clients(
            guard=AddressGuard(hosts),
            user_agent="jobhunt-tests",
            deadline=5,
            max_bytes=5_000_000,
            listing_tries=1,
            politeness=PolitenessPolicy(rate_of=lambda host: 1000.0, concurrency=8),
        ),
        reader=InThisProcess(),
        until=time.monotonic() + seconds,
        base_url=base_url,
    )


def on_site(
    engine: Engine, pages: Mapping[str, str | web.Response], path: str = "/careers"
) -> tuple[Detected, Vendors]:
    """Run detection at ``path`` of a site that has ``pages``.

    Return the result and the site's server.
    """
    with running_vendors(**pages) as site:
        return detect(engine, site.url + path, site.host), site


@pytest.mark.parametrize(("source", "url"), HOSTED.items(), ids=HOSTED)
def test_a_hosted_board_is_found_and_listed(engine: Engine, source: str, url: str) -> None:
    with running_vendors() as vendors:
        detected = detect(engine, url, vendors.host, base_url=vendors.url)

    assert detected.candidate.source == source
    assert tuple(job.title for job in detected.sample) == TITLES
    assert (detected.count, detected.complete) == (3, True)
    assert detected.found_by == "the address itself"


@pytest.mark.parametrize(("source", "markup"), EMBEDDED.items(), ids=EMBEDDED)
def test_a_company_page_that_embeds_a_board_leads_to_it(
    engine: Engine, source: str, markup: str
) -> None:
    with running_vendors(**{"/about/work": f"<h1>Work here</h1>{markup}"}) as site:
        url = "https://www.acme.example/about/work"
        detected = detect(engine, url, site.host, base_url=site.url)

    assert (detected.candidate.source, detected.count) == (source, 3)
    assert f"{site.url}/about/work" in detected.found_by


def test_a_board_on_the_same_host_is_found_without_being_told_where(engine: Engine) -> None:
    pages = {"/careers": '<script src="{here}/embed/job_board/js?for=acme"></script>'}
    found, site = on_site(engine, pages)

    assert found.candidate.config == {"board": "acme", "base_url": site.url}


def test_a_redirect_is_followed_to_the_board(engine: Engine) -> None:
    pages = {"/careers": redirect("{here}/hcmUI/CandidateExperience/en/sites/CX_1")}
    pages["/hcmUI/CandidateExperience/en/sites/CX_1"] = "<h1>Jobs</h1>"
    found, site = on_site(engine, pages)

    assert found.candidate.source == "oracle"
    assert found.found_by == f"a redirect or link of {site.url}/careers"


def test_a_front_page_leads_to_the_board_by_its_careers_page(engine: Engine) -> None:
    pages = {
        "/": '<a href="/products">Products</a><a href="/company/join-us">Join us</a>',
        "/company/join-us": '<iframe src="{here}/v0/postings/acme"></iframe>',
    }
    found, site = on_site(engine, pages, "/")

    assert found.candidate.source == "lever"
    assert "/products" not in site.asked


def test_a_board_named_only_in_the_site_s_own_script_is_found(engine: Engine) -> None:
    pages = {
        "/careers": '<div id="root"></div><script src="/assets/app.js"></script>',
        "/assets/app.js": 'fetch("{here}/x"),u="https:\\/\\/apply.workable.com\\/acme\\/"',
    }
    with running_vendors(**pages) as site:
        detected = detect(engine, "https://acme.example/careers", site.host, base_url=site.url)

    assert detected.candidate.config["account"] == "acme"


def test_workable_s_widget_is_followed_from_its_number_to_the_account(engine: Engine) -> None:
    pages = {
        "/careers": "<script>whr_embed(407621, {detail: 'titles'})</script>",
        "/api/v1/widget/accounts/407621": '{"jobs": [{"url": "https://apply.workable.com/j/0A1"}]}',
        "/j/0A1": redirect("{here}/acme/j/0A1"),
        "/acme/j/0A1": '<a href="https://apply.workable.com/acme/">All jobs</a>',
    }
    with running_vendors(**pages) as site:
        detected = detect(engine, "https://acme.example/careers", site.host, base_url=site.url)

    assert (detected.candidate.source, detected.candidate.config["account"]) == ("workable", "acme")


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        (
            "teamtailor",
            '<link href="https://assets-aws.teamtailor-cdn.com/x.css" rel="stylesheet">',
        ),
        ("recruitee", '<script src="https://careers.recruiteecdn.com/x.js"></script>'),
        (
            "eightfold",
            '<script src="https://static.vscdn.net/x.js"></script>{"domain": "acme.com"}',
        ),
        ("oracle", '<base href="/hcmUI/CandidateExperience/"><script>siteNumber: "CX_1"</script>'),
    ],
)
def test_a_board_on_the_employer_s_own_domain_is_known_by_what_it_is_made_with(
    engine: Engine, source: str, markup: str
) -> None:
    found, site = on_site(engine, {"/": markup}, "/")

    assert (found.candidate.source, found.count) == (source, 3)
    assert found.candidate.config["base_url"] == site.url


def test_a_dead_board_in_an_old_link_does_not_hide_the_living_one(engine: Engine) -> None:
    pages = {
        "/careers": '<a href="{here}/v1/boards/left-long-ago/jobs">old</a>' * 3
        + '<a href="{here}/v0/postings/acme">new</a>'
    }
    found, _ = on_site(engine, pages)

    assert found.candidate.source == "lever"


def test_a_site_without_any_board_is_listed_by_its_sitemap(engine: Engine, sites: Sites) -> None:
    detected = detect(engine, f"{sites.url}/fernhollow/jobs/x", sites.host)

    assert detected.candidate.source == "sitemap"
    assert detected.candidate.config["url"] == f"{sites.url}/fernhollow/sitemap.xml"
    assert detected.count > 5


def test_a_posting_s_neighbours_are_found_in_the_sitemap_that_robots_txt_names(
    engine: Engine,
) -> None:
    urls = ["/about/team", "/x/cook-1", "/x/nurse-2", "/blog/jobs/essay"]
    pages = {
        "/x/cook-1": POSTING,
        "/x/nurse-2": POSTING,
        "/robots.txt": "User-agent: *\nSitemap: {here}/maps/all.xml",
        "/maps/all.xml": "<urlset>"
        + "".join(f"<url><loc>{{here}}{path}</loc></url>" for path in urls)
        + "</urlset>",
    }
    found, site = on_site(engine, pages, "/x/cook-1")

    assert [job.url for job in found.sample] == [f"{site.url}/x/cook-1", f"{site.url}/x/nurse-2"]


def test_links_that_look_like_postings_are_the_last_resort(engine: Engine) -> None:
    pages = {
        "/careers": '<nav><a href="/products/1">Product</a><a href="/about">About</a></nav>'
        + "".join(f'<a href="/vacancies/{i}">{title}</a>' for i, title in enumerate(TITLES)),
        **{f"/vacancies/{i}": POSTING for i in range(len(TITLES))},
    }
    found, site = on_site(engine, pages)

    assert found.candidate.source == "html"
    assert found.candidate.config == {
        "url": f"{site.url}/careers",
        "link_selector": 'a[href^="/vacancies/"]',
    }
    assert tuple(job.title for job in found.sample) == TITLES


def test_a_board_that_is_empty_now_is_found_all_the_same(engine: Engine) -> None:
    board = '{"jobs": [], "meta": {"total": 0}}'
    found, _ = on_site(engine, {"/v1/boards/acme/jobs": board}, "/v1/boards/acme/jobs")

    assert (found.candidate.source, found.count, found.sample) == ("greenhouse", 0, ())


def test_a_company_that_its_source_may_not_know_is_not_detected(engine: Engine) -> None:
    pages = {"/v1/companies/acme/postings": '{"totalFound": 0, "content": []}'}
    with pytest.raises(NotDetected) as refused:
        on_site(engine, pages, "/v1/companies/acme/postings")

    assert any("smartrecruiters" in tried for tried in refused.value.tried)


def test_a_url_without_a_board_is_reported_with_the_attempts(engine: Engine) -> None:
    with running_vendors(**{"/hello": "<h1>Hello</h1>"}) as site, pytest.raises(NotDetected) as no:
        detect(engine, f"{site.url}/hello", site.host)

    assert no.value.url == f"{site.url}/hello"
    assert any("sitemap" in tried and "404" in tried for tried in no.value.tried)


def test_addresses_inside_the_network_are_refused_also_behind_a_link(engine: Engine) -> None:
    pages = {"/careers": '<iframe src="http://10.0.0.1/v0/postings/acme"></iframe>'}
    with pytest.raises(NotDetected) as refused:
        on_site(engine, pages)

    assert any("which is not public" in tried for tried in refused.value.tried)


def test_a_listing_that_breaks_off_says_that_there_may_be_more(engine: Engine) -> None:
    feed = (
        '{"items": [{"id": "1", "title": "Cook", "url": "https://x.test/1"}],'
        ' "next_url": "{here}/never"}'
    )
    found, _ = on_site(engine, {"/jobs.json": feed}, "/jobs.json")

    assert (found.count, found.complete) == (1, False)


def test_nothing_is_asked_once_time_is_up(engine: Engine) -> None:
    with running_vendors() as vendors, pytest.raises(NotDetected) as refused:
        detect(engine, HOSTED["lever"], vendors.host, base_url=vendors.url, seconds=0)

    assert vendors.asked == []
    assert "time" in refused.value.tried[0]


@pytest.mark.parametrize("url", ["acme", "ftp://acme.example", "https://", "javascript:alert(1)"])
def test_an_address_that_is_not_a_web_address_is_refused(engine: Engine, url: str) -> None:
    with pytest.raises(SettingError) as refused:
        detect(engine, url)

    assert refused.value.field == "url"
