"""Write output for the user: results to stdout, progress and errors to stderr."""

import json
from typing import Any

from rich.console import Console
from rich.text import Text

_FILE_WIDTH = 110
"""The width in characters of output that does not go to a terminal."""
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")


def results() -> Console:
    """Return the console for results, which is stdout."""
    return _console(stderr=False)


def progress() -> Console:
    """Return the console for progress and errors, which is stderr."""
    return _console(stderr=True)


def say(text: str) -> None:
    """Print one or more lines about what the command is doing to stderr."""
    progress().print(printable_block(text), markup=False, soft_wrap=True)


def print_json(document: Any) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False), flush=True)


def printable(text: str) -> str:
    """Return ``text`` on one line, with control characters replaced.

    Titles and errors come from any website, and a terminal obeys the escape sequences in them.
    """
    return " ".join(text.split()).translate(_CONTROLS)


def printable_block(text: str) -> str:
    """Return ``text`` with control characters replaced, but keep its lines and indentation.

    This is for text of several lines, such as the end of a log.
    """
    return "\n".join(line.expandtabs().translate(_CONTROLS) for line in text.splitlines())


def plain(text: str, style: str = "") -> Text:
    """Return ``text`` for rich, printable. In a plain string, rich would interpret markup."""
    return Text(printable(text), style=style)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    return console
