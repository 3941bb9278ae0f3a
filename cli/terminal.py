"""Where output goes: results to stdout, progress and complaints to stderr."""

import json
from typing import Any

from rich.console import Console
from rich.text import Text

_WIDTH_OF_FILES = 110
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")


def results() -> Console:
    return _console(stderr=False)


def progress() -> Console:
    return _console(stderr=True)


def say(text: str) -> None:
    """A line, or several, about what goes on."""
    progress().print(printable_block(text), markup=False, soft_wrap=True)


def print_json(document: Any) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False), flush=True)


def printable(text: str) -> str:
    """Without control characters: titles and errors come from anybody's website, and a terminal
    obeys escape sequences."""
    return " ".join(text.split()).translate(_CONTROLS)


def printable_block(text: str) -> str:
    """The same for several lines, such as the tail of a log; indentation is kept."""
    return "\n".join(line.expandtabs().translate(_CONTROLS) for line in text.splitlines())


def plain(text: str, style: str = "") -> Text:
    """Scraped text for rich, which would read markup into a string."""
    return Text(printable(text), style=style)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_FILES
    return console
