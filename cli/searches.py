"""Implement the commands that save, list, rename and delete searches of postings."""

from typing import Annotated, Any

import typer
from rich.table import Table

from cli.client import IngestionApi
from cli.errors import UsageError
from cli.session import AsJson, open_api
from cli.terminal import plain, print_json, print_result, printable, results

app = typer.Typer(no_args_is_help=True, help="Save searches of jobs, and see what is new in them.")
Name = Annotated[str, typer.Argument(help="The name of the search.")]


@app.command("list")
def list_searches(as_json: AsJson = False) -> None:
    """List your saved searches, and the numbers of new jobs and of all jobs that each finds."""
    with open_api() as api:
        searches = api.searches()
    if as_json:
        print_json(searches)
        return
    table = Table("search", "new", "jobs", "query", box=None, padding=(0, 2, 0, 0))
    for search in searches:
        counts: dict[str, Any] | None = search["counts"]
        numbers = ("?", "?") if counts is None else _count_texts(counts)
        table.add_row(plain(search["name"]), *numbers, plain(search["query"]))
    results().print(table)


@app.command()
def save(
    name: Name,
    address: Annotated[
        str,
        typer.Argument(help="The address of the page Jobs, or what follows its question mark."),
    ],
    as_json: AsJson = False,
) -> None:
    """Save a search: jobhunt searches save Cooks 'q=cook&country=DE'"""
    before_mark, question_mark, after_mark = address.partition("?")
    query = (after_mark if question_mark else before_mark).partition("#")[0]
    with open_api() as api:
        search = api.save_search(name, query)
    print_result(f"saved {search['name']}", search, as_json=as_json)


@app.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="The name to give it.")],
    as_json: AsJson = False,
) -> None:
    """Give a saved search another name."""
    with open_api() as api:
        search = api.rename_search(_find_id(api, name), new_name)
    print_result(f"renamed to {search['name']}", search, as_json=as_json)


@app.command()
def delete(name: Name, as_json: AsJson = False) -> None:
    """Delete a saved search."""
    with open_api() as api:
        api.delete_search(_find_id(api, name))
    print_result(f"deleted {name}", {"name": name, "deleted": True}, as_json=as_json)


def _find_id(api: IngestionApi, name: str) -> int:
    """Return the id of the search with this name. Raise UsageError if there is none."""
    for search in api.searches():
        if search["name"] == name:
            return int(search["search_id"])
    raise UsageError(f"you have no saved search named {printable(name)}")


def _count_texts(counts: dict[str, Any]) -> tuple[str, str]:
    """Return the numbers of new jobs and of all jobs. A + marks a number that may be higher."""
    plus = "" if counts["exact"] else "+"
    # Both numbers have the same maximum. A number of new jobs that is lower has not reached it.
    plus_of_new = plus if counts["new"] == counts["count"] else ""
    return f"{counts['new']}{plus_of_new}", f"{counts['count']}{plus}"
