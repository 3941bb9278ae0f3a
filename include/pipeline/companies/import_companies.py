"""Resolve the entries of an import: find the board for a name or an address, and follow it.

An entry is resolved in three steps. First, ``look_up`` reads the database and the shipped
directory. Second, if ``look_up`` returns ``ToVerify`` or ``ToDetect``, the caller sends requests to
the site. Third, ``record`` follows the board and stores the result, in one transaction. If an entry
is resolved twice, because a process died, its board is therefore still followed only once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from include.core.companies.company_lists import ListedCompany
from include.core.companies.company_names import display_name
from include.core.companies.directory import KnownBoard, directory_key
from include.core.formats.text import cut
from include.core.models import Company, EntryStatus
from include.db.catalogue.directory import find_boards, was_listed
from include.db.tables import users
from include.db.user.companies import find_followed_slug, free_slug
from include.db.user.imports import ClaimedEntry, EntryResult, set_result
from include.errors import NotDetected, SettingError
from include.pipeline.companies.detect_company import Detected
from include.pipeline.companies.follow_company import follow_company
from include.sources import detect
from include.sources.known_boards import known_boards
from include.sources.registry import canonical_config

_LISTED_WITHIN = timedelta(days=7)
"""A board that a check has listed within this time is followed without verification."""
_MAX_CHOICES = 10
"""The maximum number of boards from which the user can choose for an ambiguous entry."""
_MAX_NAMED_ATTEMPTS = 3
"""The maximum number of failed attempts in the reason why no board was found for an entry."""
_MAX_REASON_LENGTH = 1_000


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board that an entry was resolved to."""

    source: str
    config: Mapping[str, Any]
    """The config in canonical form."""
    name: str | None
    """The company's name; None if it is unknown."""
    found_by: str
    """A text for users that says how the board was found."""


@dataclass(frozen=True, kw_only=True)
class ToVerify:
    """A board that has to be listed before it is followed."""

    candidate: detect.Candidate
    name: str


@dataclass(frozen=True, kw_only=True)
class ToDetect:
    """An address at which a board has to be detected."""

    address: str


def search_directory(
    connection: Connection, user_id: str, words: str, *, limit: int, all_public: bool
) -> list[KnownBoard]:
    """Return the public boards whose company's name has words that begin with ``words``.

    The boards of the catalogue come before those of the shipped directory, and in both groups those
    whose name equals ``words`` come first.

    Args:
        all_public: also return boards of the catalogue that the user does not follow.
    """
    boards = find_boards(connection, user_id, words, limit=limit, all_public=all_public)
    keys = {board.key for board in boards}
    boards += (board for board in known_boards(words) if board.key not in keys)
    return boards[:limit]


def look_up(
    connection: Connection, user_id: str, entry: ListedCompany, *, all_public: bool
) -> Board | EntryResult | ToVerify | ToDetect:
    """Look for the entry's board in the database and in the shipped directory.

    Returns:
        The board, if it need not be verified. An ``EntryResult`` if no board, or more than one, has
        the entry's name. Otherwise, the next step for the caller: verify a board, or detect the
        board at an address.
    """
    if entry.address is not None:
        return _look_up_address(connection, user_id, entry.address)
    name = entry.name or ""
    boards = search_directory(connection, user_id, name, limit=_MAX_CHOICES, all_public=all_public)
    exact_boards = [board for board in boards if directory_key(board.name) == directory_key(name)]
    if len(exact_boards) != 1:
        return _none_or_several(exact_boards or boards, name)
    (board,) = exact_boards
    if find_followed_slug(connection, user_id, board.source, board.config) or (
        was_listed(connection, board.source, board.config, within=_LISTED_WITHIN) is not None
    ):
        return Board(
            source=board.source, config=board.config, name=board.name, found_by="the directory"
        )
    candidate = detect.Candidate(source=board.source, config=dict(board.config))
    return ToVerify(candidate=candidate, name=board.name)


def found_at_site(detected: Detected, name: str | None = None) -> Board:
    """Return the detected or verified board, with its config in canonical form.

    Args:
        name: the company's name in the directory; None to use the name that detection found.
    """
    source, config = detected.candidate.source, detected.candidate.config
    return Board(
        source=source,
        config=canonical_config(source, config),
        name=name or detected.name,
        found_by=f"{detected.found_by} ({detected.confidence})",
    )


def not_found(error: NotDetected | SettingError) -> EntryResult:
    """Return the result of an entry for which no board was found.

    Either the address is unusable, or no board of the site itself was found. The result is
    ambiguous if the site links to boards that may belong to the company.
    """
    if isinstance(error, SettingError):
        return EntryResult(status=EntryStatus.NOT_FOUND, reason=error.message)
    reason = cut("; ".join((error.message, *error.tried[:_MAX_NAMED_ATTEMPTS])), _MAX_REASON_LENGTH)
    choices = [
        {"name": display_name(source, config), "source": source, "config": config}
        for source, config in error.linked[:_MAX_CHOICES]
    ]
    status = EntryStatus.AMBIGUOUS if choices else EntryStatus.NOT_FOUND
    return EntryResult(status=status, reason=reason, choices=choices)


def record(
    connection: Connection, entry: ClaimedEntry, resolved: Board | EntryResult
) -> EntryResult:
    """Follow the board that the entry was resolved to, if any, and store the entry's result."""
    is_board = isinstance(resolved, Board)
    result = _follow(connection, entry, resolved) if is_board else resolved
    set_result(connection, entry, result)
    return result


def _follow(connection: Connection, entry: ClaimedEntry, board: Board) -> EntryResult:
    # Lock the user's row, so that two entries of one user wait for each other. Both may be resolved
    # to the same board.
    user = select(users.c.user_id).where(users.c.user_id == entry.user_id)
    connection.execute(user.with_for_update())
    slug = find_followed_slug(connection, entry.user_id, board.source, board.config)
    if slug is not None:
        return EntryResult(status=EntryStatus.ALREADY_FOLLOWED, company=slug)
    name = entry.listed.name or board.name
    slug = free_slug(connection, entry.user_id, name or display_name(board.source, board.config))
    company = Company(slug=slug, source=board.source, config=board.config, name=name)
    follow_company(connection, entry.user_id, company)
    return EntryResult(status=EntryStatus.FOLLOWED, company=slug, reason=board.found_by)


def _look_up_address(connection: Connection, user_id: str, address: str) -> Board | ToDetect:
    """Return the board that the address belongs to, if it needs no verification.

    It needs none if the user follows it already, or if a check has listed it recently.
    """
    for candidate in detect.boards_at(address):
        try:
            config = canonical_config(candidate.source, candidate.config)
        except SettingError:
            continue
        board = Board(
            source=candidate.source, config=config, name=None, found_by="the address itself"
        )
        if find_followed_slug(connection, user_id, board.source, config) is not None:
            return board
        if was_listed(connection, board.source, config, within=_LISTED_WITHIN) is not None:
            return board
    return ToDetect(address=address)


def _none_or_several(boards: Sequence[KnownBoard], name: str) -> EntryResult:
    """Return the result of a name for which no board, or more than one, was found."""
    if not boards:
        reason = f"no board of {name} is known; give the address of its careers page"
        return EntryResult(status=EntryStatus.NOT_FOUND, reason=cut(reason, _MAX_REASON_LENGTH))
    return EntryResult(
        status=EntryStatus.AMBIGUOUS,
        reason="several boards may be meant",
        choices=[
            {"name": board.name, "source": board.source, "config": dict(board.config)}
            for board in boards
        ],
    )
