"""What a new stack holds before its first run: tables, the bucket, and the demo user, who follows
the sample career sites.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from include.core.models import Company
from include.db import companies, users
from include.db.engine import make_engine
from include.db.migrate import upgrade
from include.raw_pages import S3Location, prepare_bucket
from local.career_sites import companies as sample_companies
from local.s3 import S3Server
from local.services import Say

DEMO_USER = "demo"


def prepare_storage(say: Say, *, database_url: str, s3: S3Server, sites_url: str) -> None:
    """Safe to repeat."""
    say("api: preparing tables, bucket and demo user…")
    upgrade(database_url)
    location = S3Location(
        endpoint=s3.endpoint,
        bucket=s3.bucket,
        access_key=s3.access_key,
        secret_key=s3.secret_key,
        region=s3.region,
    )
    prepare_bucket(location)
    engine = make_engine(database_url)
    with engine.begin() as connection:
        samples = [Company(**company) for company in sample_companies(sites_url)]
        follow_samples(connection, samples)
    engine.dispose()


def follow_samples(connection: Connection, samples: Iterable[Company]) -> None:
    """If the demo user follows no company, all of them; else those still followed learn where
    the sample sites are now, and keep what the user made of them."""
    users.ensure_user(connection, DEMO_USER)
    followed = {each.slug: each for each in companies.list_companies(connection, DEMO_USER)}
    for sample in samples:
        if not followed:
            companies.put_company(connection, DEMO_USER, sample)
        elif (present := followed.get(sample.slug)) and present.config != sample.config:
            companies.put_company(connection, DEMO_USER, replace(present, config=sample.config))
