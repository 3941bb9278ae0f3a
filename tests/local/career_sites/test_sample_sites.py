import gzip
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from aiohttp.test_utils import TestClient
from selectolax.lexbor import LexborHTMLParser

from local.career_sites import SamplePosting, companies, truth
from local.career_sites.employers import employers_of

SEED = 7


async def listed_urls(client: TestClient, url: str) -> list[str]:
    """Return the URLs of all pages that a sitemap lists.

    If ``url`` is an index, read its sitemaps.
    """
    async with client.session.get(url) as response:
        assert response.status == 200
        body = await response.read()
    if url.endswith(".gz"):
        assert response.content_type == "application/gzip"
        body = gzip.decompress(body)
    locations = re.findall(r"<loc>([^<]+)</loc>", body.decode())
    if b"<sitemapindex" not in body:
        return locations
    return [page for part in locations for page in await listed_urls(client, part)]


def job_posting(page: LexborHTMLParser) -> dict:
    (script,) = page.css('script[type="application/ld+json"]')
    found = json.loads(script.text(), strict=False)
    candidates = found if isinstance(found, list) else found.get("@graph", [found])
    (record,) = [item for item in candidates if item["@type"] == "JobPosting"]
    return record


def main_text(page: LexborHTMLParser) -> str:
    return page.css_first("main").text(separator=" ")


async def open_pages(
    client: TestClient, slug: str, base_url: str
) -> list[tuple[SamplePosting, LexborHTMLParser, str]]:
    pages: list[tuple[SamplePosting, LexborHTMLParser, str]] = []
    for url, posting in truth(SEED, 1, base_url=base_url)[slug].items():
        if posting.gone:
            continue
        async with client.session.get(url) as response:
            if posting.fails_once:
                assert response.status == 500
                response = await client.session.get(url)
            assert response.status == 200
            html = await response.text()
        pages.append((posting, LexborHTMLParser(html), html))
    return pages


@pytest.mark.parametrize("slug", employers_of("sitemap"))
async def test_sitemap_lists_the_truth_among_other_pages(
    client: TestClient, base_url: str, slug: str
):
    (config,) = [item["config"] for item in companies(base_url) if item["slug"] == slug]
    urls = await listed_urls(client, config["url"])
    jobs = [url for url in urls if re.search(config["pattern"], url)]
    assert jobs == list(truth(SEED, 1, base_url=base_url)[slug])
    others = set(urls) - set(jobs)
    assert f"{base_url}/{slug}/about" in others
    for url in others:
        async with client.session.get(url) as response:
            assert response.status == 200


async def test_one_sitemap_is_an_index_with_a_compressed_part(client: TestClient):
    async with client.get("/fernhollow/sitemap.xml") as response:
        body = await response.text()
    assert "<sitemapindex" in body
    assert body.count("<lastmod>") == 2
    assert "/fernhollow/sitemap-1.xml<" in body
    assert "/fernhollow/sitemap-2.xml.gz<" in body


async def test_jsonld_pages_state_the_truth(client: TestClient, base_url: str):
    markups: list[str] = []
    hourly = 0
    for posting, page, html in await open_pages(client, "fernhollow", base_url):
        record = job_posting(page)
        markups.append(html)
        assert record["title"] == posting.title == page.css_first("h1").text()
        assert record["employmentType"] == posting.employment_type
        assert posting.posted_at.isoformat().startswith(record["datePosted"])
        description = unescape(re.sub(r"<[^>]+>", " ", unescape(record["description"])))
        assert description.split() == posting.text.split()
        assert ("jobLocationType" in record) == (posting.workplace == "remote")
        if posting.salary:
            value = record["baseSalary"]["value"]
            assert value["minValue"] == posting.salary.minimum
            assert value["unitText"] == posting.salary.period
            hourly += posting.salary.period == "HOUR"
    assert hourly
    assert any('type="application/ld&#x2B;json"' in html for html in markups)
    assert any('"@graph"' in html for html in markups)
    assert any("</p>\n<h3>" in html.partition("</script>")[0] for html in markups)
    assert any("&lt;h3&gt;" in html for html in markups)


async def test_plain_pages_state_the_truth_without_structured_data(
    client: TestClient, base_url: str
):
    for posting, page, html in await open_pages(client, "bracken-house", base_url):
        text = main_text(page)
        assert "ld+json" not in html
        assert "itemprop" not in html
        assert page.css_first("h1").text() == posting.title
        assert f"Location: {'; '.join(posting.locations)}" in text
        assert "Employment type: " in text
        assert ("Salary: £" in text) == (posting.salary is not None)
        assert posting.body[1].bullets[0] in text
        assert page.css_matches("main ul li")


async def test_only_boilerplate_differs_between_two_answers(client: TestClient):
    path = next(iter(truth(SEED, 1)["bracken-house"]))
    answers = []
    for _ in range(2):
        async with client.get(path) as response:
            assert "ETag" not in response.headers
            answers.append(await response.text())
    one, other = map(LexborHTMLParser, answers)
    for selector in ("header", "aside", "footer", "head script"):
        assert one.css_first(selector).html != other.css_first(selector).html
    assert one.body.attributes["data-session"] != other.body.attributes["data-session"]
    assert one.css_first("main").html == other.css_first("main").html
    assert "people viewed this job" not in main_text(one)


async def test_pages_with_validators_answer_304_until_they_are_edited(
    client: TestClient, base_url: str
):
    kinds: set[frozenset[str]] = set()
    for posting in truth(SEED, 1, base_url=base_url)["fernhollow"].values():
        if posting.gone or posting.fails_once:
            continue
        async with client.get(posting.path) as first:
            validators = {"ETag", "Last-Modified"} & first.headers.keys()
        kinds.add(frozenset(validators))
        for validator, condition in (
            ("ETag", "If-None-Match"),
            ("Last-Modified", "If-Modified-Since"),
        ):
            value = first.headers.get(validator, 'W/"other"')
            async with client.get(posting.path, headers={condition: value}) as again:
                assert again.status == (304 if validator in validators else 200)
                assert bool(await again.read()) == (again.status == 200)
    assert kinds == {
        frozenset(),
        frozenset({"Last-Modified"}),
        frozenset({"ETag", "Last-Modified"}),
    }


async def test_edited_page_is_sent_again_in_spite_of_old_validators(client: TestClient):
    today, later = truth(SEED, 1)["fernhollow"], truth(SEED, 10)["fernhollow"]
    checked = 0
    for external_id, posting in today.items():
        if posting.gone or posting.fails_once or later.get(external_id, posting) == posting:
            continue
        await client.put("/day", json={"day": 1})
        async with client.get(posting.path) as first:
            conditions = {
                "If-None-Match": first.headers.get("ETag"),
                "If-Modified-Since": first.headers.get("Last-Modified"),
            }
        await client.put("/day", json={"day": 10})
        headers = {name: value for name, value in conditions.items() if value}
        checked += bool(headers)
        async with client.get(posting.path, headers=headers) as second:
            assert second.status == 200 or later[external_id].fails_once
    assert checked


async def test_page_of_the_day_fails_once_then_heals(client: TestClient):
    (posting,) = [own for own in truth(SEED, 1)["fernhollow"].values() if own.fails_once]
    statuses = []
    for _ in range(3):
        async with client.get(posting.path) as response:
            statuses.append(response.status)
    assert statuses == [500, 200, 200]


async def test_page_that_is_gone_is_a_404_or_410(client: TestClient):
    statuses: set[int] = set()
    for day in range(1, 12):
        await client.put("/day", json={"day": day})
        (posting,) = [own for own in truth(SEED, day)["fernhollow"].values() if own.gone]
        async with client.get(posting.path) as response:
            statuses.add(response.status)
    assert statuses == {404, 410}


async def test_removed_page_is_closed(client: TestClient):
    gone = truth(SEED, 1)["bracken-house"].keys() - truth(SEED, 8)["bracken-house"].keys()
    await client.put("/day", json={"day": 8})
    assert gone
    for path in gone:
        async with client.get(path) as response:
            assert response.status in {404, 410}


def test_lastmod_moves_only_with_an_edit():
    for day in range(1, 10):
        before, after = truth(SEED, day), truth(SEED, day + 1)
        for slug in employers_of("sitemap"):
            for key in before[slug].keys() & after[slug].keys():
                old, new = before[slug][key], after[slug][key]
                assert (old == new) == (old.updated_at == new.updated_at)
                assert new.updated_at - old.updated_at < timedelta(days=40)


async def test_robots_allow_everything_but_private_pages(client: TestClient):
    async with client.get("/robots.txt") as response:
        assert await response.text() == "User-agent: *\nAllow: /\nDisallow: /private/\n"


@pytest.mark.parametrize(
    "path",
    ["/nobody/sitemap.xml", "/heronworks/sitemap.xml", "/nobody/about", "/fernhollow/blog/9"],
)
async def test_unknown_pages_are_404(client: TestClient, path: str):
    async with client.get(path) as response:
        assert response.status == 404
