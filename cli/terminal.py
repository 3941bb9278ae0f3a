"""Write output for the user: results to stdout, progress and errors to stderr."""

import json
from typing import Any

from rich.console import Console
from rich.text import Text

_FILE_WIDTH = 110
"""The width in characters of output that does not go to a terminal."""
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""The characters that change the direction of the text around them (Unicode Standard Annex 9)."""
_UNSAFE = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *_BIDI)
"""The characters that a terminal interprets: controls, line ends and marks of direction."""
_REPLACEMENTS = dict.fromkeys(_UNSAFE, "\N{REPLACEMENT CHARACTER}")
_JSON_ESCAPES = {code: f"\\u{code:04x}" for code in _UNSAFE if code >= 0x7F}
"""The escapes of JSON for the unsafe characters that ``json.dumps`` leaves as they are."""


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
    """Print ``document`` as JSON. Escape the characters that a terminal would interpret."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    print(text.translate(_JSON_ESCAPES), flush=True)


def print_result(text: str, document: Any, *, as_json: bool) -> None:
    """Print ``document`` as JSON, or otherwise the printable ``text``."""
    if as_json:
        print_json(document)
    else:
        results().print(printable(text), markup=False)


def printable(text: str) -> str:
    """Return ``text`` on one line, and replace control characters and marks of direction.

    The replacement is necessary because titles and errors come from any website. A terminal would
    carry out the escape sequences in them.
    """
    return " ".join(text.split()).translate(_REPLACEMENTS)


def printable_block(text: str) -> str:
    """Return ``text`` like ``printable``, but keep its lines and indentation.

    This is for text of several lines, such as the end of a log.
    """
    return "\n".join(line.expandtabs().translate(_REPLACEMENTS) for line in text.splitlines())


def plain(text: str, style: str = "") -> Text:
    """Return the printable ``text`` as a rich Text.

    In a plain string, rich would interpret markup.
    """
    return Text(printable(text), style=style)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    return console
