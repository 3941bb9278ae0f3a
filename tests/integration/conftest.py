from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from include.raw_pages import RawPages, prepare_bucket
from local.s3 import S3Server
from tests.ingestion import Ingestion
from tests.sites import Sites, running_sites


@pytest.fixture
def sites() -> Iterator[Sites]:
    """Yield the sample career sites in the state of their first day."""
    with running_sites() as sites:
        yield sites


@pytest.fixture(scope="session")
def raw_pages(s3: S3Server) -> RawPages:
    location = s3.location
    prepare_bucket(location)
    return RawPages(location)


@pytest.fixture
def ingestion(engine: Engine, raw_pages: RawPages, sites: Sites, warm: None) -> Ingestion:
    return Ingestion(engine=engine, raw_pages=raw_pages, sites=sites)
