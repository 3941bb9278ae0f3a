"""Serve the companies that a user follows."""

import asyncio
from dataclasses import fields
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from api.deps import ApiServices, CurrentCaller
from api.problems import ApiError, declared, not_found, unusable
from api.schemas import NewCompany, Page, PutCompany, ShownCompany, Slug
from api.services import Services
from include.core.models import Company
from include.db.user.companies import FollowedCompany, delete_company, get_company, list_companies
from include.db.user.company_health import CompanyHealth, read_health
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from include.sources.registry import check_config

router = APIRouter(prefix="/companies", tags=["companies"])
SlugInPath = Annotated[Slug, Path()]
_SHOWN_FIELDS = {field.name for field in fields(ShownCompany)} - {"schedule", "health"}


@router.get("", response_model=Page[ShownCompany], name="list_companies")
async def companies(services: ApiServices, caller: CurrentCaller) -> dict[str, Any]:
    """Return all of the user's companies, in order of slug."""
    followed_companies, health = await services.database.read(_list_with_health, caller.user_id)
    items = [
        _shown_company(services, company, health[company.slug]) for company in followed_companies
    ]
    return {"items": items, "next_cursor": None}


@router.post(
    "",
    name="follow_company",
    status_code=HTTPStatus.CREATED,
    responses=declared(HTTPStatus.CONFLICT),
)
async def follow(
    services: ApiServices, caller: CurrentCaller, company_settings: NewCompany
) -> ShownCompany:
    """Follow a company. The response is 409 if the user already follows a company with this slug.

    The response contains the config in canonical form, which is the same for all spellings of one
    board's config.
    """
    company = company_settings.company(company_settings.slug)
    await asyncio.to_thread(check_config, company)
    followed = await services.database.write(_follow_new_company, caller.user_id, company)
    if followed is None:
        detail = f"{company.slug} is followed already"
        raise ApiError(HTTPStatus.CONFLICT, "company_exists", detail)
    return _shown_company(services, *followed)


@router.put("/{slug}", name="put_company")
async def put(
    slug: SlugInPath, services: ApiServices, caller: CurrentCaller, settings: PutCompany
) -> ShownCompany:
    """Follow a company, or replace the settings of the followed company that has this slug."""
    if settings.slug not in (None, slug):
        raise unusable("body.slug", f"must be {slug}, the slug in the path")
    company = settings.company(slug)
    await asyncio.to_thread(check_config, company)
    return _shown_company(
        services, *await services.database.write(_follow_company, caller.user_id, company)
    )


@router.delete(
    "/{slug}",
    name="unfollow_company",
    status_code=HTTPStatus.NO_CONTENT,
    responses=declared(HTTPStatus.NOT_FOUND),
)
async def unfollow(slug: SlugInPath, services: ApiServices, caller: CurrentCaller) -> None:
    """Stop following a company.

    Its postings leave the user's list. If the user follows the company again under the same slug,
    the postings come back with their history.
    """
    if not await services.database.write(delete_company, caller.user_id, slug):
        raise not_found("company")


def _shown_company(
    services: Services, company: FollowedCompany, health: CompanyHealth
) -> ShownCompany:
    return ShownCompany(
        health=health,
        **{name: getattr(company, name) for name in _SHOWN_FIELDS},
        schedule=services.daily_at if company.is_checked else None,
    )


def _list_with_health(
    connection: Connection, user_id: str
) -> tuple[list[FollowedCompany], dict[str, CompanyHealth]]:
    companies = list_companies(connection, user_id)
    return companies, read_health(connection, user_id, [company.slug for company in companies])


def _follow_new_company(
    connection: Connection, user_id: str, company: Company
) -> tuple[FollowedCompany, CompanyHealth] | None:
    """Follow the company. Return None if the user already follows one with this slug."""
    if get_company(connection, user_id, company.slug) is not None:
        return None
    return _follow_company(connection, user_id, company)


def _follow_company(
    connection: Connection, user_id: str, company: Company
) -> tuple[FollowedCompany, CompanyHealth]:
    ensure_user(connection, user_id)
    follow_company(connection, user_id, company)
    stored_company = get_company(connection, user_id, company.slug)
    if stored_company is None:
        raise LookupError(
            f"the company {company.slug} was not found in the transaction that stored it"
        )
    return stored_company, read_health(connection, user_id, [company.slug])[company.slug]
