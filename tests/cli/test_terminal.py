import json

import pytest

from cli.terminal import print_json, printable, printable_block

UNSAFE = [
    "\x1b[2J", "\x07", "\x7f", "\x85", "\x9b2J", "\x9d0;a\x9c", "\u061c", "\u200e", "\u202e",
    "\u2066a\u2069", "\u2028",
]  # fmt: skip


@pytest.mark.parametrize("text", UNSAFE, ids=ascii)
def test_nothing_that_a_terminal_interprets_is_printed(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_json({f"title {text}": f"Cook {text}"})
    document = capsys.readouterr().out

    assert json.loads(document) == {f"title {text}": f"Cook {text}"}
    for printed in (document.replace("\n", ""), printable(text), printable_block(text)):
        assert printed.isprintable()
