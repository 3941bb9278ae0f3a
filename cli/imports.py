"""Implement the commands that follow many companies at once and search the directory of boards."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.client import IngestionApi
from cli.errors import ExitCode, UsageError
from cli.session import AsJson, open_api
from cli.terminal import plain, print_json, results, say

_POLL_SECONDS = 1.0
_FOLLOWED_STATUSES = ("followed", "already_followed")


def import_companies(
    file: Annotated[
        Path,
        typer.Argument(
            help="A list, a CSV file or an OPML file of addresses and names; - reads it from"
            " standard input.",
            allow_dash=True,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Follow up to 500 companies at once.

    Each line is an address, a name or both. The exit code is 1 if a company was not followed.
    """
    with open_api() as api:
        import_id = api.import_companies(_read_text(file))
        report = _wait_until_finished(api, import_id)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    if any(entry["status"] not in _FOLLOWED_STATUSES for entry in report["entries"]):
        raise typer.Exit(ExitCode.FAILED)


def find(
    words: Annotated[
        list[str], typer.Argument(help="Words of the company's name, or the beginnings of words.")
    ],
    as_json: AsJson = False,
) -> None:
    """Find the board of a company by its name, in the directory of public boards."""
    with open_api() as api:
        boards = api.boards(" ".join(words))
    if as_json:
        print_json(boards)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("company", "source", "config", "followed as"):
        table.add_column(column, overflow="fold")
    for board in boards:
        table.add_row(
            plain(board["name"]),
            plain(board["source"]),
            plain(_config_text(board["config"])),
            plain(board["company"] or ""),
        )
    results().print(table)


def _read_text(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read ({error})") from None


def _wait_until_finished(api: IngestionApi, import_id: int) -> dict[str, Any]:
    """Print the progress of the import until it is finished, and return its report."""
    shown_count = None
    while True:
        report = api.import_report(import_id)
        counts = report["counts"]
        done_entries = counts["total"] - counts["waiting"]
        if done_entries != shown_count:
            say(f"import {import_id}: {done_entries} of {counts['total']} resolved")
            shown_count = done_entries
        if report["finished"]:
            return report
        time.sleep(_POLL_SECONDS)


def _print_report(report: dict[str, Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("entry", "result", "company", "why"):
        table.add_column(column, overflow="fold")
    for entry in report["entries"]:
        choices = (f"{each['source']} {_config_text(each['config'])}" for each in entry["choices"])
        why = "; ".join(filter(None, (entry["reason"], *choices)))
        table.add_row(
            plain(" ".join(filter(None, (entry["name"], entry["address"])))),
            plain(entry["status"].replace("_", " ")),
            plain(entry["company"] or ""),
            plain(why),
        )
    results().print(table)


def _config_text(config: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in config.items())
