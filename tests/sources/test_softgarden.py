"""Tests of Softgarden. The pages are built by hand from those that public crawlers recorded."""

import pytest

from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer

SITE = {"site": "acme"}
CARD = """<div class="matchElement" id="job_id_{id}"><div class="matchValue title">
    <a href="../job/{id}/Koch?jobDbPVId=285261432&amp;l=de">Koch (m/w/d)</a></div>
    <div class="matchValue ProjectGeoLocationCity">Köln</div>
    <div class="matchValue date">15.09.25</div></div>"""


def board(*ids: int, cards: tuple[int, ...] | None = None, selected: bool = True) -> bytes:
    """Return a page whose script lists ``ids`` and which shows a card for each id in ``cards``.

    If ``cards`` is None, there is a card for each id in ``ids``. If ``selected`` is true, the
    script also assigns the list to ``jobs_selected``.
    """
    name = "complete_job_id_list = jobs_selected" if selected else "complete_job_id_list"
    cards_html = "".join(CARD.format(id=number) for number in (ids if cards is None else cards))
    return f"<script>var {name} = {list(ids)};</script><div>{cards_html}</div></html>".encode()


@pytest.mark.parametrize("selected", [True, False])
def test_one_request_asks_for_the_whole_board(selected: bool) -> None:
    page = answer("softgarden", SITE, board(49734098, 53688446, selected=selected))

    assert adapter_for("softgarden").first_request(SITE).url == "https://acme.softgarden.io/"
    assert prove([page]).complete
    assert [(job.external_id, job.title, job.location) for job in page.jobs] == [
        ("49734098", "Koch (m/w/d)", "Köln"),
        ("53688446", "Koch (m/w/d)", "Köln"),
    ]
    assert page.jobs[0].url == "https://acme.softgarden.io/job/49734098?l=en"


@pytest.mark.parametrize(
    "body",
    [
        board(1, 2, cards=(1,)),
        board(1, cards=(1, 2)),
        board(1, 2, cards=(1, 3)),
        board(1, 2)[: len(board(1, 2)) // 2],
        board(1, 2).replace(b"Koch (m/w/d)", b" "),
    ],
)
def test_cards_that_are_not_those_of_the_ids_are_partial(body: bytes) -> None:
    assert not prove([answer("softgarden", SITE, body)]).complete


@pytest.mark.parametrize("body", [b"<html>Unknown subdomain.</html>", b"[]", board(1)[:30]])
def test_a_page_that_is_not_a_board_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("softgarden", SITE, body)
