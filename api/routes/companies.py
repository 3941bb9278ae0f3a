"""The companies that a user follows."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from api.deps import ApiServices, CurrentCaller
from api.problems import ApiError, declared, not_found
from api.schemas import CompanySettings, NewCompany, Page, Slug
from include.core.models import Company
from include.db.companies import delete_company, get_company, list_companies, put_company
from include.db.users import ensure_user
from include.sources.registry import check_config

router = APIRouter(prefix="/companies", tags=["companies"])
SlugInPath = Annotated[Slug, Path()]


@router.get("", response_model=Page[Company], name="list_companies")
async def companies(services: ApiServices, caller: CurrentCaller) -> dict[str, Any]:
    """All of them, in order of slug."""
    return {
        "items": await services.database.read(list_companies, caller.user_id),
        "next_cursor": None,
    }


@router.post(
    "",
    name="follow_company",
    status_code=HTTPStatus.CREATED,
    responses=declared(HTTPStatus.CONFLICT),
)
async def follow(services: ApiServices, caller: CurrentCaller, new: NewCompany) -> Company:
    """409 when a company of that slug is followed already."""
    company = new.company(new.slug)
    check_config(company)
    if not await services.database.write(_add, caller.user_id, company):
        detail = f"{company.slug} is followed already"
        raise ApiError(HTTPStatus.CONFLICT, "company_exists", detail)
    return company


@router.put("/{slug}", name="put_company")
async def put(
    slug: SlugInPath, services: ApiServices, caller: CurrentCaller, wanted: CompanySettings
) -> Company:
    """Follows a company, or replaces how it is followed."""
    company = wanted.company(slug)
    check_config(company)
    await services.database.write(_put, caller.user_id, company)
    return company


@router.delete(
    "/{slug}",
    name="unfollow_company",
    status_code=HTTPStatus.NO_CONTENT,
    responses=declared(HTTPStatus.NOT_FOUND),
)
async def unfollow(slug: SlugInPath, services: ApiServices, caller: CurrentCaller) -> None:
    """Its jobs and their history stay."""
    if not await services.database.write(delete_company, caller.user_id, slug):
        raise not_found("company")


def _add(connection: Connection, user_id: str, company: Company) -> bool:
    if get_company(connection, user_id, company.slug) is not None:
        return False
    _put(connection, user_id, company)
    return True


def _put(connection: Connection, user_id: str, company: Company) -> None:
    ensure_user(connection, user_id)
    put_company(connection, user_id, company)
