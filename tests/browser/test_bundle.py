"""Tests of the size of the JavaScript that the first page loads."""

import gzip

import pytest

from tests.browser.served import BUILT, need_the_page

pytestmark = pytest.mark.e2e
_MAX_BYTES = 150_000


def test_the_first_page_loads_less_than_150_kb_of_compressed_javascript() -> None:
    need_the_page()
    scripts = list((BUILT.parent / "assets").glob("*.js"))
    assert scripts
    assert sum(len(gzip.compress(each.read_bytes())) for each in scripts) < _MAX_BYTES
