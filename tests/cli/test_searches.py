"""Tests of the commands for saved searches."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Jobhunt
from tests.cli.fake_api import Answer, FakeApi, problem


def search(name: str, query: str = "q=cook", **counts: Any) -> dict[str, Any]:
    return {"search_id": 7, "name": name, "query": query, "counts": counts or None}


SEARCHES = [
    search("Cooks", new=2, count=17, exact=True),
    search("Everything", "scope=all", new=3, count=1000, exact=False),
    search("Never visited", "", new=1000, count=1000, exact=False),
    search("Old\x1b[2J"),
]


def test_searches_are_listed_with_their_numbers(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("GET /searches", Answer(body={"items": SEARCHES, "next_cursor": None}))

    rows = [line.split() for line in jobhunt("searches", "list").out.splitlines()]

    assert rows == [
        ["search", "new", "jobs", "query"],
        ["Cooks", "2", "17", "q=cook"],
        ["Everything", "3", "1000+", "scope=all"],
        ["Never", "visited", "1000+", "1000+"],
        ["Old\N{REPLACEMENT CHARACTER}[2J", "?", "?", "q=cook"],
    ]
    assert json.loads(jobhunt("searches", "list", "--json").out) == SEARCHES


@pytest.mark.parametrize(
    "address",
    [
        "q=cook&place=Berlin",
        "?q=cook&place=Berlin",
        "http://127.0.0.1:8000/jobs?q=cook&place=Berlin#top",
    ],
)
def test_a_search_is_saved_from_the_page_s_address(
    api: FakeApi, jobhunt: Jobhunt, address: str
) -> None:
    api.answers("POST /searches", Answer(status=201, body=SEARCHES[0]))

    assert jobhunt("searches", "save", "Cooks", address).out == "saved Cooks\n"
    assert api.asked[0].body == {"name": "Cooks", "query": "q=cook&place=Berlin"}


def test_the_reason_for_which_a_search_is_refused_is_shown(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("POST /searches", problem(422, "Unprocessable", "body.query.colour: extra"))

    ended = jobhunt("searches", "save", "Red", "colour=red")

    assert ended.code == 1
    assert "body.query.colour" in ended.err


def test_a_search_is_renamed_and_deleted_by_its_name(api: FakeApi, jobhunt: Jobhunt) -> None:
    api.answers("GET /searches", Answer(body={"items": SEARCHES, "next_cursor": None}))
    api.answers("PATCH /searches/7", Answer(body=search("Chefs")))
    api.answers("DELETE /searches/7", Answer(status=204))

    assert jobhunt("searches", "rename", "Cooks", "Chefs").out == "renamed to Chefs\n"
    assert jobhunt("searches", "delete", "Cooks").out == "deleted Cooks\n"
    assert json.loads(jobhunt("searches", "delete", "Cooks", "--json").out)["deleted"] is True
    assert jobhunt("searches", "delete", "Nurses").code == 2
    changes = [(asked.method, asked.body) for asked in api.asked if asked.method != "GET"]
    assert changes == [("PATCH", {"name": "Chefs"}), ("DELETE", None), ("DELETE", None)]
