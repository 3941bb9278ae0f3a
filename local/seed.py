"""Prepare a new stack: create the tables, the bucket and the demo user.

The demo user follows the sample career sites.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from include.core.models import Company
from include.db.engine import make_engine
from include.db.migrate import upgrade
from include.db.user.companies import list_companies
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from include.raw_pages import prepare_bucket
from local.career_sites import companies as sample_companies
from local.s3 import S3Server
from local.services import Say

DEMO_USER = "demo"


def prepare_storage(say: Say, *, database_url: str, s3: S3Server, sites_url: str) -> None:
    """Create the tables, the bucket and the demo user, or bring them up to date.

    It is safe to repeat this.
    """
    say("api: preparing tables, bucket and demo user…")
    upgrade(database_url)
    prepare_bucket(s3.location)
    engine = make_engine(database_url)
    with engine.begin() as connection:
        samples = [Company(**company) for company in sample_companies(sites_url)]
        follow_samples(connection, samples)
    engine.dispose()


def follow_samples(connection: Connection, samples: Iterable[Company]) -> None:
    """Make the demo user follow the sample companies.

    If the user follows a sample company already, only the address of the sample sites is updated.
    The user's own changes are kept. A sample company that the user has unfollowed is followed again
    only if the user follows no company at all.
    """
    ensure_user(connection, DEMO_USER)
    companies_by_slug = {each.slug: each for each in list_companies(connection, DEMO_USER)}
    for sample in samples:
        if not companies_by_slug:
            follow_company(connection, DEMO_USER, sample)
            continue
        followed = companies_by_slug.get(sample.slug)
        if followed is not None and followed.source == sample.source:
            follow_company(connection, DEMO_USER, replace(followed, config=sample.config))
