"""Implement the commands that list, add and remove the companies that the user follows."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from cli import imports
from cli.client import IngestionApi
from cli.errors import ApiRefused, UsageError
from cli.records import FollowedCompany, NewCompany
from cli.session import AsJson, open_api
from cli.terminal import plain, print_json, print_result, printable, results, say
from cli.times import ago, describe_schedule
from include.core.companies.company_names import slug_of
from include.core.models import Workplace

app = typer.Typer(no_args_is_help=True, help="List, add and remove the companies you follow.")
app.command("import")(imports.import_companies)
app.command()(imports.find)

Slug = Annotated[str, typer.Argument(help="Your short name for the company.")]
Titles = Annotated[
    list[str] | None,
    typer.Option(help="Words that a job's title contains; may be given several times."),
]
Locations = Annotated[
    list[str] | None,
    typer.Option(help="Words of a place, or a country; may be given several times."),
]
Workplaces = Annotated[
    list[Workplace] | None,
    typer.Option(help="Only jobs with this kind of workplace; may be given several times."),
]


@app.command("list")
def list_companies(as_json: AsJson = False) -> None:
    """List the companies you follow, their source settings, and the time of the last check."""
    with open_api() as api:
        companies = api.companies()
    if as_json:
        print_json([company.model_dump(mode="json") for company in companies])
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("company", "name", "source", "last checked", "schedule"):
        table.add_column(column, no_wrap=True)
    for column in ("config", "filters"):
        table.add_column(column, overflow="fold")
    now = datetime.now(UTC)
    for company in companies:
        table.add_row(
            plain(company.slug, "" if company.enabled else "dim"),
            plain(company.display_name),
            company.source if company.enabled else f"{company.source} (off)",
            ago(company.checked_at, now) if company.checked_at else "never",
            plain(describe_schedule(company.schedule) if company.schedule else "not checked"),
            plain(_config_line(company.config)),
            plain(_filters_line(company)),
        )
    results().print(table)


@app.command()
def add(
    slug: Annotated[str, typer.Argument(help="Your short name for the company, or its URL.")],
    source: Annotated[
        str | None,
        typer.Argument(help="greenhouse, lever, ashby, sitemap, …; none after a URL."),
    ] = None,
    config: Annotated[
        list[str] | None,
        typer.Argument(help="The source's settings, as name=text or name:=JSON.", metavar="CONFIG"),
    ] = None,
    include_title: Titles = None,
    exclude_title: Titles = None,
    include_location: Locations = None,
    exclude_location: Locations = None,
    workplace: Workplaces = None,
    name: Annotated[str | None, typer.Option(help="The name to show for the company.")] = None,
    as_json: AsJson = False,
) -> None:
    """Follow a company: jobhunt companies add acme greenhouse board=acme. Or find its source by a
    URL: jobhunt companies add https://acme.example/careers"""
    settings = dict(map(parse_assignment, config or ()))
    if source is None:
        with open_api() as api:
            detected = find_source(api, slug)
        source, settings = str(detected["source"]), dict(detected["config"])
        slug = slug_of(name or str(detected["name"]))
    company = NewCompany(
        slug=slug,
        name=name,
        source=source,
        config=settings,
        include_titles=tuple(include_title or ()),
        exclude_titles=tuple(exclude_title or ()),
        include_locations=tuple(include_location or ()),
        exclude_locations=tuple(exclude_location or ()),
        workplaces=tuple(workplace or ()),
    )
    with open_api() as api:
        added = api.add_company(company)
    print_result(f"following {slug}", added.model_dump(mode="json"), as_json=as_json)


@app.command()
def rename(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="The name to show for the company.")],
    as_json: AsJson = False,
) -> None:
    """Give a company another name. Its slug stays."""
    with open_api() as api:
        api.put_company(_find_company(api, slug).model_copy(update={"name": name}))
    print_result(f"{slug} is called {name}", {"slug": slug, "name": name}, as_json=as_json)


@app.command()
def pause(slug: Slug, as_json: AsJson = False) -> None:
    """Leave a company out of the daily checks and of runs, until you resume it."""
    _set_enabled(slug, enabled=False, as_json=as_json)


@app.command()
def resume(slug: Slug, as_json: AsJson = False) -> None:
    """Check a paused company again."""
    _set_enabled(slug, enabled=True, as_json=as_json)


def _set_enabled(slug: str, *, enabled: bool, as_json: bool) -> None:
    with open_api() as api:
        api.put_company(_find_company(api, slug).model_copy(update={"enabled": enabled}))
    text = f"{'resumed' if enabled else 'paused'} {slug}"
    print_result(text, {"slug": slug, "enabled": enabled}, as_json=as_json)


def _find_company(api: IngestionApi, slug: str) -> FollowedCompany:
    """Return the followed company. Raise UsageError if the user follows none with this slug."""
    company = next((each for each in api.companies() if each.slug == slug), None)
    if company is None:
        raise UsageError(f"you follow no company named {printable(slug)}")
    return company


@app.command()
def remove(slug: Slug, as_json: AsJson = False) -> None:
    """Unfollow a company."""
    with open_api() as api:
        api.remove_company(slug)
    print_result(f"no longer following {slug}", {"slug": slug, "removed": True}, as_json=as_json)


def parse_assignment(text: str) -> tuple[str, Any]:
    """Return the name and the value that an argument assigns.

    The argument is ``name=text``, or ``name:=JSON`` for a value that is not text.

    Raises:
        UsageError: the argument has neither form, or its value is not JSON.
    """
    name, equals, value = text.partition("=")
    if not name.rstrip(":") or not equals:
        raise UsageError(f"{text}: write it as name=text or name:=JSON")
    if not name.endswith(":"):
        return name, value
    try:
        return name[:-1], json.loads(value)
    except ValueError as error:
        raise UsageError(f"{text}: not JSON ({error})") from None


def find_source(api: IngestionApi, url: str) -> dict[str, Any]:
    """Return the source and the config of the board that the URL belongs to.

    If there is none, print which sources and addresses were tried, and raise ApiRefused.
    """
    try:
        return api.detect(url)
    except ApiRefused as error:
        tried: list[object] = error.problem.get("tried") or []
        for each in tried:
            say(f"tried {printable(str(each))}")
        raise


def _config_line(config: dict[str, Any]) -> str:
    """Return the config in the form that ``parse_assignment`` reads."""
    return " ".join(
        f"{name}={value}" if isinstance(value, str) else f"{name}:={json.dumps(value)}"
        for name, value in config.items()
    )


def _filters_line(company: FollowedCompany) -> str:
    """Return the company's filters, such as ``+nurse, -intern``."""
    filters = (*company.include_titles, *company.include_locations, *company.workplaces)
    unwanted = (*company.exclude_titles, *company.exclude_locations)
    return ", ".join([*(f"+{each}" for each in filters), *(f"-{each}" for each in unwanted)])
