"""Read recorded responses of real boards. They are in a directory beside the checkout."""

from pathlib import Path

import pytest

RECORDED = Path(__file__).parents[2] / "shared" / "fixtures"


def recorded(name: str) -> bytes:
    """Return the recorded response in the file ``name``.

    If the file does not exist, skip the test.
    """
    path = RECORDED / name
    if not path.exists():
        pytest.skip(f"recorded payloads are not here: {RECORDED}")
    return path.read_bytes()
