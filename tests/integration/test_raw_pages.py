import gzip
import re
from dataclasses import replace
from datetime import timedelta

import boto3
import obstore
import pytest
from obstore.store import S3Store

from include.core.models import Page
from include.errors import StorageError
from include.raw_pages import RawPages, S3Location, prepare_bucket
from local.s3 import S3Server

pytestmark = pytest.mark.integration

URL = "https://careers.example/jobs/7"
HTML = "<h1>Bäcker</h1>".encode() * 500


@pytest.fixture
def location(s3: S3Server) -> S3Location:
    return s3.location


@pytest.fixture
def pages(location: S3Location) -> RawPages:
    prepare_bucket(location)
    return RawPages(location)


@pytest.fixture
def store(location: S3Location) -> S3Store:
    """Return a client for the bucket that does not use our code."""
    return S3Store(
        location.bucket,
        endpoint=location.endpoint,
        region=location.region,
        access_key_id=location.access_key,
        secret_access_key=location.secret_key,
        client_options={"allow_http": True, "timeout": timedelta(seconds=10)},
    )


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "text/html; charset=ISO-8859-1", 'application/json;charset="utf-8"'],
)
@pytest.mark.parametrize("body", [HTML, b"", bytes(range(256)) * 4], ids=["html", "empty", "bytes"])
async def test_a_page_comes_back_as_it_was(body: bytes, content_type: str, pages: RawPages) -> None:
    page = Page(url=URL, body=body, content_type=content_type)
    key = await pages.put(1, 2, page)
    assert await pages.get(key, url=URL) == page


async def test_a_page_is_kept_compressed_and_says_so(pages: RawPages, store: S3Store) -> None:
    key = await pages.put(1, 3, Page(url=URL, body=HTML, content_type="text/html"))
    kept = obstore.get(store, key)
    assert kept.attributes["Content-Encoding"] == "gzip"
    assert kept.attributes["Content-Type"] == "text/html"
    stored = bytes(kept.bytes())
    assert gzip.decompress(stored) == HTML
    assert len(stored) < len(HTML) / 10


async def test_a_later_try_replaces_what_an_earlier_one_put_there(pages: RawPages) -> None:
    first = await pages.put(1, 4, Page(url=URL, body=b"<h1>Baker</h1>"))
    second = await pages.put(1, 4, Page(url=URL, body=b"<h1>Cook</h1>"))
    assert first == second
    assert (await pages.get(second, url=URL)).body == b"<h1>Cook</h1>"


@pytest.mark.parametrize(
    ("content_type", "suffix"),
    [
        (None, "html"),
        ("text/html; charset=utf-8", "html"),
        ("application/xhtml+xml", "html"),
        ("application/json", "json"),
        ("Application/JSON; charset=utf-8", "json"),
        ("application/ld+json", "json"),
        ("application/xml; charset=utf-8", "xml"),
        ("text/xml", "xml"),
        ("application/../../etc/passwd", "html"),
        ("text/html/../../../x.json", "json"),
        ("nonsense", "html"),
    ],
)
async def test_a_key_is_made_of_ids_and_a_known_suffix(
    content_type: str | None, suffix: str, pages: RawPages
) -> None:
    hostile = "https://careers.example/../../%2e%2e/\x00" + "x" * 2_000
    key = await pages.put(10, 20, Page(url=hostile, body=HTML, content_type=content_type))
    assert key == f"raw/10/20.{suffix}"


@pytest.mark.parametrize("content_type", ["text/html; charset=é", "text/html; x=" + "y" * 4_000])
async def test_a_page_is_stored_whatever_content_type_its_server_states(
    content_type: str, pages: RawPages
) -> None:
    key = await pages.put(1, 5, Page(url=URL, body=HTML, content_type=content_type))
    assert re.fullmatch(r"raw/1/5\.\w+", key)
    assert (await pages.get(key, url=URL)).body == HTML


async def test_a_missing_page_is_a_storage_error(pages: RawPages) -> None:
    key = "raw/0/1.html"  # this page does not exist, because no run has the id 0
    with pytest.raises(StorageError, match=rf"^{re.escape(key)} is no longer there$"):
        await pages.get(key, url=URL)


async def test_a_page_that_was_damaged_is_a_storage_error(pages: RawPages, store: S3Store) -> None:
    whole = gzip.compress(HTML)
    for broken in (b"<h1>plain</h1>", whole[:-9], whole[:20] + b"xxxx" + whole[24:]):
        obstore.put(store, "raw/1/6.html", broken)
        with pytest.raises(StorageError, match=r"^could not read raw/1/6\.html: "):
            await pages.get("raw/1/6.html", url=URL)


async def test_a_wrong_secret_is_a_storage_error_in_one_line(location: S3Location) -> None:
    stranger = RawPages(replace(location, secret_key="a guess"))
    with pytest.raises(StorageError) as refused:
        await stranger.put(1, 7, Page(url=URL, body=HTML))
    assert refused.value.retryable
    assert refused.value.message.startswith("could not store raw/1/7.html: ")
    assert "403" in refused.value.message
    assert "\n" not in refused.value.message
    assert len(refused.value.message) < 300
    assert "a guess" not in refused.value.message


def test_preparing_a_bucket_twice_leaves_its_rules_and_the_pages(
    location: S3Location, store: S3Store
) -> None:
    new = replace(location, bucket="prepared")
    prepare_bucket(new)
    client = boto3.client(
        "s3",
        endpoint_url=new.endpoint,
        region_name=new.region,
        aws_access_key_id=new.access_key,
        aws_secret_access_key=new.secret_key,
    )
    client.put_object(Bucket="prepared", Key="raw/1/1.html", Body=b"kept")
    prepare_bucket(new)

    rules = client.get_bucket_lifecycle_configuration(Bucket="prepared")["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    days_kept = {rule["Filter"]["Prefix"]: rule["Expiration"]["Days"] for rule in rules}
    assert days_kept == {"raw/": 7, "airflow-logs/": 30}
    assert client.get_object(Bucket="prepared", Key="raw/1/1.html")["Body"].read() == b"kept"


def test_a_bucket_can_not_be_prepared_with_a_wrong_secret(location: S3Location) -> None:
    with pytest.raises(StorageError, match="could not prepare bucket"):
        prepare_bucket(replace(location, secret_key="a guess"))
