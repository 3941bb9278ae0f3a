"""Tests of a company whose list and pages JavaScript renders. They use a real browser."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from include.core.models import Company
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from tests.ingestion import USER, Ingestion
from tests.programs import need_program
from tests.sites import serving

pytestmark = [
    pytest.mark.integration,
    pytest.mark.xdist_group("chromium"),
]
TITLES = ("Cook", "Nurse")
LIST = """<main></main><script>fetch("/api").then(answer => answer.json()).then(titles => {
document.querySelector("main").innerHTML =
  titles.map(title => `<a class="job" href="/jobs/${title}">${title}</a>`).join("")})</script>"""
POSTING = """<div id="root"></div><script>
const title = location.pathname.split("/").pop()
document.getElementById("root").innerHTML =
  `<h1>${title}</h1><p>We look for a ${title} who likes our town and its people. </p>`.repeat(9)
</script>"""


@dataclass
class Site:
    url: str = ""
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path == "/api":
            return web.json_response(TITLES)
        markup = LIST if request.path == "/careers" else POSTING
        if request.path == "/robots.txt":
            raise web.HTTPNotFound
        return web.Response(text=markup, content_type="text/html", headers={"ETag": '"same"'})


@contextmanager
def running_site() -> Generator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    with serving(app) as site.url:
        yield site


@pytest.fixture(scope="module", autouse=True)
def chromium() -> None:
    need_program("chromium")


def follow(ingestion: Ingestion, site: Site, **config: object) -> Ingestion:
    config = {"url": f"{site.url}/careers", "link_selector": "a.job", **config}
    with ingestion.engine.begin() as connection:
        ensure_user(connection, USER)
        follow_company(connection, USER, Company(slug="acme", source="html", config=config))
    return replace(ingestion, private_hosts=(site.url.removeprefix("http://"),))


def test_a_company_that_needs_a_browser_is_listed_and_read_with_one(ingestion: Ingestion) -> None:
    with running_site() as site:
        ingestion = follow(ingestion, site, render=True)
        first = ingestion.run()
        again = ingestion.run()
    read = ingestion.rows("SELECT title, posting ->> 'description_text' AS text FROM jobs")
    assert sorted(row.title for row in read) == sorted(TITLES)
    assert all(f"We look for a {row.title}" in row.text for row in read)
    assert len(ingestion.outcomes(first, "ready")) == 2
    assert len(ingestion.outcomes(again, "skipped")) == 2


def test_a_company_that_does_not_say_so_never_meets_the_browser(
    ingestion: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.fetch.render.Browser._start", None)
    with running_site() as site:
        ingestion = follow(ingestion, site)
        ingestion.open()
    (company,) = ingestion.rows("SELECT status, error FROM run_companies")
    assert company.status == "partial"
    assert "no posting's link was found" in company.error
    assert "/api" not in site.asked
