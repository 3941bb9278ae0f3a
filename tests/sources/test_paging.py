import pytest

from include.sources.base import Request
from include.sources.paging import next_start, number_in


@pytest.mark.parametrize(
    ("start", "received", "total", "expected"),
    [
        (0, 25, 100, 25),
        (25, 10, 100, 35),
        (75, 25, 100, None),
        (75, 30, 100, None),
        (75, 0, 100, None),
        (0, 25, None, None),
        (0, 0, 0, None),
    ],
)
def test_the_next_page_begins_after_the_received_postings(
    start: int, received: int, total: int | None, expected: int | None
) -> None:
    assert next_start(start, received=received, total=total) == expected


def test_a_number_is_found_in_a_query_or_inside_a_parameter() -> None:
    request = Request(url="https://acme.example/?finder=find;limit=25,offset=50&start=7")

    assert [number_in(request, name) for name in ("limit", "offset", "start")] == [25, 50, 7]
    with pytest.raises(ValueError, match="no page"):
        number_in(request, "page")
