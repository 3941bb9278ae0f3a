"""Commands that show stored postings, and the postings that career sites list now."""

import shlex
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.errors import ApiRefused, ExitCode
from cli.runs import Companies
from cli.session import AsJson, open_api
from cli.terminal import plain, print_json, printable, results, say
from include.core.models import CompanyStatus, Workplace
from include.core.run_state import JobStatus

_MAX_TITLES_SHOWN = 5
"""The number of titles shown for each company; ``--json`` shows all."""


def dry_run(company: Companies = None, as_json: AsJson = False) -> None:
    """Show what a run would list now, without starting a run or storing anything."""
    with open_api() as api:
        answer = api.dry_run(company or ())
    if as_json:
        print_json(answer)
    else:
        for slug, listing in answer["companies"].items():
            _print_listing(slug, listing)
    statuses = {listing["status"] for listing in answer["companies"].values()}
    if CompanyStatus.ERROR in statuses:
        raise typer.Exit(ExitCode.FAILED)


def detect(
    url: Annotated[str, typer.Argument(help="The address of a career site, or of a posting.")],
    as_json: AsJson = False,
) -> None:
    """Find out which source lists the postings of a career site."""
    with open_api() as api:
        try:
            found = api.detect(url)
        except ApiRefused as error:
            tried = error.problem.get("tried")
            for each in tried if isinstance(tried, list) else ():
                say(f"tried {printable(str(each))}")
            raise
    if as_json:
        print_json(found)
        return
    config = shlex.join(f"{name}={value}" for name, value in found["config"].items())
    out = results()
    count = f"{'' if found['complete'] else 'at least '}{found['count']} postings"
    line = f"{found['source']}, {count}, found by {found['found_by']}"
    out.print(plain(printable(line)), soft_wrap=True)
    out.print(plain(f"jobhunt companies add NAME {found['source']} {config}"), soft_wrap=True)
    for title in found["sample"]:
        out.print(Text(f"  {printable(title)}"), soft_wrap=True)


def jobs(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help='Words to find. Write "a phrase" in quotes, "or" between alternatives,'
            " and - before a word to exclude."
        ),
    ] = None,
    company: Annotated[str | None, typer.Option(help="Only jobs of this company.")] = None,
    status: Annotated[JobStatus | None, typer.Option(help="Only jobs in this state.")] = None,
    workplace: Annotated[
        Workplace | None, typer.Option(help="Only jobs with this kind of workplace.")
    ] = None,
    limit: Annotated[int, typer.Option(help="The number of jobs to show.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """List jobs of the companies you follow, newest first."""
    wanted = {"q": " ".join(words or ()), "company": company, "status": status}
    wanted["workplace"] = workplace
    with open_api() as api:
        found = api.jobs(limit, **{name: value for name, value in wanted.items() if value})
    if as_json:
        print_json(found)
        return
    table = Table("job", "company", "status", "title", "location", box=None, padding=(0, 2, 0, 0))
    for job in found:
        table.add_row(
            str(job["job_id"]),
            plain(job["company"]),
            job["status"],
            plain(job["title"]),
            plain(job["location"] or ""),
        )
    results().print(table)


def _print_listing(slug: str, listing: dict[str, Any]) -> None:
    out = results()
    why = f" ({listing['error']})" if listing["error"] else ""
    line = f"{slug}: {listing['count']} postings, {listing['status']}{why}"
    out.print(plain(line), soft_wrap=True)
    for job in listing["jobs"][:_MAX_TITLES_SHOWN]:
        out.print(Text(f"  {printable(job['title'])}"), soft_wrap=True)
    if (more := listing["count"] - _MAX_TITLES_SHOWN) > 0:
        out.print(f"  and {more} more")
