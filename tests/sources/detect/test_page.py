"""Tests of finding boards on a page of a company, and of choosing the pages to read next."""

import json

import pytest

from include.errors import ParseError
from include.sources.base import Response
from include.sources.detect import Findings, listing_pages, read_page, sitemaps
from include.sources.registry import adapter_for
from tests.vendors import HOSTED

HOME = "https://www.acme.example/company"
NOT_IN_TEXT = frozenset({
    "amazon", "apple", "google", "phenom", "radancy", "successfactors", "workatastartup",
})  # fmt: skip
"""The sources whose boards have no host of a vendor, or a host that many other pages name."""


def read(markup: str, *, url: str = HOME, content_type: str = "text/html") -> Findings:
    return read_page(Response(url=url, body=markup.encode(), content_type=content_type))


def boards(markup: str) -> list[str]:
    return [str(board.candidate) for board in read(markup).boards]


def test_an_embedded_board_ranks_before_a_linked_one() -> None:
    markup = """<a href="https://jobs.lever.co/friend">Our friends</a>
        <a href="/friends">More</a><a href="https://jobs.lever.co/friend/1">Job</a>
        <iframe src="https://boards.greenhouse.io/embed/job_board?for=acme"></iframe>"""
    assert boards(markup) == ["greenhouse board=acme", "lever site=friend"]


def test_a_board_with_more_links_ranks_first() -> None:
    postings = "".join(f'<a href="https://jobs.lever.co/acme/{i}">Job</a>' for i in range(5))
    assert boards(f'<a href="https://jobs.lever.co/friend">x</a>{postings}') == [
        "lever site=acme",
        "lever site=friend",
    ]


@pytest.mark.parametrize(
    "written",
    [
        json.dumps({"url": "https://jobs.lever.co/acme/1"}),
        json.dumps({"url": "https://jobs.lever.co/acme/1"}).replace("/", "\\/"),
        '{"url": "https:\\u002F\\u002Fjobs.lever.co\\u002Facme\\u002F1"}',
        "<script>load('//jobs.lever.co/acme')</script>",
        "<!-- jobs.lever.co/acme -->",
        '<div data-board="jobs.lever.co/acme"></div>',
    ],
)
def test_a_url_in_the_page_s_code_is_found_in_any_escaping(written: str) -> None:
    assert boards(f"<script>{written}</script>") == ["lever site=acme"]


@pytest.mark.parametrize("source", sorted(HOSTED.keys() - NOT_IN_TEXT))
def test_the_url_of_a_board_is_found_in_a_script(source: str) -> None:
    found = boards(f"<script>load('{HOSTED[source]}')</script>")

    assert [board.partition(" ")[0] for board in found] == [source], (
        f"add the host of {source} to _VENDOR_URL in include/sources/detect/page.py"
    )


def test_a_posting_of_paylocity_leads_to_its_board() -> None:
    board = "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"
    findings = read(
        f'<a href="/Recruiting/Jobs/All/{board}/Acme">All jobs</a>',
        url="https://recruiting.paylocity.com/Recruiting/Jobs/Details/1",
    )

    assert [str(each.candidate) for each in findings.boards] == [f"paylocity board={board}"]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<script>var phApp = {'locale': 'en_us'}</script>", "locale=en_us"),
        ('<script>phApp.ddo = {"siteConfig": {"locale":"fr_ca"}}</script>', "locale=fr_ca"),
    ],
)
def test_a_phenom_site_is_known_by_its_state(markup: str, expected: str) -> None:
    assert boards(markup) == [f"phenom host=www.acme.example {expected}"]
    assert boards(markup.replace("phApp", "app")) == []
    assert boards(markup.replace("_", "-")) == []


def test_a_host_that_only_ends_like_a_vendor_s_is_not_a_board() -> None:
    assert boards('<a href="https://evil-lever.co/acme">x</a> jobs.lever.co.evil.test/acme') == []


def test_a_script_is_read_as_text() -> None:
    code = 'var board = "https://boards.greenhouse.io/embed/job_board?for=acme\\u0026b=1"'
    findings = read(code, content_type="application/javascript")
    assert [str(each.candidate) for each in findings.boards] == ["greenhouse board=acme"]


def test_urls_to_fetch_are_frames_then_openings_then_careers_pages_then_scripts() -> None:
    findings = read(
        """<script src="/app.js"></script><script src="https://cdn.example/jquery.js"></script>
        <a href="/careers/culture">Careers</a><a href="/products">Products</a>
        <a href="https://jobs.acme.example/list">See all openings</a>
        <a href="https://elsewhere.test/jobs">Jobs elsewhere</a>
        <a href="/careers.pdf">Careers brochure</a>
        <iframe src="/frames/positions"></iframe>"""
    )
    assert findings.urls_to_fetch == (
        "https://www.acme.example/frames/positions",
        "https://jobs.acme.example/list",
        "https://www.acme.example/careers/culture",
        "https://www.acme.example/app.js",
    )


def test_a_response_that_is_not_html_is_refused() -> None:
    with pytest.raises(ParseError):
        read("%PDF-1.7 \x00", content_type="application/pdf")


def test_sitemaps_are_guessed_and_read_from_robots_txt() -> None:
    robots = "Sitemap: https://acme.example/a.xml\nsitemap: https://acme.example/jobs.xml\n"
    found = sitemaps("https://acme.example/careers/cooks", robots)
    assert [candidate.config["url"] for candidate in found] == [
        "https://acme.example/careers/sitemap.xml",
        "https://acme.example/sitemap.xml",
        "https://acme.example/jobs.xml",
        "https://acme.example/a.xml",
    ]
    (itself,) = sitemaps("https://acme.example/files/sitemap-jobs.xml.gz")
    assert itself.config == {"url": "https://acme.example/files/sitemap-jobs.xml.gz"}


@pytest.mark.parametrize(
    ("links", "selector"),
    [
        (["/jobs/1", "/jobs/2", "/blog/1", "/blog/2", "/blog/3"], 'a[href^="/jobs/"]'),
        (["job.php?id=1", "job.php?id=2"], 'a[href^="job.php?id="]'),
        (
            ["https://x.test/stellen/a/", "https://x.test/stellen/b/"],
            'a[href^="https://x.test/stellen/"]',
        ),
        (["/jobs/1"], None),
        (["/jobs", "/about", "/contact"], None),
    ],
)
def test_a_list_of_postings_is_recognised_by_its_links(
    links: list[str], selector: str | None
) -> None:
    markup = "".join(f'<a href="{link}">Night Cook</a>' for link in links)
    pages = listing_pages(Response(url=HOME, body=markup.encode()))
    assert [each.config["link_selector"] for each in pages] == ([selector] if selector else [])


def test_a_link_to_the_next_page_is_recognised() -> None:
    markup = '<a href="/jobs/1">Cook</a><a href="/jobs/2">Nurse</a><a rel="next" href="?p=2">2</a>'
    (found,) = listing_pages(Response(url=HOME, body=markup.encode()))
    assert found.config["next_selector"] == "a[rel~=next]"


def test_links_of_the_navigation_are_not_postings() -> None:
    menu = '<a href="/jobs/all">All jobs</a><a href="/jobs/teams">Our teams</a>'
    cards = "".join(
        f'<li><article><header><a href="/jobs/{i}">Night Cook {i}</a></header></article></li>'
        for i in range(2)
    )
    markup = f"""<div><header>{menu}</header></div><nav>{menu}</nav>
        <main><ul>{cards}</ul></main><footer>{menu}</footer>"""
    response = Response(url=HOME, body=markup.encode())
    (found,) = listing_pages(response)
    adapter = adapter_for("html")
    listing = adapter.parse_listing(found.config, adapter.first_request(found.config), response)
    assert [job.title for job in listing.jobs] == ["Night Cook 0", "Night Cook 1"]
    assert listing_pages(Response(url=HOME, body=f"<nav>{menu}</nav>".encode())) == ()
