"""Tests of the time for reading a hostile page that looks like a redirect."""

import pytest

from include.fetch import meta_refresh
from include.fetch.meta_refresh import refresh_target

_URL = "https://careers.example/jobs/1"
_REFRESH = '<meta http-equiv="refresh" content="0'
_KIB = 1024
HOSTILE = {  # for each kind of page, a function that makes such a page of about ``size`` bytes
    "spaces after the delay": lambda size: _REFRESH + " " * size + '">',
    "spaces after url=": lambda size: _REFRESH + ";url=" + " " * size + '">',
    "spaces and a quote": lambda size: _REFRESH + ";" + " " * size + "'" + " " * size + '">',
    "dots": lambda size: _REFRESH + "." * size + '">',
    "tabs and semicolons": lambda size: _REFRESH + "\t;" * size + '">',
    "url, url, url": lambda size: _REFRESH + ";" + "url =" * size + '">',
    "spaces in the mark": lambda size: "http-equiv=" + " " * size + "x" + _REFRESH,
    "marks": lambda size: ("http-equiv" + " " * 40) * (size // 50) + _REFRESH + '">',
    "tags without end": lambda size: _REFRESH + '">' + "<meta " * (size // 6),
    "tags of refresh": lambda size: (_REFRESH + ';url="> ') * (size // 40),
    "content without end": lambda size: _REFRESH.replace("content", "content=" * size) + '">',
    "content and spaces": lambda size: _REFRESH + '"' + "content " * size + ">",
    "comments without end": lambda size: _REFRESH + '">' + "<!--" * size,
    "scripts without end": lambda size: _REFRESH + '">' + "<script></script " * (size // 17),
    "scripts and spaces": lambda size: (
        _REFRESH + "<script>" + ("</script" + " " * 99) * (size // 99)
    ),
    "digits": lambda size: _REFRESH + "0" * size + '">',
    "character references": lambda size: _REFRESH + "&#" * size + '">',
    "a huge character reference": lambda size: _REFRESH + "; url=&#" + "9" * size + '">',
    "ampersands": lambda size: _REFRESH + "&" * size + '">',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(60)  # a reader in quadratic time would take many minutes for 1 MiB
def test_a_hostile_page_is_read_in_linear_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meta_refresh, "_HEAD_BYTES", 1024 * _KIB)
    for size in (16 * _KIB, 1024 * _KIB):
        body = HOSTILE[name](size).encode()
        assert len(body) >= size // 2
        refresh_target(_URL, body)


def test_a_refresh_is_found_behind_spaces() -> None:
    page = _REFRESH + " " * 4000 + ";" + " " * 4000 + "URL" + " " * 4000 + "= '/there'\">"
    assert refresh_target(_URL, page.encode()) == "https://careers.example/there"
