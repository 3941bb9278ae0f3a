"""Tests of the shipped directory, and of its search."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from include.core.companies.boards import config_sha256, is_private
from include.core.models import Company
from include.core.search_facts import company_key
from include.sources import known_boards as directory
from include.sources.known_boards import known_boards
from include.sources.registry import canonical_config, check_config

Row = Mapping[str, Any]
ROWS: list[Row] = json.loads(
    Path(directory.__file__).with_name("known_boards.json").read_text(encoding="utf-8")
)


def repeated(values: Iterable[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


def names_found(words: str) -> list[str]:
    return [board.name for board in known_boards(words)]


def test_each_config_is_usable() -> None:
    for row in ROWS:
        check_config(Company(slug="acme", source=row["source"], config=row["config"]))


def test_each_config_is_canonical() -> None:
    assert [row["config"] for row in ROWS] == [
        canonical_config(row["source"], row["config"]) for row in ROWS
    ]


def test_each_board_is_public() -> None:
    assert [row["name"] for row in ROWS if is_private(row["config"], ())] == []


def test_each_board_is_the_first_that_its_name_finds() -> None:
    found = [known_boards(row["name"])[0] for row in ROWS]
    assert [(board.name, *board.key) for board in found] == [
        (row["name"], row["source"], config_sha256(row["config"])) for row in ROWS
    ]


def test_no_board_is_listed_twice_in_any_letter_case() -> None:
    boards = [(row["source"], json.dumps(row["config"], sort_keys=True).lower()) for row in ROWS]
    assert not repeated(boards)


def test_each_company_has_one_board() -> None:
    assert not repeated(company_key(row["name"]) for row in ROWS)


def test_rows_are_sorted_by_name() -> None:
    names = [row["name"] for row in ROWS]
    assert names == sorted(names, key=str.casefold)


def test_the_beginning_of_any_word_of_a_name_finds_its_board() -> None:
    assert names_found("deutsche b") == ["Deutsche Bank", "Deutsche Börse"]
    assert names_found("bör") == ["Deutsche Börse"]
    assert names_found("örse") == []


def test_found_boards_are_sorted_by_name() -> None:
    assert names_found("hp") == ["HP", "HPE"]


@pytest.mark.parametrize("words", ["L'ORÉAL", "l’oreal", "loreal", "  L'Oréal "])
def test_case_accents_apostrophes_and_spaces_do_not_matter(words: str) -> None:
    assert names_found(words) == ["L'Oréal"]


@pytest.mark.parametrize("words", ["", "  ", "!"])
def test_no_words_find_no_board(words: str) -> None:
    assert known_boards(words) == []
