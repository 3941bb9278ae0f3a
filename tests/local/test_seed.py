import pytest
from sqlalchemy import Engine

from include.core.models import Company
from include.db.user.companies import FollowedCompany, delete_company, list_companies
from include.pipeline.companies.follow_company import follow_company
from local.career_sites import companies as sample_companies
from local.s3 import S3Server
from local.seed import DEMO_USER, follow_samples, prepare_storage

pytestmark = pytest.mark.integration


def quiet(line: str) -> None:
    """Ignore a line that reports progress."""


def followed(engine: Engine) -> list[FollowedCompany]:
    with engine.begin() as connection:
        return list_companies(connection, DEMO_USER)


def prepare(engine: Engine, s3: S3Server, sites_url: str) -> None:
    url = engine.url.render_as_string(hide_password=False)
    prepare_storage(quiet, database_url=url, s3=s3, sites_url=sites_url)


def test_a_new_stack_follows_every_sample_company_and_again_changes_nothing(
    engine: Engine, s3: S3Server
):
    prepare(engine, s3, "http://127.0.0.1:8090")
    first = followed(engine)
    assert {company.slug for company in first} == {
        company["slug"] for company in sample_companies("http://127.0.0.1:8090")
    }
    prepare(engine, s3, "http://127.0.0.1:8090")
    assert followed(engine) == first


def test_what_the_user_made_of_their_companies_stays_and_only_the_address_moves(
    engine: Engine, s3: S3Server
):
    prepare(engine, s3, "http://127.0.0.1:8090")
    kept, dropped, *_ = followed(engine)
    own = Company(slug="my-own", source="lever", config={"site": "my-own"})
    narrowed = Company(
        slug=kept.slug, source=kept.source, config=kept.config, exclude_titles=("intern",)
    )
    with engine.begin() as connection:
        follow_company(connection, DEMO_USER, narrowed)
        delete_company(connection, DEMO_USER, dropped.slug)
        follow_company(connection, DEMO_USER, own)
        moved = [Company(**company) for company in sample_companies("http://127.0.0.1:9999")]
        follow_samples(connection, moved)
    by_slug = {company.slug: company for company in followed(engine)}
    assert by_slug[kept.slug].exclude_titles == ("intern",)
    assert "127.0.0.1:9999" in str(by_slug[kept.slug].config)
    assert dropped.slug not in by_slug
    assert (by_slug["my-own"].source, by_slug["my-own"].config) == ("lever", {"site": "my-own"})


def test_a_sample_company_that_the_user_lists_by_another_source_is_left_as_it_is(
    engine: Engine, s3: S3Server
):
    prepare(engine, s3, "http://127.0.0.1:8090")
    sample, *_ = followed(engine)
    own = Company(slug=sample.slug, source="ashby", config={"board": "my-own"})
    with engine.begin() as connection:
        follow_company(connection, DEMO_USER, own)
    prepare(engine, s3, "http://127.0.0.1:9999")
    by_slug = {company.slug: company for company in followed(engine)}
    assert (by_slug[own.slug].source, by_slug[own.slug].config) == (own.source, own.config)
