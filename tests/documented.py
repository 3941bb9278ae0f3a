"""The examples of docs/consume.md."""

import re
from pathlib import Path

_PAGE = Path(__file__).parents[1] / "docs" / "consume.md"


def example(language: str) -> str:
    """Return the only code block of docs/consume.md in this language."""
    (block,) = re.findall(
        rf"^```{language}\n(.*?)^```", _PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    return block
