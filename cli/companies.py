"""Commands about the companies you follow."""

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.errors import UsageError
from cli.records import FollowedCompany
from cli.session import AsJson, open_api
from cli.terminal import plain, print_json, printable, results

app = typer.Typer(no_args_is_help=True, help="The companies you follow.")

Slug = Annotated[str, typer.Argument(help="Your short name for the company.")]
Titles = Annotated[
    list[str] | None, typer.Option(help="Words of a job's title; may be given several times.")
]


@app.command("list")
def list_companies(as_json: AsJson = False) -> None:
    """Those you follow, and how each is listed."""
    with open_api() as api:
        companies = api.companies()
    if as_json:
        print_json([company.model_dump(mode="json") for company in companies])
        return
    table = Table("company", "source", "config", "titles", box=None, padding=(0, 2, 0, 0))
    for company in companies:
        table.add_row(
            plain(company.slug, "" if company.enabled else "dim"),
            company.source if company.enabled else f"{company.source} (off)",
            plain(_config_line(company.config)),
            plain(_titles_line(company)),
        )
    results().print(table)


@app.command()
def add(
    slug: Slug,
    source: Annotated[str, typer.Argument(help="greenhouse, lever, ashby, sitemap, …")],
    config: Annotated[
        list[str] | None,
        typer.Argument(help="The source's settings, as name=text or name:=JSON.", metavar="CONFIG"),
    ] = None,
    include_title: Titles = None,
    exclude_title: Titles = None,
    as_json: AsJson = False,
) -> None:
    """Follow a company: jobhunt companies add acme greenhouse board=acme"""
    company = FollowedCompany(
        slug=slug,
        source=source,
        config=dict(map(parse_assignment, config or ())),
        include_titles=tuple(include_title or ()),
        exclude_titles=tuple(exclude_title or ()),
    )
    with open_api() as api:
        api.add_company(company)
    if as_json:
        print_json(company.model_dump(mode="json"))
    else:
        results().print(f"following {printable(slug)}", markup=False)


@app.command()
def remove(slug: Slug, as_json: AsJson = False) -> None:
    """Follow a company no longer."""
    with open_api() as api:
        api.remove_company(slug)
    if as_json:
        print_json({"slug": slug, "removed": True})
    else:
        results().print(f"no longer following {printable(slug)}", markup=False)


def parse_assignment(text: str) -> tuple[str, Any]:
    """``name=text``, or ``name:=JSON`` for anything but text.

    Raises:
        UsageError: it is neither.
    """
    name, equals, value = text.partition("=")
    if not name.rstrip(":") or not equals:
        raise UsageError(f"{text}: say name=text or name:=JSON")
    if not name.endswith(":"):
        return name, value
    try:
        return name[:-1], json.loads(value)
    except ValueError as error:
        raise UsageError(f"{text}: not JSON ({error})") from None


def _config_line(config: dict[str, Any]) -> str:
    return " ".join(
        f"{name}={value}" if isinstance(value, str) else f"{name}:={json.dumps(value)}"
        for name, value in config.items()
    )


def _titles_line(company: FollowedCompany) -> str:
    wanted = [f"+{title}" for title in company.include_titles]
    return ", ".join([*wanted, *(f"-{title}" for title in company.exclude_titles)])
