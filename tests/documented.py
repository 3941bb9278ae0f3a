"""Read the examples of docs/consume.md."""

import re
from pathlib import Path

_PAGE = Path(__file__).parents[1] / "docs" / "consume.md"


def example(language: str, number: int = 0) -> str:
    """Return a code block of docs/consume.md: the one with this number in this language.

    Numbers begin at 0.
    """
    blocks = re.findall(rf"^```{language}\n(.*?)^```", _PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return blocks[number]
