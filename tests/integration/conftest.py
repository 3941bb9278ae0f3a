from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from include.raw_pages import RawPages, S3Location, prepare_bucket
from local.s3 import S3Server
from tests.ingestion import Ingestion
from tests.sites import Sites, running_sites


@pytest.fixture
def sites() -> Iterator[Sites]:
    """Yield the sample career sites on their first day."""
    with running_sites() as sites:
        yield sites


@pytest.fixture(scope="session")
def raw_pages(s3: S3Server) -> RawPages:
    location = S3Location(
        bucket=s3.bucket,
        endpoint=s3.endpoint,
        region=s3.region,
        access_key=s3.access_key,
        secret_key=s3.secret_key,
    )
    prepare_bucket(location)
    return RawPages(location)


@pytest.fixture
def ingestion(engine: Engine, raw_pages: RawPages, sites: Sites, warm: None) -> Ingestion:
    return Ingestion(engine=engine, raw_pages=raw_pages, sites=sites)
