"""Tests of following, editing and removing companies, of the keyboard, and of saving a raw page."""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from obstore.store import S3Store
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, update

from include.core.models import RunTrigger
from include.db.catalogue.jobs import expire_missing
from include.db.tables import jobs
from include.pipeline.runs.start_run import start_run
from include.raw_pages import prepare_bucket
from local.s3 import S3Server
from tests.api.world import World
from tests.browser.chromium import Tabs
from tests.browser.served import Served
from tests.vendors import TITLES, Vendors, running_vendors

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]
CAREERS = '<script src="{here}/embed/job_board/js?for=acme"></script>'


@pytest.fixture(scope="module")
def vendors() -> Iterator[Vendors]:
    with running_vendors(**{"/careers": CAREERS}) as vendors:
        yield vendors


@pytest.fixture(scope="module")
def served(
    postgres_url: str, s3: S3Server, vendors: Vendors, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    served = Served.on(
        postgres_url,
        tmp_path_factory.mktemp("api") / "api.log",
        ALLOWED_PRIVATE_HOSTS=vendors.host,
        S3_ENDPOINT=s3.endpoint,
        S3_BUCKET=s3.bucket,
        S3_ACCESS_KEY=s3.access_key,
        S3_SECRET_KEY=s3.secret_key,
    )
    yield served
    served.stop()


def follow(page: Page, vendors: Vendors, name: str) -> None:
    page.get_by_label("Address of its career site").fill(f"{vendors.url}/careers")
    page.get_by_role("button", name="Find jobs").click()
    expect(page.get_by_role("list", name="Some of its titles")).to_contain_text(TITLES[0])
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name=f"Follow {name}").click()
    expect(page.get_by_test_id("company")).to_contain_text(name)


def test_a_company_is_found_followed_edited_previewed_and_removed(
    served: Served, engine: Engine, vendors: Vendors, window: Tabs
) -> None:
    page = window.open(served.page("/companies"))
    expect(page.get_by_text("You follow no company yet")).to_be_visible()
    follow(page, vendors, "Acme Works")
    expect(page.get_by_role("button", name="Start run")).to_be_enabled()

    page.get_by_role("button", name="Edit Acme Works").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Include titles").fill("Cook\nBeekeeper")
    form.get_by_role("checkbox", name="remote").check()
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    row = page.get_by_test_id("company")
    expect(row).to_contain_text("only Cook, Beekeeper, remote")
    (saved,) = served.ask("/companies")["items"]
    assert (saved["slug"], saved["name"]) == ("acme-works", "Acme Works")
    assert saved["include_titles"] == ["Cook", "Beekeeper"]
    assert saved["workplaces"] == ["remote"]
    assert saved["config"] == {"board": "acme", "base_url": vendors.url}

    page.get_by_role("button", name="Edit Acme Works").click()
    form.get_by_label("Include titles").fill("")
    form.get_by_role("checkbox", name="remote").uncheck()
    form.get_by_role("button", name="Save").click()
    expect(row).not_to_contain_text("only")
    page.get_by_role("button", name="Preview a run").click()
    previewed = page.get_by_test_id("preview")
    expect(previewed).to_contain_text("3 new")
    previewed.get_by_text("Details").click()
    for title in TITLES:
        expect(previewed.get_by_role("link", name=title)).to_be_visible()

    page.get_by_role("button", name="Remove Acme Works").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove Acme Works").click()
    expect(page.get_by_text("You follow no company yet")).to_be_visible()
    assert served.ask("/companies")["items"] == []


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the wanted element has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def press(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def read(world: World, *external_ids: str, run_id: int | None = None) -> None:
    """Carry out a run that finds exactly these postings, as Airflow's workers would."""
    if run_id is None:
        with world.engine.begin() as connection:
            run_id = start_run(
                connection, user_id="ada", trigger=RunTrigger.API, max_age=timedelta(0)
            )
    world.initialize(run_id)
    world.list_jobs(run_id, *external_ids)
    world.ingest(run_id)
    with world.engine.begin() as connection:
        expire_missing(connection, dict.fromkeys(world.checks(run_id).values(), 1), timedelta(0))
    world.flush(run_id, dict.fromkeys(external_ids, "ready"))
    world.end(run_id)


def test_the_keyboard_leads_from_an_empty_account_to_an_applied_and_a_hidden_posting(
    served: Served, world: World, vendors: Vendors, window: Tabs
) -> None:
    page = window.open(served.page("/"))
    press(page, page.get_by_role("link", name="Add a company"))
    tab_to(page, page.get_by_label("Address of its career site"))
    page.keyboard.type(f"{vendors.url}/careers")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Follow acme"))
    expect(page.get_by_test_id("company")).to_contain_text("acme")
    press(page, page.get_by_role("button", name="Start run"))
    expect(page).to_have_url(re.compile(r"/runs/\d+$"))
    (run,) = served.ask("/history")["items"]
    read(world, "cook", "porter", run_id=run["run_id"])
    expect(page.get_by_test_id("count-added")).to_have_text("2")

    press(page, page.get_by_role("link", name="New", exact=True))
    expect(page.get_by_test_id("job")).to_have_count(2)
    tab_to(page, page.get_by_label("Your state of Title of cook"))
    page.keyboard.type("Saved")
    expect(page.get_by_label("Your state of Title of cook")).to_have_value("saved")
    tab_to(page, page.get_by_label("Your state of Title of cook"))
    page.keyboard.type("Applied")
    expect(page.get_by_label("Your state of Title of cook")).to_have_value("applied")
    press(page, page.get_by_role("button", name="Hide Title of porter"))
    expect(page.get_by_test_id("job")).to_have_count(1)

    read(world, "cook")
    read(world, "cook", "porter")
    (applied,) = served.ask("/jobs?tracking=applied")["items"]
    assert applied["external_id"] == "cook"
    (hidden,) = served.ask("/jobs?hidden=true&open=any")["items"]
    assert served.ask(f"/jobs/{hidden['job_id']}")["relisted"] == 1
    for path in ("/", "/jobs?open=any"):
        page.goto(served.url + path)
        expect(page.get_by_test_id("job")).to_have_count(1)
        expect(page.get_by_test_id("job")).to_contain_text("Title of cook")


def store_page(s3: S3Server, key: str, body: bytes) -> None:
    """Store a raw page as the workers do, but with the blocking client.

    The asynchronous client cannot be used, because Playwright runs an event loop in this thread.
    """
    names = {"endpoint": s3.endpoint, "region": s3.region}
    access = {"access_key_id": s3.access_key, "secret_access_key": s3.secret_key}
    prepare_bucket(s3.location)
    store = S3Store(s3.bucket, config={**names, **access}, client_options={"allow_http": True})
    attributes = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    store.put(key, gzip.compress(body), attributes=attributes)


def test_a_posting_s_page_is_saved_as_it_was_fetched(
    served: Served, world: World, engine: Engine, s3: S3Server, window: Tabs
) -> None:
    run_id = world.ingesting_run("ada", "cook")
    world.flush(run_id, {"cook": "ready"})
    world.end(run_id)
    body = "<h1>Köchin gesucht</h1>".encode("latin-1")
    store_page(s3, f"raw/{run_id}/1.html", body)
    with engine.begin() as connection:
        connection.execute(update(jobs).values(raw_key=f"raw/{run_id}/1.html"))
    page = window.open(served.page("/jobs/1"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download raw page").click()
    assert saved.value.suggested_filename == "job-1.html"
    assert saved.value.path().read_bytes() == body
