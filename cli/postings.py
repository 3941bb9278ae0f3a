"""Implement the commands that show stored postings, and the postings that career sites list now."""

import shlex
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.companies import find_source
from cli.errors import ExitCode
from cli.runs import Companies
from cli.session import AsJson, open_api
from cli.terminal import plain, print_json, print_result, printable, results
from include.core.models import CompanyStatus, EmploymentType, TrackingState, Workplace
from include.core.runs.run_state import JobStatus


class Order(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    PAY = "pay"
    COMPANY = "company"


_MAX_TITLES_SHOWN = 5
"""The maximum number of titles that are shown for each company. ``--json`` shows all titles."""


def dry_run(company: Companies = None, as_json: AsJson = False) -> None:
    """Show what a run would list now, without starting a run or storing anything."""
    with open_api() as api:
        response = api.dry_run(company or ())
    if as_json:
        print_json(response)
    else:
        for slug, listing in response["companies"].items():
            _print_listing(slug, listing)
    statuses = {listing["status"] for listing in response["companies"].values()}
    if CompanyStatus.ERROR in statuses:
        raise typer.Exit(ExitCode.FAILED)


def detect(
    url: Annotated[str, typer.Argument(help="The address of a career site, or of a posting.")],
    as_json: AsJson = False,
) -> None:
    """Find out which source lists the postings of a career site."""
    with open_api() as api:
        detected = find_source(api, url)
    if as_json:
        print_json(detected)
        return
    config = shlex.join(f"{name}={value}" for name, value in detected["config"].items())
    out = results()
    count = f"{'' if detected['complete'] else 'at least '}{detected['count']} postings"
    line = f"{detected['name']}: {detected['source']}, {count}, {detected['confidence']},"
    out.print(plain(f"{line} found by {detected['found_by']}"), soft_wrap=True)
    name = shlex.quote(detected["name"])
    command = f"jobhunt companies add SLUG {detected['source']} {config} --name {name}"
    out.print(plain(command), soft_wrap=True)
    for title in detected["sample"]:
        out.print(Text(f"  {printable(title)}"), soft_wrap=True)


def jobs(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help='Words to find. Write "a phrase" in quotes, "or" between alternatives,'
            " and - before a word to exclude."
        ),
    ] = None,
    company: Annotated[list[str] | None, typer.Option(help="Only jobs of this company.")] = None,
    place: Annotated[
        list[str] | None, typer.Option(help="Only jobs in this city, region or country.")
    ] = None,
    country: Annotated[
        list[str] | None,
        typer.Option(help="Only jobs in this country, or that may be done from it (DE, FR, …)."),
    ] = None,
    workplace: Annotated[
        list[Workplace] | None, typer.Option(help="Only jobs with this kind of workplace.")
    ] = None,
    employment_type: Annotated[
        list[EmploymentType] | None, typer.Option(help="Only jobs of this kind of employment.")
    ] = None,
    pay_min: Annotated[float | None, typer.Option(help="The least pay for a year.")] = None,
    currency: Annotated[str | None, typer.Option(help="The currency of the pay.")] = None,
    posted_since: Annotated[
        str | None, typer.Option(help="A time, or a duration before now such as 7d.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Only jobs that you have not seen.")] = False,
    tracking: Annotated[
        list[TrackingState] | None, typer.Option(help="Only jobs that you put in this state.")
    ] = None,
    status: Annotated[
        JobStatus | None, typer.Option(help="Only jobs with this outcome of the latest check.")
    ] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Only closed jobs.")] = False,
    everywhere: Annotated[
        bool, typer.Option("--all", help="Search all companies, not only those you follow.")
    ] = False,
    sort: Annotated[Order | None, typer.Option(help="The order of the jobs.")] = None,
    limit: Annotated[int, typer.Option(help="The number of jobs to show.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """List the open jobs of the companies you follow."""
    query = {
        "q": " ".join(words or ()),
        "company": company,
        "place": place,
        "country": country,
        "workplace": workplace,
        "employment_type": employment_type,
        "pay_min": pay_min,
        "currency": currency,
        "posted_since": posted_since,
        "new": "true" if new else None,
        "tracking": tracking,
        "status": status,
        "open": "false" if closed else None,
        "scope": "all" if everywhere else None,
        "sort": sort,
    }
    with open_api() as api:
        page = api.jobs(limit, **{name: value for name, value in query.items() if value})
    if as_json:
        print_json(page)
        return
    columns = ("job", "company", "state", "title", "location", "pay")
    table = Table(*columns, box=None, padding=(0, 2, 0, 0))
    for job in page:
        table.add_row(
            str(job["job_id"]),
            plain(job["company_name"]),
            _state(job),
            plain(job["title"]),
            plain(job["location"] or ""),
            plain(job["salary"]["raw"] if job["salary"] else ""),
        )
    results().print(table)


def track(
    job: Annotated[int, typer.Argument(help="The number of the job.")],
    state: Annotated[
        TrackingState | None, typer.Argument(help="What you have done about the job.")
    ] = None,
    hide: Annotated[
        bool | None, typer.Option("--hide/--show", help="Leave the job out of all lists, or not.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="Your own words about the job.")] = None,
    remind_at: Annotated[
        str | None, typer.Option(help="When to be reminded, such as 2030-01-31T09:00:00Z.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep track of a job: what you did about it, a note, a reminder."""
    changes = {"state": state, "hidden": hide, "note": note, "remind_at": remind_at}
    with open_api() as api:
        tracking = api.track(
            job, {name: value for name, value in changes.items() if value is not None}
        )
    hidden = ", hidden" if tracking["hidden"] else ""
    text = f"job {job}: {tracking['state'] or 'not tracked'}{hidden}"
    print_result(text, tracking, as_json=as_json)


def _state(job: dict[str, Any]) -> str:
    """Return the state that the user gave the job.

    If the user gave it none, return the word that says whether the job is new, open or closed.
    """
    tracking: dict[str, Any] | None = job["tracking"]
    return (tracking and tracking["state"]) or job["state"]


def _print_listing(slug: str, listing: dict[str, Any]) -> None:
    out = results()
    why = f" ({listing['error']})" if listing["error"] else ""
    line = f"{slug}: {listing['count']} postings, {listing['status']}{why}"
    out.print(plain(line), soft_wrap=True)
    for job in listing["jobs"][:_MAX_TITLES_SHOWN]:
        out.print(Text(f"  {printable(job['title'])}"), soft_wrap=True)
    if (more := listing["count"] - _MAX_TITLES_SHOWN) > 0:
        out.print(f"  and {more} more")
