"""Recorded answers of real boards, where they lie beside the checkout; never copied into it."""

from pathlib import Path

import pytest

RECORDED = Path(__file__).parents[2] / "shared" / "fixtures"


def recorded(name: str) -> bytes:
    """The payload of that name; the test is skipped where there is none."""
    path = RECORDED / name
    if not path.exists():
        pytest.skip(f"recorded payloads are not here: {RECORDED}")
    return path.read_bytes()
