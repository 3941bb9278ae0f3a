"""Tests of learning, using and forgetting the template of a site.

The site uses an invented language.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from include.core.models import CheckKind, Company, Page
from include.db.user.users import ensure_user
from include.errors import StorageError
from include.pipeline.companies.follow_company import follow_company
from include.raw_pages import RawPages
from tests.extract.invented_site import NEW, OLD, Design, html, sentence, title
from tests.fetch.fault_server import FaultServer, reply
from tests.ingestion import USER, Ingestion

pytestmark = pytest.mark.integration
MANY = 12


class Site:
    """A sitemap, and the pages that it lists."""

    def __init__(self, server: FaultServer) -> None:
        self.server = server

    def publish(self, count: int, design: Design = OLD, *, etag: str | None = None) -> None:
        urls = [self.show(number, html(number, design), etag) for number in range(count)]
        entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
        sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
        self.server.at("/sitemap.xml", reply(sitemap.encode(), content_type="application/xml"))

    def show(self, number: int, source: str, etag: str | None = None) -> str:
        page = reply(source.encode(), content_type="text/html; charset=utf-8", etag=etag)
        return self.server.at(f"/torrip/{number:02}", page)


@pytest.fixture
def site() -> Iterator[Site]:
    with FaultServer() as server:
        yield Site(server)


@pytest.fixture
def following(ingestion: Ingestion, site: Site) -> Ingestion:
    config = {"url": f"http://{site.server.host}/sitemap.xml", "pattern": "/torrip/"}
    with ingestion.engine.begin() as connection:
        ensure_user(connection, USER)
        follow_company(connection, USER, Company(slug="velkro", source="sitemap", config=config))
    return replace(ingestion, private_hosts=(site.server.host,))


def postings(ingestion: Ingestion) -> list[dict[str, Any]]:
    return [row.posting for row in ingestion.rows("SELECT posting FROM jobs ORDER BY page_url")]


def versions(ingestion: Ingestion) -> list[int]:
    query = "SELECT template_version FROM jobs ORDER BY page_url"
    return [row.template_version for row in ingestion.rows(query)]


def template(ingestion: Ingestion) -> Any:
    rows = ingestion.rows("SELECT version, labels FROM board_templates")
    return rows[0] if rows else None


def assert_read_right(ingestion: Ingestion) -> None:
    for number, posting in enumerate(postings(ingestion)):
        assert posting["title"] == title(number)
        assert sentence(number) in posting["description_text"]
        for design in (OLD, NEW):
            for noise in (*design.menu, design.slogan, design.consent, design.imprint):
                assert noise not in posting["description_text"]
        assert len(posting["locations"]) == 1
        assert posting["employment_types"]
        assert posting["posted_at"] == f"2026-03-{number % 28 + 1:02}T00:00:00Z"


@pytest.mark.parametrize("count", [3, MANY])
def test_the_facts_of_a_new_board_are_found_in_its_first_check(
    count: int, following: Ingestion, site: Site
) -> None:
    site.publish(count)

    shown = following.shown(following.run())

    assert set(shown.values()) == {"ready"}
    assert_read_right(following)
    assert all(versions(following))


def test_no_template_is_learned_from_two_pages_which_are_read_again_after_a_third(
    following: Ingestion, site: Site
) -> None:
    site.publish(2, etag='"1"')
    following.run()
    assert template(following) is None
    assert [posting["title"] for posting in postings(following)] == [OLD.slogan, OLD.slogan]

    site.publish(3, etag='"1"')
    following.run()
    site.server.asked.clear()
    following.run()

    assert_read_right(following)


class FullStore(RawPages):
    """A store that is unavailable after ``room`` pages, as soon as these have been read."""

    def __init__(self, ingestion: Ingestion, room: int) -> None:
        self._ingestion = ingestion
        self._room = self._left = room

    async def put(self, sweep_id: int, job_id: int, page: Page) -> str:
        if not self._left:
            while self._read() < self._room:  # noqa: ASYNC110 - Postgres has no event to await
                await asyncio.sleep(0.05)
            raise StorageError("the store is full")
        self._left -= 1
        return await self._ingestion.raw_pages.put(sweep_id, job_id, page)

    def _read(self) -> int:
        return sum(posting is not None for posting in postings(self._ingestion))

    async def get(self, key: str, *, url: str) -> Page:
        return await self._ingestion.raw_pages.get(key, url=url)


def test_a_crawl_that_is_tried_again_uses_the_template_that_the_first_try_learned(
    following: Ingestion, site: Site
) -> None:
    site.publish(MANY)
    sweep = following.open()
    full = FullStore(following, room=MANY - 2)  # no template is learned from two pages

    with pytest.raises(ExceptionGroup):
        replace(following, raw_pages=full).crawl(sweep, 0, last_try=False)
    following.crawl(sweep, 0)

    assert_read_right(following)


def test_an_unchanged_site_is_unchanged(following: Ingestion, site: Site) -> None:
    site.publish(MANY)
    following.run()
    before = postings(following)

    assert set(following.shown(following.run()).values()) == {"skipped"}
    assert postings(following) == before


def test_a_rebuilt_frame_is_noticed_and_changes_no_posting(
    following: Ingestion, site: Site
) -> None:
    site.publish(MANY)
    following.run()
    learned, before = template(following), postings(following)

    design = replace(NEW, place=OLD.place, hours=OLD.hours, posted=OLD.posted)
    site.publish(MANY, design)
    shown = following.shown(following.run())

    assert template(following).version > learned.version
    assert postings(following) == before
    assert set(shown.values()) == {"skipped"}
    assert following.rows("SELECT 1 FROM job_versions") == []


def test_a_rebuilt_site_with_new_labels_is_read_right(following: Ingestion, site: Site) -> None:
    site.publish(MANY)
    following.run()

    site.publish(MANY, NEW)
    following.run()

    assert_read_right(following)
    assert NEW.place.casefold() in template(following).labels
    assert OLD.place.casefold() not in template(following).labels


def test_an_edit_of_one_posting_is_a_change_of_that_posting(
    following: Ingestion, site: Site
) -> None:
    site.publish(MANY)
    following.run()
    site.show(1, html(1).replace(sentence(1), sentence(5000)))

    shown = following.shown(following.run())

    assert sorted(shown.values()) == ["ready"] + ["skipped"] * (MANY - 1)
    assert sentence(5000) in postings(following)[1]["description_text"]


def test_a_re_extraction_reads_stored_pages_with_the_template(
    following: Ingestion, site: Site
) -> None:
    site.publish(MANY)
    following.run()
    with following.engine.begin() as connection:
        connection.exec_driver_sql(
            'UPDATE jobs SET template_version = 0, posting = posting || \'{"title": "Dorim"}\''
        )

    following.start(kind=CheckKind.REEXTRACT)
    following.carry_out_all()

    assert_read_right(following)
    assert all(versions(following))
